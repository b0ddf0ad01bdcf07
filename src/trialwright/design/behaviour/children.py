"""What follows states: every outcome of the next cohort, equal states merged.

States are treated in parts, so that memory is that of a part and of the distinct states found so
far, and the work stops as soon as these are too many. Rules are asked only once the distinct counts
are known to be few enough: their answers take longer than counting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trialwright.design.allocation import Branches
from trialwright.design.cohort import CohortOutcomes
from trialwright.design.posterior.patterns import distinct
from trialwright.design.states import COUNT, Bools, Floats, Ints, States, stack_states

if TYPE_CHECKING:
    from trialwright.design.design import Design

ROWS = 1 << 19  # states treated, or asked about, at a time
_Link = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Children:
    """The distinct states after a cohort, and where each outcome leads."""

    states: States
    link: _Link  # (branches, outcomes) row of `states`

    def ways(self, before: Floats, outcomes: CohortOutcomes) -> Floats:
        """Return the ways to each state; `before` (branches,) are those to its parents."""
        reached = np.zeros(len(self.states))
        step = max(1, ROWS // len(outcomes))
        for first in range(0, len(before), step):
            # Up to 2**1000 ways, those of MOST_PATIENTS: a float holds that, an integer does not.
            ways = before[first : first + step, None] * outcomes.ways
            link = self.link[first : first + step]
            reached += np.bincount(link.ravel(), ways.ravel(), minlength=len(reached))
        return reached


def find_children(
    design: "Design", states: States, found: Branches, outcomes: CohortOutcomes, most: int
) -> Children | None:
    """Return what follows the states, in order of their counts; None beyond `most` states."""
    gathered = _Gathered(np.empty((len(found.parent), len(outcomes)), np.int32))
    step = max(1, ROWS // len(outcomes))
    for first in range(0, len(found.parent), step):
        part = slice(first, first + step)
        parents = states.take(found.parent[part])
        gathered.add(part, treat_every_way(parents, found.dose[part], outcomes))
        if gathered.surely_more_than(most):
            return None
    before = gathered.merged()
    if len(before) > most and _count_patterns(before) > most:
        return None
    after = _without_eliminated(design, before)
    keep, number = _merge(after)
    return Children(after.take(keep), number.astype(np.int32)[gathered.link])


class _Gathered:
    """Distinct states of the parts so far; merged again whenever they have doubled."""

    def __init__(self, link: _Link) -> None:
        self.link = link  # (branches, outcomes) row in the parts under one another
        self.parts: list[States] = []
        self.rows = 0
        self.done = 0
        self.room = ROWS

    def add(self, part: slice, states: States) -> None:
        keep, number = _merge(states)
        block = self.link[part]
        block[:] = (self.rows + number).reshape(block.shape)
        self.done += len(block)
        self.parts.append(states.take(keep))
        self.rows += len(keep)
        if self.rows > self.room:
            self.merged()
            self.room = max(ROWS, 2 * self.rows)

    def surely_more_than(self, most: int) -> bool:
        """Say whether there are too many, whatever rules eliminate."""
        if self.rows <= most:
            return False
        merged = self.merged()
        return len(merged) > most and _count_patterns(merged) > most

    def merged(self) -> States:
        """Return the distinct states of all parts."""
        if len(self.parts) > 1:
            together = stack_states(self.parts)
            keep, number = _merge(together)
            self.parts, self.rows = [together.take(keep)], len(keep)
            self.link[: self.done] = number.astype(np.int32)[self.link[: self.done]]
        return self.parts[0]


def treat_every_way(states: States, dose: Ints, outcomes: CohortOutcomes) -> States:
    """Return each state after every outcome of a cohort: (states * outcomes) rows."""
    rows = np.repeat(np.arange(len(states)), len(outcomes))
    outcome = np.tile(np.arange(len(outcomes)), len(states))
    return _after(states.take(rows), dose[rows], outcomes, outcome)


def treat(
    design: "Design", states: States, dose: Ints, outcomes: CohortOutcomes, outcome: Ints
) -> States:
    """Return each state after a cohort at `dose` with one of its outcomes (both (states,))."""
    return _without_eliminated(design, _after(states, dose, outcomes, outcome))


def _after(states: States, dose: Ints, outcomes: CohortOutcomes, outcome: Ints) -> States:
    here = dose[:, None] == np.arange(1, states.doses + 1)
    responses, both = states.responses, states.both
    if responses.shape[1]:
        responses = responses + here * outcomes.responses[outcome, None]
        both = both + here * outcomes.both[outcome, None]
    return States(
        states.treated + here * COUNT(outcomes.size),
        states.dlts + here * outcomes.dlts[outcome, None],
        dose,
        states.eliminated,
        states.cohorts + COUNT(1),
        responses,
        both,
    )


def _without_eliminated(design: "Design", states: States) -> States:
    """Return the states after the levels that rules find too toxic are eliminated."""
    parts = [states.take(slice(i, i + ROWS)) for i in range(0, len(states), ROWS)]
    found = [part.eliminated | design.eliminates(part) for part in parts]
    return replace(states, eliminated=np.concatenate(found)) if found else states


def _merge(states: States) -> tuple[Ints, Ints]:
    """Return (a row of each distinct state, the distinct state of each row)."""
    gone: Bools = states.eliminated
    digits: list[tuple[npt.NDArray[Any], int]] = [(states.current, states.doses + 1)]
    digits += [(column, 2) for column in gone.T]
    return distinct([*digits, *_counts(states)])


def _count_patterns(states: States) -> int:
    """Count what is distinct whatever is eliminated: fewer than there will be states."""
    keep, _ = distinct([(states.current, states.doses + 1), *_counts(states)])
    return len(keep)


def _counts(states: States) -> Sequence[tuple[npt.NDArray[Any], int]]:
    most = int(states.treated.max(initial=0)) + 1
    counts = states.treated, states.dlts, states.responses, states.both
    return [(column, most) for count in counts for column in count.T]
