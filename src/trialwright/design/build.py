"""A design from plain parameters, as a protocol file or a command line states them."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from trialwright.core.errors import InputError
from trialwright.design.design import Design
from trialwright.design.methods import METHODS
from trialwright.design.parameters import flag, known
from trialwright.design.rules import cohorts, lowest_dose, no_skipping

# Parameters of rules, which every method takes.
RULE_PARAMETERS = ("at_lowest_stay", "at_lowest_deescalate", "no_skipping")


def from_parameters(
    method: str,
    parameters: Mapping[str, Any],
    doses: int,
    schedule: str | Sequence[int] | None = None,
    start: int = 1,
    where: str = "design",
    *,
    at_lowest_stay: str = "continue",
    at_lowest_deescalate: str = "continue",
) -> Design:
    """Return the design that a method's name, its parameters and a schedule state.

    `parameters` are those of `parameter_names(method)`; what `stay` and `de-escalate` mean at the
    lowest level (`continue` or `stop`) may be stated there or by keyword. InputError starts with
    `where` and names the parameter; an unknown name is answered with the nearest.

    >>> from_parameters("boin", {"target": 0.25, "at_lowest_stay": "stop"}, 2, (4, 8)).schedule
    (4, 8)
    """
    try:
        stated = {
            "at_lowest_stay": at_lowest_stay,
            "at_lowest_deescalate": at_lowest_deescalate,
            **parameters,
        }
        return _build(method, stated, doses, schedule, start)
    except InputError as error:
        raise InputError(f"{where}, {error.where}", error.what, error.wanted) from None


def parameter_names(method: str) -> tuple[str, ...]:
    """Return the names of a method's parameters, and of those that every method takes."""
    return (*_own_parameters(method), *RULE_PARAMETERS)


def _build(
    method: str,
    parameters: dict[str, Any],
    doses: int,
    schedule: str | Sequence[int] | None,
    start: int,
) -> Design:
    names = parameter_names(known("method", method, METHODS))
    for name in parameters:
        known("parameter", name, names)
    for name in _required(method):
        if name not in parameters:
            raise InputError(f"parameter {name}", "not stated", f"a value; {method} needs it")
    stay, deescalate = parameters.pop("at_lowest_stay"), parameters.pop("at_lowest_deescalate")
    may_not_skip = flag("no_skipping", parameters.pop("no_skipping", False))
    design = METHODS[method](doses=doses, start=start, **parameters)
    design |= lowest_dose(stay, deescalate)
    if may_not_skip:
        design |= no_skipping()
    return design | cohorts(schedule) if schedule is not None else design


def _own_parameters(method: str) -> dict[str, inspect.Parameter]:
    own = dict(inspect.signature(METHODS[method]).parameters)
    return {name: own[name] for name in own if name not in ("doses", "start")}


def _required(method: str) -> tuple[str, ...]:
    own = _own_parameters(method)
    return tuple(n for n, p in own.items() if p.default is inspect.Parameter.empty)
