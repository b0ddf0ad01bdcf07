"""Beta-binomial posterior of a DLT rate; the prior is Beta(1, 1) where none is stated."""

from functools import lru_cache

import numpy as np
from scipy.special import betaincc

from trialwright.design.states import Bools, Floats, Ints

Beta = tuple[float, float]  # the two shapes of a prior: DLTs, patients without one
UNIFORM: Beta = (1.0, 1.0)


def exceedance(target: float, treated: Ints, dlts: Ints, prior: Beta = UNIFORM) -> Floats:
    """Return P(rate > target | dlts of treated), elementwise; arrays of one shape.

    With the prior Beta(a, b) the posterior is Beta(a + dlts, b + treated - dlts).
    """
    most = int(treated.max(initial=0))
    return _table(target, 1 << most.bit_length(), prior)[treated, dlts]


def exceeds(
    target: float, cutoff: float, treated: Ints, dlts: Ints, prior: Beta = UNIFORM
) -> Bools:
    """Say where P(rate > target | dlts of treated) > cutoff, elementwise."""
    most = int(treated.max(initial=0))
    return _where(target, cutoff, 1 << most.bit_length(), prior)[treated, dlts]


@lru_cache(maxsize=64)
def _where(target: float, cutoff: float, most: int, prior: Beta) -> Bools:
    found = _table(target, most, prior) > cutoff
    found.setflags(write=False)
    return found


@lru_cache(maxsize=64)
def _table(target: float, most: int, prior: Beta) -> Floats:
    """Tail probabilities by (treated, dlts); 1 where dlts exceed treated, which cannot occur."""
    treated = np.arange(most)[:, None]
    dlts = np.arange(most)[None, :]
    tail = betaincc(dlts + prior[0], np.maximum(treated - dlts, 0) + prior[1], target)
    table = np.where(dlts <= treated, tail, 1.0)
    table.setflags(write=False)
    return table
