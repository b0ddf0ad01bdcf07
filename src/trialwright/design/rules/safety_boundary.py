"""A hard safety boundary: Beta-binomial, by dose level or over the whole trial.

    P(p > rate | y DLTs of n) > confidence,   p ~ Beta(prior_a + y, prior_b + n - y)

from `least` patients. The minimum has to be stated: under Beta(1, 1) P(p > .30) is .91 after 1 DLT
in 1 patient, so that a boundary of .80 alone would stop there. Posterior boundaries of this form:
Thall and Simon 1994, Biometrics 50:337; others for the same purpose: Ivanova, Qaqish and Schell
2005, Biometrics 61:540.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Verdict
from trialwright.design.parameters import one_of, whole
from trialwright.design.parameters import rate as a_rate
from trialwright.design.posterior.beta import Beta, exceedance, exceeds
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

OVER = ("dose", "trial")
MOST_SHAPE = 1000.0  # of the prior: beyond it no trial of this size would move it
_SHOWN = 12  # patients up to which the summary lists the boundary


@dataclass(frozen=True, slots=True)
class SafetyBoundary(Rule):
    """Over `dose`, a level and all above it are eliminated; at level 1 the trial ends.

    Over `trial`, the patients of all levels count together and the trial ends. An end is without
    a dose.
    """

    name: ClassVar[str] = "safety_boundary"
    rate: float
    confidence: float
    least: int
    prior: Beta
    over: str

    @property
    def summary(self) -> str:
        then = (
            "a level and those above it are eliminated"
            if self.over == "dose"
            else "the trial ends without a dose"
        )
        first = ", ".join(f"{y} of {n}" for n, y in self.boundary(_SHOWN))
        return (
            f"safety boundary: {then} when P(rate > {self.rate:g}) is above {self.confidence:g}, "
            f"from {self.least} treated {self._counted} (prior {self._shapes})"
            + (f"; first crossed at {first}" if first else "")
        )

    def boundary(self, most: int) -> tuple[tuple[int, int], ...]:
        """Return (treated, fewest DLTs that cross the boundary), up to `most` treated.

        Numbers at which not even all DLTs cross it are left out.
        """
        found: list[tuple[int, int]] = []
        for n in range(self.least, most + 1):
            crossed = self._crosses(np.full(n + 1, n), np.arange(n + 1))
            found += [(n, int(y)) for y in np.flatnonzero(crossed)[:1]]
        return tuple(found)

    def eliminates(self, design: "Design", states: States) -> Bools | None:
        if self.over == "trial":
            return None
        return np.logical_or.accumulate(self._crosses(states.treated, states.dlts), axis=1)

    def bars(self, design: "Design", states: States) -> Bools | None:
        return states.eliminated if self.over == "dose" else None

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        if self.over == "dose":
            return np.where(states.eliminated[:, 0], Ending.NO_DOSE, Ending.GOES_ON)
        crossed = self._crosses(states.treated.sum(axis=1), states.dlts.sum(axis=1))
        return np.where(crossed, Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Verdict) -> str | None:
        if self.over == "trial":
            return self._explain_trial(state)
        doses = len(state.treated)
        found = lowest_found(self, design, state)
        if found is not None:
            n, y = state.treated[found - 1], state.dlts[found - 1]
            return f"{levels_from(found, doses)}: {self._evidence(n, y, f'at dose {found}')}"
        earlier = lowest_earlier(self, design, state)
        return None if earlier is None else f"{levels_from(earlier, doses)}: {EARLIER}"

    def _explain_trial(self, state: Outcomes) -> str | None:
        n, y = state.patients, sum(state.dlts)
        if not self._crosses(np.array([n]), np.array([y]))[0]:
            return None
        return f"{self._evidence(n, y, 'in the trial')}: the trial ends without a dose"

    def _evidence(self, n: int, y: int, where: str) -> str:
        tail = float(exceedance(self.rate, np.array([n]), np.array([y]), self.prior)[0])
        return (
            f"{y} of {n} {where} had a DLT, P(rate > {self.rate:g}) = {tail:.3f} > "
            f"{self.confidence:g} (prior {self._shapes})"
        )

    @property
    def _shapes(self) -> str:
        return f"Beta({self.prior[0]:g}, {self.prior[1]:g})"

    @property
    def _counted(self) -> str:
        return "at the level" if self.over == "dose" else "in the trial"

    def _crosses(self, treated: Ints, dlts: Ints) -> Bools:
        crossed = exceeds(self.rate, self.confidence, treated, dlts, self.prior)
        return crossed & (treated >= self.least)


def safety_boundary(
    rate: float,
    confidence: float,
    least: int,
    prior_a: float = 1.0,
    prior_b: float = 1.0,
    over: str = "dose",
) -> SafetyBoundary:
    """Return the rule: the boundary is crossed where P(p > rate | data) > confidence.

    `least` is the number of patients from which the rule speaks, at the level (`over="dose"`) or
    in the trial (`over="trial"`); `prior_a` and `prior_b` are the prior's Beta(a, b). Over `dose`
    a level and all above it are eliminated: not entered again, never recommended, and at the lowest
    level the trial ends without a dose; over `trial` all levels count together, and the trial ends
    without a dose.
    """
    return SafetyBoundary(
        a_rate("rate", rate),
        a_rate("confidence", confidence),
        whole("least", least, 1, MOST_PATIENTS),
        (a_rate("prior_a", prior_a, 0, MOST_SHAPE), a_rate("prior_b", prior_b, 0, MOST_SHAPE)),
        one_of("over", over, OVER),
    )
