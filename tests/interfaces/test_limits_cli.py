"""Files without an end, numbers without a limit and names of no file: one line, status 2."""

import os
import shutil
from pathlib import Path

import pytest

from trialwright.app.example import read_example
from trialwright.core.errors import InputError
from trialwright.interfaces.cli import files
from trialwright.interfaces.cli.main import run
from trialwright.protocol.service import load

PROTOCOL = "examples/secret_hf/protocol.yaml"
LARGE = "99999999999999999999"
COHORT = ["--doses", "2", "--cohorts", "1000", "--target", "0.25"]


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that has to end with one line and status 2, and return the line."""
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert "; wanted " in printed.err
    return printed.err


@pytest.mark.parametrize(
    "command",
    [
        ["record", "show"], ["criteria", "parse"], ["protocol", "check"],
        ["design", "exact", *COHORT, "--curves"],
    ],
)  # fmt: skip
def test_a_device_without_an_end_is_no_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 1_000_000)
    assert "more than 1,000,000 bytes" in refused(capsys, *command, "/dev/zero")


@pytest.mark.parametrize("name", ["a\0b", "a" * 5000, "/dev/null/a"])
@pytest.mark.parametrize(
    "command",
    [
        ["record", "show"], ["catalogue", "add"], ["protocol", "check"], ["screen", PROTOCOL],
        ["demo", "--out", "out", "--example"], ["design", "exact", *COHORT, "--curves"],
    ],
)  # fmt: skip
def test_a_name_that_no_file_can_have(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    command: list[str], name: str,
) -> None:  # fmt: skip
    plan = Path(PROTOCOL).resolve()
    monkeypatch.chdir(tmp_path)
    refused(capsys, *(str(plan) if part == PROTOCOL else part for part in command), name)
    assert os.listdir(tmp_path) == []


def test_numbers_without_a_limit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRIALWRIGHT_HOME", str(tmp_path))
    for command in (["catalogue", "list"], ["search", "x"], ["related", "NCT00000001"]):
        assert LARGE in refused(capsys, *command, "--limit", LARGE)


def test_one_cohort_of_all_the_patients_that_a_design_may_have(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["design", "exact", *COHORT, "--true", "0.1,0.2", "--json"]) == 0
    assert '"patients": 1000' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("size:\n    value: 8", "size:\n    value: 1001", "at most 1000"),
        ("board_quorum:\n    value: 3", "board_quorum:\n    value: 101", "at most 100"),
        ("window_days: 7", "window_days: 366", "at most 365"),
        ("weight_kg:\n    value: [35.0, 150.0]", "weight_kg:\n    value: [30, 1001]", "most 1000"),
        ("weight_kg:\n    value: [35.0, 150.0]", "weight_kg:\n    value: [30, 1e999]", "most 1000"),
        ("nct_id: NCT05774509", 'nct_id: "NCT05774509\\n"', "an NCT number"),
        ("nct_id: NCT05774509", "nct_id: NCT٠٥٧٧٤٥٠٩", "an NCT number"),
        ("id: I1\n", 'id: "I1\\n"\n', "I or E and a number"),
        ("value: P12M", 'value: "P12M\\n"', "an ISO 8601 duration"),
        ("record_sha256: ", "record_sha256: g", "64 hexadecimal digits"),
    ],
)
def test_a_protocol_has_bounds(old: str, new: str, wanted: str) -> None:
    text = Path(PROTOCOL).read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InputError, match=wanted):
        load(text.replace(old, new, 1).encode(), "protocol.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "# " + "x" * 70_000, "wanted a YAML file of at most 65536 bytes"),
        ("record: record.page.txt", "record: &a x\nfacts: *a", "line 2: an anchor or alias"),
        ("record: record.page.txt", "x: " + "[" * 2000, "nested too deeply"),
        ("start: 2030-01-07", "start: 2030-13-07", r"line \d+, rehearsal\.start: "),
        ("seed: 8", "seed: 0x" + "f" * 5000, r"line \d+, rehearsal\.seed: Expected `int`"),
        ("record: record.page.txt", "record: a\nrecord: b", "line 3: the key 'record' a second"),
    ],
)
def test_a_hostile_example_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = Path("examples/secret_hf/example.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "example.yaml").write_text(text.replace(old, new, 1) if old else text + new)
    with pytest.raises(InputError, match=said) as caught:
        read_example(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("record: record.page.txt", 'record: "a\\0b"', "null byte"),
        ("record: record.page.txt", "record: /dev/zero", "/dev/zero: no file"),
        ("record: record.page.txt", "record: " + "a" * 3000, "File name too long"),
        ("start: 2030-01-07", "start: 9999-12-01", "wanted a day of the years 1900 to 9000"),
    ],
)
def test_an_example_that_names_no_file_or_no_day_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    example = tmp_path / "example"
    shutil.copytree("examples/secret_hf", example)
    text = (example / "example.yaml").read_text(encoding="utf-8")
    assert old in text
    (example / "example.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert run(["demo", "--example", str(example), "--out", str(tmp_path / "out"), "--json"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()
