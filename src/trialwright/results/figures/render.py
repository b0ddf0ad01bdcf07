"""From a painted figure to files: SVG and PNG with the same bytes for the same data."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, StringIO

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from trialwright.results.figures.style import ALARM, PAPER, RC, SMALL

MARK = "SIMULATED DATA"
PIXELS_PER_INCH = 160


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with what a reader needs who does not see it."""

    name: str  # for ids and file names
    title: str
    svg: str
    png: bytes
    caption: str
    alternative: str
    simulated: bool

    def file_name(self, extension: str) -> str:
        """Return the file's name; the name of a simulated figure says so."""
        mark = ".simulated" if self.simulated else ""
        return f"{self.name}{mark}.{extension}"


@dataclass(frozen=True, slots=True)
class Words:
    """A figure's name, its title, caption and alternative text."""

    name: str
    title: str
    caption: str
    alternative: str


def render(
    words: Words, paint: Callable[[Figure], None], size: tuple[float, float], *, simulated: bool
) -> Drawn:
    """Paint a figure of a size in inches and return it as SVG and PNG."""
    with rc_context(RC), rc_context({"svg.hashsalt": words.name}):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        paint(figure)
        if simulated:
            _mark(figure)
        vector, pixels = StringIO(), BytesIO()
        figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(pixels, format="png", dpi=PIXELS_PER_INCH, metadata={"Software": None})
    caption = f"Simulated data. {words.caption}" if simulated else words.caption
    alternative = f"Simulated data. {words.alternative}" if simulated else words.alternative
    return Drawn(
        words.name, words.title, vector.getvalue(), pixels.getvalue(), caption, alternative,
        simulated,
    )  # fmt: skip


def _mark(figure: Figure) -> None:
    """Write the mark above the picture, in a strip that the layout keeps free."""
    mark = figure.suptitle(MARK, x=0.99, ha="right", fontsize=SMALL, color=ALARM, weight="bold")
    mark.set_bbox(
        {"boxstyle": "round,pad=0.3", "facecolor": PAPER, "edgecolor": ALARM, "linewidth": 1}
    )
