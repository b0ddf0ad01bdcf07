"""A sheet: one picture of a design with its title, key and notes, whole in a file of its own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import accumulate
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from trialwright.core.errors import InputError
from trialwright.results.figures.render import Drawn, Words, render
from trialwright.results.figures.style import INK, MUTED, SMALL

MARGIN = 0.1  # inches on each side
LINE = 0.17  # inches per line of notes
TITLE_LINE = 0.21
TITLE_SIZE = 11.5
KEY_LINE = 0.22
SPACE = 0.36  # of the letters' size; a little more than DejaVu Sans needs
KEY_MARK = 0.5  # inches of a key entry that its label does not use
FALLBACK = "'DejaVu Sans', Verdana, Geneva, sans-serif"  # Verdana is as wide as DejaVu Sans

_ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around a picture; `size` is the picture's own, in inches."""

    words: Words
    size: tuple[float, float]
    lead: tuple[str, ...] = ()  # what must be read, above the notes
    notes: tuple[str, ...] = ()
    key: tuple[Artist, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """The part of a figure that the picture itself has, in shares of the figure's height."""

    figure: Figure
    bottom: float
    height: float

    def subplots(self, rows: int = 1, columns: int = 1, **options: Any) -> Any:
        """Return axes that share the whole part (rows, columns); labels find their own room."""
        self.figure.set_layout_engine("constrained", rect=(0, self.bottom, 1, self.height))
        return self.figure.subplots(rows, columns, squeeze=False, **options)

    def add_axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Return axes at a place of their own, in shares of the part."""
        box = (left, self.bottom + bottom * self.height, width, height * self.height)
        return self.figure.add_axes(box)


def draw(sheet: Sheet, paint: Callable[[Body], None]) -> Drawn:
    """Paint a picture and put its title and key above it, its notes beneath."""
    width, height = sheet.size
    title = wrapped(sheet.words.title, width - 2 * MARGIN, TITLE_SIZE, "bold")
    lead, notes = (
        [line for text in texts for line in wrapped(text, width - 2 * MARGIN)]
        for texts in (sheet.lead, sheet.notes)
    )
    columns = _key_columns(sheet.key, width)
    strips = (
        TITLE_LINE * len(title) + MARGIN,
        KEY_LINE * -(-len(sheet.key) // columns) + MARGIN * bool(sheet.key),
        height,
        LINE * len(lead) + MARGIN * bool(lead),
        LINE * len(notes) + MARGIN * bool(notes),
    )
    total = sum(strips)
    middles = [1 - (above + strip / 2) / total for above, strip in _above(strips)]

    def compose(figure: Figure) -> None:
        left = MARGIN / width
        _text(figure, (left, middles[0]), title, TITLE_SIZE, INK, weight="bold")
        if sheet.key:
            _key(figure, (left, middles[1]), sheet.key, columns)
        body = Body(figure, middles[2] - height / total / 2, height / total)
        figure.set_layout_engine("none")
        paint(body)
        _text(figure, (left, middles[3]), lead, SMALL, INK)
        _text(figure, (left, middles[4]), notes, SMALL, MUTED)
        _settle(figure)

    return render(sheet.words, compose, (width, total), simulated=False)


def _above(strips: Sequence[float]) -> list[tuple[float, float]]:
    """Return each strip with what is above it."""
    return list(zip(accumulate(strips, initial=0.0), strips, strict=False))


def _settle(figure: Figure) -> None:
    """Find the layout once and round it.

    The layout's solver leaves differences in the last digits from run to run, which would reach
    the ids in an SVG.
    """
    if figure.get_layout_engine() is None:
        return
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        x, y, width, height = axes.get_position().bounds
        axes.set_position((round(x, 6), round(y, 6), round(width, 6), round(height, 6)))


def as_file(drawn: Drawn, extension: str) -> bytes:
    """Return the bytes of an `svg` file, with title and description in it, or of a `png` file."""
    match extension:
        case "svg":
            return _with_words(drawn).encode()
        case "png":
            return drawn.png
        case _:
            raise InputError("picture", f"a .{extension} file", "a name that ends in .svg or .png")


def wrapped(
    text: str, inches: float, size: float = SMALL, weight: str = "normal"
) -> tuple[str, ...]:
    """Break a text at spaces into lines that fit a width; a no-break space is none of them."""
    lines: list[str] = []
    room = 0.0
    for word in text.split(" "):
        width = width_of(word, size, weight)
        room -= width + SPACE * size / 72
        if room < 0 or not lines:
            lines.append(word)
            room = inches - width
        else:
            lines[-1] += f" {word}"
    return tuple(lines)


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return how wide a text is, in inches."""
    font = FontProperties(family="DejaVu Sans", weight=weight, size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def widest(texts: Sequence[str]) -> float:
    """Return the width of the widest text in inches; 0 where there is none."""
    return max((width_of(text) for text in texts), default=0.0)


def _text(
    figure: Figure, at: tuple[float, float], lines: Sequence[str], size: float, colour: str,
    weight: str = "normal",
) -> None:  # fmt: skip
    text = figure.text(*at, "\n".join(lines), va="center", fontsize=size, color=colour,
                       weight=weight, linespacing=1.25)  # fmt: skip
    text.set_in_layout(False)


def _key(figure: Figure, at: tuple[float, float], key: Sequence[Artist], columns: int) -> None:
    legend = figure.legend(handles=list(key), loc="center left", ncols=columns, bbox_to_anchor=at,
                           handletextpad=0.5, columnspacing=1.4, borderaxespad=0.0,
                           borderpad=0.0)  # fmt: skip
    legend.set_in_layout(False)


def _key_columns(key: Sequence[Artist], width: float) -> int:
    """Return how many entries of a key stand side by side."""
    entry = widest([str(artist.get_label()) for artist in key]) + KEY_MARK
    return max(1, min(len(key), int((width - 2 * MARGIN) / entry)))


def _with_words(drawn: Drawn) -> str:
    """Return the SVG with its title and description, and with fonts to fall back on."""
    svg = drawn.svg.replace("'DejaVu Sans'", FALLBACK)
    words = (
        f'<title id="title">{escape(drawn.title)}</title>\n'
        f'<desc id="description">{escape(drawn.alternative)}</desc>'
    )
    return _ROOT.sub(
        lambda m: f'{m[0][:-1]} role="img" aria-labelledby="title description">\n{words}', svg,
        count=1,
    )  # fmt: skip
