"""Use cases of the criteria file: read a text into one, check it, act on it, bring it up to date.

Each returns the new text and what changed; whoever calls writes both, or neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from trialwright.core.errors import InputError
from trialwright.protocol.criteria.read import CriteriaReading
from trialwright.protocol.criteria_file.actions import Action, Signed, acted
from trialwright.protocol.criteria_file.document import (
    CriteriaDocument,
    doubts,
    faults,
    read_document,
    require_sound,
    whole_text,
)
from trialwright.protocol.criteria_file.entries import entry_of, explained, text_hash
from trialwright.protocol.criteria_file.merge import Change, Merge, merged
from trialwright.protocol.criteria_file.model import (
    CriteriaFile,
    CriteriaSource,
    LeftoverEntry,
)
from trialwright.protocol.criteria_file.splice import Kept, rewritten
from trialwright.protocol.criteria_file.uncovered import require_covered, uncovered
from trialwright.protocol.criteria_file.versions import parser_version, vocabulary_versions
from trialwright.protocol.model import CriterionEntry, Protocol

__all__ = [
    "Edit", "Update", "act", "criteria_file", "doubts", "faults", "read_document",
    "require_covered", "require_sound", "uncovered", "update", "whole_text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """A file's new text, what changed in it, and whether its comments are all kept."""

    text: str
    changes: tuple[tuple[CriterionEntry | None, CriterionEntry | None], ...]
    comments_kept: bool


@dataclass(frozen=True, slots=True)
class Update:
    """An edit by a new reading, with what became of every criterion."""

    edit: Edit
    merge: Merge
    same_text: bool


def criteria_file(
    reading: CriteriaReading, text: str, name: str, nct_id: str | None = None
) -> CriteriaFile:
    """Return a reading of a text as the value of a file."""
    leftover = tuple(
        LeftoverEntry(piece.kind, piece.span, piece.text)
        for piece in reading.leftover
        if piece.kind != "blank" and piece.text
    )
    return CriteriaFile(
        source=CriteriaSource(name, text_hash(text), nct_id, len(text.rstrip()) or None),
        parser=parser_version(),
        vocabularies=vocabulary_versions(),
        criteria=tuple(explained(entry_of(item)) for item in reading.items),
        leftover=leftover,
    )


def act(
    document: CriteriaDocument,
    ids: Sequence[str],
    action: Action,
    signed: Signed,
    expr: dict[str, Any] | None = None,
) -> Edit:
    """Do the same to some criteria of a sound document; all of them, or none."""
    require_sound(document)
    wanted = {document.entry(name).id for name in ids}
    if not wanted:
        raise InputError(document.name, "no criterion named", "the id of at least one")
    new = tuple(
        acted(entry, action, signed, expr) if entry.id in wanted else entry
        for entry in document.criteria
    )
    kept = [Kept(entry, i) for i, entry in enumerate(new)]
    filed = msgspec.structs.replace(document.filed, criteria=new)
    result = rewritten(document, filed, kept)
    changes = [(a, b) for a, b in zip(document.criteria, new, strict=True) if b.id in wanted]
    return Edit(result.text, tuple(changes), result.spliced)


def update(document: CriteriaDocument, new: CriteriaFile, same_record: bool = False) -> Update:
    """Bring a new reading into a sound document.

    `same_record`: a protocol's record is the same one, which it knows by the record's hash; a
    criteria file knows its text by its own.
    """
    require_sound(document)
    old = document.filed
    same = same_record if isinstance(old, Protocol) else old.source.sha256 == new.source.sha256
    merge = merged(document.criteria, new.criteria, same)
    filed: CriteriaFile | Protocol
    if isinstance(old, Protocol):
        filed = msgspec.structs.replace(old, criteria=merge.criteria)
    else:
        filed = msgspec.structs.replace(new, criteria=merge.criteria)
    result = rewritten(document, filed, merge.kept)
    changes = tuple((c.before, c.after) for c in merge.changes if _is_told(c))
    return Update(Edit(result.text, changes, result.spliced), merge, same)


def _is_told(change: Change) -> bool:
    """Say whether the history tells of a change: of all but what stayed as it was."""
    return change.outcome not in ("kept", "moved")
