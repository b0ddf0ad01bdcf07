"""CRM and TITE-CRM against printed examples and the R packages dfcrm, bcrm, escalation, trialr."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialwright.design import Design, crm, no_skipping, tite_crm, too_toxic
from trialwright.design.methods.crm import Crm, CrmFit, known_outcomes
from trialwright.design.methods.parts.skeleton import indifference_skeleton
from trialwright.design.methods.tite_crm import TiteCrm
from trialwright.design.posterior.crm import maximum_likelihood
from trialwright.design.states import COUNT, LEVEL, States, toxicity_states
from trialwright.design.timed.people import People

CHEUNG = (0.05, 0.12, 0.25, 0.4, 0.55)  # the skeleton of Cheung 2011's examples, target 0.25
DFCRM = 1e-6  # tolerance on dfcrm's numbers, which print ten digits


def state(levels: list[int], dlts: list[int], doses: int) -> States:
    """Return the state after patients at these levels, one by one."""
    treated, toxic = np.zeros((1, doses), COUNT), np.zeros((1, doses), COUNT)
    np.add.at(treated[0], np.array(levels) - 1, 1)
    np.add.at(toxic[0], np.array(levels) - 1, np.array(dlts))
    none = np.zeros((1, doses), np.bool_)
    return toxicity_states(treated, toxic, np.array([levels[-1]], LEVEL), none, np.ones(1, COUNT))


def method(**parameters: Any) -> Crm:
    found = crm(**parameters).method
    assert isinstance(found, Crm)
    return found


def dfcrm(shared: Path) -> dict[str, Any]:
    return blocks(shared, "crm_dfcrm_examples")


def blocks(shared: Path, file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "dose" / f"{file}.json").read_text())
    return found


def inputs(data: dict[str, Any]) -> dict[str, Any]:
    """Return target, levels and skeleton as a block states them."""
    skeleton = tuple(data["skeleton" if "skeleton" in data else "prior"])
    return {"target": data["target"], "doses": len(skeleton), "skeleton": skeleton}


def same(one: dict[str, Any], other: dict[str, Any], *keys: str) -> None:
    """Assert that two blocks of one example state the same."""
    assert {key: one[key] for key in keys} == {key: other[key] for key in keys}


def stated_model(text: str, form: str) -> tuple[str, ...]:
    """Return the parts of a block's description of its model."""
    found = re.fullmatch(form, text)
    assert found is not None, text
    return found.groups()


def assert_fit(fit: CrmFit, printed: dict[str, Any]) -> None:
    assert fit.parameters[0, 0] == pytest.approx(printed["estimate"], abs=DFCRM)
    assert fit.rates[0] == pytest.approx(printed["ptox"], abs=DFCRM)
    if "post.var" in printed:
        assert fit.variance[0, 0] == pytest.approx(printed["post.var"], abs=DFCRM)
    if "ptoxL" in printed:
        assert fit.lower[0] == pytest.approx(printed["ptoxL"], abs=DFCRM)
        assert fit.upper[0] == pytest.approx(printed["ptoxU"], abs=DFCRM)


@pytest.mark.parametrize(
    ("name", "model"), [("crm_Rd", "empiric"), ("crm_Rd_logistic_intcpt3", "logistic")]
)
def test_example_of_crm_r_package_dfcrm_0_2_2_1(shared: Path, name: str, model: str) -> None:
    data = dfcrm(shared)["crm_Rd"]
    assert data["model"] == "empiric"  # of the block that states it; the others are named by theirs
    found = method(**inputs(data), model=model, scale=data["scale"])
    patients = state(data["level"], data["tox"], 6)
    assert_fit(found.fit(patients), dfcrm(shared)[name])
    assert found.wish(patients).tolist() == [dfcrm(shared)[name]["mtd"]]


def test_maximum_likelihood_of_crm_r_package_dfcrm_0_2_2_1(shared: Path) -> None:
    # dfcrm searches with a tolerance of 1e-4 in b; its estimate is 1.4e-5 beside the maximum.
    data, printed = dfcrm(shared)["crm_Rd"], dfcrm(shared)["crm_Rd_mle"]
    prior = np.array(data["prior"])
    found = method(**inputs(data), estimate="mle", start_up="one_up")
    patients = state(data["level"], data["tox"], 6)
    fit = found.fit(patients)
    assert fit.parameters[0, 0] == pytest.approx(printed["estimate"], abs=1e-4)
    assert fit.rates[0] == pytest.approx(printed["ptox"], abs=1e-4)
    assert found.wish(patients).tolist() == [printed["mtd"]]

    def log_likelihood(b: float) -> float:
        p = prior[np.array(data["level"]) - 1] ** np.exp(b)
        return float(np.where(np.array(data["tox"]) == 1, np.log(p), np.log(1 - p)).sum())

    assert log_likelihood(fit.parameters[0, 0]) > log_likelihood(printed["estimate"])


@pytest.mark.parametrize(
    ("name", "weights"), [("titecrm_Rd_linear", "linear"), ("titecrm_Rd_adaptive", "adaptive")]
)
def test_example_of_titecrm_r_package_dfcrm_0_2_2_1(shared: Path, name: str, weights: str) -> None:
    data, printed = dfcrm(shared)["titecrm_Rd_linear"], dfcrm(shared)[name]
    same(data, dfcrm(shared)["crm_Rd"], "target", "prior")
    found = tite_crm(**inputs(data), weights=weights).method
    assert isinstance(found, TiteCrm)
    toxic = np.array(data["tox"]) == 1
    share = np.minimum(np.array(data["followup"]) / data["obswin"], 1)
    people = People(
        np.array([data["level"]], LEVEL), toxic[None], np.where(toxic, 1, share)[None], share[None]
    )
    known = toxic | (share == 1)
    levels = np.array(data["level"])
    patients = state(levels[known].tolist(), toxic[known].astype(int).tolist(), 6)
    evidence = found.evidence(patients, people)
    assert np.array(printed["weights"])[known].tolist() == [1.0] * int(known.sum())
    assert evidence.weight[0] == pytest.approx(np.array(printed["weights"])[~known], abs=1e-10)
    assert_fit(found.crm.fit_evidence(evidence), printed)
    assert found.wish_in_time(patients, people).tolist() == [printed["mtd"]]


def test_example_page_21_cheung_2011_and_r_package_dfcrm_0_2_2_1(shared: Path) -> None:
    data = dfcrm(shared)["cheung2011_p21"]
    model, intercept = stated_model(data["model"], r"(\w+) intcpt (\d+)")
    found = method(**inputs(data), model=model, intercept=float(intercept))
    patients = state(data["level"], data["tox"], 5)
    fit = found.fit(patients)
    assert_fit(fit, data)
    assert fit.parameters[0, 0] == pytest.approx(data["published_estimate"], abs=0.005)
    assert fit.rates[0] == pytest.approx(data["published_ptox"], abs=0.005)
    assert found.wish(patients).tolist() == [data["mtd"]]


def test_time_to_event_example_page_124_cheung_2011_and_r_package_dfcrm(shared: Path) -> None:
    # Followed for a share of the window that is the weight; the model is dfcrm's default, empiric.
    data = dfcrm(shared)["cheung2011_p124_tite"]
    same(data, dfcrm(shared)["cheung2011_p21"], "target", "skeleton")
    found = tite_crm(**inputs(data), start=data["level"][0]).method
    assert isinstance(found, TiteCrm)
    toxic = np.array([data["tox"]]) == 1
    assert not toxic.any()
    people = People(np.array([data["level"]], LEVEL), toxic, np.array([data["weights"]]))
    nobody = state([3], [0], 5)
    known = toxicity_states(
        0 * nobody.treated, nobody.dlts, nobody.current, nobody.eliminated, nobody.cohorts
    )
    fit = found.crm.fit_evidence(found.evidence(known, people))
    assert_fit(fit, data)
    assert fit.parameters[0, 0] == pytest.approx(data["published_estimate"], abs=0.005)
    assert found.wish_in_time(known, people).tolist() == [data["mtd"]]


# Cheung 2011, table 3.2, page 26: 20 patients one by one, logistic model with intercept 3, prior
# variance 1.34, first patient at level 3. Level, DLT, estimate after the patient (two digits).
TABLE_3_2 = [
    (3, 0, 0.60), (5, 0, 0.93), (5, 1, 0.04), (3, 0, 0.18), (4, 0, 0.28), (4, 0, 0.34),
    (5, 0, 0.41), (5, 0, 0.47), (5, 1, 0.31), (5, 0, 0.35), (5, 1, 0.25), (4, 1, 0.15),
    (4, 0, 0.18), (4, 0, 0.21), (4, 0, 0.24), (4, 0, 0.26), (4, 0, 0.28), (4, 1, 0.21),
    (4, 0, 0.22), (4, 0, 0.24),
]  # fmt: skip


def test_twenty_patients_cheung_2011_table_3_2() -> None:
    found = method(target=0.25, doses=5, skeleton=CHEUNG, model="logistic", start=3)
    for seen in range(1, len(TABLE_3_2) + 1):
        levels, dlts, estimates = zip(*TABLE_3_2[:seen], strict=True)
        patients = state(list(levels), list(dlts), 5)
        assert found.fit(patients).parameters[0, 0] == pytest.approx(estimates[-1], abs=0.005)
        if seen < len(TABLE_3_2):
            assert found.wish(patients).tolist() == [TABLE_3_2[seen][0]]


def follow_table_3_2(found: Crm, data: dict[str, Any], tolerance: float) -> None:
    """Assert the table's estimates, levels and outcomes along the block's patients."""
    columns = data["doses"], data["tox"], data["beta_hat"]
    assert list(zip(*columns, strict=True)) == TABLE_3_2
    for seen, estimate in enumerate(data["beta_hat"], 1):
        patients = state(data["doses"][:seen], data["tox"][:seen], len(data["skeleton"]))
        assert found.fit(patients).parameters[0, 0] == pytest.approx(estimate, abs=tolerance)
        assert found.wish(patients).tolist() == (data["doses"][seen : seen + 1] or [4])
    tolerated = [
        int(tolerance < data["true_tox"][dose - 1])
        for dose, tolerance in zip(data["doses"], data["tolerances"], strict=True)
    ]
    assert tolerated == data["tox"]


def test_table_3_2_with_the_inputs_of_published_anchors(shared: Path) -> None:
    data = blocks(shared, "published_anchors")["cheung2011_table3.2"]
    form = r"(\w+) intercept (\d+), beta~N\(0,([\d.]+)\) plug-in mean"
    model, intercept, variance = stated_model(data["model"], form)
    assert tuple(data["skeleton"]) == CHEUNG
    assert data["tol"] == 0.005  # two digits printed
    found = method(
        **inputs(data), model=model, intercept=float(intercept), scale=float(variance) ** 0.5
    )
    follow_table_3_2(found, data, data["tol"])


def test_table_3_2_with_the_inputs_of_published_worked_examples(shared: Path) -> None:
    data = blocks(shared, "published_worked_examples")["cheung_2011_table_3_2_crm_logistic"]
    design = crm(
        **inputs(data),
        model="logistic",
        intercept=data["intercept"],
        scale=data["prior_sd2"] ** 0.5,
        start=data["first_dose"],
    )
    assert design.decide("").next_dose == data["doses"][0]
    assert isinstance(design.method, Crm)
    follow_table_3_2(design.method, data, 0.005)
    twin = blocks(shared, "published_anchors")["cheung2011_table3.2"]
    same(data, twin, "skeleton", "target", "true_tox", "tolerances")


# The example stands in both files: file, block, its key of the estimates.
MLE_PATHS = [
    ("published_worked_examples", "crm_mle_dfcrm", "beta_hat_before_patient"),
    ("published_anchors", "crm_mle_dfcrm_path", "beta_hat_before_pt"),
]


@pytest.mark.parametrize(("file", "name", "estimates"), MLE_PATHS)
def test_maximum_likelihood_path_of_clintrials_verified_in_dfcrm(
    shared: Path, file: str, name: str, estimates: str
) -> None:
    # Printed with three digits, found with dfcrm's tolerance.
    data = blocks(shared, file)[name]
    assert data.get("model", "logistic mle") == "logistic mle"
    plan = tuple(data["doses"][: data[estimates].count(None)])
    found = method(**inputs(data), model="logistic", start=plan[0], estimate="mle", start_up=plan)
    compared = 0
    for seen, printed in enumerate(data[estimates]):
        if printed is None:
            continue
        patients = state(data["doses"][:seen], data["tox"][:seen], len(data["skeleton"]))
        estimate = maximum_likelihood(found.curve, known_outcomes(patients))[0]
        assert estimate == pytest.approx(printed, abs=6e-4)
        assert found.wish(patients).tolist() == [data["doses"][seen]]
        compared += 1
    assert compared == 15


def test_both_blocks_of_the_maximum_likelihood_path_state_the_same(shared: Path) -> None:
    one, other = (blocks(shared, file)[name] for file, name, _ in MLE_PATHS)
    same(one, other, "skeleton", "target", "doses", "tox")


# The example stands in both files: file, block, its key of the rates, model.
PLUG_IN = [
    ("published_worked_examples", "crm_plugin_prob_tox", "empiric", "empiric"),
    ("published_worked_examples", "crm_plugin_prob_tox", "logistic", "logistic"),
    ("published_anchors", "crm_plugin_small", "empiric_ptox", "empiric"),
    ("published_anchors", "crm_plugin_small", "logistic3_ptox", "logistic"),
]


@pytest.mark.parametrize(("file", "name", "rates", "model"), PLUG_IN)
def test_plug_in_rates_of_clintrials(
    shared: Path, file: str, name: str, rates: str, model: str
) -> None:
    # The target, stated in one file only, says nothing in the rates but chooses the level.
    data = blocks(shared, file)[name]
    found = method(**inputs({"target": 0.4} | data), model=model)
    patients = state(data["doses"], data["tox"], len(data["skeleton"]))
    assert found.rates(known_outcomes(patients))[0] == pytest.approx(data[rates], abs=6e-4)
    assert data.get("target", 0.4) == 0.4
    assert found.wish(patients).tolist() == [2]


def test_both_blocks_of_the_plug_in_rates_state_the_same(shared: Path) -> None:
    one = blocks(shared, "published_worked_examples")["crm_plugin_prob_tox"]
    other = blocks(shared, "published_anchors")["crm_plugin_small"]
    same(one, other, "skeleton", "doses", "tox")
    assert [one["empiric"], one["logistic"]] == [other["empiric_ptox"], other["logistic3_ptox"]]


@pytest.mark.parametrize("name", ["a", "b"])
def test_indifference_skeletons_getprior_r_package_dfcrm(shared: Path, name: str) -> None:
    data = dfcrm(shared)["getprior"][name]
    assert data["model"] == {"a": "logistic", "b": "empiric"}[name]
    found = indifference_skeleton(
        data["halfwidth"], data["target"], data["nu"], data["nlevel"], model=data["model"]
    )
    assert found == pytest.approx(data["value"], abs=1e-10)


# 15 levels of Neuenschwander et al. 2008, Stat Med 27:2420; posterior mean rates by the R package
# bcrm (power model, prior standard deviation 1.34), as the tests of escalation quote them.
BCRM_SKELETON = (
    0.010, 0.015, 0.020, 0.025, 0.030, 0.040, 0.050, 0.100, 0.170, 0.300, 0.400, 0.500, 0.650,
    0.800, 0.900,
)  # fmt: skip
BCRM_RATES = [
    0.07015495, 0.08657340, 0.10073468, 0.11345014, 0.12513580, 0.14632099, 0.16543985, 0.24440829,
    0.33268033, 0.46747152, 0.55775747, 0.64098831, 0.75674204, 0.86470521, 0.93341409,
]  # fmt: skip


def test_posterior_mean_rates_of_neuenschwander_2008_r_package_bcrm() -> None:
    design = crm(target=0.3, doses=15, skeleton=BCRM_SKELETON, scale=1.34, estimate="mean_rate")
    patients = design.history(design.read("1NNN 2NNNN 3NNNNN 4NNNN 7TT")).take([-1])
    assert isinstance(design.method, Crm)
    assert design.method.fit(patients).rates[0] == pytest.approx(BCRM_RATES, abs=2e-8)
    assert design.decide("1NNN 2NNNN 3NNNNN 4NNNN 7TT").next_dose == 9


SKELETON = (0.05, 0.1, 0.25, 0.4, 0.6)  # of every CRM row of decisions.tsv


def escalation(**parameters: Any) -> Design:
    return crm(doses=5, skeleton=SKELETON, **({"target": 0.25} | parameters))


# How a row's model is written there, and the same design here. The modifier of a row stands here
# where it is a rule here, or where it cannot speak in that row: a demand for n more patients at a
# dose, and one to stop at n, leave the next dose as it is.
NEXT_DOSE_AS_PLAIN = ("demand_n_at_dose", "stop_at_n", "stop_when_n_at_dose")
NOT_COVERED = {
    "when_deescalating = TRUE": "no rule bars skipping levels on the way down",
    "select_dose_by_cibp": "convex infinite bounds penalisation is no method here",
    "try_rescue_dose": "no rule insists on trying the lowest dose before stopping",
}
# Rows without outcomes in the file: the tests they were taken from fit these.
UNNAMED = {"get_dfcrm": "1NNN 2NNT", "get_trialr_crm": "1NNN 2NTT"}
# That of unadmit_untested is of a fit before the first patient: here an untested dose is no final
# recommendation (select_untested). The rows of follow_path go along a stated path of outcomes, the
# CRM's wish from where the trial leaves it: no method here.
BEFORE_THE_FIRST = "unadmit_untested"
TRIALR = {
    "empiric": {"scale": 1.0},
    "logistic": {"model": "logistic", "intercept": 2.0, "scale": 1.0},
    "logistic2": {"model": "logistic2", "intercept": -2.0, "intercept_sd": 1.0, "scale": 1.0},
}


def design_of(row: dict[str, str]) -> Design | None:
    """Return the design of a row of decisions.tsv, None where it has a rule that is not here."""
    model = row["model"]
    if any(text in model for text in NOT_COVERED) or "follow_path" in row["test"]:
        return None
    if model.startswith("get_trialr_crm"):
        return escalation(estimate="mean_rate", **TRIALR[row["test"].split()[0]])
    design = escalation()
    if "stop_when_too_toxic" in model:
        confidence = 0.7 if "confidence = 0.7" in model else 0.8
        design |= too_toxic(rate=0.35, confidence=confidence, least=1)
    return design | no_skipping() if "dont_skip_doses" in model else design


def crm_rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "dose" / "decisions.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [row for row in rows if "crm" in row["model"]]


def test_rows_of_decisions_with_crm_r_packages_escalation_and_trialr(shared: Path) -> None:
    rows = crm_rows(shared)
    covered = [(row, design) for row in rows if (design := design_of(row)) is not None]
    assert (len(rows), len(covered)) == (21, 16)
    for row, design in covered:
        outcomes = row["outcomes"] or UNNAMED[row["model"].split("(")[0]]
        if BEFORE_THE_FIRST in row["model"]:
            outcomes = ""
            assert design.recommend("1NNN").dose == 1  # the CRM wishes dose 4, untested
        decision = design.decide(outcomes)
        if "prob_too_toxic" in row["adm"] or row["rec"] == "NA":
            assert decision.stop, row
        else:
            assert decision.next_dose == int(row["rec"]), row


def test_examples_of_plain_crm_in_the_tests_of_escalation() -> None:
    assert escalation().decide("1NNN 2NTT").next_dose == 1
    assert escalation().decide("1NNN 2NNN").next_dose == 5
    assert (escalation() | no_skipping()).decide("1NNN").next_dose == 2
    assert (escalation() | no_skipping()).decide("1NNN 2NNN").next_dose == 3
