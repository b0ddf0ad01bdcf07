"""The escalation that a protocol states, as a design; its faults by file, line and key."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import msgspec

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree
from trialwright.design import METHODS, Design, from_parameters
from trialwright.design.build import parameter_names
from trialwright.design.doses import DoseSet
from trialwright.design.methods import method_name
from trialwright.design.parameters import known
from trialwright.protocol.model import Escalation, Protocol
from trialwright.protocol.service import load_with_lines

_WHERE = "protocol, escalation"

# What every protocol states: the key, the method's parameter that it becomes, and the rule that
# would state it again. The schedule is the protocol's own, too.
_COMMON = (
    ("target", "target", ""),
    ("cutoff_eli", "cutoff_eli", "elimination"),
    ("lowest_dose_stay", "at_lowest_stay", "lowest_dose"),
    ("lowest_dose_deescalate", "at_lowest_deescalate", "lowest_dose"),
)

# Where an error is about something outside the escalation: the path that it means.
_ELSEWHERE = (
    (re.compile(r"parameter doses\b"), "$.dose_levels"),
    (re.compile(r"parameter start\b"), "$.cohorts[0].planned_level"),
    (re.compile(r"cohorts\b"), "$.cohorts"),
)
_RULE = re.compile(r"rule (\w+)")
_PARAMETER = re.compile(r"parameter (\w+)")


def design_of(protocol: Protocol) -> Design:
    """Return the protocol's escalation rule as a design; InputError names what it cannot be."""
    levels = tuple(level.amount.value for level in protocol.dose_levels)
    start = protocol.cohorts[0].planned_level.value
    plan = protocol.escalation, levels, protocol.dosing.unit, protocol.schedule, start
    return _design(msgspec.json.encode(plan))


def load_with_design(
    data: bytes, name: str, on: date | None = None
) -> tuple[Protocol, YamlTree, Design]:
    """Read a protocol whose escalation is a design; InputError names file, line and key."""
    protocol, tree = load_with_lines(data, name, on)
    try:
        return protocol, tree, design_of(protocol)
    except InputError as error:
        place = error.where.removeprefix(_WHERE).lstrip(",. ")
        line = tree.line(_path(place, error.what, protocol.escalation))
        where = f"{name}, line {line}, escalation, {place}".rstrip(", ")
        raise InputError(where, error.what, error.wanted) from None


def unused(protocol: Protocol) -> tuple[str, ...]:
    """Return the keys of the escalation rule that its method has no use for."""
    rule = protocol.escalation
    own = parameter_names(known("escalation.method", method_name(rule.method.value), METHODS))
    return tuple(key for key, parameter, _ in _COMMON if parameter not in own)


_Plan = tuple[Escalation, tuple[float, ...], str, tuple[int, ...], int]


@lru_cache(maxsize=16)
def _design(plan: bytes) -> Design:
    """Return a design from all that it depends on; encoded, so that equal plans are found again."""
    rule, levels, unit, sizes, start = msgspec.json.decode(plan, type=_Plan)
    method = known(f"{_WHERE}.method", method_name(rule.method.value), METHODS)
    used = [entry for entry in _COMMON if entry[1] in parameter_names(method)]
    for error in _stated_twice(rule, used):
        raise error
    parameters = {parameter: getattr(rule, key).value for key, parameter, _ in used}
    parameters |= {name: stated.value for name, stated in rule.parameters.items()}
    rules = tuple((name, stated.value) for name, stated in rule.rules.items())
    amounts = DoseSet(levels, unit)
    return from_parameters(method, parameters, amounts, sizes, start, _WHERE, rules=rules)


def _stated_twice(rule: Escalation, used: list[tuple[str, str, str]]) -> Iterator[InputError]:
    """Yield what says again, in `parameters` or `rules`, what a key of every protocol says."""
    for key, parameter, by_rule in used:
        wanted = f"one statement, escalation.{key}"
        for name in sorted({parameter, key} & set(rule.parameters)):
            where = f"{_WHERE}, parameter {name}"
            yield InputError(where, f"stated, and escalation.{key} too", wanted)
        if by_rule in rule.rules:
            where = f"{_WHERE}, rule {by_rule}"
            yield InputError(where, f"stated, and escalation.{key} too", wanted)
    if "stagger" in rule.rules:
        where = f"{_WHERE}, rule stagger"
        yield InputError(where, "stated, and gate.stagger too", "one statement, gate.stagger")
    if "cohorts" in rule.rules:
        where = f"{_WHERE}, rule cohorts"
        yield InputError(where, "stated, and the protocol's cohorts too", "one statement, cohorts")


def _path(place: str, what: str, rule: Escalation) -> str:
    """Return the key that an error of the design is about, as far as its words tell."""
    found_rule, found_parameter = _RULE.search(place), _PARAMETER.search(place)
    named = what.strip("'\"")  # an unknown name is what was found
    if found_rule or named in rule.rules:
        name = found_rule[1] if found_rule else named
        inside = found_parameter[1] if found_parameter else named
        stated = rule.rules[name].value if name in rule.rules else {}
        return f"$.escalation.rules.{name}" + (f".value.{inside}" if inside in stated else "")
    for pattern, path in _ELSEWHERE:
        if pattern.match(place):
            return path
    name = found_parameter[1] if found_parameter else named
    if name in rule.parameters:
        return f"$.escalation.parameters.{name}"
    keys = {parameter: key for key, parameter, _ in _COMMON}
    key = "method" if place.startswith("method") else keys.get(name, "")
    return f"$.escalation.{key}".rstrip(".")
