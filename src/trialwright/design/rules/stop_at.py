"""The trial is complete at a number of patients, whatever the cohorts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, whole
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.states import Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class StopAt(Rule):
    """Nobody further is treated once `patients` were."""

    name: ClassVar[str] = "stop_at"
    sees: ClassVar[Sees] = Sees.EVERYONE
    patients: int

    @property
    def summary(self) -> str:
        return f"the trial is complete when {self.patients} patients were treated"

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        treated = states.treated.sum(axis=1)
        return np.where(treated >= self.patients, Ending.COMPLETE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        if state.patients < self.patients:
            return None
        return f"{state.patients} patients treated, {self.patients} planned: the trial is complete"


@by_name
def stop_at(patients: int) -> StopAt:
    """Return the rule: the trial is complete when `patients` were treated.

    A schedule (`cohorts`) may end it earlier; the cohort that reaches the number is treated whole.
    """
    return StopAt(whole("patients", patients, 1, MOST_PATIENTS))
