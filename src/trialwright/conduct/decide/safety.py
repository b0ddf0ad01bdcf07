"""Adverse events and their adjudication; never locked out, also after the trial's end."""

from trialwright.conduct.decide.retelling import check_retelling
from trialwright.conduct.events import AdverseEventReported, DltAdjudicated
from trialwright.conduct.lifetime import died_on, last_known, without_event
from trialwright.conduct.model import Subject, TrialState
from trialwright.conduct.rules import consented_by, happened, named, require, subject_of
from trialwright.conduct.rulings import in_window, is_fatal
from trialwright.conduct.signature import Signed
from trialwright.conduct.window import dlt_window


def report(
    state: TrialState, signed: Signed, event: AdverseEventReported
) -> tuple[AdverseEventReported]:
    """Record an adverse event, or what is newly known of it under the same id.

    The last infusion before the onset is found from the record, whatever was passed. A report may
    always make an event graver; only the investigator makes one lighter.
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
    consented_by(state, person, event.onset, "adverse event", event.term)
    _consistent(event, signed)
    check_retelling(person, signed, event)
    _within_life(person, event)
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


def _within_life(person: Subject, event: AdverseEventReported) -> None:
    """Nothing happens to a person after their death, whichever of the two is reported first."""
    rest = without_event(person, event.event_id)
    died = died_on(rest)
    ends = event.resolved or event.onset
    require(
        died is None or ends <= died, "death",
        f"{event.term} on {ends} is after the death of {person.number} on {died}",
        f"a day up to {died}",
    )  # fmt: skip
    if is_fatal(event):
        what, last = last_known(rest)
        require(
            ends >= last, "death",
            f"{person.number} would have died on {ends}, before {what} on {last}",
            f"the day of death as the event's last day, from {last}",
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
    """Rule whether an adverse event was dose-limiting; only one inside the window can be.

    The safety board rules at any time: behind a gate that was decided, and after the trial's end.
    """
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
    window = dlt_window(state.protocol, person)
    require(
        in_window(state.protocol, person, event), "adjudication",
        f"{event.event_id} began on {event.onset}, outside the toxicity window",
        f"an onset from {window.first} to {window.last}" if window else "an infusion before it",
    )  # fmt: skip
