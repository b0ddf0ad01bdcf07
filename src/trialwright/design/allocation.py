"""A next dose that is drawn: some methods randomise, with probabilities that the outcomes set.

The probabilities depend on the state alone. So the decision graph stays exact: a state that is
followed by a draw has a branch for each dose, and the draw's probability is a factor of the ways
to reach what follows.
"""

from dataclasses import dataclass

import numpy as np

from trialwright.design.states import DRAWN, LEVEL, Bools, Floats, Ints, Resolution


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """Where states go on: a row for each state and dose that may follow it."""

    parent: Ints  # (branches,) row of the state
    dose: Ints  # (branches,)
    chance: Floats  # (branches,) of this dose in the state; 1 where nothing is drawn


def branches(resolution: Resolution) -> Branches:
    """Return the doses that may follow each state; none where the trial has ended."""
    parent = np.flatnonzero(resolution.next_dose)
    dose = resolution.next_dose[parent]
    if resolution.allocation is None:
        return Branches(parent, dose, np.ones(len(parent)))
    levels = np.arange(1, resolution.allocation.shape[1] + 1)
    fixed = (dose[:, None] == levels).astype(np.float64)
    chances = np.where(dose[:, None] == DRAWN, resolution.allocation[parent], fixed)
    row, column = np.nonzero(chances)
    return Branches(parent[row], (column + 1).astype(LEVEL), chances[row, column])


def spread(allocation: Floats, allowed: Bools) -> Floats:
    """Return the probabilities (states, doses) after all bars; zeros where nothing is left.

    As with a fixed wish, a level that is barred stands for the highest allowed one below it.
    Where there is none below, the others take its share.
    """
    found = np.zeros(allocation.shape)
    rows = np.arange(len(allocation))
    below = np.full(len(allocation), -1)
    for column in range(allocation.shape[1]):
        below = np.where(allowed[:, column], column, below)
        found[rows, np.maximum(below, 0)] += np.where(below >= 0, allocation[:, column], 0.0)
    total = found.sum(axis=1, keepdims=True)
    scaled: Floats = np.divide(found, total, out=np.zeros_like(found), where=total > 0)
    return scaled


def draw_doses(next_dose: Ints, allocation: Floats, uniform: Floats) -> Ints:
    """Return the dose of each state, drawn by inversion where one is to be drawn (states,)."""
    below = np.cumsum(allocation[:, :-1], axis=1)
    drawn = 1 + (uniform[:, None] >= below).sum(axis=1)
    # Rounding may leave the sum just below 1: never draw a level above the last possible one.
    last = allocation.shape[1] - np.argmax(allocation[:, ::-1] > 0, axis=1)
    return np.where(next_dose == DRAWN, np.minimum(drawn, last), next_dose).astype(LEVEL)
