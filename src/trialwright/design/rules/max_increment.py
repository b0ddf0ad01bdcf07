"""A maximum relative increment: the next dose is at most so many times a dose already given.

The limit may depend on the dose reached, as in protocols that double at first and later go up by a
third: `0:2 20:1.33` is at most 2 times below 20, and at most 1.33 times from 20 on (amounts in the
unit of the design's doses; each step holds from its amount up to the next one's). It is the
relative increments of the R package crmPack, written as factors (1 + increment).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.doses import DoseSet
from trialwright.design.model import Outcomes, Resolved
from trialwright.design.parameters import by_name, number, number_in, one_of
from trialwright.design.rules.given import highest_given, highest_given_in
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.states import Bools, Floats, States

if TYPE_CHECKING:
    from trialwright.design.design import Design

Step: TypeAlias = tuple[float, float]  # from this amount on, this factor
Factor: TypeAlias = float | str | Sequence[Step]

_REFERENCE = {"highest": "the highest dose given so far", "last": "the last cohort's dose"}
_WANTED = "a number above 1, or steps FROM:FACTOR such as 0:2 20:1.33"
_SLACK = 1 + 1e-9  # 3 times 0.1 is 0.3, whatever floating point makes of it


@dataclass(frozen=True, slots=True)
class MaxIncrement(Rule):
    """Levels whose amount is more than `factor` times the reference dose are barred.

    The reference is the highest dose given so far, or the last cohort's. The first cohort's dose
    is not limited.
    """

    name: ClassVar[str] = "max_increment"
    sees: ClassVar[Sees] = Sees.EVERYONE
    steps: tuple[Step, ...]
    relative_to: str

    def check(self, design: "Design") -> None:
        amounts = _amounts(design)
        if self.steps[0][0] > amounts.amounts[0]:
            raise InputError(
                "parameter factor, first step",
                f"from {self.steps[0][0]:g}",
                f"one from at most the lowest dose, {amounts.label(1)}",
            )

    @property
    def summary(self) -> str:
        (_, first), *later = self.steps
        further = "".join(f" (from {start:g} on {factor:g} times)" for start, factor in later)
        return f"the next dose is at most {first:g} times{further} {_REFERENCE[self.relative_to]}"

    def bars(self, design: "Design", states: States) -> Bools:
        given = highest_given(states) if self.relative_to == "highest" else states.current
        amounts = np.array(_amounts(design).amounts)
        limit = self._limits(amounts)[np.maximum(given, 1) - 1]
        barred: Bools = (given > 0)[:, None] & (amounts > limit[:, None] * _SLACK)
        return barred

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        given = highest_given_in(state) if self.relative_to == "highest" else state.current
        wish = min(verdict.wish, design.doses)
        if given == 0 or wish <= given:
            return None
        doses = _amounts(design)
        base, wished = doses.amounts[given - 1], doses.amounts[wish - 1]
        limit = self._limits(np.array([base]))[0]
        if wished <= limit * _SLACK:
            return None
        return (
            f"dose {wish} ({doses.label(wish)}) is {wished / base:.3g} times "
            f"{_REFERENCE[self.relative_to]} ({doses.label(given)}): "
            f"at most {limit / base:.3g} times ({limit:g})"
        )

    def _limits(self, amounts: Floats) -> Floats:
        """Return the highest amount allowed after each amount."""
        starts, factors = np.array(self.steps).T
        step = np.searchsorted(starts, amounts, side="right") - 1
        limits: Floats = amounts * factors[step]
        return limits


@by_name
def max_increment(factor: Factor, relative_to: str = "highest") -> MaxIncrement:
    """Return the rule: the next dose is at most `factor` times a dose already given.

    `factor` is a number above 1, or steps by the dose reached: `0:2 20:1.33`, or pairs (from this
    amount on, this factor). `relative_to` is `highest` (the highest dose given so far) or `last`
    (the last cohort's). The design's doses have to be amounts, not only a number of levels.
    """
    return MaxIncrement(_read(factor), one_of("relative_to", relative_to, _REFERENCE))


def _amounts(design: "Design") -> DoseSet:
    if design.amounts is None:
        what = f"{design.doses} levels without amounts"
        raise InputError("parameter doses", what, "amounts such as 1,2,4 mg, for max_increment")
    return design.amounts


def _read(factor: object) -> tuple[Step, ...]:
    if isinstance(factor, str):
        pairs: list[object] = [part.split(":") for part in factor.split()]
    elif isinstance(factor, Sequence):
        pairs = list(factor)
    else:
        pairs = [(0, factor)]
    steps = tuple(_step(pair) for pair in pairs[:1000])
    if not steps or any(low[0] >= high[0] for low, high in pairwise(steps)):
        shown = repr(factor) if isinstance(factor, str) else str(factor)
        raise InputError("parameter factor", shown[:40], f"{_WANTED}, from rising amounts")
    return steps


def _step(pair: object) -> Step:
    if isinstance(pair, Sequence) and len(pair) == 2:
        start, factor = (_text_or_number(part) for part in pair)
        if 0 <= start < np.inf and 1 < factor < np.inf:
            return start, factor
    shown = ":".join(map(str, pair)) if isinstance(pair, (list, tuple)) else str(pair)
    raise InputError("parameter factor", " ".join(shown.split())[:40], _WANTED)


def _text_or_number(value: object) -> float:
    return number_in(value) if isinstance(value, str) else number(value)
