"""`trialwright record`: what it prints, what it writes, and how it refuses."""

import json
from pathlib import Path

import pytest

from trialwright.interfaces.cli.main import run
from trialwright.record import service


def test_show_prints_the_page_again(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = example / "record.page.txt"
    assert run(["record", "show", str(page)]) == 0
    out, err = capsys.readouterr()
    shown = service.read(out.encode(), "shown")
    assert shown.study == service.read(page.read_bytes(), "page").study
    assert "lost: the inclusion list starts at 2" in err


def test_show_as_json_is_one_document(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = example / "facts.yaml"
    assert (
        run(["record", "show", str(example / "record.page.txt"), "--facts", str(facts), "--json"])
        == 0
    )
    document = json.loads(capsys.readouterr().out)
    assert document["protocolSection"]["identificationModule"]["nctId"] == "NCT05774509"
    assert document["trialwright"]["designFacts"][0]["topic"] == "escalation_method"


def test_convert_writes_a_whole_file(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "record.json"
    source = example / "record.page.txt"
    facts = example / "facts.yaml"
    assert run(["record", "convert", str(source), "--facts", str(facts), "--out", str(out)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]
    record = service.read(out.read_bytes(), "record.json")
    assert len(record.provenance) == 6
    assert "lost: no outcome measure" in capsys.readouterr().err


def test_convert_prints_json_and_page(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = str(example / "record.page.txt")
    assert run(["record", "convert", page]) == 0
    record = service.read(capsys.readouterr().out.encode(), "stdout")
    assert run(["record", "convert", page, "--to", "page"]) == 0
    assert service.read(capsys.readouterr().out.encode(), "stdout") == record


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"<html/>", "the root element <html>"),
        (b"{}", "no protocolSection"),
        (b"\x00\x01", "not text"),
    ],
)
def test_bad_input_is_one_line_and_leaves_no_output(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.txt", tmp_path / "out.json"
    source.write_bytes(content)
    assert run(["record", "convert", str(source), "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: in.txt")
    assert message in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in.txt"]


def test_a_failed_conversion_leaves_the_old_file(example: Path, tmp_path: Path) -> None:
    out, facts = tmp_path / "out.json", tmp_path / "facts.yaml"
    out.write_text("old")
    facts.write_text("facts: 3")
    source = str(example / "record.page.txt")
    assert run(["record", "convert", source, "--facts", str(facts), "--out", str(out)]) == 2
    assert out.read_text() == "old"


@pytest.mark.parametrize("to", ["missing/out.json", "."])
def test_a_place_that_cannot_be_written_is_wrong_input(
    to: str, example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(example / "record.page.txt")
    assert run(["record", "convert", source, "--out", str(tmp_path / to)]) == 2
    assert "error: " in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["no_such_file.json", "NCT00000001"])
def test_a_record_that_is_not_there_is_wrong_input(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["record", "show", name]) == 2
    err = capsys.readouterr().err
    assert name in err
    assert ("catalogue" in err) == name.startswith("NCT")
