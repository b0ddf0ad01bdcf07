"""A hard safety boundary by dose level: Beta-binomial, on the level's own patients.

    P(p > rate | y DLTs of n) > confidence,   p ~ Beta(prior_a + y, prior_b + n - y)

from `least` patients. The minimum has to be stated: under Beta(1, 1) P(p > .30) is .91 after 1 DLT
in 1 patient, so that a boundary of .80 alone would stop there. Posterior boundaries of this form:
Thall and Simon 1994, Biometrics 50:337; others for the same purpose: Ivanova, Qaqish and Schell
2005, Biometrics 61:540. `trial_boundary` is the same over all patients of the trial.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name
from trialwright.design.rules.boundary import Boundary, read_boundary
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
class SafetyBoundary(Rule):
    """A level and all above it are eliminated; at level 1 the trial ends without a dose."""

    name: ClassVar[str] = "safety_boundary"
    boundary: Boundary

    @property
    def summary(self) -> str:
        then = "a level and those above it are eliminated"
        return f"safety boundary: {then} {self.boundary.described('at the level')}"

    def eliminates(self, design: "Design", states: States) -> Bools:
        crossed = self.boundary.crosses(states.treated, states.dlts)
        return np.logical_or.accumulate(crossed, axis=1)

    def bars(self, design: "Design", states: States) -> Bools:
        return states.eliminated

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        return np.where(states.eliminated[:, 0], Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        doses = len(state.treated)
        found = lowest_found(self, design, state)
        if found is not None:
            n, y = state.treated[found - 1], state.dlts[found - 1]
            evidence = self.boundary.evidence(n, y, f"at dose {found}")
            return f"{levels_from(found, doses)}: {evidence}"
        earlier = lowest_earlier(self, design, state)
        return None if earlier is None else f"{levels_from(earlier, doses)}: {EARLIER}"


@by_name
def safety_boundary(
    rate: float, confidence: float, least: int, prior_a: float = 1.0, prior_b: float = 1.0
) -> SafetyBoundary:
    """Return the rule: the boundary is crossed where P(p > rate | data at a level) > confidence.

    `least` is the number of patients at the level from which the rule speaks; `prior_a` and
    `prior_b` are the prior's Beta(a, b). A level that crosses it and all above are eliminated: not
    entered again, never recommended, and at the lowest level the trial ends without a dose.
    """
    return SafetyBoundary(read_boundary(rate, confidence, least, prior_a, prior_b))
