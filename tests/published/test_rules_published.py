"""Rules against the R package escalation 0.2.3: its own tests, with the CRM of dfcrm beneath.

The outcomes of a row named `outcomes=tibble(` stand in a table of its test and not in the row:
1NNN 2NNT. Decisions are compared, so no tolerance is needed.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from trialwright.design import (
    METHODS,
    Design,
    no_skipping,
    safety_boundary,
    stop_at,
    stop_at_dose,
    too_toxic,
)
from trialwright.design.posterior.beta import exceedance
from trialwright.design.rules import Rule
from trialwright.design.states import one_state

SKELETON = (0.05, 0.1, 0.25, 0.4, 0.6)
TABLE = "1NNN 2NNT"

# (test, outcomes, dose) of decisions.tsv: the rules as they are here, and the outcomes.
ROWS: dict[tuple[str, str, str], tuple[tuple[Rule, ...], str]] = {
    ("test_demand_n_at_dose.R", "1NTT 1TTN", "NA"): ((too_toxic(0.35, 0.8, 3),), "1NTT 1TTN"),
    ("test_dont_skip_doses.R", "1TTT 2N 3TTT", "2"): ((stop_at_dose(3, "any"),), "1TTT 2N 3TTT"),
    ("test_dont_skip_doses.R", "", "2"): ((no_skipping(),), TABLE),
    ("test_stop_at_n.R", "1NNN 2NNN 2NNN 5NNN 5NNN 5NNN", "5"): (
        (stop_at(12),),
        "1NNN 2NNN 2NNN 5NNN 5NNN 5NNN",
    ),
    ("test_stop_when_n_at_dose.R", "1NNN 2NNN", "5"): ((stop_at_dose(9),), "1NNN 2NNN"),
    ("test_stop_when_n_at_dose.R", "", "2"): ((stop_at_dose(9),), TABLE),
    ("test_stop_when_too_toxic.R", "", "2"): ((too_toxic(0.35, 0.7, 3),), TABLE),
}
# Rules that would raise the dose above the method's wish, or let a trial go on that another rule
# ends, are none here: a rule only restricts.
NONE_HERE = {
    ("test_dont_skip_doses.R", "1NNN 2N 3TTT", "2"),  # keeps at dose 2 where the CRM wishes 1
    ("test_stop_at_n.R", "1NNN 2NNN 2NNN 3NNN", "5"),  # demands 9 at the dose: goes on past 12
    ("test_demand_n_at_dose.R", "", "2"),
}
# A path to follow, patient by patient, beneath the rules: no method here.
NO_METHOD = {("test_stop_at_n.R", "1NNN 2NNN 2NNN 3NNN", "3")}
RULE_TESTS = {
    "test_demand_n_at_dose.R",
    "test_dont_skip_doses.R",
    "test_stop_at_n.R",
    "test_stop_when_n_at_dose.R",
    "test_stop_when_too_toxic.R",
}
# "continue" where the probability is below .8, computed in the test itself: see below
COMPUTED = {("test_stop_when_too_toxic.R", "2NTN 1TTT", "NA")}


def crm(*rules: Rule) -> Design:
    design = METHODS["crm"](target=0.25, doses=5, skeleton=SKELETON)
    for rule in rules:
        design |= rule
    return design


def test_rule_rows_of_decisions_r_package_escalation_0_2_3(shared: Path) -> None:
    with (shared / "dose" / "decisions.tsv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["file"] in RULE_TESTS]
    keys = [(row["file"], row["outcomes"], row["rec"]) for row in rows]
    assert set(keys) == ROWS.keys() | NONE_HERE | NO_METHOD | COMPUTED
    assert len(rows) == 14
    for row, key in zip(rows, keys, strict=True):
        if key in ROWS:
            rules, outcomes = ROWS[key]
            assert_row(crm(*rules), outcomes, row)


def assert_row(design: Design, outcomes: str, row: dict[str, str]) -> None:
    decision = design.decide(outcomes)
    assert decision.stop == (row["cont"] == "FALSE"), row
    if not decision.stop:
        assert decision.next_dose == int(row["rec"]), row
    elif row["rec"] == "NA":
        assert design.recommend(outcomes).dose is None, row


def test_stop_at_n_at_dose_escalation_0_2_3_test_stop_when_n_at_dose() -> None:
    any_dose, next_dose, second = (
        crm(stop_at_dose(12, "any")),
        crm(stop_at_dose(9)),
        crm(stop_at_dose(9, 2)),
    )
    assert not any_dose.decide("1NNN 2NTN 2TNN 2NNN").stop
    assert any_dose.decide("1NNN 2NTN 2TNN 2NNN 2NTT").stop
    for design in (next_dose, second):
        assert not design.decide("1NNN 2NTN 2TNN").stop
        assert design.decide("1NNN 2NTN 2TNN 2NNN").stop
        assert design.decide("1NNN 2NTN 2TNN 2NNN").method_wish == 2
        assert design.recommend("1NNN 2NTN 2TNN 2NNN").dose == 2


def test_stop_at_n_escalation_0_2_3_test_stop_at_n() -> None:
    design = crm(stop_at(15))
    assert design.decide("1NNN 2NTN 2TNN 2NNN").next_dose == 2
    assert design.decide("1NNN 2NTN 2TNN 2NNN 2NTT").stop
    assert design.recommend("1NNN 2NTN 2TNN 2NNN 2NTT").dose == 2
    for outcomes in ("1NNN 2NNN 2NNN 3NNN", "1NNN 2NNN 2NNN 5NNN 5NNN 5NNN"):
        ended = crm(stop_at(12)).decide(outcomes)  # stopping at 12 trumps demanding 9 at the dose
        assert (ended.stop, ended.method_wish) == (True, 5)


def test_beta_binomial_posterior_lee_liu_2008_r_package_phase1b(shared: Path) -> None:
    anchors = json.loads((shared / "dose" / "published_anchors.json").read_text())
    case = anchors["beta_binomial_lee_liu"]["postprob"]
    counts = np.array([case["n"]]), np.array([case["x"]])
    found = exceedance(case["p"], *counts, tuple(case["prior"]))
    assert found[0] == pytest.approx(case["value"], abs=5e-8)
    # The same prior and data in a rule: it ends the trial just below the printed value.
    outcomes = "1" + "T" * case["x"] + "N" * (case["n"] - case["x"])
    for shift, stops in ((-1e-6, True), (1e-6, False)):
        rule = safety_boundary(case["p"], case["value"] + shift, 1, *case["prior"])
        assert crm(rule).decide(outcomes).stop == stops


def test_dont_skip_doses_escalation_0_2_3_test_dont_skip_doses() -> None:
    assert crm(no_skipping()).decide("1NNN").next_dose == 2
    assert crm(no_skipping()).decide("1NNN 2NNN").next_dose == 3
    assert crm().decide("1NNN 2N 3TTT").next_dose == 1


@pytest.mark.parametrize(("outcomes", "stops"), [("2NTN 1TT", False), ("2NTN 1TTT", True)])
def test_too_toxic_escalation_0_2_3_test_stop_when_too_toxic(outcomes: str, stops: bool) -> None:
    """The package takes the CRM's parameter as normal; here its posterior is used as it is."""
    design = crm(too_toxic(0.35, 0.8, least=3))
    decision = design.decide(outcomes)
    assert decision.stop == stops
    assert (design.recommend(outcomes).dose is None) == stops
    exact = design.method.exceedance(one_state(design.state(outcomes)), 0.35)[0, 0]
    assert (exact > 0.8) == stops
    assert approximate(outcomes) == pytest.approx(float(exact), abs=0.02)
    assert (approximate(outcomes) >= 0.8) == stops


def approximate(outcomes: str) -> float:
    """Return P(rate > .35) at dose 1 with the parameter normal: .05^exp(b) > .35."""
    method = crm().method
    fit = method.fit(one_state(crm().state(outcomes)))  # type: ignore[attr-defined]
    limit = np.log(np.log(0.35) / np.log(0.05))
    mean, sd = float(fit.parameters[0, 0]), float(np.sqrt(fit.variance[0, 0]))
    return float(norm.cdf(limit, mean, sd))
