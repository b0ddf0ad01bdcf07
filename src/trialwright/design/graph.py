"""The decision graph: every state that a design can reach, equal states merged.

States are compiled in breadth, a cohort at a time, for all states of a cohort at once. Two states
merge when they agree on patients and DLTs per level, current level and eliminated levels. Each
state keeps the number of ways (patient by patient) to reach it, so that its probability under any
true rates is one product, without walking the graph again:

    P(state) = ways * prod over levels of p^dlts (1 - p)^(treated - dlts)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trialwright.core.errors import InputError, Refused
from trialwright.design.behaviour import Behaviour, combine, summarise, weigh
from trialwright.design.curves import Curves, as_array
from trialwright.design.explain import explained
from trialwright.design.model import Decision, Outcomes
from trialwright.design.states import (
    COUNT,
    Bools,
    Floats,
    Ints,
    Resolution,
    States,
    nothing_treated,
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
    child: Ints  # (states, largest cohort + 1): the next state by DLTs; a final state's is itself
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
        start, end = self.first[state.cohorts], self.first[state.cohorts + 1]
        wanted = one_state(state)
        same = self.states.current[start:end] == wanted.current
        for mine, other in (
            (self.states.treated, wanted.treated),
            (self.states.dlts, wanted.dlts),
            (self.states.eliminated, wanted.eliminated),
        ):
            same &= (mine[start:end] == other).all(axis=1)
        rows = np.flatnonzero(same)
        return start + int(rows[0]) if len(rows) else None

    @cached_property
    def final(self) -> Ints:
        """The states in which the trial has ended (ends,)."""
        return np.flatnonzero(self.resolution.next_dose == 0)

    @cached_property
    def selection(self) -> Ints:
        """The level recommended in each final state (ends,), 0 for none."""
        states = self.states.take(self.final)
        return self.design.select(states, _take(self.resolution, self.final))

    def probabilities(self, true: Curves) -> Floats:
        """Return the probability of each final state under each curve (curves, ends)."""
        curves = as_array(true, self.design.doses)
        return weigh(curves, self._ends.treated, self._ends.dlts, self.ways[self.final])

    def exact(self, true: Curves) -> Behaviour:
        """Return the exact operating characteristics under one curve or several."""
        curves = as_array(true, self.design.doses)
        step = max(1, _CELLS // len(self.final))
        blocks = [curves[i : i + step] for i in range(0, len(curves), step)]
        parts = [self.summarise(block, self.probabilities(block)) for block in blocks]
        return combine(np.concatenate, parts, curves)

    def summarise(self, curves: Floats, weights: Floats) -> Behaviour:
        """Return what trials do on average; `weights` (curves, ends) sum to 1 for each curve."""
        early = self._ends.cohorts < len(self.design.schedule)
        return summarise(curves, weights, self._ends, self.selection, early)

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
        self.most_states = most_states
        self.states = [nothing_treated(design.doses)]
        self.resolutions = [design.resolve(self.states[0])]
        self.ways: list[Floats] = [np.ones(1)]
        self.links: list[tuple[Ints, Ints]] = []  # (parent rows, their children by DLTs)
        self.first = [0, 1]

    def run(self) -> None:
        for size in self.design.schedule:
            parents = np.flatnonzero(self.resolutions[-1].next_dose)
            if len(parents) == 0:
                return
            self._treat(parents, size)

    def _treat(self, parents: Ints, size: int) -> None:
        children = treat_every_way(
            self.design,
            self.states[-1].take(parents),
            self.resolutions[-1].next_dose[parents],
            size,
        )
        keep, merged = _merge(children)
        if self.first[-1] + len(keep) > self.most_states:
            self._refuse()
        # Up to 2**1000 ways, those of MOST_PATIENTS: a float holds that, a 64-bit integer does not.
        choices = np.array([comb(size, dlts) for dlts in range(size + 1)], dtype=np.float64)
        ways = self.ways[-1][parents, None] * choices
        reached = np.bincount(merged, ways.ravel(), minlength=len(keep))
        self.ways.append(reached.astype(np.float64))
        self.states.append(children.take(keep))
        self.resolutions.append(self.design.resolve(self.states[-1]))
        self.links.append((parents, merged.reshape(len(parents), size + 1)))
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
        width = max(self.design.schedule) + 1
        child = np.repeat(np.arange(self.first[-1], dtype=np.int32)[:, None], width, axis=1)
        for depth, (parents, children) in enumerate(self.links):
            rows = self.first[depth] + parents
            child[rows, : children.shape[1]] = self.first[depth + 1] + children
        return child


def treat_every_way(design: "Design", states: States, dose: Ints, size: int) -> States:
    """Return each state after a cohort with 0, 1, .. size DLTs: (states * (size + 1)) rows."""
    rows = np.repeat(np.arange(len(states)), size + 1)
    dlts = np.tile(np.arange(size + 1), len(states))
    return treat(design, states.take(rows), dose[rows], size, dlts)


def treat(design: "Design", states: States, dose: Ints, size: int, dlts: Ints) -> States:
    """Return each state after a cohort of `size` at `dose` with `dlts` (both (states,))."""
    here = dose[:, None] == np.arange(1, design.doses + 1)
    after = States(
        (states.treated + here * COUNT(size)).astype(COUNT),
        (states.dlts + here * dlts.astype(COUNT)[:, None]).astype(COUNT),
        dose,
        states.eliminated,
        states.cohorts + COUNT(1),
    )
    return replace(after, eliminated=after.eliminated | design.eliminates(after))


def _merge(states: States) -> tuple[Ints, Ints]:
    """Return (a row of each distinct state, the distinct state of each row)."""
    most = int(states.treated.max(initial=0)) + 1
    gone: Bools = states.eliminated
    digits: list[tuple[npt.NDArray[Any], int]] = [(states.current, states.doses + 1)]
    digits += [(column, 2) for column in gone.T]
    for treated, dlts in zip(states.treated.T, states.dlts.T, strict=True):
        digits += [(treated, most), (dlts, most)]
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


def _take(resolution: Resolution, rows: Ints) -> Resolution:
    return Resolution(
        resolution.wish[rows],
        resolution.proposed[rows],
        resolution.next_dose[rows],
        resolution.ending[rows],
        resolution.admissible[rows],
    )
