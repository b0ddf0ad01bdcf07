"""Dose path: people in the order of enrolment, their level and outcome, the gates between them."""

from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trialwright.analysis.groups import level_given
from trialwright.analysis.populations import last_day
from trialwright.conduct.clocks import dlt_clock
from trialwright.conduct.events import BoardDecided, GateHeld
from trialwright.conduct.model import Subject, TrialState
from trialwright.protocol.model import Protocol
from trialwright.results.decisions import board_short, decision_of
from trialwright.results.figures.render import Drawn, Words, render
from trialwright.results.figures.style import (
    ALARM,
    GRID,
    INK,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    level_colour,
)
from trialwright.results.words import dose, listed, plural

NAME = "dose_path"
HEADROOM = 0.85  # levels above the top one, where the gates are named
OUTCOMES = {  # letter: (marker, what it means)
    "N": ("o", "no dose-limiting toxicity"),
    "T": ("s", "dose-limiting toxicity"),
    "P": ("D", "still in the window"),
    "–": ("o", "not evaluable"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One person on the path."""

    who: str
    level: int
    cohort: int
    outcome: str  # N, T, P or an en dash


def steps(state: TrialState) -> tuple[Step, ...]:
    """Return everyone enrolled, in order, with the level given (else the level assigned)."""
    day = last_day(state)
    return tuple(_step(subject, state.protocol, day) for subject in state.subjects.values())


def _step(subject: Subject, protocol: Protocol, day: date | None) -> Step:
    clock = dlt_clock(protocol, subject, day) if day else None
    level = level_given(subject, protocol) or subject.enrolled.level
    letter = {"dlt": "T", "complete": "N", "not_evaluable": "–"}
    outcome = letter.get(clock.status, "P") if clock else "P"
    return Step(subject.number, level, subject.enrolled.cohort, outcome)


def dose_path(state: TrialState) -> Drawn:
    """Draw the dose path."""
    path = steps(state)
    width = max(6.4, 0.42 * len(path) + 2.4)
    height = 1.9 + 0.75 * len(state.protocol.dose_levels)
    words = Words(NAME, "Dose path", _caption(state, path), _alternative(state, path))
    return render(
        words, lambda figure: _paint(figure, state, path), (width, height),
        simulated=state.simulated,
    )  # fmt: skip


def _paint(figure: Figure, state: TrialState, path: tuple[Step, ...]) -> None:
    axes = figure.add_subplot()
    top = max(d.level for d in state.protocol.dose_levels)
    axes.set_ylim(0.45, top + HEADROOM)
    axes.set_xlim(0.3, max(len(path), 1) + 1.3)
    axes.set_yticks(range(1, top + 1), [f"Level {k}" for k in range(1, top + 1)])
    names = [step.who for step in path]
    axes.set_xticks(range(1, len(path) + 1), names)
    if max(map(len, names), default=0) > 4:
        axes.tick_params(axis="x", labelrotation=45)
    axes.set_xlabel("People in the order of enrolment")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.plot(range(1, len(path) + 1), [s.level for s in path], color=MUTED, lw=1.2, zorder=1,
              drawstyle="steps-mid")  # fmt: skip
    for place, step in enumerate(path, start=1):
        _person(axes, place, step)
    for gate in state.gates:
        _gate(axes, path, gate, decision_of(state, gate), top)
    if not path:
        axes.text(0.5, 0.5, "Nobody was enrolled", transform=axes.transAxes, ha="center")


def _person(axes: Axes, place: int, step: Step) -> None:
    toxic, odd = step.outcome == "T", step.outcome in "P–"
    edge = ALARM if toxic else level_colour(step.level)
    axes.plot(
        place, step.level, marker=OUTCOMES[step.outcome][0], markersize=17 if not odd else 16,
        markerfacecolor=ALARM if toxic else PAPER, markeredgecolor=MUTED if odd else edge,
        markeredgewidth=1.8, linestyle="none", zorder=3,
    )  # fmt: skip
    axes.text(
        place, step.level, step.outcome, ha="center", va="center_baseline", fontsize=TEXT,
        weight="bold", color=PAPER if toxic else INK, zorder=4,
    )  # fmt: skip


def _gate(
    axes: Axes, path: tuple[Step, ...], gate: GateHeld, decision: BoardDecided | None, top: int
) -> None:
    places = [k for k, step in enumerate(path, start=1) if step.cohort == gate.cohort]
    x = max(places, default=0) + 0.5
    axes.axvline(x, color=MUTED, linestyle=(0, (4, 3)), linewidth=1)
    last = x > len(path)
    for line, text in enumerate((f"Gate {gate.gate}", board_short(decision))):
        axes.annotate(
            text, (x, top + HEADROOM), (-5 if last else 5, -2 - 12 * line),
            textcoords="offset points", ha="right" if last else "left", va="top",
            fontsize=SMALL, color=INK, weight="normal" if line else "bold",
        )  # fmt: skip


def _counted(path: tuple[Step, ...], level: int) -> str:
    own = [step for step in path if step.level == level]
    if not own:
        return f"level {level}: nobody"
    toxic = sum(step.outcome == "T" for step in own)
    known = sum(step.outcome in "NT" for step in own)
    return f"level {level}: {toxic} of {known} evaluable with a dose-limiting toxicity"


def _caption(state: TrialState, path: tuple[Step, ...]) -> str:
    used = dict.fromkeys(step.outcome for step in path)
    key = ", ".join(f"{letter} {OUTCOMES[letter][1]}" for letter in OUTCOMES if letter in used)
    levels = listed([f"level {d.level} is {dose(state.protocol, d.level)}"
                     for d in state.protocol.dose_levels])  # fmt: skip
    counts = listed([_counted(path, d.level) for d in state.protocol.dose_levels])
    return (
        f"Each mark is one person at the dose level given; {levels} per infusion. "
        f"{key[:1].upper()}{key[1:]}. Dashed lines are gates, with the board's decision. "
        f"n = {len(path)} enrolled; {counts}."
    )


def _alternative(state: TrialState, path: tuple[Step, ...]) -> str:
    runs = "; ".join(
        f"cohort {c}, " + ", ".join(f"{s.who} level {s.level} {s.outcome}" for s in path
                                    if s.cohort == c)
        for c in dict.fromkeys(step.cohort for step in path)
    )  # fmt: skip
    gates = "; ".join(
        f"gate {g.gate} after cohort {g.cohort}: {board_short(decision_of(state, g))}"
        for g in state.gates
    )
    return f"Dose path of {plural(len(path), 'person', 'people')}. {runs}. {gates}.".strip()
