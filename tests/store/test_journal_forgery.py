"""What whoever holds the file can do to it, and what verification says to that.

Every forgery here is done with all the rights over the file, its guards dropped and put back, and
the chain computed anew behind the change.
"""

import json
import math
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from tests.interfaces.web_desk import BASE, PORT, desk, full_study
from tests.trials import Trial, lot, protocol, sign, stated

from trialwright.analysis.service import analyse
from trialwright.app import TrialInHand, filed_heads, open_app, open_trial
from trialwright.conduct import decide
from trialwright.conduct.events import LotReceived, StaffAppointed
from trialwright.conduct.filed import as_filed, as_made_from, entry_with, filed_hash
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import GENESIS, Fault, Verification, seal
from trialwright.conduct.service import verify
from trialwright.core.canonical import canonical_json, sha256
from trialwright.core.errors import InputError, Refused
from trialwright.interfaces.cli.main import run
from trialwright.interfaces.web.site import site
from trialwright.protocol.service import write_protocol
from trialwright.record.record import Record
from trialwright.results.report import report
from trialwright.store.journal import SqlJournal

NCT = "NCT99999991"
NAME = "journal.simulated.sqlite"
Entry = dict[str, Any]  # an entry as it stands in the file


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> bytes:
    """A closed journal: two cohorts, a toxicity, a missed infusion, a gate, a board decision."""
    path = tmp_path_factory.mktemp("recorded") / NAME
    with SqlJournal.create(path, durable=False) as journal:
        trial = Trial(journal, protocol=protocol(sizes=(2, 3), days=(0,)))
        trial.cohort("S1", "S2")
        trial.dlt("S2", "AE1")
        trial.clock.forward(days=40)
        trial.board(trial.gate(), 1, override="the board wants to see more")
        trial.enrolled("S3")
        trial.missed("S3")
    return path.read_bytes()


@pytest.fixture
def path(recorded, tmp_path) -> Path:
    place = tmp_path / "trial" / NAME
    place.parent.mkdir()
    place.write_bytes(recorded)
    return place


@contextmanager
def without_guards(path: Path) -> Iterator[sqlite3.Connection]:
    """Give the file with its guards dropped, and put them back."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        found = connection.execute(query).fetchall()
        for name, _ in found:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in found:
            connection.execute(sql)
        connection.commit()


def altered(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def spelled(entry: Entry) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def forged(
    path: Path,
    change: Callable[[list[Entry]], None],
    spell: Callable[[Entry], bytes] = spelled,
) -> None:
    """Change entries and compute the whole chain anew."""
    with without_guards(path) as connection:
        rows = connection.execute("SELECT body FROM entries ORDER BY seq").fetchall()
        entries = [json.loads(body) for (body,) in rows]
        change(entries)
        connection.execute("DELETE FROM entries")
        previous = GENESIS
        for seq, entry in enumerate(entries, start=1):
            body = spell(entry | {"seq": seq, "previous": previous})
            previous = sha256(body)
            connection.execute("INSERT INTO entries VALUES (?, ?, ?)", (seq, body, previous))


def of_kind(entries: list[Entry], kind: str) -> Entry:
    return next(entry for entry in entries if entry["event"]["kind"] == kind)


def setting(kind: str, **fields: Any) -> Callable[[list[Entry]], None]:
    """Return a forgery that sets fields of the first event of a kind."""

    def change(entries: list[Entry]) -> None:
        of_kind(entries, kind)["event"].update(fields)

    return change


def appending(kind: str, event: Entry | None = None, **fields: Any) -> Callable[..., None]:
    """Return a forgery that repeats an entry at the end, otherwise."""

    def change(entries: list[Entry]) -> None:
        like = of_kind(entries, kind)
        fresh = {"at": entries[-1]["at"], "event": like["event"] | (event or {})}
        entries.append(like | fresh | fields)

    return change


def verified(path: Path) -> Verification:
    with SqlJournal.open(path) as journal:
        return verify(journal)


def fault_of(path: Path) -> Fault:
    found = verified(path)
    assert not found.whole
    assert found.first_fault is not None
    return found.first_fault


def test_rewriting_the_chain_without_a_change_gives_the_same_file_content(path):
    before = verified(path)
    forged(path, lambda entries: None)
    assert verified(path) == before
    assert before.whole


FORGERIES = [
    (setting("DltAdjudicated", is_dlt=False), "the gate's data cut is entry"),
    (setting("GateHeld", cut_sha256="f" * 64), "with hash ffff"),
    (setting("GateHeld", cut_seq=0), "entry 0, which does not stand before it"),
    (setting("GateHeld", cut_seq=10**6), "entry 1000000, which does not stand before it"),
    (setting("GateHeld", cohort=9), "cohort 9 was not opened by then"),
    (setting("GateHeld", recommended_dose=7), "level 7 is none of the protocol's"),
    (setting("BoardDecided", opens_level=7), "level 7 is none of the protocol's"),
    (setting("BoardDecided", signed_by=["bea", "mallory"]), "mallory signed"),
    (setting("BoardDecided", signed_by=["bea", "bea"]), "1 of 2 members signed"),
    (setting("BoardDecided", signed_by=[]), "0 of 2 members signed"),
    (setting("PatientEnrolled", cohort=99), "cohort 99 was not opened by then"),
    (setting("PatientEnrolled", cohort=2), "cohort 2 was not opened by then"),
    (setting("PatientEnrolled", level=2), "level 2, but cohort 1 was opened at level 1"),
    (setting("PatientEnrolled", enrolled_on="2033-01-01"), "enrolled_on on 2033-01-01 is still"),
    (setting("ConsentSigned", signed_on="0001-01-01"), "signed_on on 0001-01-01 is before"),
    (setting("InfusionPrepared", weight_kg="NaN"), "weight_kg is NaN, not a finite number"),
    (setting("InfusionPrepared", planned_volume_ml="sNaN"), "planned_volume_ml is sNaN"),
    (setting("InfusionPrepared", infusion=2), "infusion 2 of 1"),
    (setting("InfusionPrepared", verified_by="mallory"), "mallory verified a dose"),
    (setting("InfusionPrepared", verified_by="paul"), "paul verified a dose"),
    (setting("InfusionGiven", given_amount="Infinity"), "given_amount is Infinity"),
    (setting("InfusionGiven", started="2031-03-03T08:00:00"), "a time without a zone"),
    (setting("InfusionGiven", started="9999-12-31T23:00:00Z"), "9999-12-31 is still to come"),
    (setting("LotReceived", concentration="-Infinity"), "concentration is -Infinity"),
    (appending("AdverseEventReported", actor="mallory"), "mallory does not act as"),
    (appending("AdverseEventReported", role="board_member"), "does not act as board_member"),
    (appending("StaffAppointed", actor="nora", role="study_nurse"), "does not record StaffApp"),
    (appending("StaffAppointed", actor=" "), "an empty actor"),
    (appending("StaffAppointed", reason=""), "an empty reason"),
    (appending("DeviationOpened", actor="nora", role="study_nurse"), "only the rules record"),
    (appending("DeviationOpened", actor="mallory"), "only the rules record"),
    (appending("StaffAppointed", at="2031-03-01T08:00:00Z"), "the times fall"),
    (appending("StaffAppointed", at="2033-03-01T08:00:00"), "a time without a zone"),
]  # fmt: skip


@pytest.mark.parametrize(("forgery", "what"), FORGERIES, ids=[what for _, what in FORGERIES])
def test_an_entry_that_could_not_have_been_recorded_is_named(path, forgery, what):
    forged(path, forgery)
    fault = fault_of(path)
    assert what in fault.what
    assert fault.seq > 1
    assert f"entry {fault.seq}" in fault.what


def test_an_opening_by_anybody_but_a_sponsor_is_named(path):
    forged(path, lambda entries: entries[0].update(role="study_nurse"))
    fault = fault_of(path)
    assert fault.seq == 1
    assert "a study_nurse does not record TrialOpened" in fault.what


def test_a_role_that_was_taken_away_no_longer_records(path):
    def change(entries: list[Entry]) -> None:
        appending("StaffAppointed", {"person": "nora", "roles": ["pharmacist"]})(entries)
        appending("AdverseEventReported", actor="nora", role="study_nurse")(entries)

    forged(path, change)
    assert "nora does not act as study_nurse" in fault_of(path).what


SPELLINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("a space", lambda body: body.replace(b":", b": ", 1)),
    ("a key twice", lambda body: b'{"role":"sponsor",' + body[1:]),
    ("another order", lambda body: json.dumps(dict(reversed(json.loads(body).items()))).encode()),
    ("a zone written out", lambda body: body.replace(b'Z","event', b'+00:00","event')),
    ("an escape", lambda body: body.replace(b"actor", b"\\u0061ctor", 1)),
]


@pytest.mark.parametrize(("name", "spell"), SPELLINGS, ids=[name for name, _ in SPELLINGS])
def test_a_body_spelled_otherwise_than_the_journal_does_is_named(path, name, spell):
    """Two readers of such a body may read two things in it."""
    forged(path, lambda entries: None, lambda entry: spell(spelled(entry)))
    fault = fault_of(path)
    assert fault.seq == 1
    assert "entry 1 is not spelled as the journal writes its entries" in fault.what


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_set_in_an_entry_verification_answers_in_words(
    recorded, data, tmp_path_factory
):
    """Never an exception other than InputError, and never an answer of several lines."""
    path = tmp_path_factory.mktemp("any") / NAME
    path.write_bytes(recorded)
    strange = st.one_of(
        st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.text(max_size=20),
        st.sampled_from(["NaN", "1e999999", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z"]),
        st.lists(st.text(max_size=5), max_size=2),
    )  # fmt: skip

    def change(entries: list[Entry]) -> None:
        entry = data.draw(st.sampled_from(entries))
        part = data.draw(st.sampled_from([entry, entry["event"]]))
        part[data.draw(st.sampled_from(sorted(part)))] = data.draw(strange)

    try:
        forged(path, change)
    except (UnicodeEncodeError, ValueError):  # not JSON: nothing was written
        return
    found = verified(path)
    assert found.whole == (found.first_fault is None)
    if found.whole:
        with SqlJournal.open(path) as journal:
            fold(journal.read())


# The file itself.


FOREIGN = [
    (
        "CREATE TRIGGER zz BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END",
        "a foreign trigger, zz",
    ),
    ("CREATE TRIGGER zz AFTER INSERT ON entries BEGIN SELECT 1; END", "a foreign trigger, zz"),
    ("CREATE VIEW v AS SELECT * FROM entries", "a foreign view, v"),
    ("CREATE INDEX i ON entries (hash)", "a foreign index, i"),
    ("CREATE TABLE more (x)", "a foreign table, more"),
    ("ALTER TABLE entries ADD COLUMN more TEXT", "the table entries is not as it was made"),
]


@pytest.mark.parametrize(("statement", "what"), FOREIGN, ids=[what for _, what in FOREIGN])
def test_what_a_journal_is_not_made_of_is_named(path, statement, what):
    altered(path, statement)
    fault = fault_of(path)
    assert fault.seq == 0
    assert what in fault.what
    with pytest.raises(Refused, match="was altered"):
        SqlJournal.open(path, writable=True)


def test_hidden_rows_are_named(path):
    with without_guards(path) as connection:
        connection.execute("INSERT INTO entries VALUES (-1, x'00', 'x'), (0, x'00', 'x')")
    assert fault_of(path) == Fault(0, "2 hidden rows before entry 1")


def test_a_body_stored_as_text_is_named(path):
    with without_guards(path) as connection:
        connection.execute("UPDATE entries SET body = CAST(body AS TEXT) WHERE seq = 3")
    fault = fault_of(path)
    assert fault == Fault(0, "entry 3 is not stored as the journal stores its entries")


@pytest.mark.parametrize(
    "stand_in",
    [
        "CREATE VIEW entries AS WITH RECURSIVE r(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM r)"
        " SELECT seq, randomblob(10) AS body, 'x' AS hash FROM r",
        "CREATE VIEW Entries AS SELECT 1 AS seq, x'00' AS body, 'x' AS hash",
    ],
)
def test_a_view_in_the_table_s_place_is_read_by_nobody(path, stand_in):
    """The first of them never ends."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE entries")
        connection.execute(stand_in)
        connection.commit()
    for writable in (False, True):
        with pytest.raises(InputError, match="a view entries; wanted a trial's journal"):
            SqlJournal.open(path, writable=writable)


def test_a_file_without_the_table_is_named(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE entries")
        connection.commit()
    with pytest.raises(InputError, match="no table entries"):
        verified(path)


@pytest.mark.parametrize(
    "trigger",
    [
        "BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE INSERT ON entries WHEN instr(CAST(NEW.body AS TEXT), 'person 2') > 0 "
        "BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE INSERT ON entries WHEN instr(CAST(NEW.body AS TEXT), 'person 1') > 0 "
        "BEGIN INSERT INTO entries VALUES (NEW.seq, x'00', 'x'); SELECT RAISE(IGNORE); END",
    ],
    ids=["drops all", "drops the last", "puts another in its place"],
)
def test_what_the_database_did_not_keep_is_not_acknowledged(path, trigger):
    with SqlJournal.open(path, writable=True) as journal:
        before = list(journal.read())
        altered(path, f"CREATE TRIGGER zz {trigger}")
        last, made = before[-1], []
        previous = last.hash
        for seq in (last.seq + 1, last.seq + 2):
            event = StaffAppointed(f"person {seq - last.seq}", ("study_nurse",))
            made.append(seal(previous, seq, last.at, "sven", "sponsor", "more hands", event))
            previous = made[-1].hash
        with pytest.raises(Refused, match="did not keep what was written; nothing was recorded"):
            journal.append(made, after=last.seq)
        assert list(journal.read()) == before


def test_a_dose_that_is_no_number_is_never_sealed(recorded):
    for value in ("NaN", "sNaN", "Infinity"):
        received = lot()
        fields = {name: getattr(received, name) for name in received.__struct_fields__}
        event = LotReceived(**(fields | {"concentration": Decimal(value)}))
        at = Trial().clock.at
        with pytest.raises(InputError, match=rf"LotReceived: concentration is {value}"):
            seal(GENESIS, 1, at, "paul", "pharmacist", "arrived", event)


# No trace in the folder.


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


# Heads that were filed elsewhere.


HASHES = [f"{number:064x}" for number in range(1, 6)]
WHOLE = Verification(True, 5, HASHES[-1])


def test_a_head_is_named_whole_or_by_its_beginning():
    assert filed_hash(f" {'AB' * 10}\n", "--head") == "ab" * 10
    for wrong in ("", "abc", "a" * 11, "a" * 65, "g" * 12):
        with pytest.raises(InputError, match=r"--head: .*wanted a head hash"):
            filed_hash(wrong, "--head")


def test_a_head_that_was_filed_is_the_head_or_a_fault():
    assert as_filed(WHOLE, HASHES, HASHES[-1]) == WHOLE
    assert as_filed(WHOLE, HASHES, HASHES[-1][:64]) == WHOLE
    earlier = as_filed(WHOLE, HASHES, HASHES[2])
    assert not earlier.whole
    assert earlier.first_fault == Fault(
        0, f"the head is {HASHES[4]}; the head that was filed, {HASHES[2]}, is that of entry 3 of 5"
    )
    other = as_filed(WHOLE, HASHES, "f" * 12)
    assert other.first_fault is not None
    assert "no entry's of this journal" in other.first_fault.what
    broken = replace(WHOLE, whole=False, first_fault=Fault(3, "broken before"))
    assert as_filed(broken, HASHES, "f" * 12) == broken


def test_a_file_may_be_older_than_the_journal_but_not_of_another():
    assert as_made_from(WHOLE, HASHES, HASHES[1], "report.html") == WHOLE
    assert entry_with(HASHES, HASHES[1]) == 2
    other = as_made_from(WHOLE, HASHES, "f" * 64, "report.html")
    assert other.first_fault is not None
    assert f"report.html was made from another head, {'f' * 64}" in other.first_fault.what
    assert HASHES[-1] in other.first_fault.what


@pytest.fixture
def folder(path) -> Path:
    """A trial's folder with the analysis and the report made from its journal."""
    with SqlJournal.open(path) as journal:
        state = fold(journal.read())
    rows = analyse(state)
    analysis = json.dumps([{"data_cut": row.data_cut} for row in rows])
    (path.parent / "analysis.simulated.json").write_text(analysis)
    (path.parent / "report.simulated.html").write_text(report(state, rows, drawn=()))
    return path.parent


def document(capsys, *arguments: str, status: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_the_report_and_the_analysis_name_their_head(folder, capsys):
    head = verified(folder / NAME).head
    assert {(f.file.name, f.head) for f in filed_heads(folder)} == {
        ("analysis.simulated.json", head), ("report.simulated.html", head),
    }  # fmt: skip
    found = document(capsys, "trial", "verify", str(folder))
    assert found["whole"] is True
    last = {"head": head, "entry": found["events"]}
    assert found["made_from"] == [
        {"file": "analysis.simulated.json"} | last, {"file": "report.simulated.html"} | last,
    ]  # fmt: skip


def test_a_copy_under_another_name_is_not_held_against_the_files_beside_it(folder, capsys):
    backup = folder / "backup.sqlite"
    shutil.copyfile(folder / NAME, backup)
    assert document(capsys, "trial", "verify", str(backup))["made_from"] == []


@pytest.mark.parametrize("cut", [5, 30])
def test_a_cut_end_is_told_by_the_report(folder, cut, capsys):
    """In itself such a journal is whole."""
    before = verified(folder / NAME).head
    with without_guards(folder / NAME) as connection:
        connection.execute("DELETE FROM entries WHERE seq > ?", (cut,))
    after = verified(folder / NAME)
    assert after.whole
    found = document(capsys, "trial", "verify", str(folder), status=1)
    assert found["first_fault"]["seq"] == 0
    assert "analysis.simulated.json was made from another head" in found["first_fault"]["what"]
    for head in (before, after.head):
        assert head in found["first_fault"]["what"]
    assert not open_trial(folder).verification.whole


def test_a_full_rewrite_that_keeps_every_rule_is_told_by_a_filed_head_alone(folder, capsys):
    before = verified(folder / NAME).head

    def change(entries: list[Entry]) -> None:
        setting("DltAdjudicated", is_dlt=False)(entries)

    forged(folder / NAME, change)
    # The forger knows the rules as well, and names the cut that now stands there.
    with closing(sqlite3.connect(folder / NAME)) as connection:
        hashes = [h for (h,) in connection.execute("SELECT hash FROM entries ORDER BY seq")]

    def cut(entries: list[Entry]) -> None:
        held = of_kind(entries, "GateHeld")["event"]
        held["cut_sha256"] = hashes[held["cut_seq"] - 1]

    forged(folder / NAME, cut)
    after = verified(folder / NAME)
    assert after.whole
    (folder / "analysis.simulated.json").unlink()
    (folder / "report.simulated.html").unlink()
    assert run(["trial", "verify", str(folder)]) == 0
    assert run(["trial", "verify", str(folder), "--head", after.head[:12]]) == 0
    capsys.readouterr()
    assert run(["trial", "verify", str(folder), "--head", before[:12]]) == 1
    said = capsys.readouterr().out
    assert before[:12] in said
    assert after.head in said
    found = document(capsys, "trial", "verify", str(folder), "--head", before, status=1)
    assert found["whole"] is False
    assert found["filed_head"] == before


def test_a_journal_that_went_on_after_its_report_is_whole_and_says_so(folder, capsys):
    trial_at = verified(folder / NAME).events
    with SqlJournal.open(folder / NAME, writable=True) as journal:
        last = list(journal.read())[-1]
        event = StaffAppointed("late", ("study_nurse",))
        later = last.at + timedelta(days=1)
        journal.append(
            [seal(last.hash, last.seq + 1, later, "sven", "sponsor", "more", event)], last.seq
        )
    assert run(["trial", "verify", str(folder)]) == 0
    said = capsys.readouterr().out
    assert f"report.simulated.html was made from entry {trial_at}" in said


def test_a_head_that_is_none_is_wrong_input(folder, capsys):
    assert run(["trial", "verify", str(folder), "--head", "abc"]) == 2
    assert "--head: 'abc'; wanted a head hash" in capsys.readouterr().err


def test_an_analysis_that_cannot_be_read_is_named(folder, capsys):
    (folder / "analysis.simulated.json").write_text("[{")
    assert run(["trial", "verify", str(folder)]) == 2
    assert "analysis.simulated.json" in capsys.readouterr().err


# What is done with a journal that is not whole.


def test_nothing_is_exported_of_a_journal_that_is_not_whole(path, tmp_path, capsysbinary):
    forged(path, appending("AdverseEventReported", actor="mallory"))
    out = tmp_path / "audit.ndjson"
    for more in ([], ["--out", str(out)]):
        assert run(["trial", "export", str(path), *more]) == 1
        said = capsysbinary.readouterr()
        assert said.out == b""
        assert b"mallory does not act as" in said.err
    assert not out.exists()


def test_another_version_of_the_protocol_is_warned_of(path, tmp_path, capsys):
    with SqlJournal.open(path) as journal:
        state = fold(journal.read())
    same, other = tmp_path / "same.yaml", tmp_path / "other.yaml"
    same.write_text(write_protocol(state.protocol), encoding="utf-8")
    other.write_text(
        write_protocol(protocol(sizes=(2, 3), days=(0,), follow_up=stated("P2Y"))), encoding="utf-8"
    )
    assert run(["trial", "gate", str(path), "--protocol", str(same)]) == 0
    assert capsys.readouterr().err == ""
    assert run(["trial", "gate", str(path), "--protocol", str(other)]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "warning: " in said
    assert f"the journal's is {state.protocol_sha256}" in said
    found = document(capsys, "trial", "gate", str(path), "--protocol", str(other))
    assert found["protocol_sha256"] == state.protocol_sha256


@pytest.fixture
def broken(tmp_path) -> TrialInHand:
    """A trial in hand whose chain is broken, with everything that was made from it."""
    trial = Trial(protocol=protocol(sizes=(2, 3), days=(0,)))
    trial.cohort("S1", "S2")
    entries = tuple(trial.journal.read())
    found = replace(
        verify(trial.journal), whole=False, first_fault=Fault(7, "its content was changed")
    )
    page = tmp_path / "report.simulated.html"
    page.write_text("<p>Nobody had a toxicity</p>")
    record = Record(full_study(NCT, "results of a changed journal"))
    rows = analyse(trial.state)
    return TrialInHand(trial.state, entries, found, rows, record, report=page)


def test_no_page_shows_results_of_a_broken_chain_without_a_word(broken):
    filled = desk(full_study(NCT, "the record alone"))
    filled.in_hand[NCT] = broken
    with TestClient(site(filled, PORT), base_url=BASE) as client:
        for place in ("results", "report"):
            answer = client.get(f"/trial/{NCT}/{place}")
            assert answer.status_code == 409
            assert "Chain broken at entry 7: its content was changed." in answer.text
            assert "toxicity" not in answer.text
        status = client.get(f"/trial/{NCT}").text
        assert status.index("Chain broken at entry 7") < status.index("<h1>")
        assert f"/trial/{NCT}/results" not in status
        assert f"/trial/{NCT}/report" not in status
        assert "results of a changed journal" not in client.get(f"/study/{NCT}").text


def test_a_whole_chain_shows_its_results_and_no_banner(broken):
    filled = desk(full_study(NCT, "the record alone"))
    whole = replace(broken.verification, whole=True, first_fault=None)
    filled.in_hand[NCT] = replace(broken, verification=whole)
    with TestClient(site(filled, PORT), base_url=BASE) as client:
        assert client.get(f"/trial/{NCT}/results").status_code == 200
        assert "Nobody had a toxicity" in client.get(f"/trial/{NCT}/report").text
        assert "Chain broken" not in client.get(f"/trial/{NCT}").text


def test_a_served_trial_that_was_forged_has_no_rows_and_is_named(folder, tmp_path):
    forged(folder / NAME, appending("AdverseEventReported", actor="mallory"))
    served = open_app(tmp_path / "home", [folder])
    (line,) = served.damaged()
    assert "mallory does not act as" in line
    held = served.trial(NCT)
    assert held is not None
    assert held.rows == ()


# One byte sequence for one value.


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [1, (x,)], lambda x: {"a": {"b": x}}])
def test_a_float_that_is_not_finite_has_no_canonical_json(number, wrap):
    with pytest.raises(InputError, match="wanted a finite number"):
        canonical_json(wrap(number))


def test_what_is_and_what_is_not_the_same_bytes():
    assert canonical_json({"a": 1, "b": None}) == canonical_json({"b": None, "a": 1})
    assert canonical_json(Decimal("1")) != canonical_json(Decimal("1.0"))
    assert canonical_json(1) != canonical_json(1.0)
    assert canonical_json(["null", None, 1.5]) == b'["null",null,1.5]'


def test_what_the_service_writes_passes_every_check():
    """The checks ask for no more than the service did; a stop and an end are among the entries."""
    trial = Trial(protocol=protocol(sizes=(2, 3), days=(0,)))
    trial.cohort("S1", "S2")
    trial.ill("AE1", "S1")
    trial.ruled("AE1", "S1", False)
    trial.stop()
    for subject in ("S1", "S2"):
        trial.left(subject)
    trial.service.act(sign("dana"), decide.end_trial, "over", "the trial was stopped")
    assert verify(trial.journal).whole
