"""Colours and marks of a design's pictures; each colour has a letter or a shape beside it.

The four decisions differ in lightness too (stay, escalate, de-escalate, eliminate, from light to
dark), so that they stay apart in grey and for every kind of colour vision. What stands on such a
colour has a fixed ink of its own, on light pages and on dark ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Patch

from trialwright.design.decision.table import Move
from trialwright.results.figures.style import SMALL

DARK_INK = "#14181d"
LIGHT_INK = "#fefefe"

BAR = "#a9cfe6"  # a bar of a dose level
TRUE_BAR = "#0b5c8f"  # the bar of the true maximum tolerated dose
NO_DOSE_BAR = "#8b949e"
DLT_BAR = "#a83a00"
# Bars of curves A, B, C, ..: from dark to light, with a hatch each.
CURVE_BARS = (
    ("#20405c", ""),
    ("#6f9fc2", "////"),
    ("#c7dcea", ""),
    ("#e9eef2", "...."),
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a decision is shown."""

    colour: str
    ink: str
    words: str


LOOKS: dict[Move, Look] = {
    Move.ESCALATE: Look("#a4d4f0", DARK_INK, "escalate"),
    Move.STAY: Look("#fbf6d9", DARK_INK, "stay"),
    Move.DE_ESCALATE: Look("#de8f16", DARK_INK, "de-escalate"),
    Move.ELIMINATE: Look("#7a2300", LIGHT_INK, "de-escalate and eliminate"),
}


def key_of_moves(
    moves: frozenset[Move] = frozenset(Move), words: Mapping[Move, str] | None = None
) -> tuple[Patch, ...]:
    """Return the key of the decisions that a picture shows, letter first."""
    said = {move: look.words for move, look in LOOKS.items()} | dict(words or {})
    return tuple(
        Patch(facecolor=look.colour, edgecolor=DARK_INK, linewidth=0.6,
              label=f"{move.letter}  {said[move]}")
        for move, look in LOOKS.items() if move in moves
    )  # fmt: skip


def chip(
    axes: Axes, at: tuple[float, float], size: tuple[float, float], text: str, look: Look,
    *, edge: str = DARK_INK,
) -> None:  # fmt: skip
    """Draw a rounded box of a size in data units around its centre, with a text in it."""
    (x, y), (width, height) = at, size
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2), width, height,
            boxstyle="round,pad=0,rounding_size=0.06", mutation_aspect=1.0,
            facecolor=look.colour, edgecolor=edge, linewidth=0.7, zorder=3,
        )
    )  # fmt: skip
    axes.text(x, y, text, ha="center", va="center_baseline", fontsize=SMALL, color=look.ink,
              zorder=4)  # fmt: skip
