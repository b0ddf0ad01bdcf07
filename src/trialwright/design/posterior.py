"""Beta-binomial posterior of a DLT rate under the uniform prior Beta(1, 1)."""

from functools import lru_cache

import numpy as np
from scipy.special import betaincc

from trialwright.design.states import Bools, Floats, Ints


def exceedance(target: float, treated: Ints, dlts: Ints) -> Floats:
    """Return P(rate > target | dlts of treated), elementwise; arrays of one shape.

    The posterior is Beta(1 + dlts, 1 + treated - dlts).
    """
    most = int(treated.max(initial=0))
    return _table(target, 1 << most.bit_length())[treated, dlts]


def exceeds(target: float, cutoff: float, treated: Ints, dlts: Ints) -> Bools:
    """Say where P(rate > target | dlts of treated) > cutoff, elementwise."""
    most = int(treated.max(initial=0))
    return _where(target, cutoff, 1 << most.bit_length())[treated, dlts]


@lru_cache(maxsize=64)
def _where(target: float, cutoff: float, most: int) -> Bools:
    found = _table(target, most) > cutoff
    found.setflags(write=False)
    return found


@lru_cache(maxsize=64)
def _table(target: float, most: int) -> Floats:
    """Tail probabilities by (treated, dlts); 1 where dlts exceed treated, which cannot occur."""
    treated = np.arange(most)[:, None]
    dlts = np.arange(most)[None, :]
    tail = betaincc(dlts + 1.0, np.maximum(treated - dlts, 0) + 1.0, target)
    table = np.where(dlts <= treated, tail, 1.0)
    table.setflags(write=False)
    return table
