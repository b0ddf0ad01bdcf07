"""The decision graph: every state that a design can reach, equal states merged.

States are compiled in breadth, a cohort at a time, for all states of a cohort at once. Two states
merge when they agree on the outcomes per level, current level and eliminated levels. Each state
keeps the number of ways (patient by patient) to reach it, so that its probability under any true
rates is one product, without walking the graph again. With DLTs alone:

    P(state) = ways * prod over levels of p^dlts (1 - p)^(treated - dlts)

Where the next dose is drawn, the probabilities of the draws are factors of the ways.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from trialwright.core.errors import InputError, Refused
from trialwright.design.allocation import Branches, branches
from trialwright.design.behaviour.averages import Behaviour, combine, summarise, weigh
from trialwright.design.behaviour.children import ROWS, find_children
from trialwright.design.behaviour.progress import Progress, silent
from trialwright.design.cohort import CohortOutcomes, check_size, count_outcomes
from trialwright.design.curves import Curves, TrueRates
from trialwright.design.decision.explain import explained
from trialwright.design.decision.given_state import check_state
from trialwright.design.model import Decision, Outcomes
from trialwright.design.states import (
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
MOST_COUNTS = 16_000_000  # states times doses: every array of the graph stays below 128 MB
MOST_LINKS = 1 << 25  # states times outcomes of the widest cohort: 128 MB
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
        """Return the decision in a state: looked up, or worked out for one that is not reached.

        Raises InputError naming the field where it can be no state of this design.
        """
        check_state(state, self.design.doses, self.design.method.responses)
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
        parts = [self.final[i : i + ROWS] for i in range(0, len(self.final), ROWS)]
        chosen = [
            self.design.select(self.states.take(part), self.resolution.take(part)) for part in parts
        ]
        return np.concatenate(chosen)

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

    def summarise(self, truth: TrueRates, weights: Floats) -> Behaviour:
        """Return what trials do on average; `weights` (curves, ends) sum to 1 for each curve."""
        early = self.design.ended_early(self._ends, self.resolution.take(self.final))
        return summarise(truth, weights, self._ends, self.selection, early)

    @cached_property
    def _ends(self) -> States:
        return self.states.take(self.final)


def compile_graph(
    design: "Design", most_states: int = MOST_STATES, *, progress: Progress = silent
) -> Graph:
    """Compile a design; `progress` is told the cohorts that are done.

    Raises InputError without a schedule; Refused beyond `most_states` states, or beyond what the
    method can answer in about a minute or the graph can hold in less than 1 GiB.
    """
    if not design.schedule:
        raise InputError("design", "no cohort schedule", "one, such as 3x10 or 4,8")
    check_size(max(design.schedule), design.method.responses)
    builder = _Builder(design, most_states)
    builder.run(progress)
    return builder.graph()


class _Builder:
    """Compiles one graph: levels of states, and the links between them."""

    def __init__(self, design: "Design", most_states: int) -> None:
        self.design = design
        self.blocks = design.doses if design.method.randomises else 1
        self.responses = design.method.responses
        self.width = max(count_outcomes(size, self.responses) for size in design.schedule)
        self.most_states = min(
            most_states,
            design.method.graph_states,
            MOST_COUNTS // design.doses,
            max(1, MOST_LINKS // (self.width * self.blocks)),
        )
        self.states = [design.nothing_treated()]
        self.resolutions = [design.resolve(self.states[0])]
        self.ways: list[Floats] = [np.ones(1)]
        self.links: list[tuple[Branches, Ints]] = []  # where states go on, children by outcome
        self.first = [0, 1]

    def run(self, progress: Progress) -> None:
        for done, size in enumerate(self.design.schedule):
            progress(done, len(self.design.schedule))
            found = branches(self.resolutions[-1])
            if len(found.parent) == 0:
                break
            if count_outcomes(size, self.responses) > self.most_states:  # before they are listed
                self._refuse()
            self._treat(found, self.design.outcomes_of(size))
        progress(len(self.design.schedule), len(self.design.schedule))

    def _treat(self, found: Branches, outcomes: CohortOutcomes) -> None:
        most = self.most_states - self.first[-1]
        children = find_children(self.design, self.states[-1], found, outcomes, most)
        if children is None or len(children.states) > most:
            self._refuse()
        self.ways.append(children.ways(self.ways[-1][found.parent] * found.chance, outcomes))
        self.states.append(children.states)
        self.resolutions.append(self._resolve(children.states))
        self.links.append((found, children.link))
        self.first.append(self.first[-1] + len(children.states))

    def _resolve(self, states: States) -> Resolution:
        parts = [states.take(slice(i, i + ROWS)) for i in range(0, len(states), ROWS)]
        return stack_resolutions([self.design.resolve(part) for part in parts])

    def _refuse(self) -> NoReturn:
        raise Refused(
            "decision graph",
            f"more than {self.most_states:,} states while compiling cohort {len(self.states)}",
            "a shorter schedule or fewer dose levels; `design simulate` works without the graph",
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
        child = np.empty((self.first[-1], self.blocks, self.width), np.int32)
        child[:] = np.arange(self.first[-1])[:, None, None]  # itself where there is none
        for depth, (found, children) in enumerate(self.links):
            rows = self.first[depth] + found.parent
            block = found.dose.astype(np.int64) - 1 if self.blocks > 1 else 0
            child[rows, block, : children.shape[1]] = self.first[depth + 1] + children
        return child.reshape(len(child), -1)
