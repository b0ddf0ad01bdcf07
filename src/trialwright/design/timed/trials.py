"""Trials on a calendar, many side by side: a step is a cohort, a patient or a decision, in all.

A patient comes a gap after the one before. While a decision or a rule holds the trial back, the
patient who came waits, and the next gap starts when that patient is treated. A method that looks at
time decides when the first patient of the next cohort is there; where it waits, it looks again
whenever an outcome becomes known. Any other method waits until the outcomes of its last cohort are
complete. Day 0 is the first patient's treatment.
"""

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from trialwright.design.design import Design
from trialwright.design.method import TimedMethod
from trialwright.design.rules.backfill import Backfill
from trialwright.design.rules.min_follow_up import MinFollowUp
from trialwright.design.rules.model import Rule
from trialwright.design.rules.stagger import Stagger
from trialwright.design.states import (
    COUNT,
    LEVEL,
    Bools,
    Floats,
    Ints,
    States,
    toxicity_states,
)
from trialwright.design.timed.calendar import Calendar
from trialwright.design.timed.judge import Snapshot, judge
from trialwright.design.timed.people import People

NEVER = -np.inf  # when the outcome of a patient is known who was not treated: always
_SomeRule = TypeVar("_SomeRule", bound=Rule)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Chance, drawn before the trials run; axis 0 is the trial, axis 1 the patient."""

    tolerance: Floats  # (trials, patients) a DLT exactly where it is below the true rate
    gap: Floats  # (trials, patients) days from this patient to the next

    def __len__(self) -> int:
        return len(self.tolerance)


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Trials that have ended, every outcome known; axis 0 is the trial."""

    states: States
    dose: Ints  # (trials, patients) level in order of treatment, 0 where there was no such patient
    toxic: Bools  # (trials, patients) a DLT in the window
    treated_on: Floats  # (trials, patients) day of treatment
    known_on: Floats  # (trials, patients) day on which the outcome was known
    backfilled: Bools  # (trials, patients) treated beside the cohorts
    waited: Floats  # (trials,) days that patients who had come waited between cohorts

    @property
    def days(self) -> Floats:
        """Days from the first patient's treatment to the last outcome (trials,)."""
        last: Floats = self.known_on.max(axis=1)
        return last


def places(design: Design) -> int:
    """Return how many patients a trial may treat, backfilled ones included."""
    rule = find(design, Backfill)
    beside = rule.cap * (design.doses - 1) if rule else 0
    return sum(design.schedule) + beside


def draw(calendar: Calendar, trials: int, patients: int, rng: np.random.Generator) -> Draws:
    """Draw the chance of a block of trials."""
    tolerance = rng.random((trials, patients))
    return Draws(tolerance, calendar.days_between(rng.random((trials, patients))))


def run(design: Design, true: Floats, calendar: Calendar, draws: Draws) -> Trials:
    """Run trials under one curve of true DLT rates (doses,), a row per trial of `draws`."""
    ward = _TimedWard(design, true, calendar, draws)
    rows: Ints = np.arange(len(draws))
    for size in design.schedule:
        rows, dose, day = ward.decide(rows)
        ward.treat_cohort(rows, dose, day, size)
    return ward.ended()


def find(design: Design, kind: type[_SomeRule]) -> _SomeRule | None:
    """Return the design's rule of a kind, if it has one."""
    return next((rule for rule in design.rules if isinstance(rule, kind)), None)


class _TimedWard:
    """Everyone treated so far in each trial, and who comes next."""

    def __init__(self, design: Design, true: Floats, calendar: Calendar, draws: Draws) -> None:
        self.design, self.true, self.calendar, self.draws = design, true, calendar, draws
        self.timed = isinstance(design.method, TimedMethod)
        self.backfill = find(design, Backfill)
        self.stagger = find(design, Stagger)
        follow_up = find(design, MinFollowUp)
        self.least_days = follow_up.share * calendar.window if follow_up else 0.0
        trials, shape = len(draws), draws.tolerance.shape
        self.dose = np.zeros(shape, LEVEL)
        self.toxic = np.zeros(shape, np.bool_)
        self.backfilled = np.zeros(shape, np.bool_)
        self.treated_on = np.zeros(shape)
        self.known_on = np.full(shape, NEVER)
        self.onset = np.zeros(shape)  # share of the window at which a DLT shows
        self.patients = np.zeros(trials, np.intp)
        self.treated = np.zeros((trials, design.doses), COUNT)
        self.toxicities = np.zeros((trials, design.doses), COUNT)
        self.current = np.zeros(trials, LEVEL)
        self.cohorts = np.zeros(trials, COUNT)
        self.eliminated = np.zeros((trials, design.doses), np.bool_)
        self.arrives = np.zeros(trials)  # day on which the next patient is there
        self.opens = np.zeros(trials)  # day before which the next cohort may not start
        self.waited = np.zeros(trials)

    def treat_cohort(self, rows: Ints, dose: Ints, day: Floats, size: int) -> None:
        """Treat a cohort in each of the trials, the first patient on `day`."""
        self.current[rows] = dose
        self.cohorts[rows] += COUNT(1)
        for place in range(size):
            if place > 0:
                day = np.maximum(self.arrives[rows], day + self._least_gap(place))
            known_on = self._treat(rows, dose, day)
            followed = known_on if not self.timed else np.minimum(known_on, day + self.least_days)
            self.opens[rows] = np.maximum(self.opens[rows], followed)

    def decide(self, rows: Ints) -> tuple[Ints, Ints, Floats]:
        """Return the trials that go on, with the next dose and the day of treatment of each."""
        dose, day = np.zeros(len(rows), LEVEL), np.maximum(self.arrives[rows], self.opens[rows])
        open_rows = np.arange(len(rows))  # those without an answer yet
        waiting = np.zeros(len(rows), np.bool_)  # those with a patient who waits for the cohort
        while len(open_rows):
            trials = rows[open_rows]
            if self.backfill is not None:
                self._backfill(self.backfill, rows, open_rows, day, waiting)
            judged = judge(self.design, self.snapshot(trials, day[open_rows]))
            self.eliminated[trials] = judged.eliminated
            goes = ~judged.waits
            dose[open_rows[goes]] = judged.resolution.next_dose[goes]
            open_rows = open_rows[~goes]
            day[open_rows] = self._next_outcome(rows[open_rows], day[open_rows])
        on = np.flatnonzero(dose)
        self.waited[rows[on]] += day[on] - self.arrives[rows[on]]
        return rows[on], dose[on], day[on]

    def snapshot(self, rows: Ints, day: Floats) -> Snapshot:
        """Return what is known of some trials on a day of each."""
        width = int(self.patients[rows].max(initial=0))
        row, column = np.nonzero(self._of(rows, self.known_on, width) > day[:, None])
        trial = rows[row]
        cell = row * self.design.doses + self.dose[trial, column] - 1
        shape = len(rows), self.design.doses
        pending = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
        coming = np.bincount(cell[self.toxic[trial, column]], minlength=shape[0] * shape[1])
        everyone = self._states(rows, coming.reshape(shape))
        known = replace(everyone, treated=everyone.treated - pending.astype(COUNT))
        if not self.timed:
            return Snapshot(known, everyone, None)
        followed = np.ones((len(rows), width))
        since = day[row] - self.treated_on[trial, column]
        followed[row, column] = np.minimum(since / self.calendar.window, 1 - 1e-9)
        seen = self._of(rows, self.toxic, width).copy()
        seen[row, column] = False
        people = People(
            self._of(rows, self.dose, width), seen, followed, self._of(rows, self.onset, width)
        )
        return Snapshot(known, everyone, people)

    def ended(self) -> Trials:
        """Return the trials with every outcome known."""
        rows = np.arange(len(self.draws))
        states = self._states(rows, np.zeros_like(self.toxicities))
        gone = states.eliminated | self.design.eliminates(states)
        return Trials(
            replace(states, eliminated=gone),
            self.dose,
            self.toxic,
            self.treated_on,
            self.known_on,
            self.backfilled,
            self.waited,
        )

    def _of(self, rows: Ints, kept: Any, width: int) -> Any:
        """Return the first columns of some trials; a view, not a copy, where it is all of them."""
        return kept[:, :width] if len(rows) == len(kept) else kept[rows, :width]

    def _least_gap(self, place: int) -> float:
        return self.stagger.least_gap(place) if self.stagger else 0.0

    def _treat(self, rows: Ints, dose: Ints, day: Floats, *, beside: bool = False) -> Floats:
        """Treat a patient in each of the trials; return the day on which the outcome is known."""
        place = self.patients[rows]
        tolerance, true = self.draws.tolerance[rows, place], self.true[dose - 1]
        toxic = tolerance < true
        lasts: Floats = np.full(len(rows), self.calendar.window)
        lasts[toxic] = self.calendar.days_to_dlt(tolerance[toxic], true[toxic])
        self.dose[rows, place] = dose
        self.toxic[rows, place] = toxic
        self.backfilled[rows, place] = beside
        self.treated_on[rows, place] = day
        known_on: Floats = day + lasts
        self.known_on[rows, place] = known_on
        self.onset[rows, place] = lasts / self.calendar.window
        self.patients[rows] += 1
        self.treated[rows, dose - 1] += COUNT(1)
        self.toxicities[rows, dose - 1] += toxic
        self.arrives[rows] = day + self.draws.gap[rows, place]
        return known_on

    def _backfill(
        self, rule: Backfill, rows: Ints, open_rows: Ints, day: Floats, waiting: Bools
    ) -> None:
        """Treat who comes before the day of decision at open lower levels; moves `day` on."""
        while True:
            due = open_rows[~waiting[open_rows]]
            due = due[self.arrives[rows[due]] < day[due]]
            if len(due) == 0:
                break
            trials, comes = rows[due], self.arrives[rows[due]]
            seen = self.snapshot(trials, comes)
            level = rule.open_level(self.design, seen.known, seen.everyone)
            waiting[due[level == 0]] = True
            there = level > 0
            self._treat(trials[there], level[there], comes[there], beside=True)
        day[open_rows] = np.maximum(day[open_rows], self.arrives[rows[open_rows]])

    def _next_outcome(self, rows: Ints, day: Floats) -> Floats:
        """Return the day on which the next outcome is known (rows,); somebody is pending."""
        known_on = self.known_on[rows, : int(self.patients[rows].max(initial=0))]
        ahead = np.where(known_on > day[:, None], known_on, np.inf)
        return np.asarray(ahead.min(axis=1, initial=np.inf))

    def _states(self, rows: Ints, coming: Ints) -> States:
        """Return the states with everyone treated; `coming` (rows, doses) DLTs not yet seen."""
        return toxicity_states(
            self.treated[rows],
            self.toxicities[rows] - coming.astype(COUNT),
            self.current[rows],
            self.eliminated[rows],
            self.cohorts[rows],
        )
