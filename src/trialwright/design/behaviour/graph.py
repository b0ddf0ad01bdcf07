"""The decision graph: every state that a design can reach, equal states merged.

States are compiled in breadth, a cohort at a time, for all states of a cohort at once. Two states
merge when they agree on the outcomes per level, current level and eliminated levels. Each state
keeps the number of ways (patient by patient) to reach it, so that its probability under any true
rates is one product, without walking the graph again. With DLTs alone:

    P(state) = ways * prod over levels of p^dlts (1 - p)^(treated - dlts)

Where the next dose is drawn, the probabilities of the draws are factors of the ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trialwright.core.errors import InputError, Refused
from trialwright.design.allocation import Branches, branches
from trialwright.design.behaviour.averages import Behaviour, combine, summarise, weigh
from trialwright.design.cohort import CohortOutcomes
from trialwright.design.curves import Curves, Truth
from trialwright.design.decision.explain import explained
from trialwright.design.model import Decision, Outcomes
from trialwright.design.states import (
    COUNT,
    Bools,
    Floats,
    Ints,
    Resolution,
    States,
    one_state,
    stack_resolutions,
    stack_states,
)

if TYPE_CHECKING:
    from trialwright.design.design import Design

MOST_STATES = 2_000_000
_LARGEST_KEY = 2**62
_CELLS = 4_000_000  # curves times final states at a time: 32 MB each


@dataclass(frozen=True, eq=False)
class Graph:
    """A compiled design; axis 0 of every array is the state, in order of cohorts treated."""

    design: "Design"
    states: States
    resolution: Resolution
    child: Ints  # (states, slots) next state by outcome, see `slot`; itself where there is none
    ways: Floats  # (states,) ways to reach the state, patient by patient
    first: tuple[int, ...]  # the first state of each number of cohorts, and the end

    def __len__(self) -> int:
        return len(self.ways)

    def decide(self, state: Outcomes) -> Decision:
        """Return the decision in a state: looked up, or worked out for one that is not reached."""
        row = self.find(state)
        if row is None:
            return self.design.explain_state(state)
        return explained(self.design, state, self.resolution.verdict(row), ())

    def find(self, state: Outcomes) -> int | None:
        """Return the state's row, or None where the design cannot reach it."""
        if state.cohorts >= len(self.first) - 1 or len(state.treated) != self.design.doses:
            return None
        if sum(state.treated) > sum(self.design.schedule) or state.pending:
            return None
        if len(state.responses) != self.states.responses.shape[1]:
            return None
        start, end = self.first[state.cohorts], self.first[state.cohorts + 1]
        wanted = one_state(state)
        same = self.states.current[start:end] == wanted.current
        for mine, other in (
            (self.states.treated, wanted.treated),
            (self.states.dlts, wanted.dlts),
            (self.states.eliminated, wanted.eliminated),
            (self.states.responses, wanted.responses),
            (self.states.both, wanted.both),
        ):
            same &= (mine[start:end] == other).all(axis=1)
        rows = np.flatnonzero(same)
        return start + int(rows[0]) if len(rows) else None

    def slot(self, dose: Ints) -> Ints:
        """Return where the outcomes at a dose start in a row of `child`, elementwise.

        A state that is followed by one dose alone needs one block of outcomes; a design that draws
        doses has a block for each.
        """
        if self.resolution.allocation is None:
            return np.zeros_like(dose)
        width = self.child.shape[1] // self.design.doses
        start: Ints = np.maximum(dose.astype(np.int64) - 1, 0) * width
        return start

    @cached_property
    def final(self) -> Ints:
        """The states in which the trial has ended (ends,)."""
        return np.flatnonzero(self.resolution.next_dose == 0)

    @cached_property
    def selection(self) -> Ints:
        """The level recommended in each final state (ends,), 0 for none."""
        states = self.states.take(self.final)
        return self.design.select(states, self.resolution.take(self.final))

    def probabilities(self, true: Curves) -> Floats:
        """Return the probability of each final state under each curve (curves, ends)."""
        return weigh(self.design.truth(true), self._ends, self.ways[self.final])

    def exact(self, true: Curves) -> Behaviour:
        """Return the exact operating characteristics under one curve or several."""
        truth = self.design.truth(true)
        step = max(1, _CELLS // len(self.final))
        blocks = [truth[i : i + step] for i in range(0, len(truth), step)]
        parts = [self.summarise(block, self.probabilities(block)) for block in blocks]
        return combine(np.concatenate, parts, truth)

    def summarise(self, truth: Truth, weights: Floats) -> Behaviour:
        """Return what trials do on average; `weights` (curves, ends) sum to 1 for each curve."""
        early = self.design.ended_early(self._ends, self.resolution.take(self.final))
        return summarise(truth, weights, self._ends, self.selection, early)

    @cached_property
    def _ends(self) -> States:
        return self.states.take(self.final)


def compile_graph(design: "Design", most_states: int = MOST_STATES) -> Graph:
    """Compile a design; InputError without a schedule, Refused beyond `most_states` states."""
    if not design.schedule:
        raise InputError("design", "no cohort schedule", "one, such as 3x10 or 4,8")
    builder = _Builder(design, most_states)
    builder.run()
    return builder.graph()


class _Builder:
    """Compiles one graph: levels of states, and the links between them."""

    def __init__(self, design: "Design", most_states: int) -> None:
        self.design = design
        self.most_states = min(most_states, design.method.graph_states)
        self.states = [design.nothing_treated()]
        self.resolutions = [design.resolve(self.states[0])]
        self.ways: list[Floats] = [np.ones(1)]
        self.links: list[tuple[Branches, Ints]] = []  # where states go on, children by outcome
        self.first = [0, 1]

    def run(self) -> None:
        for size in self.design.schedule:
            found = branches(self.resolutions[-1])
            if len(found.parent) == 0:
                return
            self._treat(found, self.design.outcomes_of(size))

    def _treat(self, found: Branches, outcomes: CohortOutcomes) -> None:
        parents = self.states[-1].take(found.parent)
        children = treat_every_way(self.design, parents, found.dose, outcomes)
        keep, merged = _merge(children)
        if self.first[-1] + len(keep) > self.most_states:
            self._refuse()
        # Up to 2**1000 ways, those of MOST_PATIENTS: a float holds that, a 64-bit integer does not.
        ways = (self.ways[-1][found.parent] * found.chance)[:, None] * outcomes.ways
        reached = np.bincount(merged, ways.ravel(), minlength=len(keep))
        self.ways.append(reached.astype(np.float64))
        self.states.append(children.take(keep))
        self.resolutions.append(self.design.resolve(self.states[-1]))
        self.links.append((found, merged.reshape(-1, len(outcomes))))
        self.first.append(self.first[-1] + len(keep))

    def _refuse(self) -> None:
        raise Refused(
            "decision graph",
            f"more than {self.most_states:,} states after {len(self.states)} cohorts",
            "a shorter schedule or fewer dose levels; simulation works without the graph",
        )

    def graph(self) -> Graph:
        return Graph(
            self.design,
            stack_states(self.states),
            stack_resolutions(self.resolutions),
            self._children(),
            np.concatenate(self.ways),
            tuple(self.first),
        )

    def _children(self) -> Ints:
        width = max(len(self.design.outcomes_of(size)) for size in self.design.schedule)
        blocks = self.design.doses if self.design.method.randomises else 1
        itself = np.arange(self.first[-1], dtype=np.int32)[:, None, None]
        child = np.repeat(np.repeat(itself, blocks, axis=1), width, axis=2)
        for depth, (found, children) in enumerate(self.links):
            rows = self.first[depth] + found.parent
            block = found.dose.astype(np.int64) - 1 if blocks > 1 else 0
            child[rows, block, : children.shape[1]] = self.first[depth + 1] + children
        return child.reshape(len(child), -1)


def treat_every_way(
    design: "Design", states: States, dose: Ints, outcomes: CohortOutcomes
) -> States:
    """Return each state after every outcome of a cohort: (states * outcomes) rows."""
    rows = np.repeat(np.arange(len(states)), len(outcomes))
    outcome = np.tile(np.arange(len(outcomes)), len(states))
    return treat(design, states.take(rows), dose[rows], outcomes, outcome)


def treat(
    design: "Design", states: States, dose: Ints, outcomes: CohortOutcomes, outcome: Ints
) -> States:
    """Return each state after a cohort at `dose` with one of its outcomes (both (states,))."""
    here = dose[:, None] == np.arange(1, design.doses + 1)
    responses, both = states.responses, states.both
    if design.method.responses:
        responses = responses + here * outcomes.responses[outcome, None]
        both = both + here * outcomes.both[outcome, None]
    after = States(
        states.treated + here * COUNT(outcomes.size),
        states.dlts + here * outcomes.dlts[outcome, None],
        dose,
        states.eliminated,
        states.cohorts + COUNT(1),
        responses,
        both,
    )
    return replace(after, eliminated=after.eliminated | design.eliminates(after))


def _merge(states: States) -> tuple[Ints, Ints]:
    """Return (a row of each distinct state, the distinct state of each row)."""
    most = int(states.treated.max(initial=0)) + 1
    gone: Bools = states.eliminated
    digits: list[tuple[npt.NDArray[Any], int]] = [(states.current, states.doses + 1)]
    digits += [(column, 2) for column in gone.T]
    counts = states.treated, states.dlts, states.responses, states.both
    digits += [(column, most) for count in counts for column in count.T]
    return _distinct(digits)


def _distinct(digits: Sequence[tuple[npt.NDArray[Any], int]]) -> tuple[Ints, Ints]:
    """Number the distinct rows of mixed-radix digits; renumbers before a key would overflow."""
    key = np.zeros(len(digits[0][0]), np.int64)
    largest = 1
    for digit, radix in digits:
        if largest * radix > _LARGEST_KEY:
            values, key = np.unique(key, return_inverse=True)
            largest = len(values)
        key = key * radix + digit
        largest *= radix
    _, keep, merged = np.unique(key, return_index=True, return_inverse=True)
    return keep, merged
