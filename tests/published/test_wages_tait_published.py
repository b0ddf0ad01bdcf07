"""Wages-Tait against an example by the authors' R program, and the R package escalation."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from trialwright.design import Design, wages_tait
from trialwright.design.methods.wages_tait import WagesTait, WagesTaitFit

# Wages and Tait 2015, section 3: response curves for six levels, each a peak or a plateau.
CURVES = (
    (0.6, 0.5, 0.4, 0.3, 0.2, 0.1),
    (0.5, 0.6, 0.5, 0.4, 0.3, 0.2),
    (0.4, 0.5, 0.6, 0.5, 0.4, 0.3),
    (0.3, 0.4, 0.5, 0.6, 0.5, 0.4),
    (0.2, 0.3, 0.4, 0.5, 0.6, 0.5),
    (0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    (0.2, 0.3, 0.4, 0.5, 0.6, 0.6),
    (0.3, 0.4, 0.5, 0.6, 0.6, 0.6),
    (0.4, 0.5, 0.6, 0.6, 0.6, 0.6),
    (0.5, 0.6, 0.6, 0.6, 0.6, 0.6),
    (0.6, 0.6, 0.6, 0.6, 0.6, 0.6),
)
OUTCOMES = "1TNN 2NNE 3BE"  # the example's eight patients
R_TOLERANCE = float(np.finfo(float).eps) ** 0.25  # of R's integrate, relative and absolute


@pytest.fixture(scope="module")
def anchor(shared: Path) -> dict[str, Any]:
    found = json.loads((shared / "dose" / "published_anchors.json").read_text())
    return dict(found["wages_tait_r"])


def design(anchor: dict[str, Any], randomise: int = 0) -> Design:
    return wages_tait(
        target=anchor["tox_cutoff"],
        eff_limit=anchor["eff_cutoff"],
        tox_skeleton=anchor["tox_prior"],
        eff_skeletons=CURVES,
        doses=6,
        randomise=randomise,
    )


def fit(made: Design, outcomes: str) -> WagesTaitFit:
    assert isinstance(made.method, WagesTait)
    return made.method.fit(made.history(made.read(outcomes)).take([-1]))


def test_response_rates_weights_and_model_of_the_authors_program(anchor: dict[str, Any]) -> None:
    found = fit(design(anchor), OUTCOMES)
    np.testing.assert_allclose(found.response_rates[0], anchor["post_eff"], atol=5e-8)
    np.testing.assert_allclose(found.weights[0], anchor["weights"], atol=5e-9)
    assert found.curve[0] == anchor["model"]  # counts from 0
    assert design(anchor).decide(OUTCOMES).admissible == tuple(anchor["admissible"])


def test_dlt_rates_of_the_authors_program(anchor: dict[str, Any]) -> None:
    """Level 1 is printed with the error of R's integrate at its default tolerance."""
    found = fit(design(anchor), OUTCOMES).dlt_rates[0]
    np.testing.assert_allclose(found[1:], anchor["post_tox"][1:], atol=6e-8)
    assert found[0] == pytest.approx(_dlt_rate_at_1(anchor, 1e-11), abs=1e-10)
    assert anchor["post_tox"][0] == pytest.approx(_dlt_rate_at_1(anchor, R_TOLERANCE), abs=5e-8)


def _dlt_rate_at_1(anchor: dict[str, Any], tolerance: float) -> float:
    skeleton = np.array(anchor["tox_prior"][:3])
    toxic, free = np.array([1, 0, 1]), np.array([2, 3, 1])

    def density(a: float) -> float:
        rates = skeleton ** np.exp(np.minimum(a, 50))
        return float(np.prod(rates**toxic * (1 - rates) ** free) * np.exp(-a * a / 2.68))

    def weighted(a: float) -> float:
        return float(skeleton[0] ** np.exp(np.minimum(a, 50))) * density(a)

    integrals = [
        quad(f, -np.inf, np.inf, epsabs=tolerance, epsrel=tolerance, limit=100)[0]
        for f in (weighted, density)
    ]
    return float(integrals[0] / integrals[1])


def test_every_wages_tait_row_of_decisions_r_package_escalation_0_2_3(shared: Path) -> None:
    with (shared / "dose" / "decisions.tsv").open(newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t")
            if row["file"] == "test_wages_tait.R"
        ]
    assert [row["rec"] for row in rows] == ["NA"]
    outcomes = rows[0]["vars"].split("'")[1]
    curves = [
        (0.6, 0.5, 0.4, 0.3),
        (0.5, 0.6, 0.5, 0.4),
        (0.4, 0.5, 0.6, 0.5),
        (0.3, 0.4, 0.5, 0.6),
        (0.4, 0.5, 0.6, 0.6),
        (0.5, 0.6, 0.6, 0.6),
        (0.6, 0.6, 0.6, 0.6),
    ]
    made = {
        stage: wages_tait(
            target=0.5,
            eff_limit=0.5,
            tox_skeleton=(0.08, 0.15, 0.22, 0.29),
            eff_skeletons=curves,
            doses=4,
            randomise=stage,
        )
        for stage in (9, 100)
    }
    assert made[9].decide(outcomes).stop
    # escalation's own test goes on: fewer patients, or a longer randomised stage, end nothing.
    assert not made[9].decide("1NNN 2NNN 3NNN 4NNN").stop
    assert not made[100].decide(outcomes).stop
    assert made[100].decide(outcomes).allocation


def test_a_draw_is_proportional_to_the_response_rates(anchor: dict[str, Any]) -> None:
    decision = design(anchor, randomise=20).decide(OUTCOMES)
    first, second = anchor["post_eff"][:2]
    shares = (first / (first + second), second / (first + second))
    assert decision.allocation[:2] == pytest.approx(shares, abs=1e-7)
    assert not any(decision.allocation[2:])
    assert decision.next_dose is None
    assert not decision.stop
