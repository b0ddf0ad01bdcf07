"""Isotonic estimate of DLT rates and the selection of the MTD from it, as BOIN's authors do.

Liu and Yuan 2015, JRSS C 64:507, section 2.4; details as in `select.mtd` of the R package BOIN:
raw rates (y + .05)/(n + .1), weighted by the inverse posterior variance under Beta(.05, .05),
levels that were treated and not eliminated only. The authors of TPI and mTPI do the same with
Beta(.005, .005).
"""

import numpy as np

from trialwright.design.states import Bools, Floats, Ints, States

# The authors break ties by adding a small increasing sequence: of equal rates below the target the
# higher level is nearer, of equal rates at or above it the lower.
_TIE = 1e-10
SHAPE = 0.05  # both shapes of the prior


def isotonic_rates(states: States, shape: float = SHAPE, untested: bool = False) -> Floats:
    """Return the estimates (states, doses); NaN at levels that may not be recommended.

    The prior is Beta(shape, shape); see `eligible` for `untested`.
    """
    usable = eligible(states, untested)
    raw, weight = _raw_rates(states, usable, shape)
    return np.where(usable, _pool(raw, weight), np.nan)


def nearest_to_target(
    states: States, target: float, shape: float = SHAPE, untested: bool = False
) -> Ints:
    """Return the level whose isotonic estimate is nearest to the target (states,), 0 for none."""
    usable = eligible(states, untested)
    if len(states) == 0:
        return np.zeros(0, np.int8)
    rank = np.cumsum(usable, axis=1)
    distance = np.abs(isotonic_rates(states, shape, untested) + rank * _TIE - target)
    nearest = np.argmin(np.where(usable, distance, np.inf), axis=1) + 1
    return np.where(usable.any(axis=1), nearest, 0).astype(np.int8)


def eligible(states: States, untested: bool = False) -> Bools:
    """Return the levels that may be recommended (states, doses): treated, and not eliminated.

    `untested` adds levels where nobody was treated, once somebody was treated at another: their
    rate is the prior's, 0.5, with the little weight that the prior has.
    """
    open_levels: Bools = ~states.eliminated
    if untested:
        open_levels &= states.treated.sum(axis=1, keepdims=True) > 0
        return open_levels
    return open_levels & (states.treated > 0)


def _raw_rates(states: States, usable: Bools, shape: float) -> tuple[Floats, Floats]:
    a = states.dlts + shape
    b = states.treated - states.dlts + shape
    total = a + b
    variance = a * b / (total**2 * (total + 1.0))
    return a / total, np.where(usable, 1.0 / variance, 0.0)


def _pool(raw: Floats, weight: Floats) -> Floats:
    """Weighted isotonic regression along the last axis, by the max-min formula.

    The estimate at i is the maximum over a <= i of the minimum over b >= i of the weighted mean of
    a..b (Robertson, Wright and Dykstra 1988, theorem 1.4.4). Weight 0 leaves a level out.
    """
    doses = raw.shape[1]
    estimate = np.full(raw.shape, -np.inf)
    for a in range(doses):
        sums = np.cumsum((raw * weight)[:, a:], axis=1)
        weights = np.cumsum(weight[:, a:], axis=1)
        means = np.divide(sums, weights, out=np.full(sums.shape, np.inf), where=weights > 0)
        least_from = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]
        reached = np.where(weights > 0, least_from, -np.inf)
        estimate[:, a:] = np.maximum(estimate[:, a:], reached)
    return estimate
