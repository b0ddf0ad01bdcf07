"""Exact limits of a proportion: printed values, and every row of the reference table."""

import csv
from pathlib import Path

import pytest

from trialwright.core.limits import clopper_pearson, one_sided_upper


@pytest.mark.parametrize(
    ("events", "n", "lower", "upper"),
    [  # Newcombe, Statistics in Medicine 1998;17:857, table I, method 5 (Clopper-Pearson)
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_newcombe_1998_table_1_method_5(events: int, n: int, lower: float, upper: float) -> None:
    limits = clopper_pearson(events, n)
    assert (limits.lower, limits.upper) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(("n", "upper"), [(1, 0.95), (4, 0.5271), (12, 0.2209), (100, 0.0295)])
def test_zero_events_one_sided_limit_is_one_minus_the_nth_root(n: int, upper: float) -> None:
    # Hanley and Lippman-Hand, JAMA 1983;249:1743: 1 - 0.05 ** (1/n), about 3/n
    assert one_sided_upper(0, n) == pytest.approx(upper, abs=5e-5)
    assert one_sided_upper(0, n) == pytest.approx(1 - 0.05 ** (1 / n))


def test_every_row_of_the_reference_table(shared: Path) -> None:
    with (shared / "dose" / "small_trial_exact_and_beta.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 43
    for row in rows:
        events, n = int(row["dlt"]), int(row["n"])
        limits = clopper_pearson(events, n)
        found = (limits.lower, limits.upper, one_sided_upper(events, n))
        wanted = tuple(float(row[key]) for key in ("cp_lo", "cp_hi", "cp_upper_1sided95"))
        assert found == pytest.approx(wanted, abs=1e-9)
