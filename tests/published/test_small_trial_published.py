"""Exact limits and posteriors of small counts against base R, and published rules of thumb."""

import csv
from pathlib import Path

import pytest

from trialwright.design.behaviour.small_trial import chance_of_any, evidence

THRESHOLDS = ("0.20", "0.25", "0.30", "0.33")


def test_every_row_of_the_table_recomputed_with_r_4(shared: Path) -> None:
    """small_trial_exact_and_beta.csv: binom.test, qbeta, pbeta; to 1e-9."""
    with (shared / "dose" / "small_trial_exact_and_beta.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 43
    for row in rows:
        n, dlts = int(row["n"]), int(row["dlt"])
        one = evidence(n, dlts, thresholds=tuple(float(value) for value in THRESHOLDS))
        found = {
            "cp_lo": one.two_sided.lower,
            "cp_hi": one.two_sided.upper,
            "cp_upper_1sided95": one.one_sided_upper,
            "beta11_mean": one.posterior_mean,
            **{f"P_gt_{name}": tail for name, tail in zip(THRESHOLDS, one.above, strict=True)},
            "jeff_lo": one.jeffreys.lower,
            "jeff_hi": one.jeffreys.upper,
        }
        assert found == pytest.approx({key: float(row[key]) for key in found}, abs=1e-9), row
        assert found.keys() | {"n", "dlt"} == row.keys()


@pytest.mark.parametrize("n", [30, 100, 1000])
def test_rule_of_three_of_hanley_and_lippman_hand_1983(n: int) -> None:
    """JAMA 249:1743: with none seen of n, the 95 % upper limit is about 3/n (within 6 %)."""
    limit = evidence(n, 0).one_sided_upper
    assert limit == pytest.approx(3 / n, rel=0.06)
    assert (1 - limit) ** n == pytest.approx(0.05)
    assert chance_of_any(limit, n) == pytest.approx(0.95)


def test_lower_limits_mirror_upper_ones() -> None:
    for n in range(1, 13):
        for dlts in range(n + 1):
            one, turned = evidence(n, dlts), evidence(n, n - dlts)
            assert one.one_sided_lower == pytest.approx(1 - turned.one_sided_upper, abs=1e-12)
            assert one.two_sided.lower <= one.one_sided_lower <= dlts / n <= one.one_sided_upper
