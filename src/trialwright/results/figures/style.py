"""Palette and marks: readable in grey and for colour-blind readers, on light and on dark paper.

Colours are those of Okabe and Ito (2008, jfly.uni-koeln.de/color); a colour never says anything
alone, a shape says it too. In a page each colour becomes a CSS variable (see `inline`).
"""

from itertools import cycle, islice
from typing import Any

INK = "#1a1f26"
PAPER = "#ffffff"
MUTED = "#59626d"
GRID = "#d9dee4"
SOFT = "#f0f2f5"
ALARM = "#d55e00"  # vermillion: a toxicity, a death, the mark of simulated data

LEVELS = ("#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

# The variable that each colour becomes in a page.
VARIABLES = {
    INK: "--fig-ink",
    PAPER: "--fig-paper",
    MUTED: "--fig-muted",
    GRID: "--fig-grid",
    SOFT: "--fig-soft",
    ALARM: "--fig-alarm",
} | {colour: f"--fig-level-{k}" for k, colour in enumerate(LEVELS, start=1)}

TEXT = 9.5  # points at print size; nothing is smaller than SMALL
SMALL = 9.0

RC: Any = {  # matplotlib's settings by name, each of its own type
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": TEXT,
    "axes.titlesize": TEXT,
    "axes.unicode_minus": True,
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same on every machine
    "font.size": TEXT,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "text.color": INK,
    "text.parse_math": False,  # a term with a dollar sign is a term
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "svg.fonttype": "none",
}


def level_colour(level: int) -> str:
    """Return a dose level's colour; levels count from 1."""
    return next(islice(cycle(LEVELS), level - 1, None))


def level_marker(level: int) -> str:
    """Return a dose level's marker; with the colour it is unique for 35 levels."""
    return next(islice(cycle(MARKERS), level - 1, None))
