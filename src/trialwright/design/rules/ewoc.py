"""Escalation with overdose control: no cohort at a dose that is probably too toxic.

    a level is barred where P(DLT rate > overdose | outcomes) > bound

The probability is the method's own posterior. Where every level is barred the trial ends without a
dose. The starting level is the protocol's choice: before the first cohort it is not barred, and the
reasons say so where the prior alone would bar it. Babb, Rogatko and Zacks 1998, Stat Med 17:1103;
in this form Neuenschwander, Branson and Gsponer 2008, Stat Med 27:2420.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.method import Method
from trialwright.design.model import Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, rate
from trialwright.design.rules.model import Rule
from trialwright.design.states import Bools, Floats, Ints, States, one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class Ewoc(Rule):
    """Bars every level at which an overdose is more probable than `bound`."""

    name: ClassVar[str] = "ewoc"
    protects: ClassVar[bool] = True
    overdose: float
    bound: float

    def check(self, design: "Design") -> None:
        own = type(design.method).exceedance is not Method.exceedance
        if design.method.local or not own:
            raise InputError(
                "rule ewoc",
                f"{design.method.name} has no model, and no untested dose would be reached",
                "a method with a model of all doses: blrm or crm",
            )

    @property
    def summary(self) -> str:
        return (
            f"no cohort at a dose with P(rate > {self.overdose:g}) above {self.bound:g}; "
            "where that is every dose, the trial ends without a dose"
        )

    def bars(self, design: "Design", states: States) -> Bools:
        too_toxic = self._overdosing(design, states) > self.bound
        stated = np.arange(1, states.doses + 1) <= design.start
        return np.asarray(too_toxic & ~(stated & (states.current == 0)[:, None]))

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        every = self.bars(design, states).all(axis=1)
        return np.where(every, Ending.NO_DOSE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        chances = self._overdosing(design, one_state(state))[0].tolist()
        barred = [level for level, chance in enumerate(chances, 1) if chance > self.bound]
        if not barred:
            return None
        listed = ", ".join(f"{chances[level - 1]:.3f} at dose {level}" for level in barred)
        found = f"P(rate > {self.overdose:g}) is above {self.bound:g}: {listed}"
        if state.current == 0 and design.start in barred:
            return (
                f"{found}; the prior alone bars dose {design.start}, but the protocol starts there"
            )
        if len(barred) == len(chances):
            return f"{found}; that is every dose, the trial ends without a dose"
        return found

    def _overdosing(self, design: "Design", states: States) -> Floats:
        return design.method.exceedance(states, self.overdose)


@by_name
def ewoc(overdose: float, bound: float = 0.25) -> Ewoc:
    """Return the rule: no cohort at a dose with P(DLT rate > overdose) above `bound`.

    `blrm` brings the rule along; its own parameters `overdose` and `ewoc` set it there.
    """
    return Ewoc(rate("overdose", overdose), rate("bound", bound))
