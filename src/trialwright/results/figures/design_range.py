"""Operating characteristics over a range of true curves: one curve, shifted on the logit scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy.special import expit, logit

from trialwright.core.errors import InputError
from trialwright.design import Design
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.curves import Curves, TrueRates, true_rates
from trialwright.design.parameters import rate, whole
from trialwright.design.states import Floats
from trialwright.results.figures.design_sheet import Body, Sheet, draw
from trialwright.results.figures.design_words import chance, design_note, dose, doses_note, rates
from trialwright.results.figures.render import Drawn, Words
from trialwright.results.figures.style import (
    ALARM,
    GRID,
    INK,
    PAPER,
    SMALL,
    level_colour,
    level_marker,
)

POINTS = 41
LOWEST, HIGHEST = 0.01, 0.6
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
SAID = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)  # rates told in the description, where they are in range


def shifted(curve: Sequence[float], level: int, at: Floats) -> Floats:
    """Return the curve moved on the logit scale so that `level` has each rate (rates, doses).

    >>> shifted([0.1, 0.25], 2, np.array([0.25, 0.5])).round(3).tolist()
    [[0.1, 0.25], [0.25, 0.5]]
    """
    base = logit(np.asarray(curve, np.float64))
    if not np.isfinite(base[level - 1]):
        where = f"true rates, dose {level}"
        raise InputError(where, f"{curve[level - 1]:g}", "a rate above 0 and below 1 to shift")
    moved: Floats = expit(base[None, :] + (logit(at) - base[level - 1])[:, None])
    return moved


def design_range(
    design: Design, curve: Curves, level: int | None = None,
    lowest: float = LOWEST, highest: float = HIGHEST,
) -> Drawn:  # fmt: skip
    """Draw exact recommendations and DLTs as the true rate at one level goes through a range.

    `curve` gives the shape; it is moved on the logit scale so that the rate at `level` (the
    starting level by default) runs from `lowest` to `highest`. For designs of toxicity alone.
    """
    shown = design.start if level is None else whole("level", level, 1, design.doses)
    rate("from", lowest)
    at = np.linspace(lowest, rate("up_to", highest, lowest), POINTS)
    truth = design.truth(_base(design, curve))
    moved = true_rates(shifted(truth.dlt[0].tolist(), shown, at))
    behaviour = design.graph().exact(moved)
    sheet = Sheet(
        _words(design, behaviour, shown, at), (7.2, 5.4),
        _lead(truth, shown), (*design_note(design), *doses_note(design)), _key(design),
    )  # fmt: skip
    return draw(sheet, lambda part: _paint(part, design, behaviour, shown, at))


def _base(design: Design, curve: Curves) -> TrueRates:
    if design.method.responses:
        what = f"{design.method.name}, which looks at responses too"
        raise InputError("picture", what, "a method of toxicity alone")
    return true_rates(curve)


def _lead(truth: TrueRates, level: int) -> tuple[str, ...]:
    base = rates(truth.dlt[0].tolist())
    return (
        f"Exact probabilities, no simulation. Rates are assumed: the curve {base} is moved on the "
        f"logit scale, so that the rate at dose {level} is the one on the axis.",
    )


def _paint(part: Body, design: Design, behaviour: Behaviour, level: int, at: Floats) -> None:
    top, bottom = part.subplots(2, 1, sharex=True, height_ratios=(1.7, 1))[:, 0]
    for k, chosen in enumerate(behaviour.selection.T):
        _line(top, k, at, 100 * chosen)
    top.set_ylim(-3, 103)
    top.set_ylabel("Recommended, % of trials")
    bottom.plot(at, behaviour.patients, color=INK, linewidth=1.6)
    bottom.plot(at, behaviour.dlts.sum(axis=1), color=ALARM, linewidth=1.6, linestyle=DASHES[1])
    bottom.annotate(
        "patients treated",
        (at[0], behaviour.patients[0]),
        (2, 4),
        textcoords="offset points",
        fontsize=SMALL,
    )
    bottom.annotate("patients with a DLT", (at[-1], behaviour.dlts[-1].sum()), (0, 5),
                    textcoords="offset points", fontsize=SMALL, ha="right")  # fmt: skip
    bottom.set_ylim(0, 1.25 * float(behaviour.patients.max()))
    bottom.set_ylabel("Mean per trial")
    bottom.set_xlabel(f"Assumed true DLT rate at {dose(design, level)}")
    _other_levels(top, design, behaviour, level, at)
    for axes in (top, bottom):
        axes.grid(color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.margins(x=0.02)


def _line(axes: Axes, level: int, at: Floats, values: Floats) -> None:
    style = _style(level)
    axes.plot(at, values, markevery=(level * 2 % 8, 8), **style)


def _style(level: int) -> dict[str, Any]:
    """Return a level's line: colour, marker and dashes; level 0 is no dose."""
    colour = level_colour(level) if level else INK
    return {
        "color": colour, "linewidth": 1.6, "linestyle": DASHES[level % len(DASHES)],
        "marker": level_marker(level) if level else "x", "markersize": 5.5,
        "markerfacecolor": PAPER, "markeredgecolor": colour, "markeredgewidth": 1.3,
    }  # fmt: skip


def _other_levels(axes: Axes, design: Design, behaviour: Behaviour, level: int, at: Floats) -> None:
    """Draw where the rate at each level meets the target."""
    target = getattr(design.method, "target", None)
    if target is None:
        return
    for k, column in enumerate(behaviour.true.dlt.T, 1):
        x = float(np.interp(target, column, at, left=np.nan, right=np.nan))
        if np.isfinite(x):
            axes.axvline(x, color=INK, linewidth=1.2, linestyle=(0, (2, 2)), zorder=1)
            axes.annotate(f"{k}", (x, 1), (0, 2 + 11 * (k % 2)), xycoords=("data", "axes fraction"),
                          textcoords="offset points", ha="center", fontsize=SMALL)  # fmt: skip
    axes.set_title(f"Dotted: where the rate at that dose level is the target {target:g}",
                   loc="left", pad=26)  # fmt: skip


def _key(design: Design) -> tuple[Line2D, ...]:
    names = ["no dose", *(f"dose {k}" for k in range(1, design.doses + 1))]
    return tuple(Line2D([], [], label=n, **_style(k)) for k, n in enumerate(names))


def _words(design: Design, behaviour: Behaviour, level: int, at: Floats) -> Words:
    picked = [r for r in SAID if at[0] <= r <= at[-1]] or [float(at[0])]
    each = "; ".join(_said(behaviour, int(np.abs(at - r).argmin()), at) for r in picked)
    return Words(
        "range_of_rates",
        f"Recommended dose as the assumed true rate at dose {level} varies (exact)",
        "Top: how often each dose is recommended. Bottom: mean patients per trial, and of them "
        "those with a DLT.",
        f"Exact operating characteristics by the assumed true DLT rate at {dose(design, level)}. "
        f"{each}.",
    )


def _said(behaviour: Behaviour, point: int, at: Floats) -> str:
    chosen = behaviour.selection[point].tolist()
    doses = ", ".join(f"dose {k} {chance(p)} %" for k, p in enumerate(chosen[1:], 1))
    return (
        f"rate {at[point]:.2f}: none {chance(chosen[0])} %, {doses}, "
        f"{behaviour.patients[point]:.1f} patients, {behaviour.dlts[point].sum():.1f} with a DLT"
    )
