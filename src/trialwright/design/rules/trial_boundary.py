"""A hard safety boundary over the whole trial: Beta-binomial, all levels counted together.

    P(p > rate | y DLTs of n) > confidence,   p ~ Beta(prior_a + y, prior_b + n - y)

where n and y count everyone treated, from `least` patients: the boundary of `safety_boundary`,
which holds level by level. A trial may have both.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name
from trialwright.design.rules.boundary import Boundary, read_boundary
from trialwright.design.rules.model import Rule
from trialwright.design.states import Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class TrialBoundary(Rule):
    """The patients of all levels count together, and the trial ends without a dose."""

    name: ClassVar[str] = "trial_boundary"
    boundary: Boundary

    @property
    def summary(self) -> str:
        then = "the trial ends without a dose"
        return f"trial boundary: {then} {self.boundary.described('in the trial')}"

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        crossed = self.boundary.crosses(states.treated.sum(axis=1), states.dlts.sum(axis=1))
        return np.where(crossed, Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        n, y = state.patients, sum(state.dlts)
        if not self.boundary.crosses(np.array([n]), np.array([y]))[0]:
            return None
        return f"{self.boundary.evidence(n, y, 'in the trial')}: the trial ends without a dose"


@by_name
def trial_boundary(
    rate: float, confidence: float, least: int, prior_a: float = 1.0, prior_b: float = 1.0
) -> TrialBoundary:
    """Return the rule: the boundary is crossed where P(p > rate | data of all) > confidence.

    `least` is the number of patients in the trial from which the rule speaks; `prior_a` and
    `prior_b` are the prior's Beta(a, b). Once crossed, the trial ends without a dose.
    """
    return TrialBoundary(read_boundary(rate, confidence, least, prior_a, prior_b))
