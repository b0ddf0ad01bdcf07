"""State as a fold over the journal: the reference meaning of every event.

`apply` trusts that an event was allowed when it was recorded; it refuses only what cannot be
told as a story: a journal that does not begin with its opening, and an event about somebody or
something that the journal never named.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar, assert_never

import msgspec

from trialwright.conduct.events import (
    AdverseEventReported,
    AssessmentRecorded,
    BoardDecided,
    ConsentSigned,
    DeviationOpened,
    DltAdjudicated,
    Entry,
    GateHeld,
    InfusionGiven,
    InfusionMissed,
    InfusionPrepared,
    LotReceived,
    LotReleased,
    PatientEnrolled,
    PatientLeft,
    PatientScreened,
    StaffAppointed,
    TrialEnded,
    TrialOpened,
    TrialStopped,
)
from trialwright.conduct.model import Infusion, Lot, OpenCohort, Stop, Subject, TrialState
from trialwright.conduct.rulings import is_for_the_board
from trialwright.core.canonical import digest
from trialwright.core.errors import InputError
from trialwright.protocol.model import Protocol

V = TypeVar("V")
_Change = Callable[[Subject], Subject]


def fold(entries: Iterable[Entry], where: str = "journal") -> TrialState:
    """Return the trial after all entries; InputError names the entry that cannot be."""
    state: TrialState | None = None
    for entry in entries:
        state = apply(state, entry, where)
    if state is None:
        raise InputError(where, "no entries", "a journal that begins with the trial's opening")
    return state


def expect_trial(state: TrialState, nct_id: str, where: str = "journal") -> TrialState:
    """Return the state if it is this trial's; raise InputError for a journal of another trial."""
    found = state.protocol.trial.nct_id
    if found != nct_id:
        raise InputError(where, f"the journal of {found}", f"a journal of {nct_id}")
    return state


def apply(state: TrialState | None, entry: Entry, where: str = "journal") -> TrialState:
    """Return the state after one more entry; `state` is None before the first."""
    place = f"{where}, entry {entry.seq}"
    if state is None:
        return _opened(entry, place)
    after = _after(state, entry, place)
    return replace(after, seq=entry.seq, head=entry.hash, latest=entry.at)


def _opened(entry: Entry, place: str) -> TrialState:
    event = entry.event
    if not isinstance(event, TrialOpened):
        raise InputError(place, _kind(event), "TrialOpened as a journal's first event")
    if digest(event.protocol) != event.protocol_sha256:
        raise InputError(place, "a protocol that is not the one whose hash it names", "both alike")
    try:
        protocol = msgspec.convert(event.protocol, Protocol)
    except msgspec.ValidationError as error:
        raise InputError(place, f"protocol: {error}", "a valid protocol") from error
    first = protocol.cohorts[0]
    return TrialState(
        protocol=protocol,
        protocol_sha256=event.protocol_sha256,
        simulated=event.simulated,
        seq=entry.seq,
        head=entry.hash,
        opened=entry.at,
        latest=entry.at,
        staff=MappingProxyType({entry.actor: (entry.role,)}),
        cohorts=(OpenCohort(1, first.planned_level.value, first.size.value, entry.at),),
    )


def _after(state: TrialState, entry: Entry, place: str) -> TrialState:
    match entry.event:
        case TrialOpened(protocol=protocol):
            trial = protocol.get("trial", {}).get("nct_id")
            raise InputError(place, f"a second opening, of {trial}", "the journal of one trial")
        case StaffAppointed(person=person, roles=roles):
            return replace(state, staff=_with(state.staff, person, roles))
        case LotReceived() as received:
            _new(state.lots, received.lot, "lot", place)
            return replace(state, lots=_with(state.lots, received.lot, Lot(received)))
        case LotReleased(lot=name):
            lot = _known(state.lots, name, "lot", place)
            return replace(state, lots=_with(state.lots, name, replace(lot, released=True)))
        case PatientScreened() as screened:
            return _screened(state, screened, place)
        case ConsentSigned() as consent:
            _known(state.screened, consent.screening_no, "screening number", place)
            signed = (*state.consents.get(consent.screening_no, ()), consent)
            return replace(state, consents=_with(state.consents, consent.screening_no, signed))
        case PatientEnrolled() as enrolled:
            screened = _known(state.screened, enrolled.screening_no, "screening number", place)
            _new(state.subjects, enrolled.subject, "subject", place)
            subject = Subject(enrolled, screened)
            return replace(state, subjects=_with(state.subjects, subject.number, subject))
        case InfusionPrepared() as prepared:
            return _prepared(state, prepared, entry, place)
        case InfusionGiven() as given:
            return _changed(state, given.subject, place, lambda s: _given(s, given, place))
        case InfusionMissed() as missed:
            return _changed(state, missed.subject, place, lambda s: _missed(s, missed))
        case DeviationOpened() as deviation:
            return _changed(
                state, deviation.subject, place,
                lambda s: replace(s, deviations=(*s.deviations, deviation)),
            )  # fmt: skip
        case AdverseEventReported() as reported:
            return _changed(state, reported.subject, place, lambda s: _reported(state, s, reported))
        case DltAdjudicated() as verdict:
            return _changed(state, verdict.subject, place, lambda s: _judged(s, verdict, place))
        case AssessmentRecorded() as assessment:
            return _changed(state, assessment.subject, place, lambda s: _assessed(s, assessment))
        case PatientLeft() as left:
            return _changed(state, left.subject, place, lambda s: replace(s, left=left))
        case GateHeld() as gate:
            return replace(state, gates=(*state.gates, gate))
        case BoardDecided() as decision:
            return _decided(state, decision, entry, place)
        case TrialStopped(why=why):
            stop = state.stop or Stop((entry.actor,), entry.at, why)
            return replace(state, stop=stop)
        case TrialEnded():
            return replace(state, ended=True)
        case never:
            assert_never(never)


def _screened(state: TrialState, event: PatientScreened, place: str) -> TrialState:
    """Whoever was undecided may be screened again: the later screening counts."""
    before = state.screened.get(event.screening_no)
    if before is None or before.eligible != "undecided":
        _new(state.screened, event.screening_no, "screening number", place)
    return replace(state, screened=_with(state.screened, event.screening_no, event))


def _changed(state: TrialState, number: str, place: str, change: _Change) -> TrialState:
    subject = _known(state.subjects, number, "subject", place)
    return replace(state, subjects=_with(state.subjects, number, change(subject)))


def _prepared(state: TrialState, event: InfusionPrepared, entry: Entry, place: str) -> TrialState:
    lot = _known(state.lots, event.lot, "lot", place)
    used = replace(lot, used_vials=lot.used_vials + event.vials)
    infusion = Infusion(event.infusion, prepared=event, prepared_at=entry.at)
    state = replace(state, lots=_with(state.lots, event.lot, used))
    return _changed(state, event.subject, place, lambda s: _infused(s, infusion))


def _given(subject: Subject, event: InfusionGiven, place: str) -> Subject:
    for infusion in subject.infusions:
        if infusion.number == event.infusion and infusion.prepared is not None:
            return _infused(subject, replace(infusion, given=event))
    raise InputError(
        place, f"infusion {event.infusion} of {event.subject} was given, never prepared",
        "a prepared infusion",
    )  # fmt: skip


def _missed(subject: Subject, event: InfusionMissed) -> Subject:
    held = {i.number: i for i in subject.infusions}
    infusion = held.get(event.infusion, Infusion(event.infusion))
    return _infused(subject, replace(infusion, missed=event))


def _infused(subject: Subject, infusion: Infusion) -> Subject:
    others = [i for i in subject.infusions if i.number != infusion.number]
    ordered = sorted([*others, infusion], key=lambda i: i.number)
    return replace(subject, infusions=tuple(ordered))


def _reported(state: TrialState, subject: Subject, event: AdverseEventReported) -> Subject:
    """A later report of the same event replaces the earlier one; the journal keeps both.

    A ruling was on the event as it was known then: one that is told otherwise now is open again.
    So is one that waited for its ruling and is told otherwise: to be told lighter is no ruling.
    """
    events = {e.event_id: e for e in subject.adverse_events}
    before = events.get(event.event_id)
    told_otherwise = before is not None and _account(before) != _account(event)
    open_again = told_otherwise and is_for_the_board(state.protocol, subject, event.event_id)
    again = {*subject.reopened, event.event_id} if open_again else subject.reopened
    return replace(
        subject,
        adverse_events=tuple((events | {event.event_id: event}).values()),
        reopened=tuple(sorted(again)),
    )


def _account(event: AdverseEventReported) -> tuple[object, ...]:
    """What a ruling rests on."""
    fatal = event.outcome == "fatal"
    return event.onset, event.grade, event.relatedness, event.meets_dlt, fatal


def _judged(subject: Subject, event: DltAdjudicated, place: str) -> Subject:
    if event.event_id not in {e.event_id for e in subject.adverse_events}:
        raise InputError(
            place, f"adverse event {event.event_id} of {event.subject} was never reported",
            "a reported adverse event",
        )  # fmt: skip
    return replace(
        subject,
        adjudications=(*subject.adjudications, event),
        reopened=tuple(e for e in subject.reopened if e != event.event_id),
    )


def _assessed(subject: Subject, event: AssessmentRecorded) -> Subject:
    """A later value of the same measure and visit replaces the earlier one."""
    taken = {(a.visit, a.measure): a for a in subject.assessments}
    return replace(
        subject,
        assessments=tuple((taken | {(event.visit, event.measure): event}).values()),
    )


def _decided(state: TrialState, event: BoardDecided, entry: Entry, place: str) -> TrialState:
    if event.gate not in {gate.gate for gate in state.gates}:
        raise InputError(place, f"a decision on gate {event.gate}", "a gate that was held")
    decided = replace(state, decisions=(*state.decisions, event))
    if event.stops_trial:
        why = event.override_reason or f"the board's decision on gate {event.gate}"
        stop = state.stop or Stop(event.signed_by, entry.at, why)
        decided = replace(decided, stop=stop)
    if event.opens_level is None:
        return decided
    number, schedule = len(state.cohorts) + 1, state.protocol.schedule
    if number > len(schedule):
        raise InputError(place, f"opens cohort {number}", f"at most {len(schedule)} cohorts")
    cohort = OpenCohort(number, event.opens_level, schedule[number - 1], entry.at)
    return replace(decided, cohorts=(*state.cohorts, cohort))


def _with(mapping: Mapping[str, V], key: str, value: V) -> Mapping[str, V]:
    return MappingProxyType({**mapping, key: value})


def _known(mapping: Mapping[str, V], key: str, what: str, place: str) -> V:
    try:
        return mapping[key]
    except KeyError:
        raise InputError(place, f"{what} {key!r}", f"a {what} that the journal names") from None


def _new(mapping: Mapping[str, V], key: str, what: str, place: str) -> None:
    if key in mapping:
        raise InputError(place, f"{what} {key!r} a second time", f"a new {what}")


def _kind(event: object) -> str:
    return f"an event of kind {type(event).__name__}"
