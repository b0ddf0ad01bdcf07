"""A Beta-binomial boundary of toxicity, which a rule holds by dose level or over the trial."""

from dataclasses import dataclass

import numpy as np

from trialwright.design.model import MOST_PATIENTS
from trialwright.design.parameters import rate as a_rate
from trialwright.design.parameters import whole
from trialwright.design.posterior.beta import Beta, exceedance, exceeds
from trialwright.design.states import Bools, Ints

MOST_SHAPE = 1000.0  # of the prior: beyond it no trial of this size would move it
_SHOWN = 12  # patients up to which the summary lists the boundary


@dataclass(frozen=True, slots=True)
class Boundary:
    """Crossed where P(p > rate | y DLTs of n) > confidence, from `least` patients."""

    rate: float
    confidence: float
    least: int
    prior: Beta

    def points(self, most: int) -> tuple[tuple[int, int], ...]:
        """Return (treated, fewest DLTs that cross the boundary), up to `most` treated.

        Numbers at which not even all DLTs cross it are left out.
        """
        found: list[tuple[int, int]] = []
        for n in range(self.least, most + 1):
            crossed = self.crosses(np.full(n + 1, n), np.arange(n + 1))
            found += [(n, int(y)) for y in np.flatnonzero(crossed)[:1]]
        return tuple(found)

    def crosses(self, treated: Ints, dlts: Ints) -> Bools:
        """Say where outcomes cross the boundary, elementwise."""
        crossed = exceeds(self.rate, self.confidence, treated, dlts, self.prior)
        return crossed & (treated >= self.least)

    def evidence(self, n: int, y: int, where: str) -> str:
        """Return the numbers by which outcomes cross the boundary."""
        tail = float(exceedance(self.rate, np.array([n]), np.array([y]), self.prior)[0])
        return (
            f"{y} of {n} {where} had a DLT, P(rate > {self.rate:g}) = {tail:.3f} > "
            f"{self.confidence:g} (prior {self._shapes})"
        )

    def described(self, counted: str) -> str:
        """Return the boundary in words; `counted` says where its patients are counted."""
        first = ", ".join(f"{y} of {n}" for n, y in self.points(_SHOWN))
        return (
            f"when P(rate > {self.rate:g}) is above {self.confidence:g}, "
            f"from {self.least} treated {counted} (prior {self._shapes})"
            + (f"; first crossed at {first}" if first else "")
        )

    @property
    def _shapes(self) -> str:
        return f"Beta({self.prior[0]:g}, {self.prior[1]:g})"


def read_boundary(
    rate: float, confidence: float, least: int, prior_a: float, prior_b: float
) -> Boundary:
    """Return a boundary; raise InputError naming the parameter."""
    return Boundary(
        a_rate("rate", rate),
        a_rate("confidence", confidence),
        whole("least", least, 1, MOST_PATIENTS),
        (a_rate("prior_a", prior_a, 0, MOST_SHAPE), a_rate("prior_b", prior_b, 0, MOST_SHAPE)),
    )
