"""What whoever holds the file can do to it, and what verification says to that.

Every forgery here is done with all the rights over the file, its guards dropped and put back, and
the chain computed anew behind the change.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.forging import (
    NAME,
    Entry,
    altered,
    appending,
    fault_of,
    forged,
    setting,
    spelled,
    verified,
    without_guards,
)
from tests.trials import Trial, lot, protocol, sign

from trialwright.conduct import decide
from trialwright.conduct.events import LotReceived, StaffAppointed
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import GENESIS, Fault, seal
from trialwright.conduct.service import verify
from trialwright.core.errors import InputError, Refused
from trialwright.store.journal import SqlJournal


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
