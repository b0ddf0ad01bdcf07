"""Posterior of DLT rates under a logistic curve of two parameters, remembered by outcome counts.

A posterior depends on the counts alone: (patients, DLTs) by dose. So each distinct count is worked
out once and kept, for the next question about the same state, level of a graph or simulation.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np

from trialwright.design.posterior.cells import integrals
from trialwright.design.posterior.kept import Kept, grown
from trialwright.design.posterior.logistic_prior import Logistic
from trialwright.design.posterior.patterns import distinct_counts
from trialwright.design.states import Floats, Ints, States

MOST_BYTES = 64 << 20  # of one curve and rates; then it starts afresh
_KEPT_BYTES = 192 << 20  # of all of them; then the longest unused go
_BESIDE = 200  # bytes that a count takes beside its row, about
_DIGITS = 9  # a tie must not depend on what was worked out together, which moves the last bits


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What outcomes say about the DLT rates; axis 0 is the state."""

    mean: Floats  # (states, doses)
    above: Floats  # (states, doses, rates) P(DLT rate > rate)


def posterior(curve: Logistic, rates: tuple[float, ...], states: States) -> Posterior:
    """Return the posterior in each state; `rates` lie between 0 and 1."""
    doses = len(curve.x)
    found = _kept((curve, rates)).look_up(states)
    above = found[:, doses:].reshape(len(states), doses, len(rates))
    return Posterior(found[:, :doses], above)


class _Known:
    """Posteriors by outcome counts: a row for each count that was asked for."""

    def __init__(self, curve: Logistic, rates: tuple[float, ...]) -> None:
        self.curve = curve
        self.rates = rates
        self.row: dict[bytes, int] = {}
        self.values = np.empty((0, len(curve.x) * (1 + len(rates))))  # room for more than `row`
        self.lock = Lock()

    @property
    def held(self) -> int:
        """Bytes that it takes, about."""
        return self.values.nbytes + _BESIDE * len(self.row)

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
        if self.held > MOST_BYTES:
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
        before, after = len(self.row), len(self.row) + len(keys)
        self.values = grown(self.values, after)
        self.values[before:after] = shares
        self.row.update(zip(keys, range(before, after), strict=True))


def _new(question: tuple[Logistic, tuple[float, ...]]) -> _Known:
    return _Known(*question)


_kept = Kept(_new, lambda known: known.held, _KEPT_BYTES)
