"""Cells of the plane of a logistic curve's parameters, narrow enough for a low-order rule.

What a cell may span follows from the sharpest thing that can happen in it: a prior standard
deviation, or the likelihood, whose curvature in the logit of a rate is at most patients / 4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt

import numpy as np

from trialwright.core.errors import Refused
from trialwright.design.posterior.logistic_prior import Logistic, Normal, slope
from trialwright.design.states import Floats

MOST_CELLS = 200_000
_SATURATED = 30.0  # at a logit beyond it the rate is 0 or 1 for every count
_WIDEST = 4.0  # in alpha: the logistic function has its poles at a distance of pi
_WIDEST_STRIP = 2.0  # in beta: the slope changes by a factor of exp(2)
_PANEL = 4.0  # standard deviations of alpha that a panel spans at most
_SHIFT = 8.0  # such standard deviations by which a strip shifts a dose's logit at most


@dataclass(frozen=True, slots=True)
class _Strip:
    """A range of beta, with the range of alpha that matters in it for each normal of the prior."""

    low: float
    high: float
    ranges: tuple[tuple[float, float, float], ...]  # lowest and highest alpha, prior precision

    @property
    def farthest(self) -> float:
        """The largest alpha that matters, of either sign."""
        return max(max(-bottom, top) for bottom, top, _ in self.ranges)

    def cells(self, patients: int) -> Floats:
        """Return the cells (cells, 4): lowest and highest beta, lowest and highest alpha."""
        edges = np.array(list(self._panels(patients)))
        ends = np.broadcast_to([self.low, self.high], edges.shape)
        return np.hstack([ends, edges])

    def _panels(self, patients: int) -> Iterator[tuple[float, float]]:
        """Yield the panels, as narrow as the sharpest normal that matters there asks for."""
        for low, high in pairwise(sorted({end for b, t, _ in self.ranges for end in (b, t)})):
            sharp = [p for b, t, p in self.ranges if b <= low and high <= t]
            if sharp:
                width = min(_WIDEST, _PANEL / sqrt(max(sharp) + patients / 4))
                edges = np.linspace(low, high, 1 + ceil((high - low) / width))
                yield from pairwise(edges.tolist())


def cells_of(curve: Logistic, patients: int, radius: float) -> Floats:
    """Return the cells (cells, 4): lowest and highest beta, lowest and highest alpha.

    They cover `radius` standard deviations around each normal of the prior, for the outcomes of
    up to so many patients. Raises Refused where that takes more than MOST_CELLS.
    """
    cells: list[Floats] = []
    count = 0
    for strip in _strips(curve, patients, radius):
        cells.append(strip.cells(patients))
        count += len(cells[-1])
        if count > MOST_CELLS:
            raise Refused(
                "posterior",
                f"the prior is too narrow for the outcomes of {patients} patients: more than "
                f"{MOST_CELLS:,} cells",
                "larger standard deviations in the prior",
            )
    return np.vstack(cells)


def _strips(curve: Logistic, patients: int, radius: float) -> Iterator[_Strip]:
    """Halve strips until each is narrow."""
    low = min(normal.beta - radius * normal.sd_beta for normal in curve.prior)
    high = max(normal.beta + radius * normal.sd_beta for normal in curve.prior)
    waiting = [(low, high)]
    while waiting:
        low, high = waiting.pop()
        near = [n for n in curve.prior if _distance(n, low, high) < radius]
        if not near:
            continue
        strip = _Strip(low, high, tuple(_range(normal, low, high, radius) for normal in near))
        if _is_narrow(curve, near, strip, patients):
            yield strip
        else:
            middle = (low + high) / 2
            waiting += [(middle, high), (low, middle)]


def _distance(normal: Normal, low: float, high: float) -> float:
    """Return how many standard deviations a range of beta is away from a normal's mean."""
    return max(low - normal.beta, normal.beta - high, 0.0) / normal.sd_beta


def _range(normal: Normal, low: float, high: float, radius: float) -> tuple[float, float, float]:
    """Return the lowest and highest alpha that matter to a normal, and its precision there."""
    reach = sqrt(radius**2 - _distance(normal, low, high) ** 2) * normal.sd_given_beta
    means = normal.alpha_given(low), normal.alpha_given(high)
    return min(means) - reach, max(means) + reach, normal.sd_given_beta**-2


def _is_narrow(curve: Logistic, near: Sequence[Normal], strip: _Strip, patients: int) -> bool:
    """Say whether a strip is narrow against the prior, and shifts no dose's logit by much.

    A dose that is saturated all over the strip does not count.
    """
    width = strip.high - strip.low
    if width > min(_WIDEST_STRIP, 4 * min(normal.sd_beta for normal in near)):
        return False
    turn = width * max(abs(n.correlation) * n.sd_alpha / n.sd_beta for n in near)
    low, high = (float(slope(np.array(beta))) for beta in (strip.low, strip.high))
    farthest = strip.farthest + _SATURATED
    shifts = [(high - low) * x for x in curve.x if low * abs(x) < farthest]
    shift = max(0.0, *shifts, 0.0) - min(0.0, *shifts, 0.0)
    # A threshold that passes a normal is a sharper thing than the normal.
    sharpest = max(1.0, *(2 * precision for _, _, precision in strip.ranges))
    return turn + shift <= _SHIFT / sqrt(patients / 4 + sharpest)
