"""A design from plain parameters, as a protocol file or a command line states them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from trialwright.core.errors import InputError
from trialwright.design.design import Design
from trialwright.design.doses import Doses
from trialwright.design.methods import METHODS, method_name
from trialwright.design.parameters import flag, known
from trialwright.design.rules import RULES, cohorts, lowest_dose, no_skipping

# Parameters of rules that may be stated among a method's.
RULE_PARAMETERS = ("at_lowest_stay", "at_lowest_deescalate", "no_skipping")

MOST_RULES = 100  # stated for one design

# What a rule states again that a parameter can state.
_SAME = {
    "at_lowest_stay": "lowest_dose",
    "at_lowest_deescalate": "lowest_dose",
    "no_skipping": "no_skipping",
    "cutoff_eli": "elimination",
    "min_n_eli": "elimination",
    "extrasafe_offset": "elimination",
    "ewoc": "ewoc",
}

StatedRule: TypeAlias = tuple[str, Mapping[str, Any]]  # a name in RULES, and its parameters


def from_parameters(
    method: str,
    parameters: Mapping[str, Any],
    doses: Doses,
    schedule: str | Sequence[int] | None = None,
    start: int = 1,
    where: str = "design",
    *,
    rules: Sequence[StatedRule] = (),
) -> Design:
    """Return the design that a method's name, its parameters, rules and a schedule state.

    `parameters` are those of `parameter_names(method)`. InputError starts with `where` and names
    the parameter; an unknown name is answered with the nearest.

    >>> from_parameters("boin", {"target": 0.25, "at_lowest_stay": "stop"}, 2, (4, 8)).schedule
    (4, 8)
    """
    try:
        _check_stated_once(parameters, [name for name, _ in rules], schedule)
        design = _method(method_name(method), dict(parameters), doses, start)
        for name, stated in rules:
            design = _with_rule(design, name, stated)
        return design if schedule is None else design | cohorts(schedule)
    except InputError as error:
        raise InputError(f"{where}, {error.where}", error.what, error.wanted) from None


def parameter_names(method: str) -> tuple[str, ...]:
    """Return the names of a method's parameters, and of those that every method takes."""
    return (*_own(METHODS[method]), *RULE_PARAMETERS)


def _method(method: str, parameters: dict[str, Any], doses: Doses, start: int) -> Design:
    factory = METHODS[known("method", method, METHODS)]
    _check_names(method, factory, parameters, RULE_PARAMETERS)
    lowest = {
        name: parameters.pop(f"at_lowest_{name}")
        for name in ("stay", "deescalate")
        if f"at_lowest_{name}" in parameters
    }
    may_not_skip = flag("no_skipping", parameters.pop("no_skipping", False))
    design = factory(doses=doses, start=start, **parameters)
    if lowest:
        design |= lowest_dose(**lowest)
    return design | no_skipping() if may_not_skip else design


def _with_rule(design: Design, name: str, parameters: Mapping[str, Any]) -> Design:
    """Return the design with a rule by name; InputError names the rule and the parameter."""
    factory = RULES[known("rule", name, RULES)]
    try:
        _check_names(name, factory, parameters)
        design |= factory(**parameters)
    except InputError as error:
        place = error.where.removeprefix(f"rule {name}").lstrip(", ")
        where = f"rule {name}, {place}".rstrip(", ")
        raise InputError(where, error.what, error.wanted) from None
    return design


def _check_stated_once(
    parameters: Mapping[str, Any], rules: Sequence[str], schedule: object
) -> None:
    """Refuse a rule beside the parameter or the schedule that says the same."""
    if len(rules) > MOST_RULES:
        raise InputError("rules", f"{len(rules)} rules", f"at most {MOST_RULES}")
    for parameter in parameters:
        if (rule := _SAME.get(parameter)) in rules:
            raise InputError(
                f"rule {rule}",
                f"stated twice, as the parameter {parameter} too",
                "one statement",
            )
    if schedule is not None and "cohorts" in rules:
        raise InputError("rule cohorts", "stated twice, as the schedule too", "one statement")


def _check_names(
    what: str, factory: Callable[..., Any], stated: Mapping[str, Any], more: Sequence[str] = ()
) -> None:
    """Refuse a parameter that is not known, and the lack of one that has no default."""
    own = _own(factory)
    if "target" in stated and "target" not in own:
        raise InputError("parameter target", "stated", f"none: {what} has no target")
    for name in stated:
        known("parameter", name, (*own, *more))
    for name, parameter in own.items():
        if parameter.default is inspect.Parameter.empty and name not in stated:
            raise InputError(f"parameter {name}", "not stated", f"a value; {what} needs it")


def _own(factory: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(factory).parameters)
    return {name: found[name] for name in found if name not in ("doses", "start")}
