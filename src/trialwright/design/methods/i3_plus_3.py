"""i3+3 design.

With y DLTs among n at the current level and the interval from phi - epsilon1 to phi + epsilon2
around the target phi:

    y/n below the interval                                    escalate
    y/n within it, its ends included                          stay
    y/n above it, and (y - 1)/n below it                      stay
    y/n above it, and (y - 1)/n not below it                  de-escalate

The third line is for small n, where one DLT less would have meant escalating. A level and those
above it are eliminated when P(p > phi) > cutoff_eli under Beta(1 + y, 1 + n - y). At the end: the
isotonic transform of the posterior means under Beta(.05, .05), of levels treated and not
eliminated; the nearest to the target is recommended.

Liu, Wang and Ji 2020, J Biopharm Stat 30:294; the R package FIND of the same group, whose tables
and whose elimination begin at 3 patients.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.methods.parts.interval import IntervalMethod, read_elimination, read_margins
from trialwright.design.parameters import by_name, flag, rate
from trialwright.design.rules.lowest_dose import lowest_dose
from trialwright.design.states import Ints

_SAME = 1e-9  # an observed rate this near to an end of the interval is within it


@dataclass(frozen=True, slots=True)
class I3Plus3(IntervalMethod):
    """The method alone; `i3_plus_3` makes a design of it."""

    name: ClassVar[str] = "i3_plus_3"
    low: float
    high: float

    @property
    def summary(self) -> str:
        """The target and the interval."""
        return f"i3+3, target {self.target:g}, interval {self.low:g} to {self.high:g}{self.options}"

    def moves(self, treated: Ints, dlts: Ints) -> Ints:
        """Compare the observed rate, and that of one DLT less, with the interval."""
        below = dlts / treated < self.low - _SAME
        above = dlts / treated > self.high + _SAME
        one_less_below = (dlts - 1) / treated < self.low - _SAME
        return np.where(below, 1, np.where(above & ~one_less_below, -1, 0))

    def comparison(self, n: int, y: int) -> str:
        """Name the observed rate, where it counts that of one DLT less, and the move."""
        interval = f"the interval {self.low:g} to {self.high:g}"
        move = int(self.moves(np.array(n), np.array(y)))
        if move == 1:
            return f"{y / n:.3f}, below {interval}: escalate"
        if y / n <= self.high + _SAME:
            return f"{y / n:.3f}, within {interval}: stay"
        less = f"{y / n:.3f}, above {interval}, and {(y - 1) / n:.3f} with one DLT less"
        if move == 0:
            return f"{less} is below it: stay"
        return f"{less} is not below it: de-escalate"


@by_name
def i3_plus_3(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    epsilon1: float = 0.05,
    epsilon2: float = 0.05,
    cutoff_eli: float = 0.95,
    min_n_eli: int = 3,
    stay_1_of_3: bool = False,
    select_untested: bool = False,
) -> Design:
    """Return an i3+3 design with the authors' defaults.

    `target` is the DLT rate aimed at; the interval reaches `epsilon1` below it and `epsilon2`
    above. `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern elimination.
    `stay_1_of_3` stays on 1 DLT of 3. `select_untested` lets a level be recommended at the end
    where nobody was treated. De-escalating at the lowest level means staying there unless
    `| lowest_dose(...)` says otherwise. Raises InputError naming the parameter.
    """
    phi = rate("target", target)
    below, above = read_margins(phi, {"epsilon1": epsilon1, "epsilon2": epsilon2})
    method = I3Plus3(
        phi,
        phi - below,
        phi + above,
        stay_1_of_3=flag("stay_1_of_3", stay_1_of_3),
        select_untested=flag("select_untested", select_untested),
    )
    elimination = read_elimination(method, cutoff_eli, min_n_eli)
    return new_design(method, doses, start).with_own(elimination, lowest_dose())
