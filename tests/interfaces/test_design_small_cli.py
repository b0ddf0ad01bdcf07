"""`trialwright design small`, and the page for a safety board that it prints."""

import json
import re
import shlex
from typing import Any

import pytest
from tests.conftest import REPOSITORY

from trialwright.interfaces.cli.main import run

TRIAL = ["small", "--target", "0.25", "--doses", "2", "--cohorts", "4,8"]
PROTOCOL = ["small", "--protocol", "examples/secret_hf/protocol.yaml"]
PAGE = REPOSITORY / "docs" / "explanation" / "small-trials.md"
BLOCK = re.compile(r"<!-- \$ trialwright (.*?) -->\n(.*?)<!-- end -->", re.DOTALL)


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["design", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    status, out, err = call(capsys, *arguments, "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_page_prints_what_the_command_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    ((command, shown),) = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert run(shlex.split(command)) == 0
    assert shown.strip() == capsys.readouterr().out.strip(), "run tools/printed.py"


def test_the_document_lists_every_situation(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, *TRIAL, "--true", "0.1,0.25", "--true", "0.25,0.4")
    assert len(found["situations"]) == 32
    first = found["situations"][0]
    assert (first["cohort"], first["outcomes"], first["next_dose"]) == (1, "1NNNN", 2)
    assert first["probability"] == pytest.approx([0.9**4, 0.75**4])
    assert {"rule", "text"} == first["reasons"][0].keys()
    last = found["situations"][-1]
    assert (last["outcomes"], last["stop"], last["final"]) == ("1NNTT 1TTTTTTTT", True, None)


def test_limits_say_which_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    evidence = document(capsys, *TRIAL)["evidence"][0]
    assert (evidence["n"], evidence["dlts"], evidence["levels"]) == (4, 0, [1])
    assert evidence["two_sided"] == pytest.approx([0, 0.6023646])
    assert evidence["one_sided_upper"] == pytest.approx(0.5271292)
    _, out, _ = call(capsys, *TRIAL)
    for text in ("Two-sided", "One-sided", "a two-sided interval leaves", "Clopper-Pearson"):
        assert text in out


def test_for_people_small_chances_are_not_shown_as_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    _, out, _ = call(capsys, *TRIAL, "--true", "0.01,0", "--true", "0,0")
    (row,) = [line.split("│") for line in out.splitlines() if "│ 1TTTT " in line]
    assert [cell.strip() for cell in row[-3:-1]] == ["<0.01", "0.00"]
    assert "A: 0.01, 0; B: 0, 0" in out


def test_the_protocol_names_its_doses_and_its_assumptions(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    _, out, _ = call(capsys, *PROTOCOL)
    assert "dose 1: 2e+10" in out
    assert "Assumed in the protocol and not confirmed yet: target 0.25" in out
    found = document(capsys, *PROTOCOL)
    assert found["true"] == []
    assert found["assumed"]


def test_thresholds_and_event_rates_are_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, *TRIAL, "--above", "0.2", "--above", "0.4", "--event-rate", "0.02")
    assert found["thresholds"] == [0.2, 0.4]
    assert found["evidence"][0]["above"] == pytest.approx([0.8**5, 0.6**5])
    assert [row["at_least_one"] for row in found["detection"]] == [
        pytest.approx([1 - 0.98**n]) for n in (4, 8, 12)
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--above", "1.5"], 2, "--above: 1.5"),
        (["--event-rate", "0"], 2, "--event-rate: 0"),
        (["--true", "0.1"], 2, "--true: 1 rate; wanted one for each of 2 dose levels"),
    ],
)
def test_errors_are_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, message: str
) -> None:
    got, out, err = call(capsys, *TRIAL, *arguments)
    assert (got, out) == (status, "")
    assert message in err
    assert err.count("\n") == 1


def test_a_trial_that_is_not_small_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    large = ["small", "--target", "0.3", "--doses", "5", "--cohorts", "3x6"]
    status, out, err = call(capsys, *large)
    assert (status, out) == (1, "")
    assert "refused: small trial: up to" in err
