"""One suite against every journal, then what only a file can suffer."""

import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trials import STAFF, TestClock, Trial, protocol, sign

from trialwright.conduct import decide
from trialwright.conduct.events import LotReleased, StaffAppointed, TrialEnded
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import (
    GENESIS,
    entry_of,
    from_ndjson,
    line_of,
    seal,
    to_ndjson,
)
from trialwright.conduct.journal import verify as verify_lines
from trialwright.conduct.ports import Conflict
from trialwright.conduct.service import TrialService, verify
from trialwright.core.errors import InputError, Refused
from trialwright.store.journal import SqlJournal
from trialwright.store.memory import MemoryJournal

AT = datetime(2031, 3, 3, 8, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def journal(request, tmp_path):
    if request.param == "memory":
        yield MemoryJournal()
        return
    with SqlJournal.create(tmp_path / "journal.sqlite") as opened:
        yield opened


def entries(n: int, previous: str = GENESIS, first: int = 1):
    made = []
    for seq in range(first, first + n):
        event = StaffAppointed(f"person {seq}", ("study_nurse",))
        made.append(seal(previous, seq, AT, "sven", "sponsor", "test", event))
        previous = made[-1].hash
    return made


class TestEveryJournal:
    def test_gives_back_what_was_appended(self, journal):
        made = entries(3)
        journal.append(made[:1], after=0)
        journal.append(made[1:], after=1)
        assert list(journal.read()) == made
        assert list(journal.read(after=2)) == made[2:]
        assert [entry_of(line) for line in journal.lines(after=1)] == made[1:]

    def test_appending_after_an_entry_that_is_not_the_last_is_a_conflict(self, journal):
        made = entries(2)
        journal.append(made, after=0)
        late = entries(1, previous=made[0].hash, first=2)
        with pytest.raises(Conflict, match="entry 2 was recorded while"):
            journal.append(late, after=1)
        assert list(journal.read()) == made

    def test_has_no_way_to_change_or_remove(self, journal):
        names = {name for name in dir(journal) if not name.startswith("_")}
        assert names <= {
            "append", "read", "lines", "faults", "where", "close", "create", "open",
        }  # fmt: skip

    def test_a_trial_runs_on_it_and_is_whole(self, journal):
        trial = Trial(journal)
        trial.cohort("A", "B")
        found = verify(journal)
        assert found.whole
        assert found.events == trial.state.seq == len(list(journal.lines()))
        assert found.head == trial.state.head
        assert fold(journal.read()) == trial.state

    def test_a_trial_that_was_stopped_and_ended_without_a_gate_is_whole(self, journal):
        trial = Trial(journal)
        trial.cohort("A")
        trial.stop("a signal")
        trial.left("A")
        trial.service.act(sign("dana"), decide.end_trial, "over", "the trial was stopped")
        assert verify(journal).whole
        state = fold(journal.read())
        assert (state.stop.by, state.stop.at, state.ended) == (("bea",), trial.clock.at, True)
        *_, stopped, _, ended = [entry.event for entry in journal.read()]
        assert (stopped.why, ended.no_gate) == ("a signal", "the trial was stopped")

    def test_two_at_once_one_is_told_to_look_again(self, journal):
        clock = TestClock()
        first = TrialService(journal, clock)
        first.open(sign("sven", "sponsor"), protocol(), simulated=True)

        def slow(state, signed, person):
            TrialService(journal, clock).act(
                sign("sven", "sponsor"), decide.appoint, "nora", STAFF["nora"]
            )
            return decide.appoint(state, signed, person, ("investigator",))

        with pytest.raises(Conflict):
            first.act(sign("sven", "sponsor"), slow, "ines")
        first.act(sign("sven", "sponsor"), decide.appoint, "ines", STAFF["ines"])
        assert {"nora", "ines"} <= set(first.state.staff)

    def test_ndjson_and_back(self, journal):
        Trial(journal).cohort("A")
        exported = list(to_ndjson(journal.read()))
        assert verify_lines(from_ndjson(exported)) == verify(journal)


# What only a file can suffer.


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> bytes:
    """A closed journal file with a short trial in it."""
    path = tmp_path_factory.mktemp("recorded") / "journal.sqlite"
    with SqlJournal.create(path) as journal:
        Trial(journal).cohort("A", "B")
    return path.read_bytes()


@pytest.fixture
def path(recorded, tmp_path) -> Path:
    place = tmp_path / "journal.sqlite"
    place.write_bytes(recorded)
    return place


def without_guards(path: Path, *statements: tuple) -> None:
    """Tamper as an administrator of the database could."""
    connection = sqlite3.connect(path)
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = guards.fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(*statement)
    for _, sql in found:
        connection.execute(sql)
    connection.commit()
    connection.close()


def verified(path: Path):
    with SqlJournal.open(path) as journal:
        return verify(journal)


def test_a_closed_file_stands_alone(path):
    with SqlJournal.open(path, writable=True) as journal:
        assert path.with_name("journal.sqlite-wal").exists() or list(journal.read())
    assert [p.name for p in path.parent.iterdir()] == ["journal.sqlite"]


def test_reading_leaves_no_trace(path, recorded):
    assert verified(path).whole
    assert path.read_bytes() == recorded
    path.chmod(0o444)
    with SqlJournal.open(path) as journal, pytest.raises(Refused, match="open for reading"):
        journal.append(entries(1), after=0)


def test_the_same_trial_gives_the_same_bytes(recorded, tmp_path):
    with SqlJournal.create(tmp_path / "again.sqlite") as journal:
        Trial(journal).cohort("A", "B")
    assert (tmp_path / "again.sqlite").read_bytes() == recorded


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = x'00' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        "INSERT OR REPLACE INTO entries VALUES (2, x'00', 'x')",
        "INSERT INTO entries VALUES (400, x'00', 'x')",
    ],
)
def test_the_database_itself_refuses(path, statement):
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|no gaps"):
        connection.execute(statement)
    connection.close()


def test_every_changed_byte_of_an_entry_is_found_and_named(path):
    """Every byte of one body, and of its hash, each flipped alone."""
    with SqlJournal.open(path) as journal:
        lines = list(journal.lines())
    line = lines[4]
    for position in range(len(line.body)):
        body = bytearray(line.body)
        body[position] ^= 0x01
        found = verify_lines([*lines[:4], line._replace(body=bytes(body)), *lines[5:]])
        assert found.first_fault is not None
        assert found.first_fault.seq == line.seq
    for position in range(len(line.hash)):
        other = "0" if line.hash[position] != "0" else "1"
        digest = line.hash[:position] + other + line.hash[position + 1 :]
        found = verify_lines([*lines[:4], line._replace(hash=digest), *lines[5:]])
        assert found.first_fault is not None
        assert found.first_fault.seq == line.seq


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_byte_flipped_in_the_file_is_found_or_changes_nothing(recorded, place, bit):
    """A flip in unused space changes no entry; anything else is named, never a traceback."""
    flipped = bytearray(recorded)
    flipped[int(place * len(recorded))] ^= 1 << bit
    with tempfile.TemporaryDirectory() as folder:
        path, original = Path(folder) / "flipped.sqlite", Path(folder) / "original.sqlite"
        path.write_bytes(bytes(flipped))
        original.write_bytes(recorded)
        try:
            found = verified(path)
        except InputError as error:
            assert str(path) in str(error)
            assert "\n" not in str(error)
            return
        if found.whole:
            with SqlJournal.open(path) as a, SqlJournal.open(original) as b:
                assert list(a.lines()) == list(b.lines())
        else:
            assert found.first_fault is not None


def test_a_changed_byte_in_the_stored_body_is_named_by_its_number(path, recorded):
    at = recorded.index(b'"person":"petra"') + len(b'"person":"pe')
    path.write_bytes(recorded[:at] + b"X" + recorded[at + 1 :])
    with SqlJournal.open(path) as journal:
        seq = next(line.seq for line in journal.lines() if b"peXra" in line.body)
    found = verified(path)
    assert not found.whole
    assert found.first_fault is not None
    assert (found.first_fault.seq, found.events) == (seq, seq - 1)
    assert "content or its hash" in found.first_fault.what


def test_a_body_that_was_changed_with_its_hash_breaks_the_chain_behind_it(path):
    with SqlJournal.open(path) as journal:
        third = list(journal.read())[2]
    forged = seal(
        third.previous, third.seq, third.at, third.actor, third.role, "other", third.event
    )
    line = line_of(forged)
    without_guards(
        path, ("UPDATE entries SET body = ?, hash = ? WHERE seq = 3", (line.body, line.hash))
    )
    found = verified(path)
    assert found.first_fault is not None
    assert found.first_fault.seq == 4
    assert "chain is broken" in found.first_fault.what


def test_a_removed_row_is_named(path):
    without_guards(path, ("DELETE FROM entries WHERE seq = 5",))
    found = verified(path)
    assert found.first_fault is not None
    assert (found.first_fault.seq, found.events) == (5, 4)
    assert "entry 5 is missing" in found.first_fault.what


def test_removed_last_rows_change_the_head(path):
    """A cut tail is a whole, shorter journal: its head differs from the one that was printed."""
    before = verified(path)
    without_guards(path, ("DELETE FROM entries WHERE seq > 5",))
    after = verified(path)
    assert after.whole
    assert after.head != before.head


def test_swapped_rows_are_named(path):
    without_guards(
        path,
        ("UPDATE entries SET seq = -1 WHERE seq = 6",),
        ("UPDATE entries SET seq = 6 WHERE seq = 7",),
        ("UPDATE entries SET seq = 7 WHERE seq = -1",),
    )
    found = verified(path)
    assert found.first_fault is not None
    assert found.first_fault.seq == 6
    assert "moved" in found.first_fault.what


def test_an_event_that_tells_no_story_is_named(path):
    with SqlJournal.open(path) as journal:
        lines = list(journal.lines())
    release = LotReleased("a lot that never came")
    later = AT + timedelta(days=30)
    stray = seal(lines[-1].hash, len(lines) + 1, later, "x", "qualified_person", "x", release)
    found = verify_lines([*lines, line_of(stray)])
    assert found.first_fault is not None
    assert found.first_fault.seq == len(lines) + 1
    assert "a lot that never came" in found.first_fault.what
    headless = seal(GENESIS, 1, AT, "x", "sponsor", "x", TrialEnded("x"))
    found = verify_lines([line_of(headless)])
    assert found.first_fault is not None
    assert "TrialOpened as a journal's first event" in found.first_fault.what


@pytest.mark.parametrize("guard", ["entries_refuse_update", "entries_refuse_gap"])
def test_a_dropped_guard_is_reported(path, guard):
    connection = sqlite3.connect(path)
    connection.execute(f"DROP TRIGGER {guard}")
    connection.commit()
    connection.close()
    found = verified(path)
    assert not found.whole
    assert found.first_fault is not None
    assert found.first_fault.seq == 0
    assert f"guard {guard} is missing" in found.first_fault.what


def test_a_guard_that_guards_nothing_is_reported(path):
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER entries_refuse_delete")
    connection.execute(
        "CREATE TRIGGER entries_refuse_delete BEFORE DELETE ON entries BEGIN SELECT 1; END"
    )
    connection.commit()
    connection.close()
    found = verified(path)
    assert found.first_fault is not None
    assert "not as it was made" in found.first_fault.what


def test_a_journal_without_entries_is_not_whole(tmp_path):
    with SqlJournal.create(tmp_path / "empty.sqlite") as journal:
        found = verify(journal)
        assert not found.whole
        with pytest.raises(InputError, match="no entries"):
            fold(journal.read(), journal.where)


def test_what_is_no_journal_is_named_in_one_line(path, recorded, tmp_path):
    other = tmp_path / "other.sqlite"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE entries (seq INTEGER PRIMARY KEY, body BLOB, hash TEXT)")
    connection.commit()
    connection.close()
    text = tmp_path / "text.sqlite"
    text.write_text("not a database at all, and long enough for a header" * 40)
    empty = tmp_path / "nothing.sqlite"
    empty.touch()
    for place in (other, text, empty, tmp_path / "missing.sqlite", tmp_path):
        with pytest.raises(InputError) as caught:
            verified(place)
        assert str(place) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
def test_a_truncated_file_is_never_whole(path, recorded, share):
    path.write_bytes(recorded[: int(len(recorded) * share)])
    try:
        found = verified(path)
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert not found.whole


@pytest.mark.parametrize("url", ["postgresql://user@host/trial", "postgresql+psycopg://h/t"])
def test_a_database_url_says_that_it_is_not_covered_yet(url):
    with pytest.raises(InputError, match="not covered yet"):
        SqlJournal.open(Path(url))


def test_create_takes_no_name_that_is_taken(path, recorded, tmp_path):
    with pytest.raises(InputError, match="not taken"):
        SqlJournal.create(path)
    with pytest.raises(InputError, match="no such folder"):
        SqlJournal.create(tmp_path / "nowhere" / "journal.sqlite")
    assert path.read_bytes() == recorded


def test_a_second_writer_waits_its_turn_and_sees_the_conflict(path):
    with SqlJournal.open(path, writable=True) as one, SqlJournal.open(path, writable=True) as two:
        last = list(one.read())[-1]
        follower = entries(1, previous=last.hash, first=last.seq + 1)
        one.append(follower, after=last.seq)
        with pytest.raises(Conflict):
            two.append(follower, after=last.seq)
    assert [p.name for p in path.parent.iterdir()] == ["journal.sqlite"]


def test_a_time_without_a_zone_is_not_sealed():
    with pytest.raises(InputError, match="without a zone"):
        seal(GENESIS, 1, datetime(2031, 1, 1), "x", "sponsor", "x", TrialEnded("x"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_fuzz_no_body_is_a_traceback(body):
    line = line_of(entries(1)[0])._replace(body=body)
    with pytest.raises(InputError):
        entry_of(line)
    assert not verify_lines([line]).whole
    try:
        list(from_ndjson([body]))
    except InputError as error:
        assert "line 1" in str(error)


def test_an_entry_is_frozen():
    entry = entries(1)[0]
    with pytest.raises(AttributeError):
        entry.seq = 2
    assert msgspec.structs.replace(entry, seq=2) != entry
