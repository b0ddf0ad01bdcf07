"""The trial ends without a dose when a dose level is probably too toxic.

    P(DLT rate at the level > rate | outcomes) > confidence

The probability is the method's own posterior. It needs `least` patients: treated in the trial for a
method whose model carries what is seen at one level to the others (CRM, BLRM, EffTox), treated at
the level itself for any other, which answers from the data there under its prior. So nobody's level
is called too toxic by a prior alone: P(p > .30) is .70 where nobody was treated, and .91 at 1 of 1.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, whole
from trialwright.design.parameters import rate as a_rate
from trialwright.design.rules.model import Rule
from trialwright.design.rules.where import Where, check_where, levels_meant, named, read_where
from trialwright.design.states import Bools, Floats, Ints, States, one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class TooToxic(Rule):
    """From `least` treated, in the trial or at the level meant by `dose` (see the module)."""

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
            f"above {self.confidence:g}, from {self.least} treated (there; in the trial, where the "
            "method has a model of all doses)"
        )

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        found, _ = self._found(design, states, proposed)
        return np.where(found.any(axis=1), Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        found, tail = self._found(design, one_state(state), np.array([verdict.proposed]))
        parts = [
            f"P(rate > {self.rate:g}) at dose {i + 1} = {tail[0, i]:.3f} > {self.confidence:g}"
            for i in np.flatnonzero(found[0])
        ]
        if not parts:
            return None
        parts[-1] += f" ({self._treated(design, state, found[0])}, at least {self.least})"
        return f"{', '.join(parts)}: the trial ends without a dose"

    def _treated(self, design: "Design", state: Outcomes, found: Bools) -> str:
        if design.method.pools:
            return f"{state.patients} treated in the trial"
        return f"{', '.join(str(state.treated[i]) for i in np.flatnonzero(found))} treated there"

    def _found(self, design: "Design", states: States, proposed: Ints) -> tuple[Bools, Floats]:
        tail = design.method.exceedance(states, self.rate)
        treated = states.treated.astype(np.int64)
        if design.method.pools:
            treated = np.broadcast_to(treated.sum(axis=1, keepdims=True), treated.shape)
        enough = treated >= self.least
        meant = levels_meant(self.dose, states.doses, proposed)
        return (tail > self.confidence) & enough & meant, tail


@by_name
def too_toxic(rate: float, confidence: float, least: int, dose: Where = 1) -> TooToxic:
    """Return the rule: the trial ends without a dose when P(rate_dose > rate) > confidence.

    `least` patients have to be treated before the rule speaks: in the trial for a method with a
    model of all levels, at the level that is judged for any other. `dose` is a level's number,
    `next` (the level at which the next cohort would be treated, after all bars) or `any`.
    """
    return TooToxic(
        a_rate("rate", rate),
        a_rate("confidence", confidence),
        whole("least", least, 1, MOST_PATIENTS),
        read_where("dose", dose),
    )
