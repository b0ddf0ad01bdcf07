"""Operating characteristics: what trials of a design do on average under true DLT rates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trialwright.design.states import Bools, Floats, Ints, States


@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """Expectations per trial; axis 0 is the curve."""

    true: Floats  # (curves, doses) true DLT rates
    selection: Floats  # (curves, doses + 1) probability that none, level 1, .. is recommended
    treated: Floats  # (curves, doses) mean patients
    dlts: Floats  # (curves, doses) mean patients with a DLT
    stopped_early: Floats  # (curves,) probability of ending before every planned cohort
    patients: Floats  # (curves,) mean patients

    def __len__(self) -> int:
        return len(self.true)


def weigh(true: Floats, treated: Ints, dlts: Ints, ways: Floats) -> Floats:
    """Return ways * prod p^dlts (1 - p)^(treated - dlts) for each curve and state (curves, states).

    A rate of exactly 0 or 1 is allowed: 0^0 is 1.
    """
    powers = np.arange(int(treated.max(initial=0)) + 1)
    toxic = true[:, :, None] ** powers  # (curves, doses, power)
    safe = (1.0 - true)[:, :, None] ** powers
    weights = np.repeat(ways[None, :], len(true), axis=0)
    for level in range(true.shape[1]):
        weights *= toxic[:, level].take(dlts[:, level], axis=1)
        weights *= safe[:, level].take(treated[:, level] - dlts[:, level], axis=1)
    return weights


def summarise(
    true: Floats, weights: Floats, ends: States, selection: Ints, early: Bools
) -> Behaviour:
    """Average over final states; `weights` (curves, ends) sum to 1 for each curve."""
    chosen = (selection[:, None] == np.arange(ends.doses + 1)).astype(np.float64)
    treated = weights @ ends.treated.astype(np.float64)
    return Behaviour(
        true=true,
        selection=weights @ chosen,
        treated=treated,
        dlts=weights @ ends.dlts.astype(np.float64),
        stopped_early=weights @ early.astype(np.float64),
        patients=treated.sum(axis=1),
    )


def combine(how: Callable[..., Floats], parts: Sequence[Behaviour], true: Floats) -> Behaviour:
    """Combine each expectation along axis 0, by `np.sum` or `np.concatenate`."""
    return Behaviour(
        true=true,
        selection=how([part.selection for part in parts], axis=0),
        treated=how([part.treated for part in parts], axis=0),
        dlts=how([part.dlts for part in parts], axis=0),
        stopped_early=how([part.stopped_early for part in parts], axis=0),
        patients=how([part.patients for part in parts], axis=0),
    )
