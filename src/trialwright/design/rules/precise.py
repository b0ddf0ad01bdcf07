"""The trial ends when the DLT rate at a dose level is known precisely enough.

Two forms, both from the method's own posterior:

    probability:  P(low < rate <= high) >= probability
    interval:     P(rate <= low) and P(rate > high) are both at most (1 - probability)/2, that is,
                  the equal-tailed credible interval of that probability lies within low..high

The first is the target-interval stopping rule of the R package crmPack (Sabanes Bove et al. 2019, J
Stat Softw 89(10)), the second that of the R package escalation (a covered interval).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, one_of, rate, whole
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.rules.where import Where, check_where, levels_meant, named, read_where
from trialwright.design.states import Bools, Floats, Ints, States, one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design

FORMS = ("probability", "interval")


@dataclass(frozen=True, slots=True)
class Precise(Rule):
    """From `least` treated at the level meant by `where`; the data then select the dose."""

    name: ClassVar[str] = "precise"
    sees: ClassVar[Sees] = Sees.KNOWN
    low: float
    high: float
    probability: float
    least: int
    where: Where
    form: str

    def check(self, design: "Design") -> None:
        check_where("where", self.where, design.doses)

    @property
    def summary(self) -> str:
        if self.form == "interval":
            known = f"the {self.probability:.0%} credible interval lies within"
        else:
            known = f"the DLT rate is with probability {self.probability:g} within"
        return (
            f"the trial ends when {known} {self.low:g} to {self.high:g} at {named(self.where)}, "
            f"from {self.least} treated there"
        )

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        found = self._found(states, proposed, *self._tails(design, states))
        return np.where(found.any(axis=1), Ending.STOPPED, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        states = one_state(state)
        below, above = self._tails(design, states)
        found = self._found(states, np.array([verdict.proposed]), below, above)[0]
        parts = [
            f"{self._numbers(float(below[0, i]), float(above[0, i]))} at dose {i + 1} "
            f"({state.treated[i]} treated)"
            for i in np.flatnonzero(found)
        ]
        return f"{', '.join(parts)}: precise enough, the trial ends" if parts else None

    def _tails(self, design: "Design", states: States) -> tuple[Floats, Floats]:
        """Return P(rate <= low) and P(rate > high), both (states, doses)."""
        method = design.method
        return 1.0 - method.exceedance(states, self.low), method.exceedance(states, self.high)

    def _found(self, states: States, proposed: Ints, below: Floats, above: Floats) -> Bools:
        meant = levels_meant(self.where, states.doses, proposed)
        enough = states.treated >= self.least
        if self.form == "interval":
            return meant & enough & (np.maximum(below, above) <= (1 - self.probability) / 2)
        return meant & enough & (1.0 - below - above >= self.probability)

    def _numbers(self, below: float, above: float) -> str:
        if self.form == "interval":
            return (
                f"P(rate <= {self.low:g}) = {below:.3f} and P(rate > {self.high:g}) = {above:.3f}, "
                f"each at most {(1 - self.probability) / 2:.3g},"
            )
        return (
            f"P({self.low:g} < rate <= {self.high:g}) = {1 - below - above:.3f} >= "
            f"{self.probability:g}"
        )


@by_name
def precise(
    low: float,
    high: float,
    probability: float,
    least: int = 1,
    where: Where = "next",
    form: str = "probability",
) -> Precise:
    """Return the rule: the trial ends when the DLT rate at a level is known precisely enough.

    `form="probability"` asks for P(low < rate <= high) >= probability; `form="interval"` for the
    equal-tailed credible interval of that probability within low..high. `where` is `next` (the
    level at which the next cohort would be treated, after all bars), `any` or a level's number;
    `least` patients have to be treated there. A dose may still be recommended from the data.
    """
    bottom = rate("low", low)
    return Precise(
        bottom,
        rate("high", high, bottom),
        rate("probability", probability),
        whole("least", least, 1, MOST_PATIENTS),
        read_where("where", where),
        one_of("form", form, FORMS),
    )
