"""What single trials did, as a row of whole numbers each, so that sums over trials are exact.

The columns are those of `Measures`, in its order; `split` gives them their names back.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.behaviour.graph import Graph
from trialwright.design.curves import TrueRates
from trialwright.design.states import Bools, Floats, Ints, States

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Averages over trials, or differences or errors of them; axis 0 is the curve."""

    selection: Floats  # (curves, doses + 1) none, level 1, ..
    treated: Floats  # (curves, doses) patients
    dlts: Floats  # (curves, doses) patients with a DLT
    responses: Floats  # (curves, doses) patients with a response; (curves, 0) without them
    stopped_early: Floats  # (curves,) ended before completion
    patients: Floats  # (curves,) over all levels
    all_dlts: Floats  # (curves,) over all levels
    all_responses: Floats  # (curves,) over all levels; 0 without them

    def behaviour(self, truth: TrueRates) -> Behaviour:
        """Return averages as operating characteristics."""
        return Behaviour(
            truth,
            self.selection,
            self.treated,
            self.dlts,
            self.responses,
            self.stopped_early,
            self.patients,
        )


def tally(ends: States, selection: Ints, early: Bools, responses: Ints | None = None) -> Counts:
    """Return a row for each ended trial (trials, columns).

    `selection` (trials,) is the level recommended, `early` whether the trial ended before it was
    complete; `responses` (trials, doses) are counted where the design does not look at them.
    """
    answers = ends.responses if responses is None else responses
    columns = [
        selection[:, None] == np.arange(ends.doses + 1),
        *(ends.treated, ends.dlts, answers),
        early[:, None],
        *(counts.sum(axis=1, keepdims=True) for counts in (ends.treated, ends.dlts, answers)),
    ]
    return np.concatenate(columns, axis=1, dtype=np.int64)


def tally_ends(graph: Graph) -> Counts:
    """Return the row of each final state of a graph (ends, columns)."""
    ends = graph.states.take(graph.final)
    concluded = graph.design.concluded(ends, graph.resolution.take(graph.final))
    return tally(ends, concluded.selection, concluded.early)


def split(values: Floats, doses: int, responses: bool) -> Measures:
    """Give columns (curves, columns) their names."""
    parts = np.split(values, np.cumsum(_widths(doses, responses))[:-1], axis=1)
    return Measures(*parts[:4], *(part[:, 0] for part in parts[4:]))


def count_columns(doses: int, responses: bool) -> int:
    """Return how many columns a tally has."""
    return sum(_widths(doses, responses))


def _widths(doses: int, responses: bool) -> tuple[int, ...]:
    return (doses + 1, doses, doses, doses if responses else 0, 1, 1, 1, 1)
