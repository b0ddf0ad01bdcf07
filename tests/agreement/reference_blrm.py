"""The posterior of a two-parameter logistic curve again, plainly and slowly, from its definition.

One state at a time. Over alpha a fine composite Gauss rule that is cut at every threshold; over
beta the adaptive rule of SciPy. `tail_by_dblquad` leaves both directions to SciPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, pi, sqrt

import numpy as np
import numpy.typing as npt
from scipy.integrate import dblquad, quad_vec

Floats = npt.NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


@dataclass(frozen=True)
class Question:
    """A prior of (weight, alpha, beta, sd, sd, correlation), doses as log ratios, and counts."""

    prior: Sequence[tuple[float, float, float, float, float, float]]
    x: Sequence[float]
    treated: Sequence[int]
    dlts: Sequence[int]

    def log_density(self, alpha: Floats, beta: Floats) -> Floats:
        """Return prior times likelihood, in logs, without a constant of the likelihood."""
        total = np.logaddexp.reduce([_log_normal(n, alpha, beta) for n in self.prior])
        slope = np.exp(np.minimum(beta, 300.0))
        for x, n, y in zip(self.x, self.treated, self.dlts, strict=True):
            logit = alpha + slope * x
            if y:
                total = total - y * np.logaddexp(0, -logit)
            if n > y:
                total = total - (n - y) * np.logaddexp(0, logit)
        return np.asarray(total)


def _log_normal(
    normal: tuple[float, float, float, float, float, float], alpha: Floats, beta: Floats
) -> Floats:
    weight, mean_a, mean_b, sd_a, sd_b, rho = normal
    u, v = (alpha - mean_a) / sd_a, (beta - mean_b) / sd_b
    square = (u * u - 2 * rho * u * v + v * v) / (1 - rho * rho)
    return log(weight / (2 * pi * sd_a * sd_b * sqrt(1 - rho * rho))) - square / 2


def posterior(question: Question, rates: Sequence[float]) -> tuple[Floats, Floats]:
    """Return the mean DLT rates (doses,) and P(DLT rate > rate) (doses, rates)."""
    bottom, top, low, high, peak = _box(question)
    x = np.array(question.x)
    logits = np.log(rates) - np.log1p(-np.array(rates))
    narrowest = min(n[3] * sqrt(1 - n[5] ** 2) for n in question.prior)
    panels = np.linspace(bottom, top, max(60, int((top - bottom) / (4 * narrowest))) + 1)

    def inner(beta: float) -> Floats:
        slope = np.exp(min(beta, 300.0))
        thresholds = np.clip(logits - slope * x[:, None], bottom, top).ravel()
        edges = np.unique(np.concatenate([panels, thresholds]))
        half = np.diff(edges)[:, None] / 2
        alpha = edges[:-1, None] + half + half * NODES
        value = np.exp(question.log_density(alpha, np.full(alpha.shape, beta)) - peak)
        value = value * half * WEIGHTS
        upto = np.concatenate([[0], np.cumsum(value.sum(axis=1))])
        rate = [np.sum(value / (1 + np.exp(-np.clip(alpha + slope * z, -700, 700)))) for z in x]
        tails = upto[-1] - upto[np.searchsorted(edges, thresholds)]
        return np.array([upto[-1], *rate, *tails])

    found, _ = quad_vec(inner, low, high, epsabs=0, epsrel=1e-10, norm="max", limit=4000)
    doses = len(x)
    tails = found[1 + doses :].reshape(doses, len(rates))
    return found[1 : 1 + doses] / found[0], tails / found[0]


def tail_by_dblquad(question: Question, dose: int, rate: float) -> float:
    """Return P(DLT rate > rate) at one dose, by nested adaptive quadrature."""
    bottom, top, low, high, peak = _box(question)
    logit, x = log(rate / (1 - rate)), question.x[dose]

    def density(alpha: float, beta: float) -> float:
        value = question.log_density(np.array(alpha), np.array(beta))
        return exp(float(value) - peak)

    def threshold(beta: float) -> float:
        return min(max(logit - exp(beta) * x, bottom), top)

    above, _ = dblquad(density, low, high, threshold, top, epsabs=1e-9, epsrel=1e-9)
    below, _ = dblquad(density, low, high, bottom, threshold, epsabs=1e-9, epsrel=1e-9)
    return float(above / (above + below))


def _box(question: Question) -> tuple[float, float, float, float, float]:
    """Return the box (alpha, then beta) outside of which the density is below e^-40 of its peak."""
    sds = 30.0
    alpha = _range([(n[1], n[3]) for n in question.prior], sds)
    beta = _range([(n[2], n[4]) for n in question.prior], sds)
    grid_a, grid_b = np.meshgrid(alpha, beta)
    density = question.log_density(grid_a, grid_b)
    peak = float(density.max())
    matters = density > peak - 40
    step_a, step_b = alpha[1] - alpha[0], beta[1] - beta[0]
    kept_a, kept_b = grid_a[matters], grid_b[matters]
    return (
        *(float(kept_a.min() - step_a), float(kept_a.max() + step_a)),
        *(float(kept_b.min() - step_b), float(kept_b.max() + step_b)),
        peak,
    )


def _range(normals: list[tuple[float, float]], sds: float) -> Floats:
    low = min(mean - sds * sd for mean, sd in normals)
    high = max(mean + sds * sd for mean, sd in normals)
    return np.linspace(low, high, 601)
