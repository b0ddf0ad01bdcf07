"""One trial as it lies in its folder, read once."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from trialwright.analysis.row import Row
from trialwright.analysis.service import analyse
from trialwright.app.head_files import filed_heads
from trialwright.conduct.events import Entry, TrialOpened
from trialwright.conduct.filed import as_made_from
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import Verification
from trialwright.conduct.model import TrialState
from trialwright.conduct.service import verify
from trialwright.core.errors import InputError
from trialwright.record.record import Record
from trialwright.record.service import read
from trialwright.store.journal import SqlJournal
from trialwright.store.trial_folder import TrialFolder, find_trial


@dataclass(frozen=True, slots=True)
class TrialInHand:
    """A trial's journal, and what was made from it; what was not written yet is None or empty.

    A journal that is not whole has no rows: numbers from a changed journal mean nothing.
    """

    state: TrialState
    entries: tuple[Entry, ...]
    verification: Verification
    rows: tuple[Row, ...] = ()
    record: Record | None = None
    report: Path | None = None
    figures: tuple[Path, ...] = ()

    @property
    def nct_id(self) -> str:
        """The registry's number of the trial."""
        return self.state.protocol.trial.nct_id


def open_trial(path: Path) -> TrialInHand:
    """Read a trial's folder, or the folder of an SQLite file; InputError for what is no trial."""
    folder = find_trial(path)
    with SqlJournal.open(path if path.is_file() else folder.journal) as journal:
        entries, verification = _verified(journal, path)
        state = fold(entries, journal.where)
    return TrialInHand(
        state=state,
        entries=entries,
        verification=verification,
        rows=_rows(folder, state) if verification.whole else (),
        record=_record(folder, state.protocol.trial.nct_id),
        report=folder.report if folder.report.is_file() else None,
        figures=tuple(sorted(folder.figures.glob("*.svg"))),
    )


def _verified(journal: SqlJournal, path: Path) -> tuple[tuple[Entry, ...], Verification]:
    """Return a journal's entries, verified, and held against the files made from it."""
    found = verify(journal)
    entries = tuple(journal.read())
    hashes = [entry.hash for entry in entries]
    for filed in filed_heads(path):
        found = as_made_from(found, hashes, filed.head, filed.file.name)
    return entries, found


def number_of(path: Path) -> str | None:
    """Return a trial's registry number from its journal's first entry; None if unreadable."""
    try:
        folder = find_trial(path)
        with SqlJournal.open(path if path.is_file() else folder.journal) as journal:
            first = next(iter(journal.read()), None)
    except InputError:
        return None
    if first is None or not isinstance(first.event, TrialOpened):
        return None
    identity = first.event.protocol.get("trial")
    return str(identity.get("nct_id")) if isinstance(identity, dict) else None


def _rows(folder: TrialFolder, state: TrialState) -> tuple[Row, ...]:
    """Return the rows on disk where they belong to the journal's head; else analyse again."""
    if folder.rows.is_file():
        try:
            rows = msgspec.json.decode(folder.rows.read_bytes(), type=tuple[Row, ...])
        except msgspec.MsgspecError as error:
            raise InputError(str(folder.rows), str(error), "rows that analyse wrote") from error
        if rows and all(row.data_cut == state.head for row in rows):
            return rows
    return analyse(state)


def _record(folder: TrialFolder, nct_id: str) -> Record | None:
    if not folder.record.is_file():
        return None
    record = read(folder.record.read_bytes(), str(folder.record))
    if record.nct_id != nct_id:
        raise InputError(str(folder.record), f"a record of {record.nct_id}", f"one of {nct_id}")
    return record
