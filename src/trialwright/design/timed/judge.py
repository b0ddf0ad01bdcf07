"""A decision while patients are pending: one meaning for the live trial and for simulation.

A pending patient is neither a DLT nor free of one. So:

- the method wishes from the known outcomes, and from how long each pending patient was followed;
- a rule that protects looks twice, once without the pending patients and once with them as treated
  (`rules.model.Sees`), and the stricter answer bars a level *now*;
- what cannot be undone, an elimination for good or the end of the trial, takes place only when it
  holds whatever the pending patients will show. Toxicities are seen earlier than their absence, so
  the known outcomes alone look worse than they are: until then nobody is treated, and no door shut.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trialwright.design.decision.pending import MOST_CASES
from trialwright.design.method import TimedMethod
from trialwright.design.states import COUNT, LEVEL, Bools, Floats, Ints, Resolution, States
from trialwright.design.timed.people import People

if TYPE_CHECKING:
    from trialwright.design.design import Design


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Trials at one moment of each; a row per trial, current level and cohorts the same in both."""

    known: States  # without the pending patients
    everyone: States  # pending patients as treated, without a DLT so far
    people: People | None  # one by one; None for a method that does not look at time

    def __len__(self) -> int:
        return len(self.everyone)

    @property
    def pending(self) -> Bools:
        """Say where somebody is pending (trials,)."""
        waiting: Bools = (self.everyone.treated != self.known.treated).any(axis=1)
        return waiting


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """How each trial goes on: `resolution` holds where nothing waits."""

    resolution: Resolution
    eliminated: Bools  # (trials, doses) for good
    barred: Bools  # (trials, doses) eliminated for good, or too toxic by the known outcomes
    method_waits: Bools  # (trials,) the method knows too little
    end_in_doubt: Bools  # (trials,) known outcomes would end it, pending ones may still prevent it

    @property
    def waits(self) -> Bools:
        """Say where nobody may be treated yet (trials,)."""
        return self.method_waits | self.end_in_doubt


def judge(design: "Design", seen: Snapshot) -> Judged:
    """Resolve each trial's wish against all rules, or say that it waits."""
    gone = seen.everyone.eliminated | design.eliminates(seen.everyone)
    everyone = replace(seen.everyone, eliminated=gone)
    barred = gone | design.eliminates(seen.known)
    known = replace(seen.known, eliminated=barred)
    wish = _wish(design, known, seen.people)
    pending = seen.pending
    if not pending.any():
        found, ends, doubt = design.resolve(everyone, wish=wish), pending, pending
    else:
        found = design.resolve(everyone, wish=wish, known=known)
        ends = _ends_for_certain(design, everyone, known, found)
        doubt = (found.next_dose == 0) & ~ends
    return Judged(found, gone, barred, _waits(design, known, seen.people) & pending & ~ends, doubt)


def holds_for_certain(design: "Design", seen: Snapshot, judged: Judged) -> bool:
    """Say whether no bar and no end is owed to leaving the pending patients out."""
    everyone = replace(seen.everyone, eliminated=judged.eliminated)
    known = replace(seen.known, eliminated=judged.barred)
    wish, found = judged.resolution.wish, judged.resolution
    certain = design.resolve(everyone, wish=wish, known=known, certain=True)
    same_levels = np.array_equal(certain.admissible, found.admissible)
    same_dose = np.array_equal(certain.next_dose, found.next_dose)
    return same_levels and same_dose and _same_draw(certain.allocation, found.allocation)


def _same_draw(one: Floats | None, other: Floats | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))


def _ends_for_certain(
    design: "Design", everyone: States, known: States, found: Resolution
) -> Bools:
    """Say where the trial ends whatever the pending patients will show (trials,).

    The design is asked with every possible outcome of theirs; where these are too many, nothing is
    certain.
    """
    ends: Bools = found.next_dose == 0
    pending = everyone.treated.astype(np.int64) - known.treated
    cases = (pending + 1).prod(axis=1)
    ends &= cases <= MOST_CASES
    rows = np.flatnonzero(ends)
    if len(rows) == 0:
        return ends
    complete, case_of = _completed(everyone.take(rows), pending[rows], cases[rows])
    gone = complete.eliminated | design.eliminates(complete)
    goes_on = design.resolve(replace(complete, eliminated=gone)).next_dose != 0
    ends[rows] = np.bincount(case_of, goes_on, minlength=len(rows)) == 0
    return ends


def _completed(everyone: States, pending: Ints, cases: Ints) -> tuple[States, Ints]:
    """Return each state with every number of further DLTs by level, and the row that each is of."""
    row = np.repeat(np.arange(len(cases)), cases)
    case = np.arange(len(row)) - np.repeat(np.cumsum(cases) - cases, cases)
    states, more = everyone.take(row), np.zeros((len(row), everyone.doses), COUNT)
    for level in range(everyone.doses):
        case, more[:, level] = np.divmod(case, pending[row, level] + 1)
    return replace(states, dlts=states.dlts + more), row


def _wish(design: "Design", known: States, people: People | None) -> Ints:
    if people is None or not isinstance(design.method, TimedMethod):
        return design.wish(known)
    if not (known.current > 0).any():
        return np.full(len(known), design.start, LEVEL)
    wish = design.method.wish_in_time(known, people)
    return np.where(known.current == 0, design.start, wish).astype(LEVEL)


def _waits(design: "Design", known: States, people: People | None) -> Bools:
    if people is None or not isinstance(design.method, TimedMethod):
        return np.zeros(len(known), np.bool_)
    waits: Bools = design.method.waits(known, people) & (known.current > 0)
    return waits
