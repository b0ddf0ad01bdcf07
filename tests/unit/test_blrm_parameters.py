"""BLRM's parameters, its prior in text, overdose control at the start and in words."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError, Refused
from trialwright.design import Design, blrm, boin, cohorts, ewoc, from_parameters, no_skipping
from trialwright.design.build import parameter_names
from trialwright.design.posterior.logistic_prior import read_prior
from trialwright.design.posterior.strips import cells_of

AMOUNTS = "10,20,40,60,90 mg"
PRIOR = "-0.7,-0.4,1.2,0.9,0"
STATED: dict[str, Any] = {"reference_dose": 60, "prior": PRIOR}


def design(**parameters: Any) -> Design:
    return blrm(doses=AMOUNTS, **(STATED | parameters))


def text(design: Design, outcomes: str, rule: str) -> str:
    return {reason.rule: reason.text for reason in design.decide(outcomes).reasons}[rule]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"target": 0}, "parameter target: 0; wanted a number above 0 and below 1"),
        ({"target": 0.05}, "parameter target: 0.05; wanted both ends of the interval"),
        ({"target": (0.3, 0.2)}, "parameter target, upper end: 0.2; wanted a number above 0.3"),
        ({"target": (0.1, 0.2, 0.3)}, "parameter target: 3 numbers"),
        ({"target": "0.2"}, "parameter target: '0.2'"),
        ({"overdose": 0.1}, "parameter overdose: 0.1; wanted a number above 0.16 and below 1"),
        ({"ewoc": 0}, "parameter ewoc: 0; wanted a probability above 0, at most 1"),
        ({"choose": "best"}, "parameter choose: 'best'; wanted target_probability or highest"),
        ({"select_untested": 1}, "parameter select_untested: 1; wanted true or false"),
        ({"reference_dose": 0}, "parameter reference_dose: 0; wanted a number above 0"),
        ({"reference_dose": "60"}, "parameter reference_dose: '60'"),
        ({"reference_dose": 1e6}, "reference_dose: 1e+06; wanted an amount in the unit of the"),
        ({"prior": ""}, "parameter prior: ''; wanted mean of alpha, mean of beta"),
        ({"prior": 3}, "parameter prior: 3; wanted mean of alpha"),
        ({"prior": (-0.7, -0.4, 1.2, 0.9)}, "parameter prior: 4 numbers; wanted mean of alpha"),
        ({"prior": "-0.7,x,1.2,0.9,0"}, "parameter prior: '-0.7,x,1.2,0.9,0'; wanted mean"),
        ({"prior": "0,0,-1,1,0"}, "parameter prior, sd of alpha: -1; wanted a number from 0.01"),
        ({"prior": "0,0,1,nan,0"}, "parameter prior: '0,0,1,nan,0'; wanted mean"),
        ({"prior": "0,0,1,1,1"}, "parameter prior, correlation: 1; wanted a number from -0.99"),
        ({"prior": "0.5: 0,0,1,1,0; 0.4: 0,0,1,1,0"}, "prior: weights that sum to 0.9; wanted a"),
        ({"prior": "0,0,1,1,0; 0,0,1,1,0"}, "prior, normal 1: '0,0,1,1,0'; wanted a weight"),
        ({"prior": "0.5: 0,0,1,1,0; 0.5: 0"}, "prior, normal 2: 1 number; wanted mean of alpha"),
        ({"prior": ";".join(["0.04: 0,0,1,1,0"] * 25)}, "prior: 25 normals; wanted 1 to 20"),
        ({"priors": PRIOR}, "parameter: 'priors'; wanted 'prior'"),
    ],
)
def test_a_wrong_parameter_is_named_in_one_line(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_parameters("blrm", STATED | parameters, AMOUNTS)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["reference_dose", "prior"])
def test_what_has_no_default_has_to_be_stated(name: str) -> None:
    with pytest.raises(InputError, match=f"parameter {name}: not stated"):
        from_parameters("blrm", {k: v for k, v in STATED.items() if k != name}, AMOUNTS)


def test_levels_without_amounts_are_refused() -> None:
    with pytest.raises(InputError, match="parameter doses: 5 levels; wanted their amounts"):
        from_parameters("blrm", STATED, 5)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.text("0123456789.,;: -", max_size=40),
    st.lists(st.floats(-2, 2), max_size=6),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(parameter_names("blrm")), VALUES))
def test_any_parameters_build_a_design_or_are_refused_in_one_line(stated: dict[str, Any]) -> None:
    try:
        found = from_parameters("blrm", STATED | stated, AMOUNTS, "3x2")
    except InputError as error:
        assert str(error).startswith("design, parameter ")
        assert "\n" not in str(error)
    else:
        assert found.decide().next_dose == 1


def test_a_prior_is_the_same_in_text_and_in_numbers() -> None:
    assert read_prior(PRIOR) == read_prior((-0.7, -0.4, 1.2, 0.9, 0))
    mixture = read_prior("0.7: -0.7,-0.4,1.2,0.9,0; 0.3: -3,0,0.5,0.5,0.1")
    assert mixture == read_prior([(0.7, -0.7, -0.4, 1.2, 0.9, 0), (0.3, -3, 0, 0.5, 0.5, 0.1)])
    assert read_prior(f"1: {PRIOR}") == read_prior(PRIOR)


def test_a_target_is_an_interval_or_its_centre() -> None:
    assert design(target=0.245).summary == design(target=(0.16, 0.33)).summary
    assert "P(0.165 < rate <= 0.335)" in design(target=0.25).summary[0]


def test_the_summary_names_the_prior_the_intervals_and_the_control() -> None:
    method, control = design(overdose=0.4, ewoc=0.3).summary
    assert "N((-0.7, -0.4), sd (1.2, 0.9), correlation 0)" in method
    assert "largest P(0.16 < rate <= 0.33) of those with P(rate > 0.4) <= 0.3" in method
    assert "no cohort at a dose with P(rate > 0.4) above 0.3" in control
    assert len(design(ewoc=1).summary) == 1


def test_the_reason_lists_both_probabilities_of_every_dose() -> None:
    found = text(design(), "1NNN", "blrm")
    assert found.startswith("P(0.16 < rate <= 0.33) / P(rate > 0.33): dose 1 0.146 / 0.040")
    assert found.endswith(
        "dose 3 has the largest probability in the target interval with an overdose of at most 0.25"
    )
    highest = design(choose="highest_admissible")
    assert text(highest, "1NNN", "blrm").endswith(
        "dose 3 is the highest with an overdose of at most 0.25"
    )


def test_the_control_names_what_it_bars() -> None:
    found = text(design(), "1NNN", "ewoc")
    assert found == "P(rate > 0.33) is above 0.25: 0.365 at dose 4, 0.523 at dose 5"
    assert design().decide("1NNN").admissible == (1, 2, 3)


def test_a_start_that_the_prior_bars_is_the_protocols_choice_and_is_named() -> None:
    high = blrm(doses=AMOUNTS, start=4, **STATED)
    decision = high.decide()
    assert (decision.next_dose, decision.admissible) == (4, (1, 2, 3, 4))
    assert "the prior alone bars dose 4, but the protocol starts there" in text(high, "", "ewoc")
    assert high.decide("4NTT").next_dose != 4


def test_the_control_works_for_a_method_of_its_own_posterior_and_without_the_bound() -> None:
    free = design(ewoc=1)
    assert free.decide("1NNN").next_dose == 4
    assert (free | ewoc(0.33)).decide("1NNN").next_dose == 3
    assert (free | no_skipping()).decide("1NNN").next_dose == 2


def test_the_control_needs_a_model_of_all_doses() -> None:
    with pytest.raises(InputError, match="rule ewoc: boin has no model, and no untested"):
        boin(target=0.3, doses=3) | ewoc(0.33)


def test_an_untested_dose_is_recommended_only_if_stated() -> None:
    outcomes = "1NNN 2NNN"
    assert design().recommend(outcomes).dose == 2
    assert design(select_untested=True).recommend(outcomes).dose == 3
    left_out = {
        r.rule: r.text for r in design().recommend(outcomes).reasons if "left out" in r.text
    }
    assert left_out["blrm"].endswith("(not tested or eliminated, and left out: dose 3, 4, 5)")


def test_too_many_cells_are_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    method: Any = design().method
    monkeypatch.setattr("trialwright.design.posterior.strips.MOST_CELLS", 10)
    with pytest.raises(Refused, match="the prior is too narrow for the outcomes of 32 patients"):
        cells_of(method.curve, 32, 6.0)


def test_pending_patients_make_it_wait_unless_every_outcome_agrees() -> None:
    waiting = (design() | cohorts("3x4")).decide("1NNP")
    assert (waiting.next_dose, waiting.stop, waiting.pending) == (None, False, 1)
