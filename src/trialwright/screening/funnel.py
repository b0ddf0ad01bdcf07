"""Where a trial loses its people: attrition in the protocol's order, and each criterion alone.

Every count has two bounds: a person whose verdict is unknown is kept for the most that may be left,
and dropped for the least.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trialwright.core.truth import Truth
from trialwright.screening.model import UNKNOWN_KINDS, Verdict

FALSE_CODE, TRUE_CODE = 0, len(UNKNOWN_KINDS) + 1
Codes = npt.NDArray[np.int8]  # (people, criteria): 0 no, 8 yes, between them the kind of unknown


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest number of people."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.least:,}" if self.least == self.most else f"{self.least:,}–{self.most:,}"


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion, counts of people.

    `certainly_out` and `perhaps_out` are of those who may be left before it. `only_this` are those
    whom this criterion alone excludes: `least` where all others hold, `most` where none of the
    others fails. `without` is who would be eligible if the criterion were left out.
    """

    id: str
    reading: str
    before: Bounds
    certainly_out: int
    perhaps_out: int
    left: Bounds
    only_this: Bounds
    without: Bounds


@dataclass(frozen=True, slots=True)
class Funnel:
    """The whole: who was there, each step, who is eligible."""

    people: int
    simulated: int
    steps: tuple[Step, ...]
    eligible: Bounds


def code_of(verdict: Verdict) -> int:
    """Return a verdict as a code."""
    if verdict.unknown is not None:
        return UNKNOWN_KINDS.index(verdict.unknown) + 1
    return TRUE_CODE if verdict.truth is Truth.TRUE else FALSE_CODE


def turned(codes: Codes) -> Codes:
    """Return codes of the opposite: an exclusion's, as eligibility demands it."""
    ends = (codes == FALSE_CODE) | (codes == TRUE_CODE)
    return np.where(ends, np.int8(TRUE_CODE) - codes, codes).astype(np.int8)


def funnel(codes: Codes, names: Sequence[tuple[str, str]], simulated: int = 0) -> Funnel:
    """Count a population.

    `codes` are of what eligibility demands, shape (people, criteria), in the protocol's order;
    `names` are each criterion's id and reading.
    """
    fails, doubts = codes == FALSE_CODE, codes != TRUE_CODE
    most = np.logical_and.accumulate(~fails, axis=1).sum(axis=0)
    least = np.logical_and.accumulate(~doubts, axis=1).sum(axis=0)
    people = len(codes)
    failed, open_or_failed = fails.sum(axis=1), doubts.sum(axis=1)
    maybe = np.hstack([np.ones((people, 1), bool), np.logical_and.accumulate(~fails, axis=1)])
    eligible = Bounds(int((open_or_failed == 0).sum()), int((failed == 0).sum()))
    steps = []
    for k, (name, reading) in enumerate(names):
        before = Bounds(int(least[k - 1]), int(most[k - 1])) if k else Bounds(people, people)
        alone = fails[:, k] & (failed == 1)
        only = Bounds(int((alone & (open_or_failed == 1)).sum()), int(alone.sum()))
        without = Bounds(
            eligible.least + int((doubts[:, k] & (open_or_failed == 1)).sum()),
            eligible.most + only.most,
        )
        perhaps = int((maybe[:, k] & doubts[:, k] & ~fails[:, k]).sum())
        steps.append(
            Step(name, reading, before, int(before.most - most[k]), perhaps,
                 Bounds(int(least[k]), int(most[k])), only, without)
        )  # fmt: skip
    return Funnel(people, simulated, tuple(steps), eligible)


def gained(codes: Codes, place: int, moved: Codes) -> Bounds:
    """Return how many more are eligible where one criterion has other codes, shape (people,).

    Both bounds are differences: of those who are certainly eligible, and of those who may be.
    """
    others = np.delete(codes, place, axis=1)
    sure, maybe = (others == TRUE_CODE).all(axis=1), (others != FALSE_CODE).all(axis=1)
    old = codes[:, place]
    least = int((sure & (moved == TRUE_CODE)).sum()) - int((sure & (old == TRUE_CODE)).sum())
    most = int((maybe & (moved != FALSE_CODE)).sum()) - int((maybe & (old != FALSE_CODE)).sum())
    return Bounds(least, most)


def matrix(rows: Iterable[Sequence[int]], width: int) -> Codes:
    """Return rows of codes as an array (people, width)."""
    return np.array(list(rows), np.int8).reshape(-1, width)
