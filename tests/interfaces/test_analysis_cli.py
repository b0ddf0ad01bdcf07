"""`trialwright analyse`, on a small trial that was written down by hand."""

from pathlib import Path

import msgspec
import pytest
from tests.unit.analysis_trial import example

from trialwright.app import TrialInHand
from trialwright.conduct.journal import Verification
from trialwright.interfaces.cli import analyse
from trialwright.interfaces.cli.main import run

WANTED = {"analysis", "population", "group", "statistic", "value", "lower", "upper", "n",
          "missing", "method"}  # fmt: skip


def hand_over(monkeypatch: pytest.MonkeyPatch, *, whole: bool) -> None:
    held = TrialInHand(example(), (), Verification(whole, 99, "ab" * 32))
    monkeypatch.setattr(analyse, "open_trial", lambda path: held)


def test_json_is_one_document_of_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_over(monkeypatch, whole=True)
    assert run(["analyse", "somewhere", "--json"]) == 0
    rows = msgspec.json.decode(capsys.readouterr().out)["rows"]
    assert len(rows) > 400
    assert all(row.keys() >= WANTED for row in rows)


def test_people_read_answers_and_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_over(monkeypatch, whole=True)
    assert run(["analyse", "somewhere"]) == 0
    text = capsys.readouterr().out
    assert "Simulated data" in text
    assert "Dose-limiting toxicity by dose level given" in text
    assert "\x1b[" not in text


def test_a_broken_chain_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_over(monkeypatch, whole=False)
    assert run(["analyse", "somewhere"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "trial verify somewhere" in printed.err


def test_no_trial_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyse", str(tmp_path / "nothing")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
