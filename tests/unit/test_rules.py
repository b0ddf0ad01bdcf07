"""Each rule alone: what it forbids, what it says, and which parameters it refuses."""

import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from tests.unit.ruled_design import MG, ORDER, design, said

from trialwright.core.errors import InputError
from trialwright.design import (
    backfill,
    boin,
    cohorts,
    crm,
    elimination,
    from_parameters,
    max_increment,
    no_reescalation,
    precise,
    safety_boundary,
    stop_at,
    stop_at_dose,
    too_toxic,
    trial_boundary,
)
from trialwright.design.model import CohortShort
from trialwright.design.rules import RULES
from trialwright.design.states import one_state

# stop_at, stop_at_dose


def test_the_trial_is_complete_at_its_number_of_patients() -> None:
    twelve = design() | stop_at(12)
    assert twelve.decide("1NNN 2NNN 3NN 3NNN").next_dose == 4
    full = twelve.decide("1NNN 2NNN 3NNN 3NNN")
    assert (full.stop, full.overruled) == (True, False)
    assert said(full, "stop_at") == "12 patients treated, 12 planned: the trial is complete"
    assert said(full, "precedence") is None
    assert twelve.recommend("1NNN 2NNN 3NNN 3NNN").dose == 3


@pytest.mark.parametrize(
    ("where", "outcomes", "stops"),
    [
        ("next", "1NNN 2NNT 2NNT", True),  # 2 of 6: stay at dose 2
        ("next", "1NNN 2NNN 2NNN", False),  # on to dose 3
        ("any", "1NNN 2NNN 2NNN", True),
        (2, "1NNN 2NNN 2NNN", True),
        (1, "1NNN 2NNT 2NNT", False),
    ],
)
def test_stop_at_n_at_the_next_any_or_one_dose(where: Any, outcomes: str, stops: bool) -> None:
    decision = (design() | stop_at_dose(6, where)).decide(outcomes)
    assert decision.stop == stops
    assert decision.overruled == stops
    assert (said(decision, "stop_at_dose") is not None) == stops
    assert (design() | stop_at_dose(7, where)).decide(outcomes).stop is False


def test_the_next_dose_is_the_one_after_all_bars() -> None:
    barred = design() | stop_at_dose(6) | max_increment(1.5)
    decision = barred.decide("1NNN 2NNN 2NNN")  # 5 mg is wished, 2 mg allowed, 6 were there
    assert decision.stop
    assert said(decision, "stop_at_dose") == (
        "6 treated at dose 2, at least 6 at the next dose: the trial ends"
    )
    assert said(decision, "precedence") == (
        "the method wished dose 3; stop_at_dose ends the trial early, "
        f"over max_increment (allows dose 2) {ORDER}"
    )


def test_an_early_end_leaves_the_data_to_the_recommendation() -> None:
    assert (design() | stop_at_dose(6)).recommend("1NNN 2NNT 2NNT").dose == 2


# too_toxic, precise: probabilities of the method's posterior, here Beta(1, 1) at the level


def test_too_toxic_ends_without_a_dose_and_says_the_probability() -> None:
    rule = too_toxic(0.3, 0.8, least=3)
    tail = beta.sf(0.3, 3, 2)
    decision = (design() | rule).decide("1NTT")
    assert decision.stop
    assert said(decision, "too_toxic") == (
        f"P(rate > 0.3) at dose 1 = {tail:.3f} > 0.8 (3 treated there, at least 3): "
        "the trial ends without a dose"
    )
    assert (design() | rule).recommend("1NTT").dose is None
    assert design().recommend("1NTT").dose == 1
    assert (design() | too_toxic(0.3, float(tail) + 1e-9, least=3)).decide("1NTT").next_dose == 1


def test_one_dlt_in_one_patient_would_stop_without_a_minimum() -> None:
    assert beta.sf(0.3, 2, 1) == pytest.approx(0.91)
    assert (design() | too_toxic(0.3, 0.8, least=1)).decide("1T").stop
    assert (design() | too_toxic(0.3, 0.8, least=2)).decide("1T").next_dose == 1
    assert (design() | safety_boundary(0.3, 0.8, least=1)).decide("1T").stop
    assert (design() | safety_boundary(0.3, 0.8, least=2)).decide("1T").next_dose == 1


def test_too_toxic_looks_at_the_level_it_names() -> None:
    outcomes = "1NNN 2NNN 3TTT"
    assert (design() | too_toxic(0.3, 0.8, 3, dose=1)).decide(outcomes).next_dose == 2
    assert (design() | too_toxic(0.3, 0.8, 3, dose="next")).decide(outcomes).next_dose == 2
    assert (design() | too_toxic(0.3, 0.8, 3, dose="any")).decide(outcomes).stop
    assert (design() | too_toxic(0.3, 0.8, 3, dose=3)).decide(outcomes).stop
    assert (design() | too_toxic(0.3, 0.8, 10, dose=3)).decide(outcomes).next_dose == 2


def test_too_toxic_counts_its_least_at_the_level_where_the_method_has_no_model_of_all() -> None:
    # P(rate > .3) is .70 under the prior alone, at each of the untested levels.
    for dose in ("next", "any", 2):
        untested = (design() | too_toxic(0.3, 0.6, 3, dose=dose)).decide("1NNN")
        assert (untested.next_dose, said(untested, "too_toxic")) == (2, None)
    assert (design() | too_toxic(0.3, 0.8, 3, dose=2)).decide("1NNN 2T").next_dose == 1
    assert (design() | too_toxic(0.3, 0.8, 3, dose=2)).decide("1NNN 2TT 2T").stop


def test_too_toxic_counts_its_least_in_the_trial_where_the_method_has_a_model_of_all() -> None:
    modelled = crm(target=0.25, doses=3, skeleton=(0.1, 0.25, 0.4)) | too_toxic(0.3, 0.8, 3)
    decision = modelled.decide("2TTT")  # nobody was treated at dose 1
    assert decision.stop
    assert "(3 treated in the trial, at least 3)" in (said(decision, "too_toxic") or "")
    assert not modelled.decide("2TT").stop


def test_a_probability_that_is_just_reached_is_precise_enough() -> None:
    plain, outcomes = design(), "1NNN 2NNT 2NNT 2NNT"
    states = one_state(plain.state(outcomes))
    below, above = 1.0 - plain.method.exceedance(states, 0.2), plain.method.exceedance(states, 0.4)
    inside = float((1.0 - below - above)[0, 1])
    assert (plain | precise(0.2, 0.4, inside)).decide(outcomes).stop
    assert not (plain | precise(0.2, 0.4, inside + 1e-12)).decide(outcomes).stop


def test_precise_by_the_probability_of_an_interval() -> None:
    outcomes = "1NNN 2NNT 2NNT 2NNT"  # 3 of 9 at dose 2: stay
    inside = beta.cdf(0.4, 4, 7) - beta.cdf(0.2, 4, 7)
    decision = (design() | precise(0.2, 0.4, float(inside) - 1e-9)).decide(outcomes)
    assert decision.stop
    assert said(decision, "precise") == (
        f"P(0.2 < rate <= 0.4) = {inside:.3f} >= {inside:g} at dose 2 (9 treated): "
        "precise enough, the trial ends"
    )
    assert not (design() | precise(0.2, 0.4, float(inside) + 1e-9)).decide(outcomes).stop
    assert not (design() | precise(0.2, 0.4, 0.3, least=10)).decide(outcomes).stop
    assert not (design() | precise(0.2, 0.4, 0.3, where=1)).decide(outcomes).stop


def test_precise_by_a_credible_interval_within_limits() -> None:
    outcomes = "1NNN 2NNT 2NNT 2NNT"
    low, high = beta.ppf([0.05, 0.95], 4, 7)
    inside = precise(float(low) - 1e-6, float(high) + 1e-6, 0.9, form="interval")
    text = said((design() | inside).decide(outcomes), "precise")
    assert text is not None
    assert "= 0.050 and P(rate > " in text
    assert "each at most 0.05, at dose 2 (9 treated): precise enough, the trial ends" in text
    for low_moved, high_moved in ((1e-6, 0), (0, -1e-6)):
        rule = precise(float(low) + low_moved, float(high) + high_moved, 0.9, form="interval")
        assert not (design() | rule).decide(outcomes).stop


# max_increment


@pytest.mark.parametrize(
    ("factor", "outcomes", "next_dose"),
    [
        (2, "1NNN", 2),  # 1 to 2 mg
        (2, "1NNN 2NNN", 2),  # 2 to 5 mg would be 2.5 times
        (2.5, "1NNN 2NNN", 3),
        ("0:3 2:2", "1NNN 2NNN", 2),  # a step holds from its amount on
        ("0:3 2.5:2", "1NNN 2NNN", 3),
        ([(0, 3), (2.5, 2)], "1NNN 2NNN", 3),
    ],
)
def test_the_next_dose_is_at_most_so_many_times(factor: Any, outcomes: str, next_dose: int) -> None:
    assert (design() | max_increment(factor)).decide(outcomes).next_dose == next_dose


def test_the_increment_is_told_with_its_amounts() -> None:
    decision = (design() | max_increment(2)).decide("1NNN 2NNN")
    assert (decision.admissible, decision.method_wish) == ((1, 2), 3)
    assert said(decision, "max_increment") == (
        "dose 3 (5 mg) is 2.5 times the highest dose given so far (2 mg): at most 2 times (4)"
    )
    assert said(decision, "precedence") == (
        "the method wished dose 3; dose 2 is the highest admissible that is not above it: "
        f"max_increment allows no higher one {ORDER}"
    )


def test_the_increment_is_relative_to_the_highest_or_to_the_last_dose() -> None:
    outcomes = "3NNN 1NNN"  # 5 mg and then 1 mg
    assert (design() | max_increment(2)).decide(outcomes).admissible == (1, 2, 3, 4)
    assert (design() | max_increment(2, "last")).decide(outcomes).admissible == (1, 2)


def test_a_product_is_not_lost_to_floating_point() -> None:
    triple = boin(target=0.3, doses="0.1, 0.3 mg") | max_increment(3)
    assert 3 * 0.1 != 0.3
    assert triple.decide("1NNN").next_dose == 2


def test_the_first_dose_is_not_limited() -> None:
    assert (design(start=4) | max_increment(1.1)).decide().next_dose == 4


# levels that are not entered again


def test_a_level_that_the_trial_came_down_from_is_not_entered_again() -> None:
    outcomes = "1NNN 2NNT 2NTT 1NNN"
    assert design().decide(outcomes).next_dose == 2
    decision = (design() | no_reescalation()).decide(outcomes)
    assert (decision.next_dose, decision.admissible) == (1, (1,))
    assert said(decision, "no_reescalation") == (
        "the trial came down from dose 2 to 1: 2 is not entered again"
    )
    untried = (design() | no_reescalation()).decide("1NNN 3TTT 1NNN")
    assert (untried.next_dose, untried.admissible) == (2, (1, 2))
    assert said(untried, "no_reescalation") is None


def test_elimination_is_a_rule_for_any_method() -> None:
    assert design().replacing(elimination(0.3, 0.95, 3)) == boin(target=0.3, doses=MG)
    own = design().replacing(elimination(0.3, 0.9)).decide("1NNN 2NTT 1NNN")
    assert (own.next_dose, own.admissible) == (1, (1,))


def test_the_boundary_by_dose_eliminates_it_and_all_above() -> None:
    rule = safety_boundary(0.3, 0.8, least=3)
    assert rule.boundary.points(6) == ((3, 2), (4, 2), (5, 3), (6, 3))
    assert "first crossed at 2 of 3, 2 of 4, 3 of 5" in rule.summary
    decision = (design() | rule).decide("1NNN 2NNN 3NTT 2NNN")
    assert (decision.next_dose, decision.admissible) == (2, (1, 2))
    assert said(decision, "safety_boundary") == (
        "doses 3 to 5 are eliminated: 2 of 3 at dose 3 had a DLT, "
        "P(rate > 0.3) = 0.916 > 0.8 (prior Beta(1, 1))"
    )
    assert (design() | rule).recommend("1NNN 2NNN 3NTT").dose == 2
    assert (design() | rule).recommend("1NTT").dose is None


def test_the_boundary_over_the_trial_counts_all_levels_together() -> None:
    ended = (design() | trial_boundary(0.3, 0.8, 6)).decide("1NNT 2NTT")
    assert beta.sf(0.3, 4, 4) == pytest.approx(0.874, abs=5e-4)
    assert ended.stop
    assert said(ended, "trial_boundary") == (
        "3 of 6 in the trial had a DLT, P(rate > 0.3) = 0.874 > 0.8 (prior Beta(1, 1)): "
        "the trial ends without a dose"
    )
    assert not (design() | trial_boundary(0.3, 0.8, 7)).decide("1NNT 2NTT").stop


def test_a_trial_may_have_both_boundaries() -> None:
    rules = safety_boundary(0.3, 0.8, 3), trial_boundary(0.3, 0.8, 6)
    for first, second in (rules, rules[::-1]):
        both = design() | first | second
        assert both.decide("1NNT 2NTT").stop
        assert both.decide("1NNN 2NTT").admissible == (1,)


# what a trial did that the design would not have


def test_every_deviation_names_its_cohort() -> None:
    planned = boin(target=0.3, doses=MG) | cohorts("3x2")
    notes = [r.text for r in planned.decide("1NTTT 1NN 3NNN").reasons if r.rule == "deviation"]
    assert notes == [
        "cohort 2 was treated at dose 1 after the design had ended the trial",
        "cohort 3 was treated at dose 3 after the design had ended the trial",
        "cohort 1 has 4 patients; 3 were planned",
        "cohort 2 has 2 patients; 3 were planned",
    ]
    barred = boin(target=0.3, doses=MG).decide("1NNN 2TTT 2NNN")
    assert [r.text for r in barred.reasons if r.rule == "deviation"] == [
        "cohort 3 was treated at dose 2, which was barred, where the design said dose 1"
    ]


# parameters


@pytest.mark.parametrize(
    ("rule", "parameters", "message"),
    [
        ("no_skiping", {}, "design, rule: 'no_skiping'; wanted 'no_skipping', the nearest of"),
        (
            "too_toxic",
            {"rate": 0.3, "confidense": 0.8, "least": 3},
            "design, rule too_toxic, parameter: 'confidense'; wanted 'confidence', the nearest of",
        ),
        (
            "too_toxic",
            {"rate": 0.3, "confidence": 0.8},
            "rule too_toxic, parameter least: not stated; wanted a value; too_toxic needs it",
        ),
        ("too_toxic", {"rate": 0.3, "confidence": 1, "least": 3}, "parameter confidence: 1;"),
        (
            "too_toxic",
            {"rate": 0.3, "confidence": 0.8, "least": 3, "dose": 6},
            "parameter dose: 6; wanted next, any or a dose level from 1 to 5",
        ),
        ("safety_boundary", {"rate": 0.3, "confidence": 0.8}, "parameter least: not stated"),
        ("trial_boundary", {"rate": 0.3, "confidence": 0.8}, "parameter least: not stated"),
        (
            "safety_boundary",
            {"rate": 0.3, "confidence": 0.8, "least": 3, "prior_a": 0},
            "parameter prior_a: 0; wanted a number above 0",
        ),
        ("stop_at", {"patients": 0}, "parameter patients: 0; wanted a whole number from 1"),
        ("stop_at_dose", {"n": 2.5}, "parameter n: 2.5; wanted a whole number from 1"),
        (
            "stop_at_dose",
            {"n": 6, "where": "nxt"},
            "parameter where: 'nxt'; wanted next, any or the number of a dose level",
        ),
        ("stop_at_dose", {"n": 6, "where": True}, "parameter where: True; wanted next"),
        (
            "precise",
            {"low": 0.4, "high": 0.2, "probability": 0.9},
            "parameter high: 0.2; wanted a number above 0.4 and below 1",
        ),
        (
            "precise",
            {"low": 0.2, "high": 0.4, "probability": 0.9, "form": "width"},
            "parameter form: 'width'; wanted probability or interval",
        ),
        ("max_increment", {"factor": 1}, "parameter factor: 0:1; wanted a number above 1"),
        ("max_increment", {"factor": "2:3"}, "first step: from 2; wanted one from at most"),
        ("max_increment", {"factor": "0:3 0:2"}, "parameter factor: '0:3 0:2'; wanted"),
        ("max_increment", {"factor": "0:three"}, "parameter factor: 0:three; wanted"),
        ("max_increment", {"factor": ""}, "parameter factor: ''; wanted a number above 1"),
        (
            "max_increment",
            {"factor": 2, "relative_to": "first"},
            "parameter relative_to: 'first'; wanted highest or last",
        ),
        ("elimination", {"target": 0.3, "cutoff": 0}, "rule elimination, parameter cutoff: 0;"),
        ("elimination", {"target": 0.3, "offset": 1}, "parameter offset: 1; wanted a number above"),
        ("cohorts", {"sizes": "3.5x2"}, "rule cohorts, cohorts, item 1: '3.5x2'; wanted sizes"),
    ],
)
def test_a_wrong_rule_or_parameter_is_named(
    rule: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        from_parameters("boin", {"target": 0.3}, MG, rules=[(rule, parameters)])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_increment_needs_amounts() -> None:
    with pytest.raises(InputError, match="5 levels without amounts; wanted amounts such as 1,2,4"):
        boin(target=0.3, doses=5) | max_increment(2)


def test_a_cohort_that_is_no_whole_number_is_named() -> None:
    for sizes in ((3, 2.5), (3, True), (3, "3"), (0,)):
        with pytest.raises(InputError, match=r"cohorts, cohort [12]: .*; wanted a whole number"):
            cohorts(sizes)  # type: ignore[arg-type]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2000),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["next", "any", "0:2 5:1.5", "trial", "last", 0.2, 0.5, 0.8]),
    st.lists(st.one_of(st.floats(), st.text(max_size=2), st.integers()), max_size=3),
)
STATED = {
    name: list(inspect.signature(factory).parameters)
    for name, factory in RULES.items()
    if name not in ("backfill", "min_follow_up", "stagger")
}


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(sorted(STATED)))
def test_any_parameters_make_a_rule_or_are_refused_in_one_line(
    data: st.DataObject, rule: str
) -> None:
    parameters = data.draw(st.fixed_dictionaries(dict.fromkeys(STATED[rule], VALUES)))
    try:
        made = from_parameters("boin", {"target": 0.3}, MG, rules=[(rule, parameters)])
    except InputError as error:
        assert str(error).startswith((f"design, rule {rule}, ", f"design, rule {rule}: "))
        assert "\n" not in str(error)
    else:
        made.decide("1NNN 2NTN")


# a cohort that is not whole, backfilled patients, boundaries of small rates


def test_a_cohort_that_is_short_is_named_with_its_number() -> None:
    small = design() | cohorts("3x4") | backfill(9)
    assert small.decide("1N").cohort_short == CohortShort(1, 1, 3)
    assert small.decide("1NNN").cohort_short is None
    assert small.decide("1NNN +1N 2NP").cohort_short == CohortShort(2, 2, 3)
    assert small.decide("1NNN +1N 2N").reasons[-1].text == "cohort 2 has 1 patient; 3 were planned"
    assert design().decide("1N").cohort_short is None


def test_cohorts_are_numbered_without_backfilled_groups() -> None:
    small = boin(target=0.3, doses=3) | cohorts("3x4") | backfill(9)
    said_of = [r.text for r in small.decide("1NNN 2NNN +1N 2NNN").reasons if r.rule == "deviation"]
    assert said_of == ["cohort 3 was treated at dose 2 where the design said dose 3"]


def test_where_a_patient_may_be_backfilled_is_said_while_the_cohort_waits() -> None:
    bare = boin(target=0.3, doses=3) | cohorts("3x4")
    waiting = (bare | backfill(4)).decide("1NNN 2NNP")
    assert (waiting.next_dose, waiting.backfill) == (None, 1)
    assert said(waiting, "backfill") == (
        "a patient who comes now may be treated at dose 1, where 3 of at most 4 were"
    )
    full = (bare | backfill(3)).decide("1NNN 2NNP")
    assert full.backfill is None
    assert said(full, "backfill") == "no lower dose is open to a patient who comes now"
    assert (bare | backfill(4)).decide("1NNN 2NNN").backfill is None
    assert bare.decide("1NNN 2NNP").backfill is None


def test_a_rule_that_did_not_fire_is_no_reason() -> None:
    bare = boin(target=0.3, doses=3)
    assert said(bare.decide("1NNN"), "lowest_dose") is None
    assert said(bare.decide("1NTT"), "lowest_dose") is not None


def test_a_small_boundary_has_digits_enough() -> None:
    tiny = boin(target=0.0001, doses=3)
    assert "at most 7.83e-05, de-escalate from 0.0001189" in tiny.summary[0]
    assert "boundary 7.83e-05" in tiny.decide("1NNN").reasons[0].text
