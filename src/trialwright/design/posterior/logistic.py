"""Posterior of DLT rates under a logistic curve of two parameters, remembered by outcome counts.

A posterior depends on the counts alone: (patients, DLTs) by dose. So each distinct count is worked
out once and kept, for the next question about the same state, level of a graph or simulation.
"""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np

from trialwright.design.posterior.cells import integrals
from trialwright.design.posterior.logistic_prior import Logistic
from trialwright.design.posterior.patterns import distinct_counts
from trialwright.design.states import Floats, Ints, States

MOST_KEPT = 200_000  # counts per curve and rates; then it starts afresh
_DIGITS = 9  # a tie must not depend on what was worked out together, which moves the last bits


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What outcomes say about the DLT rates; axis 0 is the state."""

    mean: Floats  # (states, doses)
    above: Floats  # (states, doses, rates) P(DLT rate > rate)


def posterior(curve: Logistic, rates: tuple[float, ...], states: States) -> Posterior:
    """Return the posterior in each state; `rates` lie between 0 and 1."""
    doses = len(curve.x)
    found = _kept(curve, rates).look_up(states)
    above = found[:, doses:].reshape(len(states), doses, len(rates))
    return Posterior(found[:, :doses], above)


@lru_cache(maxsize=8)
def _kept(curve: Logistic, rates: tuple[float, ...]) -> "_Kept":
    return _Kept(curve, rates)


class _Kept:
    """Posteriors by outcome counts: a row for each count that was asked for."""

    def __init__(self, curve: Logistic, rates: tuple[float, ...]) -> None:
        self.curve = curve
        self.rates = rates
        self.row: dict[bytes, int] = {}
        self.values = np.empty((0, len(curve.x) * (1 + len(rates))))
        self.lock = Lock()

    def look_up(self, states: States) -> Floats:
        """Return (states, doses + doses * rates): the means, then the tails dose by dose."""
        if len(states) == 0:
            return self.values[:0]
        first, of_row = distinct_counts(states)
        counts = np.hstack([states.treated[first], states.dlts[first]])
        with self.lock:
            rows = self._rows(counts, [row.tobytes() for row in counts])
            return np.asarray(self.values[rows][of_row])

    def _rows(self, counts: Ints, keys: list[bytes]) -> Ints:
        if len(self.row) > MOST_KEPT:
            self.row.clear()
            self.values = self.values[:0]
        new = [i for i, key in enumerate(keys) if key not in self.row]
        if new:
            self._work_out(counts[new], [keys[i] for i in new])
        return np.array([self.row[key] for key in keys])

    def _work_out(self, counts: Ints, keys: list[bytes]) -> None:
        treated, dlts = np.hsplit(counts, 2)
        sums = integrals(self.curve, self.rates, treated, dlts)
        shares = np.clip(sums[:, 1:] / sums[:, :1], 0, 1).round(_DIGITS)
        self.row.update(
            zip(keys, range(len(self.values), len(self.values) + len(keys)), strict=True)
        )
        self.values = np.vstack([self.values, shares])
