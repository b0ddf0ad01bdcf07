"""Patients one by one, for methods that count a patient whose window is still open."""

from dataclasses import dataclass

from trialwright.design.states import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Everyone treated so far: a row per trial, a column per patient in order of entry."""

    dose: Ints  # (trials, patients) level; 0 where the trial has no such patient yet
    dlt: Bools  # (trials, patients) a DLT has been seen
    followed: Floats  # (trials, patients) share of the DLT window followed, 0 to 1; 1 with a DLT

    def __len__(self) -> int:
        return len(self.dose)

    @property
    def pending(self) -> Bools:
        """Who has no DLT so far and is still in the window (trials, patients)."""
        return (self.dose > 0) & ~self.dlt & (self.followed < 1.0)
