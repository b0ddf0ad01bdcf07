"""`trialwright criteria`: files read, checked, signed, corrected and brought up to date."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trialwright.app import open_criteria
from trialwright.core.errors import InputError, Refused
from trialwright.interfaces.cli.main import run
from trialwright.protocol.criteria_file.actions import Signed
from trialwright.store.criteria_files import read_history, replace_file

TEXT = """\
Inclusion Criteria:

* LVEF <= 40%
* Signed informed consent

Exclusion Criteria:

* Pregnancy
"""


@pytest.fixture
def file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a criteria file of the text above."""
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    out = tmp_path / "criteria.yaml"
    assert run(["criteria", "parse", str(tmp_path / "text.txt"), "--out", str(out)]) == 0
    capsys.readouterr()
    return out


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def status_of(file: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    assert run(["criteria", "status", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    return {each["id"]: each["status"] for each in found["criteria"]}


def test_a_file_names_its_source_parser_and_vocabularies(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for key in ("source:", "sha256:", "parser:", "vocabularies:", "reading:", "status: auto"):
        assert key in text


def test_json_says_what_the_file_says(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["criteria", "parse", str(tmp_path / "text.txt"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= {"items", "leftover", "source", "parser", "vocabularies"}
    (first, *_) = found["items"]
    assert first["status"] == "auto"
    assert len(first["sha256"]) == 64
    assert f"sha256: {first['sha256']}" in file.read_text(encoding="utf-8")


def test_the_yaml_can_go_to_stdout(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["criteria", "parse", str(tmp_path / "text.txt"), "--out", "-"]) == 0
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")


def test_a_record_is_read_with_its_number(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "c.yaml"
    assert run(["criteria", "parse", str(example / "record.page.txt"), "--out", str(out)]) == 0
    assert "nct_id: NCT05774509" in out.read_text(encoding="utf-8")
    assert run(["criteria", "check", str(out)]) == 0
    assert "0 faults" in capsys.readouterr().out


def test_a_file_is_not_written_over(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    assert run(["criteria", "parse", str(tmp_path / "text.txt"), "--out", str(file)]) == 2
    assert "already there" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_review_lock_and_unlock_are_signed_and_kept(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["criteria", "review", str(file), "I1", "E1", "--by", "Dr Ada"]) == 0
    assert run(["criteria", "lock", str(file), "I1", "--by", "Dr Bo", "--why", "agreed"]) == 0
    capsys.readouterr()
    assert status_of(file, capsys) == {"I1": "locked", "I2": "auto", "E1": "reviewed"}
    assert run(["criteria", "lock", str(file), "I1", "--by", "Dr Bo"]) == 1
    assert "locked already" in capsys.readouterr().err
    assert run(["criteria", "unlock", str(file), "I1", "--by", "Dr Bo", "--why", "amended"]) == 0
    history = read_history(file)
    assert [(e["id"], e["what"], e["by"], e["why"]) for e in history] == [
        ("I1", "review", "Dr Ada", None), ("E1", "review", "Dr Ada", None),
        ("I1", "lock", "Dr Bo", "agreed"), ("I1", "unlock", "Dr Bo", "amended"),
    ]  # fmt: skip
    assert history[2]["before"]["status"] == "reviewed"
    assert history[2]["after"]["status"] == "locked"


def test_set_gives_another_expression(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expr = b"compare: {measure: lvef, op: <, value: 35, unit: '%'}\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(expr)))
    assert run(["criteria", "set", str(file), "I1", "--expr", "-", "--by", "Dr Ada"]) == 0
    assert "below 35 %" in capsys.readouterr().out
    assert status_of(file, capsys)["I1"] == "edited"


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("compare: {measure: lvef, op: <, value: 35, unit: kg}", "line 1, compare.unit: 'kg'"),
        ("all:\n- attest: x\n- nothing: y", "line 3, all[1]: 'nothing'; wanted one of all, any"),
        ("a: &a [*a]", "an anchor or alias"),
        ("", "wanted an object with one key"),
    ],
)
def test_an_expression_that_is_wrong_changes_nothing(
    expr: str, said: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    (tmp_path / "e.yaml").write_text(expr, encoding="utf-8")
    command = ["criteria", "set", str(file), "I1", "--expr", str(tmp_path / "e.yaml")]
    assert run([*command, "--by", "Dr Ada"]) == 2
    assert said in capsys.readouterr().err
    assert file.read_bytes() == before
    assert read_history(file) == ()


def test_update_keeps_what_is_signed_and_opens_what_changed(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["criteria", "lock", str(file), "I1", "I2", "E1", "--by", "Dr Ada"])
    new = TEXT.replace("<= 40%", "<= 45%").replace("* Signed", "* Adults\n* Signed")
    (tmp_path / "new.txt").write_text(new, encoding="utf-8")
    capsys.readouterr()
    command = ["criteria", "update", str(file), str(tmp_path / "new.txt")]
    before = file.read_bytes()
    assert run([*command, "--dry-run", "--json"]) == 0
    assert file.read_bytes() == before
    found = json.loads(capsys.readouterr().out)
    counts = found["counts"]
    assert found["before"] == sum(counts.values()) - counts["new"] == 3
    assert found["after"] == sum(counts.values()) - counts["gone"] == 4
    assert run(command) == 0
    said = capsys.readouterr().out
    assert "I1: re-opened (was locked, Dr Ada" in said
    assert status_of(file, capsys) == {
        "I1": "auto", "I2": "auto", "I3": "locked", "E1": "locked"
    }  # fmt: skip
    opened = [e for e in read_history(file) if e["what"] == "update" and e["before"]]
    assert [(e["before"]["id"], e["before"]["status"]) for e in opened] == [("I1", "locked")]


def test_update_refuses_the_record_of_another_study(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "c.yaml"
    page = example / "record.page.txt"
    run(["criteria", "parse", str(page), "--out", str(out)])
    changed(out, "nct_id: NCT05774509", "nct_id: NCT05774510")
    assert run(["criteria", "update", str(out), str(page)]) == 2
    assert "a record of NCT05774509; wanted one of NCT05774510" in capsys.readouterr().err


def test_a_protocol_holds_the_same_entries(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    protocol = tmp_path / "protocol.yaml"
    command = ["protocol", "draft", str(example / "record.page.txt")]
    facts = ["--facts", str(example / "facts.yaml"), "--out", str(protocol)]
    assert run([*command, *facts]) == 0
    head = protocol.read_text(encoding="utf-8").partition("criteria:\n")[0]
    assert run(["criteria", "review", str(protocol), "I4", "--by", "Dr Ada"]) == 0
    assert protocol.read_text(encoding="utf-8").startswith(head)
    assert run(["criteria", "check", str(protocol)]) == 0
    capsys.readouterr()
    assert status_of(protocol, capsys)["I4"] == "reviewed"


def test_check_lists_every_fault_with_its_line(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(file, "text: LVEF <= 40%", "text: LVEF <= 50%")
    changed(file, "status: auto", "status: locked")
    assert run(["criteria", "check", str(file)]) == 2
    said = capsys.readouterr().err
    assert "criteria[0].sha256" in said
    assert "criteria[0].status" in said
    assert said.count(", line ") == 2


def test_check_locked_asks_that_all_are(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["criteria", "check", str(file), "--locked"]) == 1
    assert "I1 is not locked" in capsys.readouterr().out
    run(["criteria", "lock", str(file), "I1", "I2", "E1", "--by", "Dr Ada"])
    assert run(["criteria", "check", str(file), "--locked"]) == 0


def test_a_reading_that_does_not_fit_is_a_warning(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(file, "value: 40", "value: 30")
    assert run(["criteria", "check", str(file)]) == 0
    assert "it does not fit the expression" in capsys.readouterr().err


def test_an_expression_changed_by_hand_under_a_signature_is_a_fault(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["criteria", "lock", str(file), "I1", "--by", "Dr Ada"])
    changed(file, "value: 40", "value: 30")
    capsys.readouterr()
    assert run(["criteria", "check", str(file), "--json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["key"] == "criteria[0].expr"
    assert fault["what"].startswith("not what Dr Ada signed on 20")


@pytest.mark.parametrize(
    "data", [b"", b"criteria: [", b"\xff", b"a: &a [*a]", b"[" * 200_000, b"- 1\n" * 200_000]
)
@pytest.mark.parametrize("command", [["check"], ["status"], ["review", "I1", "--by", "X"]])
def test_bad_files_end_in_one_line(
    command: list[str], data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(data)
    assert run(["criteria", command[0], str(file), *command[1:]]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == [file]


# --- on disk -------------------------------------------------------------------------------------


def test_two_writers_are_one_after_the_other(file: Path) -> None:
    held, other = open_criteria(file), open_criteria(file)
    signed = Signed("Dr Ada", datetime(2031, 2, 3, tzinfo=UTC))
    held.acted(["I1"], "review", signed)
    with pytest.raises(Refused, match="changed since it was read"):
        other.acted(["I2"], "review", signed)
    assert [e["id"] for e in read_history(file)] == ["I1"]


def test_a_change_on_what_is_no_longer_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(b"one")
    with pytest.raises(Refused, match="it was changed since it was read"):
        replace_file(file, "0" * 64, b"two", [{"by": "x"}])
    assert file.read_bytes() == b"one"
    assert read_history(file) == ()


def test_a_history_that_was_changed_is_found(file: Path) -> None:
    for name in ("I1", "I2", "E1"):
        run(["criteria", "review", str(file), name, "--by", "Dr Ada"])
    history = file.with_name("criteria.yaml.history.jsonl")
    lines = history.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    history.write_bytes(lines[0].replace(b"Dr Ada", b"Dr Bob") + lines[1] + lines[2])
    with pytest.raises(InputError, match="line 2: it does not follow the line above it"):
        read_history(file)
    history.write_bytes(lines[0] + lines[2])
    with pytest.raises(InputError, match="line 2"):
        read_history(file)
    history.write_bytes(lines[0] + b"{")
    with pytest.raises(InputError, match="line 2: no change that can be read"):
        read_history(file)


def test_nothing_is_added_below_a_history_that_was_changed(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["criteria", "review", str(file), "I1", "--by", "Dr Ada"]) == 0
    assert run(["criteria", "review", str(file), "I2", "--by", "Dr Ada"]) == 0
    history = file.with_name("criteria.yaml.history.jsonl")
    history.write_bytes(history.read_bytes().replace(b"Dr Ada", b"Dr Bob", 1))
    before = file.read_bytes(), history.read_bytes()
    capsys.readouterr()
    assert run(["criteria", "review", str(file), "E1", "--by", "Dr Ada"]) == 2
    assert "line 2: it does not follow the line above it; wanted" in capsys.readouterr().err
    assert (file.read_bytes(), history.read_bytes()) == before


def test_check_says_where_the_history_does_not_account_for_the_file(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("I1", "I2"):
        assert run(["criteria", "review", str(file), name, "--by", "Dr Ada"]) == 0
    assert run(["criteria", "check", str(file)]) == 0
    assert capsys.readouterr().err == ""
    history = file.with_name("criteria.yaml.history.jsonl")
    history.write_bytes(history.read_bytes().splitlines(keepends=True)[0])
    assert run(["criteria", "check", str(file)]) == 0
    assert "warning: " in (said := capsys.readouterr().err)
    assert "or lines of the history are missing" in said
    history.unlink()
    assert run(["criteria", "check", str(file), "--json"]) == 0
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert "I1 is signed and there is no history" in warning["what"]


def test_what_the_vocabularies_know_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text("Exclusion Criteria:\n\n* Stroke\n* Gout\n", "utf-8")
    assert run(["criteria", "parse", str(tmp_path / "text.txt")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "named: 2 conditions (2 with a code)"
    assert run(["criteria", "parse", str(tmp_path / "text.txt"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["coverage"] == [
        {"domain": "condition", "coded": 2, "known": 0, "unknown": 0}
    ]


def test_update_refuses_a_text_that_holds_nothing_of_a_signed_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Inclusion Criteria:\n\n* Plays the violin\n", encoding="utf-8")
    assert run(["criteria", "review", str(file), "I1", "--by", "Dr Ada"]) == 0
    before = file.read_bytes()
    capsys.readouterr()
    assert run(["criteria", "update", str(file), str(other)]) == 1
    said = capsys.readouterr().err
    assert "none of the 3 criteria is in this text, and 1 are signed; it needs the text" in said
    assert file.read_bytes() == before
    assert run(["criteria", "update", str(file), str(other), "--dry-run"]) == 0


LONG = TEXT + "* Severe uncontrolled asthma\n* Dialysis within 3 months\n"


@pytest.fixture
def long_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "long.txt").write_text(LONG, encoding="utf-8")
    out = tmp_path / "long.yaml"
    assert run(["criteria", "parse", str(tmp_path / "long.txt"), "--out", str(out)]) == 0
    assert run(["criteria", "check", str(out)]) == 0
    capsys.readouterr()
    return out


def without(file: Path, name: str) -> None:
    """Take a criterion out of a file by hand."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    first = lines.index(f"- id: {name}\n")
    ends = (n for n, line in enumerate(lines) if n > first and line[0] not in " \n")
    del lines[first : next(ends, len(lines))]
    file.write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "said"),
    [("I2", "(after I1, before E1)"), ("E2", "(after E1, before E3)"), ("E3", "(after E2)")],
)
def test_a_criterion_that_was_taken_out_is_a_fault(
    name: str, said: str, long_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without(long_file, name)
    assert run(["criteria", "check", str(long_file)]) == 2
    err = " ".join(capsys.readouterr().err.split())
    assert f"of the text are in no criterion {said}" in err


def test_a_file_that_was_cut_off_is_a_fault(
    long_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = long_file.read_text(encoding="utf-8")
    long_file.write_text(text.partition("- id: E1\n")[0], encoding="utf-8")
    assert run(["criteria", "check", str(long_file)]) == 2
    assert f"to {len(LONG.rstrip())} of the text" in " ".join(capsys.readouterr().err.split())


def test_a_criterion_of_the_history_that_is_gone_is_named(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["criteria", "review", str(file), "E1", "--by", "Dr A"]) == 0
    without(file, "E1")
    assert run(["criteria", "check", str(file)]) == 2
    err = " ".join(capsys.readouterr().err.split())
    assert "E1 is gone, and no change of the history took it out" in err


def test_what_an_update_takes_out_is_not_missed(
    long_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["criteria", "review", str(long_file), "I2", "E2", "E3", "--by", "Dr A"]) == 0
    shorter = tmp_path / "shorter.txt"
    shorter.write_text(LONG.replace("* Severe uncontrolled asthma\n", ""), encoding="utf-8")
    assert run(["criteria", "update", str(long_file), str(shorter)]) == 0
    capsys.readouterr()
    assert run(["criteria", "check", str(long_file)]) == 0


@pytest.mark.parametrize("number", ["NCT0577450", "NCT057745099", "nct1"])
def test_a_number_with_a_digit_too_few_is_told(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["criteria", "parse"], ["protocol", "draft"]):
        assert run([*command, number]) == 2
        assert "an NCT number, which has 8 digits" in capsys.readouterr().err
