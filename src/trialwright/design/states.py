"""Many states at once: what methods and rules compute on, a row per state.

One implementation serves the single decision (one row), the graph (a level's rows) and simulation
(a row per trial), so that they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trialwright.design.model import Ending, Outcomes, Verdict

Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

COUNT = np.int16  # patients per dose; a course has at most MOST_PATIENTS
LEVEL = np.int8


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Outcomes so far, a row per state."""

    treated: Ints  # (states, doses)
    dlts: Ints  # (states, doses)
    current: Ints  # (states,) level of the last cohort, 0 before the first
    eliminated: Bools  # (states, doses)
    cohorts: Ints  # (states,) cohorts treated

    def __len__(self) -> int:
        return len(self.current)

    @property
    def doses(self) -> int:
        """The number of dose levels."""
        return int(self.treated.shape[1])

    def take(self, rows: Any) -> "States":
        """Return the rows that an index or a mask names."""
        return States(
            self.treated[rows],
            self.dlts[rows],
            self.current[rows],
            self.eliminated[rows],
            self.cohorts[rows],
        )

    def outcomes(self, row: int) -> Outcomes:
        """Return one row as a value."""
        return Outcomes(
            tuple(self.treated[row].tolist()),
            tuple(self.dlts[row].tolist()),
            int(self.current[row]),
            tuple((np.flatnonzero(self.eliminated[row]) + 1).tolist()),
            int(self.cohorts[row]),
        )

    def at_current(self) -> tuple[Ints, Ints]:
        """Return (treated, dlts) at each state's current level; level 1 before the first cohort."""
        rows = np.arange(len(self))
        column = np.maximum(self.current, 1) - 1
        return self.treated[rows, column], self.dlts[rows, column]


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """How a design resolved each state; see `Verdict` for the meaning of each entry."""

    wish: Ints  # (states,)
    proposed: Ints  # (states,)
    next_dose: Ints  # (states,) 0 where the trial ends
    ending: Ints  # (states,) an Ending
    admissible: Bools  # (states, doses)

    def verdict(self, row: int) -> Verdict:
        """Return one row as a value."""
        return Verdict(
            int(self.wish[row]),
            int(self.proposed[row]),
            int(self.next_dose[row]),
            Ending(int(self.ending[row])),
            tuple((np.flatnonzero(self.admissible[row]) + 1).tolist()),
        )


def nothing_treated(doses: int, rows: int = 1) -> States:
    """Return the state before the first cohort, `rows` times."""
    return States(
        np.zeros((rows, doses), COUNT),
        np.zeros((rows, doses), COUNT),
        np.zeros(rows, LEVEL),
        np.zeros((rows, doses), np.bool_),
        np.zeros(rows, COUNT),
    )


def one_state(outcomes: Outcomes) -> States:
    """Return a batch of one."""
    doses = len(outcomes.treated)
    return States(
        np.array([outcomes.treated], COUNT),
        np.array([outcomes.dlts], COUNT),
        np.array([outcomes.current], LEVEL),
        np.isin(np.arange(1, doses + 1), outcomes.eliminated)[None, :],
        np.array([outcomes.cohorts], COUNT),
    )


def stack_states(parts: Sequence[States]) -> States:
    """Put several batches under one another."""
    return States(
        np.concatenate([part.treated for part in parts]),
        np.concatenate([part.dlts for part in parts]),
        np.concatenate([part.current for part in parts]),
        np.concatenate([part.eliminated for part in parts]),
        np.concatenate([part.cohorts for part in parts]),
    )


def stack_resolutions(parts: Sequence[Resolution]) -> Resolution:
    """Put several resolutions under one another."""
    return Resolution(
        np.concatenate([part.wish for part in parts]),
        np.concatenate([part.proposed for part in parts]),
        np.concatenate([part.next_dose for part in parts]),
        np.concatenate([part.ending for part in parts]),
        np.concatenate([part.admissible for part in parts]),
    )
