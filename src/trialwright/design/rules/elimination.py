"""Elimination of dose levels that are too toxic; an eliminated level is never entered again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import Ending, Outcomes, Verdict
from trialwright.design.posterior import exceedance, exceeds
from trialwright.design.rules.model import Rule
from trialwright.design.states import Bools, Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class Elimination(Rule):
    """A level and all above it go when P(rate > target | data there) > cutoff.

    It needs `least` treated at the level; the prior is Beta(1, 1). When level 1 goes, the trial
    ends without a dose. `offset` (0: none) lowers the cutoff at level 1 only: the authors'
    extra-safe option. Liu and Yuan 2015, JRSS C 64:507, section 2.3; Yan et al. 2020, J Stat Softw
    94(13).
    """

    name: ClassVar[str] = "elimination"
    target: float
    cutoff: float
    least: int
    offset: float = 0.0

    @property
    def summary(self) -> str:
        if self.cutoff >= 1:
            return "no dose level is ever eliminated (cutoff_eli=1)"
        lowest = f", above {self.cutoff - self.offset:g} at the lowest level" if self.offset else ""
        return (
            f"a level and those above it are eliminated when P(rate > {self.target:g}) is above "
            f"{self.cutoff:g}{lowest}, from {self.least} treated (prior Beta(1, 1))"
        )

    def eliminates(self, design: "Design", states: States) -> Bools:
        found = exceeds(self.target, self.cutoff, states.treated, states.dlts)
        if self.offset:
            treated, dlts = states.treated[:, 0], states.dlts[:, 0]
            found[:, 0] = exceeds(self.target, self.cutoff - self.offset, treated, dlts)
        return np.logical_or.accumulate(found & (states.treated >= self.least), axis=1)

    def bars(self, design: "Design", states: States) -> Bools:
        return states.eliminated

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        return np.where(states.eliminated[:, 0], Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Verdict) -> str | None:
        if not state.eliminated:
            return None
        lowest = min(state.eliminated)
        return f"{_levels(lowest, len(state.treated))}: {self._evidence(state, lowest)}"

    def _evidence(self, state: Outcomes, level: int) -> str:
        n, y = state.treated[level - 1], state.dlts[level - 1]
        tail = float(exceedance(self.target, np.array([n]), np.array([y]))[0])
        limit = self.cutoff - self.offset if level == 1 else self.cutoff
        if n < self.least or tail <= limit:
            return "eliminated at an earlier decision, and not entered again"
        return (
            f"{y} of {n} at dose {level} had a DLT, "
            f"P(rate > {self.target:g}) = {tail:.3f} > {limit:g}"
        )


def _levels(lowest: int, doses: int) -> str:
    if lowest == 1:
        return "every dose is eliminated, the trial ends without a dose"
    if lowest == doses:
        return f"dose {lowest} is eliminated"
    return f"doses {lowest} to {doses} are eliminated"
