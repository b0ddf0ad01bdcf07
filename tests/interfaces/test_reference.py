"""The reference pages say what the program does."""

import subprocess
import sys

from tests.conftest import REPOSITORY

from trialwright.interfaces.cli.main import COMMANDS


def test_the_reference_is_up_to_date() -> None:
    tool = REPOSITORY / "tools" / "reference.py"
    check = [sys.executable, str(tool), "--check"]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{result.stdout}{result.stderr}; run `make docs`"


def test_every_command_is_documented() -> None:
    text = (REPOSITORY / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"\n## {name}\n" not in text] == []
