"""Modified toxicity probability interval design 2 (mTPI-2).

With y DLTs among n at the current level the rate p there has the posterior
Beta(a + y, b + n - y). The interval around the target phi, from phi - epsilon1 to phi + epsilon2,
is continued on both sides by intervals of the same width; the first and the last are shorter where
0 and 1 cut them. The interval with the greatest posterior probability per width decides: below the
target's, escalate; the target's own, stay; above, de-escalate. Intervals of equal width are what
keeps the wide outer parts of mTPI from being punished for their width.

A level and those above it are eliminated when P(p > phi) exceeds the certainty xi (`cutoff_eli`,
`exclusion_certainty` in the R package escalation); escalating towards one then means staying. At
the end: the isotonic transform of the posterior means under Beta(.05, .05), of levels treated and
not eliminated; the nearest to the target is recommended.

Guo, Wang, Yang, Lynn and Ji 2017, Contemp Clin Trials 58:23. The paper states no least number for
elimination; escalation looks from 2 patients at a level, which is the default here. `keyboard` is
the same rule with elimination from the first patient and an extra safety offset.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from scipy.special import betainc

from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.methods.parts.interval import (
    IntervalMethod,
    read_elimination,
    read_margins,
    read_prior,
)
from trialwright.design.parameters import by_name, flag, rate
from trialwright.design.rules.lowest_dose import lowest_dose
from trialwright.design.states import Floats, Ints

_LEAST_WIDTH = 1e-9  # a shorter remainder at 0 or 1 is rounding error, not an interval
LEAST_MARGIN = 0.004  # on either side of the target: it bounds the number of intervals
_EQUAL = 1e-12  # densities closer than this, relatively, are equal


@dataclass(frozen=True, slots=True)
class Mtpi2(IntervalMethod):
    """The method alone; `mtpi2` and `keyboard` make designs of it."""

    name: ClassVar[str] = "mtpi2"
    title: ClassVar[str] = "mTPI-2"
    low: float
    high: float

    @property
    def summary(self) -> str:
        """The target, the interval and the prior."""
        a, b = self.prior
        return (
            f"{self.title}, target {self.target:g}, interval {self.low:g} to {self.high:g}, "
            f"prior Beta({a:g}, {b:g}){self.options}"
        )

    @cached_property
    def edges(self) -> Floats:
        """The ends of all intervals from 0 to 1 (intervals + 1,)."""
        width = self.high - self.low
        below = np.arange(self.low, _LEAST_WIDTH, -width)[::-1]
        above = np.arange(self.high, 1 - _LEAST_WIDTH, width)
        return np.concatenate([[0.0], below, above, [1.0]])

    def moves(self, treated: Ints, dlts: Ints) -> Ints:
        """Follow the interval with the greatest density; of equal ones the highest."""
        strongest = self.edges[self.strongest(treated, dlts)]
        middle = (self.low + self.high) / 2
        here = np.abs(strongest - self.low) < _LEAST_WIDTH
        return np.where(here, 0, np.where(strongest < middle, 1, -1))

    def strongest(self, treated: Ints, dlts: Ints) -> Ints:
        """Return which interval has the greatest posterior density, counted from 0 (...)."""
        density = self.densities(treated, dlts)
        greatest = density >= density.max(axis=0) * (1 - _EQUAL)
        return np.asarray(len(density) - 1 - np.argmax(greatest[::-1], axis=0))

    def densities(self, treated: Ints, dlts: Ints) -> Floats:
        """Return the posterior probability of each interval per width (intervals, ...)."""
        a = dlts + self.prior[0]
        b = treated - dlts + self.prior[1]
        edges = self.edges.reshape(-1, *(1 for _ in np.shape(a)))
        return np.asarray(np.diff(betainc(a, b, edges), axis=0) / np.diff(edges, axis=0))

    def comparison(self, n: int, y: int) -> str:
        """Name the strongest interval, its density and the target interval's."""
        counts = np.array(n), np.array(y)
        density, strongest = self.densities(*counts), int(self.strongest(*counts))
        low, high = self.edges[strongest], self.edges[strongest + 1]
        most = f"the posterior is densest from {low:.3g} to {high:.3g} ({density[strongest]:.3f})"
        move = int(self.moves(*counts))
        if move == 0:
            return f"{most}, the target's interval: stay"
        own = density[int(np.argmin(np.abs(self.edges - self.low)))]
        where = f"the target's {self.low:g} to {self.high:g} ({own:.3f})"
        return f"{most}, {'below' if move > 0 else 'above'} {where}: {_SAYS[move]}"


_SAYS = {1: "escalate", -1: "de-escalate"}


@by_name
def mtpi2(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    epsilon1: float = 0.05,
    epsilon2: float = 0.05,
    cutoff_eli: float = 0.95,
    min_n_eli: int = 2,
    prior_a: float = 1.0,
    prior_b: float = 1.0,
    stay_1_of_3: bool = False,
    select_untested: bool = False,
) -> Design:
    """Return an mTPI-2 design with the authors' defaults.

    `target` is the DLT rate aimed at; the interval reaches `epsilon1` below it and `epsilon2`
    above. `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern elimination;
    `prior_a` and `prior_b` are the shapes of the prior. `stay_1_of_3` stays on 1 DLT of 3.
    `select_untested` lets a level be recommended at the end where nobody was treated.
    De-escalating at the lowest level means staying there unless `| lowest_dose(...)` says
    otherwise. Raises InputError naming the parameter.
    """
    phi = rate("target", target)
    margins = {"epsilon1": epsilon1, "epsilon2": epsilon2}
    below, above = read_margins(phi, margins, LEAST_MARGIN)
    method = Mtpi2(
        phi,
        phi - below,
        phi + above,
        stay_1_of_3=flag("stay_1_of_3", stay_1_of_3),
        select_untested=flag("select_untested", select_untested),
        prior=read_prior(prior_a, prior_b),
    )
    elimination = read_elimination(method, cutoff_eli, min_n_eli)
    return new_design(method, doses, start).with_own(elimination, lowest_dose())
