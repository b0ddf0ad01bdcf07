"""Change from baseline of a measure: mean, standard deviation and Student's t interval.

Student, Biometrika 1908;6:1. Complete pairs only; everyone without a pair is counted and named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from trialwright.analysis.groups import Group
from trialwright.analysis.measurements import NumberPairs, absence_note, missing_rows, number_pairs
from trialwright.analysis.row import Row
from trialwright.protocol.model import Protocol

METHOD = "Mean of paired changes, Student's t interval (Biometrika 1908;6:1), complete pairs"
MEAN = "Mean and standard deviation, complete pairs"


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with what is known about its spread; None where it cannot be computed."""

    value: float | None
    sd: float | None
    lower: float | None
    upper: float | None
    n: int
    why: str | None = None  # why something is None


def mean_with_limits(values: Sequence[float], level: float = 0.95) -> Mean:
    """Return the mean, the standard deviation (n - 1) and the t interval.

    >>> mean_with_limits([5.0]).why
    'one person: no spread, so no interval'
    """
    n = len(values)
    if n == 0:
        return Mean(None, None, None, None, 0, "nobody with both values")
    mean = float(np.mean(values))
    if n == 1:
        return Mean(mean, None, None, None, 1, "one person: no spread, so no interval")
    sd = float(np.std(values, ddof=1))
    half = float(stdtrit(n - 1, (1 + level) / 2)) * sd / n**0.5
    return Mean(mean, sd, mean - half, mean + half, n)


def change_rows(
    group: Group, protocol: Protocol, measure: str, visit: str, unit: str | None
) -> tuple[Row, ...]:
    """Return baseline mean, mean at the visit and mean change of one group at one visit."""
    found = number_pairs(group.subjects, protocol, measure, visit, unit)
    firsts = [pair.baseline for pair in found.complete]
    thens = [pair.later for pair in found.complete]
    changes = [pair.later - pair.baseline for pair in found.complete]
    place = _Place(group.name, measure, visit, found)
    return (
        _row(place, "baseline_mean", mean_with_limits(firsts), MEAN, limits=False),
        _row(place, "visit_mean", mean_with_limits(thens), MEAN, limits=False),
        _row(place, "mean_change", mean_with_limits(changes), METHOD, limits=True),
        *missing_rows("function.change", group.name, measure, visit, found.absent),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    group: str
    measure: str
    visit: str
    found: NumberPairs


def _row(place: _Place, statistic: str, mean: Mean, method: str, *, limits: bool) -> Row:
    bounded = limits and mean.lower is not None
    notes = [mean.why if limits or mean.n == 0 else None, absence_note(place.found.absent)]
    return Row(
        "function.change", "treated", place.group, place.measure, statistic, mean.value,
        lower=mean.lower if limits else None, upper=mean.upper if limits else None,
        level=0.95 if bounded else None, sd=mean.sd, n=mean.n, missing=len(place.found.absent),
        unit=place.found.unit, visit=place.visit, method=method,
        note="; ".join(note for note in notes if note) or None,
    )  # fmt: skip
