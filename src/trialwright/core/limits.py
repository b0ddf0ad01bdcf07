"""Limits of a proportion: exact ones, and those of a posterior.

Clopper and Pearson, Biometrika 1934;26:404. Zero events are no special case: the same formula
gives the limits. One-sided and two-sided limits are functions of their own, because both are in
use and they differ.
"""

from dataclasses import dataclass

from scipy.special import betaincinv


@dataclass(frozen=True, slots=True)
class Limits:
    """The two ends of an interval."""

    lower: float
    upper: float


def clopper_pearson(events: int, n: int, level: float = 0.95) -> Limits:
    """Return the two-sided exact limits of a proportion; n must be 1 or more.

    >>> limits = clopper_pearson(0, 4)
    >>> round(limits.lower, 4), round(limits.upper, 4)
    (0.0, 0.6024)
    """
    tail = (1 - level) / 2
    return Limits(_lower(events, n, tail), one_sided_upper(events, n, 1 - tail))


def one_sided_upper(events: int, n: int, level: float = 0.95) -> float:
    """Return the one-sided exact upper limit of a proportion; n must be 1 or more.

    >>> round(one_sided_upper(0, 4), 4)  # 1 - 0.05 ** (1 / 4)
    0.5271
    """
    return 1.0 if events == n else float(betaincinv(events + 1, n - events, level))


def one_sided_lower(events: int, n: int, level: float = 0.95) -> float:
    """Return the one-sided exact lower limit of a proportion; n must be 1 or more.

    >>> round(one_sided_lower(4, 4), 4)  # 0.05 ** (1 / 4)
    0.4729
    """
    return _lower(events, n, 1 - level)


def equal_tailed(events: int, n: int, prior: float, level: float = 0.95) -> Limits:
    """Return the equal-tailed limits of a rate's posterior under the prior Beta(prior, prior).

    With prior 0.5 these are Jeffreys limits, left as they are at 0 and n events.

    >>> round(equal_tailed(0, 4, 0.5).upper, 4)
    0.4448
    """
    tail = (1 - level) / 2
    a, b = events + prior, n - events + prior
    return Limits(float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail)))


def _lower(events: int, n: int, tail: float) -> float:
    return 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
