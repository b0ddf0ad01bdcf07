"""Criteria as a cohort expression of OHDSI Circe, the JSON that ATLAS reads.

Circe knows no unknown: what is not on record did not happen. What does not carry over is therefore
left out so that it excludes nobody: where it would be demanded it counts as met, where it would
exclude as absent. The cohort is a list of people to look at, never of people who are eligible.

The index is a visit: the day on which all rules are asked. Concept sets name codes by their
vocabulary. Their OMOP ids are in a vocabulary release that this program does not hold: without one
each carries a negative number of its own that no database uses, and finds nobody until it is
resolved.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.screening.exports.circe_leaves import ALL_TIME, Asked, leaf, window
from trialwright.screening.exports.circe_sets import ConceptSets
from trialwright.screening.exports.concepts import Concepts
from trialwright.screening.exports.ledger import (
    BY_RECORDS,
    Export,
    Ledger,
    Unsaid,
    by_records,
    leaves,
    parts,
    unsayable,
)
from trialwright.screening.policy import SCREENING_ANCHORS
from trialwright.screening.terms import Terms

UNRESOLVED = (
    "every concept set has to be resolved to OMOP concept ids before the cohort is built; until "
    "then a rule that demands one finds nobody and a rule that forbids one excludes nobody"
)
LIMITS = (
    "Circe reads a silence as absence: who has no record of a demanded condition is left out",
    "the index is any visit; the first one on which all rules hold counts",
    "any value of a measure in the time asked counts, not the latest one",
    "whether a condition or a drug is still current is not asked, nor whether it is confirmed",
)
BESIDE = "it stands beside something that did not carry over, and would decide alone"

# A group of Circe, or what it comes to where nothing is left of it.
_Group = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part as Circe says it (None where it says nothing), and the leaves inside."""

    group: _Group | None
    places: tuple[str, ...] = ()
    holds: bool = True  # what it comes to where group is None


@dataclass
class _Writing:
    terms: Terms
    sets: ConceptSets = field(default_factory=ConceptSets)
    ledger: Ledger = field(default_factory=Ledger)


def codes_asked(criteria: Sequence[Criterion], terms: Terms) -> frozenset[tuple[str, str]]:
    """Return the vocabularies and codes that the cohort of these criteria names."""
    writing = _Writing(terms)
    for criterion in criteria:
        tuple(_rule(criterion, "", writing))
    return writing.sets.asked()


def to_circe(
    criteria: Sequence[Criterion], title: str, terms: Terms, concepts: Concepts | None = None
) -> Export:
    """Return criteria as a cohort expression; `title` stands in front of every rule's name.

    With `concepts` the sets hold OMOP's own ids. A fact of which these have no concept does not
    carry over; a single code that they lack is in no record of a database on that release.
    """
    writing = _Writing(terms, ConceptSets(concepts))
    rules = [rule for criterion in criteria for rule in _rule(criterion, title, writing)]
    document = {
        "cdmVersionRange": ">=5.0.0",
        "PrimaryCriteria": {
            "CriteriaList": [{"VisitOccurrence": {"VisitTypeExclude": False}}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "All"},
        },
        "ConceptSets": writing.sets.document(),
        "QualifiedLimit": {"Type": "First"},
        "ExpressionLimit": {"Type": "First"},
        "InclusionRules": rules,
        "CensoringCriteria": [],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
        "CensorWindow": {},
    }
    for line in writing.sets.missing():
        writing.ledger.limit(line)
    resolved = f"the concept ids are those of {concepts.name}" if concepts else UNRESOLVED
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return writing.ledger.closed(text, (*LIMITS, resolved))


def _rule(criterion: Criterion, title: str, writing: _Writing) -> Iterator[dict[str, object]]:
    demanded = criterion.section == "inclusion"
    part = _part(criterion.expr, criterion.id, demanded, ALL_TIME, writing)
    group = part.group if demanded else _negated(part).group
    for place in part.places:
        writing.ledger.carry(place)
    _lose_the_rest(criterion, part.places, writing)
    if group is not None:
        name = f"{title} {criterion.id}"
        yield {"name": name, "description": criterion.text, "expression": group}


def _lose_the_rest(criterion: Criterion, said: tuple[str, ...], writing: _Writing) -> None:
    kept = frozenset(said)
    for place, node in leaves(criterion.expr, criterion.id):
        if place not in kept and place not in writing.ledger.lost:
            writing.ledger.lose(node, place, BESIDE)


def _part(node: nodes.Node, place: str, demanded: bool, span: _Group, writing: _Writing) -> _Part:
    """Return what Circe says of a node. `demanded`: it speaks for the person, not against."""

    def each(turned: bool = False) -> list[_Part]:
        want = demanded is not turned
        return [_part(part, where, want, span, writing) for where, part in parts(node, place)]

    match node:
        case nodes.All():
            return _every(each())
        case nodes.Any():
            return _some(each())
        case nodes.Not():
            return _negated(each(turned=True)[0])
        case nodes.AtLeast(n):
            return _at_least(n, each())
        case nodes.Except() if by_records(node, writing.terms):
            writing.ledger.lose(node, place, BY_RECORDS)
            return _Part(None, holds=demanded)
        case nodes.Except():
            ((where, first), *rest) = parts(node, place)
            excepted = [_part(p, w, not demanded, span, writing) for w, p in rest]
            return _every([_part(first, where, demanded, span, writing), _negated(_some(excepted))])
        case nodes.IfThen():
            return _if_then(node, place, demanded, span, writing)
        case nodes.Within():
            return _within(node, place, demanded, span, writing)
        case _:
            return _leaf(node, place, demanded, span, writing)


def _group(kind: str, found: Sequence[_Part], count: int | None = None) -> _Part:
    groups = [part.group for part in found if part.group is not None]
    body: _Group = {"Type": kind}
    body |= {} if count is None else {"Count": count}
    body |= {"CriteriaList": [], "DemographicCriteriaList": [], "Groups": groups}
    return _Part(body, tuple(place for part in found for place in part.places))


def _every(found: Sequence[_Part]) -> _Part:
    if any(part.group is None and not part.holds for part in found):
        return _Part(None, holds=False)
    left = [part for part in found if part.group is not None]
    return _group("ALL", left) if left else _Part(None, holds=True)


def _some(found: Sequence[_Part]) -> _Part:
    if any(part.group is None and part.holds for part in found):
        return _Part(None, holds=True)
    left = [part for part in found if part.group is not None]
    return _group("ANY", left) if left else _Part(None, holds=False)


def _negated(part: _Part) -> _Part:
    if part.group is None:
        return _Part(None, holds=not part.holds)
    return _group("AT_MOST", [part], 0)


def _at_least(n: int, found: Sequence[_Part]) -> _Part:
    left = [part for part in found if part.group is not None]
    wanted = n - sum(part.group is None and part.holds for part in found)
    if wanted <= 0:
        return _Part(None, holds=True)
    if wanted > len(left):
        return _Part(None, holds=False)
    return _group("AT_LEAST", left, wanted)


def _if_then(
    node: nodes.IfThen, place: str, demanded: bool, span: _Group, writing: _Writing
) -> _Part:
    """Say (not when, or then) and (when, or otherwise); whole or not at all."""
    inner = (part for _, part in parts(node, place))
    if any(_is_conditional(part) for part in inner):
        writing.ledger.lose(node, place, "a condition inside a condition")
        return _Part(None, holds=demanded)
    said = list(parts(node, place))
    (where, when), (where_then, then) = said[0], said[1]
    first = _some(
        [
            _negated(_part(when, where, not demanded, span, writing)),
            _part(then, where_then, demanded, span, writing),
        ]
    )
    halves = [first]
    if node.otherwise is not None:
        where_other, other = said[2]
        halves.append(
            _some(
                [
                    _part(when, where, demanded, span, writing),
                    _part(other, where_other, demanded, span, writing),
                ]
            )
        )
    wanted = frozenset(leaf_place for leaf_place, _ in leaves(node, place))
    whole = _every(halves)
    if whole.group is None or frozenset(whole.places) != wanted:
        return _Part(None, holds=demanded)
    return whole


def _is_conditional(node: nodes.Node) -> bool:
    inner = (part for _, part in parts(node, ""))
    return isinstance(node, nodes.IfThen) or any(map(_is_conditional, inner))


def _within(
    node: nodes.Within, place: str, demanded: bool, span: _Group, writing: _Writing
) -> _Part:
    why = None
    if node.half_lives is not None:
        why = "the half-life is not on record"
    elif node.anchor not in SCREENING_ANCHORS:
        why = f"the cohort's index is not the day of {node.anchor}"
    elif span is not ALL_TIME:
        why = "a time inside a time"
    try:
        inside = window(node.last, node.gap)
    except Unsaid as error:
        why = why or str(error)
    if why:
        writing.ledger.lose(node, place, why)
        return _Part(None, holds=demanded)
    if node.last and node.last.months:
        writing.ledger.limit("months are counted as the most days that they can have")
    ((where, part),) = parts(node, place)
    return _part(part, where, demanded, inside, writing)


def _leaf(node: nodes.Node, place: str, demanded: bool, span: _Group, writing: _Writing) -> _Part:
    why = unsayable(node)
    if why is None:
        try:
            asked: Asked = leaf(node, span, writing.terms, writing.sets)
            if not asked.criteria and not asked.demographic:
                raise Unsaid("it asks nothing")
            return _Part(
                {
                    "Type": asked.kind,
                    "CriteriaList": asked.criteria,
                    "DemographicCriteriaList": asked.demographic,
                    "Groups": [],
                },
                (place,),
            )
        except Unsaid as error:
            why = str(error)
    writing.ledger.lose(node, place, why)
    return _Part(None, holds=demanded)
