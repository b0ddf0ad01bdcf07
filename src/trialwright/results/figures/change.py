"""A measure per person over the visits, and each person's change with the mean and its interval."""

from math import nan

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trialwright.analysis.groups import POOLED, Group, by_level_given, level_given
from trialwright.analysis.measurements import (
    Absent,
    at_baseline,
    at_visit,
    number,
    number_pairs,
    unit_of,
)
from trialwright.analysis.row import Row
from trialwright.analysis.service import visits_of
from trialwright.conduct.model import Subject, TrialState
from trialwright.protocol.model import Endpoint
from trialwright.results.figures.render import Drawn, Words, render
from trialwright.results.figures.style import (
    GRID,
    INK,
    MUTED,
    PAPER,
    SMALL,
    level_colour,
    level_marker,
)
from trialwright.results.rows import Rows, change_places
from trialwright.results.words import change_unit, interval, label, listed, sentence, unit
from trialwright.results.words import number as written

CROWDED = 34  # letters of visit names that stand side by side
SPREAD = 0.3  # how wide the dots of one group may stand apart


def change(state: TrialState, endpoint: Endpoint, rows: Rows) -> Drawn:
    """Draw one endpoint of mean change; the right panel shows its own (or the last) visit."""
    visits = visits_of(state.protocol, endpoint)
    visit = endpoint.visit or visits[-1]
    found = [row for g in _groups(state) if (row := _mean(rows, g.name, endpoint, visit))]
    words = Words(
        f"change_{endpoint.measure}",
        f"{sentence(label(endpoint.measure))} per person and mean change at {visit}",
        _caption(endpoint, visit, found),
        _alternative(state, endpoint, visit, found),
    )
    return render(
        words, lambda f: _paint(f, state, endpoint, (visits, visit), rows), (7.2, 3.9),
        simulated=state.simulated,
    )  # fmt: skip


def _groups(state: TrialState) -> tuple[Group, ...]:
    return by_level_given(state.protocol, [s for s in state.subjects.values() if s.given])


def _mean(rows: Rows, group: str, endpoint: Endpoint, visit: str) -> Row | None:
    return rows.get("function.change", group, endpoint.measure, "mean_change", visit)


def _paint(
    figure: Figure, state: TrialState, endpoint: Endpoint, when: tuple[tuple[str, ...], str],
    rows: Rows,
) -> None:  # fmt: skip
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    visits, visit = when
    everyone = _groups(state)[-1].subjects
    known = unit_of(everyone, endpoint.measure)
    _lines(left, state, endpoint.measure, visits, known)
    _changes(right, state, endpoint, visit, rows)
    figure.legend(handles=_key(state), loc="outside lower center", ncols=5, handletextpad=0.4)


def _lines(
    axes: Axes, state: TrialState, measure: str, visits: tuple[str, ...], known: str | None
) -> None:
    for subject in _groups(state)[-1].subjects:
        points = _points(state, subject, measure, visits, known)
        level = level_given(subject, state.protocol)
        colour = level_colour(level) if level else MUTED
        axes.plot(*zip(*points, strict=True), color=colour, linewidth=1.2,
                  alpha=0.9, marker=level_marker(level or 1), markersize=5,
                  markerfacecolor=PAPER, markeredgewidth=1.2)  # fmt: skip
    axes.set_xticks(range(len(visits) + 1), ["baseline", *visits])
    if sum(map(len, visits)) > CROWDED:
        axes.tick_params(axis="x", labelrotation=30)
    axes.set_title(f"{sentence(label(measure))}{_in(known)}", loc="left", wrap=True)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _in(known: str | None) -> str:
    return f" ({unit(known)})" if known else ""


def _points(
    state: TrialState, subject: Subject, measure: str, visits: tuple[str, ...], known: str | None
) -> list[tuple[int, float]]:
    found = (
        at_baseline(subject, state.protocol, measure),
        *(at_visit(subject, measure, v) for v in visits),
    )
    values = (r if isinstance(r, Absent) else number(r, known) for r in found)
    # a missing value breaks the line: what was not measured is not drawn
    return [(k, nan if isinstance(v, Absent) else v) for k, v in enumerate(values)]


def _changes(axes: Axes, state: TrialState, endpoint: Endpoint, visit: str, rows: Rows) -> None:
    groups = _groups(state)
    known = unit_of(groups[-1].subjects, endpoint.measure)
    axes.axhline(0, color=MUTED, linewidth=1)
    for place, group in enumerate(groups):
        found = number_pairs(group.subjects, state.protocol, endpoint.measure, visit, known)
        changes = sorted(pair.later - pair.baseline for pair in found.complete)
        _dots(axes, place, group, changes)
        row = _mean(rows, group.name, endpoint, visit)
        if row is not None and row.value is not None:
            _interval(axes, place, row, row.value)
    names = ["all" if group.name == POOLED else group.name for group in groups]
    counts = [
        f"{name} ({_n(rows, g, endpoint, visit)})" for name, g in zip(names, groups, strict=True)
    ]
    axes.set_xticks(range(len(groups)), counts)
    axes.set_xlabel("level given (people with both values)")
    axes.set_xlim(-0.6, len(groups) - 0.3)
    axes.margins(y=0.12)
    axes.set_title(
        f"Change from baseline at {visit}{_in(change_unit(known))}", loc="left", wrap=True
    )
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _n(rows: Rows, group: Group, endpoint: Endpoint, visit: str) -> int:
    row = _mean(rows, group.name, endpoint, visit)
    return row.n if row else 0


def _dots(axes: Axes, place: int, group: Group, changes: list[float]) -> None:
    step = SPREAD / max(len(changes) - 1, 1)
    xs = [place - 0.28 + step * k for k in range(len(changes))]
    colour = level_colour(group.level) if group.level else MUTED
    axes.plot(xs, changes, marker=level_marker(group.level or 1), markersize=5, linestyle="none",
              markerfacecolor=PAPER, markeredgecolor=colour, markeredgewidth=1.2)  # fmt: skip


def _interval(axes: Axes, place: int, row: Row, mean: float) -> None:
    x = place + 0.2
    if row.lower is not None and row.upper is not None:
        axes.plot([x, x], [row.lower, row.upper], color=INK, linewidth=1.8)
        for end in (row.lower, row.upper):
            axes.plot([x - 0.05, x + 0.05], [end, end], color=INK, linewidth=1.8)
    axes.plot(x, mean, marker="D", markersize=6, color=INK, linestyle="none")
    top = mean if row.upper is None else row.upper
    axes.annotate(written(mean, change_places(row), signed=True), (x, top), (-6, 6),
                  textcoords="offset points", ha="left", fontsize=SMALL)  # fmt: skip


def _key(state: TrialState) -> list[Line2D]:
    levels = [
        Line2D([], [], color=level_colour(d.level), marker=level_marker(d.level), markersize=5,
               markerfacecolor=PAPER, label=f"level {d.level}")
        for d in state.protocol.dose_levels
    ]  # fmt: skip
    mean = Line2D([], [], color=INK, marker="D", markersize=6, label="mean and 95 % interval")
    return [*levels, mean]


def _said(row: Row) -> str:
    who = "all" if row.group == POOLED else row.group
    what = f"mean {written(row.value, change_places(row), signed=True)}"
    limits = f" (95 % interval {interval(row.lower, row.upper, change_places(row), signed=True)})"
    return f"{who}: {what if row.value is not None else 'no value'}" + (
        limits if row.lower is not None else ""
    ) + f", n = {row.n}, {row.missing} missing"  # fmt: skip


def _caption(endpoint: Endpoint, visit: str, found: list[Row]) -> str:
    method = found[-1].method if found else ""
    return (
        f"Left: each person's {label(endpoint.measure)} from baseline on. Right: change from "
        f"baseline at {visit}, one mark per person, with the mean and its 95 % interval. "
        f"{sentence('; '.join(map(_said, found)))}. Method: {method}. There is no control group."
    )


def _alternative(state: TrialState, endpoint: Endpoint, visit: str, found: list[Row]) -> str:
    everyone = _groups(state)[-1].subjects
    known = unit_of(everyone, endpoint.measure)
    pairs = number_pairs(everyone, state.protocol, endpoint.measure, visit, known).complete
    each = [f"{p.who} {written(p.baseline)} to {written(p.later)}" for p in pairs]
    return (
        f"{sentence(label(endpoint.measure))}{_in(known)}, baseline to {visit}: "
        f"{listed(each) or 'nobody with both values'}. "
        f"Change, {'; '.join(map(_said, found))}."
    )
