"""No untried dose level is skipped on the way up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import Outcomes, Resolved
from trialwright.design.parameters import by_name
from trialwright.design.rules.given import highest_given, highest_given_in
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.states import Bools, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class NoSkipping(Rule):
    """The next level is at most one above the highest level tried so far.

    On the way down any level may be skipped: a rule never keeps a trial at a higher dose than the
    method wishes.
    """

    name: ClassVar[str] = "no_skipping"
    sees: ClassVar[Sees] = Sees.EVERYONE

    @property
    def summary(self) -> str:
        return "no untried dose level is skipped on the way up"

    def bars(self, design: "Design", states: States) -> Bools:
        levels = np.arange(1, states.doses + 1)
        highest = highest_given(states)[:, None]
        barred: Bools = (highest > 0) & (levels > highest + 1)
        return barred

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        highest = highest_given_in(state)
        wish = min(verdict.wish, len(state.treated))
        if highest == 0 or wish <= highest + 1:
            return None
        limit = f"the next may be {highest + 1} at most, not {wish}"
        return f"dose {highest} is the highest tried: {limit}"


@by_name
def no_skipping() -> NoSkipping:
    """Return the rule: the next level is at most one above the highest tried so far.

    On the way down any level may be skipped.
    """
    return NoSkipping()
