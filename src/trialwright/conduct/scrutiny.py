"""What a right hash does not show: entries that the trial's own service would never have written.

Whoever holds the file can write an entry and compute its hash. Such an entry is found where it
says what could not have been recorded: by a stranger, in a role that does not record it, about a
cohort that was never open, from a data cut that the journal does not have. A forgery that keeps
all these rules is found only by a head hash that was filed elsewhere.

Each check takes the state before the entry; none asks for more than the service asked for when it
wrote the entry.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from trialwright.conduct import permissions
from trialwright.conduct.events import (
    AnyEvent,
    BoardDecided,
    Entry,
    GateHeld,
    InfusionGiven,
    InfusionMissed,
    InfusionPrepared,
    PatientEnrolled,
    TrialOpened,
)
from trialwright.conduct.model import TrialState
from trialwright.conduct.rules import happened, since_opening
from trialwright.conduct.signature import SYSTEM, Signed
from trialwright.core.errors import InputError, Refused

_Check = Callable[[TrialState, Entry, Sequence[str]], str | None]

# The days on which something happened; a lot's expiry is to come.
_DAYS = (
    "screened_on", "signed_on", "enrolled_on", "started", "on", "onset", "resolved", "measured_on",
)  # fmt: skip


def doubt(before: TrialState | None, entry: Entry, hashes: Sequence[str]) -> str | None:
    """Say why the service cannot have written an entry; None where it can.

    `before` is the trial before the entry, None for the first; `hashes` are those of the entries
    before it, in order.
    """
    if before is None:
        return _opening(entry)
    found = (check(before, entry, hashes) for check in _CHECKS)
    return next((what for what in found if what), None)


def not_finite(event: AnyEvent) -> str | None:
    """Name the first decimal of an event that is no finite number."""
    for name, value in msgspec.structs.asdict(event).items():
        if isinstance(value, Decimal) and not value.is_finite():
            return f"{name} is {value}, not a finite number"
    return None


def _opening(entry: Entry) -> str | None:
    if not isinstance(entry.event, TrialOpened):
        return None  # the fold names it
    return _refusal(lambda: permissions.check_opening(_signed(entry), entry.event))


def _finite(_state: TrialState, entry: Entry, _hashes: Sequence[str]) -> str | None:
    return not_finite(entry.event)


def _dated(state: TrialState, entry: Entry, _hashes: Sequence[str]) -> str | None:
    """Nothing happened before the trial opened, or after it was recorded."""
    for name in _DAYS:
        value = getattr(entry.event, name, None)
        if isinstance(value, datetime) and value.tzinfo is None:
            return f"{name} is {value}, a time without a zone"
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date) and (what := _impossible(state, name, day, entry)):
            return what
    return None


def _impossible(state: TrialState, name: str, day: date, entry: Entry) -> str | None:
    early = _refusal(lambda: since_opening(state, day, name))
    return early or _refusal(lambda: happened(day, _signed(entry), name))


def _signed_for(state: TrialState, entry: Entry, _hashes: Sequence[str]) -> str | None:
    """Whoever recorded it was appointed in that role by then, and the role records such events."""
    if permissions.is_of_the_rules(entry.event):
        by_the_rules = (entry.actor, entry.role) == (SYSTEM, "system")
        return None if by_the_rules else f"{entry.actor} recorded what only the rules record"
    return _refusal(lambda: permissions.check(state, _signed(entry), entry.event))


def _named_people(state: TrialState, entry: Entry, _hashes: Sequence[str]) -> str | None:
    """Who is said to have signed or checked was appointed by then."""
    match entry.event:
        case BoardDecided(signed_by=members):
            return _board(state, members)
        case InfusionPrepared(verified_by=person):
            known = person in state.staff and person != entry.actor
            return None if known else f"{person} verified a dose, and is no second person of staff"
        case _:
            return None


def _board(state: TrialState, members: Sequence[str]) -> str | None:
    quorum = state.protocol.gate.board_quorum.value
    strangers = [p for p in members if "board_member" not in state.staff.get(p, ())]
    if strangers:
        return f"{', '.join(strangers)} signed, and is not on the safety board"
    if len(set(members)) < quorum:
        return f"{len(set(members))} of {quorum} members signed the board's decision"
    return None


def _planned(state: TrialState, entry: Entry, _hashes: Sequence[str]) -> str | None:
    """Cohorts, dose levels and infusions are those of the protocol, as far as they were opened."""
    match entry.event:
        case PatientEnrolled(cohort=cohort, level=level):
            return _open_cohort(state, cohort) or _level_of(state, cohort, level)
        case GateHeld(cohort=cohort, recommended_dose=level):
            return _open_cohort(state, cohort) or _a_level(state, level)
        case BoardDecided(opens_level=level):
            return _a_level(state, level)
        case (
            InfusionPrepared(infusion=number)
            | InfusionGiven(infusion=number)
            | InfusionMissed(infusion=number)
        ):
            count = state.protocol.infusions.count.value
            return None if 1 <= number <= count else f"infusion {number} of {count}"
        case _:
            return None


def _open_cohort(state: TrialState, cohort: int) -> str | None:
    opened = [c.number for c in state.cohorts]
    return None if cohort in opened else f"cohort {cohort} was not opened by then"


def _level_of(state: TrialState, cohort: int, level: int) -> str | None:
    held = next(c.level for c in state.cohorts if c.number == cohort)
    return (
        None if level == held else f"level {level}, but cohort {cohort} was opened at level {held}"
    )


def _a_level(state: TrialState, level: int | None) -> str | None:
    levels = [dose.level for dose in state.protocol.dose_levels]
    known = level is None or level in levels
    return None if known else f"level {level} is none of the protocol's"


def _cut(_state: TrialState, entry: Entry, hashes: Sequence[str]) -> str | None:
    """A gate's data cut is an entry of this journal, with the hash that the gate names."""
    if not isinstance(entry.event, GateHeld):
        return None
    number, named = entry.event.cut_seq, entry.event.cut_sha256
    if not 1 <= number <= len(hashes):
        return f"the gate's data cut is entry {number}, which does not stand before it"
    if hashes[number - 1] == named:
        return None
    return (
        f"the gate's data cut is entry {number} with hash {named}, "
        f"but entry {number} has hash {hashes[number - 1]}"
    )


_CHECKS: tuple[_Check, ...] = (_finite, _dated, _signed_for, _named_people, _planned, _cut)


def _signed(entry: Entry) -> Signed:
    return Signed(entry.actor, entry.role, entry.reason, entry.at)


def _refusal(rule: Callable[[], None]) -> str | None:
    """Return why a rule of the service refuses; None where it holds."""
    try:
        rule()
    except Refused as refused:
        return refused.why
    except InputError as error:
        return error.what
    return None
