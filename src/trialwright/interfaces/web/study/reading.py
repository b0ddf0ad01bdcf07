"""The criteria of a record beside what the program reads in them, and what it leaves to a person.

The words as written come first; a reading never stands alone. What was understood only in part
says which words are left.
"""

from collections.abc import Iterable
from typing import Literal

from trialwright.interfaces.web.blocks import Criterion
from trialwright.interfaces.web.study.about import CriteriaRead, origin
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.read import read_criteria
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.criteria.wording import wording
from trialwright.record.model import EligibilityModule, ProtocolSection
from trialwright.record.record import Record
from trialwright.results.words import sentence

_PATH = "protocolSection.eligibilityModule.eligibilityCriteria"
_LEFT = nodes.Residue | nodes.Attest | nodes.Judgement
_ONLY = {
    nodes.Attest: "The site confirms this.",
    nodes.Judgement: "An investigator judges this.",
    nodes.Residue: "Not understood by the program; a person decides.",
}
_FROM_FIELDS = "I0"  # what the age and sex fields say, which the page shows as fields
_LONGEST = 140


def criteria_read(record: Record) -> CriteriaRead:
    """Return the criteria as read; nothing where the text holds no list."""
    section = record.study.protocol_section or ProtocolSection()
    module = section.eligibility_module or EligibilityModule()
    found = read_criteria(module.eligibility_criteria or "")
    added = {entry.field: origin(entry) for entry in record.provenance}

    def of(name: Literal["inclusion", "exclusion"]) -> tuple[Criterion, ...]:
        listed = (item for item in found.items if item.section == name)
        return tuple(
            criterion_view(item, added.get(f"{_PATH}/{name}/{item.id[1:]}", ""))
            for item in listed
            if item.id != _FROM_FIELDS
        )

    also = (piece.text.strip() for piece in found.leftover if piece.kind not in ("header", "blank"))
    return CriteriaRead(of("inclusion"), of("exclusion"), tuple(text for text in also if text))


def criterion_view(item: nodes.Criterion, added: str = "") -> Criterion:
    """Return one criterion with its reading."""
    if isinstance(item.expr, _LEFT):
        return Criterion(item.id, item.text, open=_ONLY[type(item.expr)], added=added)
    read = understood(item.expr)
    left = "; ".join(_left(item.expr))
    if read is None:
        return Criterion(item.id, item.text, open=_ONLY[nodes.Residue], added=added)
    return Criterion(item.id, item.text, sentence(wording(read)), left, added)


def understood(node: nodes.Node) -> nodes.Node | None:
    """Return the expression without the parts that are left to a person; None if nothing stays."""
    match node:
        case nodes.Residue() | nodes.Attest() | nodes.Judgement():
            return None
        case nodes.All(of):
            return _rejoined(nodes.All, of)
        case nodes.Any(of):
            return _rejoined(nodes.Any, of)
        case nodes.Within(last, anchor, of):
            inner = understood(of)
            return nodes.Within(last, anchor, inner) if inner else None
        case _:
            return node


def _rejoined(
    join: type[nodes.All] | type[nodes.Any], parts: Iterable[nodes.Node]
) -> nodes.Node | None:
    kept = tuple(read for part in parts if (read := understood(part)))
    if len(kept) < 2:
        return kept[0] if kept else None
    return join(kept)


def _left(node: nodes.Node) -> tuple[str, ...]:
    """Return the words that are left to a person, each once, long ones cut."""
    found = (_short(part.words) for part in walk(node) if isinstance(part, _LEFT))
    return tuple(dict.fromkeys(found))


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0] + " …"
