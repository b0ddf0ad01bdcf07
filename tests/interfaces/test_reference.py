"""The reference pages say what the program does."""

import runpy

from tests.conftest import REPOSITORY
from trialwright.interfaces.cli.main import COMMANDS

TOOL = runpy.run_path(str(REPOSITORY / "tools" / "reference.py"))


def test_the_reference_is_up_to_date() -> None:
    assert TOOL["main"](check=True) == 0, "run `make docs`"


def test_every_command_is_documented() -> None:
    text = (REPOSITORY / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"\n## {name}\n" not in text] == []
