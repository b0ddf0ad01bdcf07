"""`trialwright design ... --rule NAME:key=value`: rules from the command line."""

import json

import pytest

from trialwright.interfaces.cli.main import run

DECIDE = ["design", "decide", "--target", "0.3"]
TRIAL = [*DECIDE, "--doses", "1,2,5,10 mg", "--cohorts", "3x6"]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run([*TRIAL, *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_rules_are_stated_by_name_with_their_parameters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rules = ["--rule", "safety_boundary:rate=0.3,confidence=0.8,least=3", "--rule", "no_skipping"]
    status, out, _ = call(capsys, *rules, "--outcomes", "1NTT", "--json")
    found = json.loads(out)
    assert (status, found["next_dose"], found["stop"]) == (0, None, True)
    said = {reason["rule"]: reason["text"] for reason in found["reasons"]}
    assert "2 of 3 at dose 1 had a DLT, P(rate > 0.3) = 0.916 > 0.8" in said["safety_boundary"]
    assert "safety_boundary ends the trial without a dose" in said["precedence"]
    assert "over lowest_dose (lets it go on)" in said["precedence"]


def test_steps_of_an_increment_are_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    rule = ["--rule", "max_increment:factor=0:3 2:2,relative_to=last"]
    status, out, _ = call(capsys, *rule, "--outcomes", "1NNN 2NNN", "--json")
    assert (status, json.loads(out)["next_dose"]) == (0, 2)
    status, out, _ = call(capsys, *rule, "--outcomes", "1NNN 2NNN")
    assert "at most 2 times (4)" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rule", "no_skiping"], "rule: 'no_skiping'; wanted 'no_skipping', the nearest of"),
        (
            ["--rule", "too_toxic:rate=0.3,confidence=0.8,lest=3"],
            "rule too_toxic, parameter: 'lest'; wanted 'least', the nearest of",
        ),
        (
            ["--rule", "stop_at_dose:n=six"],
            "rule stop_at_dose, parameter n: 'six'; wanted a whole number from 1",
        ),
        (["--rule", "stop_at_dose:n"], "--rule stop_at_dose: 'n'; wanted name or name:key=value"),
    ],
)
def test_a_wrong_rule_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert_wrong(capsys, [*TRIAL, *arguments], message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cohorts", "3.5x2"], "cohorts, item 1: '3.5x2'; wanted sizes such as 4,8"),
        (["--cohorts", "3,2.5"], "cohorts, item 2: '2.5'; wanted sizes such as 4,8"),
        (
            ["--rule", "max_increment:factor=2"],
            "rule max_increment, parameter doses: 4 levels without amounts; wanted amounts",
        ),
    ],
)
def test_a_cohort_or_a_dose_that_cannot_be_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert_wrong(capsys, [*DECIDE, "--doses", "4", *arguments], message)


def assert_wrong(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert len(captured.err.strip().splitlines()) == 1
