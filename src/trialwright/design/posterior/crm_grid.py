"""Where the CRM's posterior is integrated: nodes for every outcome of up to so many patients.

The nodes depend on the design and on a bound on the patients alone, never on the outcomes, so one
table of log likelihoods by level serves every state: a state's likelihood is a matrix product.
The bound is the next power of two, so that a state's answer does not depend on which other states
are asked with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np

from trialwright.design.posterior.crm_curve import CrmCurve
from trialwright.design.posterior.kept import Kept
from trialwright.design.posterior.nodes import even_nodes, half_line_weights
from trialwright.design.states import Bools, Floats

# Posterior density below exp(-28) = 7e-13 of its maximum is left out.
_NEGLIGIBLE = 28.0
# Steps between nodes, of the narrowest standard deviation a posterior can have. Integrals over a
# half-line need finer steps along it. With two parameters, where nodes are many, six to nine
# digits are enough, else ten.
_STEP, _FINE_STEP = 0.75, 0.4
_KEPT_BYTES = 128 << 20  # of all grids; then the longest unused go
_WIDE_STEPS, _WIDE_FINE_STEPS = (0.9, 0.9), (0.6, 0.75)  # of intercept and slope


@dataclass(frozen=True, eq=False)
class CrmGrid:
    """Nodes of a curve's parameters with the log of prior density times quadrature weight."""

    curve: CrmCurve
    parameters: Floats  # (nodes, parameters)
    log_weight: Floats  # (nodes,)
    step: float  # between nodes along the first parameter

    @property
    def held(self) -> int:
        """Bytes that it takes with its tables, about."""
        columns = 3 * len(self.curve.labels) + self.parameters.shape[1] + 1
        return 8 * len(self.log_weight) * int(columns)

    @cached_property
    def log_likelihood(self) -> Floats:
        """Log p, then log(1 - p), by level (2 * doses, nodes)."""
        return np.vstack([part.T for part in self.curve.log_rates(self.parameters)])

    @cached_property
    def rates(self) -> Floats:
        """The DLT rates by level (doses, nodes)."""
        return np.ascontiguousarray(self.curve.rates(self.parameters).T)

    def above(self, rate: float) -> Floats:
        """Return the share that a node has in the probability that a rate is above `rate`.

        By level (nodes, doses): 1 and 0 far from the place where the rates are equal.
        """
        crossing = self.curve.crossings(rate, self.parameters[:, -1])
        ahead = (self.parameters[:, :1] - crossing) / self.step
        return half_line_weights(ahead if self.curve.two else -ahead)


def bound(patients: int) -> int:
    """Return the next power of two: the patients for whom a grid serves."""
    return 1 << max(patients - 1, 0).bit_length()


def grid_for(curve: CrmCurve, most: int, rate: float | None = None) -> CrmGrid:
    """Return nodes for `most` patients; with a `rate`, for the chance that one is above it."""
    return _grid((curve, most, rate))


def _made(question: tuple[CrmCurve, int, float | None]) -> CrmGrid:
    curve, most, rate = question
    lower, upper = _box(curve, most)
    narrow = _narrowest(curve, most)
    steps = _coarse(curve, narrow) if rate is None else _fine(curve, narrow, rate)
    steps[-1] = min(steps[-1], _longest(curve, fine=rate is not None))
    axes = [even_nodes(*axis) for axis in zip(lower, upper, steps, strict=True)]
    parameters = _tensor([nodes for nodes, _ in axes])
    weight = np.prod(_tensor([weights for _, weights in axes]), axis=1)
    if curve.two:
        kept = _matters(curve, parameters, most)
        parameters, weight = parameters[kept], weight[kept]
    log_weight = np.log(weight) + curve.log_prior(parameters)
    return CrmGrid(curve, parameters, log_weight, float(axes[0][1][0]))


_grid = Kept(_made, lambda grid: grid.held, _KEPT_BYTES)


def _longest(curve: CrmCurve, *, fine: bool) -> float:
    """Return the longest step of b, however little is known.

    The error of a sum falls as exp(-2 pi y / step), where y is how far from the real axis the
    integrand is analytic: for a logistic curve up to atan(pi / a), where exp(b) x = -a + i pi.
    """
    if curve.model == "empiric":
        return 0.3
    intercept = abs(curve.intercept) + 2 * curve.intercept_sd
    distance = float(np.arctan2(np.pi, intercept))
    return distance / ((6 if fine else 3) if curve.two else (8 if fine else 4))


def _coarse(curve: CrmCurve, narrow: Floats) -> Floats:
    found: Floats = narrow * (_WIDE_STEPS if curve.two else (_STEP,))
    return found


def _fine(curve: CrmCurve, narrow: Floats, rate: float) -> Floats:
    """Return steps for integrals over a half-line along the first parameter.

    Where the intercept is that parameter, the half-line's start moves with the slope, by up to
    |logit rate - a| for a step of 1 in b; it may not move by more than the posterior is narrow.
    """
    if not curve.two:
        return narrow * _FINE_STEP
    intercept, slope = narrow * _WIDE_FINE_STEPS
    moves = abs(curve.on_scale(rate) - curve.intercept) + curve.intercept_sd
    return np.array([intercept, min(slope, narrow[0] / moves)])


def _narrowest(curve: CrmCurve, most: int) -> Floats:
    """Return a bound from below on the posterior standard deviation of each parameter."""
    information = np.array([most / 4, most * curve.most_information()])
    found: Floats = 1 / np.sqrt(1 / curve.spread**2 + information[-len(curve.spread) :])
    return found


@lru_cache(maxsize=64)
def _box(curve: CrmCurve, most: int) -> tuple[Floats, Floats]:
    """Return limits of each parameter outside which every posterior is negligible."""
    reach = 9 * curve.spread + np.minimum(12, 5 * most * curve.spread**2)
    count = 100 if curve.two else 400
    axes = [np.linspace(m - r, m + r, count) for m, r in zip(curve.centre, reach, strict=True)]
    coarse = _tensor(axes)
    step = 2 * reach / (count - 1)
    inside = coarse[_matters(curve, coarse, most)]
    return inside.min(axis=0) - step, inside.max(axis=0) + step


def _matters(curve: CrmCurve, parameters: Floats, most: int) -> Bools:
    """Say where some outcome's posterior is not negligible (points,)."""
    prior = curve.log_prior(parameters)
    found = np.zeros(len(parameters), np.bool_)
    for likelihood in _extremes(curve, parameters, most):
        density = prior + likelihood
        found |= density > density.max() - _NEGLIGIBLE
    return found


def _extremes(curve: CrmCurve, parameters: Floats, most: int) -> Iterator[Floats]:
    """Yield the log likelihoods of the outcomes that pull the parameters furthest.

    None, and all or no DLT in as many patients as there may be, at one level or at two.
    """
    dlt, spared = (part.T * most for part in curve.log_rates(parameters))
    yield np.zeros(len(parameters))
    yield from dlt
    yield from spared
    if curve.two:
        yield from (0.5 * (toxic + clean) for toxic, clean in product(dlt, spared))


def _tensor(axes: list[Floats]) -> Floats:
    """Return every combination of the axes' entries, a row each."""
    return np.stack([part.ravel() for part in np.meshgrid(*axes, indexing="ij")], axis=1)
