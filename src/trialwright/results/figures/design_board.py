"""What a safety board may see in a small trial: each count of DLTs by dose, and what follows."""

from dataclasses import dataclass

import numpy as np

from trialwright.core.limits import clopper_pearson, one_sided_upper
from trialwright.design import Design, Graph
from trialwright.design.behaviour.averages import weigh
from trialwright.design.curves import TrueRates
from trialwright.design.decision.table import Move
from trialwright.design.states import DRAWN, Floats
from trialwright.results.figures.design_words import recommended
from trialwright.results.words import plural


@dataclass(frozen=True, slots=True)
class Count:
    """`dlts` of the patients treated at a level, when a cohort there has been followed up.

    `moves` is what the method says of it, `follows` what the trial does; each has several entries
    only where that depends on other doses or cohorts. `probability` of the trial coming to it has
    one entry per curve. Limits are exact (Clopper-Pearson) at 95 %: `lower` and `upper` two-sided,
    `one_sided` the upper limit of a one-sided interval.
    """

    dlts: int
    moves: tuple[Move, ...]
    follows: tuple[str, ...]
    probability: tuple[float, ...]
    lower: float
    upper: float
    one_sided: float


@dataclass(frozen=True, slots=True)
class Panel:
    """Every count that may be seen with `treated` patients at a level."""

    level: int
    treated: int
    counts: tuple[Count, ...]

    @property
    def probability(self) -> tuple[float, ...]:
        """The probability of the trial coming here, under each curve."""
        return tuple(sum(p) for p in zip(*(c.probability for c in self.counts), strict=True))


def panels_of(design: Design, truth: TrueRates) -> tuple[Panel, ...]:
    """Return a panel per level and number treated there, in that order."""
    graph = design.graph()
    weights = weigh(truth, graph.states, graph.ways)
    rows = _rows(graph)
    places = sorted({(level, n) for level, n, _ in rows})
    return tuple(
        Panel(
            level, n,
            tuple(
                _count(graph, (level, n, y), rows[level, n, y], weights)
                for y in range(n + 1) if (level, n, y) in rows
            ),
        )
        for level, n in places
    )  # fmt: skip


def _rows(graph: Graph) -> dict[tuple[int, int, int], list[int]]:
    """Return the states by (level, treated there, DLTs there); not the one before the start."""
    treated, dlts = graph.states.at_current()
    found: dict[tuple[int, int, int], list[int]] = {}
    for row in range(1, len(graph)):
        key = int(graph.states.current[row]), int(treated[row]), int(dlts[row])
        found.setdefault(key, []).append(row)
    return found


def _count(graph: Graph, key: tuple[int, int, int], rows: list[int], weights: Floats) -> Count:
    level, n, y = key
    limits = clopper_pearson(y, n)
    moves = {_move(graph, row, level) for row in rows}
    return Count(
        y,
        tuple(move for move in Move if move in moves),
        tuple(dict.fromkeys(_follows(graph, row) for row in rows)),
        tuple(weights[:, rows].sum(axis=1).tolist()),
        limits.lower,
        limits.upper,
        one_sided_upper(y, n),
    )


def _move(graph: Graph, row: int, level: int) -> Move:
    if graph.states.eliminated[row, level - 1]:
        return Move.ELIMINATE
    step = int(graph.resolution.wish[row]) - level
    return Move.STAY if step == 0 else Move.ESCALATE if step > 0 else Move.DE_ESCALATE


def _follows(graph: Graph, row: int) -> str:
    next_dose = int(graph.resolution.next_dose[row])
    if next_dose:
        size = plural(graph.design.schedule[int(graph.states.cohorts[row])], "patient")
        return f"{'a dose is drawn' if next_dose == DRAWN else f'dose {next_dose}'}, {size}"
    chosen = int(graph.selection[np.searchsorted(graph.final, row)])
    return f"ends: {recommended(chosen or None)}"
