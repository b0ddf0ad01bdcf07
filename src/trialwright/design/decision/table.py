"""The decision table: what follows from y DLTs among n treated at one dose level."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from trialwright.core.errors import Refused
from trialwright.design.parameters import whole
from trialwright.design.states import COUNT, LEVEL, States, toxicity_states

if TYPE_CHECKING:
    from trialwright.design.design import Design

MOST_TABLE = 200  # patients at one level


class Move(Enum):
    """The four entries of a decision table."""

    ESCALATE = "escalate"
    STAY = "stay"
    DE_ESCALATE = "de-escalate"
    ELIMINATE = "eliminate"

    @property
    def letter(self) -> str:
        """One letter, so that a table reads without colour."""
        return _LETTERS[self]


_LETTERS = {
    Move.ESCALATE: "E",
    Move.STAY: "S",
    Move.DE_ESCALATE: "D",
    Move.ELIMINATE: "X",
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """The decision with `dlts` DLTs among `n` treated at the current level."""

    n: int
    dlts: int
    decision: Move


def decision_table(design: "Design", most: int) -> tuple[TableRow, ...]:
    """Return a row for each (n, dlts) with 1 <= n <= most.

    The level meant is one that has a level below it (level 2, or 1 of a one-level design): what the
    lowest level does otherwise is in its rule. Raises Refused where the method looks at other
    levels too.
    """
    if not design.method.local:
        raise Refused(
            "decision table",
            f"a {design.method.name} decision depends on all dose levels",
            "the trial's outcomes (decide) or its courses (paths)",
        )
    whole("most", most, 1, MOST_TABLE)
    states = _single_level(design.doses, most)
    wish = design.method.wish(states)
    level = int(states.current[0])
    eliminated = design.eliminates(states)[:, level - 1]
    moves = np.sign(wish.astype(int) - level)
    return tuple(
        TableRow(int(n), int(y), Move.ELIMINATE if gone else _MOVES[int(move)])
        for n, y, move, gone in zip(
            states.treated[:, level - 1], states.dlts[:, level - 1], moves, eliminated, strict=True
        )
    )


_MOVES = {1: Move.ESCALATE, 0: Move.STAY, -1: Move.DE_ESCALATE}


def _single_level(doses: int, most: int) -> States:
    """Return every (n, dlts) at one level, with nobody treated at the others."""
    pairs = np.array([(n, y) for n in range(1, most + 1) for y in range(n + 1)])
    level = min(2, doses)
    treated = np.zeros((len(pairs), doses), COUNT)
    dlts = np.zeros_like(treated)
    treated[:, level - 1], dlts[:, level - 1] = pairs.T
    return toxicity_states(
        treated,
        dlts,
        np.full(len(pairs), level, LEVEL),
        np.zeros(treated.shape, np.bool_),
        np.ones(len(pairs), COUNT),
    )


@dataclass(frozen=True, slots=True)
class Boundary:
    """The decisions at one number treated, as protocols print them; None where there is none."""

    n: int
    escalate_up_to: int | None  # DLTs
    deescalate_from: int | None
    eliminate_from: int | None


def boundaries(rows: tuple[TableRow, ...]) -> tuple[Boundary, ...]:
    """Return the boundaries of a decision table, a row per number treated.

    >>> from trialwright.design import boin
    >>> boundaries(boin(target=0.3, doses=5).table(3))[-1]
    Boundary(n=3, escalate_up_to=0, deescalate_from=2, eliminate_from=3)
    """
    return tuple(
        _boundary(n, {row.dlts: row.decision for row in rows if row.n == n})
        for n in sorted({row.n for row in rows})
    )


def _boundary(n: int, moves: dict[int, Move]) -> Boundary:
    up = [dlts for dlts, move in moves.items() if move is Move.ESCALATE]
    down = [d for d, move in moves.items() if move in (Move.DE_ESCALATE, Move.ELIMINATE)]
    gone = [dlts for dlts, move in moves.items() if move is Move.ELIMINATE]
    return Boundary(n, max(up, default=None), min(down, default=None), min(gone, default=None))


def possible_sizes(schedule: tuple[int, ...]) -> tuple[int, ...]:
    """Return how many patients a schedule can put at one level, ascending.

    >>> possible_sizes((4, 8))
    (4, 8, 12)
    """
    totals = {0}
    for size in schedule:
        totals |= {total + size for total in totals}
    return tuple(sorted(totals - {0}))
