"""The small trial on one page: every possible count of DLTs, what follows, and what it shows."""

from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from trialwright.core.errors import Refused
from trialwright.design import Design
from trialwright.design.curves import Curves, TrueRates
from trialwright.results.figures.design_board import Count, Panel, panels_of
from trialwright.results.figures.design_sheet import Body, Sheet, draw, widest
from trialwright.results.figures.design_style import (
    CURVE_BARS,
    DARK_INK,
    LOOKS,
    chip,
    key_of_moves,
)
from trialwright.results.figures.design_words import (
    amount_of,
    chance,
    chances,
    curve_name,
    curves_note,
    design_note,
    dose,
    listed_or,
)
from trialwright.results.figures.render import Drawn, Words
from trialwright.results.figures.style import GRID, INK, MUTED, PAPER, SMALL

MOST_COUNTS = 80
MOST_CURVES = len(CURVE_BARS)
BAR = 0.09  # inches per curve's bar
HEAD = 0.62  # inches above a panel: its name and the heads of its columns
GAP = 0.16
PLOT = 1.75  # inches of the interval axis
BARS = 1.55  # inches of the probability axis
FOOT = 0.42  # inches beneath the last panel, for the axes' units


def small_trial(design: Design, true: Curves, assumed: tuple[str, ...] = ()) -> Drawn:
    """Draw every count of DLTs at each dose level: decision, exact limits, probability.

    `true` is one curve or up to MOST_CURVES; `assumed` are lines that say what else is assumed.
    Raises Refused where the trial is not small.
    """
    truth = design.truth(true)
    if len(truth) > MOST_CURVES:
        raise Refused("small trial", f"{len(truth)} curves", f"at most {MOST_CURVES}")
    panels = panels_of(design, truth)
    rows = sum(len(panel.counts) for panel in panels)
    if rows > MOST_COUNTS:
        raise Refused(
            "small trial", f"{rows} counts of DLTs at its dose levels",
            f"a schedule with at most {MOST_COUNTS}; `picture table` draws larger ones",
        )  # fmt: skip
    page = _Page(design, truth, panels)
    sheet = Sheet(
        _words(design, truth, panels),
        (page.width, page.height),
        lead=curves_note(truth) + assumed,
        notes=(*_notes(), *design_note(design)),
        key=_key(panels, truth),
    )
    return draw(sheet, page.paint)


class _Page:
    """Where everything stands, in inches from the top left."""

    def __init__(self, design: Design, truth: TrueRates, panels: tuple[Panel, ...]) -> None:
        self.design, self.truth, self.panels = design, truth, panels
        counts = [count for panel in panels for count in panel.counts]
        self.row = max(0.25, BAR * len(truth) + 0.08)
        self.letters = widest([_letters(count) for count in counts]) + 0.16
        self.follows = 0.93 + self.letters
        limits = self.follows + widest([listed_or(c.follows) for c in counts]) + 0.15
        self.plot = limits + 0.12
        self.two_sided = self.plot + PLOT + 1.05
        self.one_sided = self.two_sided + 0.75
        self.bars = self.one_sided + 0.22
        self.width = self.bars + BARS + 0.5
        heights = (HEAD + self.row * len(panel.counts) + GAP for panel in panels)
        self.height = sum(heights) + FOOT
        self.most = max(max(count.probability) for count in counts)

    def paint(self, part: Body) -> None:
        """Paint the page: all letters and boxes on one layer, both plots per panel above it."""
        layer = part.add_axes(0, 0, 1, 1)
        layer.set_xlim(0, self.width)
        layer.set_ylim(self.height, 0)
        layer.axis("off")
        top = 0.0
        for panel in self.panels:
            last = panel is self.panels[-1]
            self._panel(part, layer, panel, top, last)
            top += HEAD + self.row * len(panel.counts) + GAP

    def _panel(self, part: Body, layer: Axes, panel: Panel, top: float, last: bool) -> None:
        self._heads(layer, panel, top)
        for k, count in enumerate(panel.counts):
            self._count(layer, panel, count, top + HEAD + self.row * (k + 0.5))
        limits = self._axes(part, panel, top, self.plot, PLOT)
        _intervals(limits, panel, getattr(self.design.method, "target", None))
        _finish(limits, (0, 1), (0, 0.25, 0.5, 0.75, 1), "DLT rate, %" if last else "")
        bars = self._axes(part, panel, top, self.bars, BARS)
        _bars(bars, panel, self.row)
        ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
        shown = tuple(t for t in ticks if t <= self.most + 0.05)
        _finish(bars, (0, self.most * 1.02), shown, "% of trials" if last else "")

    def _axes(self, part: Body, panel: Panel, top: float, left: float, width: float) -> Axes:
        height = self.row * len(panel.counts)
        axes: Axes = part.add_axes(
            left / self.width, 1 - (top + HEAD + height) / self.height,
            width / self.width, height / self.height,
        )  # fmt: skip
        axes.set_ylim(len(panel.counts) - 0.5, -0.5)
        axes.set_yticks([])
        axes.set_facecolor("none")
        return axes

    def _heads(self, layer: Axes, panel: Panel, top: float) -> None:
        amount = amount_of(self.design, panel.level)
        name = f"Dose {panel.level}{f', {amount}' if amount else ''}: {panel.treated} treated"
        reached = chances(panel.probability)
        layer.text(0.1, top + 0.2, name, fontsize=SMALL + 1, weight="bold", va="center")
        layer.text(self.width - 0.1, top + 0.2, f"the trial comes here in: {reached}",
                   fontsize=SMALL, va="center", ha="right", color=MUTED)  # fmt: skip
        layer.plot([0.1, self.width - 0.1], [top + 0.06] * 2, color=GRID, linewidth=1)
        heads = (
            (0.1, "DLTs", "left"), (self.follows, "what follows", "left"),
            (self.plot, "exact 95 % limits", "left"), (self.two_sided, "two-sided", "right"),
            (self.one_sided, "one-sided", "right"), (self.bars, "probability", "left"),
        )  # fmt: skip
        for x, text, side in heads:
            layer.text(x, top + HEAD - 0.1, text, fontsize=SMALL, ha=side, va="center",
                       color=MUTED)  # fmt: skip

    def _count(self, layer: Axes, panel: Panel, count: Count, y: float) -> None:
        style: dict[str, Any] = {"fontsize": SMALL, "va": "center_baseline", "color": INK}
        layer.text(0.1, y, f"{count.dlts} of {panel.treated}", **style)
        look = LOOKS[count.moves[-1]]  # where it depends, the most cautious colour
        chip(layer, (0.78 + self.letters / 2, y), (self.letters, 0.2), _letters(count), look)
        layer.text(self.follows, y, listed_or(count.follows), **style)
        two = f"{_percent(count.lower)}–{_percent(count.upper)} %"
        layer.text(self.two_sided, y, two, ha="right", **style)
        layer.text(self.one_sided, y, f"≤ {_percent(count.one_sided)} %", ha="right", **style)


def _intervals(axes: Axes, panel: Panel, target: float | None) -> None:
    for y, count in enumerate(panel.counts):
        axes.plot([count.lower, count.upper], [y, y], color=DARK_INK, linewidth=1.6,
                  marker="|", markersize=6, clip_on=False)  # fmt: skip
        axes.plot(count.one_sided, y, marker="<", markersize=6, color=DARK_INK,
                  markerfacecolor="#fefefe", clip_on=False, zorder=4)  # fmt: skip
        axes.plot(count.dlts / panel.treated, y, marker="o", markersize=5, color=DARK_INK,
                  clip_on=False, zorder=4)  # fmt: skip
    if target is not None:
        axes.axvline(target, color=INK, linewidth=1.3, linestyle=(0, (2, 2)), zorder=1)


def _bars(axes: Axes, panel: Panel, row: float) -> None:
    curves = len(panel.counts[0].probability)
    thick = BAR / row
    for k in range(curves):
        colour, hatch = CURVE_BARS[k]
        offset = thick * (k - (curves - 1) / 2)
        places = [y + offset for y in range(len(panel.counts))]
        values = [count.probability[k] for count in panel.counts]
        axes.barh(places, values, thick * 0.92, color=colour, hatch=hatch, edgecolor=DARK_INK,
                  linewidth=0.5)  # fmt: skip


def _finish(axes: Axes, ends: tuple[float, float], ticks: tuple[float, ...], label: str) -> None:
    axes.set_xlim(*ends)
    axes.set_xticks(ticks, [f"{100 * t:g}" for t in ticks] if label else [])
    axes.set_xlabel(label)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _letters(count: Count) -> str:
    return "/".join(move.letter for move in count.moves)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _key(panels: tuple[Panel, ...], truth: TrueRates) -> tuple[Artist, ...]:
    moves = frozenset(m for panel in panels for count in panel.counts for m in count.moves)
    bars = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=DARK_INK, linewidth=0.5,
              label=f"probability under {curve_name(k)}")
        for k, (colour, hatch) in enumerate(CURVE_BARS[: len(truth)])
    ]  # fmt: skip
    line: dict[str, Any] = {"color": DARK_INK, "markersize": 6}
    return (
        *key_of_moves(moves),
        Line2D([], [], marker="o", linestyle="none", label="observed rate", **line),
        Line2D([], [], marker="|", linewidth=1.6, label="two-sided 95 % limits", **line),
        Line2D([], [], marker="<", linestyle="none", markerfacecolor=PAPER,
               label="one-sided 95 % upper limit", **line),
        *bars,
    )  # fmt: skip


def _notes() -> tuple[str, ...]:
    return (
        "The letter is what the method says of the dose; beside it is what the trial does then: "
        "where the next cohort is treated, or which dose is recommended when it ends. "
        "The two-sided limits leave 2.5 % on each side, the one-sided upper limit leaves 5 % above "
        "it (Clopper and Pearson 1934). They describe the dose's own data and do not decide. "
        "Dotted: the target rate.",
        "Probabilities are exact shares of all trials, not simulated, under rates that are "
        "assumed, not observed.",
    )


def _words(design: Design, truth: TrueRates, panels: tuple[Panel, ...]) -> Words:
    each = " ".join(_said(design, panel) for panel in panels)
    return Words(
        "small_trial",
        "Every possible count of DLTs, what follows, and how likely it is",
        "For each dose level and number treated: every possible number of patients with a "
        "dose-limiting toxicity, what follows, exact limits of its rate, and its probability.",
        f"{' '.join(curves_note(truth))} {each}",
    )


def _said(design: Design, panel: Panel) -> str:
    each = "; ".join(
        f"{c.dlts} of {panel.treated}: {_letters(c)}, {listed_or(c.follows)}, two-sided 95 % "
        f"limits {_percent(c.lower)} to {_percent(c.upper)} %, one-sided upper limit "
        f"{_percent(c.one_sided)} %, probability {chances(c.probability)}"
        for c in panel.counts
    )
    total = ", ".join(f"{curve_name(k)} {chance(p)} %" for k, p in enumerate(panel.probability))
    name = dose(design, panel.level)
    return f"{name[:1].upper()}{name[1:]}, {panel.treated} treated ({total} of trials). {each}."
