"""Put what commands print into the documentation, between two marks.

usage: python tools/printed.py [--check]

A block `<!-- $ trialwright ... -->` to `<!-- end -->` of a page under docs holds the output of that
command, run at the root of the checkout. With --check nothing is written; the status is 1 where a
page is out of date.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- \$ trialwright (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(text: str) -> str:
    """Return a page with every block as its command prints it now."""
    return BLOCK.sub(lambda found: f"{found[1]}\n{printed(found[2])}\n\n{found[3]}", text)


def printed(command: str) -> str:
    """Return what a command writes to stdout; its failure is ours."""
    done = subprocess.run(
        [sys.executable, "-m", "trialwright", *shlex.split(command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def main(check: bool) -> int:
    """Write the pages, or say which are out of date."""
    stale = []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if (now := refreshed(text)) != text:
            stale.append(str(page.relative_to(ROOT)))
            if not check:
                page.write_text(now, encoding="utf-8")
    if stale:
        print(f"{'out of date' if check else 'written'}: {', '.join(stale)}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
