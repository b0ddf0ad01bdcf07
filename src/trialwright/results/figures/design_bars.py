"""Operating characteristics as bars: what a design recommends and whom it treats, by scenario."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from trialwright.core.errors import InputError
from trialwright.design import Design
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.states import Bools
from trialwright.results.figures.design_sheet import Body, Sheet, draw
from trialwright.results.figures.design_style import (
    BAR,
    DARK_INK,
    DLT_BAR,
    NO_DOSE_BAR,
    TRUE_BAR,
)
from trialwright.results.figures.design_words import (
    chance,
    curve_name,
    curve_rates,
    design_note,
    doses_note,
)
from trialwright.results.figures.render import Drawn, Words
from trialwright.results.figures.style import GRID, INK, SMALL
from trialwright.results.words import listed

MOST_CURVES = 12
ROW = 1.75  # inches per scenario
BAR_ROOM = 0.42  # inches per dose level and panel


@dataclass(frozen=True, slots=True)
class Source:
    """How the numbers came about: exactly, or from `trials` simulated trials per curve."""

    trials: int | None = None
    seed: int | None = None
    error: float | None = 0.0  # the largest of a selection probability; None: not known

    @property
    def text(self) -> str:
        """One sentence for the reader."""
        if self.trials is None:
            return "Exact probabilities, no simulation."
        seed = "" if self.seed is None else f", seed {self.seed}"
        error = "not known" if self.error is None else f"at most {100 * self.error:.2f} points"
        return (
            f"Simulated: {self.trials:,} trials per curve{seed}; the standard error of a "
            f"recommendation is {error}."
        )


EXACT = Source()


def design_bars(design: Design, behaviour: Behaviour, source: Source = EXACT) -> Drawn:
    """Draw the probability of each recommendation and the mean patients, a row per curve.

    The level whose true rate is nearest to the method's target is marked, where it has a target.
    """
    shown = min(len(behaviour), MOST_CURVES)
    # Where responses count too, the dose wanted is another than the maximum tolerated one.
    target = None if design.method.responses else getattr(design.method, "target", None)
    marked = nearest(behaviour, target)
    cut = _cut_note(len(behaviour) - shown)
    notes = (
        f"{source.text} Rates are assumed, not observed.",
        *_mark_note(target),
        *design_note(design),
        *doses_note(design),
    )
    panel = 0.9 + BAR_ROOM * (design.doses + 1)
    size = (max(7.2, 2 * panel), ROW * shown + 0.3)
    sheet = Sheet(_words(behaviour, marked, source, cut), size, cut, notes, _key(target))
    return draw(sheet, lambda part: _paint(part, behaviour, marked, shown))


def nearest(behaviour: Behaviour, target: float | None) -> Bools:
    """Return which levels' true DLT rates are nearest to the target (curves, doses)."""
    rates = behaviour.true.dlt
    if target is None:
        return np.zeros(rates.shape, np.bool_)
    away = np.abs(rates - target)
    found: Bools = away <= away.min(axis=1, keepdims=True) + 1e-9
    return found


def _paint(part: Body, behaviour: Behaviour, marked: Bools, shown: int) -> None:
    if shown == 0:
        raise InputError("true rates", "none", "at least one curve")
    axes = part.subplots(shown, 2)
    most = max(float(behaviour.treated[:shown].max()), 0.1)
    for k in range(shown):
        _recommended(axes[k, 0], behaviour, marked, k)
        _treated(axes[k, 1], behaviour, marked, k, most)
    for panel in axes[-1]:
        panel.set_xlabel("Dose level, and its assumed true DLT rate")


def _recommended(axes: Axes, behaviour: Behaviour, marked: Bools, curve: int) -> None:
    values = 100 * behaviour.selection[curve]
    colours = [NO_DOSE_BAR, *(TRUE_BAR if m else BAR for m in marked[curve])]
    axes.bar(range(len(values)), values, 0.72, color=colours, edgecolor=DARK_INK, linewidth=0.6)
    for level, value in enumerate(values):
        axes.text(level, value + 2, chance(value / 100), ha="center", va="bottom", fontsize=SMALL)
    _mark(axes, marked[curve], [value + 17 for value in values[1:]])
    axes.set_ylim(0, 138)
    axes.set_yticks((0, 50, 100))
    axes.set_ylabel("Recommended,\n% of trials")
    names = [f"{k}\n{rate:.3g}" for k, rate in enumerate(behaviour.true.dlt[curve], 1)]
    axes.set_xticks(range(len(values)), ["none", *names])
    early = chance(behaviour.stopped_early[curve])
    _finish(axes, f"{curve_name(curve)}: ends early in {early} % of trials")


def _treated(axes: Axes, behaviour: Behaviour, marked: Bools, curve: int, most: float) -> None:
    treated, toxic = behaviour.treated[curve], behaviour.dlts[curve]
    levels = range(1, len(treated) + 1)
    colours = [TRUE_BAR if m else BAR for m in marked[curve]]
    axes.bar(levels, treated, 0.72, color=colours, edgecolor=DARK_INK, linewidth=0.6)
    axes.bar(levels, toxic, 0.36, color=DLT_BAR, edgecolor="#fefefe", linewidth=0.8, hatch="////")
    for level, value in zip(levels, treated, strict=True):
        axes.text(level, value + 0.02 * most, f"{value:.1f}", ha="center", va="bottom",
                  fontsize=SMALL)  # fmt: skip
    _mark(axes, marked[curve], [value + 0.17 * most for value in treated])
    axes.set_ylim(0, 1.38 * most)
    axes.set_ylabel("Mean patients")
    names = [f"{k}\n{rate:.3g}" for k, rate in enumerate(behaviour.true.dlt[curve], 1)]
    axes.set_xticks(levels, names)
    axes.set_xlim(0.3, len(treated) + 0.7)
    people, dlts = behaviour.patients[curve], toxic.sum()
    _finish(axes, f"mean {people:.1f} patients, {dlts:.2f} with a DLT")


def _mark(axes: Axes, marked: Bools, heights: list[float]) -> None:
    for level, (is_marked, height) in enumerate(zip(marked, heights, strict=True), 1):
        if is_marked:
            axes.text(level, height, "MTD", ha="center", va="bottom", fontsize=SMALL,
                      weight="bold", color=INK)  # fmt: skip


def _finish(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left")
    axes.tick_params(axis="x", length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _key(target: float | None) -> tuple[Patch, ...]:
    def entry(colour: str, label: str, hatch: str = "") -> Patch:
        edge = "#fefefe" if hatch else DARK_INK
        return Patch(facecolor=colour, edgecolor=edge, linewidth=0.6, label=label, hatch=hatch)

    mtd = (entry(TRUE_BAR, "the true MTD"),) if target is not None else ()
    return (
        *mtd, entry(BAR, "dose level"), entry(NO_DOSE_BAR, "no dose recommended"),
        entry(DLT_BAR, "patients with a DLT", "////"),
    )  # fmt: skip


def _mark_note(target: float | None) -> tuple[str, ...]:
    if target is None:
        return ()
    return (f"MTD: the level whose assumed true rate is nearest to the target {target:g}.",)


def _cut_note(left_out: int) -> tuple[str, ...]:
    if left_out <= 0:
        return ()
    return (f"Cut: the first {MOST_CURVES} curves are drawn, {left_out} more are not.",)


def _words(behaviour: Behaviour, marked: Bools, source: Source, cut: tuple[str, ...]) -> Words:
    each = "; ".join(_said(behaviour, marked, k) for k in range(min(len(behaviour), MOST_CURVES)))
    kind = "exact" if source.trials is None else "simulated"
    return Words(
        "operating_characteristics",
        f"Recommended dose and patients treated under assumed rates ({kind})",
        f"Each row is one curve of assumed true DLT rates. {source.text} {' '.join(cut)}".strip(),
        f"Operating characteristics, {kind}. {each}. {' '.join(cut)}".strip(),
    )


def _said(behaviour: Behaviour, marked: Bools, curve: int) -> str:
    chosen = behaviour.selection[curve].tolist()
    doses = [f"dose {k} {chance(p)} %" for k, p in enumerate(chosen[1:], 1)]
    people = [f"{n:.1f}" for n in behaviour.treated[curve]]
    best = [f"dose {k + 1}" for k in np.flatnonzero(marked[curve])]
    mtd = f"true MTD {listed(best)}, " if best else ""
    return (
        f"{curve_name(curve)}, assumed rates {curve_rates(behaviour.true, curve)}: {mtd}"
        f"recommends none {chance(chosen[0])} %, {', '.join(doses)}; treats by level "
        f"{', '.join(people)} of {behaviour.patients[curve]:.1f} patients, "
        f"{behaviour.dlts[curve].sum():.2f} with a DLT"
    )
