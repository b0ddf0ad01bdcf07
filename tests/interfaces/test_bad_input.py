"""Bad input ends with one line, exit status 2, and no output half-written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from trialwright.interfaces.cli.main import run

Arrange = Callable[[Path], list[str]]


def empty_file(folder: Path) -> list[str]:
    (folder / "record.page.txt").write_bytes(b"")
    return ["record", "convert", str(folder / "record.page.txt"), "--out", str(folder / "out")]


def truncated_page(folder: Path) -> list[str]:
    page = folder / "record.page.txt"
    page.write_bytes(page.read_bytes()[:3000])
    return ["record", "convert", str(page), "--out", str(folder / "out")]


def xml_that_is_no_study(folder: Path) -> list[str]:
    (folder / "a.xml").write_text("<library><book/></library>")
    return ["record", "convert", str(folder / "a.xml"), "--out", str(folder / "out")]


def xml_that_opens_a_file(folder: Path) -> list[str]:
    (folder / "a.xml").write_text(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        "<clinical_study><brief_title>&x;</brief_title></clinical_study>"
    )
    return ["record", "convert", str(folder / "a.xml"), "--out", str(folder / "out")]


def edited(old: str, new: str, command: list[str]) -> Arrange:
    """Return an arrangement that edits the protocol and runs a command on it."""

    def arrange(folder: Path) -> list[str]:
        protocol = folder / "protocol.yaml"
        text = protocol.read_text(encoding="utf-8")
        assert old in text
        protocol.write_text(text.replace(old, new, 1), encoding="utf-8")
        return [part.format(protocol=protocol, folder=folder) for part in command]

    return arrange


CHECK = ["protocol", "check", "{protocol}"]
REHEARSE = ["rehearse", "{protocol}", "--out", "{folder}/out"]


def bundle_with_a_missing_unit(folder: Path) -> list[str]:
    bundle = folder / "patients" / "02-lvef-40.json"
    document = json.loads(bundle.read_text(encoding="utf-8"))
    resources = [entry["resource"] for entry in document["entry"]]
    value = next(r["valueQuantity"] for r in resources if "valueQuantity" in r)
    for key in ("unit", "code", "system"):
        del value[key]
    bundle.write_text(json.dumps(document), encoding="utf-8")
    return ["screen", str(folder / "protocol.yaml"), str(bundle), "--on", "2024-09-02"]


def journal_of_another_trial(folder: Path) -> list[str]:
    protocol = folder / "protocol.yaml"
    assert run(["rehearse", str(protocol), "--out", str(folder / "first")]) == 0
    other = protocol.read_text(encoding="utf-8").replace("NCT05774509", "NCT00000001")
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    return ["trial", "gate", str(folder / "first"), "--protocol", str(folder / "other.yaml")]


CASES: dict[str, tuple[Arrange, tuple[str, ...]]] = {
    "an empty file": (empty_file, ("record.page.txt", "empty")),
    "a truncated page": (truncated_page, ("record.page.txt", "line", "ends without the section")),
    "XML that is no study": (xml_that_is_no_study, ("a.xml", "clinical_study")),
    "XML with an entity": (xml_that_opens_a_file, ("a.xml",)),
    "a negative dose": (
        edited("value: 2.0e+10", "value: -2.0e+10", CHECK),
        ("protocol.yaml", "line", "dose_levels[0].amount", "above 0"),
    ),
    "a negative dose, rehearsed": (
        edited("value: 2.0e+10", "value: -2.0e+10", REHEARSE),
        ("protocol.yaml", "line", "dose_levels[0].amount"),
    ),
    "cohorts beyond enrolment": (
        edited("value: 8", "value: 9", CHECK),
        ("protocol.yaml", "line", "13", "12"),
    ),
    "a bundle with a missing unit": (bundle_with_a_missing_unit, ("02-lvef-40.json", "unit")),
    "a journal of another trial": (journal_of_another_trial, ("NCT05774509", "NCT00000001")),
}


@pytest.mark.parametrize("case", CASES)
def test_one_line_says_where_what_and_what_was_wanted(
    case: str, tmp_path: Path, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrange, words = CASES[case]
    folder = tmp_path / "example"
    shutil.copytree(example, folder)
    arguments = arrange(folder)
    before = sorted(p.name for p in folder.rglob("*"))
    capsys.readouterr()
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert "wanted" in printed.err
    assert [word for word in words if word not in printed.err] == [], printed.err
    assert sorted(p.name for p in folder.rglob("*")) == before
