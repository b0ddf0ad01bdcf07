"""Operating characteristics: what trials of a design do on average under true rates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trialwright.design.curves import TrueRates
from trialwright.design.states import Bools, Floats, Ints, States


@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """Expectations per trial; axis 0 is the curve."""

    true: TrueRates  # the true rates
    selection: Floats  # (curves, doses + 1) probability that none, level 1, .. is recommended
    treated: Floats  # (curves, doses) mean patients
    dlts: Floats  # (curves, doses) mean patients with a DLT
    responses: Floats  # (curves, doses) mean patients with a response; (curves, 0) without them
    stopped_early: Floats  # (curves,) probability of ending before completion
    patients: Floats  # (curves,) mean patients

    def __len__(self) -> int:
        return len(self.true)


def weigh(truth: TrueRates, states: States, ways: Floats) -> Floats:
    """Return ways * the product over levels and patients of their rates (curves, states).

    A rate of exactly 0 or 1 is allowed: 0^0 is 1.
    """
    powers = np.arange(int(states.treated.max(initial=0)) + 1)
    weights = np.repeat(ways[None, :], len(truth), axis=0)
    counts = states.treated, states.dlts, states.responses, states.both
    for rate, count in truth.kinds(*counts):
        table = rate[:, :, None] ** powers  # (curves, doses, power)
        for level in range(states.doses):
            weights *= table[:, level].take(count[:, level], axis=1)
    return weights


def summarise(
    truth: TrueRates, weights: Floats, ends: States, selection: Ints, early: Bools
) -> Behaviour:
    """Average over final states; `weights` (curves, ends) sum to 1 for each curve."""
    chosen = (selection[:, None] == np.arange(ends.doses + 1)).astype(np.float64)
    treated = weights @ ends.treated.astype(np.float64)
    return Behaviour(
        true=truth,
        selection=weights @ chosen,
        treated=treated,
        dlts=weights @ ends.dlts.astype(np.float64),
        responses=weights @ ends.responses.astype(np.float64),
        stopped_early=weights @ early.astype(np.float64),
        patients=treated.sum(axis=1),
    )


def selection_error(behaviour: Behaviour, trials: int) -> Floats:
    """Return the standard error of each selection from simulated trials (curves, doses + 1).

    NaN for a single trial. It is 0 where no trial or every trial selects a level: then the share is
    within 3 / trials of the true one (the 95 % limit known as the rule of three).
    """
    chosen = np.clip(behaviour.selection, 0, 1)
    error: Floats = np.sqrt(chosen * (1 - chosen) / trials)
    return error if trials > 1 else np.full_like(error, np.nan)


def combine(how: Callable[..., Floats], parts: Sequence[Behaviour], truth: TrueRates) -> Behaviour:
    """Combine each expectation along axis 0, by `np.sum` or `np.concatenate`."""
    return Behaviour(
        true=truth,
        selection=how([part.selection for part in parts], axis=0),
        treated=how([part.treated for part in parts], axis=0),
        dlts=how([part.dlts for part in parts], axis=0),
        responses=how([part.responses for part in parts], axis=0),
        stopped_early=how([part.stopped_early for part in parts], axis=0),
        patients=how([part.patients for part in parts], axis=0),
    )
