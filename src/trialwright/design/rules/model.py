"""What a rule may do to a method's wish: bar dose levels, or end the trial. Never raise the dose.

Rules only restrict, and restrictions combine by union (bars) and maximum (endings). So the result
does not depend on the order in which rules were added, and none overrides another silently:

1. an ending wins over everything; of two endings the higher `Ending` wins;
2. then bars: the next level is the highest that no rule bars and that is not above the wish;
3. then the method's wish.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from trialwright.design.model import Outcomes, Verdict
from trialwright.design.states import Bools, Ints, States


class Rule(ABC):
    """One modifier of a design; a frozen value, of which a design holds one per name."""

    name: ClassVar[str]

    def eliminates(self, states: States) -> Bools | None:
        """Return levels (states, doses) found too toxic now; they stay eliminated for good."""
        return None

    def bars(self, states: States) -> Bools | None:
        """Return levels (states, doses) at which the next cohort may not be treated."""
        return None

    def stops(self, states: States, wish: Ints, proposed: Ints) -> Ints | None:
        """Return an Ending (states,), given the method's wish and the level after all bars."""
        return None

    @property
    @abstractmethod
    def summary(self) -> str:
        """The rule and its parameters in one line."""

    @abstractmethod
    def explain(self, state: Outcomes, verdict: Verdict) -> str | None:
        """Return what the rule has to say about one state, with its numbers; None if nothing."""
