"""Clocks: each subject's toxicity window, when an infusion or a visit is due, who waits for what.

Study days count from the first infusion given (day 0). A day is a calendar day; the caller says
which day it is.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from trialwright.conduct import exposure
from trialwright.conduct.model import Subject
from trialwright.conduct.rulings import unruled
from trialwright.conduct.window import Window, awaited, dlt_window
from trialwright.core.dates import Duration
from trialwright.protocol.model import Protocol

Watch = Literal["not_started", "running", "adjudication", "complete", "dlt", "not_evaluable"]


@dataclass(frozen=True, slots=True)
class DltClock:
    """Where a subject stands in the toxicity window, and why."""

    subject: str
    status: Watch
    starts: date | None
    ends: date | None  # the last day of the window as far as it is known; it counts
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
    window = dlt_window(protocol, subject)
    status, why = _watch(protocol, subject, on, window)
    starts, ends = (window.first, window.last) if window else (None, None)
    return DltClock(subject.number, status, starts, ends, why)


def _watch(
    protocol: Protocol, subject: Subject, on: date, window: Window | None
) -> tuple[Watch, str]:
    if subject.has_dlt:
        return "dlt", "a dose-limiting toxicity was adjudicated"
    if open_events := ", ".join(event.event_id for event in unruled(protocol, subject)):
        return "adjudication", f"adverse event {open_events} is not adjudicated yet"
    if window is None:
        return _without_an_infusion(protocol, subject)
    if subject.left is not None and subject.left.on <= window.last:
        return "not_evaluable", _left_early(protocol, subject)
    if window.awaited:
        until = f"the toxicity window runs until {window.last} at least"
        return "running", f"{until}: {_numbers(window.awaited)} neither given nor missed"
    if on <= window.last:
        return "running", f"the toxicity window runs until {window.last}, that day included"
    if short := _short(protocol, subject):
        return "not_evaluable", short
    return "complete", f"the toxicity window was complete after {window.last}"


def _without_an_infusion(protocol: Protocol, subject: Subject) -> tuple[Watch, str]:
    left = subject.left
    if left is not None:
        return "not_evaluable", f"left on {left.on} without an infusion ({left.how})"
    if awaited(protocol, subject):
        return "not_started", "no infusion was given yet"
    return "not_evaluable", "every infusion was missed"


def _left_early(protocol: Protocol, subject: Subject) -> str:
    left = subject.left
    said = f"left on {left.on} ({left.how}), " if left else ""
    early = f"{said}before the window's end"
    short = _short(protocol, subject)
    return f"{early}; {short}" if short else early


def _short(protocol: Protocol, subject: Subject) -> str | None:
    """Say that too little was received to count as tolerated; None where it was enough."""
    received = exposure.percent(exposure.shares(protocol, subject))
    if not exposure.is_short(protocol, received):
        return None
    wanted = f"{protocol.dlt.minimum_exposure_percent.value:g} %"
    return f"received {exposure.shown(received)} of the planned amount, {wanted} are wanted"


def _numbers(infusions: tuple[int, ...]) -> str:
    """Name infusions: "infusion 2 is", "infusions 2, 3 are"."""
    listed = ", ".join(map(str, infusions))
    return f"infusions {listed} are" if len(infusions) > 1 else f"infusion {listed} is"


def infusion_due(protocol: Protocol, subject: Subject, infusion: int) -> Due | None:
    """Return when an infusion is due; None for those that wait for the first one given."""
    if not subject.given:
        return None
    first, days = subject.given[0], protocol.infusions.days.value
    after = days[infusion - 1] - days[first.infusion - 1]
    return _due(first.started.date(), after, protocol.infusions.window_days.value)


def infusion_not_before(protocol: Protocol, subject: Subject) -> date | None:
    """Return the first day that is far enough from the last infusion given; None before it."""
    if not subject.given:
        return None
    least = timedelta(days=protocol.infusions.minimum_interval_days.value)
    return max(given.started.date() for given in subject.given) + least


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
