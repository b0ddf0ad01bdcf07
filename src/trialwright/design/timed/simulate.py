"""Simulated trials on a calendar: behaviour, duration, and how long patients waited."""

from dataclasses import dataclass

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.behaviour.averages import Behaviour, combine, selection_error, summarise
from trialwright.design.curves import Curves, TrueRates
from trialwright.design.design import Design
from trialwright.design.parameters import whole
from trialwright.design.states import Floats
from trialwright.design.timed.calendar import Calendar
from trialwright.design.timed.trials import Trials, draw, places, run

MOST_TRIALS = 10_000_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_CELLS = 1 << 18  # patients at a time: their arrays stay near the processor


@dataclass(frozen=True, slots=True, eq=False)
class TimedSimulation:
    """What simulated trials did on average; axis 0 is the curve."""

    behaviour: Behaviour
    trials: int
    days: Floats  # (curves,) mean duration: first treatment to last outcome
    quantiles: Floats  # (curves, len(QUANTILES)) of the duration, in days
    days_error: Floats  # (curves,) standard error of the mean duration
    waited: Floats  # (curves,) mean days that patients who had come waited between cohorts
    backfilled: Floats  # (curves,) mean patients treated beside the cohorts

    @property
    def standard_error(self) -> Floats:
        """The standard error of each selection probability (curves, doses + 1)."""
        return selection_error(self.behaviour, self.trials)


def simulate_in_time(
    design: Design, true: Curves, *, calendar: Calendar, trials: int, rng: np.random.Generator
) -> TimedSimulation:
    """Simulate `trials` trials under each curve on a calendar.

    Raises InputError for a design without a schedule, or whose method looks at responses.
    """
    whole("trials", trials, 1, MOST_TRIALS)
    _check(design)
    truth = design.truth(true)
    curves = [truth[i : i + 1] for i in range(len(truth))]
    parts = [_one_curve(design, curve, calendar, trials, rng) for curve in curves]
    days = np.stack([part.days for part in parts])
    return TimedSimulation(
        combine(np.concatenate, [part.behaviour for part in parts], truth),
        trials,
        days.mean(axis=1),
        np.quantile(days, QUANTILES, axis=1).T,
        days.std(axis=1) / np.sqrt(trials) if trials > 1 else np.full(len(days), np.nan),
        np.array([part.waited for part in parts]),
        np.array([part.backfilled for part in parts]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Trials under one curve: means, and each trial's duration (trials,)."""

    behaviour: Behaviour
    days: Floats
    waited: float
    backfilled: float


def _check(design: Design) -> None:
    if not design.schedule:
        raise InputError("design", "no cohort schedule", "one, such as 3x10 or 4,8")
    if design.method.responses:
        raise InputError(
            "design", f"{design.method.name} looks at responses", "a method of DLTs, on a calendar"
        )
    if design.method.randomises:
        raise InputError(
            "design", f"{design.method.name} draws doses", "a method that draws none, on a calendar"
        )


def _one_curve(
    design: Design, curve: TrueRates, calendar: Calendar, trials: int, rng: np.random.Generator
) -> _Part:
    patients = places(design)
    block = max(1, _CELLS // patients)
    parts = []
    for start in range(0, trials, block):
        draws = draw(calendar, min(block, trials - start), patients, rng)
        parts.append(_summary(design, curve, run(design, curve.dlt[0], calendar, draws), trials))
    return _Part(
        combine(np.sum, [part.behaviour for part in parts], curve),
        np.concatenate([part.days for part in parts]),
        sum(part.waited for part in parts),
        sum(part.backfilled for part in parts),
    )


def _summary(design: Design, curve: TrueRates, block: Trials, trials: int) -> _Part:
    """Return the share that a block has in the averages over all `trials`."""
    ends = block.states
    concluded = design.concluded(ends)
    weights = np.full((1, len(ends)), 1 / trials)
    return _Part(
        summarise(curve, weights, ends, concluded.selection, concluded.early),
        block.days,
        float(block.waited.sum()) / trials,
        float(block.backfilled.sum()) / trials,
    )
