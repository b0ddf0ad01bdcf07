"""A head filed elsewhere, and what every way in does with a journal that is not whole."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from tests.interfaces.web_desk import BASE, PORT, desk, full_study
from tests.store.forging import (
    NAME,
    NCT,
    Entry,
    appending,
    forged,
    of_kind,
    setting,
    verified,
    without_guards,
)
from tests.trials import Trial, protocol, stated

from trialwright.analysis.service import analyse
from trialwright.app import TrialInHand, filed_heads, open_app, open_trial
from trialwright.conduct.events import StaffAppointed
from trialwright.conduct.filed import as_filed, as_made_from, entry_with, filed_hash
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import Fault, Verification, seal
from trialwright.conduct.service import verify
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.main import run
from trialwright.interfaces.web.site import site
from trialwright.protocol.service import write_protocol
from trialwright.record.record import Record
from trialwright.store.journal import SqlJournal

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
