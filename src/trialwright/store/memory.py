"""A journal in memory, for tests and measurements; the suite of the SQL journal runs on it too."""

from collections.abc import Iterator, Sequence

from trialwright.conduct.events import Entry
from trialwright.conduct.journal import Line, entry_of, line_of
from trialwright.conduct.ports import Conflict


class MemoryJournal:
    """A journal that lives as long as this object."""

    where = "journal in memory"

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def lines(self, after: int = 0) -> Iterator[Line]:
        """Yield what is stored after entry `after`."""
        yield from self._lines[after:]

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Yield the entries after entry `after`."""
        return (entry_of(line, self.where) for line in self.lines(after))

    def append(self, entries: Sequence[Entry], after: int) -> None:
        """Store entries that follow entry `after`, all or none."""
        if after != len(self._lines):
            raise Conflict(after, len(self._lines))
        self._lines += [line_of(entry) for entry in entries]

    def faults(self) -> tuple[str, ...]:
        """Return nothing: memory has no guards that could be missing."""
        return ()
