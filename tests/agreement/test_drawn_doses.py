"""Doses that are drawn: shares, bars, deviations, and what is said of them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from tests.agreement.response_designs import small_wages_tait

from trialwright.design import (
    Design,
    cohorts,
    elimination,
    stop_at,
)
from trialwright.design.allocation import draw_doses, spread
from trialwright.design.model import Outcomes
from trialwright.design.rules import Rule
from trialwright.design.states import DRAWN, Bools, States

# Draws


def test_bars_move_a_share_to_the_highest_allowed_level_below() -> None:
    allocation = np.array([[0.2, 0.3, 0.5], [0.2, 0.3, 0.5], [0.2, 0.3, 0.5], [0.0, 0.0, 0.0]])
    allowed = np.array([[True, True, False], [False, True, False], [False] * 3, [True] * 3])
    expected = [[0.2, 0.8, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]]
    np.testing.assert_allclose(spread(allocation, allowed), expected)


def test_a_draw_never_gives_a_level_without_a_share() -> None:
    shares = np.array([[0.25, 0.75, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    next_dose = np.array([DRAWN, DRAWN, 3])
    for uniform in (0.0, 0.2, 0.25, 1 - 2**-53):
        drawn = draw_doses(next_dose, shares, np.full(3, uniform))
        assert drawn[0] == (1 if uniform < 0.25 else 2)
        assert drawn[1:].tolist() == [2, 3]
    short = np.array([[0.1, 0.2, 0.3 - 1e-9, 0.4, 0.0]])  # a sum just below 1, as of rounded shares
    assert draw_doses(np.array([DRAWN]), short, np.array([1 - 2**-53])).tolist() == [4]


def test_deviations_know_what_a_draw_may_give() -> None:
    made = small_wages_tait(9) | cohorts("1x6")
    drawn = made.decide("1N 2N").reasons
    assert not [reason for reason in drawn if reason.rule == "deviation"]
    skipped = [r.text for r in made.decide("1N 3N").reasons if r.rule == "deviation"]
    assert skipped == [
        "cohort 2 was treated at dose 3, which the design would not have drawn",
    ]


def test_no_skipping_cuts_a_draw_and_says_so() -> None:
    free = (small_wages_tait(9, may_skip=True) | cohorts("1x6")).decide("1N")
    cut = (small_wages_tait(9) | cohorts("1x6")).decide("1N")
    assert free.allocation[2] > 0
    assert not free.overruled
    assert cut.allocation == pytest.approx((free.allocation[0], sum(free.allocation[1:]), 0))
    assert cut.overruled
    rules = [reason.rule for reason in cut.reasons]
    assert {"no_skipping", "precedence", "randomise"} <= set(rules)
    settled = next(reason.text for reason in cut.reasons if reason.rule == "precedence")
    assert settled.startswith("the method would draw a dose up to dose 3; dose 2 is the highest")
    assert (free.method_wish, cut.method_wish) == (None, None)


@dataclass(frozen=True)
class OnlyHighest(Rule):
    """Bars every level but the highest, once somebody was treated."""

    name: ClassVar[str] = "only_highest"
    summary: ClassVar[str] = "only the highest dose is treated"

    def bars(self, design: Design, states: States) -> Bools:
        barred: Bools = (states.current > 0)[:, None] & (np.arange(states.doses) < states.doses - 1)
        return barred

    def explain(self, design: Design, state: Outcomes, verdict: Any) -> str:
        return "only the highest dose is treated"


def test_a_draw_of_which_rules_leave_one_dose_is_still_a_draw_that_was_overruled() -> None:
    drawing = small_wages_tait(9) | cohorts("1x6")
    one_left = drawing | elimination(0.3, 0.7, 2)
    decision = one_left.decide("1NNN 2NT")  # doses 2 and 3 are gone
    free = drawing.decide("1NNN 2NT")
    assert sum(share > 0 for share in free.allocation) > 1
    assert (decision.next_dose, decision.allocation, decision.method_wish) == (1, (), None)
    assert decision.overruled
    text = {reason.rule: reason.text for reason in decision.reasons}
    assert text["randomise"] == "nothing is drawn: dose 1 is the only one left"
    assert text["precedence"].startswith("the method would draw a dose up to dose")
    top = (small_wages_tait(9, may_skip=True) | cohorts("1x6") | OnlyHighest()).decide("1N")
    assert (top.next_dose, top.method_wish, top.overruled) == (3, None, True)
    done = (drawing | stop_at(2)).decide("1N 2N")
    assert (done.stop, done.method_wish, done.overruled) == (True, None, False)


def test_pending_patients_whose_outcomes_lead_to_other_shares_are_waited_for() -> None:
    made = small_wages_tait(30) | cohorts("6x4")
    known = [made.decide(f"1NNNNNN 2NNNNN{letter}") for letter in "NETB"]
    assert all(sum(share > 0 for share in each.allocation) > 1 for each in known)
    assert len({each.allocation for each in known}) > 1
    waits = made.decide("1NNNNNN 2NNNNNP")
    assert (waits.next_dose, waits.stop, waits.allocation) == (None, False, ())
    assert waits.next_size is None
