"""Elimination of dose levels that are too toxic; an eliminated level is never entered again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, number, rate, whole
from trialwright.design.parameters import cutoff as a_cutoff
from trialwright.design.posterior.beta import UNIFORM, Beta, exceedance, exceeds
from trialwright.design.rules.eliminated import (
    EARLIER,
    levels_from,
    lowest_earlier,
    lowest_found,
)
from trialwright.design.rules.model import Rule
from trialwright.design.states import Bools, Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class Elimination(Rule):
    """A level and all above it go when P(rate > target | data there) > cutoff.

    It needs `least` treated at the level; `prior` holds the two shapes of a Beta. When level 1
    goes, the trial ends without a dose. `offset` (0: none) lowers the cutoff at level 1 only, from
    `offset_least` treated there: the authors' extra-safe option. Liu and Yuan 2015, JRSS C 64:507,
    section 2.3; Yan et al. 2020, J Stat Softw 94(13).
    """

    name: ClassVar[str] = "elimination"
    protects: ClassVar[bool] = True
    target: float
    cutoff: float
    least: int
    offset: float = 0.0
    prior: Beta = UNIFORM
    offset_least: int = 1

    @property
    def summary(self) -> str:
        if self.cutoff >= 1:
            return "no dose level is ever eliminated (cutoff_eli=1)"
        since = f" from {self.offset_least} treated there" if self.offset_least > self.least else ""
        lower = self.cutoff - self.offset
        lowest = f", above {lower:g} at the lowest level{since}" if self.offset else ""
        return (
            f"a level and those above it are eliminated when P(rate > {self.target:g}) is above "
            f"{self.cutoff:g}{lowest}, from {self.least} treated "
            f"(prior Beta({self.prior[0]:g}, {self.prior[1]:g}))"
        )

    def eliminates(self, design: "Design", states: States) -> Bools:
        found = exceeds(self.target, self.cutoff, states.treated, states.dlts, self.prior)
        if self.offset:
            found[:, 0] |= self._unsafe_at_lowest(states.treated[:, 0], states.dlts[:, 0])
        return np.logical_or.accumulate(found & (states.treated >= self.least), axis=1)

    def bars(self, design: "Design", states: States) -> Bools:
        return states.eliminated

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        return np.where(states.eliminated[:, 0], Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        doses = len(state.treated)
        found = lowest_found(self, design, state)
        if found is not None:
            return f"{levels_from(found, doses)}: {self._evidence(state, found)}"
        earlier = lowest_earlier(self, design, state)
        return None if earlier is None else f"{levels_from(earlier, doses)}: {EARLIER}"

    def _unsafe_at_lowest(self, treated: Ints, dlts: Ints) -> Bools:
        found = exceeds(self.target, self.cutoff - self.offset, treated, dlts, self.prior)
        return found & (treated >= self.offset_least)

    def _evidence(self, state: Outcomes, level: int) -> str:
        n, y = state.treated[level - 1], state.dlts[level - 1]
        tail = float(exceedance(self.target, np.array([n]), np.array([y]), self.prior)[0])
        lowered = level == 1 and n >= self.offset_least
        limit = self.cutoff - self.offset if lowered else self.cutoff
        return (
            f"{y} of {n} at dose {level} had a DLT, "
            f"P(rate > {self.target:g}) = {tail:.3f} > {limit:g}"
        )


@by_name
def elimination(
    target: float, cutoff: float = 0.95, least: int = 3, offset: float = 0.0
) -> Elimination:
    """Return the rule, for methods that have none of their own or another one.

    A level and all above it are eliminated for good when P(rate > target | data there) > cutoff
    under Beta(1, 1), from `least` treated there; `cutoff=1` switches it off. `offset` lowers the
    cutoff at the lowest level. The defaults are those of BOIN's authors.
    """
    limit = a_cutoff("cutoff", cutoff)
    return Elimination(
        rate("target", target),
        limit,
        whole("least", least, 1, MOST_PATIENTS),
        0.0 if number(offset) == 0 else rate("offset", offset, 0, limit),
    )
