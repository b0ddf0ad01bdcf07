"""`trialwright match` and `trialwright criteria export`, end to end."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from trialwright.interfaces.cli.main import run

ON = ("--on", "2024-09-02")
NOTE = "A 58-year-old woman with dilated cardiomyopathy. LVEF was 35 %. No stroke."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("home")
    assert run(["catalogue", "add", "--starter", "--home", str(folder)]) == 0
    return str(folder)


@pytest.fixture
def patient(example: Path) -> str:
    return str(example / "patients" / "02-lvef-40.json")


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_people_read_verdicts_reasons_and_counts(
    home: str, patient: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["match", patient, "--home", home, "--status", "any", *ON, "--limit", "3"]) == 0
    out = capsys.readouterr().out
    assert "  1. undecided  NCT" in out
    assert " met; " in out
    assert "open: " in out
    assert "sim-02 on 2024-09-02: " in out
    assert "3 shown" in out


def test_programs_read_one_document_that_adds_up(
    home: str, patient: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["match", patient, "--home", home, "--status", "any", *ON, "--json"]) == 0
    found = document(capsys)
    assert found["studies"] == found["considered"] + sum(found["left_out"].values())
    assert sum(found["tiers"].values()) == found["considered"]
    reference = next(hit for hit in found["hits"] if hit["nctId"] == "NCT05774509")
    assert {each["id"] for each in reference["hold"]} >= {"I1"}
    assert all(each["unknown"] for each in reference["open"])


def test_a_status_narrows_and_says_so(
    home: str, patient: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["match", patient, "--home", home, "--status", "recruiting", *ON, "--json"]) == 0
    found = document(capsys)
    assert {hit["overallStatus"] for hit in found["hits"]} <= {"RECRUITING"}
    assert found["left_out"]["status"] > 0


def test_a_note_is_read_from_a_file_and_from_standard_input(
    home: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "note.txt"
    file.write_text(NOTE)
    call = ["--home", home, "--status", "any", *ON, "--json"]
    assert run(["match", str(file), *call]) == 0
    from_file = document(capsys)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NOTE.encode())))
    assert run(["match", "-", *call]) == 0
    assert document(capsys) == from_file
    assert from_file["notes"][0].startswith("read from words")
    assert "stroke" not in from_file["query"]


def test_an_empty_catalogue_says_how_to_fill_it(
    patient: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["match", patient, "--home", str(tmp_path), *ON]) == 0
    assert "catalogue add" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["{patients}"], "patients; wanted one, or --patient"),
        (["{patients}", "--patient", "nobody"], "'nobody'; wanted a patient of"),
        (["{patient}", "--on", "2024"], "wanted a whole date"),
        (["{patient}", "--on", "1900-01-01"], "--on"),
        (["{patient}", "--status", "never"], "status"),
        (["{patient}", "--status", ","], "wanted statuses with commas, or any"),
        (["{patient}", "--limit", "0"], "--limit: 0; wanted a number from 1"),
        (["{patient}", "--candidates", "20000"], "--candidates"),
        (["{empty}"], "no word; wanted a clinical note"),
        (["{binary}"], "not UTF-8 text"),
        (["{note}", "--patient", "x"], "no such option with a note"),
        (["/no/such/file.txt"], "No such file"),
    ],
)
def test_wrong_input_is_one_clear_line(
    call: list[str],
    said: str,
    patient: str,
    home: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {"empty": b"  ", "binary": b"caf\xe9", "note": NOTE.encode()}
    places = {"patient": patient, "patients": str(Path(patient).parent)}
    for name, data in files.items():
        (tmp_path / f"{name}.txt").write_bytes(data)
        places[name] = str(tmp_path / f"{name}.txt")
    capsys.readouterr()
    assert run(["match", *(part.format(**places) for part in call), "--home", home]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1


# --- exports -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["cql", "circe", "fhir"])
def test_a_protocol_is_exported_with_its_balance(
    language: str, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["criteria", "export", str(example / "protocol.yaml"), "--to", language]
    assert run(call) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("library" if language == "cql" else "{")
    assert "facts carried over" in printed.err
    assert "not carried: I2: " in printed.err
    assert run([*call, "--json"]) == 0
    found = document(capsys)
    assert found["to"] == language
    assert all(each["carried"] and each["not_carried"] for each in found["balance"].values())


def test_a_text_is_exported_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, out = tmp_path / "criteria.txt", tmp_path / "out.cql"
    text.write_text("Inclusion Criteria:\n\n1. LVEF <= 40 %\n")
    assert run(["criteria", "export", str(text), "--to", "cql", "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    assert "<= 40.0 '%'" in out.read_text()


def test_no_such_language_is_one_clear_line(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["criteria", "export", str(example / "protocol.yaml"), "--to", "sql"]
    assert run(call) == 2
    assert "sql" in capsys.readouterr().err
