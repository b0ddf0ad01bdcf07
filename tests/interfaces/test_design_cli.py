"""`trialwright design`: documents for programs, tables for people, one line for errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError, Refused
from trialwright.interfaces.cli.design.options import (
    CurveOptions,
    DesignOptions,
    design_from_options,
    read_curves,
)
from trialwright.interfaces.cli.main import run

TRIAL = ["--target", "0.25", "--doses", "2", "--cohorts", "4,8"]
UTILITIES = ["--param", "phi_e=0.25", "--param", "u2=40", "--param", "u3=60"]
BOIN12 = ["--method", "boin12", *TRIAL, *UTILITIES]


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
    assert "curves.csv, line 2: 1 rate; wanted one for each of 2 dose levels" in err


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
        (["decide", "--target", "nan", "--doses", "2"], "parameter target: 'nan'"),
        (["decide", "--target", "0.3", "--doses", "two"], "two"),
        (["exact", *TRIAL], "--true: no true rates"),
        (
            ["exact", *TRIAL, "--true", "0.1"],
            "--true: 1 rate; wanted one for each of 2 dose levels",
        ),
        (["exact", *TRIAL, "--true", "0.1,1.2"], "--true, dose 2: 1.2; wanted a rate from 0 to 1"),
        (["exact", *TRIAL, "--curves", "absent.csv"], "absent.csv: No such file"),
        (["exact", "--target", "0.3", "--doses", "2", "--true", "0,1"], "no cohort schedule"),
        (["exact", "--target", "0.3", "--doses", "2", "--cohorts", "4,x"], "cohorts, item 2: 'x'"),
        (["simulate", *TRIAL, "--true", "0,1", "--trials", "0"], "--trials: 0"),
        (["simulate", *TRIAL, "--true", "0,1", "--seed", "-1"], "--seed: -1"),
        (["paths", *TRIAL, "--depth", "3"], "--depth: 3"),
        (["table", *TRIAL, "--most", "0"], "--most: 0"),
        (["decide", *TRIAL, "--param", "p_saf=.1", "--param", "p_saf=.2"], "p_saf stated twice"),
        (["decide", *TRIAL, "--param", "target=.2"], "--param: target stated twice"),
        (["decide", *TRIAL, "--rule", "stop_at:patients=3,patients=4"], "patients stated twice"),
        (["decide", *TRIAL, "--rule", "stop_at:36"], "--rule stop_at: '36'; wanted name or name:"),
        (["decide", *TRIAL, "--rule", ":a"], "such as stop_at:patients=36"),
        (["decide", *TRIAL, "--rule", "stop_at"], "wanted a value; stop_at needs it"),
        (["decide", *TRIAL, "--rule", "no_skipping:x=1"], "'x'; wanted no parameters"),
        (["decide", *TRIAL, "--method", "3+3"], "none: three_plus_three has no target"),
        (["decide", *TRIAL, "--param", "cutoff_eli=0,9"], "at most 1, with a decimal point"),
        (
            ["decide", "--target", "0,3", "--doses", "2"],
            "(0, 3); wanted a number above 0 and below",
        ),
        (["decide", "--target", "0.3", "--doses", "2.5"], "'2.5', one amount without a unit"),
        (["decide", "--target", "0.3", "--doses", "0.1,0.2"], "amounts below 1 without a unit"),
        (["decide", "--target", "0.3", "--doses", "\u0663"], "wanted a number of levels"),
        (["decide", *TRIAL, "--param", "cutoff_eli=0.9_5"], "cutoff_eli: '0.9_5'; wanted"),
        (
            ["exact", *TRIAL, "--true", "0,1,0,2"],
            "4 rates; wanted one for each of 2 dose levels, w",
        ),
        (["exact", *TRIAL, "--true", "0.1_5,0.2"], "--true: '0.1_5,0.2'; wanted rates"),
        (["exact", *TRIAL, "--true", "\u0661,0.2"], "wanted rates separated by commas"),
        (["exact", *TRIAL, "--true", "0.1,0.2/0.1,0.2"], "wanted DLT rates, separated by commas"),
        (["exact", *BOIN12, "--true", "0.1,0.2/0.3"], "--true, response rates: 1 rate; wanted one"),
        (["exact", *BOIN12, "--true", "0.1,0.2"], "--true: no response rates"),
        (
            ["simulate", *TRIAL, "--true", "0,1", "--accrual", "-1", "--window", "28"],
            "--accrual: -1",
        ),
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


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "curves.csv: no curves; wanted a line of true rates per curve"),
        (b"\n \r\n", "curves.csv: no curves"),
        (b"0.1,0.2\x0b0.3,0.4", "curves.csv, line 1: '0.1,0.2\\x0b0.3,0.4'"),
        (b"0.1,0.2\r\n0.1;0.2\r\n", "curves.csv, line 2: '0.1;0.2"),
        (b"\xff", "curves.csv: no UTF-8 text"),
        (b"0,0\n" * 100_001, "curves.csv: 100,001 curves; wanted a line of true rates per curve"),
    ],
)
def test_a_file_of_curves_that_is_none_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes, message: str
) -> None:
    file = tmp_path / "curves.csv"
    file.write_bytes(data)
    status, out, err = call(capsys, "exact", *TRIAL, "--curves", str(file))
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_many_curves_that_fall_are_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "curves.csv"
    file.write_text("0.2,0.1\n" * 20)
    _, _, err = call(capsys, "exact", *TRIAL, "--curves", str(file), "--json")
    assert len(err.splitlines()) == 6
    assert "so do those of 15 further curves" in err


def test_a_target_may_be_an_interval(capsys: pytest.CaptureFixture[str]) -> None:
    blrm = [
        "--method", "blrm", "--target", "0.2,0.35", "--doses", "10,20 mg", "--cohorts", "3,3",
        "--param", "reference_dose=20", "--param", "prior=-0.7,-0.4,1.2,0.9,0",
    ]  # fmt: skip
    _, out, _ = call(capsys, "decide", *blrm, "--outcomes", "1NNN")
    assert "P(0.2 < rate <= 0.35) / P(rate > 0.35)" in out


def test_values_of_options_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    decide = ("decide", "--target", "0.25", "--doses", "3")
    by_rule = document(capsys, *decide, "--rule", "cohorts:sizes=4,8")
    assert by_rule == document(capsys, *decide, "--cohorts", "4,8")
    assert document(capsys, *decide, "--rule", "cohorts:sizes=4")["next_size"] == 4
    assert "dose 1 with 1 patient\n" in call(capsys, *decide, "--cohorts", "1,3")[1]
    stays = document(capsys, *decide, "--param", "stay_1_of_3=True", "--outcomes", "1NNN 2NNT")
    assert stays["next_dose"] == 2
    assert document(capsys, *decide[:1], *BOIN12, "--param", "explore_from=None")["next_dose"] == 1
    assert document(capsys, "decide", "--method", "3 + 3", "--doses", "3")["next_size"] == 3


def test_designs_in_time_say_that_every_outcome_is_awaited(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tite = ["--method", "tite_boin", *TRIAL]
    rates = ["--true", "0.1,0.2"]
    for arguments in (["exact", *tite, *rates], ["simulate", *tite, *rates, "--trials", "10"],
                      ["table", *tite]):  # fmt: skip
        status, out, err = call(capsys, *arguments, "--json")
        assert status == 0
        assert json.loads(out)["complete_outcomes"] == ["tite_boin"]
        assert err.startswith("note: tite_boin: here every outcome is awaited")
        assert len(err.splitlines()) == 1
    timed = ["--accrual", "2", "--window", "28", "--trials", "10"]
    status, out, err = call(capsys, "simulate", *tite, *rates, *timed, "--json")
    assert (json.loads(out)["complete_outcomes"], err) == ([], "")
    status, out, err = call(capsys, "exact", *TRIAL, *rates, "--json")
    assert (json.loads(out)["complete_outcomes"], err) == ([], "")
    found = document(capsys, "exact", *TRIAL, *rates, "--rule", "stagger:days=7")
    assert found["complete_outcomes"] == ["stagger"]


def test_the_table_of_boin12_has_its_desirability_scores(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = ["table", "--method", "boin12", "--target", "0.35", "--doses", "3", "--cohorts", "3x9",
             *UTILITIES]  # fmt: skip
    rows = document(capsys, *table, "--most", "9")["rows"]
    assert {row["n"] for row in rows} == {0, 3, 6, 9}
    scores = {(row["n"], row["dlts"], row["responses"]): row["rds"] for row in rows}
    assert scores[3, 3, 0] is None
    assert scores[3, 0, 3] > scores[3, 1, 3] > scores[3, 1, 2]
    assert {row["n"] for row in document(capsys, *table)["rows"]} == {0, 3, 6, 9, 12}
    _, out, _ = call(capsys, *table, "--most", "3")
    lines = [line.replace("│", "").split() for line in out.splitlines()]
    assert ["3", "3", "E", "E", "E", "E"] in lines
    _, out, _ = call(capsys, *table, "--most", "3", "--markdown")
    assert "| 3 | 3 | E | E | E | E |" in out
    status, _, err = call(capsys, *table, "--most", "61")
    assert (status, err.startswith("error: --most: 61; wanted")) == (2, True)


TEXT = st.one_of(st.text(max_size=20), st.text("0123456789.,;:/=+-xeE_ ntaru", max_size=20))
STATED = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "p_saf=", "stop_at:patients=", "cohorts:"]),
        TEXT,
        TEXT,
    ),
    max_size=2,
)


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT, STATED, STATED, TEXT)
@example("0.3", "9" * 5000, [], [], "")
@example("9" * 5000, "2", [], [], "")
@example("0.3", "2", [], ["stop_at:patients=" + "9" * 5000], "0.1,0.2")
def test_any_options_make_a_design_or_are_refused_in_one_line(
    target: str, doses: str, param: list[str], rule: list[str], rates: str
) -> None:
    for options in (
        DesignOptions(target=target, doses="2"),
        DesignOptions(target="0.3", doses=doses),
        DesignOptions(target="0.3", doses="2", param=param),
        DesignOptions(target="0.3", doses="2", rule=rule),
    ):
        try:
            read_curves(CurveOptions(true=[rates]), design_from_options(options))
        except (InputError, Refused) as error:
            assert "\n" not in str(error)


LARGE = ["--target", "0.3", "--doses", "5", "--cohorts", "60x5", "--true", "0.05,0.1,0.2,0.3,0.45"]


def test_exact_falls_back_to_simulation_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, "exact", *LARGE, "--trials", "200", "--json")
    assert status == 0
    assert "more than 550,072 states while compiling cohort 5" in err
    assert "simulated without the graph" in err
    found = json.loads(out)
    assert (found["states"], found["trials"], found["seed"]) == (None, 200, 1)
    again = document(capsys, "simulate", *LARGE, "--trials", "200")
    assert found["curves"] == again["curves"]  # one simulator, whoever asks
    assert len(found["standard_error"]) == 6
    _, out, _ = call(capsys, "exact", *LARGE, "--trials", "200", "--markdown")
    assert "200 simulated trials per curve, seed 1" in out
    assert "Exact" not in out


def test_other_commands_name_the_one_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = call(capsys, "paths", *LARGE)
    assert status == 1
    assert "`design simulate` works without the graph" in err


def test_an_error_that_is_not_known_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    curve = [*TRIAL, "--true", "0.0,0.9"]
    one = document(capsys, "simulate", *curve, "--trials", "1")
    assert one["standard_error"] == [None] * 3
    assert "standard error of a selection not known" in call(
        capsys, "simulate", *curve, "--trials", "1"
    )[1].replace("\n", " ")
    many = document(capsys, "simulate", *curve, "--trials", "100")
    chosen = many["curves"][0]["selection"]
    known = [error is not None for error in many["curves"][0]["standard_error"]]
    assert known == [0 < share < 1 for share in chosen]
    out = call(capsys, "simulate", *curve, "--trials", "100")[1].replace("\n", " ")
    assert "one of 0 or 100 % may be off by 3 points (rule of three)" in out
    timed = [*curve, "--accrual", "2", "--window", "28", "--trials", "1"]
    assert document(capsys, "simulate", *timed)["curves"][0]["duration"]["standard_error"] is None


@pytest.mark.parametrize("calendar", [[], ["--accrual", "2", "--window", "28"]])
@pytest.mark.parametrize(
    ("option", "value"), [("--workers", "0"), ("--seed", "-1"), ("--trials", "0")]
)
def test_work_is_checked_before_it_begins(
    capsys: pytest.CaptureFixture[str], option: str, value: str, calendar: list[str]
) -> None:
    curve = [*TRIAL, "--true", "0.1,0.2", *calendar, option, value]
    status, _, err = call(capsys, "simulate", *curve)
    assert status == 2
    assert f"{option}: {value}; wanted a whole number from" in err


def test_a_calendar_takes_one_process(capsys: pytest.CaptureFixture[str]) -> None:
    timed = [*TRIAL, "--true", "0.1,0.2", "--accrual", "2", "--window", "28", "--workers", "2"]
    status, _, err = call(capsys, "simulate", *timed)
    assert status == 2
    assert "--workers: 2 with --accrual; wanted 1" in err


def test_an_interrupt_is_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trialwright.interfaces.cli.design.behaviour.simulated", interrupted)
    status, _, err = call(capsys, "simulate", *TRIAL, "--true", "0.1,0.2")
    assert (status, err.strip()) == (130, "stopped")


def test_a_machine_without_shared_memory_is_told_apart_from_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbidden(workers: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("trialwright.interfaces.cli.design.work.local_pool", forbidden)
    call = ["--doses", "2", "--target", "0.3", "--cohorts", "3x2", "--true", "0.1,0.2"]
    assert run(["design", "simulate", *call, "--workers", "2"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "--workers: no processes to share the work (Permission denied); wanted" in said


@pytest.mark.parametrize(
    ("more", "option"),
    [
        (["--start", "1.5"], "--start: '1.5'"),
        (["--start", "0x2"], "--start: '0x2'"),
        (["--start", "1_2"], "--start: '1_2'"),
        (["--start", "٢"], "--start: "),
    ],
)
def test_a_whole_number_is_never_rounded(
    capsys: pytest.CaptureFixture[str], more: list[str], option: str
) -> None:
    assert run(["design", "decide", "--target", "0.3", "--doses", "5", *more]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert option in said
    assert "wanted a whole number" in said


@pytest.mark.parametrize("more", [["--method", "boin"], ["--start", "1"]])
def test_an_option_beside_the_protocol_is_refused_even_at_its_default(
    example: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert run(["design", "decide", "--protocol", str(example / "protocol.yaml"), *more]) == 2
    assert "one or the other" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        (["--rule", "elimination:target=0.9"], "rule elimination"),
        (["--rule", "elimination:target=0.3,cutoff=1"], "rule elimination"),
    ],
)
def test_the_method_s_own_protection_is_not_replaced_in_passing(
    capsys: pytest.CaptureFixture[str], more: list[str], rule: str
) -> None:
    call = ["design", "decide", "--target", "0.3", "--doses", "3", "--outcomes", "1TTT", *more]
    assert run(call) == 2
    assert f"{rule}: stated, and the method has its own" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ("1NNN +5NN", "2 patients backfilled at dose 5, which is not below dose 1"),
        ("1NNN 2NNN +1NNNNNNNNNN", "13 are treated there, 12 at most"),
    ],
)
def test_backfill_that_the_rule_does_not_provide_for_is_named(
    capsys: pytest.CaptureFixture[str], outcomes: str, said: str
) -> None:
    call = ["design", "decide", "--target", "0.3", "--doses", "5", "--cohorts", "3x10"]
    assert run([*call, "--rule", "backfill", "--outcomes", outcomes]) == 0
    assert said in capsys.readouterr().out
