"""The facts that a criterion states: comparisons, ages, classes, time windows, concepts.

Each finder yields pieces with their spans; `found_facts` keeps those that do not overlap, the
earlier finder first.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.measures import Measure, lexicon
from trialwright.protocol.criteria.names import by_key, key, pattern_of
from trialwright.protocol.criteria.numbers import (
    AFTER,
    COUNT,
    NUMBER,
    OPERATOR,
    TIME_UNIT,
    count,
    duration,
    number,
    operator,
)
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.units import UnitFound, fault, unit_at


def found_facts(text: str) -> tuple[Piece, ...]:
    """Return the facts of a text in its order, none overlapping another."""
    taken: list[Piece] = []
    for finder in (childbearing, comparisons, ages, classes, windows, named_concepts):
        taken += [p for p in finder(text) if not any(_overlap(p, other) for other in taken)]
    return tuple(sorted(taken, key=lambda piece: piece.start))


def _overlap(one: Piece, other: Piece) -> bool:
    return one.start < other.end and other.start < one.end


# --- comparisons -----------------------------------------------------------------------------

_FILLER = re.compile(
    r"(?:\s*\((?P<paren>[^()]{1,40})\)|\s*(?:levels?|values?|counts?|concentrations?|score|of|is|was"
    r"|are|must be|should be|must|be|a|an|the|in|blood|measured|has|have|between|:)(?![\w-])|\s)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:-|–|—|to|and)\s*", re.IGNORECASE)


@cache
def _measure_names() -> "tuple[re.Pattern[str], dict[str, str]]":
    names = {name: measure.names for name, measure in lexicon().measures.items()}
    return pattern_of(n for spellings in names.values() for n in spellings), by_key(names)


def comparisons(text: str) -> Iterator[Piece]:
    """Find a measure, an operator, a number and its unit."""
    pattern, names = _measure_names()
    for mention in pattern.finditer(text):
        name = names[key(mention[0])]
        at = _after_filler(text, mention.end(), name)
        if piece := _comparison(text, mention.start(), at, name):
            yield piece


def _after_filler(text: str, at: int, name: str) -> int:
    _, names = _measure_names()
    for _ in range(8):
        found = _FILLER.match(text, at)
        if not found or (found["paren"] and names.get(key(found["paren"])) != name):
            break
        at = found.end()
    return at


def _comparison(text: str, start: int, at: int, name: str) -> Piece | None:
    sign = OPERATOR.match(text, at)
    first = NUMBER.match(text, _skip(text, sign.end() if sign else at))
    if not first:
        return None
    unit = unit_at(text, first.end())
    if not sign:
        return _range(text, start, first, unit, name) or _suffixed(text, start, first, unit, name)
    node = _limit(name, operator(sign), number(first[0]), unit)
    return Piece("atom", start, unit.end, text[start : unit.end], node)


def _range(
    text: str, start: int, first: "re.Match[str]", unit: UnitFound, name: str
) -> Piece | None:
    dash = _RANGE.match(text, unit.end)
    last = NUMBER.match(text, dash.end()) if dash else None
    if not last:
        return None
    closing = unit_at(text, last.end())
    opening = closing if unit.kind == "none" else unit
    low, high = number(first[0]), number(last[0])
    if low >= high:
        return None
    both = (_limit(name, ">=", low, opening), _limit(name, "<=", high, closing))
    return Piece("atom", start, closing.end, text[start : closing.end], nodes.All(both))


def _suffixed(
    text: str, start: int, first: "re.Match[str]", unit: UnitFound, name: str
) -> Piece | None:
    after = AFTER.match(text, unit.end)
    if not after:
        return None
    node = _limit(name, ">=" if after["more"] else "<=", number(first[0]), unit)
    return Piece("atom", start, after.end(), text[start : after.end()], node)


def _limit(name: str, op: nodes.Operator, value: Decimal, found: UnitFound) -> nodes.Compare:
    if found.kind == "uln":
        return nodes.Compare(name, op, times_uln=value)
    if found.kind == "predicted":
        return nodes.Compare(name, op, percent_predicted=value)
    measure: Measure = lexicon().measures[name]
    limit = value * found.times
    wrong = fault(measure, limit, found.unit)
    return nodes.Compare(name, op, value=limit, unit=found.unit, unit_fault=wrong)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


# --- ages ------------------------------------------------------------------------------------

_YEARS = r"(?:years?|yrs?|y\.?o\.?)"
_OLD = r"(?:[\s-]*(?:of age|old|of\s+age\s+inclusive|inclusive))*"
_AGE_RANGE = re.compile(
    rf"(?:\bage[ds]?\b:?\s*(?:is\s+|of\s+)?)?(?:from\s+|between\s+|≥\s*)?(?P<low>\d{{1,3}})\s*(?:{_YEARS}{_OLD})?"
    rf"\s*(?:-|–|to|and|through|up to|and\s*≤)\s*(?P<high>\d{{1,3}})\s*{_YEARS}{_OLD}",
    re.IGNORECASE,
)
_AGE_LIMIT = re.compile(
    rf"(?:\bage[ds]?\b:?\s*(?:is\s+|of\s+)?)?(?P<sign>{OPERATOR.pattern})\s*(?:the age of\s+)?"
    rf"(?P<n>\d{{1,3}})\s*(?P<years>{_YEARS}{_OLD})?(?P<after>{AFTER.pattern})?",
    re.IGNORECASE,
)
_AGE_SUFFIX = re.compile(
    rf"(?:\bage[ds]?\b:?\s*)?(?P<n>\d{{1,3}})\s*(?P<years>{_YEARS}){_OLD}{AFTER.pattern}{_OLD}",
    re.IGNORECASE,
)
_MENTIONS_AGE = re.compile(r"\bage[ds]?\b|\b(?:older|younger)\b|[\s-]old\b", re.IGNORECASE)


def ages(text: str) -> Iterator[Piece]:
    """Find limits of age, in years; a strict lower limit keeps its doubt as residue."""
    if not _MENTIONS_AGE.search(text):
        return
    for pattern, read in ((_AGE_RANGE, _age_range), (_AGE_SUFFIX, _age_suffix), (_AGE_LIMIT, _age)):
        for found in pattern.finditer(text):
            node = read(found) if _MENTIONS_AGE.search(found[0]) else None
            if node:
                yield Piece("atom", found.start(), found.end(), found[0], node)


def _age_range(found: "re.Match[str]") -> nodes.Node | None:
    low, high = int(found["low"]), int(found["high"])
    if low >= high:
        return None
    return nodes.Demographic(Duration(months=12 * low), Duration(months=12 * high))


def _age_suffix(found: "re.Match[str]") -> nodes.Node:
    limit = Duration(months=12 * int(found["n"]))
    return nodes.Demographic(age_min=limit) if found["more"] else nodes.Demographic(age_max=limit)


def _age(found: "re.Match[str]") -> nodes.Node | None:
    n = int(found["n"])
    if found["after"] or not (found["years"] or found[0].lower().startswith("age")):
        return None
    match operator(found):
        case ">=":
            return nodes.Demographic(age_min=Duration(months=12 * n))
        case "<=":
            return nodes.Demographic(age_max=Duration(months=12 * n))
        case "<":  # under 18 in completed years is 17 at most
            return nodes.Demographic(age_max=Duration(months=12 * (n - 1))) if n else None
        case ">":  # over 18 years: from the birthday, or from the day after it?
            over = nodes.Residue(f"{found[0].strip()}: whether {n} itself is in")
            return nodes.All((nodes.Demographic(age_min=Duration(months=12 * n)), over))
        case _:
            return None


# --- classes ---------------------------------------------------------------------------------

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_CLASS_WORDS = (
    r"(?i:[\s,]*(?:\((?:NYHA|ECOG|ASA|CCS)\)\s*)?(?:functional\s+)?(?:performance\s+status\s*|PS\s*)?"
    r"(?:(?:class(?:es|ification)?|grade|score|status)\s*)?(?:of\s+|is\s+|=\s*)?)"
)
_ONE = r"(?:IV|III|II|I|V|[0-5]|[ABC])(?![\w/])"
_LIST = re.compile(rf"{_CLASS_WORDS}(?P<list>{_ONE}(?:\s*(?:,|or|and|/|-|–|to)\s*{_ONE})*)")
_CLASS_LIMIT = re.compile(rf"{_CLASS_WORDS}(?P<sign>{OPERATOR.pattern})\s*(?P<one>{_ONE})")


@cache
def _scale_names() -> "tuple[re.Pattern[str], dict[str, str]]":
    names = {name: scale.names for name, scale in lexicon().scales.items()}
    return pattern_of(n for spellings in names.values() for n in spellings), by_key(names)


def classes(text: str) -> Iterator[Piece]:
    """Find classes on a scale: NYHA III, ECOG 0-1, NYHA class ≥ II."""
    pattern, names = _scale_names()
    for mention in pattern.finditer(text):
        scale = names[key(mention[0])]
        for form in (_CLASS_LIMIT, _LIST):
            found = form.match(text, mention.end())
            chosen = _chosen(scale, found) if found else ()
            if found and chosen:
                after = AFTER.match(text, found.end()) if len(chosen) == 1 else None
                node = nodes.Ordinal(scale, _from(scale, chosen[0], after) if after else chosen)
                start, end = mention.start(), (after or found).end()
                yield Piece("atom", start, end, text[start:end], node)
                break


def _chosen(scale: str, found: "re.Match[str]") -> tuple[str, ...]:
    groups = found.groupdict()
    known = lexicon().scales[scale].classes
    if groups.get("one"):
        at = _place(known, groups["one"])
        ends = {">=": (at, None), ">": (at + 1, None), "<=": (0, at + 1), "<": (0, at)}
        low, high = ends.get(operator(found), (at, at + 1))
        return known[low:high] if at >= 0 else ()
    parts = re.split(r"\s*(,|or|and|/|-|–|to)\s*", groups["list"])
    places = [_place(known, part) for part in parts[::2]]
    if -1 in places:
        return ()
    for i, joint in enumerate(parts[1::2]):
        if joint in ("-", "–", "to"):
            places += range(places[i], places[i + 1] + 1)
    return tuple(known[place] for place in sorted(set(places)))


def _from(scale: str, one: str, after: "re.Match[str]") -> tuple[str, ...]:
    """Return the classes of `III or more`, `1 or less`."""
    known = lexicon().scales[scale].classes
    at = known.index(one)
    return known[at:] if after["more"] else known[: at + 1]


def _place(known: tuple[str, ...], written: str) -> int:
    if written in known:
        return known.index(written)
    same = [i for i, name in enumerate(known) if str(_ROMAN.get(name)) == written]
    return same[0] if same else -1


# --- time windows ----------------------------------------------------------------------------

_ANCHORS = {
    "inclu": "enrolment", "enrol": "enrolment", "study": "enrolment", "trial": "enrolment",
    "entry": "enrolment", "screen": "screening", "random": "randomisation", "basel": "baseline",
    "first": "first_infusion",
}  # fmt: skip
_ANCHOR = (
    r"(?:\s+(?:prior\s+to|before|of|preceding)\s+(?:the\s+)?(?:time of\s+|study\s+)?"
    r"(?P<anchor>inclusion|enrol+ment|study entry|study inclusion|study|trial|entry"
    r"|screening(?: visit)?|randomi[sz]ation|baseline|first (?:infusion|dose|injection))\b)"
)
_MENTIONS_TIME = re.compile(r"year|yr|month|week|day", re.IGNORECASE)
_WINDOW = re.compile(
    rf"\b(?:with)?in\s+(?:the\s+)?(?:(?:last|past|previous|preceding)\s+)?(?P<n1>{COUNT})[\s-]*"
    rf"(?P<u1>{TIME_UNIT})(?:\s+period)?{_ANCHOR}"
    rf"|\b(?:(?:with)?in|during|over)\s+the\s+(?:last|past|previous|preceding)\s+"
    rf"(?:(?P<n2>{COUNT})[\s-]*)?(?P<u2>{TIME_UNIT})\b"
    rf"|\bduring\s+the\s+(?P<n3>{COUNT})[\s-]*(?P<u3>{TIME_UNIT})(?:\s+period)?"
    rf"{_ANCHOR.replace('anchor', 'anchor3')}"
    rf"|\b(?:<|less than)\s*(?P<n4>{COUNT})[\s-]*(?P<u4>{TIME_UNIT})\s+ago\b",
    re.IGNORECASE,
)


def windows(text: str) -> Iterator[Piece]:
    """Find `within the last 3 months`, `in the 30 days prior to the first infusion`."""
    if not _MENTIONS_TIME.search(text):
        return
    for found in _WINDOW.finditer(text):
        which = next(i for i in "1234" if found[f"u{i}"])
        last = duration(count(found[f"n{which}"] or "one"), found[f"u{which}"])
        words = (found["anchor"] or found["anchor3"] or "").lower()
        anchor = next((a for start, a in _ANCHORS.items() if words.startswith(start)), "enrolment")
        start, end = found.span()
        yield Piece("window", start, end, found[0], last=last, anchor=anchor)


# --- concepts --------------------------------------------------------------------------------


@cache
def _concept_names() -> "tuple[re.Pattern[str], dict[str, str]]":
    names = {name: concept.names for name, concept in concepts().concepts.items()}
    return pattern_of(n for spellings in names.values() for n in spellings), by_key(names)


def named_concepts(text: str) -> Iterator[Piece]:
    """Find the conditions, drugs, procedures, devices and allergies of the lexicon."""
    pattern, names = _concept_names()
    for found in pattern.finditer(text):
        name = names[key(found[0])]
        concept = concepts().concepts[name]
        node: nodes.Node = nodes.Has(concept.domain, name, found[0])
        if not concept.complete:  # the codes cannot list all: no code proves nothing
            node = nodes.Any((node, nodes.Residue(found[0])))
        yield Piece("atom", *found.span(), found[0], node)


# --- what the site answers -------------------------------------------------------------------

_CHILDBEARING = re.compile(
    r"\b(?:wom[ae]n\s+|females?\s+)?(?:who (?:is|are)\s+)?of\s+child-?\s?bearing"
    r"\s+(?:potential|age|capacity)\b[^;.]*",
    re.IGNORECASE,
)


def childbearing(text: str) -> Iterator[Piece]:
    """Find `of child-bearing potential and not using ...`: one question, answered by the site."""
    for found in _CHILDBEARING.finditer(text):
        yield Piece("atom", *found.span(), found[0], nodes.Attest(found[0].strip()))
