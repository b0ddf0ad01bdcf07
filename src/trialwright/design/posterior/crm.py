"""Posterior means of the CRM's parameters and of functions of them, and its maximum likelihood.

The likelihood of a patient at level d is p_d with a DLT, 1 - w p_d without one, where w is 1 for a
patient who was followed through the whole window, and the weight of a pending patient otherwise
(Cheung and Chappell 2000, Biometrics 56:1177).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from trialwright.design.posterior.crm_curve import CrmCurve
from trialwright.design.posterior.crm_grid import CrmGrid, bound, grid_for
from trialwright.design.states import Floats, Ints

_CELLS = 1 << 16  # rows times nodes at a time: 0.5 MB, which stays in the processor's cache
_LIMIT = 10.0  # the likelihood is maximised over b from -10 to 10, as the R package dfcrm does
_BISECTIONS = 50  # leaves 20 / 2^50


@dataclass(frozen=True, slots=True, eq=False)
class CrmEvidence:
    """What is known in each state; pending patients have columns of their own."""

    dlts: Ints  # (states, doses)
    spared: Ints  # (states, doses) followed through without a DLT
    level: Ints  # (states, pending) 0: no such patient
    weight: Floats  # (states, pending) 0: no such patient

    def __len__(self) -> int:
        return len(self.dlts)

    def take(self, rows: Ints | slice) -> "CrmEvidence":
        """Return the rows that an index or a slice names."""
        return CrmEvidence(self.dlts[rows], self.spared[rows], self.level[rows], self.weight[rows])

    @property
    def patients(self) -> Ints:
        """How many patients say something (states,)."""
        found: Ints = (self.dlts + self.spared).sum(axis=1) + (self.level > 0).sum(axis=1)
        return found


def parameter_moments(curve: CrmCurve, evidence: CrmEvidence) -> tuple[Floats, Floats]:
    """Return posterior mean and variance of each parameter, each (states, parameters)."""

    def functions(grid: CrmGrid) -> Floats:
        return np.hstack([grid.parameters, grid.parameters**2])

    mean, square = np.hsplit(_by_size(curve, evidence, functions), 2)
    return mean, np.maximum(square - mean**2, 0.0)


def mean_parameters(curve: CrmCurve, evidence: CrmEvidence) -> Floats:
    """Return the posterior mean of each parameter (states, parameters)."""
    return _by_size(curve, evidence, lambda grid: grid.parameters)


def mean_rates(curve: CrmCurve, evidence: CrmEvidence) -> Floats:
    """Return the posterior mean of each level's DLT rate (states, doses)."""
    return _by_size(curve, evidence, lambda grid: grid.rates.T)


def linear_moments(curve: CrmCurve, evidence: CrmEvidence) -> tuple[Floats, Floats]:
    """Return posterior mean and variance of logit p by level, each (states, doses)."""

    def functions(grid: CrmGrid) -> Floats:
        z = curve.linear(grid.parameters)
        return np.hstack([z, z**2])

    mean, square = np.hsplit(_by_size(curve, evidence, functions), 2)
    return mean, np.maximum(square - mean**2, 0.0)


def exceedances(curve: CrmCurve, evidence: CrmEvidence, rate: float) -> Floats:
    """Return P(DLT rate > rate) by level (states, doses)."""
    found = _by_size(curve, evidence, lambda grid: grid.above(rate), rate)
    return np.clip(found, 0.0, 1.0)


def maximum_likelihood(curve: CrmCurve, evidence: CrmEvidence) -> Floats:
    """Return the maximum likelihood estimate of b (states,); -10 or 10 where there is none.

    Of known outcomes the log likelihood is concave in exp(b): its derivative changes sign once at
    most.
    """
    low = np.full(len(evidence), -_LIMIT)
    high = np.full(len(evidence), _LIMIT)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        rises = _score(curve, evidence, middle) >= 0  # 0 where no rate can be told from 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    found: Floats = (low + high) / 2
    return np.where(np.abs(found) > _LIMIT - 1e-9, np.round(found), found)


def likelihood_variance(curve: CrmCurve, evidence: CrmEvidence, estimate: Floats) -> Floats:
    """Return the inverse of the observed information on b (states,); inf where there is none."""
    step = 1e-5
    change = _score(curve, evidence, estimate + step) - _score(curve, evidence, estimate - step)
    information = -np.exp(estimate) * change / (2 * step)
    inside = (np.abs(estimate) < _LIMIT) & (information > 0)
    found: Floats = np.full(len(estimate), np.inf)
    return np.divide(1.0, information, out=found, where=inside)


def _score(curve: CrmCurve, evidence: CrmEvidence, b: Floats) -> Floats:
    """Return the derivative of the log likelihood by exp(b) (states,)."""
    z = curve.linear(b[:, None])
    rates = curve.rates(b[:, None])
    # d log p / d exp(b), and d log(1 - p) / d exp(b) with its sign turned
    if curve.model == "empiric":
        gain: Floats = np.broadcast_to(curve.labels, rates.shape)
        loss: Floats = rates / -np.expm1(z) * gain
    else:
        gain, loss = (1 - rates) * curve.labels, rates * curve.labels
    score: Floats = (evidence.dlts * gain - evidence.spared * loss).sum(axis=1)
    for level, weight in zip(evidence.level.T, evidence.weight.T, strict=True):
        rows, here = np.flatnonzero(level), level[level > 0] - 1
        p, w = rates[rows, here], weight[rows]
        score[rows] -= w * p * gain[rows, here] / (1 - w * p)
    return score


def _by_size(
    curve: CrmCurve,
    evidence: CrmEvidence,
    functions: Callable[[CrmGrid], Floats],
    rate: float | None = None,
) -> Floats:
    """Return posterior means of functions (nodes, functions), a row per state."""
    sizes = np.array([bound(int(n)) for n in range(int(evidence.patients.max(initial=0)) + 1)])
    size = sizes[evidence.patients]
    parts: list[tuple[Ints, Floats]] = []
    for most in np.unique(size):
        grid = grid_for(curve, int(most), rate)
        rows: Ints = np.flatnonzero(size == most)
        parts.append((rows, _average(grid, evidence.take(rows), functions(grid))))
    result = np.empty((len(evidence), parts[0][1].shape[1] if parts else 0))
    for where, values in parts:
        result[where] = values
    return result


def _average(grid: CrmGrid, evidence: CrmEvidence, functions: Floats) -> Floats:
    """Return posterior means of functions (nodes, functions) for each row of evidence."""
    weighed = np.hstack([np.ones((len(functions), 1)), functions])
    sums = np.vstack([part @ weighed for part in _densities(grid, evidence)])
    found: Floats = sums[:, 1:] / sums[:, :1]
    return found


def _densities(grid: CrmGrid, evidence: CrmEvidence) -> Iterator[Floats]:
    """Yield posterior densities up to a factor, some rows at a time (rows, nodes)."""
    step = max(1, _CELLS // len(grid.log_weight))
    for start in range(0, len(evidence), step):
        part = evidence.take(slice(start, start + step))
        known = np.hstack([part.dlts, part.spared]).astype(np.float64)
        density = known @ grid.log_likelihood
        density += grid.log_weight
        density -= density.max(axis=1, keepdims=True)
        np.exp(density, out=density)
        _weigh_pending(density, grid.rates, part)
        yield density


def _weigh_pending(density: Floats, rates: Floats, evidence: CrmEvidence) -> None:
    """Multiply each row by 1 - w p for each of its pending patients, in place."""
    for level, weight in zip(evidence.level.T, evidence.weight.T, strict=True):
        factor = rates.take(np.maximum(level, 1) - 1, axis=0)
        factor *= -weight[:, None]
        factor += 1.0
        density *= factor
