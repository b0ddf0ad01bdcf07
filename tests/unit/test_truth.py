"""Kleene's strong logic: the tables, and the laws that follow from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.truth import Truth, all_of, any_of, at_least

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
truths = st.sampled_from(Truth)


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        (T, T, T, T),
        (T, F, F, T),
        (T, U, U, T),
        (F, F, F, F),
        (F, U, F, U),
        (U, U, U, U),
    ],
)
def test_kleene_tables(left: Truth, right: Truth, conjunction: Truth, disjunction: Truth) -> None:
    assert left & right is right & left is conjunction
    assert left | right is right | left is disjunction


def test_negation_leaves_unknown_unknown() -> None:
    assert [~t for t in (T, F, U)] == [F, T, U]


def test_a_missing_fact_is_unknown_and_never_no() -> None:
    assert Truth.of(None) is U
    assert Truth.of(False) is F


def test_a_truth_is_not_a_boolean() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(U)


@given(truths, truths)
def test_de_morgan(left: Truth, right: Truth) -> None:
    assert ~(left & right) is ~left | ~right


@given(st.lists(truths))
def test_all_and_any_are_dual(values: list[Truth]) -> None:
    assert all_of(values) is ~any_of(~v for v in values)


@given(st.lists(truths, max_size=6), st.integers(0, 6))
def test_at_least_agrees_with_every_completion_of_the_unknowns(values: list[Truth], n: int) -> None:
    known = sum(v is T for v in values)
    possible = known + sum(v is U for v in values)
    answers = {count >= n for count in range(known, possible + 1)}
    assert at_least(n, values) is (Truth.of(answers.pop()) if len(answers) == 1 else U)
