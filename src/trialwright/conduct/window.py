"""The toxicity window of one subject: from the first infusion to the end of the watch.

The watch ends with the window's last day, or some days after the last infusion given, whichever is
later. Its last day counts: an onset on day 70 of a window of P70D is inside. While an infusion is
neither given nor recorded as missed, the end may still move, and the window stays open.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.conduct.model import Subject
from trialwright.core.dates import Duration
from trialwright.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day, both inside, and the infusions that may still move the end."""

    first: date
    last: date
    awaited: tuple[int, ...]

    def holds(self, day: date) -> bool:
        """Say whether a day is, or may turn out to be, inside."""
        return self.first <= day and (bool(self.awaited) or day <= self.last)


def dlt_window(protocol: Protocol, subject: Subject) -> Window | None:
    """Return a subject's window as far as it is known; None before the first infusion."""
    first = subject.first_infusion
    if first is None:
        return None
    after = timedelta(days=protocol.dlt.days_after_last_infusion.value)
    latest = max(given.started.date() for given in subject.given) + after
    last = max(Duration.parse(protocol.dlt.window.value).after(first), latest)
    return Window(first, last, awaited(protocol, subject))


def awaited(protocol: Protocol, subject: Subject) -> tuple[int, ...]:
    """Return the infusions that are neither given nor missed; none for a person who left."""
    if subject.left is not None:
        return ()
    done = {i.number for i in subject.infusions if i.given or i.missed}
    planned = range(1, protocol.infusions.count.value + 1)
    return tuple(number for number in planned if number not in done)
