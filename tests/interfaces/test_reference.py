"""The reference pages say what the program does."""

import re
import subprocess
import sys

from tests.conftest import REPOSITORY

from trialwright.design.build import RULE_PARAMETERS
from trialwright.design.notation import read_course
from trialwright.interfaces.cli.main import COMMANDS


def test_the_reference_is_up_to_date() -> None:
    tool = REPOSITORY / "tools" / "reference.py"
    check = [sys.executable, str(tool), "--check"]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{result.stdout}{result.stderr}; run `make docs`"


def test_every_command_is_documented() -> None:
    text = (REPOSITORY / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"\n## {name}\n" not in text] == []


def test_every_letter_of_outcomes_and_every_parameter_of_a_rule_is_documented() -> None:
    folder = REPOSITORY / "docs" / "reference"
    outcomes = (folder / "outcomes.md").read_text(encoding="utf-8")
    assert [letter for letter in "NTPEB" if f"| `{letter}` |" not in outcomes] == []
    examples = re.findall(r"`(\+?1N[A-Z0-9. +]+)`", outcomes)
    assert len(examples) >= 4
    for text in examples:
        assert read_course(text, 2, responses="E" in text)
    methods = (folder / "methods.md").read_text(encoding="utf-8")
    assert [name for name in RULE_PARAMETERS if f"| `{name}` |" not in methods] == []
