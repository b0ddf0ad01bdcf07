"""Criteria as entries of a file, and back."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from trialwright.core.canonical import digest, sha256
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.criteria.trees import residue
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.fault import Doubt, Fault
from trialwright.protocol.model import CriterionEntry

_WHO = "who (`by: Dr Name`) and when (`at: 2026-01-31` or `at: 2026-01-31T09:30:00Z`)"


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, by which a change of it is seen."""
    return sha256(text.encode("utf-8", "surrogatepass"))


def entry_of(item: nodes.Criterion) -> CriterionEntry:
    """Return a criterion as an entry, with the hash of its text."""
    return CriterionEntry(
        id=item.id,
        section=item.section,
        text=item.text,
        sha256=text_hash(item.text),
        span=item.span,
        status=item.status,
        expr=encode(item.expr),
    )


def criterion_of(entry: CriterionEntry) -> nodes.Criterion:
    """Return an entry as a criterion; InputError for an expression that cannot be read."""
    node = decode(entry.expr, entry.id)
    return nodes.Criterion(entry.id, entry.section, entry.text, entry.span, node, entry.status)


def explained(entry: CriterionEntry) -> CriterionEntry:
    """Return an entry with its hash, and with reading and residue made from its expression."""
    node = decode(entry.expr, entry.id)
    return msgspec.structs.replace(
        entry,
        sha256=text_hash(entry.text),
        residue=residue(node) or None,
        reading=wording(node),
    )


def entry_hash(entry: CriterionEntry) -> str:
    """Return a hash by which a change of text, expression, status or signature is seen.

    What is made from the expression (reading, residue) is left out, as are id and place.
    """
    return digest([entry.section, entry.text, entry.expr, entry.status, entry.by, entry.at])


def filing_faults(entry: CriterionEntry, path: str) -> Iterator[Fault]:
    """Yield what is wrong in the frame of an entry: its hash, its place, its signature."""
    expected = text_hash(entry.text)
    if entry.sha256 is not None and entry.sha256 != expected:
        what = f"{entry.sha256[:12]}..., which is not the hash of the text"
        yield Fault(f"{path}.sha256", what, f"the record's own text, whose hash is {expected}")
    start, end = entry.span
    if not 0 <= start <= end:
        yield Fault(f"{path}.span", f"[{start}, {end}]", "from and to, counted from 0")
    signed = entry.by is not None and entry.at is not None
    if entry.status != "auto" and not signed:
        yield Fault(f"{path}.status", f"{entry.status}, and nobody signed it", _WHO)
    if entry.status == "auto" and (entry.by is not None or entry.at is not None):
        wanted = "reviewed, edited or locked beside a signature"
        yield Fault(f"{path}.status", "auto, and yet signed", wanted)
    if entry.at is not None and not _is_moment(entry.at):
        yield Fault(f"{path}.at", repr(entry.at), "a day, or a day and time in UTC, that exists")


def filing_doubts(entry: CriterionEntry, path: str) -> Iterator[Doubt]:
    """Yield what no longer fits the expression; the expression counts, and these are remade."""
    made = explained(entry)
    for key in ("reading", "residue"):
        given, expected = getattr(entry, key), getattr(made, key)
        if given is not None and given != expected:
            yield Doubt(f"{path}.{key}", f"it does not fit the expression, which says {expected!r}")


def _is_moment(text: str) -> bool:
    try:
        date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
