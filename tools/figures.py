"""Draw the figures of the documentation that come from the program alone.

usage: python tools/figures.py [--check]

With --check nothing is written; the status is 1 where a figure is out of date.
"""

import sys
from pathlib import Path

from trialwright.conduct.escalation import design_of
from trialwright.interfaces.cli.design.assumed import assumed_lines
from trialwright.protocol.service import load
from trialwright.results.figures.design_sheet import as_file
from trialwright.results.figures.design_small import small_trial

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PROTOCOL = ROOT / "examples" / "secret_hf" / "protocol.yaml"
# Assumed DLT rates of the two levels: well tolerated, at the target at the higher dose, too toxic.
CURVES = ((0.05, 0.1), (0.1, 0.25), (0.25, 0.45))


def small() -> bytes:
    """The page for a safety board, for the reference trial."""
    protocol = load(PROTOCOL.read_bytes(), PROTOCOL.name)
    return as_file(small_trial(design_of(protocol), CURVES, assumed_lines(PROTOCOL)), "svg")


FIGURES = {"small-trial.svg": small}


def main() -> int:
    """Write, or check, each figure."""
    stale = []
    for name, make in FIGURES.items():
        file, drawn = IMAGES / name, make()
        if file.exists() and file.read_bytes() == drawn:
            continue
        if "--check" in sys.argv[1:]:
            stale.append(name)
        else:
            file.write_bytes(drawn)
            print(f"{file.relative_to(ROOT)}  {len(drawn) / 1000:.0f} kB")
    for name in stale:
        print(f"out of date: docs/images/{name}; run tools/figures.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
