"""What every escalation method answers, for many states at once."""

from typing import Protocol

from trialwright.design.model import Outcomes
from trialwright.design.states import Ints, States


class Method(Protocol):
    """A frozen value: two questions, each with its explanation.

    `local` says that a wish depends on the counts at the current level alone, so that a decision
    table by (treated, dlts) exists.
    """

    @property
    def name(self) -> str: ...

    @property
    def local(self) -> bool: ...

    @property
    def summary(self) -> str:
        """The method and its parameters in one line."""

    def wish(self, states: States) -> Ints:
        """Return the level wished for next (states,).

        0 means below the lowest level, one more than the number of levels above the highest.
        Every state has a current level.
        """

    def explain(self, state: Outcomes) -> str:
        """Say why the method wishes what it wishes, with its numbers."""

    def select(self, states: States) -> Ints:
        """Return the level to recommend at the end (states,), 0 for none."""

    def explain_selection(self, state: Outcomes) -> str:
        """Say why that level is recommended, with its numbers."""
