"""Reading a journal leaves no trace in its folder, whatever a writer left behind."""

import shutil
from pathlib import Path

from tests.store.forging import NAME, altered, verified

from trialwright.conduct.events import StaffAppointed
from trialwright.conduct.journal import seal
from trialwright.store.journal import SqlJournal


def left_in_wal_mode(path: Path) -> None:
    """As a copy that was made while a writer had the file open."""
    altered(path, "PRAGMA journal_mode = WAL")


def test_a_file_left_in_wal_mode_is_read_without_a_trace(path):
    left_in_wal_mode(path)
    before = path.read_bytes()
    assert before[18:20] == b"\x02\x02"
    assert verified(path).whole
    assert [p.name for p in path.parent.iterdir()] == [NAME]
    assert path.read_bytes() == before


def test_entries_that_only_the_wal_holds_are_read_and_it_stays_as_it_was(path, tmp_path):
    copied = tmp_path / "copied" / NAME
    copied.parent.mkdir()
    with SqlJournal.open(path, writable=True) as journal:
        last = list(journal.read())[-1]
        event = StaffAppointed("late", ("study_nurse",))
        journal.append(
            [seal(last.hash, last.seq + 1, last.at, "sven", "sponsor", "more", event)], last.seq
        )
        for part in ("", "-wal"):
            shutil.copyfile(f"{path}{part}", f"{copied}{part}")
    before = {p.name: p.read_bytes() for p in copied.parent.iterdir()}
    found = verified(copied)
    assert (found.whole, found.events) == (True, last.seq + 1)
    assert {p.name: p.read_bytes() for p in copied.parent.iterdir()} == before
    # Without the second file the copy is whole in itself, and shorter: what the how-to warns of.
    Path(f"{copied}-wal").unlink()
    assert verified(copied).events == last.seq


def test_a_reader_beside_a_writer_sees_what_was_committed(path):
    with SqlJournal.open(path, writable=True) as writer:
        last = list(writer.read())[-1]
        event = StaffAppointed("late", ("study_nurse",))
        entry = seal(last.hash, last.seq + 1, last.at, "sven", "sponsor", "more", event)
        writer.append([entry], last.seq)
        assert verified(path).head == entry.hash
    assert [p.name for p in path.parent.iterdir()] == [NAME]
