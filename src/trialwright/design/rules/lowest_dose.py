"""What `stay` and `de-escalate` mean at the lowest dose level, where there is nothing below."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, one_of
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.states import Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design

MEANINGS = ("continue", "stop")


@dataclass(frozen=True, slots=True)
class LowestDose(Rule):
    """At level 1, `continue` treats the next cohort there; `stop` ends the trial.

    Stopping on `stay` leaves the data to the final recommendation; stopping on `de-escalate`
    recommends no dose, because the method finds the lowest level too toxic. Only the method's own
    wish counts: an escalation that another rule bars is no `stay`.
    """

    name: ClassVar[str] = "lowest_dose"
    sees: ClassVar[Sees] = Sees.EVERYONE
    stay: str
    deescalate: str

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        lowest = states.current == 1
        ending = np.zeros(len(states), np.int8)
        if self.stay == "stop":
            ending[lowest & (wish == 1)] = Ending.STOPPED
        if self.deescalate == "stop":
            ending[lowest & (wish < 1)] = Ending.NO_DOSE
        return ending

    def keeps(self, design: "Design", state: Outcomes, verdict: Resolved) -> bool:
        return state.current == 1 and verdict.wish <= 1 and not self._ends(verdict.wish)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        if state.current != 1 or verdict.wish > 1:
            return None
        stated = f"(stated: stay means {self.stay}, de-escalate means {self.deescalate})"
        ended = verdict.next_dose == 0 and not self._ends(verdict.wish)
        nevertheless = ", but another rule ends the trial" if ended else ""
        return f"{self._meaning(verdict.wish)}{nevertheless} {stated}"

    @property
    def summary(self) -> str:
        return (
            f"at the lowest dose, stay means {self.stay} and de-escalate means {self.deescalate} "
            "(continue: treat there further; stop: end the trial)"
        )

    def _ends(self, wish: int) -> bool:
        return (self.stay if wish == 1 else self.deescalate) == "stop"

    def _meaning(self, wish: int) -> str:
        if wish == 1:
            then = "treat there further" if self.stay == "continue" else "end the trial"
            return f"to stay at the lowest dose means: {then}"
        then = "treat there further" if self.deescalate == "continue" else "end without a dose"
        return f"to de-escalate at the lowest dose means: {then}"


@by_name
def lowest_dose(stay: str = "continue", deescalate: str = "continue") -> LowestDose:
    """Return the rule; each meaning is `continue` or `stop`."""
    return LowestDose(
        one_of("at_lowest_stay", stay, MEANINGS),
        one_of("at_lowest_deescalate", deescalate, MEANINGS),
    )
