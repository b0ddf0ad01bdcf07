"""Criteria as a library of Clinical Quality Language (CQL 1.5) on FHIR R4.

CQL's `and`, `or` and `not` are Kleene's, with null for unknown: what the record does not say, and
what did not carry over, is null and stays null. One definition per criterion says what its text
says; "Eligible" applies the section once. The days of anchors other than screening are parameters;
without them what depends on them is null.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.screening.exports.cql_leaves import ALL_DAYS, NULL, leaf
from trialwright.screening.exports.cql_text import FUNCTIONS, comment, name
from trialwright.screening.exports.ledger import (
    BY_RECORDS,
    Export,
    Ledger,
    Unsaid,
    by_records,
    parts,
    unsayable,
)
from trialwright.screening.policy import SCREENING_ANCHORS
from trialwright.screening.terms import Terms

LIMITS = (
    "silence is null, as in the open world; a closed world is not exported",
    "all values of the latest day must agree, also where their hours tell which is the last",
    "a value outside the plausible range of its measure is compared like any other",
    "mass and molar concentrations are not converted into each other: they compare as null",
    "only the domain's own resource is searched, not the others where the same is recorded",
    "laboratory tests whose positive result stands for a condition are not searched",
    "a past condition or a partial date counts only where it certainly lies in the time asked",
)


@dataclass
class _Writing:
    """The library while it is written: definitions in order, the anchors met, the balance."""

    terms: Terms
    ledger: Ledger = field(default_factory=Ledger)
    definitions: list[str] = field(default_factory=list)
    anchors: dict[str, None] = field(default_factory=dict)

    def define(self, title: str, expression: str) -> str:
        """Add a definition and return its name."""
        self.definitions.append(f"define {name(title)}:\n  {expression}")
        return name(title)


def to_cql(criteria: Sequence[Criterion], title: str, terms: Terms) -> Export:
    """Return criteria as a CQL library named by `title`."""
    writing = _Writing(terms)
    for criterion in criteria:
        said = _said(criterion.expr, criterion.id, ALL_DAYS, writing)
        writing.definitions.append(comment(f"{criterion.id}: {criterion.text}"))
        writing.define(_title(criterion), said)
    names = [(criterion.section, name(_title(criterion))) for criterion in criteria]
    demanded = [f"not {each}" if section == "exclusion" else each for section, each in names]
    writing.define("Eligible", "\n    and ".join(['"Alive"', *demanded]))
    return writing.ledger.closed(_library(title, writing), LIMITS)


def _title(criterion: Criterion) -> str:
    return f"Criterion {criterion.id}"


def _library(title: str, writing: _Writing) -> str:
    days = [f"parameter {name(_day_of(anchor))} Date" for anchor in writing.anchors]
    head = [
        f"library {name(title)} version '1'",
        "using FHIR version '4.0.1'",
        "\n".join(['parameter "Day" Date default Today()', *days]),
        "context Patient",
        FUNCTIONS,
    ]
    lost = [
        comment(f"did not carry over: {each.place}: {each.reading} ({each.why})")
        for each in writing.ledger.lost.values()
    ]
    return "\n\n".join([*head, *writing.definitions, "\n".join(lost)]).strip() + "\n"


def _said(node: nodes.Node, place: str, span: str, writing: _Writing) -> str:
    """Return an expression's CQL; what cannot be said is null."""
    match node:
        case nodes.All(of):
            return _joined("and", _each(node, place, span, writing)) if of else "true"
        case nodes.Any(of):
            return _joined("or", _each(node, place, span, writing)) if of else "false"
        case nodes.Not():
            return f"(not {_each(node, place, span, writing)[0]})"
        case nodes.Except() if by_records(node, writing.terms):
            writing.ledger.lose(node, place, BY_RECORDS)
            return NULL
        case nodes.Except():
            base, *but = _each(node, place, span, writing)
            return f"({base} and not {_joined('or', but)})" if but else base
        case nodes.AtLeast(n):
            return _at_least(n, _each(node, place, span, writing), place, writing)
        case nodes.IfThen():
            return _if_then(_each(node, place, span, writing), place, writing)
        case nodes.Within():
            return _within(node, place, span, writing)
        case _:
            return _leaf(node, place, span, writing)


def _each(node: nodes.Node, place: str, span: str, writing: _Writing) -> list[str]:
    return [_said(part, where, span, writing) for where, part in parts(node, place)]


def _joined(word: str, said: Iterable[str]) -> str:
    return f"({f' {word} '.join(said)})"


def _at_least(n: int, said: list[str], place: str, writing: _Writing) -> str:
    """True where n are known to hold, false where n can no longer be reached, else null."""
    listed = writing.define(f"{place} parts", "{ " + ", ".join(said) + " }")
    return (
        f"(case when Count({listed} X where X) >= {n} then true "
        f"when Count({listed} X where X is null or X) < {n} then false else null end)"
    )


def _if_then(said: list[str], place: str, writing: _Writing) -> str:
    """Follow the branch that applies; where that is open, what both branches agree on."""
    when = writing.define(f"{place} when", said[0])
    then = writing.define(f"{place} then", said[1])
    other = writing.define(f"{place} otherwise", said[2]) if len(said) > 2 else "true"
    return (
        f"(case when {when} then {then} when not {when} then {other} "
        f"when {then} = {other} then {then} else null end)"
    )


def _within(node: nodes.Within, place: str, span: str, writing: _Writing) -> str:
    if node.half_lives is not None:
        writing.ledger.lose(node, place, "the half-life is not on record")
        return NULL
    if span != ALL_DAYS:
        writing.ledger.lose(node, place, "a time inside a time")
        return NULL
    anchor = '"Day"'
    if node.anchor not in SCREENING_ANCHORS:
        writing.anchors[node.anchor] = None
        anchor = name(_day_of(node.anchor))
    last = f'Min({{{_before(anchor, node.gap)}, "Day"}})'
    first = _before(anchor, node.last) if node.last else "minimum Date"
    days = writing.define(f"{place} days", f"if {anchor} is null then null else "
                          f"Interval[{first}, {last}]")  # fmt: skip
    ((where, part),) = parts(node, place)
    inside = _said(part, where, days, writing)
    return f"(if {days} is null then {NULL} else {inside})"


def _before(anchor: str, span: Duration | None) -> str:
    if span is None:
        return anchor
    months = f" - {span.months} months" if span.months else ""
    days = f" - {span.days} days" if span.days else ""
    return f"({anchor}{months}{days})"


def _day_of(anchor: str) -> str:
    return f"Day of {anchor.replace('_', ' ')}"


def _leaf(node: nodes.Node, place: str, span: str, writing: _Writing) -> str:
    why = unsayable(node)
    try:
        said = NULL if why else f"({leaf(node, span, writing.terms)})"
    except Unsaid as error:
        why, said = str(error), NULL
    if why:
        writing.ledger.lose(node, place, why)
        return NULL
    if isinstance(node, nodes.Compare) and node.method:
        writing.ledger.limit(f"{place}: any recorded value counts, not only {node.method!r}")
    writing.ledger.carry(place)
    return said
