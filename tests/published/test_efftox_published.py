"""EffTox against the numbers of Thall et al. 2014 and of the R packages trialr and escalation."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialwright.design import Design, efftox
from trialwright.design.methods.efftox import EffTox


@pytest.fixture(scope="module")
def anchor(shared: Path) -> dict[str, Any]:
    found = json.loads((shared / "dose" / "published_anchors.json").read_text())
    return dict(found["efftox_thall2014"])


def design(anchor: dict[str, Any]) -> Design:
    priors = {
        f"{name}_{what}": value
        for name, pair in anchor["priors_mean_sd"].items()
        for what, value in zip(("mean", "sd"), pair, strict=True)
    }
    contour = {name: anchor[name] for name in ("eff0", "tox1", "eff_star", "tox_star")}
    return efftox(
        doses=anchor["doses"],
        target=anchor["tox_hurdle"],
        efficacy_hurdle=anchor["eff_hurdle"],
        p_e=anchor["p_e"],
        p_t=anchor["p_t"],
        **contour,
        **priors,
    )


def method(made: Design) -> EffTox:
    assert isinstance(made.method, EffTox)
    return made.method


def test_exponent_of_the_contour_thall_2014(anchor: dict[str, Any]) -> None:
    exponent = method(design(anchor)).contour.exponent
    assert exponent == pytest.approx(anchor["Lp_p"], abs=5e-4)


def test_every_posterior_value_thall_2014(anchor: dict[str, Any]) -> None:
    """The software prints two digits of a Monte Carlo estimate; trialr allows 0.05, this 0.011."""
    made = design(anchor)
    assert len(anchor["cases"]) == 3
    for outcomes, case in anchor["cases"].items():
        fit = method(made).fit(made.history(made.read(outcomes)).take([-1]))
        found = {
            "eff": fit.response_rates,
            "tox": fit.dlt_rates,
            "util": method(made).utility(fit),
            "acc_eff": fit.active,
            "acc_tox": fit.tolerable,
        }
        for name, values in found.items():
            np.testing.assert_allclose(values[0], case[name], atol=0.011, err_msg=name)
        assert made.decide(outcomes).next_dose == case["next"]


def test_every_efftox_row_of_decisions_r_package_escalation_0_2_3(
    shared: Path, anchor: dict[str, Any]
) -> None:
    with (shared / "dose" / "decisions.tsv").open(newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t")
            if row["model"].startswith("get_trialr_efftox")
        ]
    # The second row, without outcomes of its own, is the same case given patient by patient.
    assert [row["outcomes"] for row in rows] == ["1NEN 2NBT", ""]
    stated = {"efficacy_hurdle": "eff_hurdle", "toxicity_hurdle": "tox_hurdle"}
    stated |= {name: name for name in ("p_e", "p_t", "eff0", "tox1", "eff_star", "tox_star")}
    for row in rows:
        for parameter, name in stated.items():
            assert f"{parameter} = {anchor[name]:g}," in row["model"]
        decision = design(anchor).decide(rows[0]["outcomes"])
        assert decision.next_dose == int(row["rec"])
        assert decision.stop == (row["cont"] == "FALSE")
