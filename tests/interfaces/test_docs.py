"""Every code block in the documentation runs, and prints what the page says it prints.

```python``` blocks of a page run one after the other in one namespace. ```console``` blocks are
played line by line: a line that starts with `$ ` is a command (trialwright, cat, ls), what follows
is its output, in which `...` stands for anything.
"""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY

PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = {"trialwright": [sys.executable, "-m", "trialwright"], "cat": ["cat"], "ls": ["ls"]}


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return a page's executable blocks: language and text."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "page", [p for p in PAGES if blocks(p)], ids=lambda p: str(p.relative_to(REPOSITORY))
)
def test_the_page_is_true(page: Path, tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples")
    namespace: dict[str, object] = {"__name__": page.stem}
    for language, text in blocks(page):
        if language == "python":
            exec(compile(text, str(page), "exec"), namespace)
        else:
            play(text, tmp_path)


def play(text: str, folder: Path) -> None:
    """Run the block's commands in a folder and compare what they print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        program, *arguments = shlex.split(command)
        result = subprocess.run(
            [*COMMANDS[program], *arguments],
            cwd=folder,
            text=True,
            capture_output=True,
            timeout=120,
            env={
                "PATH": "/usr/bin:/bin",
                "COLUMNS": "100",
                "TRIALWRIGHT_HOME": str(folder / "home"),
            },
        )
        printed = result.stdout + result.stderr
        assert matches(expected, printed), f"$ {command}\n{printed}"


def matches(expected: str, printed: str) -> bool:
    """Compare line by line without trailing blanks; `...` stands for anything."""
    pattern = re.escape(tidy(expected)).replace(re.escape("..."), ".*?")
    return re.fullmatch(pattern, tidy(printed), re.DOTALL) is not None


def tidy(text: str) -> str:
    """Drop trailing blanks and blank lines at the end."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [("a\n...\nb", "a\nx\ny\nb", True), ("a", "a b", False), ("1.5 ...", "1.5 mL", True)],
)
def test_the_comparison_can_fail(expected: str, printed: str, same: bool) -> None:
    assert matches(expected, printed) is same


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if not (page.parent / t).exists()]
    assert not missing
