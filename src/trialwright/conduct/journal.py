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
from trialwright.conduct.legible import exact
from trialwright.conduct.model import TrialState
from trialwright.conduct.scrutiny import doubt, not_finite
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
    """Return the entry that follows the one with hash `previous`; `at` has to know its zone.

    InputError, naming the field, for an event that could not be read back as it is: the entry is
    what its own bytes say.
    """
    if at.tzinfo is None:
        raise InputError(f"entry {seq}", f"time {at} without a zone", "a time in UTC")
    event = exact(event, type(event), type(event).__name__)
    if what := not_finite(event):
        raise InputError(f"entry {seq}, {type(event).__name__}", what, "a finite number")
    body = _Body(seq, at.astimezone(UTC), actor, role, reason, event, previous)
    return _legible(body)


def _legible(body: _Body) -> Entry:
    """Return the entry as a reader will find it; InputError where that is not what was said."""
    where = f"entry {body.seq}, {type(body.event).__name__}"
    wanted = "an event that reads back as it was written"
    try:
        data = canonical_json(body)
        entry = entry_of(Line(body.seq, data, sha256(data)), where)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InputError(where, f"cannot be written ({error})", wanted) from error
    if entry != _entry(body, entry.hash):
        raise InputError(where, "does not read back as it was written", wanted)
    return entry


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
    """Recompute sequence, chain, hashes, times and fold; name the first entry that does not hold.

    An entry holds where its bytes are as the journal writes them, and where the trial's own
    service could have written it (see `scrutiny`). `store_faults` says what the store itself found
    amiss, a missing guard for instance; such a fault stands at entry 0, before all entries, and is
    named only where every entry holds.

    Nobody's key is in the hashes: a journal that was written anew from its beginning, by every
    rule, is whole. What tells it apart is a head hash that was filed elsewhere (see `filed`).
    """
    state: TrialState | None = None
    hashes: list[str] = []
    try:
        for line in lines:
            what, state = _told(line, state, hashes)
            if what:
                return _broken(hashes, what)
            hashes.append(line.hash)
    except InputError as error:
        return _broken(hashes, str(error))
    if not hashes:
        return _broken(hashes, "the journal has no entries")
    if store_faults:
        return Verification(False, len(hashes), hashes[-1], Fault(0, "; ".join(store_faults)))
    return Verification(True, len(hashes), hashes[-1])


def _told(
    line: Line, state: TrialState | None, hashes: Sequence[str]
) -> tuple[str | None, TrialState | None]:
    """Return what is wrong with the next line, if anything, and the trial after it."""
    if what := _fault(line, len(hashes) + 1, hashes[-1] if hashes else GENESIS):
        return what, state
    entry = entry_of(line)
    if what := _falls(entry, state):
        return what, state
    after = apply(state, entry)
    if what := doubt(state, entry, hashes):
        what = f"entry {line.seq} cannot have been recorded: {what}"
    return what, after


def _broken(hashes: Sequence[str], what: str) -> Verification:
    head = hashes[-1] if hashes else GENESIS
    return Verification(False, len(hashes), head, Fault(len(hashes) + 1, what))


def _fault(line: Line, seq: int, head: str) -> str | None:
    if line.seq != seq:
        return f"entry {seq} is missing: entry {line.seq} stands in its place"
    if sha256(line.body) != line.hash:
        return f"entry {seq} does not match its hash: its content or its hash was changed"
    entry = entry_of(line)
    if entry.seq != seq:
        return f"entry {seq} says that it is entry {entry.seq}: entries were moved"
    if entry.previous != head:
        return f"entry {seq} does not follow entry {seq - 1}: the chain is broken before it"
    if line_of(entry).body != line.body:
        return f"entry {seq} is not spelled as the journal writes its entries"
    if entry.at.tzinfo is None:
        return f"entry {seq} was recorded at {entry.at}, a time without a zone"
    return None


def _falls(entry: Entry, state: TrialState | None) -> str | None:
    """Say where an entry was recorded before the one it follows: the clock was not right."""
    if state is None or entry.at >= state.latest:
        return None
    return (
        f"entry {entry.seq} was recorded at {entry.at}, before entry {entry.seq - 1} at "
        f"{state.latest}: the times fall"
    )


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
