"""The App: one damaged trial is named, and keeps nobody from the others."""

import shutil
from pathlib import Path

import pytest

from trialwright.app import open_app
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.main import run
from trialwright.interfaces.cli.output import console, one_line, shown


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Path:
    out = tmp_path_factory.mktemp("app") / "whole"
    assert run(["rehearse", str(example / "protocol.yaml"), "--out", str(out), "--seed", "3"]) == 0
    return out


def test_a_damaged_trial_is_named_and_others_are_served(rehearsal: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(rehearsal, damaged)
    (damaged / "journal.simulated.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 4000)
    desk = open_app(tmp_path / "home", [damaged, rehearsal])
    assert len(desk.states()) == 1
    assert len(desk.damaged()) == 1
    assert "damaged" in desk.damaged()[0]
    nct_id = desk.states()[0].protocol.trial.nct_id
    assert desk.trial(nct_id) is not None
    assert desk.trial("NCT00000000") is None


def test_a_record_of_another_trial_beside_the_journal_is_refused(
    rehearsal: Path, tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed"
    shutil.copytree(rehearsal, mixed)
    other = '{"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}'
    (mixed / "record.simulated.json").write_text(other)
    desk = open_app(tmp_path / "home", [mixed])
    assert "NCT00000001" in desk.damaged()[0]
    with pytest.raises(InputError, match="NCT00000001"):
        desk.trial("NCT05774509")


class TestForce:
    """`--force` replaces an earlier rehearsal and nothing else."""

    def test_the_working_folder_is_never_replaced(
        self, rehearsal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: Path
    ) -> None:
        here = tmp_path / "here"
        shutil.copytree(rehearsal, here)
        monkeypatch.chdir(here)
        before = sorted(here.iterdir())
        for out in (".", "..", str(here)):
            command = ["rehearse", str(example / "protocol.yaml"), "--out", out, "--force"]
            assert run(command) == 2
        assert sorted(here.iterdir()) == before

    @pytest.mark.parametrize("name", ["notes.txt", "figures/mine.png", "thesis/chapter.tex"])
    def test_somebody_s_file_in_the_folder_is_kept(
        self, name: str, rehearsal: Path, tmp_path: Path, example: Path
    ) -> None:
        folder = tmp_path / "used"
        shutil.copytree(rehearsal, folder)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine")
        command = ["rehearse", str(example / "protocol.yaml"), "--out", str(folder), "--force"]
        assert run(command) == 2
        assert (folder / name).read_text() == "mine"

    def test_an_empty_file_named_like_a_journal_does_not_make_a_rehearsal(
        self, tmp_path: Path, example: Path
    ) -> None:
        folder = tmp_path / "pretended"
        folder.mkdir()
        (folder / "journal.simulated.sqlite").touch()
        command = ["rehearse", str(example / "protocol.yaml"), "--out", str(folder), "--force"]
        assert run(command) == 2
        assert (folder / "journal.simulated.sqlite").exists()


class TestOutput:
    """What a record or a file's name says never steers the terminal."""

    def test_controls_become_visible(self, capsys: pytest.CaptureFixture[str]) -> None:
        console.print("a\x1b]0;pwned\x07b [bold]c[/red] \u202ed")
        assert capsys.readouterr().out == "a\\x1b]0;pwned\\x07b [bold]c[/red] \\u202ed\n"

    def test_a_message_is_one_bounded_line(self) -> None:
        assert one_line("a\n  b") == "a b"
        assert len(one_line("x" * 100_000)) < 700
        assert shown("plain µ text\n") == "plain µ text\n"


def test_writing_through_a_link_keeps_the_link_and_the_permissions(
    tmp_path: Path, example: Path
) -> None:
    target, link = tmp_path / "secret.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    page = str(example / "record.page.txt")
    assert run(["record", "convert", page, "--out", str(link)]) == 0
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.read_text().startswith("{")
