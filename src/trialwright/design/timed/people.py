"""Patients one by one, for methods that count a patient whose window is still open."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trialwright.design.states import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class People:
    """Everyone treated so far: a row per trial, a column per patient in order of entry."""

    dose: Ints  # (trials, patients) level; 0 where the trial has no such patient yet
    dlt: Bools  # (trials, patients) a DLT has been seen
    followed: Floats  # (trials, patients) share of the DLT window followed, 0 to 1; 1 with a DLT
    # (trials, patients) share of the window at which the DLT came, anything where there was none;
    # None where the times are not known, which only some weights need.
    onset: Floats | None = None

    def __len__(self) -> int:
        return len(self.dose)

    @property
    def pending(self) -> Bools:
        """Who has no DLT so far and is still in the window (trials, patients)."""
        return (self.dose > 0) & ~self.dlt & (self.followed < 1.0)

    @cached_property
    def pending_places(self) -> tuple[Ints, Ints]:
        """The pending patients as (row, column), row by row; both (pending patients,)."""
        row, column = np.nonzero(self.pending)
        return row, column
