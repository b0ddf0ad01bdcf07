"""The criteria of a record beside what the program reads in them, and what it leaves to a person.

The words as written come first; a reading never stands alone. What was understood only in part
says which words are left.
"""

from typing import Literal

from trialwright.interfaces.web.blocks import Criterion
from trialwright.interfaces.web.study.about import CriteriaRead, origin
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.of_study import read_study
from trialwright.protocol.criteria.trees import walk, with_left
from trialwright.protocol.criteria.wording import wording
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
_GLIMPSE = 60  # of the words that stand in full below the reading


def criteria_read(record: Record) -> CriteriaRead:
    """Return the criteria as read; nothing where the text holds no list."""
    found = read_study(record.study)
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
    """Return one criterion with its reading.

    The reading holds everything, also what a person decides: half of `heart failure caused by valve
    disease` would read as if heart failure itself excluded. The words that are left stand below it
    in full.
    """
    if isinstance(item.expr, _LEFT):
        return Criterion(item.id, item.text, open=_ONLY[type(item.expr)], added=added)
    if not _understood(item.expr):
        return Criterion(item.id, item.text, open=_ONLY[nodes.Residue], added=added)
    reading = sentence(wording(with_left(item.expr, lambda words: _short(words, _GLIMPSE))))
    return Criterion(item.id, item.text, reading, "; ".join(_left(item.expr)), added)


def _understood(node: nodes.Node) -> bool:
    """Say whether an expression holds anything that is not left to a person."""
    joins = nodes.All | nodes.Any | nodes.AtLeast | nodes.Not | nodes.Within
    return any(not isinstance(part, _LEFT | joins) for part in walk(node))


def _left(node: nodes.Node) -> tuple[str, ...]:
    """Return the words that are left to a person, each once, long ones cut."""
    found = (_short(part.words, _LONGEST) for part in walk(node) if isinstance(part, _LEFT))
    return tuple(dict.fromkeys(found))


def _short(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + " …"
