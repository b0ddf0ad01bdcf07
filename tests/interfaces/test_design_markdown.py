"""Tables of a design in Markdown, as a protocol prints them."""

import json

import pytest

from trialwright.design import boin
from trialwright.design.decision.table import Boundary, boundaries
from trialwright.interfaces.cli.main import run

CALL = ["--target", "0.3", "--doses", "1, 2, 4 mg/kg", "--cohorts", "3x4"]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_boundaries_are_those_of_the_decision_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["design", "table", *CALL, "--markdown"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert cells(lines[0])[1:] == ["3", "6", "9", "12"]
    assert [cells(line)[1:] for line in lines[2:]] == [
        ["0", "1", "2", "2"],  # Yan et al. 2020, J Stat Softw 94(13), target 0.3
        ["2", "3", "4", "5"],
        ["3", "4", "5", "7"],
    ]


def test_a_boundary_that_does_not_exist_is_none() -> None:
    first = boundaries(boin(target=0.3, doses=2).table(2))[0]
    assert first == Boundary(1, 0, 1, None)


def test_operating_characteristics_carry_amounts_and_the_exact_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = ["design", "exact", *CALL, "--true", "0.1,0.3,0.5", "--true", "0.3,0.4,0.5"]
    assert run([*call, "--json"]) == 0
    wanted = json.loads(capsys.readouterr().out)["curves"]
    assert run([*call, "--markdown"]) == 0
    out = capsys.readouterr().out
    lines = [line for line in out.splitlines() if line.startswith("|")]
    assert cells(lines[0])[2:6] == ["None", "Dose 1, 1 mg/kg", "Dose 2, 2 mg/kg", "Dose 3, 4 mg/kg"]
    for curve, line in zip(wanted, lines[3::4], strict=True):
        assert cells(line)[2:6] == [f"{100 * p:.1f}" for p in curve["selection"]]
    assert "no simulation error" in out
