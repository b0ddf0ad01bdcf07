"""Swimmer plot: each person's time in the trial with infusions, adverse events and the end."""

from collections.abc import Iterator
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trialwright.analysis.adverse_events import died, latest_reports
from trialwright.analysis.groups import level_given
from trialwright.analysis.populations import last_day
from trialwright.conduct.events import AdverseEventReported
from trialwright.conduct.model import Subject, TrialState
from trialwright.results.figures.render import Drawn, Words, render
from trialwright.results.figures.style import (
    ALARM,
    GRID,
    INK,
    MUTED,
    PAPER,
    SMALL,
    level_colour,
)
from trialwright.results.words import listed, plural

NAME = "swimmer"
BAR = 0.22  # of a row, above and below its middle


def swimmer(state: TrialState) -> Drawn:
    """Draw everyone who was given any amount, in the order of enrolment."""
    people = tuple(s for s in state.subjects.values() if s.given)
    words = Words(NAME, "Time in the trial", _caption(state, people), _alternative(state, people))
    size = (7.2, 1.9 + 0.42 * max(len(people), 2))
    return render(words, lambda f: _paint(f, state, people), size, simulated=state.simulated)


def study_day(subject: Subject, day: date) -> int:
    """Return days since the first infusion."""
    first = subject.first_infusion
    return (day - first).days if first else 0


def last_study_day(subject: Subject, cut: date | None) -> int:
    """Return the study day on which the person left, else of the data cut."""
    end = subject.left.on if subject.left else cut
    return study_day(subject, end) if end else 0


def _paint(figure: Figure, state: TrialState, people: tuple[Subject, ...]) -> None:
    axes = figure.add_subplot()
    cut = last_day(state)
    span = max((last_study_day(s, cut) for s in people), default=1)
    gap = max(span, 1) / 36  # days that one mark covers
    for row, subject in enumerate(people):
        _lane(axes, row, subject, state, cut, gap)
    axes.set_ylim(len(people) - 0.4, -0.6)
    axes.set_xlim(-gap, span + gap)  # a mark on day 0 stays clear of the labels
    axes.set_yticks(range(len(people)), [_name(s, state) for s in people])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Days since the first infusion")
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    figure.legend(handles=_key(), loc="outside lower center", ncols=4, handletextpad=0.4,
                  columnspacing=1.4)  # fmt: skip
    if not people:
        axes.text(0.5, 0.5, "Nobody was treated", transform=axes.transAxes, ha="center")


def _name(subject: Subject, state: TrialState) -> str:
    level = level_given(subject, state.protocol)
    return f"{subject.number}  L{level if level else '?'}"


def _lane(
    axes: Axes, row: int, subject: Subject, state: TrialState, cut: date | None, gap: float
) -> None:
    end = last_study_day(subject, cut)
    level = level_given(subject, state.protocol)
    colour = level_colour(level) if level else MUTED
    axes.barh(row, end, height=0.16, color=colour, alpha=0.55, linewidth=0)
    for given in subject.given:
        _dot(axes, study_day(subject, given.started.date()), row + BAR, "^", 6, colour, colour)
    for infusion in subject.infusions:
        if infusion.missed:
            _dot(axes, study_day(subject, infusion.missed.on), row + BAR, "^", 6, PAPER, MUTED)
    for day, event in _side_by_side(subject, gap):
        severe = event.grade >= 3
        face, edge = (ALARM, ALARM) if severe else (PAPER, INK)
        _dot(axes, day, row - BAR, "o", 12, face, edge)
        axes.text(
            day, row - BAR, str(event.grade), ha="center", va="center_baseline", fontsize=SMALL,
            color=PAPER if severe else INK, zorder=5,
        )  # fmt: skip
    _end(axes, row, subject, end)


def _side_by_side(subject: Subject, gap: float) -> Iterator[tuple[float, AdverseEventReported]]:
    """Place events on their days; one that would cover the one before moves to its right."""
    last = float("-inf")
    for event in sorted(latest_reports(subject), key=lambda event: event.onset):
        last = max(float(study_day(subject, event.onset)), last + gap)
        yield last, event


def _end(axes: Axes, row: int, subject: Subject, end: int) -> None:
    if died(subject):
        _dot(axes, end, row, "P", 9, INK, INK)
    elif subject.left is None:
        _dot(axes, end, row, ">", 8, PAPER, INK)
    elif subject.left.how == "completed":
        _dot(axes, end, row, "|", 12, INK, INK)
    else:
        _dot(axes, end, row, "x", 8, INK, INK)


def _dot(axes: Axes, x: float, y: float, marker: str, size: float, face: str, edge: str) -> None:
    axes.plot(x, y, marker=marker, markersize=size, markerfacecolor=face, markeredgecolor=edge,
              markeredgewidth=1.3, linestyle="none", zorder=4, clip_on=False)  # fmt: skip


def _key() -> list[Line2D]:
    def entry(marker: str, face: str, edge: str, label: str, size: float = 8) -> Line2D:
        return Line2D([], [], marker=marker, linestyle="none", markersize=size, label=label,
                      markerfacecolor=face, markeredgecolor=edge, markeredgewidth=1.3)  # fmt: skip

    return [
        entry("^", INK, INK, "infusion", 6),
        entry("^", PAPER, MUTED, "infusion missed", 6),
        entry("o", PAPER, INK, "event, grade 1–2"),
        entry("o", ALARM, ALARM, "event, grade 3–5"),
        entry("|", INK, INK, "completed", 11),
        entry("x", INK, INK, "withdrew or lost"),
        entry("P", INK, INK, "died"),
        entry(">", PAPER, INK, "still followed"),
    ]


def _caption(state: TrialState, people: tuple[Subject, ...]) -> str:
    events = sum(len(latest_reports(s)) for s in people)
    given = sum(len(s.given) for s in people)
    return (
        "One line per person, from the first infusion (day 0) to the end of follow-up or the data "
        "cut; L is the dose level given. Triangles below a line are infusions, circles above it "
        "are adverse events on the day of onset with their grade, side by side where they would "
        "cover each other. "
        f"n = {len(people)} treated of {len(state.subjects)} enrolled; "
        f"{plural(given, 'infusion')} given; {plural(events, 'adverse event')}."
    )


def _alternative(state: TrialState, people: tuple[Subject, ...]) -> str:
    cut = last_day(state)
    lines = "; ".join(_line(s, cut) for s in people)
    return f"Time in the trial of {plural(len(people), 'person', 'people')}. {lines}."


def _line(subject: Subject, cut: date | None) -> str:
    grades = [f"grade {e.grade} on day {study_day(subject, e.onset)}"
              for e in latest_reports(subject)]  # fmt: skip
    events = f", events: {listed(grades)}" if grades else ", no adverse event"
    how = subject.left.how.replace("_", " ") if subject.left else "still followed"
    return (
        f"{subject.number}: {plural(len(subject.given), 'infusion')}, {how} on day "
        f"{last_study_day(subject, cut)}{events}"
    )
