"""Bayesian optimal interval design (BOIN).

At n treated and y DLTs at the current level: escalate when y/n <= lambda_e, de-escalate when
y/n >= lambda_d, else stay. With target phi, phi1 = p_saf (the highest rate deemed too low) and
phi2 = p_tox (the lowest rate deemed too high):

    lambda_e = log((1 - phi1)/(1 - phi)) / log(phi (1 - phi1) / (phi1 (1 - phi)))
    lambda_d = log((1 - phi)/(1 - phi2)) / log(phi2 (1 - phi) / (phi (1 - phi2)))

Liu and Yuan 2015, JRSS C 64:507, equations 2 and 3; Yan et al. 2020, J Stat Softw 94(13).
"""

from dataclasses import dataclass, replace
from math import log
from typing import ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.methods.parts.interval import IntervalMethod, boundary, read_elimination
from trialwright.design.parameters import by_name, flag, rate
from trialwright.design.rules.lowest_dose import lowest_dose
from trialwright.design.states import Ints


@dataclass(frozen=True, slots=True)
class Boin(IntervalMethod):
    """The method alone; `boin` makes a design of it."""

    name: ClassVar[str] = "boin"
    p_saf: float
    p_tox: float

    @property
    def lambda_e(self) -> float:
        """The escalation boundary for the observed rate."""
        phi, phi1 = self.target, self.p_saf
        return log((1 - phi1) / (1 - phi)) / log(phi * (1 - phi1) / (phi1 * (1 - phi)))

    @property
    def lambda_d(self) -> float:
        """The de-escalation boundary for the observed rate."""
        phi, phi2 = self.target, self.p_tox
        return log((1 - phi) / (1 - phi2)) / log(phi2 * (1 - phi) / (phi * (1 - phi2)))

    @property
    def summary(self) -> str:
        """The target and the two boundaries."""
        return (
            f"BOIN, target {self.target:g}: escalate at an observed rate of at most "
            f"{boundary(self.lambda_e, 4)}, de-escalate from {boundary(self.lambda_d, 4)}"
            f"{self.options}"
        )

    def moves(self, treated: Ints, dlts: Ints) -> Ints:
        """Compare the observed rate with the two boundaries."""
        observed = dlts / treated
        return np.where(observed <= self.lambda_e, 1, np.where(observed >= self.lambda_d, -1, 0))

    def comparison(self, n: int, y: int) -> str:
        """Name the observed rate and the boundary that it meets."""
        return self.against_boundaries(y / n)

    def against_boundaries(self, observed: float) -> str:
        """Name the boundary that a rate meets, and the move."""
        low, high = boundary(self.lambda_e), boundary(self.lambda_d)
        if observed <= self.lambda_e:
            return f"{observed:.3f}, at most the escalation boundary {low}: escalate"
        if observed >= self.lambda_d:
            return f"{observed:.3f}, at least the de-escalation boundary {high}: de-escalate"
        return f"{observed:.3f}, between the boundaries {low} and {high}: stay"


@by_name
def boin(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    p_saf: float | None = None,
    p_tox: float | None = None,
    cutoff_eli: float = 0.95,
    min_n_eli: int = 3,
    extrasafe_offset: float | None = None,
    stay_1_of_3: bool = False,
    select_untested: bool = False,
) -> Design:
    """Return a BOIN design with the authors' defaults.

    `target` is the DLT rate aimed at; `p_saf` and `p_tox` default to 0.6 and 1.4 times the target.
    `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern elimination;
    `extrasafe_offset` (the authors use 0.05) lowers the cutoff at the lowest level;
    `stay_1_of_3` stays on 1 DLT of 3. `select_untested` lets a level be recommended at the end
    where nobody was treated (its raw rate is 0.5, with the weight of the prior Beta(.05, .05)).
    De-escalating at the lowest level means staying there unless `| lowest_dose(...)` says
    otherwise. Raises InputError naming the parameter.
    """
    method = replace(
        read_boundaries(target, p_saf, p_tox),
        stay_1_of_3=flag("stay_1_of_3", stay_1_of_3),
        select_untested=flag("select_untested", select_untested),
    )
    elimination = read_elimination(method, cutoff_eli, min_n_eli, extrasafe_offset)
    return new_design(method, doses, start).with_own(elimination, lowest_dose())


def read_boundaries(target: object, p_saf: object, p_tox: object) -> Boin:
    """Return the method with its boundaries; raise InputError naming the parameter."""
    phi = rate("target", target)
    low = rate("p_saf", 0.6 * phi if p_saf is None else p_saf, 0, phi)
    if p_tox is None and 1.4 * phi >= 1:
        raise InputError(
            "parameter p_tox", f"{1.4 * phi:g} (1.4 times the target)", "a stated p_tox below 1"
        )
    high = rate("p_tox", 1.4 * phi if p_tox is None else p_tox, phi, 1)
    return Boin(phi, low, high)
