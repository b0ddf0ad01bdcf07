"""What is on record of a person's days: when they were last seen, and when they died."""

from dataclasses import replace
from datetime import date

from trialwright.conduct.model import Subject
from trialwright.conduct.rulings import is_fatal


def died_on(subject: Subject) -> date | None:
    """Return the day on which a person died; None for one who is not known to have died.

    A fatal event gives its last day. Where it has none, the end of study counts, and where that is
    not recorded either, the event's onset: nothing says that the person lived any longer.
    """
    fatal = [event for event in subject.adverse_events if is_fatal(event)]
    ends = [event.resolved for event in fatal if event.resolved is not None]
    if fatal and not ends and subject.left is not None and subject.left.how == "died":
        ends = [subject.left.on]
    return min(ends or [event.onset for event in fatal], default=None)


def last_known(subject: Subject) -> tuple[str, date]:
    """Return the last thing on record that happened to a person, and its day.

    What did not happen (a missed infusion, a visit not made) says nothing of where they were.
    """
    happened_on = [
        (subject.enrolled.enrolled_on, "the enrolment"),
        *((g.started.date(), f"infusion {g.infusion}") for g in subject.given),
        *((e.resolved or e.onset, f"adverse event {e.event_id}") for e in subject.adverse_events),
        *((a.measured_on, f"{a.visit}") for a in subject.assessments if a.value is not None),
    ]
    day, what = max(happened_on)
    return what, day


def without_event(subject: Subject, event_id: str) -> Subject:
    """Return a person as if one adverse event were not on record, to hold a new report against."""
    others = tuple(e for e in subject.adverse_events if e.event_id != event_id)
    return replace(subject, adverse_events=others)
