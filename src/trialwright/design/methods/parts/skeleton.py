"""Prior guesses of the DLT rates: stated, or by indifference intervals.

The indifference interval of a level is the set of DLT rates at the level above it (or below it)
that a one-parameter model cannot tell from the target. A skeleton by indifference intervals makes
all of them target +- halfwidth: between neighbouring levels k and k + 1 there is a parameter at
which the rate is target - halfwidth at k and target + halfwidth at k + 1. Lee and Cheung 2009,
Clin Trials 6:227; Cheung 2011, section 5.2.
"""

from collections.abc import Callable
from itertools import pairwise
from math import exp, log

from trialwright.core.errors import InputError
from trialwright.design.parameters import items, rate


def indifference_skeleton(
    halfwidth: float,
    target: float,
    prior_mtd: int,
    doses: int,
    *,
    model: str = "empiric",
    intercept: float = 3.0,
) -> tuple[float, ...]:
    """Return a skeleton whose level `prior_mtd` has the target as its prior guess.

    `model` is `empiric` or one of the logistic ones, with their intercept. Raises InputError where
    the guesses leave the range between 0 and 1, or target + halfwidth that of the model.

    >>> [round(rate, 3) for rate in indifference_skeleton(0.05, 0.25, 3, 5)]
    [0.084, 0.157, 0.25, 0.355, 0.46]
    """
    scale, back = _scales(model, intercept)
    low, middle, high = (scale(target + by) for by in (-halfwidth, 0.0, halfwidth))
    if not low < middle < high < 0:
        raise InputError(
            "parameter halfwidth", f"{halfwidth:g}", "less, or a higher intercept in the model"
        )
    ratio = low / high  # of neighbouring labels, which a change of the parameter does not alter
    labels = [middle * ratio ** (prior_mtd - level) for level in range(1, doses + 1)]
    rates = tuple(back(label) for label in labels)
    if not all(below < above for below, above in pairwise((0.0, *rates, 1.0))):
        raise InputError("parameter halfwidth", f"{halfwidth:g}", "less, for so many levels")
    return rates


def _scales(
    model: str, intercept: float
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Return rate -> label on the model's linear scale, and back."""
    if model == "empiric":
        return log, exp
    return (
        lambda rate: log(rate / (1 - rate)) - intercept,
        lambda label: 1 / (1 + exp(-intercept - label)) if intercept + label > -700 else 0.0,
    )


def stated_skeleton(value: object, doses: int) -> tuple[float, ...]:
    """Return a stated skeleton: a rate for each level, rising; raise InputError else."""
    stated = items(value) or (value,)
    wanted = f"{doses} rates that rise between 0 and 1, one for each dose level"
    if len(stated) != doses:
        raise InputError("parameter skeleton", f"{len(stated)} stated", wanted)
    rates = [0.0]
    for level, stated_rate in enumerate(stated, 1):
        rates.append(rate(f"skeleton, level {level}", stated_rate, rates[-1]))
    return tuple(rates[1:])
