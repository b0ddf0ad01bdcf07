"""Attrition counted by hand, laws of the bounds, and limits moved the right way."""

from contextlib import suppress
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.protocol.criteria import nodes
from trialwright.screening.funnel import Bounds, funnel, gained, matrix, turned
from trialwright.screening.relax import given_moves, limits, steps

NO, OPEN, YES = 0, 1, 8
NAMES = [("I1", "one"), ("I2", "two"), ("E1", "three")]
#            I1    I2    E1
PEOPLE = [
    [YES, YES, YES],
    [YES, YES, NO],
    [NO, YES, YES],
    [OPEN, YES, YES],
    [YES, NO, NO],
    [YES, OPEN, NO],
]


def test_a_funnel_counted_by_hand() -> None:
    found = funnel(matrix(PEOPLE, 3), NAMES)
    first, second, third = found.steps
    assert found.eligible == Bounds(1, 2)
    assert (first.before, first.left) == (Bounds(6, 6), Bounds(4, 5))
    assert (first.certainly_out, first.perhaps_out) == (1, 1)
    assert (second.before, second.left) == (Bounds(4, 5), Bounds(2, 4))
    assert (second.certainly_out, second.perhaps_out) == (1, 1)
    assert (third.certainly_out, third.perhaps_out, third.left) == (2, 0, Bounds(1, 2))
    # Only I1 excludes the third person; only E1 the second for certain, and perhaps the sixth.
    assert first.only_this == Bounds(1, 1)
    assert second.only_this == Bounds(0, 0)
    assert third.only_this == Bounds(1, 2)
    assert first.without == Bounds(3, 3)
    assert third.without == Bounds(2, 4)


def test_moving_one_criterion_gains_only_those_whom_nothing_else_excludes() -> None:
    codes = matrix(PEOPLE, 3)
    assert gained(codes, 2, np.full(6, YES, np.int8)) == Bounds(1, 2)
    assert gained(codes, 2, codes[:, 2]) == Bounds(0, 0)
    assert gained(codes, 0, np.full(6, NO, np.int8)) == Bounds(-1, -2)


def test_an_exclusion_is_turned_round_and_keeps_its_unknowns() -> None:
    assert turned(matrix([[NO, OPEN, 7, YES]], 4)).tolist() == [[YES, OPEN, 7, NO]]


codes = st.lists(st.lists(st.sampled_from([0, 1, 3, 7, 8]), min_size=4, max_size=4), max_size=30)


@given(codes)
def test_bounds_are_ordered_and_leaving_one_out_agrees_with_a_funnel_without_it(rows) -> None:
    whole = matrix(rows, 4)
    names = [(str(n), "") for n in range(4)]
    found = funnel(whole, names)
    for place, step in enumerate(found.steps):
        assert 0 <= step.left.least <= step.left.most <= step.before.most
        assert step.before.most - step.certainly_out == step.left.most
        less = funnel(np.delete(whole, place, axis=1), names[:place] + names[place + 1 :])
        assert step.without == less.eligible
    assert found.steps[-1].left == found.eligible


LVEF = nodes.Compare("lvef", "<=", Decimal(40), "%")
BLOOD = nodes.Compare("haematocrit", "<", Decimal(25), "%")


def _criterion(name: str, expr: nodes.Node) -> nodes.Criterion:
    section = "inclusion" if name.startswith("I") else "exclusion"
    return nodes.Criterion(name, section, "text", (0, 4), expr)


def test_a_limit_is_relaxed_in_the_direction_that_lets_people_in() -> None:
    age = nodes.Demographic(Duration(12 * 18), Duration(12 * 80))
    found = limits([
        _criterion("I1", age),
        _criterion("I2", nodes.All((LVEF, nodes.Not(BLOOD)))),
        _criterion("E1", nodes.Any((BLOOD, nodes.Residue("r")))),
        _criterion("E2", nodes.Except(BLOOD, (LVEF,))),
    ])  # fmt: skip
    assert [(each.criterion, each.name, each.upwards) for each in found] == [
        ("I1", "age_min", False), ("I1", "age_max", True),
        ("I2", "lvef", True), ("I2", "haematocrit", False),
        ("E1", "haematocrit", False), ("E2", "haematocrit", False), ("E2", "lvef", True),
    ]  # fmt: skip


def test_a_moved_limit_changes_nothing_else() -> None:
    (found, other) = limits([_criterion("I2", nodes.All((LVEF, nodes.Not(BLOOD))))])
    moved = found.moved(Decimal(45))
    assert moved == nodes.All((nodes.Compare("lvef", "<=", Decimal(45), "%"), nodes.Not(BLOOD)))
    assert other.moved(Decimal(25)) == nodes.All((LVEF, nodes.Not(BLOOD)))


def test_an_age_moves_by_months() -> None:
    age = nodes.Demographic(Duration(6), Duration(12 * 80))
    known = limits([_criterion("I1", age)])
    assert [each.value for each in known] == [Decimal("0.5"), 80]
    ((low, three), (high, odd)) = given_moves(["age_min=0.25", "age_max=17.5"], known)
    assert low.moved(three) == nodes.Demographic(Duration(3), Duration(12 * 80))
    assert high.moved(odd) == nodes.Demographic(Duration(6), Duration(210))
    ((low, month),) = given_moves(["age_min=0.0833"], known)
    assert low.moved(month) == nodes.Demographic(Duration(1), Duration(12 * 80))


def test_observed_steps_lie_beyond_the_limit_nearest_first_and_are_few() -> None:
    (limit,) = limits([_criterion("I1", LVEF)])
    assert steps(limit, map(Decimal, [30, 45, 41, 45, 40])) == (Decimal(41), Decimal(45))
    many = steps(limit, map(Decimal, range(100)))
    assert len(many) == 8
    assert many[-1] == 99


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("lvef", "a number"), ("lvef=x", "a number"), ("lvef=NaN", "a number"),
        ("lvef=-1", "a number"),
        ("lvef=1e999999999", "a number"), ("ldl=3", "no such limit"), ("=3", "no such limit"),
        ("haematocrit=24", "more than one limit"), ("E9:lvef=3", "no such limit"),
        ("age_max=80.01", "whole months"), ("age_max=201", "at most 200"),
    ],
)  # fmt: skip
def test_a_limit_that_cannot_be_moved_is_one_clear_line(text, wanted) -> None:
    known = limits([
        _criterion("I1", LVEF), _criterion("E1", BLOOD), _criterion("E2", nodes.Not(BLOOD)),
        _criterion("I2", nodes.Demographic(age_max=Duration(12 * 80))),
    ])  # fmt: skip
    with pytest.raises(InputError, match=wanted) as caught:
        given_moves([text], known)
    assert "\n" not in str(caught.value)


def test_a_limit_is_named_with_its_criterion_where_two_have_the_name() -> None:
    known = limits([_criterion("E1", BLOOD), _criterion("E2", BLOOD)])
    ((limit, to),) = given_moves(["E2:haematocrit=24.5"], known)
    assert (limit.criterion, to) == ("E2", Decimal("24.5"))


@given(st.text(max_size=30))
def test_any_text_is_a_move_or_an_input_error(text) -> None:
    known = limits([_criterion("I1", LVEF)])
    with suppress(InputError):
        assert given_moves([text], known)
