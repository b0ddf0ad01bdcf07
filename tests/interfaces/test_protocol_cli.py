"""`trialwright protocol` and `trialwright criteria`, end to end."""

import io
import json
from pathlib import Path

import pytest

from trialwright.interfaces.cli.main import run


def test_draft_check_and_schema(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "protocol.yaml"
    page, facts = str(example / "record.page.txt"), str(example / "facts.yaml")
    assert run(["protocol", "draft", page, "--facts", facts, "--out", str(out)]) == 0
    assert out.read_bytes() == (example / "protocol.yaml").read_bytes()
    capsys.readouterr()
    assert run(["protocol", "check", str(out), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["fit"] is False
    assert {"key", "line", "value", "reason"} == set(document["open"][0])
    assert run(["protocol", "check", str(out)]) == 1
    assert "dlt.window = P70D" in capsys.readouterr().out
    assert run(["protocol", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$defs"]["Protocol"]


def test_a_broken_protocol_is_one_line_and_exit_2(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (example / "protocol.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "p.yaml"
    broken.write_text(text.replace("value: 2.0e+10", "value: -2.0e+10"), encoding="utf-8")
    assert run(["protocol", "check", str(broken)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "p.yaml, line 21, dose_levels[0].amount.value: -20000000000.0" in captured.err


def test_a_draft_that_is_refused_writes_nothing(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (example / "record.page.txt").read_text(encoding="utf-8")
    wrong, out = tmp_path / "page.txt", tmp_path / "protocol.yaml"
    wrong.write_text(page.replace("of 60x10E9", "of 61x10E9"), encoding="utf-8")
    assert run(["protocol", "draft", str(wrong), "--out", str(out)]) == 2
    assert "line 2" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [wrong]


def test_an_ambiguous_dose_takes_an_answer(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (example / "record.page.txt").read_text(encoding="utf-8")
    text = text.replace("receive 20x10E9", "receive 20x109").replace(
        ", for a cumulative dose of 60x10E9 particles/kg", ""
    )
    page = tmp_path / "page.txt"
    page.write_text(text, encoding="utf-8")
    assert run(["protocol", "draft", str(page)]) == 2
    assert "'20x109 particles/kg'" in capsys.readouterr().err
    answer = "20x109 particles/kg=2e10"
    assert run(["protocol", "draft", str(page), "--answer", answer]) == 0
    assert "value: 2.0e+10" in capsys.readouterr().out
    assert run(["protocol", "draft", str(page), "--answer", "20x109=many"]) == 2


def test_criteria_parse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "Inclusion Criteria:\n\n2. LVEF \\<= 40%\n\nExclusion Criteria:\n\n* uncontrolled asthma\n"
    )
    file = tmp_path / "criteria.txt"
    file.write_text(text, encoding="utf-8")
    assert run(["criteria", "parse", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    first, second = document["items"]
    assert first["id"] == "I2"
    assert first["expr"] == {"compare": {"measure": "lvef", "op": "<=", "value": 40, "unit": "%"}}
    assert second["residue"] == ["uncontrolled"]
    assert second["reading"] == "asthma, and a person decides: 'uncontrolled'"
    spans = [item["span"] for item in document["items"] + document["leftover"]]
    assert sum(end - start for start, end in spans) == len(text)
    assert run(["criteria", "parse", str(file)]) == 0
    assert "2 criteria, 1 without residue" in capsys.readouterr().out


@pytest.mark.parametrize("data", [b"", b"  \n\t", b"\xff\xfe", b"a\0b"])
def test_what_is_no_text_is_exit_2(
    data: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr("sys.stdin", stream)
    assert run(["criteria", "parse", "-"]) == 2
    assert "standard input" in capsys.readouterr().err
