"""The start-up of a two-stage design: a fixed escalation until the first DLT is seen.

Before it, data without a DLT say nothing that a likelihood could be maximised with, and little
that should make a trial jump. Storer 1989, Biometrics 45:925; Cheung 2011, section 3.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.model import MOST_PATIENTS, Outcomes
from trialwright.design.parameters import whole
from trialwright.design.states import Bools, Ints, States

ONE_UP = "one_up"


@dataclass(frozen=True, slots=True)
class StartUp:
    """A level for each cohort in order; empty for one level up with every cohort.

    After the last stated cohort the method takes over, even without a DLT; where the start-up
    `holds`, as maximum likelihood needs, its last level stays until the first DLT.
    """

    levels: tuple[int, ...] = ()
    holds: bool = False

    @property
    def summary(self) -> str:
        """The start-up in words."""
        if not self.levels:
            return "one level up per cohort until the first DLT"
        listed = ", ".join(map(str, self.levels))
        return f"levels {listed}{', ..' if self.holds else ''} by cohort until the first DLT"

    def lasts(self, states: States) -> Bools:
        """Say where no DLT has been seen, and a level is stated (states,)."""
        found: Bools = states.dlts.sum(axis=1) == 0
        if self.levels and not self.holds:
            found &= states.cohorts < len(self.levels)
        return found

    def next_level(self, states: States) -> Ints:
        """Return the next cohort's level while the start-up lasts (states,)."""
        if not self.levels:
            return np.minimum(states.current + 1, states.doses)
        return np.array(self.levels)[np.minimum(states.cohorts, len(self.levels) - 1)]

    def explain(self, state: Outcomes, level: int) -> str:
        """Say why the next cohort is treated at `level` while the start-up lasts."""
        cohort = f"cohort {state.cohorts + 1} at dose {level}"
        return f"start-up, {self.summary}: no DLT so far, {cohort}"


def read_start_up(value: object, doses: int, start: int, *, holds: bool) -> StartUp | None:
    """Return a start-up from `one_up` or a level for each cohort, None where none is stated.

    The levels do not fall, and the first is the trial's starting level. Raises InputError.
    """
    if value is None:
        return None
    if value == ONE_UP:
        return StartUp(holds=holds)
    levels = _levels(value, doses)
    if levels[:1] != (start,):
        first = f"it begins at {levels[0]}" if levels else "no level"
        wanted = f"{start} first, the level at which the trial starts"
        raise InputError("parameter start_up", first, wanted)
    if any(above < below for below, above in pairwise(levels)):
        raise InputError("parameter start_up", _shown(levels), "levels that do not fall")
    return StartUp(levels, holds)


def _levels(value: object, doses: int) -> tuple[int, ...]:
    stated = (value,) if isinstance(value, int) else value
    if not isinstance(stated, Sequence) or isinstance(stated, str) or len(stated) > MOST_PATIENTS:
        raise InputError("parameter start_up", _shown(value), f"{ONE_UP}, or a level per cohort")
    return tuple(
        whole(f"start_up, cohort {number}", level, 1, doses)
        for number, level in enumerate(stated, 1)
    )


def _shown(value: object) -> str:
    return " ".join(repr(value).split())[:40]
