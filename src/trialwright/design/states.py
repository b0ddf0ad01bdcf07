"""Many states at once: what methods and rules compute on, a row per state.

One implementation serves the single decision (one row), the graph (a level's rows) and simulation
(a row per trial), so that they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from trialwright.design.model import Ending, Outcomes, Resolved

Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

COUNT = np.int16  # patients per dose; a course has at most MOST_PATIENTS
LEVEL = np.int8
DRAWN = -1  # instead of a level: the next dose is drawn


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Outcomes so far, a row per state.

    A design of toxicity alone has no columns in `responses` and `both`: (states, 0).
    """

    treated: Ints  # (states, doses)
    dlts: Ints  # (states, doses)
    current: Ints  # (states,) level of the last cohort, 0 before the first
    eliminated: Bools  # (states, doses)
    cohorts: Ints  # (states,) cohorts treated
    responses: Ints  # (states, doses) patients with a response
    both: Ints  # (states, doses) patients with a response and a DLT

    def __len__(self) -> int:
        return len(self.current)

    @property
    def doses(self) -> int:
        """The number of dose levels."""
        return int(self.treated.shape[1])

    def take(self, rows: Any) -> "States":
        """Return the rows that an index or a mask names."""
        return States(*(getattr(self, field.name)[rows] for field in fields(self)))

    def outcomes(self, row: int) -> Outcomes:
        """Return one row as a value."""
        return Outcomes(
            tuple(self.treated[row].tolist()),
            tuple(self.dlts[row].tolist()),
            int(self.current[row]),
            tuple((np.flatnonzero(self.eliminated[row]) + 1).tolist()),
            int(self.cohorts[row]),
            responses=tuple(self.responses[row].tolist()),
            both=tuple(self.both[row].tolist()),
        )

    def at_current(self) -> tuple[Ints, Ints]:
        """Return (treated, dlts) at each state's current level; level 1 before the first cohort."""
        rows = np.arange(len(self))
        column = np.maximum(self.current, 1) - 1
        return self.treated[rows, column], self.dlts[rows, column]


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """How a design resolved each state; see `Resolved` for the meaning of each entry."""

    wish: Ints  # (states,)
    proposed: Ints  # (states,)
    next_dose: Ints  # (states,) 0 where the trial ends, DRAWN where the dose is drawn
    ending: Ints  # (states,) an Ending
    admissible: Bools  # (states, doses)
    allocation: Floats | None = None  # (states, doses) for a method that randomises
    draws: Bools | None = None  # (states,) where such a method would draw among several levels

    def take(self, rows: Any) -> "Resolution":
        """Return the rows that an index or a mask names."""
        values: list[Any] = [getattr(self, field.name) for field in fields(self)]
        taken: list[Any] = [None if value is None else value[rows] for value in values]
        return Resolution(*taken)

    def verdict(self, row: int) -> Resolved:
        """Return one row as a value."""
        return Resolved(
            int(self.wish[row]),
            int(self.proposed[row]),
            int(self.next_dose[row]),
            Ending(int(self.ending[row])),
            tuple((np.flatnonzero(self.admissible[row]) + 1).tolist()),
            self._allocation(row),
            self.draws is not None and bool(self.draws[row]),
        )

    def _allocation(self, row: int) -> tuple[float, ...]:
        if self.allocation is None or self.next_dose[row] != DRAWN:
            return ()
        return tuple(self.allocation[row].tolist())


def nothing_treated(doses: int, rows: int = 1, *, responses: bool = False) -> States:
    """Return the state before the first cohort, `rows` times."""
    columns = doses if responses else 0
    return States(
        np.zeros((rows, doses), COUNT),
        np.zeros((rows, doses), COUNT),
        np.zeros(rows, LEVEL),
        np.zeros((rows, doses), np.bool_),
        np.zeros(rows, COUNT),
        np.zeros((rows, columns), COUNT),
        np.zeros((rows, columns), COUNT),
    )


def toxicity_states(
    treated: Ints, dlts: Ints, current: Ints, eliminated: Bools, cohorts: Ints
) -> States:
    """Return states of a design that looks at toxicity alone."""
    none = np.zeros((len(current), 0), COUNT)
    return States(treated, dlts, current, eliminated, cohorts, none, none)


def one_state(outcomes: Outcomes) -> States:
    """Return a batch of one."""
    doses = len(outcomes.treated)
    return States(
        np.array([outcomes.treated], COUNT),
        np.array([outcomes.dlts], COUNT),
        np.array([outcomes.current], LEVEL),
        np.isin(np.arange(1, doses + 1), outcomes.eliminated)[None, :],
        np.array([outcomes.cohorts], COUNT),
        np.array([outcomes.responses], COUNT).reshape(1, -1),
        np.array([outcomes.both], COUNT).reshape(1, -1),
    )


def stack_states(parts: Sequence[States]) -> States:
    """Put several batches under one another."""
    names = [field.name for field in fields(States)]
    return States(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def stack_resolutions(parts: Sequence[Resolution]) -> Resolution:
    """Put several resolutions under one another."""
    names = [field.name for field in fields(Resolution)]
    columns: list[list[Any]] = [[getattr(part, name) for part in parts] for name in names]
    joined: list[Any] = [None if c[0] is None else np.concatenate(c) for c in columns]
    return Resolution(*joined)
