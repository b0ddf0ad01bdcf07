"""Backfill: while escalation waits, further patients are treated at lower, cleared levels.

After Zhao, Yuan, Korn and Freidlin 2024, Clin Cancer Res 30:673 (BF-BOIN), with two
simplifications. A level closes when the method, asked there, would go lower (the paper also looks
at its data pooled with those of the next level). And where backfill makes a lower level look too
toxic, the levels above it are barred (the paper pools the levels in question). No response is asked
for before a level opens.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Outcomes, Resolved
from trialwright.design.parameters import by_name, whole
from trialwright.design.rules.model import Rule
from trialwright.design.states import Bools, Ints, States, one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class Backfill(Rule):
    """A patient who arrives while escalation waits is treated at the highest open level.

    Open are tried levels below the current one that are not eliminated, hold fewer than `cap`
    patients, and that the method, asked there and at every level below, would not leave downwards.
    Backfilled patients are in the data of their level; escalation does not wait for them, and with
    the last cohort backfill ends.
    """

    name: ClassVar[str] = "backfill"
    in_time: ClassVar[bool] = True
    cap: int

    @property
    def summary(self) -> str:
        return (
            f"while escalation waits, patients are treated at the highest lower level that is "
            f"not too toxic, up to {self.cap} at a level"
        )

    def open_level(self, design: "Design", known: States, everyone: States) -> Ints:
        """Return the level at which the next backfilled patient is treated (states,), 0 none."""
        levels = np.arange(1, design.doses + 1)
        room = (everyone.treated > 0) & (everyone.treated < self.cap)
        cleared = levels < _lowest_left(design, known)[:, None]
        below = levels < known.current[:, None]
        gone = everyone.eliminated | design.eliminates(known)
        usable = room & cleared & below & ~gone
        highest: Ints = np.max(np.where(usable, levels, 0), axis=1)
        return highest

    def bars(self, design: "Design", states: States) -> Bools:
        barred: Bools = np.arange(1, design.doses + 1) > _lowest_left(design, states)[:, None]
        return barred

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        left = int(_lowest_left(design, one_state(state))[0])
        if state.current == 0 or left > design.doses:
            return None
        n, y = state.treated[left - 1], state.dlts[left - 1]
        return (
            f"{y} of {n} at dose {left} had a DLT, and the method would go lower from there: "
            "no level above it"
        )


def _lowest_left(design: "Design", states: States) -> Ints:
    """Return the lowest level below the current that the method would leave downwards (states,).

    One more than the number of levels where there is none.
    """
    lowest = np.full(len(states), design.doses + 1)
    for level in range(design.doses - 1, 0, -1):
        rows = np.flatnonzero((states.current > level) & (states.treated[:, level - 1] > 0))
        if len(rows):
            there = states.take(rows)
            there = replace(there, current=np.full_like(there.current, level))
            lowest[rows[design.method.wish(there) < level]] = level
    return lowest


@by_name
def backfill(cap: int = 12) -> Backfill:
    """Return the rule; `cap` is the most patients at a level, those of its cohorts included."""
    return Backfill(whole("cap", cap, 1, MOST_PATIENTS))
