"""A dose level that the trial came down from is not entered again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import Outcomes, Resolved
from trialwright.design.parameters import by_name
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.states import Bools, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class NoReescalation(Rule):
    """Above the current level, the lowest level that was tried and all above it are barred.

    A trial stands below a level that it tried only when it came down, so the state alone tells;
    the method may have wished it, or another rule have made it so. A barred level may still be
    recommended at the end: what is too toxic to be recommended is `elimination`.
    """

    name: ClassVar[str] = "no_reescalation"
    sees: ClassVar[Sees] = Sees.EVERYONE

    @property
    def summary(self) -> str:
        return "a dose level that the trial came down from is not entered again"

    def bars(self, design: "Design", states: States) -> Bools:
        levels = np.arange(1, states.doses + 1)
        left = (states.treated > 0) & (levels > states.current[:, None])
        barred: Bools = np.logical_or.accumulate(left, axis=1) & (states.current > 0)[:, None]
        return barred

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        above = range(state.current + 1, len(state.treated) + 1)
        left = next((level for level in above if state.treated[level - 1]), None)
        if state.current == 0 or left is None or verdict.wish < left:
            return None
        return (
            f"the trial came down from dose {left} to {state.current}: {left} is not entered again"
        )


@by_name
def no_reescalation() -> NoReescalation:
    """Return the rule: a dose level that the trial came down from is not entered again."""
    return NoReescalation()
