"""What every escalation method answers, for many states at once."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from trialwright.design.model import Outcomes
from trialwright.design.posterior.beta import exceedance
from trialwright.design.states import Bools, Floats, Ints, States
from trialwright.design.timed.people import People


class Method(ABC):
    """A frozen value: two questions, each with its explanation.

    `local` says that a wish depends on the counts at the current level alone, so that a decision
    table by (treated, dlts) exists; `responses` that the method looks at responses beside DLTs.
    `graph_states` is the largest graph worth compiling, less for a method whose decisions are slow.
    `pools` says that `exceedance` at a level looks at the outcomes of all levels, through a model.
    `wished_none` is a wish of 0 in words.
    """

    name: ClassVar[str]
    local: ClassVar[bool] = False
    responses: ClassVar[bool] = False
    pools: ClassVar[bool] = False
    wished_none: ClassVar[str] = "the method wished to go below dose 1"

    @property
    def graph_states(self) -> int:
        """How many states a graph may have: those that take about a minute at most."""
        return 2_000_000

    @property
    @abstractmethod
    def summary(self) -> str:
        """The method and its parameters in one line."""

    @abstractmethod
    def wish(self, states: States) -> Ints:
        """Return the level wished for next (states,).

        0 means below the lowest level, or none at all (see `wished_none`); one more than the number
        of levels means above the highest.
        Every state has a current level.
        """

    @property
    def randomises(self) -> bool:
        """Whether the method may draw the next dose."""
        return False

    def allocation(self, states: States) -> Floats:
        """Return the probability with which each level is drawn next (states, doses).

        A row of zeros where nothing is drawn; where something is, `wish` is the highest level that
        may be drawn. Asked only of a method that `randomises`.
        """
        return np.zeros(states.treated.shape)

    @abstractmethod
    def explain(self, state: Outcomes) -> str:
        """Say why the method wishes what it wishes, with its numbers."""

    @abstractmethod
    def select(self, states: States) -> Ints:
        """Return the level to recommend at the end (states,), 0 for none."""

    @abstractmethod
    def explain_selection(self, state: Outcomes) -> str:
        """Say what the recommendation at the end is chosen by, with its numbers."""

    def exceedance(self, states: States, rate: float) -> Floats:
        """Return P(DLT rate > rate | outcomes) by level (states, doses).

        A method without a model of its own answers from the level's own data, prior Beta(1, 1).
        """
        return np.asarray(exceedance(rate, states.treated, states.dlts))


class ResponseMethod(Method):
    """A method that weighs responses against DLTs, and finds levels unacceptable for either.

    Its levels are barred, and its trials ended, by the rule `acceptable`.
    """

    responses: ClassVar[bool] = True
    wished_none: ClassVar[str] = "the method finds no acceptable dose"

    @abstractmethod
    def acceptable(self, states: States) -> Bools:
        """Return the levels (states, doses) that may be treated next, once somebody was."""

    @abstractmethod
    def explain_unacceptable(self, state: Outcomes) -> str | None:
        """Say which levels may not be treated and why, with the numbers; None where all may."""

    def ends(self, states: States, proposed: Ints) -> Ints:
        """Return an Ending (states,); `proposed` is the next level after all bars, 0 for none."""
        return np.zeros(len(states), np.int8)

    def explain_ending(self, state: Outcomes, proposed: int) -> str | None:
        """Say why the method ends the trial, with the numbers; None where it does not."""
        return None


class TimedMethod(Method):
    """A method that need not wait: it counts pending patients by how long they were followed.

    `states` then hold the known outcomes alone (a DLT, or the whole window without one), and
    `people` everyone. Without pending patients both questions have the same answer as `wish`.
    """

    @abstractmethod
    def wish_in_time(self, states: States, people: People) -> Ints:
        """Return the level wished for next (states,), as `wish` does."""

    @abstractmethod
    def waits(self, states: States, people: People) -> Bools:
        """Say where too little is known, and nobody may be treated yet (states,)."""

    @abstractmethod
    def explain_in_time(self, state: Outcomes, people: People) -> str:
        """Say why the method wishes what it wishes; `people` has one row."""
