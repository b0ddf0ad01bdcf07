"""No level is treated that a method of toxicity and response finds unacceptable."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.method import ResponseMethod
from trialwright.design.model import Outcomes, Resolved
from trialwright.design.rules.model import Rule
from trialwright.design.states import Bools, Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True)
class Acceptable(Rule):
    """Levels that are too toxic or too little active are barred; the method may end the trial.

    Nothing is barred before the first cohort. What is acceptable is the method's to say.
    """

    name: ClassVar[str] = "acceptable"

    def check(self, design: "Design") -> None:
        _asked(design)

    @property
    def summary(self) -> str:
        return "no dose is treated that the method finds too toxic or too little active"

    def bars(self, design: "Design", states: States) -> Bools:
        started = (states.current > 0)[:, None]
        barred: Bools = started & ~_asked(design).acceptable(states)
        return barred

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        return np.where(states.current > 0, _asked(design).ends(states, proposed), 0)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        if state.current == 0:
            return None
        method = _asked(design)
        said = (
            method.explain_unacceptable(state),
            method.explain_ending(state, verdict.proposed),
        )
        return "; ".join(text for text in said if text) or None


def _asked(design: "Design") -> ResponseMethod:
    if not isinstance(design.method, ResponseMethod):
        raise InputError("rule acceptable", design.method.name, "a method that looks at responses")
    return design.method


def acceptable() -> Acceptable:
    """Return the rule. Methods of toxicity and response come with it, so it is not in RULES."""
    return Acceptable()
