"""Simulated patients who exist before any design treats them, so that designs can share them.

A patient has a tolerance, uniform from 0 to 1: there is a DLT at a dose exactly when the tolerance
is below the dose's true rate. A second uniform number says in the same way whether there is a
response, with the probability that is due given the DLT or its absence; a third decides where a
design draws the dose. O'Quigley, Paoletti and Maccario 2002, Biostatistics 3:51, compare designs
on such complete patients.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from trialwright.design.cohort import CohortOutcomes, cohort_outcomes
from trialwright.design.curves import TrueRates
from trialwright.design.states import Bools, Floats, Ints

BLOCK = 1 << 13  # trials at a time


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """The patients of many trials in order of entry: (patients, trials)."""

    tolerance: Floats
    answer: Floats  # (0, trials) where nobody looks at responses
    lot: Floats  # the first patient's of a cohort draws its dose; (0, trials) where none is drawn

    @property
    def trials(self) -> int:
        """How many trials these are the patients of."""
        return int(self.tolerance.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one cohort of each trial showed: (trials,)."""

    dlts: Ints
    responses: Ints  # zeros where nobody looks at responses
    both: Ints


def draw_patients(
    patients: int, trials: int, *, responses: bool, lots: bool, rng: np.random.Generator
) -> Iterator[Patients]:
    """Yield the patients of `trials` trials in blocks.

    The first patients of each trial are the same however many are drawn, so that a further design
    with a longer schedule, or one that looks at responses, leaves the others' trials alone.
    """
    for start in range(0, trials, BLOCK):
        size = min(BLOCK, trials - start)
        rows = patients, patients if responses else 0, patients if lots else 0
        yield Patients(*(own.random((r, size)) for own, r in zip(rng.spawn(3), rows, strict=True)))


def treat_patients(patients: Patients, entry: slice, dose: Ints, curve: TrueRates) -> Seen:
    """Treat the patients of one cohort, each trial's at its `dose` (trials,), under one curve.

    Dose 0 is that of trials that have ended: nothing is seen there.
    """
    toxic = patients.tolerance[entry] < _by_level(curve.dlt)[dose]
    if len(patients.answer) == 0:
        none = np.zeros(len(dose), np.int64)
        return Seen(toxic.sum(axis=0), none, none)
    after_dlt, without = _conditional(curve)
    answers = patients.answer[entry] < np.where(toxic, after_dlt[dose], without[dose])
    return Seen(toxic.sum(axis=0), answers.sum(axis=0), (toxic & answers).sum(axis=0))


def outcome_of(seen: Seen, outcomes: CohortOutcomes, responses: bool) -> Ints:
    """Return which of a cohort's outcomes was seen in each trial (trials,)."""
    if not responses:
        return seen.dlts
    return _numbers(outcomes.size)[seen.dlts, seen.responses, seen.both]


@lru_cache(maxsize=8)  # the largest takes 4 MB
def _numbers(size: int) -> Ints:
    """Return the number of each outcome by (DLTs, responses, both); -1 where there is none."""
    outcomes = cohort_outcomes(size, True)
    numbers = np.full((size + 1,) * 3, -1, np.int32)
    numbers[outcomes.dlts, outcomes.responses, outcomes.both] = np.arange(len(outcomes))
    numbers.setflags(write=False)
    return numbers


def _conditional(curve: TrueRates) -> tuple[Floats, Floats]:
    """Return P(response | DLT) and P(response | no DLT) by level, 0 first."""
    after = _share(curve.both, curve.dlt)
    return _by_level(after), _by_level(_share(curve.response - curve.both, 1.0 - curve.dlt))


def _share(part: Floats, whole: Floats) -> Floats:
    seen: Bools = whole > 0  # a rate given what cannot occur is never asked for
    found: Floats = np.divide(part, whole, out=np.zeros_like(whole), where=seen)
    return found


def _by_level(rates: Floats) -> Floats:
    """Return the rates of one curve by level, with 0 for level 0."""
    return np.concatenate([[0.0], rates[0]])
