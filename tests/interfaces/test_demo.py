"""The main job, whole: from the captured page to the record with results, in one folder."""

import hashlib
import re
import shutil
import time
from pathlib import Path

import msgspec
import pytest

from trialwright.interfaces.cli.main import run
from trialwright.record.model import Study
from trialwright.record.service import read


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one run."""
    out = tmp_path_factory.mktemp("main job") / "a demo"
    started = time.monotonic()
    assert run(["demo", "--out", str(out)]) == 0
    assert time.monotonic() - started < 60
    return out


def test_the_folder_holds_what_was_promised_and_every_name_says_simulated(finished: Path) -> None:
    files = {str(p.relative_to(finished)) for p in finished.rglob("*") if p.is_file()}
    observed = {"protocol.yaml", "design.json"}  # nothing in these comes from simulated people
    assert {
        "journal.simulated.sqlite",
        "record.simulated.json",
        "report.simulated.html",
        "analysis.simulated.json",
        "screening.simulated.json",
    } <= files
    assert [name for name in files - observed if ".simulated." not in name] == []
    assert sum(name.startswith("figures/") and name.endswith(".svg") for name in files) >= 4


def test_the_record_has_results_and_keeps_what_the_page_said(finished: Path) -> None:
    data = (finished / "record.simulated.json").read_bytes()
    record = read(data, "record")
    assert record.simulated
    study = record.study
    assert study.has_results
    results = study.results_section
    assert results is not None
    assert results.participant_flow_module
    assert results.baseline_characteristics_module
    assert results.outcome_measures_module
    assert results.adverse_events_module
    assert study.protocol_section
    assert study.protocol_section.design_module
    assert study.protocol_section.design_module.phases == ("PHASE1",)
    assert msgspec.json.decode(data, type=Study) == study  # a reader of API v2 reads it


def test_the_journal_is_whole(finished: Path) -> None:
    assert run(["trial", "verify", str(finished)]) == 0


def test_the_report_asks_nobody_and_begins_with_the_answers(finished: Path) -> None:
    html = (finished / "report.simulated.html").read_text(encoding="utf-8")
    for outside in ('http-equiv="refresh"', "<script", "<link", 'src="http', "url(http"):
        assert outside not in html
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", html)
    assert headings[0] == "The two answers"
    assert "Participants" in headings


def test_a_second_run_into_the_folder_is_refused_and_changes_nothing(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digests(finished)
    assert run(["demo", "--out", str(finished)]) == 2
    message = capsys.readouterr().err
    assert "--force" in message
    assert "--out" in message
    assert digests(finished) == before


def test_the_same_example_gives_the_same_bytes(finished: Path, tmp_path: Path) -> None:
    assert run(["demo", "--out", str(tmp_path / "again"), "--json"]) == 0
    assert digests(tmp_path / "again") == digests(finished)


def test_force_replaces_a_rehearsal_and_nothing_else(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    assert run(["demo", "--out", str(copy), "--force"]) == 0
    (copy / "my notes.txt").write_text("keep me")
    assert run(["demo", "--out", str(copy), "--force"]) == 2
    assert "my notes.txt" in capsys.readouterr().err
    assert (copy / "my notes.txt").read_text() == "keep me"


def test_a_broken_example_leaves_nothing_behind(
    tmp_path: Path, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(example, broken)
    page = broken / "record.page.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("8 patients", "9 patients"))
    assert run(["demo", "--example", str(broken), "--out", str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert message.count("\n") == 1
    assert "13" in message
    assert "12" in message
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken"]


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
