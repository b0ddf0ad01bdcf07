"""Adverse events and their adjudication; never locked out, also after the trial's end."""

from trialwright.conduct.clocks import dlt_window_end
from trialwright.conduct.events import AdverseEventReported, DltAdjudicated
from trialwright.conduct.model import Subject, TrialState
from trialwright.conduct.rules import happened, named, not_ended, require, subject_of
from trialwright.conduct.signature import Signed


def report(
    state: TrialState, signed: Signed, event: AdverseEventReported
) -> tuple[AdverseEventReported]:
    """Record an adverse event, or what is newly known of it under the same id.

    The last infusion before the onset is found from the record, whatever was passed.
    """
    named(event.event_id, "event id")
    named(event.term, "adverse event, term")
    happened(event.onset, signed, f"{event.term}")
    person = subject_of(state, event.subject)
    owner = _owner(state, event.event_id)
    require(
        owner in {None, event.subject}, "adverse event",
        f"{event.event_id} is an event of {owner}", "an event id of its own",
    )  # fmt: skip
    _after_consent(state, person, event)
    _consistent(event, signed)
    before = [g.infusion for g in person.given if g.started.date() <= event.onset]
    return (
        AdverseEventReported(
            event.event_id, event.subject, event.term, event.organ_system, event.onset,
            event.resolved, event.grade, event.serious, event.relatedness, event.expected,
            before[-1] if before else None, event.meets_dlt, event.outcome,
        ),
    )  # fmt: skip


def _owner(state: TrialState, event_id: str) -> str | None:
    for subject in state.subjects.values():
        if any(e.event_id == event_id for e in subject.adverse_events):
            return subject.number
    return None


def _after_consent(state: TrialState, person: Subject, event: AdverseEventReported) -> None:
    consent = state.consents[person.enrolled.screening_no].signed_on
    require(
        event.onset >= consent, "adverse event",
        f"onset on {event.onset}, before the consent on {consent}", "medical history, not an event",
    )  # fmt: skip


def _consistent(event: AdverseEventReported, signed: Signed) -> None:
    require(
        (event.grade == 5) == (event.outcome == "fatal"), "adverse event",
        f"grade {event.grade} with outcome {event.outcome}", "grade 5 exactly where it was fatal",
    )  # fmt: skip
    require(
        event.serious or event.grade < 5, "adverse event",
        "a fatal event that is not serious", "serious: true",
    )  # fmt: skip
    if event.resolved is not None:
        happened(event.resolved, signed, f"the end of {event.term}")
    require(
        event.resolved is None or event.resolved >= event.onset, "adverse event",
        f"it ended on {event.resolved}, before its onset", f"a day from {event.onset}",
    )  # fmt: skip
    over = event.outcome in {"resolved", "sequelae"}
    require(
        over or event.resolved is None or event.outcome == "fatal", "adverse event",
        f"it ended on {event.resolved} with outcome {event.outcome}", "an outcome that is final",
    )  # fmt: skip
    require(
        event.outcome != "resolved" or event.resolved is not None, "adverse event",
        "resolved on an unknown day", "the day on which it resolved",
    )  # fmt: skip


def adjudicate(
    state: TrialState, signed: Signed, event_id: str, subject: str, is_dlt: bool, why: str
) -> tuple[DltAdjudicated]:
    """Rule whether an adverse event was dose-limiting; only one inside the window can be."""
    not_ended(state)
    named(why, "why")
    person = subject_of(state, subject)
    event = next((e for e in person.adverse_events if e.event_id == event_id), None)
    require(
        event is not None, "adjudication",
        f"{subject} has no adverse event {event_id}", "a reported adverse event",
    )  # fmt: skip
    if is_dlt and event is not None:
        _in_window(state, person, event)
    return (DltAdjudicated(event_id, subject, is_dlt, why),)


def _in_window(state: TrialState, person: Subject, event: AdverseEventReported) -> None:
    start, ends = person.first_infusion, dlt_window_end(state.protocol, person)
    inside = start is not None and ends is not None and start <= event.onset < ends
    require(
        inside, "adjudication",
        f"{event.event_id} began on {event.onset}, outside the toxicity window",
        f"an onset from {start} to the day before {ends}" if start else "an infusion before it",
    )  # fmt: skip
