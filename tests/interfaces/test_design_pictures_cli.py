"""`trialwright design picture`: a file for each picture, one line for errors."""

import json
from pathlib import Path

import pytest
from tools.figures import FIGURES, IMAGES

from trialwright.interfaces.cli.main import run

TRIAL = ["--target", "0.25", "--doses", "2", "--cohorts", "4,8"]
RATES = ["--true", "0.1,0.25"]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["design", "picture", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["table", *TRIAL], "Decision by patients treated"),
        (["paths", *TRIAL, *RATES, "--merged"], "Every course of the trial"),
        (["exact", *TRIAL, *RATES], "under assumed rates (exact)"),
        (["exact", *TRIAL, *RATES, "--trials", "100"], "under assumed rates (simulated)"),
        (["range", *TRIAL, *RATES, "--from", "0.1", "--up-to", "0.4"], "rate at dose 1 varies"),
        (["course", *TRIAL, "--outcomes", "1NNNN"], "next, dose 2 with 8 patients"),
    ],
)
def test_each_picture_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], title: str
) -> None:
    file = tmp_path / "picture.svg"
    status, out, err = call(capsys, *arguments, "--to", str(file))
    assert (status, err) == (0, "")
    assert title in out
    assert file.read_text(encoding="utf-8").startswith("<?xml")


def test_the_name_says_the_kind_of_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "course.PNG"
    assert call(capsys, "course", *TRIAL, "--to", str(file))[0] == 0
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_protocols_picture_names_its_amounts_and_assumptions(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, example: Path
) -> None:
    file = tmp_path / "small.svg"
    own = ["--protocol", str(example / "protocol.yaml")]
    status, out, _ = call(capsys, "small", *own, *RATES, "--to", str(file), "--json")
    assert status == 0
    document = json.loads(out)
    assert document["file"] == str(file)
    assert "Dose 2 (4 × 10¹⁰ particles/kg), 8 treated" in document["alternative"]
    text = file.read_text(encoding="utf-8")
    assert "Assumed in the protocol and not confirmed yet: target 0.25" in text


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["table", *TRIAL], 2, "--to: not stated; wanted a file to write that ends in .svg"),
        (["table", *TRIAL, "--to", "x.pdf"], 2, "--to: 'x.pdf'"),
        (["table", *TRIAL, "--to", "absent/x.svg"], 2, "absent/x.svg"),
        (["paths", *TRIAL, "--true", "0.1", "--to", "x.svg"], 2, "--true: 1 rate"),
        (["exact", *TRIAL, "--to", "x.svg"], 2, "--true: no true rates"),
        (["exact", *TRIAL, *RATES, "--trials", "9", "--seed", "-1", "--to", "x.svg"], 2, "--seed"),
        (["range", *TRIAL, *RATES, *RATES, "--to", "x.svg"], 2, "--true: 2 curves"),
        (["course", *TRIAL, "--outcomes", "3N", "--to", "x.svg"], 2, "outcomes, cohort 1: '3N'"),
        (["small", *TRIAL, *RATES * 5, "--to", "x.svg"], 1, "refused: small trial: 5 curves"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_and_no_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], status: int, message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    found, out, err = call(capsys, *arguments)
    assert (found, out) == (status, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_figures_of_the_documentation_are_up_to_date() -> None:
    for name, make in FIGURES.items():
        same = (IMAGES / name).read_bytes() == make()
        assert same, f"docs/images/{name}: run tools/figures.py"
