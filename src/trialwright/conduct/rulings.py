"""Which adverse events the safety board has to rule on before an outcome is known.

Unknown is not no: whoever calls an event dose-limiting, an event that reaches the protocol's grade
and relatedness inside the window, and a death inside it all wait for a ruling.
"""

from collections.abc import Iterator
from datetime import date
from typing import get_args

from trialwright.conduct.events import AdverseEventReported, Relatedness
from trialwright.conduct.model import Subject
from trialwright.conduct.window import dlt_window
from trialwright.protocol.model import Protocol

_RANK = {name: rank for rank, name in enumerate(get_args(Relatedness))}


def unruled(protocol: Protocol, subject: Subject) -> tuple[AdverseEventReported, ...]:
    """Return the events that wait for a ruling: none yet, or one on an earlier account of them."""
    ruled = {a.event_id for a in subject.adjudications}
    return tuple(
        event
        for event in subject.adverse_events
        if event.event_id in subject.reopened
        or (event.event_id not in ruled and needs_ruling(protocol, subject, event))
    )


def is_for_the_board(protocol: Protocol, subject: Subject, event_id: str) -> bool:
    """Say whether the board has ruled on an event as it is known so far, or has to."""
    ruled = {a.event_id for a in subject.adjudications}
    return event_id in ruled | {event.event_id for event in unruled(protocol, subject)}


def needs_ruling(protocol: Protocol, subject: Subject, event: AdverseEventReported) -> bool:
    """Say whether an event may be dose-limiting, by its own account and the protocol's limits."""
    return event.meets_dlt or (
        (is_fatal(event) or _reaches(protocol, event)) and in_window(protocol, subject, event)
    )


def in_window(protocol: Protocol, subject: Subject, event: AdverseEventReported) -> bool:
    """Say whether an event began, or a fatal one ended, inside the subject's window."""
    window = dlt_window(protocol, subject)
    return window is not None and any(window.holds(day) for day in _days(subject, event))


def is_fatal(event: AdverseEventReported) -> bool:
    """Say whether the person died of the event."""
    return event.grade == 5 or event.outcome == "fatal"


def _reaches(protocol: Protocol, event: AdverseEventReported) -> bool:
    related = _RANK[event.relatedness] >= _RANK[protocol.dlt.relatedness_from.value]
    return related and event.grade >= protocol.dlt.grade_from.value


def _days(subject: Subject, event: AdverseEventReported) -> Iterator[date]:
    yield event.onset
    if is_fatal(event):
        if event.resolved is not None:
            yield event.resolved
        if subject.left is not None and subject.left.how == "died":
            yield subject.left.on
