"""A measured value against a limit: exact decimals, converted to the criterion's unit."""

import re
from decimal import Decimal

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.core.ways import Ways
from trialwright.protocol.criteria.nodes import Compare
from trialwright.screening.bounds import holds
from trialwright.screening.model import Measured, Observation, UnknownKind, Verdict
from trialwright.screening.observed import agreed, latest, nothing, seen, window_for
from trialwright.screening.setting import Setting, settled, unknown
from trialwright.screening.terms import MeasureTerm

# UCUM annotations and the ways of writing one unit: {score}, mL/min/{1.73_m2}, mL/min/1.73 m^2.
_DECORATION = re.compile(r"[{}()_\s]|(?<=m)\^")


def compare(node: Compare, at: Setting) -> Verdict:
    """Evaluate a comparison on the latest value that counts."""
    words = f"{node.measure or node.words} {node.op} {limit_words(node)}"
    if node.unit_fault:
        return settled(unknown("unit", words, node.unit_fault), at, words)
    term = at.terms.measures.get(node.measure) if node.measure else None
    if node.measure is None or term is None:
        fault = f"no vocabulary knows the measure {node.measure or node.words!r}"
        return settled(unknown("uncoded", words, fault), at, words)
    if node.percent_predicted is not None:
        return settled(unknown("no_data", words, "no predicted value is on record"), at, words)
    found = latest(at, term.codes, window_for(at, node.measure))
    if not found.candidates and not found.older:
        return nothing(term, at)
    return agreed((judged(node, term, o) for o in found.candidates), found, term.label)


def limit_words(node: Compare) -> str:
    """Return the limit as a person writes it."""
    if node.times_uln is not None:
        return f"{node.times_uln} x the upper limit of normal"
    if node.times_lln is not None:
        return f"{node.times_lln} x the lower limit of normal"
    if node.percent_predicted is not None:
        return f"{node.percent_predicted} % of predicted"
    return f"{node.value} {node.unit or ''}".strip()


def converted(quantity: Quantity, unit: str, ways: Ways) -> Quantity:
    """Return the quantity in another unit, exactly; raise InputError where there is no way."""
    if quantity.unit and _DECORATION.sub("", quantity.unit) == _DECORATION.sub("", unit):
        return Quantity(quantity.value, unit)
    return ways.convert(quantity, unit)


def judged(node: Compare, term: MeasureTerm, observation: Observation) -> Verdict:
    """Judge one value; what keeps it from being judged becomes the rule of an unknown."""
    value = observation.value
    limit = limit_for(node, term, observation)
    if not isinstance(value, Measured):
        return _open(observation, term, "no_data", "the recorded value is no number")
    if limit is None:
        which = "upper" if node.times_uln is not None else "lower"
        rule = f"no {which} limit of normal is recorded with the value"
        return _open(observation, term, "no_data", rule)
    try:
        number = converted(value.quantity, limit.unit, term.ways)
    except InputError:
        return _open(observation, term, "unit", _misfit(value.quantity.unit, limit.unit))
    if fault := _implausible(value.quantity, term):
        return _open(observation, term, "unit", fault)
    truth = holds(node.op, number.value, value.bound, limit.value)
    rule = f"{node.op} {_plain(limit.value)} {limit.unit}: {_SAYS[truth]}{_noted(node)}"
    steps = _steps(value, number, term)
    evidence = seen(observation, term.label, rule, truth, steps)
    return Verdict(truth, "no_data" if truth is Truth.UNKNOWN else None, (evidence,))


_SAYS = {
    Truth.TRUE: "holds",
    Truth.FALSE: "does not hold",
    Truth.UNKNOWN: "open, the laboratory gave only a limit",
}


def _noted(node: Compare) -> str:
    """Say that the method is not read: any recorded value of the measure counts."""
    if node.method is None:
        return ""
    return f" (asked for {node.method!r}; how the value was measured is not checked)"


def limit_for(node: Compare, term: MeasureTerm, observation: Observation) -> Quantity | None:
    """Return the limit for one value, which may stand beside it; None where none is known."""
    if node.times_uln is not None:
        upper = observation.upper_normal
        return upper and Quantity(upper.value * node.times_uln, upper.unit)
    if node.times_lln is not None:
        lower = observation.lower_normal
        return lower and Quantity(lower.value * node.times_lln, lower.unit)
    return None if node.value is None else Quantity(node.value, node.unit or term.unit)


def _implausible(quantity: Quantity, term: MeasureTerm) -> str | None:
    """Say why a value cannot be right: a wrong unit shows as a value that nobody has."""
    if term.plausible is None:
        return None
    try:
        value = converted(quantity, term.unit, term.ways).value
    except InputError:
        return _misfit(quantity.unit, term.unit)
    least, most = term.plausible
    if least <= value <= most:
        return None
    return f"{_plain(value)} {term.unit} is outside {least} to {most} {term.unit}: check the unit"


def _misfit(unit: str, wanted: str) -> str:
    return f"{unit} does not convert to {wanted}" if unit else "no unit is recorded"


def _steps(value: Measured, number: Quantity, term: MeasureTerm) -> str | None:
    if value.quantity.unit == number.unit:
        return None
    rule = term.ways.rule(value.quantity.unit, number.unit)
    bound = f"{value.bound} " if value.bound else ""
    return f"{value.recorded}{rule and f' {rule}'} = {bound}{_plain(number.value)} {number.unit}"


def _plain(value: Decimal | None) -> str:
    """Return a number for people: no exponent, at most ten significant digits."""
    if value is None:
        return ""
    return f"{Decimal(f'{value:.10g}').normalize():f}"


def _open(observation: Observation, term: MeasureTerm, kind: UnknownKind, rule: str) -> Verdict:
    evidence = seen(observation, term.label, rule, Truth.UNKNOWN)
    return Verdict(Truth.UNKNOWN, kind, (evidence,))
