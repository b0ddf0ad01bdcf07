"""The trial ends when enough patients were treated at one dose level."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, whole
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.rules.where import Where, check_where, levels_meant, named, read_where
from trialwright.design.states import Bools, Ints, States, one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class StopAtDose(Rule):
    """From `n` treated at the level meant by `where`; the data then select the dose."""

    name: ClassVar[str] = "stop_at_dose"
    sees: ClassVar[Sees] = Sees.EVERYONE
    n: int
    where: Where

    def check(self, design: "Design") -> None:
        check_where("where", self.where, design.doses)

    @property
    def summary(self) -> str:
        return f"the trial ends when {self.n} patients were treated at {named(self.where)}"

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        reached = self._reached(states, proposed).any(axis=1)
        return np.where(reached, Ending.STOPPED, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        reached = self._reached(one_state(state), np.array([verdict.proposed]))[0]
        counts = [f"{state.treated[i]} treated at dose {i + 1}" for i in np.flatnonzero(reached)]
        if not counts:
            return None
        return f"{', '.join(counts)}, at least {self.n} at {named(self.where)}: the trial ends"

    def _reached(self, states: States, proposed: Ints) -> Bools:
        enough = states.treated >= self.n
        return enough & levels_meant(self.where, states.doses, proposed)


@by_name
def stop_at_dose(n: int, where: Where = "next") -> StopAtDose:
    """Return the rule: the trial ends when `n` patients were treated at a dose level.

    `where` is `next` (the level at which the next cohort would be treated, after all bars), `any`,
    or a level's number. A dose may still be recommended from the data.
    """
    return StopAtDose(whole("n", n, 1, MOST_PATIENTS), read_where("where", where))
