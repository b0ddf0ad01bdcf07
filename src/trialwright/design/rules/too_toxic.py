"""The trial ends without a dose when a dose level is probably too toxic.

    P(DLT rate at the level > rate | outcomes) > confidence

The probability is the method's own posterior; a method without a model answers from the level's own
data under Beta(1, 1), so that `least` patients have to be stated: P(p > .30) is .91 at 1 DLT of 1.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Verdict
from trialwright.design.parameters import rate as a_rate
from trialwright.design.parameters import whole
from trialwright.design.rules.model import Rule
from trialwright.design.rules.where import Where, check_where, levels_meant, named, read_where
from trialwright.design.states import Bools, Floats, Ints, States, one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class TooToxic(Rule):
    """From `least` treated in the trial, at the level meant by `dose`."""

    name: ClassVar[str] = "too_toxic"
    rate: float
    confidence: float
    least: int
    dose: Where

    def check(self, design: "Design") -> None:
        check_where("dose", self.dose, design.doses)

    @property
    def summary(self) -> str:
        return (
            f"the trial ends without a dose when P(rate > {self.rate:g}) at {named(self.dose)} is "
            f"above {self.confidence:g}, from {self.least} treated in the trial"
        )

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        found, _ = self._found(design, states, proposed)
        return np.where(found.any(axis=1), Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Verdict) -> str | None:
        found, tail = self._found(design, one_state(state), np.array([verdict.proposed]))
        parts = [
            f"P(rate > {self.rate:g}) at dose {i + 1} = {tail[0, i]:.3f} > {self.confidence:g}"
            for i in np.flatnonzero(found[0])
        ]
        if not parts:
            return None
        treated = f"{state.patients} treated, at least {self.least}"
        return f"{', '.join(parts)} ({treated}): the trial ends without a dose"

    def _found(self, design: "Design", states: States, proposed: Ints) -> tuple[Bools, Floats]:
        tail = design.method.exceedance(states, self.rate)
        enough = states.treated.sum(axis=1)[:, None] >= self.least
        meant = levels_meant(self.dose, states.doses, proposed)
        return (tail > self.confidence) & enough & meant, tail


def too_toxic(rate: float, confidence: float, least: int, dose: Where = 1) -> TooToxic:
    """Return the rule: the trial ends without a dose when P(rate_dose > rate) > confidence.

    `least` patients have to be treated in the trial before the rule speaks. `dose` is a level's
    number, `next` (the level at which the next cohort would be treated, after all bars) or `any`.
    """
    return TooToxic(
        a_rate("rate", rate),
        a_rate("confidence", confidence),
        whole("least", least, 1, MOST_PATIENTS),
        read_where("dose", dose),
    )
