"""`trialwright design`: documents for programs, tables for people, one line for errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from trialwright.interfaces.cli.main import run

TRIAL = ["--target", "0.25", "--doses", "2", "--cohorts", "4,8"]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["design", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    status, out, err = call(capsys, *arguments, "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_decide(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "decide", *TRIAL, "--outcomes", "1NNNN")
    assert found["next_dose"] == 2
    assert found["stop"] is False
    assert found["admissible"] == [1, 2]
    assert found["method_wish"] == 2
    assert found["pending"] == 0
    assert {"rule", "text"} == found["reasons"][0].keys()


def test_decide_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(capsys, "decide", *TRIAL, "--outcomes", "1NNTT")
    assert status == 0
    assert "Next: dose 1 with 8 patients" in out
    assert "at least the de-escalation boundary 0.298: de-escalate" in out
    assert "de-escalate means continue" in out
    _, out, _ = call(capsys, "decide", *TRIAL, "--outcomes", "1NTTT")
    assert "The trial ends" in out
    _, out, _ = call(capsys, "decide", *TRIAL, "--outcomes", "1NNNP")
    assert "Wait: 1 pending" in out


def test_parameters_of_rules_and_method(capsys: pytest.CaptureFixture[str]) -> None:
    stop = ["--param", "at_lowest_stay=stop", "--param", "cutoff_eli=0.9"]
    assert document(capsys, "decide", *TRIAL, *stop, "--outcomes", "1NNNT")["stop"] is True


def test_recommend(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = ("--outcomes", "1NNNN 2NNNNNNTT")
    assert document(capsys, "recommend", *TRIAL, *outcomes)["dose"] == 2
    assert "Dose 2" in call(capsys, "recommend", *TRIAL, *outcomes)[1]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    rows = document(capsys, "table", *TRIAL)["rows"]
    assert [row["decision"] for row in rows if row["n"] == 4] == [
        "escalate",
        "stay",
        "de-escalate",
        "eliminate",
        "eliminate",
    ]
    status, out, _ = call(capsys, "table", *TRIAL)
    assert status == 0
    lines = [line.split() for line in out.splitlines() if line.startswith("│")]
    assert lines[1] == ["│", "1", "│", "S", "│", "E", "│", "E", "│"]


def test_table_of_a_method_alone_needs_no_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "table", "--target", "0.3", "--doses", "5", "--most", "3")
    assert len(found["rows"]) == 2 + 3 + 4


def test_paths(capsys: pytest.CaptureFixture[str]) -> None:
    rates = ("--true", "0.1,0.25", "--true", "0.3,0.4")
    found = document(capsys, "paths", *TRIAL, *rates)["paths"]
    assert len(found) == 29
    assert found[0] == {
        "outcomes": "1NNNN 2NNNNNNNN",
        "next_dose": None,
        "final": 2,
        "complete": True,
        "probability": pytest.approx([0.9**4 * 0.75**8, 0.7**4 * 0.6**8]),
    }
    assert sum(path["probability"][1] for path in found) == pytest.approx(1)
    assert document(capsys, "paths", *TRIAL, "--depth", "1")["paths"][0]["next_dose"] == 2
    status, out, _ = call(capsys, "paths", *TRIAL)
    assert status == 0
    assert "1NNNT 1NNNTTTTT" in out


def test_exact(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "exact", *TRIAL, "--true", "0.1,0.25")
    assert (found["trials"], found["standard_error"]) == (None, None)
    assert found["states"] == 25
    (curve,) = found["curves"]
    assert curve["true"] == [0.1, 0.25]
    assert sum(curve["selection"]) == pytest.approx(1)
    assert len(curve["selection"]) == 3
    assert sum(curve["treated"]) == pytest.approx(curve["patients"])
    assert curve["dlts"][1] == pytest.approx(0.25 * curve["treated"][1])
    assert 0 < curve["stopped_early"] < 0.01


def test_simulate_repeats_itself_and_agrees_with_exact(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("simulate", *TRIAL, "--true", "0.1,0.25", "--trials", "20000", "--seed", "7")
    found = document(capsys, *arguments)
    assert found == document(capsys, *arguments)
    assert found["trials"] == 20000
    exact = document(capsys, "exact", *TRIAL, "--true", "0.1,0.25")["curves"][0]["selection"]
    simulated = found["curves"][0]["selection"]
    for mine, true, error in zip(simulated, exact, found["standard_error"], strict=True):
        assert abs(mine - true) < 5 * error
    status, out, _ = call(capsys, *arguments)
    assert status == 0
    assert "20,000 simulated trials per curve, seed 7" in out


def test_curves_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "curves.csv"
    file.write_text("0.1,0.2\n\n0.2,0.4\n")
    found = document(capsys, "exact", *TRIAL, "--curves", str(file))
    assert [curve["true"] for curve in found["curves"]] == [[0.1, 0.2], [0.2, 0.4]]
    file.write_text("0.1,0.2\n0.2\n")
    status, _, err = call(capsys, "exact", *TRIAL, "--curves", str(file))
    assert status == 2
    assert "curves.csv, line 2: 1 rates; wanted one for each of 2 dose levels" in err


def test_a_curve_that_falls_warns_and_runs(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, "exact", *TRIAL, "--true", "0.3,0.1", "--json")
    assert status == 0
    assert "warning: the true rates 0.3, 0.1 fall" in err
    assert json.loads(out)["curves"][0]["true"] == [0.3, 0.1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["decide", "--target", "0.3"], "--doses: not stated"),
        (["decide", "--doses", "2"], "parameter target: not stated"),
        (["decide", *TRIAL, "--method", "zzzz"], "method: 'zzzz'; wanted one of b"),
        (["decide", *TRIAL, "--param", "cutoff=1"], "wanted 'cutoff_eli', the nearest of"),
        (["decide", *TRIAL, "--param", "cutoff_eli"], "--param: 'cutoff_eli'; wanted key=value"),
        (["decide", *TRIAL, "--outcomes", "1NNNN 3N"], "outcomes, cohort 2: '3N'"),
        (["decide", "--target", "nan", "--doses", "2"], "parameter target: nan"),
        (["decide", "--target", "0.3", "--doses", "two"], "two"),
        (["exact", *TRIAL], "--true: no true rates"),
        (["exact", *TRIAL, "--true", "0.1"], "--true: 1 rates"),
        (["exact", *TRIAL, "--true", "0.1,1.2"], "--true, dose 2: 1.2; wanted a rate from 0 to 1"),
        (["exact", *TRIAL, "--curves", "absent.csv"], "absent.csv: No such file"),
        (["exact", "--target", "0.3", "--doses", "2", "--true", "0,1"], "no cohort schedule"),
        (["exact", "--target", "0.3", "--doses", "2", "--cohorts", "4,x"], "cohorts, item 2: 'x'"),
        (["simulate", *TRIAL, "--true", "0,1", "--trials", "0"], "parameter trials: 0"),
        (["simulate", *TRIAL, "--true", "0,1", "--seed", "-1"], "--seed: -1"),
        (["paths", *TRIAL, "--depth", "3"], "parameter depth: 3"),
        (["table", *TRIAL, "--most", "0"], "parameter most: 0"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = call(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_too_many_courses_are_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    large = ["--target", "0.3", "--doses", "5", "--cohorts", "3x10"]
    status, _, err = call(capsys, "paths", *large)
    assert status == 1
    assert err.startswith("refused: paths: the trial has")
