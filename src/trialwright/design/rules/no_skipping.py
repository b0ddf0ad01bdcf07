"""No untried dose level is skipped on the way up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import Outcomes, Verdict
from trialwright.design.rules.model import Rule
from trialwright.design.states import Bools, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class NoSkipping(Rule):
    """The next level is at most one above the highest level tried so far."""

    name: ClassVar[str] = "no_skipping"

    @property
    def summary(self) -> str:
        return "no untried dose level is skipped on the way up"

    def bars(self, design: "Design", states: States) -> Bools:
        levels = np.arange(1, states.doses + 1)
        highest = np.max(levels * (states.treated > 0), axis=1, keepdims=True)
        barred: Bools = (highest > 0) & (levels > highest + 1)
        return barred

    def explain(self, design: "Design", state: Outcomes, verdict: Verdict) -> str | None:
        highest = max((level for level, n in enumerate(state.treated, 1) if n), default=0)
        if highest == 0 or min(verdict.wish, len(state.treated)) <= highest + 1:
            return None
        return (
            f"dose {highest} is the highest tried: "
            f"the next may be {highest + 1} at most, not {verdict.wish}"
        )


def no_skipping() -> NoSkipping:
    """Return the rule."""
    return NoSkipping()
