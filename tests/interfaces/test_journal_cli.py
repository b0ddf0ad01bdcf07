"""`trialwright rehearse` and `trialwright trial`, end to end on a protocol of the project's own."""

import json
from pathlib import Path

import pytest
from tests.trials import Trial, protocol, stated

from trialwright.conduct.journal import from_ndjson, verify
from trialwright.interfaces.cli.main import run
from trialwright.protocol.service import write_protocol
from trialwright.store.journal import SqlJournal


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "protocol.yaml"
    window = {"definition": stated("grade 3 or more"), "window": stated("P42D")}
    visits = (("baseline", -1, ("lvef",)), ("month 2", 60, ("lvef", "nyha")))
    path.write_text(write_protocol(protocol(dlt=window, visits=visits)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trial(plan, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("trials") / "a trial"
    assert run(["rehearse", str(plan), "--seed", "4", "--out", str(out)]) == 0
    return out


def document(capsys, *arguments: str, status: int = 0):
    capsys.readouterr()
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_a_rehearsal_writes_one_folder_whose_journal_says_simulated(trial):
    names = sorted(path.name for path in trial.iterdir())
    assert names == ["journal.simulated.sqlite", "protocol.yaml"]
    assert [path.name for path in trial.parent.iterdir()] == ["a trial"]


def test_the_same_seed_again_only_with_force_and_to_the_byte(plan, trial, capsys):
    before = (trial / "journal.simulated.sqlite").read_bytes()
    call = ["rehearse", str(plan), "--seed", "4", "--out", str(trial)]
    assert run(call) == 2
    assert "already there; wanted --force" in capsys.readouterr().err
    assert run([*call, "--force"]) == 0
    assert (trial / "journal.simulated.sqlite").read_bytes() == before


def test_a_folder_with_anything_else_in_it_is_left_alone(plan, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    assert run(["rehearse", str(plan), "--out", str(tmp_path), "--force"]) == 2
    assert "this one is left alone" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    "wrong",
    [["--seed", "-1"], ["--start", "soon"], ["--start", "2030-01"], ["--seed", "many"]],
)
def test_a_wrong_call_leaves_nothing_behind(plan, tmp_path, wrong, capsys):
    out = tmp_path / "out"
    assert run(["rehearse", str(plan), "--out", str(out), *wrong]) == 2
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().err.startswith("error: ")


def test_a_rehearsal_that_cannot_end_leaves_nothing_behind(tmp_path, capsys):
    expr = {"compare": {"measure": "lvef", "op": ">", "value": 85, "unit": "%"}}
    never = {
        "id": "I1", "section": "inclusion", "text": "x", "span": [0, 1], "status": "auto",
        "expr": expr,
    }  # fmt: skip
    path = tmp_path / "protocol.yaml"
    window = {"definition": stated("grade 3 or more"), "window": stated("P42D")}
    visits = (("baseline", -1, ("lvef",)), ("month 2", 60, ("lvef",)))
    text = write_protocol(protocol(dlt=window, visits=visits, criteria=[never], sizes=(1,)))
    path.write_text(text, encoding="utf-8")
    assert run(["rehearse", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "I1" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["protocol.yaml"]


def test_verify_by_folder_and_by_file(trial, capsys):
    for place in (trial, trial / "journal.simulated.sqlite"):
        found = document(capsys, "trial", "verify", str(place))
        assert found["whole"] is True
        assert found["first_fault"] is None
        assert set(found) >= {"whole", "events", "head", "first_fault"}


def test_one_changed_byte_is_named_and_nothing_else_reads_the_trial(trial, tmp_path, capsys):
    data = (trial / "journal.simulated.sqlite").read_bytes()
    at = data.index(b"ConsentSigned")
    damaged = tmp_path / "journal.simulated.sqlite"
    damaged.write_bytes(data[:at] + b"c" + data[at + 1 :])
    found = document(capsys, "trial", "verify", str(damaged), status=1)
    assert found["whole"] is False
    assert found["first_fault"]["seq"] == found["events"] + 1
    assert run(["trial", "status", str(damaged)]) == 1
    assert f"entry {found['first_fault']['seq']}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["status", "gate", "verify", "export"])
@pytest.mark.parametrize("content", [None, b"", b"not a database" * 100])
def test_what_is_no_journal_is_one_line(tmp_path, command, content, capsys):
    path = tmp_path / "journal.sqlite"
    if content is not None:
        path.write_bytes(content)
    assert run(["trial", command, str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert str(path) in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_status(trial, capsys):
    state = document(capsys, "trial", "status", str(trial))
    assert state["simulated"] is True
    assert state["ended"] is True
    assert state["enrolled"] == len(state["subjects"]) > 0
    assert {s["dlt_window"] for s in state["subjects"]} <= {"complete", "dlt", "not_evaluable"}
    assert run(["trial", "status", str(trial)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Simulated data")
    assert state["subjects"][0]["subject"] in said


def test_gate(trial, capsys):
    gate = document(capsys, "trial", "gate", str(trial))
    assert gate["board"]["gate"] == gate["held"]["gate"]
    assert gate["pending"] == []
    assert all(set(reason) == {"rule", "text"} for reason in gate["reasons"])
    early = document(capsys, "trial", "gate", str(trial), "--on", "2030-01-08")
    assert early["pending"]
    assert early["outcomes"].endswith("P")
    assert run(["trial", "gate", str(trial)]) == 0
    assert "the design says" in capsys.readouterr().out


def test_the_final_recommendation_is_printed_and_says_when_it_is_not_yet(trial, capsys):
    for command in ("status", "gate"):
        found = document(capsys, "trial", command, str(trial))["final_recommendation"]
        assert found["dose"] in {1, 2, None}
        assert found["pending"] == 0
        assert found["reasons"]
        assert run(["trial", command, str(trial)]) == 0
        assert "final recommendation: " in capsys.readouterr().out
        early = document(capsys, "trial", command, str(trial), "--on", "2030-01-08")
        assert early["final_recommendation"]["dose"] is None
        assert early["final_recommendation"]["pending"] > 0
        assert run(["trial", command, str(trial), "--on", "2030-01-08"]) == 0
        assert ": not yet" in capsys.readouterr().out


@pytest.fixture
def eventful(tmp_path) -> Path:
    """A decided gate behind which a ruling changed an outcome, and then a stop."""
    path = tmp_path / "journal.simulated.sqlite"
    with SqlJournal.create(path, durable=False) as journal:
        trial = Trial(journal, protocol=protocol(days=(0,)))
        trial.cohort("A", "B")
        trial.clock.forward(days=29)
        trial.board(trial.gate(), 2)
        trial.ill("AE-1", "A", onset=trial.state.subjects["A"].first_infusion)
        trial.ruled("AE-1", "A", True)
        trial.stop("a signal from another trial")
    return path


def test_what_changed_behind_a_gate_is_named(eventful, capsys):
    changed = {"gate": 1, "decided_on": "1NN", "now": "1TN"}
    for command in ("status", "gate"):
        found = document(capsys, "trial", command, str(eventful))
        assert found["changed_behind_gates"] == [changed]
        assert run(["trial", command, str(eventful)]) == 0
        said = capsys.readouterr().out
        assert "changed behind a gate: gate 1 was decided on 1NN, now it is 1TN" in said


def test_a_stop_says_by_whom_and_why(eventful, capsys):
    found = document(capsys, "trial", "status", str(eventful))
    assert found["stopped"] is True
    assert found["stop"]["by"] == ["bea"]
    assert found["stop"]["why"] == "a signal from another trial"
    assert run(["trial", "gate", str(eventful)]) == 0
    said = capsys.readouterr().out
    assert "stopped by bea on 2031-04-08: a signal from another trial" in said
    assert "the gate is not held: the trial was stopped" in said


def test_a_journal_of_another_trial(trial, tmp_path, capsys):
    other = tmp_path / "other.yaml"
    identity = {"nct_id": "NCT00000002", "title": "Other", "record_sha256": "1" * 64}
    window = {"definition": stated("grade 3 or more"), "window": stated("P42D")}
    visits = (("baseline", -1, ("lvef",)), ("month 2", 60, ("lvef",)))
    text = write_protocol(protocol(trial=identity, dlt=window, visits=visits))
    other.write_text(text, encoding="utf-8")
    assert run(["trial", "gate", str(trial), "--protocol", str(other)]) == 2
    said = capsys.readouterr().err
    assert "the journal of NCT99999991; wanted a journal of NCT00000002" in said


def test_export(trial, tmp_path, capsys):
    out = tmp_path / "audit.ndjson"
    assert run(["trial", "export", str(trial), "--to", "ndjson", "--out", str(out)]) == 0
    whole = document(capsys, "trial", "verify", str(trial))
    found = verify(from_ndjson(out.read_bytes().splitlines()))
    assert found.whole
    assert (found.events, found.head) == (whole["events"], whole["head"])
    assert run(["trial", "export", str(trial), "--to", "sdtm"]) == 2
    assert "not covered yet" in capsys.readouterr().err
