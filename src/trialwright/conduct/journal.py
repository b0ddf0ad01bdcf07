"""The journal's chain: each entry carries the hash of the one before, so one changed byte shows.

An entry's body is the canonical JSON of everything but its own hash; the hash is the SHA-256 of
that body. Bodies are kept as bytes, so what was hashed is what is stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from trialwright.conduct.events import AnyEvent, Entry, Role
from trialwright.conduct.fold import apply
from trialwright.conduct.model import TrialState
from trialwright.core.canonical import canonical_json, sha256
from trialwright.core.errors import InputError

GENESIS = "0" * 64  # the hash "before" the first entry


class Line(NamedTuple):
    """One stored entry as it lies in a store: its number, its body's bytes and their hash."""

    seq: int
    body: bytes
    hash: str


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seq: int
    at: datetime
    actor: str
    role: Role
    reason: str
    event: AnyEvent
    previous: str


_bodies = msgspec.json.Decoder(_Body)
_entries = msgspec.json.Decoder(Entry)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was recorded, and what is wrong with it."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a journal is whole; `head` is the hash of the last entry that still holds."""

    whole: bool
    events: int  # entries that hold, counted up to the first fault
    head: str
    first_fault: Fault | None = None


def seal(
    previous: str,
    seq: int,
    at: datetime,
    actor: str,
    role: Role,
    reason: str,
    event: AnyEvent,
) -> Entry:
    """Return the entry that follows the one with hash `previous`; `at` has to know its zone."""
    if at.tzinfo is None:
        raise InputError(f"entry {seq}", f"time {at} without a zone", "a time in UTC")
    body = _Body(seq, at.astimezone(UTC), actor, role, reason, event, previous)
    return _entry(body, sha256(canonical_json(body)))


def line_of(entry: Entry) -> Line:
    """Return what a store keeps of an entry."""
    body = _Body(
        entry.seq, entry.at, entry.actor, entry.role, entry.reason, entry.event, entry.previous
    )
    return Line(entry.seq, canonical_json(body), entry.hash)


def entry_of(line: Line, where: str = "journal") -> Entry:
    """Read one stored line; InputError where its body is no entry."""
    try:
        return _entry(_bodies.decode(line.body), line.hash)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{where}, entry {line.seq}", f"unreadable ({error})", "an entry as it was recorded"
        ) from error


def to_ndjson(entries: Iterable[Entry]) -> Iterable[bytes]:
    """Yield one canonical JSON line per entry, hash included."""
    for entry in entries:
        yield canonical_json(entry) + b"\n"


def from_ndjson(lines: Iterable[bytes], where: str = "journal") -> Iterable[Line]:
    """Yield the stored lines of an exported journal; blank lines are passed over."""
    for number, text in enumerate(lines, start=1):
        if text.strip():
            try:
                yield line_of(_entries.decode(text))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise InputError(
                    f"{where}, line {number}", f"unreadable ({error})", "one journal entry"
                ) from error


def verify(lines: Iterable[Line], store_faults: Sequence[str] = ()) -> Verification:
    """Recompute sequence, chain, hashes and fold; name the first entry that does not hold.

    `store_faults` says what the store itself found amiss, a missing guard for instance; such a
    fault stands at entry 0, before all entries, and is named only where every entry holds.
    """
    state: TrialState | None = None
    events, head = 0, GENESIS
    try:
        for line in lines:
            what = _fault(line, events + 1, head)
            if what:
                return Verification(False, events, head, Fault(events + 1, what))
            state = apply(state, entry_of(line))
            events, head = events + 1, line.hash
    except InputError as error:
        return Verification(False, events, head, Fault(events + 1, str(error)))
    if not events:
        return Verification(False, 0, head, Fault(1, "the journal has no entries"))
    if store_faults:
        return Verification(False, events, head, Fault(0, "; ".join(store_faults)))
    return Verification(True, events, head)


def _fault(line: Line, seq: int, head: str) -> str | None:
    if line.seq != seq:
        return f"entry {seq} is missing: entry {line.seq} stands in its place"
    if sha256(line.body) != line.hash:
        return f"entry {seq} does not match its hash: its content or its hash was changed"
    body = entry_of(line)
    if body.seq != seq:
        return f"entry {seq} says that it is entry {body.seq}: entries were moved"
    if body.previous != head:
        return f"entry {seq} does not follow entry {seq - 1}: the chain is broken before it"
    return None


def _entry(body: _Body, digest: str) -> Entry:
    return Entry(
        seq=body.seq,
        at=body.at,
        actor=body.actor,
        role=body.role,
        reason=body.reason,
        event=body.event,
        previous=body.previous,
        hash=digest,
    )
