"""Bayesian optimal interval design (BOIN).

At n treated and y DLTs at the current level: escalate when y/n <= lambda_e, de-escalate when
y/n >= lambda_d, else stay. With target phi, phi1 = p_saf (the highest rate deemed too low) and
phi2 = p_tox (the lowest rate deemed too high):

    lambda_e = log((1 - phi1)/(1 - phi)) / log(phi (1 - phi1) / (phi1 (1 - phi)))
    lambda_d = log((1 - phi)/(1 - phi2)) / log(phi2 (1 - phi) / (phi (1 - phi2)))

Liu and Yuan 2015, JRSS C 64:507, equations 2 and 3; Yan et al. 2020, J Stat Softw 94(13).
"""

from dataclasses import dataclass
from math import log
from typing import ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.method import Method
from trialwright.design.methods.isotonic import isotonic_rates, nearest_to_target
from trialwright.design.model import MOST_PATIENTS, Outcomes
from trialwright.design.parameters import cutoff, flag, rate, whole
from trialwright.design.rules.elimination import Elimination
from trialwright.design.rules.lowest_dose import lowest_dose
from trialwright.design.states import Ints, States, one_state


@dataclass(frozen=True, slots=True)
class Boin(Method):
    """The method alone; `boin` makes a design of it."""

    name: ClassVar[str] = "boin"
    local: ClassVar[bool] = True
    target: float
    p_saf: float
    p_tox: float
    stay_1_of_3: bool = False

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
            f"{self.lambda_e:.4f}, de-escalate from {self.lambda_d:.4f}"
        )

    def wish(self, states: States) -> Ints:
        """Return one level up, the same, or one down from the current level."""
        treated, dlts = states.at_current()
        return states.current + self._moves(treated, dlts)

    def explain(self, state: Outcomes) -> str:
        """Name the observed rate, the boundary it meets, and the move."""
        n, y = state.treated[state.current - 1], state.dlts[state.current - 1]
        observed = f"{y} of {n} at dose {state.current} had a DLT"
        if n == 0:
            return f"nobody treated at dose {state.current}: stay"
        if self.stay_1_of_3 and (n, y) == (3, 1):
            return f"{observed}: stay (stay_1_of_3)"
        return f"{observed}: {self._comparison(y / n)}"

    def select(self, states: States) -> Ints:
        """Return the level whose isotonic estimate is nearest to the target."""
        return nearest_to_target(states, self.target)

    def explain_selection(self, state: Outcomes) -> str:
        """List the isotonic estimates of the levels that may be recommended."""
        rates = isotonic_rates(one_state(state))[0]
        parts = [
            f"dose {level} {rate:.3f} ({state.dlts[level - 1]} of {state.treated[level - 1]})"
            for level, rate in enumerate(rates.tolist(), 1)
            if rate == rate  # NaN: not treated, or eliminated
        ]
        if not parts:
            return "no dose was treated and not eliminated"
        return f"isotonic DLT rates {', '.join(parts)}; target {self.target:g}"

    def _moves(self, treated: Ints, dlts: Ints) -> Ints:
        observed = dlts / np.maximum(treated, 1)
        up = (observed <= self.lambda_e) & (treated > 0)
        down = observed >= self.lambda_d
        moves = up.astype(np.int8) - down.astype(np.int8)
        if self.stay_1_of_3:
            moves[(treated == 3) & (dlts == 1)] = 0
        return moves

    def _comparison(self, observed: float) -> str:
        low, high = f"{self.lambda_e:.3f}", f"{self.lambda_d:.3f}"
        if observed <= self.lambda_e:
            return f"{observed:.3f}, at most the escalation boundary {low}: escalate"
        if observed >= self.lambda_d:
            return f"{observed:.3f}, at least the de-escalation boundary {high}: de-escalate"
        return f"{observed:.3f}, between the boundaries {low} and {high}: stay"


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
) -> Design:
    """Return a BOIN design with the authors' defaults.

    `target` is the DLT rate aimed at; `p_saf` and `p_tox` default to 0.6 and 1.4 times the target.
    `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern elimination;
    `extrasafe_offset` (the authors use 0.05) lowers the cutoff at the lowest level;
    `stay_1_of_3` stays on 1 DLT of 3. De-escalating at the lowest level means staying there
    unless `| lowest_dose(...)` says otherwise. Raises InputError naming the parameter.
    """
    method = _method(target, p_saf, p_tox, stay_1_of_3)
    limit = cutoff("cutoff_eli", cutoff_eli)
    least = whole("min_n_eli", min_n_eli, 1, MOST_PATIENTS)
    elimination = Elimination(method.target, limit, least, _offset(extrasafe_offset, limit))
    return new_design(method, doses, start) | elimination | lowest_dose()


def _offset(extrasafe_offset: object, limit: float) -> float:
    if extrasafe_offset is None:
        return 0.0
    return rate("extrasafe_offset", extrasafe_offset, 0, limit)


def _method(target: object, p_saf: object, p_tox: object, stay_1_of_3: object) -> Boin:
    phi = rate("target", target)
    low = rate("p_saf", 0.6 * phi if p_saf is None else p_saf, 0, phi)
    if p_tox is None and 1.4 * phi >= 1:
        raise InputError(
            "parameter p_tox", f"{1.4 * phi:g} (1.4 times the target)", "a stated p_tox below 1"
        )
    high = rate("p_tox", 1.4 * phi if p_tox is None else p_tox, phi, 1)
    return Boin(phi, low, high, flag("stay_1_of_3", stay_1_of_3))
