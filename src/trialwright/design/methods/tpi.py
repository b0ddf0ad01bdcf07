"""Toxicity probability interval design (TPI).

With y DLTs among n at the current level the rate p there has the posterior
Beta(a + y, b + n - y), with standard deviation sigma. The interval around the target phi, from
phi - k2 sigma to phi + k1 sigma (cut at 0 and 1), is wide while little is known. Of the posterior
probabilities that p lies below, within and above it the greatest decides: escalate, stay,
de-escalate.

A level and those above it are eliminated when P(p > phi) exceeds the certainty xi (`cutoff_eli`,
`exclusion_certainty` in the R package escalation), under the same prior; escalating towards one
then means staying. At the end: the isotonic transform of the posterior means under
Beta(.005, .005), of levels treated and not eliminated; the nearest to the target is recommended.

Ji, Li and Bekele 2007, Clin Trials 4:235. The paper states no least number for elimination;
escalation looks from 2 patients at a level, which is the default here: under so weak a prior the
first DLT alone would eliminate. With the stated k1 = 1 and k2 = 1.5 this design reproduces the
selection probabilities, the DLTs and the number of patients printed for scenario 1 of table 2, but
not the printed allocation (16.1 patients at dose 2; the exact mean is 17.8): which widths gave it
is not known.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betainc, betaincc

from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.methods.parts.interval import (
    IntervalMethod,
    boundary,
    read_elimination,
    read_prior,
)
from trialwright.design.parameters import by_name, flag, rate
from trialwright.design.rules.lowest_dose import lowest_dose
from trialwright.design.states import Floats, Ints

MOST_K = 100.0  # standard deviations: a wider interval is all of 0..1
_SAYS = ("de-escalate", "stay", "escalate")


@dataclass(frozen=True, slots=True)
class Tpi(IntervalMethod):
    """The method alone; `tpi` makes a design of it."""

    name: ClassVar[str] = "tpi"
    selection_shape: ClassVar[float] = 0.005
    k1: float
    k2: float

    @property
    def summary(self) -> str:
        """The target, the widths of the interval and the prior."""
        a, b = self.prior
        return (
            f"TPI, target {self.target:g}, interval from {self.k2:g} standard deviations below to "
            f"{self.k1:g} above, prior Beta({a:g}, {b:g}){self.options}"
        )

    def moves(self, treated: Ints, dlts: Ints) -> Ints:
        """Follow the greatest posterior probability; of equal ones the more careful."""
        return np.asarray(np.argmax(self.probabilities(treated, dlts)[::-1], axis=0) - 1)

    def probabilities(self, treated: Ints, dlts: Ints) -> Floats:
        """Return the posterior probability below, within and above the interval (3, ...)."""
        a, b = self._posterior(treated, dlts)
        low, high = self.interval(treated, dlts)
        below, above = betainc(a, b, low), betaincc(a, b, high)
        return np.stack([below, 1 - below - above, above])

    def interval(self, treated: Ints, dlts: Ints) -> tuple[Floats, Floats]:
        """Return the ends of the interval around the target, elementwise."""
        a, b = self._posterior(treated, dlts)
        deviation = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
        low = np.maximum(self.target - self.k2 * deviation, 0)
        return low, np.minimum(self.target + self.k1 * deviation, 1)

    def comparison(self, n: int, y: int) -> str:
        """Name the interval, the three probabilities and the move."""
        counts = np.array(n), np.array(y)
        low, high = (float(end) for end in self.interval(*counts))
        below, within, above = self.probabilities(*counts).tolist()
        return (
            f"probability {below:.3f} below {boundary(low)}, {within:.3f} up to {boundary(high)}, "
            f"{above:.3f} above: {_SAYS[1 + int(self.moves(*counts))]}"
        )

    def _posterior(self, treated: Ints, dlts: Ints) -> tuple[Floats, Floats]:
        a: Floats = np.asarray(dlts + self.prior[0], np.float64)
        return a, np.asarray(treated - dlts + self.prior[1], np.float64)


@by_name
def tpi(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    k1: float = 1.0,
    k2: float = 1.5,
    cutoff_eli: float = 0.95,
    min_n_eli: int = 2,
    prior_a: float = 0.005,
    prior_b: float = 0.005,
    stay_1_of_3: bool = False,
    select_untested: bool = False,
) -> Design:
    """Return a TPI design with the authors' defaults.

    `target` is the DLT rate aimed at; the interval reaches `k2` posterior standard deviations
    below it and `k1` above. `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern
    elimination; `prior_a` and `prior_b` are the shapes of the prior. `stay_1_of_3` stays on 1 DLT
    of 3. `select_untested` lets a level be recommended at the end where nobody was treated.
    De-escalating at the lowest level means staying there unless `| lowest_dose(...)` says
    otherwise. Raises InputError naming the parameter.
    """
    method = Tpi(
        rate("target", target),
        rate("k1", k1, 0, MOST_K),
        rate("k2", k2, 0, MOST_K),
        stay_1_of_3=flag("stay_1_of_3", stay_1_of_3),
        select_untested=flag("select_untested", select_untested),
        prior=read_prior(prior_a, prior_b),
    )
    elimination = read_elimination(method, cutoff_eli, min_n_eli)
    return new_design(method, doses, start).with_own(elimination, lowest_dose())
