"""Parameters of a design: defaults of the authors, ranges, and the nearest name."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError, Refused
from trialwright.design import (
    backfill,
    boin,
    cohorts,
    from_parameters,
    lowest_dose,
    min_follow_up,
    no_skipping,
    stagger,
    tite_boin,
)
from trialwright.design.build import parameter_names
from trialwright.design.curves import is_monotone, read_curve, true_rates
from trialwright.design.decision.table import Move, possible_sizes


def test_plain_parameters_build_what_the_grammar_builds() -> None:
    built = from_parameters(
        "boin",
        {"target": 0.25, "cutoff_eli": 0.9, "at_lowest_stay": "stop", "no_skipping": True},
        3,
        (4, 8),
        2,
    )
    written = boin(target=0.25, doses=3, start=2, cutoff_eli=0.9) | cohorts("4,8")
    assert built == (written | lowest_dose(stay="stop") | no_skipping())


def test_the_meaning_at_the_lowest_dose_may_come_by_keyword() -> None:
    by_keyword = from_parameters(
        "boin", {"target": 0.25}, 2, rules=[("lowest_dose", {"deescalate": "stop"})]
    )
    assert by_keyword == from_parameters(
        "boin", {"target": 0.25, "at_lowest_deescalate": "stop"}, 2
    )


@pytest.mark.parametrize(
    ("method", "parameters", "message"),
    [
        ("boyn", {"target": 0.3}, "design, method: 'boyn'; wanted 'boin', the nearest of "),
        ("boin", {"target": 0.3, "cutof": 1}, "design, parameter: 'cutof'; wanted 'cutoff_eli'"),
        ("boin", {}, "design, parameter target: not stated; wanted a value; boin needs it"),
        ("boin", {"target": 0}, "parameter target: 0; wanted a number above 0 and below 1"),
        ("boin", {"target": "0.3"}, "parameter target: '0.3'; wanted a number"),
        ("boin", {"target": True}, "parameter target: True; wanted a number"),
        ("boin", {"target": float("nan")}, "parameter target: nan"),
        ("boin", {"target": 10**400}, "parameter target: 1000000"),
        ("boin", {"target": Decimal("sNaN")}, "parameter target: sNaN"),
        ("boin", {"target": [0.3]}, "parameter target: [0.3]"),
        ("boin", {"target": 0.3, "no_skipping": "\n"}, r"no_skipping: '\n'; wanted true or false"),
        (
            "boin",
            {"target": 0.3, "p_saf": 0.3},
            "p_saf: 0.3; wanted a number above 0 and below 0.3",
        ),
        (
            "boin",
            {"target": 0.3, "p_tox": 0.2},
            "p_tox: 0.2; wanted a number above 0.3 and below 1",
        ),
        ("boin", {"target": 0.8}, "parameter p_tox: 1.12 (1.4 times the target)"),
        ("boin", {"target": 0.3, "cutoff_eli": 1.1}, "cutoff_eli: 1.1; wanted a probability"),
        ("boin", {"target": 0.3, "min_n_eli": 0}, "min_n_eli: 0; wanted a whole number from 1"),
        ("boin", {"target": 0.3, "min_n_eli": 3.0}, "min_n_eli: 3.0; wanted a whole number"),
        ("boin", {"target": 0.3, "extrasafe_offset": 0.99}, "extrasafe_offset: 0.99"),
        ("boin", {"target": 0.3, "stay_1_of_3": 1}, "stay_1_of_3: 1; wanted true or false"),
        ("boin", {"target": 0.3, "at_lowest_stay": "wait"}, "'wait'; wanted continue or stop"),
    ],
)
def test_a_wrong_parameter_is_named(method: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_parameters(method, parameters, 2)
    assert message in str(caught.value)


@pytest.mark.parametrize(("doses", "start"), [(0, 1), (21, 1), (2, 3), (2, 0)])
def test_doses_and_start_are_levels(doses: int, start: int) -> None:
    with pytest.raises(InputError, match=r"parameter (doses|start)"):
        boin(target=0.3, doses=doses, start=start)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("continue")
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(parameter_names("boin")), VALUES),
    st.integers(-1, 25),
    st.integers(-1, 25),
)
def test_any_parameters_build_a_design_or_are_refused_in_one_line(
    parameters: dict[str, Any], doses: int, start: int
) -> None:
    try:
        design = from_parameters("boin", {"target": 0.3, **parameters}, doses, "3x2", start)
    except InputError as error:
        assert str(error).startswith("design, parameter ")
        assert "\n" not in str(error)
    else:
        assert design.decide().next_dose == start


def test_defaults_are_the_authors() -> None:
    summary = boin(target=0.25, doses=2).summary
    assert "escalate at an observed rate of at most 0.1968, de-escalate from 0.2984" in summary[0]
    assert "P(rate > 0.25) is above 0.95, from 3 treated" in summary[1]
    assert "stay means continue and de-escalate means continue" in summary[2]


def test_stay_on_1_of_3_changes_that_entry_alone() -> None:
    plain = boin(target=0.25, doses=3).table(6)
    changed = boin(target=0.25, doses=3, stay_1_of_3=True).table(6)
    differing = [
        (a.n, a.dlts, a.decision, b.decision) for a, b in zip(plain, changed, strict=True) if a != b
    ]
    assert differing == [(3, 1, Move.DE_ESCALATE, Move.STAY)]


def test_extra_safe_ends_the_trial_earlier_at_the_lowest_dose_alone() -> None:
    plain = boin(target=0.3, doses=3, cutoff_eli=0.95)
    safe = boin(target=0.3, doses=3, cutoff_eli=0.95, extrasafe_offset=0.05)
    # 2 of 3: P(rate > 0.3) = 0.916, between 0.90 and 0.95
    assert plain.decide("1NTT").next_dose == 1
    assert safe.decide("1NTT").stop
    assert safe.decide("1NNN 2NTT").admissible == (1, 2, 3)


def test_a_table_needs_a_decision_that_looks_at_one_dose() -> None:
    class Far:
        name, local = "far", False

    design = boin(target=0.3, doses=2)
    object.__setattr__(design, "method", Far())
    with pytest.raises(Refused, match="depends on all dose levels"):
        design.table(3)


def test_table_sizes() -> None:
    design = boin(target=0.3, doses=1) | cohorts("4,8")
    assert {row.n for row in design.table()} == set(range(1, 13))
    assert len(design.table(1)) == 2
    assert possible_sizes((1, 3, 3)) == (1, 3, 4, 6, 7)
    assert (boin(target=0.3, doses=1) | cohorts("3x100")).table()[-1].n == 200
    with pytest.raises(InputError, match="parameter most"):
        design.table(201)


def test_curves() -> None:
    assert read_curve(" 0, 0.5 ,1", 3).dlt.tolist() == [[0, 0.5, 1]]
    assert is_monotone((0.1, 0.1, 0.2))
    assert not is_monotone((0.2, 0.1))
    assert true_rates([[0.1, 0.2], [0.3, 0.4]]).dlt.shape == (2, 2)
    assert true_rates([0.1, 0.2]).dlt.shape == (1, 2)


def test_curves_of_responses() -> None:
    truth = read_curve("0.1,0.2/0.3,0.5", 2, responses=True)
    assert truth.response.tolist() == [[0.3, 0.5]]
    assert np.allclose(truth.both, [[0.03, 0.1]])
    together = true_rates([0.2], [0.5], odds_ratio=4)
    both, only_dlt, only_response = together.both, 0.2 - together.both, 0.5 - together.both
    neither = 1 - both - only_dlt - only_response
    assert np.allclose(both * neither / (only_dlt * only_response), 4)
    with pytest.raises(InputError, match="no response rates"):
        read_curve("0.1,0.2", 2, responses=True)
    with pytest.raises(InputError, match="DLT rates, separated"):
        read_curve("0.1,0.2/0.3,0.5", 2)
    with pytest.raises(InputError, match="odds_ratio"):
        true_rates([0.2], [0.5], odds_ratio=0)


@pytest.mark.parametrize(
    "text", ["", "0.1", "0.1,0.2,0.3", "0.1,x", "0.1,1.1", "-0.1,0.2", "nan,0.1"]
)
def test_a_curve_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="true rates"):
        read_curve(text, 2)


def test_a_curve_may_be_text() -> None:
    assert true_of("0.1,0.2") == [[0.1, 0.2]]
    assert true_of(np.array([0.1, 0.2], np.float32)) == [[pytest.approx(0.1), pytest.approx(0.2)]]
    assert true_of([np.float64(0.1), Decimal("0.2")]) == [[0.1, 0.2]]
    assert true_of(np.array([[0, 1], [1, 1]])) == [[0, 1], [1, 1]]


def true_of(stated: Any) -> list[list[float]]:
    rates: list[list[float]] = boin(target=0.3, doses=2).truth(stated).dlt.tolist()
    return rates


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("0.1", "true rates: 1 rate; wanted one for each of 2 dose levels"),
        ("a,b", "true rates: 'a,b'; wanted rates separated by commas"),
        (["0.1", 0.2], "true rates, curve 1, dose 1: '0.1'; wanted a rate from 0 to 1"),
        (["0.1,0.2"], "true rates, curve 1, dose 1: '0.1,0.2'; wanted a rate"),
        ([[0.1, 0.2], [0.1]], "true rates, curve 2: 1 rate; wanted 2 rates, as the first curve"),
        ([0.1, [0.2, 0.3]], "true rates: rates beside curves; wanted the rates of one curve"),
        (np.zeros((1, 2, 2)), "true rates, curve 1, dose 1: [0.0, 0.0]; wanted a rate"),
        (np.array(0.1), "true rates: 0.1; wanted the rates of one curve, or of several"),
        (np.array([[0.1, 0.2], [0.1, 1.2]]), "true rates, curve 2, dose 2: 1.2; wanted a rate"),
        (None, "true rates: None; wanted the rates of one curve"),
        ([], "true rates: none; wanted at least one curve"),
    ],
)
def test_what_is_no_curve_is_one_line(stated: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        true_of(stated)
    assert message in str(caught.value)


CALLS: tuple[tuple[Callable[[], Any], str], ...] = (
    (lambda: boin(target=0.3, doses=5, cutof_eli=0.9), "'cutof_eli'; wanted 'cutoff_eli', the nea"),  # type: ignore[call-arg]
    (lambda: boin(0.3, 5), "boin: 2 values without a name; wanted each by its name, such as targ"),  # type: ignore[call-arg]
    (lambda: boin(doses=3), "parameter target: not stated; wanted a value; boin needs it"),  # type: ignore[call-arg]
    (lambda: boin(target=[], doses=3), "parameter target: []; wanted a number above 0"),  # type: ignore[arg-type]
    (lambda: boin(target=0.3, doses=[1, "a"]), "parameter doses, level 2: 'a'; wanted an amount"),  # type: ignore[list-item]
    (lambda: boin(target=0.3, doses=2.5), "parameter doses: 2.5; wanted a whole number from 1"),  # type: ignore[arg-type]
    (lambda: boin(target=0.3, doses=None), "parameter doses: None"),  # type: ignore[arg-type]
    (lambda: cohorts(None), "cohorts: None; wanted sizes such as 4,8"),  # type: ignore[arg-type]
    (lambda: cohorts([3, "a"]), "cohorts, cohort 2: 'a'; wanted a whole number above 0"),  # type: ignore[list-item]
    (lambda: no_skipping(3), "no_skipping: 1 value without a name; wanted no parameters"),  # type: ignore[call-arg]
    (lambda: boin(target=0.3, doses=2) | no_skipping, "rule no_skipping: stated without brackets"),  # type: ignore[operator]
    (lambda: boin(target=0.3, doses=2) | "cohorts", "rule: 'cohorts'; wanted a rule"),  # type: ignore[operator]
)


@pytest.mark.parametrize(("ask", "message"), CALLS)
def test_a_wrong_call_from_python_is_one_line(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        ask()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_of_numpy_are_numbers() -> None:
    stated = boin(
        target=np.float64(0.3), doses=np.int64(3), min_n_eli=np.int16(3), stay_1_of_3=np.bool_(True)
    )  # type: ignore[arg-type]
    sizes: Any = np.array([3, 3])
    assert stated | cohorts(sizes) == boin(
        target=0.3, doses=3, min_n_eli=3, stay_1_of_3=True
    ) | cohorts("3,3")
    amounts: Any = np.array([1.0, 2.5])
    assert boin(target=0.3, doses=amounts) == boin(target=0.3, doses=(1, 2.5))


def test_what_looks_at_time_is_named() -> None:
    plain = boin(target=0.3, doses=2)
    assert plain.in_time == ()
    assert (plain | stagger(7) | min_follow_up(0.5)).in_time == ("min_follow_up", "stagger")
    assert (tite_boin(target=0.3, doses=2) | backfill()).in_time == ("tite_boin", "backfill")
