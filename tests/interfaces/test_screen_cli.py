"""`trialwright screen`, end to end: for people, for programs, and with broken input."""

import gzip
import json
from pathlib import Path

import pytest

from trialwright.interfaces.cli.main import run

CLOSED = ("--closed-world", "condition,drug,procedure,allergy,device")
ON = ("--on", "2024-09-02")


@pytest.fixture
def protocol(example: Path) -> str:
    return str(example / "protocol.yaml")


@pytest.fixture
def patients(example: Path) -> str:
    return str(example / "patients")


def test_one_line_per_patient_for_people(
    protocol: str, patients: str, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = str(example / "answers.json")
    assert run(["screen", protocol, patients, *ON, *CLOSED, "--answers", answers]) == 0
    *lines, total = capsys.readouterr().out.splitlines()
    assert len(lines) == 13
    assert lines[0] == "sim-01 (simulated)  eligible: every criterion is met"
    assert lines[6].startswith(
        "sim-07 (simulated)  not eligible: E16 applies; haematocrit 0.24 L/L"
    )
    assert "13 screened on 2024-09-02: 5 eligible, 5 not eligible, 3 undecided" in total
    assert "closed world for condition" in total


def test_one_document_for_programs(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", protocol, f"{patients}/07-haematocrit-0.24.json", *ON, "--json"]) == 0
    (patient,) = json.loads(capsys.readouterr().out)["patients"]
    assert (patient["id"], patient["eligible"], patient["deciding"]) == ("sim-07", "no", ["E16"])
    (verdict,) = [each for each in patient["criteria"] if each["id"] == "E16"]
    assert (verdict["verdict"], verdict["unknown"]) == ("false", None)
    assert verdict["evidence"][0]["recorded"] == "0.24 L/L"


def test_explain_shows_every_criterion(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", protocol, f"{patients}/02-lvef-40.json", *ON, "--explain"]) == 0
    out = capsys.readouterr().out
    assert "left ventricular ejection fraction 40 % on 2024-08-14: <= 40 %: holds" in out
    assert "read with: open world" in out
    assert "E30 unknown" in out


def test_one_bad_file_among_good_ones_prints_nothing_as_done(
    protocol: str, patients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json.gz"
    bad.write_bytes(gzip.compress(Path(patients, "01-eligible.json").read_bytes()[:-20]))
    assert run(["screen", protocol, patients, str(bad), *ON]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "bad.json.gz: broken JSON" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.yaml", "PATIENTS"], "none.yaml: No such file"),
        (["PROTOCOL", "none.json"], "none.json: No such file"),
        (["PROTOCOL", "PATIENTS", "--on", "2024-09"], "--on: '2024-09'; wanted a whole date"),
        (["PROTOCOL", "PATIENTS", "--on", "soon"], "--on: 'soon'; wanted a date"),
        (
            ["PROTOCOL", "PATIENTS", "--on", "1900-01-01"],
            "--on: 1900-01-01; wanted a day after",
        ),
        (["PROTOCOL", "PATIENTS", "--on", "2999-01-01"], "--on: 2999-01-01; wanted a day up to"),
        (["PROTOCOL", "PATIENTS", "--closed-world", "moon"], "--closed-world: moon; wanted any of"),
        (["PROTOCOL", "PATIENTS", "--answers", "none.json"], "none.json: No such file"),
        (["PROTOCOL"], "patients"),
    ],
)
def test_wrong_calls_end_in_one_line(
    arguments: list[str],
    says: str,
    protocol: str,
    patients: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = {"PROTOCOL": protocol, "PATIENTS": patients}
    assert run(["screen", *(names.get(each, each) for each in arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says.lower() in err.lower()
    assert err.count("\n") == 1


def test_answers_about_somebody_else_are_mentioned(
    protocol: str, patients: str, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = f"{patients}/01-eligible.json"
    assert run(["screen", protocol, one, *ON, "--answers", str(example / "answers.json")]) == 0
    assert (
        "answers about patients that were not screened: sim-02, sim-03" in capsys.readouterr().err
    )
