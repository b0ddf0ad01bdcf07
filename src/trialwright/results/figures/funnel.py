"""Attrition as bars: who is left after each criterion, for certain and perhaps.

What is certain is dark and plain, what is open is light and hatched, so that the two stay apart in
grey and for every kind of colour vision; the numbers stand beside the bars.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from trialwright.results.figures.render import Drawn, Words, render
from trialwright.results.figures.style import GRID, INK, MUTED, SMALL
from trialwright.screening.attrition import Attrition

NAME = "funnel"
WIDE = 4.06  # inches: 390 px at 96 to the inch, the width of a telephone
CERTAIN, OPEN = "#20405c", "#c7dcea"
_ROW = 0.23


def draw_funnel(attrition: Attrition) -> Drawn:
    """Draw a funnel."""
    funnel = attrition.funnel
    size = WIDE, 1.25 + _ROW * (len(funnel.steps) + 1)
    lines = [f"{step.id}: {step.left} left" for step in funnel.steps]
    words = Words(
        NAME,
        "People left after each criterion",
        f"{funnel.people:,} people on {attrition.on}; {funnel.eligible} eligible. The dark part "
        "certainly meets every criterion so far; the hatched part may. "
        f"Silence on record: {attrition.policy}.",
        f"{funnel.people:,} people screened. " + "; ".join(lines) + ".",
    )
    return render(words, lambda figure: _paint(figure, attrition), size,
                  simulated=funnel.simulated > 0)  # fmt: skip


def _paint(figure: Figure, attrition: Attrition) -> None:
    axes = figure.add_subplot()
    funnel = attrition.funnel
    rows = [("all", funnel.people, funnel.people)]
    rows += [(step.id, step.left.least, step.left.most) for step in funnel.steps]
    for place, (_, least, most) in enumerate(rows):
        axes.barh(place, most, 0.72, color=OPEN, hatch="////", edgecolor=MUTED, linewidth=0.5)
        axes.barh(place, least, 0.72, color=CERTAIN, edgecolor=INK, linewidth=0.5)
    _numbers(axes, rows, max(funnel.people, 1))
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel("people left")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="x", nbins=4, integer=True)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    key = [
        Patch(facecolor=CERTAIN, edgecolor=INK, label="certainly"),
        Patch(facecolor=OPEN, edgecolor=MUTED, hatch="////", label="perhaps"),
    ]
    figure.legend(handles=key, loc="outside lower center", ncols=2)


def _numbers(axes: Axes, rows: list[tuple[str, int, int]], people: int) -> None:
    axes.set_xlim(0, people * 1.38)
    for place, (_, least, most) in enumerate(rows):
        text = f"{least:,}" if least == most else f"{least:,}–{most:,}"
        axes.text(most + people * 0.02, place, text, va="center", fontsize=SMALL, color=INK)
