"""Criteria as a FHIR R5 EvidenceVariable: a tree of characteristics.

Every leaf stands in it with its reading in words; those that have no computable form stand in words
only, and are listed as not carried over.
"""

import re
from collections.abc import Sequence

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria.wording import wording
from trialwright.screening.exports.fhir_values import Json, by_value, concept, length, plain
from trialwright.screening.exports.ledger import (
    BY_RECORDS,
    Ledger,
    Unsaid,
    by_records,
    parts,
    unsayable,
)
from trialwright.screening.terms import Terms

_LONGEST = 2000  # characters of a description
_LONGEST_ID = 56  # FHIR's ids have at most 64 characters
_NO_ID = re.compile(r"[^A-Za-z0-9.]+")

LIMITS = (
    "EvidenceVariable: FHIR does not say how a silence is read, nor which of several values counts",
    "EvidenceVariable: a code of ICD-10 or ATC stands for all codes below it",
    "EvidenceVariable: an upper limit of age includes the whole year of life",
    "EvidenceVariable: whether a past condition counts (current, ever) stands in words only",
)


def evidence_variable(
    criteria: Sequence[Criterion], title: str, terms: Terms, ledger: Ledger
) -> Json:
    """Return the resource, without an id."""
    said = [_criterion(each, terms, ledger) for each in criteria]
    seen: set[str] = set()
    return {
        "resourceType": "EvidenceVariable",
        "title": plain(title),
        "status": "draft",
        "description": "Eligibility criteria; a characteristic with exclude=true is an exclusion.",
        "characteristic": [_linked(each, seen) for each in said],
    }


def _linked(part: Json, seen: set[str]) -> Json:
    """Return a characteristic whose link ids, and those inside, are FHIR's, each once."""
    plain = _NO_ID.sub("-", str(part["linkId"])).strip("-")[:_LONGEST_ID] or "c"
    link, count = plain, 1
    while link in seen:
        count += 1
        link = f"{plain}-{count}"
    seen.add(link)
    body = part.get("definitionByCombination")
    if not isinstance(body, dict):
        return {**part, "linkId": link}
    inner = [_linked(each, seen) for each in body["characteristic"]]
    return {**part, "linkId": link, "definitionByCombination": {**body, "characteristic": inner}}


def _criterion(criterion: Criterion, terms: Terms, ledger: Ledger) -> Json:
    said = _said(criterion.expr, criterion.id, terms, ledger)
    excludes = criterion.section == "exclusion"
    if "exclude" in said:  # its own negation: keep the two apart
        said = _combined("all-of", [said], criterion.id)
    said["exclude"] = excludes
    said["description"] = _text(f"{criterion.id}: {criterion.text}")
    return said


def _said(node: nodes.Node, place: str, terms: Terms, ledger: Ledger) -> Json:
    below = list(parts(node, place))

    def each() -> list[Json]:
        return [_said(part, where, terms, ledger) for where, part in below]

    match node:
        case nodes.All():
            return _combined("all-of", each(), place)
        case nodes.Any():
            return _combined("any-of", each(), place)
        case nodes.Not():
            return _excluded(each()[0], place)
        case nodes.AtLeast(n):
            return _combined("at-least", each(), place, n)
        case nodes.Except() if by_records(node, terms):
            ledger.lose(node, place, f"EvidenceVariable: in words only: {BY_RECORDS}")
            return _words(wording(node), place)
        case nodes.Except():
            base, *but = each()
            return _combined("all-of", [base, *(_excluded(one, place) for one in but)], place)
        case nodes.IfThen():
            return _if_then(node, place, terms, ledger)
        case nodes.Within():
            return _within(node, place, terms, ledger)
        case _:
            return _leaf(node, place, terms, ledger)


def _combined(code: str, found: list[Json], place: str, threshold: int | None = None) -> Json:
    if not found:
        return _words("always" if code == "all-of" else "never", place)
    body: Json = {"code": code, "characteristic": found}
    body |= {} if threshold is None else {"threshold": threshold}
    return {"linkId": place, "definitionByCombination": body}


def _excluded(part: Json, place: str) -> Json:
    if "exclude" in part:
        part = _combined("all-of", [part], f"{place}.all")
    return {**part, "exclude": True}


def _words(text: str, place: str) -> Json:
    return {
        "linkId": place,
        "description": _text(text),
        "definitionCodeableConcept": concept(_text(text)),
    }


def _if_then(node: nodes.IfThen, place: str, terms: Terms, ledger: Ledger) -> Json:
    """Say (not when, or then) and (when, or otherwise); the condition stands in both."""
    if any(isinstance(part, nodes.IfThen) for _, each in parts(node, "") for part in _all(each)):
        ledger.lose(node, place, "EvidenceVariable: a condition inside a condition, in words only")
        return _words(wording(node), place)
    when, then, *other = (_said(part, where, terms, ledger) for where, part in parts(node, place))
    first = _combined("any-of", [_excluded(when, place), then], f"{place}.then")
    if not other:
        return first
    second = _combined("any-of", [when, other[0]], f"{place}.otherwise")
    return _combined("all-of", [first, second], place)


def _all(node: nodes.Node) -> list[nodes.Node]:
    return [node, *(inner for _, part in parts(node, "") for inner in _all(part))]


def _within(node: nodes.Within, place: str, terms: Terms, ledger: Ledger) -> Json:
    ((where, part),) = parts(node, place)
    reading = wording(node)
    if node.half_lives is not None:
        ledger.lose(node, place, "EvidenceVariable: the half-life is not on record")
        return _words(reading, place)
    try:
        time = _time(node)
    except Unsaid as error:
        ledger.lose(node, place, f"EvidenceVariable: {error}")
        return _words(reading, place)
    inside = _said(part, where, terms, ledger)
    if "exclude" in inside or "timeFromEvent" in inside:
        inside = _combined("all-of", [inside], place)
    return {**inside, "timeFromEvent": [time]}


def _time(node: nodes.Within) -> Json:
    """Return a time before an event: FHIR counts what lies before it as negative."""
    limits: Json = {}
    if node.last is not None:
        limits["low"] = _before(length(node.last))
    if node.gap is not None:
        limits["high"] = _before(length(node.gap))
    event = concept(node.anchor.replace("_", " "))
    return {"eventCodeableConcept": event, "range": limits}


def _before(span: Json) -> Json:
    value = span["value"]
    return {**span, "value": -value} if isinstance(value, int) else span


def _leaf(node: nodes.Node, place: str, terms: Terms, ledger: Ledger) -> Json:
    why = unsayable(node)
    reading = wording(node)
    try:
        if why is None:
            found = by_value(node, terms)
            ledger.carry(place)
            said = [{"linkId": place, "description": _text(reading), **_defined(f)} for f in found]
            return said[0] if len(said) == 1 else _combined("all-of", said, place)
    except Unsaid as error:
        why = str(error)
    ledger.lose(node, place, f"EvidenceVariable: in words only: {why}")
    return _words(reading, place)


def _defined(value: Json) -> Json:
    return {"definitionByTypeAndValue": value}


def _text(text: str) -> str:
    line = plain(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 2]} …"
