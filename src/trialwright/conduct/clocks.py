"""Clocks: each subject's toxicity window, when an infusion or a visit is due, who waits for what.

Study days count from the first infusion given (day 0). A day is a calendar day; the caller says
which day it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from trialwright.conduct.model import Subject
from trialwright.core.dates import Duration
from trialwright.protocol.model import Protocol

Watch = Literal["not_started", "running", "adjudication", "complete", "dlt", "not_evaluable"]


@dataclass(frozen=True, slots=True)
class DltClock:
    """Where a subject stands in the toxicity window, and why."""

    subject: str
    status: Watch
    starts: date | None
    ends: date | None  # the first day on which the window is complete
    why: str

    @property
    def evaluable(self) -> bool:
        """The window is complete, or a DLT was seen in it."""
        return self.status in {"complete", "dlt"}

    @property
    def pending(self) -> bool:
        """Something is still to come before this subject's outcome is known."""
        return self.status in {"not_started", "running", "adjudication"}


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and the first and last day of its window."""

    day: date
    first: date
    last: date


def dlt_clock(protocol: Protocol, subject: Subject, on: date) -> DltClock:
    """Return a subject's toxicity clock as it stands on a day."""
    start = subject.first_infusion
    ends = dlt_window_end(protocol, subject)
    status, why = _watch(subject, on, ends)
    return DltClock(subject.number, status, start, ends, why)


def dlt_window_end(protocol: Protocol, subject: Subject) -> date | None:
    """Return the first day after the window; None before the first infusion."""
    start = subject.first_infusion
    return Duration.parse(protocol.dlt.window.value).after(start) if start else None


def _watch(subject: Subject, on: date, ends: date | None) -> tuple[Watch, str]:
    left = subject.left
    if subject.has_dlt:
        return "dlt", "a dose-limiting toxicity was adjudicated"
    unjudged = tuple(_unjudged(subject))
    if unjudged:
        return "adjudication", f"adverse event {', '.join(unjudged)} is not adjudicated yet"
    if ends is None:
        if left is not None:
            return "not_evaluable", f"left on {left.on} without an infusion ({left.how})"
        return "not_started", "no infusion was given yet"
    if left is not None and left.on < ends:
        return "not_evaluable", f"left on {left.on} ({left.how}), before the window's end"
    if on < ends:
        return "running", f"the toxicity window runs until {ends}"
    return "complete", f"the toxicity window was complete on {ends}"


def _unjudged(subject: Subject) -> Iterator[str]:
    """Adverse events that the investigator calls dose-limiting and nobody adjudicated."""
    judged = {a.event_id for a in subject.adjudications}
    return (e.event_id for e in subject.adverse_events if e.meets_dlt and e.event_id not in judged)


def infusion_due(protocol: Protocol, subject: Subject, infusion: int) -> Due | None:
    """Return when an infusion is due; None for those that wait for the first infusion."""
    start = subject.first_infusion
    if start is None:
        return None
    days = protocol.infusions.days.value
    return _due(start, days[infusion - 1] - days[0], protocol.infusions.window_days.value)


def visit_due(protocol: Protocol, subject: Subject, visit: str) -> Due | None:
    """Return when a visit is due; None before the first infusion. KeyError for no such visit."""
    plan = {v.name: v for v in protocol.visits}[visit]
    start = subject.first_infusion
    return _due(start, plan.day.value, plan.window_days) if start else None


def _due(start: date, day: int, window: int) -> Due:
    due = start + timedelta(days=day)
    return Due(due, due - timedelta(days=window), due + timedelta(days=window))


def stagger_ends(protocol: Protocol, first: Subject) -> date | None:
    """Return the first day on which a cohort's second subject may enter; None before dosing."""
    start = first.first_infusion
    return Duration.parse(protocol.gate.stagger.value).after(start) if start else None
