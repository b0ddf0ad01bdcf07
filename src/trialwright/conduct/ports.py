"""What the live trial needs from outside. What must not happen has no method."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from trialwright.conduct.events import Entry
from trialwright.conduct.journal import Line
from trialwright.core.errors import Refused


class Conflict(Refused):
    """Somebody else recorded something after this decision was computed."""

    def __init__(self, after: int, last: int) -> None:
        super().__init__(
            "journal",
            f"entry {last} was recorded while this one was decided on entry {after}",
            "a look at the trial as it stands now, and a new decision",
        )


class Clock(Protocol):
    """The server's clock."""

    def now(self) -> datetime:
        """Return the time in UTC."""


class Journal(Protocol):
    """The trial's record: entries are read and appended, never changed and never removed."""

    @property
    def where(self) -> str:
        """How messages name this journal: its file, for instance."""

    def lines(self, after: int = 0) -> Iterable[Line]:
        """Yield what is stored after entry `after`, in order, unread."""

    def read(self, after: int = 0) -> Iterable[Entry]:
        """Yield the entries after entry `after`, in order; InputError for one that is damaged."""

    def append(self, entries: Sequence[Entry], after: int) -> None:
        """Store entries that follow entry `after`, all or none; Conflict where it is not last."""

    def faults(self) -> tuple[str, ...]:
        """Return what is amiss with the store itself: guards that are missing, for instance."""
