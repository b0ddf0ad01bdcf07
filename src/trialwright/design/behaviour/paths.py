"""Every course that a trial of a design can take, with its probability."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trialwright.core.errors import Refused
from trialwright.design.allocation import branches
from trialwright.design.behaviour.graph import Graph
from trialwright.design.cohort import CohortOutcomes
from trialwright.design.curves import Curves, TrueRates
from trialwright.design.design import Design
from trialwright.design.model import Cohort, Course
from trialwright.design.notation import write_course
from trialwright.design.parameters import whole
from trialwright.design.states import Floats

MOST_PATHS = 100_000


@dataclass(frozen=True, slots=True)
class Path:
    """A course by DLTs per cohort.

    A complete path has ended the trial: `final` is the dose recommended then, or None. A path cut
    short by `depth` has a `next_dose`, None where that is drawn. `probability` has one entry per
    curve.
    """

    course: Course
    next_dose: int | None
    final: int | None
    complete: bool
    probability: tuple[float, ...] = ()

    @property
    def outcomes(self) -> str:
        """The course in canonical notation, N first."""
        return write_course(self.course)


def paths(graph: Graph, true: Curves | None = None, depth: int | None = None) -> tuple[Path, ...]:
    """Return every course, fewest DLTs first; to `depth` cohorts where it is given.

    The probabilities under each curve sum to 1. Raises Refused where there are more than
    `MOST_PATHS` courses.
    """
    planned = len(graph.design.schedule)
    deep = planned if depth is None else whole("depth", depth, 1, planned)
    total = count_paths(graph, deep)
    if total > MOST_PATHS:
        raise Refused("paths", f"the trial has {total:,} courses", "fewer cohorts (depth)")
    truth = None if true is None else graph.design.truth(true)
    return tuple(_follow(graph, truth, deep))


def count_paths(graph: Graph, depth: int) -> int:
    """Count the courses up to `depth` cohorts."""
    courses = np.zeros(len(graph))
    courses[0] = 1
    ended = 0.0
    for level in range(depth):
        if level >= len(graph.first) - 1:
            break
        rows = np.arange(graph.first[level], graph.first[level + 1])
        runs = rows[graph.resolution.next_dose[rows] != 0]
        ended += courses[rows].sum() - courses[runs].sum()
        for children in graph.child[runs].T:
            goes = children != runs
            np.add.at(courses, children[goes], courses[runs[goes]])
    last = min(depth, len(graph.first) - 2)
    return int(ended + courses[graph.first[last] : graph.first[last + 1]].sum())


def _follow(graph: Graph, truth: TrueRates | None, depth: int) -> Iterator[Path]:
    chances = _chances(graph.design, truth)
    final = dict(zip(graph.final.tolist(), graph.selection.tolist(), strict=True))
    following = _following(graph)
    open_courses: list[tuple[int, Course, Floats]] = [(0, (), np.ones(len(truth or ())))]
    while open_courses:
        row, course, probability = open_courses.pop()
        dose = int(graph.resolution.next_dose[row])
        if dose == 0 or len(course) == depth:
            yield Path(
                course,
                max(dose, 0) or None,
                final.get(row) or None,
                dose == 0,
                tuple(probability.tolist()),
            )
            continue
        size = graph.design.schedule[len(course)]
        outcomes = graph.design.outcomes_of(size)
        for given, share, slot in following[row]:
            for k in range(len(outcomes) - 1, -1, -1):
                after = (*course, _cohort(given, outcomes, k))
                chance = probability * share
                if truth is not None:
                    chance = chance * chances[size][:, given - 1, k]
                open_courses.append((int(graph.child[row, slot + k]), after, chance))


def _following(graph: Graph) -> dict[int, list[tuple[int, float, int]]]:
    """Return by state the doses that may follow, highest first: level, probability, slot."""
    found = branches(graph.resolution)
    rows = zip(
        found.parent.tolist(),
        found.dose.tolist(),
        found.chance.tolist(),
        graph.slot(found.dose).tolist(),
        strict=True,
    )
    following: dict[int, list[tuple[int, float, int]]] = {}
    for parent, dose, chance, slot in rows:
        following.setdefault(parent, []).insert(0, (dose, chance, slot))
    return following


def _cohort(dose: int, outcomes: CohortOutcomes, k: int) -> Cohort:
    counts = int(outcomes.dlts[k]), 0, int(outcomes.responses[k]), int(outcomes.both[k])
    return Cohort(dose, outcomes.size, *counts)


def _chances(design: Design, truth: TrueRates | None) -> dict[int, Floats]:
    """Return the probability of each outcome by cohort size: (curves, doses, outcomes)."""
    if truth is None:
        return {}
    return {size: design.outcomes_of(size).chances(truth) for size in set(design.schedule)}
