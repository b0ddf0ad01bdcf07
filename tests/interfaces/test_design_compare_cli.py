"""`trialwright design compare`, and the workers of `exact` and `simulate`."""

import json
from typing import Any

import pytest

from trialwright.interfaces.cli.main import run

TWO = [
    "--design", "boin target=0.3 cohorts=3x4",
    "--design", "boin target=0.3 cohorts=1x3,3x3 cutoff_eli=0.8 rule=no_skipping start=2",
    "--doses", "3", "--true", "0.1,0.3,0.5", "--trials", "1000",
]  # fmt: skip
PROTOCOL = "examples/secret_hf/protocol.yaml"


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["design", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    status, out, err = call(capsys, *arguments, "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_document_has_each_design_and_its_difference_from_the_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = document(capsys, "compare", *TWO)
    assert found == document(capsys, "compare", *TWO)
    assert (found["trials"], found["seed"], found["true"]) == (1000, 1, [[0.1, 0.3, 0.5]])
    first, second = found["designs"]
    assert second["design"].startswith("boin target=0.3 cohorts=1x3,3x3")
    assert "no untried dose level is skipped on the way up" in second["summary"]
    one, other = first["curves"][0], second["curves"][0]
    assert one["minus_first"] is None
    assert sum(one["selection"]) == pytest.approx(1)
    assert other["minus_first"]["all_dlts"] == pytest.approx(other["all_dlts"] - one["all_dlts"])
    assert 0 < other["minus_first"]["standard_error"]["all_dlts"] < 0.1
    assert other["exact"]["patients"] == pytest.approx(other["patients"], abs=0.3)
    assert other["treated"][0] < one["treated"][0]


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(capsys, "compare", *TWO)
    assert status == 0
    for text in ("A  boin target=0.3", "True DLT rates 0.1, 0.3, 0.5", "B - A", "s.e.", "exact",
                 "B and A recommend the same in", "1,000 trials per curve, seed 1"):  # fmt: skip
        assert text in out


def test_what_designs_share_is_stated_once(capsys: pytest.CaptureFixture[str]) -> None:
    shared = ["--doses", "3", "--target", "0.3", "--cohorts", "3x4", "--true", "0.1,0.3,0.5"]
    found = document(
        capsys, "compare", *shared, "--design", "boin", "--design", "boin target=0.2 cohorts=6"
    )
    assert "cohort sizes 3x4: 12 patients at most" in found["designs"][0]["summary"]
    assert "cohort sizes 6: 6 patients at most" in found["designs"][1]["summary"]
    assert found["designs"][1]["summary"][0].startswith("BOIN, target 0.2")


def test_what_is_shared_goes_to_those_that_take_it(capsys: pytest.CaptureFixture[str]) -> None:
    shared = ["--doses", "2", "--target", "0.3", "--cohorts", "4,8", "--true", "0.1,0.3"]
    found = document(
        capsys, "compare", *shared, "--design", "boin", "--design", "3+3", "--trials", "10"
    )
    assert "cohort sizes 4, 8: 12 patients at most" in found["designs"][0]["summary"]
    assert "cohort sizes 3x4: 12 patients at most" in found["designs"][1]["summary"]
    assert found["complete_outcomes"] == []
    found = document(
        capsys, "compare", *shared, "--design", "boin", "--design", "tite_boin", "--trials", "10"
    )
    assert found["complete_outcomes"] == ["tite_boin"]


def test_the_protocol_stands_for_the_first_design(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(
        capsys, "compare", "--protocol", PROTOCOL, "--design", "boin target=0.25 cohorts=4,8",
        "--true", "0.1,0.25", "--trials", "500",
    )  # fmt: skip
    first, second = found["designs"]
    assert first["design"] == PROTOCOL
    assert second["curves"][0]["minus_first"]["same_dose"] == 1
    assert second["curves"][0]["exact"] == first["curves"][0]["exact"]


def test_a_value_with_blanks_stands_in_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(
        capsys, "compare", "--doses", "2", "--true", "0.1,0.3", "--trials", "10",
        "--design", "boin target=0.3 cohorts='3, 3'",
    )  # fmt: skip
    assert "cohort sizes 3x2: 6 patients at most" in found["designs"][0]["summary"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--design: 0 designs"),
        (["--design", ""], "--design 1: ''"),
        (["--design", "boin target"], "--design 1: 'target'"),
        (["--design", "boin 'x"], '--design 1: "boin \'x"'),
        (["--design", "boom target=0.3"], "--design 1, design, method: 'boom'; wanted 'boin'"),
        (["--design", "boin target=0.3 cutof_eli=1"], "--design 1, design, parameter"),
        (["--design", "boin target=3"], "--design 1, design, parameter target: 3"),
        (["--design", "boin target=0.3 rule=no_skiping"], "wanted 'no_skipping'"),
        (["--design", "boin target=0.3 target=0.2"], "--design 1, target: stated twice"),
        (["--design", "boin target=0.3 p_saf=.1 p_saf=.2"], "--design 1, --param: p_saf stated"),
        (["--design", "boin target=0.3 cohorts=3 cohorts=4"], "--design 1, cohorts: stated twice"),
        (["--design", "boin target=0.3 start=x"], "--design 1, start: 'x'"),
        (["--design", "boin target=0.3"], "no cohort schedule"),
        (["--design", "boin target=0.3 cohorts=3x2.5"], "--design 1, design, cohorts, item 1"),
        (["--design", "boin target=0.3 cohorts=3", "--trials", "1"], "--trials: 1"),
        (["--design", "boin target=0.3 cohorts=3", "--seed", "-1"], "--seed: -1"),
        (["--design", "boin target=0.3 cohorts=3", "--design", "boin doses=2 target=0.3 cohorts=3"],
         "--design 2: 2 dose levels; wanted 3, as the first has"),
    ],
)  # fmt: skip
def test_errors_name_the_design_and_the_parameter(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    shared = ["--doses", "3", "--true", "0.1,0.2,0.3"]
    status, out, err = call(capsys, "compare", *shared, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_true_rates_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = call(capsys, "compare", "--doses", "3", "--design", "boin target=0.3")
    assert status == 2
    assert "--true: no true rates" in err


def test_workers_change_nothing_but_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    trial = ["--target", "0.25", "--doses", "2", "--cohorts", "4,8", "--true", "0.1,0.25"]
    for command in (["exact", *trial], ["simulate", *trial, "--trials", "9000"]):
        alone, shared = document(capsys, *command), document(capsys, *command, "--workers", "2")
        assert alone["curves"][0]["selection"] == pytest.approx(
            shared["curves"][0]["selection"], abs=1e-12
        )
    status, _, err = call(capsys, "exact", *trial, "--workers", "0")
    assert status == 2
    assert "--workers: 0; wanted a whole number from 1" in err
