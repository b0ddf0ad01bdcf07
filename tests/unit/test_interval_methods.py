"""mTPI, mTPI-2, Keyboard, TPI, i3+3 and 3+3: parameters, reasons, and where they differ."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.design import (
    METHODS,
    Design,
    boin,
    cohorts,
    from_parameters,
    i3_plus_3,
    keyboard,
    lowest_dose,
    mtpi,
    mtpi2,
    three_plus_three,
    tpi,
)
from trialwright.design.build import parameter_names
from trialwright.design.decision.table import Move
from trialwright.design.methods.mtpi2 import Mtpi2

INTERVALS = ("boin", "i3_plus_3", "keyboard", "mtpi", "mtpi2", "tpi")


def reason(design: Design, outcomes: str, rule: str) -> str:
    found = [r.text for r in design.decide(outcomes).reasons if r.rule == rule]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("method", "parameters", "message"),
    [
        ("mtpi", {"target": 0.3, "epsilon1": 0.3}, "epsilon1: 0.3; wanted a number above 0 and"),
        ("mtpi", {"target": 0.8, "epsilon2": 0.3}, "epsilon2: 0.3; wanted a number above 0 and"),
        ("mtpi", {"target": 0.3, "prior_a": 0}, "prior_a: 0; wanted a number above 0"),
        ("mtpi", {"target": 0.3, "prior_b": "1"}, "prior_b: '1'; wanted a number"),
        ("mtpi2", {"target": 0.3, "epsilon1": 0.001}, "epsilon1: 0.001; wanted a number above 0.0"),
        ("mtpi2", {"target": 0.3, "cutoff_eli": 2}, "cutoff_eli: 2; wanted a probability"),
        ("mtpi2", {"target": 0.3, "min_n_eli": 0}, "min_n_eli: 0; wanted a whole number"),
        ("mtpi2", {"target": 0.3, "epsilon": 0.1}, "parameter: 'epsilon'; wanted 'epsilon"),
        ("keyboard", {"target": 0.3, "margin_left": 0.3}, "margin_left: 0.3; wanted a number"),
        ("keyboard", {"target": 0.3, "margin_right": 0}, "margin_right: 0; wanted a number"),
        ("keyboard", {"target": 0.3, "extrasafe_offset": 1}, "extrasafe_offset: 1; wanted"),
        ("tpi", {"target": 0.3, "k1": 0}, "k1: 0; wanted a number above 0 and below 100"),
        ("tpi", {"target": 0.3, "k2": float("nan")}, "k2: nan; wanted a number above 0"),
        ("i3_plus_3", {"target": 1}, "target: 1; wanted a number above 0 and below 1"),
        ("i3+3", {"target": 0.3, "stay_1_of_3": 1}, "stay_1_of_3: 1; wanted true or false"),
        ("boin", {"target": 0.3, "select_untested": "no"}, "select_untested: 'no'; wanted true"),
        ("3+3", {"deescalate": 1}, "deescalate: 1; wanted true or false"),
        ("3+3", {"zero_of_3_at_top_ends": None}, "zero_of_3_at_top_ends: None; wanted true"),
        ("3+3", {"target": 0.3}, "none: three_plus_three has no target"),
    ],
)
def test_a_wrong_parameter_is_named(method: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_parameters(method, parameters, 3)
    assert message in str(caught.value)


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))


@pytest.mark.parametrize("method", [*INTERVALS, "three_plus_three"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_parameters_build_a_design_or_are_refused_in_one_line(
    method: str, data: st.DataObject
) -> None:
    stated = {} if method == "three_plus_three" else {"target": 0.3}
    names = st.sampled_from(parameter_names(method))
    parameters = data.draw(st.dictionaries(names, VALUES, max_size=3))
    try:
        design = from_parameters(method, {**stated, **parameters}, 3, "3x2")
    except InputError as error:
        assert str(error).startswith("design, parameter ")
        assert "\n" not in str(error)
    else:
        assert design.decide().next_dose == 1
        assert design.decide("1NNN 2NTN").reasons


@pytest.mark.parametrize("method", INTERVALS)
def test_stay_on_1_of_3_changes_that_entry_alone(method: str) -> None:
    plain = METHODS[method](target=0.2, doses=3).table(9)
    changed = METHODS[method](target=0.2, doses=3, stay_1_of_3=True).table(9)
    differing = [(a.n, a.dlts, b.decision) for a, b in zip(plain, changed, strict=True) if a != b]
    stays = any((r.n, r.dlts, r.decision) == (3, 1, Move.STAY) for r in plain)
    assert differing == ([] if stays else [(3, 1, Move.STAY)])
    assert (
        "stays on 1 DLT of 3" in METHODS[method](target=0.2, doses=3, stay_1_of_3=True).summary[0]
    )


def test_keyboard_eliminates_on_the_first_patient_where_mtpi2_waits_for_two() -> None:
    one, two = keyboard(target=0.2, doses=3), mtpi2(target=0.2, doses=3)
    assert one.decide("1NNN 2T").admissible == (1,)
    assert two.decide("1NNN 2T").admissible == (1, 2, 3)
    assert one.decide("1T").stop
    assert two.decide("1T").next_dose == 1
    from_the_first = mtpi2(target=0.2, doses=3, min_n_eli=1)
    assert one.table(30) == from_the_first.table(30)
    assert [row for row in one.table(30) if row.n > 1] == [r for r in two.table(30) if r.n > 1]


def test_keyboard_looks_at_the_extra_safe_cutoff_from_three_patients() -> None:
    # P(rate > 0.25) after 1 of 1 is 0.9375, after 2 of 3 0.949: between 0.90 and 0.95
    plain = keyboard(target=0.25, doses=3)
    safe = keyboard(target=0.25, doses=3, extrasafe_offset=0.05)
    assert not safe.decide("1T").stop
    assert safe.decide("1NTT").stop
    assert not plain.decide("1NTT").stop
    assert "0.949 > 0.9" in reason(safe, "1NTT", "elimination")


def test_boin_looks_at_the_extra_safe_cutoff_from_its_own_least_number() -> None:
    safe = boin(target=0.25, doses=3, extrasafe_offset=0.05, min_n_eli=1)
    assert safe.decide("1T").stop


def test_keys_fill_0_to_1_and_end_short() -> None:
    method = keyboard(target=0.3, doses=2, margin_left=0.1, margin_right=0.1).method
    assert isinstance(method, Mtpi2)
    assert method.edges == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    uneven = keyboard(target=0.25, doses=2).method
    assert isinstance(uneven, Mtpi2)
    assert uneven.edges[:4] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert uneven.edges[-2:] == pytest.approx([0.9, 1])


def test_reasons_carry_the_numbers() -> None:
    # Beta(2, 3) has the distribution function 6 x^2 - 8 x^3 + 3 x^4.
    assert reason(mtpi(target=0.3, doses=3), "1NNN 2NTN", "mtpi") == (
        "1 of 3 at dose 2 had a DLT: unit probability mass 1.047 below 0.25, 1.753 up to 0.35, "
        "0.866 above: stay"
    )
    assert reason(mtpi2(target=0.3, doses=3), "1NNN 2NTN", "mtpi2") == (
        "1 of 3 at dose 2 had a DLT: the posterior is densest from 0.25 to 0.35 (1.753), "
        "the target's interval: stay"
    )
    assert "from 0 to 0.05 (3.710), below the target's 0.25 to 0.35 (1.379): escalate" in reason(
        keyboard(target=0.3, doses=3), "1NNN", "keyboard"
    )
    assert "probability 0.028 below 0.014, 0.706 up to 0.486, 0.265 above: stay" in reason(
        tpi(target=0.25, doses=3, k1=1, k2=1), "1NNN 2NTN", "tpi"
    )
    assert reason(i3_plus_3(target=0.25, doses=3), "1NTN", "i3_plus_3") == (
        "1 of 3 at dose 1 had a DLT: 0.333, above the interval 0.2 to 0.3, and 0.000 with one DLT "
        "less is below it: stay"
    )
    assert "0.667, above the interval 0.2 to 0.3, and 0.333 with one DLT less is not below it" in (
        reason(i3_plus_3(target=0.25, doses=3), "1NTT", "i3_plus_3")
    )
    assert "0.250, within the interval 0.2 to 0.3: stay" in reason(
        i3_plus_3(target=0.25, doses=3), "1NNNT", "i3_plus_3"
    )


def test_tpi_eliminates_by_its_own_prior() -> None:
    design = tpi(target=0.3, doses=3)
    assert "prior Beta(0.005, 0.005)" in design.summary[1]
    # 2 of 3: P(rate > 0.3) is 0.916 under Beta(1, 1)
    assert not design.decide("1NNN 2NTT").overruled
    assert design.decide("1NNN 2TT").admissible == (1,)
    assert mtpi(target=0.25, doses=3).decide("1NNN 2NTT").admissible == (1, 2, 3)
    assert tpi(target=0.25, doses=3, cutoff_eli=0.9).decide("1NNN 2NTT").admissible == (1,)


def test_de_escalating_at_the_lowest_level_is_said_by_the_rule() -> None:
    design = mtpi(target=0.25, doses=3)
    assert design.decide("1NTT").next_dose == 1
    assert (design | lowest_dose(deescalate="stop")).decide("1NTT").stop


def test_selection_lists_untested_levels_where_they_may_be_recommended() -> None:
    tested = boin(target=0.4, doses=3) | cohorts("3x2")
    anything = boin(target=0.4, doses=3, select_untested=True) | cohorts("3x2")
    assert tested.recommend("1NNN 1NNN").dose == 1
    recommended = anything.recommend("1NNN 1NNN")
    assert recommended.dose == 2  # of two untested levels at 0.5, above the target, the lower
    assert recommended.reasons[0].text == (
        "isotonic DLT rates dose 1 0.008 (0 of 6), dose 2 0.500 (untested), "
        "dose 3 0.500 (untested); target 0.4"
    )
    assert anything.recommend("").dose is None


def test_three_plus_three_brings_its_own_schedule_and_wants_cohorts_of_3() -> None:
    assert three_plus_three(doses=4).schedule == (3,) * 8
    assert (three_plus_three(doses=2) | cohorts("3x6")).schedule == (3,) * 6
    with pytest.raises(InputError, match="cohorts, cohort 2: 8 patients; wanted 3, for a 3"):
        from_parameters("three_plus_three", {}, 2, "3,8")


def test_three_plus_three_reasons() -> None:
    design = three_plus_three(doses=3, deescalate=True)
    assert reason(design, "1NNT", "three_plus_three") == (
        "1 of 3 at dose 1 had a DLT: stay, to complete 6 patients"
    )
    assert reason(design, "1NNN 2NTT", "mtd_found") == (
        "dose 2 is too toxic; dose 1 is to be completed to 6 patients"
    )
    ended = design.decide("1NNN 2NTT 1NNT")
    assert (ended.stop, ended.overruled, ended.admissible) == (True, False, ())
    assert "dose 1 is the highest left, with 1 of 6: the trial ends" in str(ended.reasons)
    assert "3 of 6 planned cohorts treated: the others are not needed" in str(ended.reasons)
    found = design.recommend("1NNN 2NTT 1NNT")
    assert found.dose == 1
    assert found.reasons[0].text == (
        "dose 1 tolerated (1 of 6), dose 2 too toxic (2 of 3): the highest tolerated"
    )
    nothing = design.recommend("1NTT")
    assert nothing.dose is None
    assert "the lowest dose is too toxic" in str(nothing.reasons)
    assert nothing.reasons[0].text == "dose 1 too toxic (2 of 3): none is tolerated"


def test_three_plus_three_never_wishes_a_dose_that_was_too_toxic() -> None:
    design = three_plus_three(doses=4, deescalate=True)
    held = design.decide("1NNN 2NNN 3NTT 2NNN")  # 0 of 6 at dose 2, below one that is too toxic
    assert (held.method_wish, held.overruled) == (2, False)
    assert reason(design, "1NNN 2NNN 3NTT 2NNN", "three_plus_three") == (
        "0 of 6 at dose 2 had a DLT: tolerated, and dose 3 is too toxic"
    )
    above = design.decide("1NNN 2NTT 4NNN")  # not by the design
    assert (above.next_dose, above.method_wish) == (1, 1)
    assert "above one that is too toxic" in above.reasons[0].text
    assert design.decide("1NTT").method_wish is None


def test_three_plus_three_ends_as_complete_and_not_early() -> None:
    exact = three_plus_three(doses=3).graph().exact([0.1, 0.3, 0.5])
    # early is only the end without a dose: the lowest dose is too toxic
    assert exact.stopped_early[0] == pytest.approx(exact.selection[0, 0])


def test_three_plus_three_that_started_higher_recommends_below_it_only_where_told() -> None:
    plain = three_plus_three(doses=3, start=2)
    told = three_plus_three(doses=3, start=2, select_untested=True)
    assert plain.decide("2NTT").stop
    assert plain.recommend("2NTT").dose is None
    assert told.recommend("2NTT").dose == 1
    assert "dose 1 untested" in told.recommend("2NTT").reasons[0].text
    assert told.recommend("").dose is None


@pytest.mark.parametrize(
    ("outcomes", "dose"),
    [
        ("1NN", 1),  # not judged yet
        ("1NNNN", 2),  # 0 of 4
        ("1NNNT", 1),  # 1 of 4: to be completed
        ("1NNN 2NTT", None),  # too toxic
        ("1TT", None),  # 2 of 2 are too many, whatever comes
        ("1NNNNNNT", 2),  # 1 of 7
        ("1NNNNNTT", None),  # 2 of 7 are more than 1 in 6
        ("1NNNNNNNNNNTT", 2),  # 2 of 12 are 1 in 6
    ],
)
def test_three_plus_three_answers_other_numbers_of_patients(
    outcomes: str, dose: int | None
) -> None:
    assert three_plus_three(doses=3).decide(outcomes).next_dose == dose


def test_three_plus_three_waits_for_pending_patients_only_where_they_matter() -> None:
    design = three_plus_three(doses=3)
    assert design.decide("1NNP").next_dose is None
    assert not design.decide("1NNP").stop
    assert design.decide("1TTP").stop
    assert design.decide("1NTN 1NNP").pending == 1


@pytest.mark.parametrize("method", [*INTERVALS, "three_plus_three"])
def test_every_method_is_in_the_table_under_its_own_name(method: str) -> None:
    stated = {} if method == "three_plus_three" else {"target": 0.3}
    design = from_parameters(method, stated, "1, 2.5, 5 mg")
    assert design.method.name == method
    assert design.amounts is not None
    assert design.decide("1NNN").next_dose == 2
    assert len(design.table(6)) == 27
