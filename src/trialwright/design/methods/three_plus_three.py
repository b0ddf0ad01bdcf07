"""3+3 design.

Cohorts of 3. With y DLTs among n at the current level:

    0 of 3                  escalate
    1 of 3                  stay: 3 more at this level
    0 or 1 of 6             escalate
    2 or more of 3 or 6     the level is too toxic, it and those above it are left for good

Two variants are named. With `deescalate` off, a level that is too toxic ends the trial, and the
level below it is the MTD. With it on, the level below is completed to 6 patients first, and is the
MTD with at most 1 DLT among them; with more it is too toxic in turn. At the highest level 6
patients with at most 1 DLT end the trial; `zero_of_3_at_top_ends` says that 0 of 3 do so already.
The trial ends without a dose when the lowest level is too toxic.

The recommendation at the end is the highest level that is not too toxic and where 0 of 3 to 5, or
at most 1 in 6, had a DLT. Storer 1989, Biometrics 45:925; Korn et al. 1994, Stat Med 13:1799.

Other numbers of patients than 3 and 6, as real trials have: 2 or more DLTs are too toxic when they
are more than 1 in 6; from 6 patients on the level is complete; with fewer than 3 it is not judged.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.method import Method
from trialwright.design.model import Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, flag
from trialwright.design.rules.model import Rule
from trialwright.design.rules.schedule import cohorts
from trialwright.design.states import LEVEL, Bools, Ints, States, one_state

COHORT = 3  # patients
COMPLETE = 6  # patients at a level, after which it is judged for good


@dataclass(frozen=True, slots=True)
class ThreePlusThree(Method):
    """The method alone; `three_plus_three` makes a design of it, with the rule that ends it."""

    name: ClassVar[str] = "three_plus_three"
    local: ClassVar[bool] = True
    select_untested: bool = False

    @property
    def summary(self) -> str:
        """The rule in one line."""
        untested = "; may recommend an untested level" if self.select_untested else ""
        return (
            "3+3: escalate on 0 of 3 or at most 1 of 6, 3 more on 1 of 3, "
            f"too toxic on 2 or more DLTs{untested}"
        )

    def wish(self, states: States) -> Ints:
        """Return one level up, the same, or one down from the current level.

        A level that was too toxic is never wished again: then it is the highest below it.
        """
        treated, dlts = states.at_current()
        up, down = tolerated(treated, dlts), too_toxic(treated, dlts)
        wish = states.current + up.astype(LEVEL) - down.astype(LEVEL)
        left = np.sum(~states.eliminated, axis=1)  # the highest level that is still open
        return np.where(states.eliminated.any(axis=1), np.minimum(wish, left), wish).astype(LEVEL)

    def explain(self, state: Outcomes) -> str:
        """Name the counts at the current level and what they mean."""
        n, y = state.treated[state.current - 1], state.dlts[state.current - 1]
        return f"{y} of {n} at dose {state.current} had a DLT: {_meaning(n, y, state)}"

    def select(self, states: States) -> Ints:
        """Return the highest level that was tolerated and is not too toxic (states,), 0 for none.

        With `select_untested` it may be the level below the lowest that is too toxic, even where
        nobody was treated there.
        """
        levels = np.arange(1, states.doses + 1)
        known = ~states.eliminated & tolerated(states.treated, states.dlts)
        if self.select_untested:
            below = np.sum(~states.eliminated, axis=1, keepdims=True)
            stopped = states.eliminated.any(axis=1, keepdims=True)
            known |= stopped & (levels == below) & (states.treated == 0)
        highest: Ints = np.max(np.where(known, levels, 0), axis=1).astype(LEVEL)
        return highest

    def explain_selection(self, state: Outcomes) -> str:
        """List the counts of the levels that were treated, and what they mean."""
        parts = [
            f"dose {level} {_judged(n, y, level in state.eliminated)} ({y} of {n})"
            for level, (n, y) in enumerate(zip(state.treated, state.dlts, strict=True), 1)
            if n
        ]
        chosen = int(self.select(one_state(state))[0])
        if chosen and not state.treated[chosen - 1]:
            parts.append(f"dose {chosen} untested")
        if not parts:
            return "nobody was treated"
        return f"{', '.join(parts)}: {'the highest tolerated' if chosen else 'none is tolerated'}"


@dataclass(frozen=True, slots=True)
class Verification(Rule):
    """Ends a 3+3 trial when its MTD is known, and leaves levels that are too toxic for good."""

    name: ClassVar[str] = "mtd_found"
    deescalate: bool
    zero_of_3_at_top_ends: bool

    @property
    def summary(self) -> str:
        after = (
            "the level below one that is too toxic is completed to 6 patients"
            if self.deescalate
            else "the trial ends at the first level that is too toxic"
        )
        top = (
            "0 of 3 or at most 1 of 6 end" if self.zero_of_3_at_top_ends else "at most 1 of 6 ends"
        )
        return f"{after}; at the highest level {top} the trial (cohorts of {COHORT})"

    def check(self, design: Design) -> None:
        for number, size in enumerate(design.schedule, 1):
            if size != COHORT:
                raise InputError(f"cohorts, cohort {number}", f"{size} patients", "3, for a 3+3")

    def eliminates(self, design: Design, states: States) -> Bools:
        return np.logical_or.accumulate(too_toxic(states.treated, states.dlts), axis=1)

    def bars(self, design: Design, states: States) -> Bools:
        return states.eliminated

    def stops(self, design: Design, states: States, wish: Ints, proposed: Ints) -> Ints:
        highest = np.sum(~states.eliminated, axis=1)  # the highest level that is still open
        settled = self._settled(states, highest)
        ending = np.where(settled, Ending.COMPLETE, Ending.GOES_ON)
        return np.where(highest == 0, Ending.NO_DOSE, ending)

    def explain(self, design: Design, state: Outcomes, verdict: Resolved) -> str | None:
        open_levels = len(state.treated) - len(state.eliminated)
        if open_levels == 0:
            return "the lowest dose is too toxic: the trial ends without a dose"
        gone = _too_toxic_levels(state)
        if self._settled(one_state(state), np.array([open_levels]))[0]:
            n, y = state.treated[open_levels - 1], state.dlts[open_levels - 1]
            return f"{gone}dose {open_levels} is the highest left, with {y} of {n}: the trial ends"
        return (
            f"{gone}dose {open_levels} is to be completed to {COMPLETE} patients" if gone else None
        )

    def _settled(self, states: States, highest: Ints) -> Bools:
        """Say whether the highest open level (states,) is known well enough."""
        rows, column = np.arange(len(states)), np.maximum(highest, 1) - 1
        treated, dlts = states.treated[rows, column], states.dlts[rows, column]
        found: Bools = (treated >= COMPLETE) & tolerated(treated, dlts)
        if self.zero_of_3_at_top_ends:
            found |= (highest == states.doses) & tolerated(treated, dlts)
        if not self.deescalate:
            found |= highest < states.doses
        return found


def too_toxic(treated: Ints, dlts: Ints) -> Bools:
    """Say where a level has too many DLTs, elementwise: 2 or more, and more than 1 in 6."""
    found: Bools = (dlts >= 2) & (COMPLETE * dlts.astype(np.int64) > treated)
    return found


def tolerated(treated: Ints, dlts: Ints) -> Bools:
    """Say where a level may be escalated from, elementwise: 0 of 3 to 5, or at most 1 in 6."""
    none = (treated >= COHORT) & (dlts == 0)
    found: Bools = none | ((treated >= COMPLETE) & ~too_toxic(treated, dlts))
    return found


@by_name
def three_plus_three(
    *,
    doses: Doses,
    start: int = 1,
    deescalate: bool = False,
    zero_of_3_at_top_ends: bool = True,
    select_untested: bool = False,
) -> Design:
    """Return a 3+3 design, with a schedule that is long enough for every course of it.

    `deescalate` completes the level below one that is too toxic to 6 patients before it is called
    the MTD. `zero_of_3_at_top_ends` ends the trial on 0 of 3 at the highest level; without it 3
    more are treated there. `select_untested` lets the level below one that is too toxic be
    recommended where nobody was treated there (a trial that started above the lowest level).
    Every cohort has 3 patients. Raises InputError naming the parameter.
    """
    method = ThreePlusThree(flag("select_untested", select_untested))
    ends = Verification(
        flag("deescalate", deescalate), flag("zero_of_3_at_top_ends", zero_of_3_at_top_ends)
    )
    design = new_design(method, doses, start)
    return design.with_own(cohorts([COHORT] * (2 * design.doses)), ends)


def _meaning(n: int, y: int, state: Outcomes) -> str:
    counts, level = (np.array(n), np.array(y)), state.current
    if level in state.eliminated:
        return _judged(n, y, eliminated=True)
    if too_toxic(*counts):
        return "too toxic"
    if tolerated(*counts):
        above = level + 1 in state.eliminated
        return f"tolerated, and dose {level + 1} is too toxic" if above else "escalate"
    return f"stay, to complete {COHORT if n < COHORT else COMPLETE} patients"


def _judged(n: int, y: int, eliminated: bool) -> str:
    if eliminated:
        return "too toxic" if too_toxic(np.array(n), np.array(y)) else "above one that is too toxic"
    return "tolerated" if tolerated(np.array(n), np.array(y)) else "not complete"


def _too_toxic_levels(state: Outcomes) -> str:
    return f"dose {min(state.eliminated)} is too toxic; " if state.eliminated else ""
