"""Leaves of criteria as FHIR R5 values: codings, quantities, ranges, and the text beside them."""

import re
from collections.abc import Iterable
from decimal import Decimal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.screening.exports.ledger import Unsaid
from trialwright.screening.exports.systems import ADDRESSES, by_system
from trialwright.screening.exports.units import unit_of
from trialwright.screening.model import Code
from trialwright.screening.terms import Terms

Json = dict[str, object]

UCUM = "http://unitsofmeasure.org"
GENDER = "http://hl7.org/fhir/administrative-gender"
_AGE = {"system": "http://loinc.org", "code": "30525-0", "display": "Age"}
# FHIR strings hold no control characters; a lone surrogate is no text at all.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_EXACT = 15  # significant digits that a JSON number holds


def concept(text: str, codes: Iterable[Code] = ()) -> Json:
    """Return a CodeableConcept; where it has no code it says so by having words only."""
    coding = [
        {"system": ADDRESSES[system][0], "code": code}
        for system, listed in by_system(codes)
        for code in listed
    ]
    return ({"coding": coding} if coding else {}) | {"text": plain(text)}


def plain(text: str) -> str:
    """Return a text as FHIR's strings allow it: one line, no control characters, not empty."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if line.strip() else "(no words)"


def by_value(node: nodes.Node, terms: Terms) -> tuple[Json, ...]:
    """Return type and value for each thing that a leaf asks (all of them); Unsaid where none."""
    match node:
        case nodes.Demographic():
            return tuple(_demographic(node))
        case nodes.Compare():
            return (_compare(node, terms),)
        case nodes.Ordinal():
            return (_ordinal(node, terms),)
        case nodes.Has():
            return (_has(node, terms),)
        case _:
            raise Unsaid("FHIR has no value for this")


def quantity(value: Decimal, unit: str, comparator: str | None = None) -> Json:
    """Return a Quantity in UCUM; raise Unsaid where a JSON number does not hold it."""
    if not value.is_finite() or len(value.as_tuple().digits) > _EXACT or abs(value) > 10**_EXACT:
        raise Unsaid(f"the number {value} is none that JSON holds")
    number = int(value) if value == value.to_integral_value() else float(value)
    said: Json = {"value": number, "unit": unit, "system": UCUM, "code": unit}
    return said | ({"comparator": comparator} if comparator else {})


def length(span: Duration) -> Json:
    """Return a time as a Quantity; raise Unsaid for months and days at once."""
    if span.months and span.days:
        raise Unsaid("a time in months and days at once")
    if span.days or not span.months:
        return quantity(Decimal(span.days), "d")
    if span.months % 12:
        return quantity(Decimal(span.months), "mo")
    return quantity(Decimal(span.months // 12), "a")


def _demographic(node: nodes.Demographic) -> Iterable[Json]:
    if node.age_min is not None or node.age_max is not None:
        ends = (("low", node.age_min), ("high", node.age_max))
        limits = {end: length(age) for end, age in ends if age is not None}
        yield {"type": {"coding": [_AGE], "text": "age"}, "valueRange": limits}
    if node.sex is not None:
        value = {"coding": [{"system": GENDER, "code": node.sex}], "text": node.sex}
        yield {"type": {"text": "administrative gender"}, "valueCodeableConcept": value}
    if node == nodes.Demographic():
        raise Unsaid("it asks nothing")


def _compare(node: nodes.Compare, terms: Terms) -> Json:
    term = terms.measures.get(node.measure or "")
    if term is None or not term.codes:
        raise Unsaid("no code of this measure is known")
    if node.value is None:
        raise Unsaid("FHIR has no quantity for a multiple of a limit of normal")
    comparator = None if node.op == "=" else node.op
    value = quantity(node.value, unit_of(node, term), comparator)
    return {"type": concept(term.label, term.codes), "valueQuantity": value}


def _ordinal(node: nodes.Ordinal, terms: Terms) -> Json:
    term = terms.scales.get(node.scale)
    if term is None or not term.codes:
        raise Unsaid("no code of this scale is known")
    answers = [code for code, each in term.answers.items() if each in node.classes]
    known = {each for each in node.classes if each in term.answers.values()}
    if known != set(node.classes):
        raise Unsaid("no code of these classes is known")
    value = concept(" or ".join(node.classes), answers)
    return {"type": concept(term.label, term.codes), "valueCodeableConcept": value}


def _has(node: nodes.Has, terms: Terms) -> Json:
    term = terms.concepts.get((node.domain, node.concept or ""))
    if term is None or not len(term.codes):
        raise Unsaid("no code of this is known")
    if node.severity:
        raise Unsaid("the degree of severity has no place beside the code")
    value = concept(term.label, term.codes_for(ever=node.when == "ever"))
    return {"type": {"text": node.domain}, "valueCodeableConcept": value}
