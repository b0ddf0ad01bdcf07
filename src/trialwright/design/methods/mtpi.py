"""Modified toxicity probability interval design (mTPI).

With y DLTs among n at the current level the rate p there has the posterior
Beta(a + y, b + n - y). The interval around the target phi, from phi - epsilon1 to phi + epsilon2,
parts 0..1 in three; the unit probability mass of each part is its posterior probability divided by
its width. The part with the greatest decides: below, escalate; around, stay; above, de-escalate.

A level and those above it are eliminated when P(p > phi) exceeds the certainty xi (`cutoff_eli`,
`exclusion_certainty` in the R package escalation); escalating towards one then means staying. At
the end: the isotonic transform of the posterior means under Beta(.005, .005), of levels treated and
not eliminated; the nearest to the target is recommended.

Ji, Liu, Li and Bekele 2010, Clin Trials 7:653. The paper states no least number for elimination;
escalation looks from 2 patients at a level, which is the default here, and the two differ only
where the first patient at a level has a DLT and is counted alone. The authors' program ends the
trial when the wish at the lowest level is to de-escalate: `| lowest_dose(deescalate="stop")`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betainc, betaincc

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

_SAYS = ("de-escalate", "stay", "escalate")


@dataclass(frozen=True, slots=True)
class Mtpi(IntervalMethod):
    """The method alone; `mtpi` makes a design of it."""

    name: ClassVar[str] = "mtpi"
    selection_shape: ClassVar[float] = 0.005
    low: float
    high: float

    @property
    def summary(self) -> str:
        """The target, the interval and the prior."""
        a, b = self.prior
        return (
            f"mTPI, target {self.target:g}, interval {self.low:g} to {self.high:g}, "
            f"prior Beta({a:g}, {b:g}){self.options}"
        )

    def moves(self, treated: Ints, dlts: Ints) -> Ints:
        """Follow the greatest unit probability mass; of equal ones the more careful."""
        return np.asarray(np.argmax(self.masses(treated, dlts)[::-1], axis=0) - 1)

    def masses(self, treated: Ints, dlts: Ints) -> Floats:
        """Return the unit probability mass below, within and above the interval (3, ...)."""
        a = dlts + self.prior[0]
        b = treated - dlts + self.prior[1]
        below, above = betainc(a, b, self.low), betaincc(a, b, self.high)
        within = (betainc(a, b, self.high) - below) / (self.high - self.low)
        return np.stack([below / self.low, within, above / (1 - self.high)])

    def comparison(self, n: int, y: int) -> str:
        """Name the three unit probability masses and the greatest."""
        below, within, above = self.masses(np.array(n), np.array(y)).tolist()
        move = _SAYS[1 + int(self.moves(np.array(n), np.array(y)))]
        return (
            f"unit probability mass {below:.3f} below {self.low:g}, {within:.3f} up to "
            f"{self.high:g}, {above:.3f} above: {move}"
        )


@by_name
def mtpi(
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
    """Return an mTPI design with the authors' defaults.

    `target` is the DLT rate aimed at; the interval reaches `epsilon1` below it and `epsilon2`
    above. `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern elimination;
    `prior_a` and `prior_b` are the shapes of the prior. `stay_1_of_3` stays on 1 DLT of 3.
    `select_untested` lets a level be recommended at the end where nobody was treated.
    De-escalating at the lowest level means staying there unless `| lowest_dose(...)` says
    otherwise. Raises InputError naming the parameter.
    """
    phi = rate("target", target)
    below, above = read_margins(phi, {"epsilon1": epsilon1, "epsilon2": epsilon2})
    method = Mtpi(
        phi,
        phi - below,
        phi + above,
        stay_1_of_3=flag("stay_1_of_3", stay_1_of_3),
        select_untested=flag("select_untested", select_untested),
        prior=read_prior(prior_a, prior_b),
    )
    elimination = read_elimination(method, cutoff_eli, min_n_eli)
    return new_design(method, doses, start).with_own(elimination, lowest_dose())
