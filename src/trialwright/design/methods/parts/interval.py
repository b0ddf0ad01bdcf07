"""What every interval method shares: a move by the counts at the current level, isotonic selection.

Such a method compares the data at the current level with an interval around the target and moves
one level up, stays, or moves one level down; that makes its decision table. At the end it
recommends the level whose isotonic estimate is nearest to the target (`isotonic`).
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

import numpy as np

from trialwright.design.method import Method
from trialwright.design.model import MOST_PATIENTS, Outcomes
from trialwright.design.parameters import cutoff, rate, whole
from trialwright.design.posterior.beta import UNIFORM, Beta, exceedance
from trialwright.design.posterior.isotonic import SHAPE, isotonic_rates, nearest_to_target
from trialwright.design.rules.elimination import Elimination
from trialwright.design.states import Floats, Ints, States, one_state

MOST_SHAPE = 1000.0  # of a prior: beyond it no trial of this size would move it


@dataclass(frozen=True, slots=True)
class IntervalMethod(Method):
    """A move from (treated, dlts) at the current level, and the selection by isotonic estimates.

    `prior` holds the shapes of the Beta prior of a level's DLT rate.
    """

    local: ClassVar[bool] = True
    selection_shape: ClassVar[float] = SHAPE
    target: float
    stay_1_of_3: bool = field(default=False, kw_only=True)
    select_untested: bool = field(default=False, kw_only=True)
    prior: Beta = field(default=UNIFORM, kw_only=True)

    @property
    def options(self) -> str:
        """The options that are switched on, as the end of a summary."""
        stay = "; stays on 1 DLT of 3" if self.stay_1_of_3 else ""
        return stay + ("; may recommend an untested level" if self.select_untested else "")

    @abstractmethod
    def moves(self, treated: Ints, dlts: Ints) -> Ints:
        """Return 1 (up), 0 (stay) or -1 (down), elementwise; at least one is treated."""

    @abstractmethod
    def comparison(self, n: int, y: int) -> str:
        """Say what y DLTs of n treated are compared with, and the move, with the numbers."""

    def wish(self, states: States) -> Ints:
        """Return one level up, the same, or one down from the current level."""
        treated, dlts = states.at_current()
        most = int(treated.max(initial=0))
        return states.current + _moves(self, 1 << most.bit_length())[treated, dlts]

    def explain(self, state: Outcomes) -> str:
        """Name the counts, what they are compared with, and the move."""
        n, y = state.treated[state.current - 1], state.dlts[state.current - 1]
        observed = f"{y} of {n} at dose {state.current} had a DLT"
        if n == 0:
            return f"nobody treated at dose {state.current}: stay"
        if self.stay_1_of_3 and (n, y) == (3, 1):
            return f"{observed}: stay (stay_1_of_3)"
        return f"{observed}: {self.comparison(n, y)}"

    def select(self, states: States) -> Ints:
        """Return the level whose isotonic estimate is nearest to the target."""
        return nearest_to_target(states, self.target, self.selection_shape, self.select_untested)

    def explain_selection(self, state: Outcomes) -> str:
        """List the isotonic estimates of the levels that may be recommended."""
        rates = isotonic_rates(one_state(state), self.selection_shape, self.select_untested)[0]
        parts = [
            f"dose {level} {rate:.3f} ({_counts(state, level)})"
            for level, rate in enumerate(rates.tolist(), 1)
            if rate == rate  # NaN: it may not be recommended
        ]
        if not parts:
            return "no dose was treated and not eliminated"
        return f"isotonic DLT rates {', '.join(parts)}; target {self.target:g}"

    def exceedance(self, states: States, rate: float) -> Floats:
        """Return P(DLT rate > rate | data at the level) by level (states, doses)."""
        return np.asarray(exceedance(rate, states.treated, states.dlts, self.prior))


@lru_cache(maxsize=128)
def _moves(method: IntervalMethod, most: int) -> Ints:
    """Return the move by (treated, dlts), both below `most`; nobody treated means staying."""
    treated, dlts = np.tril_indices(most)
    table = np.zeros((most, most), np.int8)
    table[treated[1:], dlts[1:]] = method.moves(treated[1:], dlts[1:])
    if method.stay_1_of_3 and most > 3:
        table[3, 1] = 0
    table.setflags(write=False)
    return table


def read_prior(prior_a: object, prior_b: object) -> Beta:
    """Return the two shapes of a Beta prior; raise InputError naming the parameter."""
    return (
        rate("prior_a", prior_a, 0, MOST_SHAPE),
        rate("prior_b", prior_b, 0, MOST_SHAPE),
    )


def read_elimination(
    method: IntervalMethod,
    cutoff_eli: object,
    min_n_eli: object,
    extrasafe_offset: object = None,
    offset_least: int = 1,
) -> Elimination:
    """Return a method's elimination rule; raise InputError naming the parameter."""
    limit = cutoff("cutoff_eli", cutoff_eli)
    least = whole("min_n_eli", min_n_eli, 1, MOST_PATIENTS)
    offset = 0.0
    if extrasafe_offset is not None:
        offset = rate("extrasafe_offset", extrasafe_offset, 0, limit)
    return Elimination(method.target, limit, least, offset, method.prior, offset_least)


def read_margins(
    target: float, margins: Mapping[str, object], least: float = 0.0
) -> tuple[float, ...]:
    """Return how far an interval reaches below and above the target, in this order.

    `margins` are the two by the names of their parameters, for an InputError.
    """
    room = (target, 1 - target)
    stated = zip(margins.items(), room, strict=True)
    return tuple(rate(name, value, least, limit) for (name, value), limit in stated)


def _counts(state: Outcomes, level: int) -> str:
    n, y = state.treated[level - 1], state.dlts[level - 1]
    return f"{y} of {n}" if n else "untested"


def boundary(rate: float, digits: int = 3) -> str:
    """Return a boundary of the observed rate; a small one with as many significant digits.

    >>> boundary(0.19683), boundary(0.19683, 4), boundary(0.000079)
    ('0.197', '0.1968', '7.9e-05')
    """
    return f"{rate:.{digits}f}" if rate >= 0.01 else f"{rate:.{digits}g}"
