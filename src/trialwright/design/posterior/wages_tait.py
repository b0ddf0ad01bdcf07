"""Estimates of Wages and Tait's model by quadrature: power curves for toxicity and for response.

Each curve has one normal parameter, so that a rate's mean and a curve's evidence are integrals in
one dimension: the trapezoidal rule over the prior's range, exact to about ten digits. The exact
(Clopper-Pearson) limits that end the trial stand here too.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from scipy.special import betaincinv

from trialwright.design.posterior.nodes import even_nodes
from trialwright.design.posterior.patterns import distinct_rows
from trialwright.design.states import Floats, Ints, States

MOST_CURVES = 200  # response curves in one design
_REACH, _STEP = 6.5, 0.05  # of the nodes: standard deviations of the prior, and their distance
_TIE = 1e-9  # weights and rates that differ by less are equal


@dataclass(frozen=True, slots=True)
class PowerCurves:
    """Prior rates by level of the toxicity curve and of each response curve, with its weight."""

    tox_skeleton: tuple[float, ...]
    eff_skeletons: tuple[tuple[float, ...], ...]
    prior_weights: tuple[float, ...]
    scale: float  # standard deviation of every parameter


@dataclass(frozen=True, slots=True, eq=False)
class WagesTaitFit:
    """What the outcomes say in each state."""

    dlt_rates: Floats  # (states, doses) posterior means
    response_rates: Floats  # (states, doses) posterior means under the chosen curve
    weights: Floats  # (states, curves)
    curve: Ints  # (states,) the chosen curve, from 0


def fit_curves(curves: PowerCurves, states: States) -> WagesTaitFit:
    """Return estimates for each state, worked out once for each pattern of counts."""
    counts = np.hstack([states.treated, states.dlts, states.responses]).astype(np.int16)
    keep, pattern = distinct_rows(counts)
    found = _fit(curves, counts[keep].tobytes())
    return WagesTaitFit(
        found.dlt_rates[pattern],
        found.response_rates[pattern],
        found.weights[pattern],
        found.curve[pattern],
    )


@lru_cache(maxsize=4)
def _fit(curves: PowerCurves, counts: bytes) -> WagesTaitFit:
    """Return the estimates for each row of counts; asked several times for the same states."""
    doses = len(curves.tox_skeleton)
    rows = np.frombuffer(counts, np.int16).reshape(-1, 3, doses)
    treated, dlts, responses = rows.transpose(1, 0, 2)
    dlt_rates, _ = _estimates((curves.tox_skeleton,), curves.scale, treated, dlts)
    rates, evidence = _estimates(curves.eff_skeletons, curves.scale, treated, responses)
    logs = evidence + np.log(curves.prior_weights)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    curve = first_highest(weights)
    return WagesTaitFit(dlt_rates[:, 0], rates[np.arange(len(rows)), curve], weights, curve)


def _estimates(
    skeletons: tuple[tuple[float, ...], ...], scale: float, treated: Ints, events: Ints
) -> tuple[Floats, Floats]:
    """Return posterior mean rates (rows, curves, doses) and log evidence (rows, curves)."""
    keep, pattern = distinct_rows(np.hstack([treated, events]))
    seen = events[keep].astype(np.float64)
    others = treated[keep] - seen
    parts = [_posterior(_grid(skeleton, scale), seen, others) for skeleton in skeletons]
    rates = np.stack([mean for mean, _ in parts], axis=1)
    return rates[pattern], np.stack([evidence for _, evidence in parts], axis=1)[pattern]


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """One curve at the nodes of its parameter."""

    log_rate: Floats  # (doses, nodes)
    log_other: Floats  # (doses, nodes) log(1 - rate)
    rate: Floats  # (nodes, doses)
    log_prior: Floats  # (nodes,) with the weight of the node


@lru_cache(maxsize=2 * MOST_CURVES)
def _grid(skeleton: tuple[float, ...], scale: float) -> _Grid:
    nodes, weights = even_nodes(-_REACH * scale, _REACH * scale, _STEP)
    log_rate = np.exp(nodes) * np.log(skeleton)[:, None]
    # Where a rate is 1 to all digits, its complement is taken as the least number, not as 0.
    other = np.maximum(-np.expm1(log_rate), np.finfo(float).tiny)
    log_prior = np.log(weights) - 0.5 * (nodes / scale) ** 2 - np.log(scale * sqrt(2 * np.pi))
    return _Grid(log_rate, np.log(other), np.exp(log_rate).T, log_prior)


def _posterior(grid: _Grid, events: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Return mean rates (rows, doses) and log evidence (rows,) for counts (rows, doses)."""
    logs = events @ grid.log_rate + others @ grid.log_other + grid.log_prior
    top = logs.max(axis=1, keepdims=True)
    weight = np.exp(logs - top)
    total = weight.sum(axis=1, keepdims=True)
    return weight @ grid.rate / total, (top + np.log(total))[:, 0]


def first_highest(values: Floats) -> Ints:
    """Return the first column that is highest, up to rounding (rows,)."""
    best = values.max(axis=1, keepdims=True)
    return np.asarray(np.argmax(values >= best - _TIE * np.abs(best), axis=1))


@lru_cache(maxsize=16)
def exact_limits(confidence: float, most: int) -> tuple[Floats, Floats]:
    """Return the Clopper-Pearson limits by (treated, events); 0 and 1 where nobody is treated."""
    n, y = np.arange(most)[:, None], np.arange(most)[None, :]
    tail, inside = (1 - confidence) / 2, n >= y
    lower = betaincinv(np.maximum(y, 1), np.maximum(n - y, 0) + 1, tail)
    upper = betaincinv(y + 1, np.maximum(n - y, 1), 1 - tail)
    return np.where(inside & (y > 0), lower, 0.0), np.where(inside & (y < n), upper, 1.0)
