"""Criteria as FHIR R5: an EvidenceVariable with the whole tree, and a Group of what fits into one.

R5's Group joins its characteristics by `and` alone. It holds every demand that is one thing or
several that must all hold, and every exclusion that is one thing or any of several. The rest is in
the EvidenceVariable only. Each resource has a balance of its own.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.screening.exports import fhir_evidence
from trialwright.screening.exports.fhir_values import Json, by_value, plain
from trialwright.screening.exports.ledger import Export, Ledger, Unsaid, parts, unsayable
from trialwright.screening.terms import Terms

GROUP_LIMITS = ("Group: a time is not said; what is bound to one is left out",)


@dataclass(frozen=True, slots=True)
class FhirExport:
    """A Bundle of both resources, and the balance of each."""

    text: str
    evidence_variable: Export
    group: Export


def to_fhir(criteria: Sequence[Criterion], title: str, terms: Terms) -> FhirExport:
    """Return criteria as a FHIR R5 Bundle."""
    evidence, people = Ledger(), Ledger()
    resources = (
        fhir_evidence.evidence_variable(criteria, title, terms, evidence),
        _group(criteria, title, terms, people),
    )
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in resources],
    }
    one, other = (json.dumps(each, indent=2, ensure_ascii=False) for each in resources)
    return FhirExport(
        json.dumps(bundle, indent=2, ensure_ascii=False),
        evidence.closed(one, fhir_evidence.LIMITS),
        people.closed(other, GROUP_LIMITS),
    )


def _group(criteria: Sequence[Criterion], title: str, terms: Terms, ledger: Ledger) -> Json:
    said = [each for criterion in criteria for each in _characteristics(criterion, terms, ledger)]
    return {
        "resourceType": "Group",
        "name": plain(title),
        "type": "person",
        "membership": "definitional",
        "description": "What of the eligibility criteria one Group can say: not all of them.",
        "characteristic": said,
    }


def _characteristics(criterion: Criterion, terms: Terms, ledger: Ledger) -> Iterator[Json]:
    excluded = criterion.section == "exclusion"
    yield from _all_hold(criterion.expr, criterion.id, excluded, terms, ledger)


def _all_hold(
    node: nodes.Node, place: str, excluded: bool, terms: Terms, ledger: Ledger
) -> Iterator[Json]:
    """Yield characteristics that together say the node, or its opposite where it excludes."""
    match node:
        case nodes.Not(of):
            yield from _all_hold(of, f"{place}.not", not excluded, terms, ledger)
        case nodes.All() | nodes.Any() if isinstance(node, nodes.Any) is excluded:
            for where, part in parts(node, place):
                yield from _all_hold(part, where, excluded, terms, ledger)
        case _ if any(parts(node, place)):
            ledger.lose(node, place, "Group: R5's Group joins by `and` only")
        case _:
            yield from _leaf(node, place, excluded, terms, ledger)


def _leaf(
    node: nodes.Node, place: str, excluded: bool, terms: Terms, ledger: Ledger
) -> Iterator[Json]:
    why = unsayable(node)
    try:
        found = by_value(node, terms) if why is None else ()
    except Unsaid as error:
        why, found = str(error), ()
    if len(found) > 1 and excluded:
        why = "age and sex together exclude, which takes more than `and`"
    if why is not None:
        ledger.lose(node, place, f"Group: {why}")
        return
    ledger.carry(place)
    for each in found:
        value = {key: said for key, said in each.items() if key.startswith("value")}
        yield {"code": each["type"], **value, "exclude": excluded}
