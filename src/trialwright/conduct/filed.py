"""A head hash that was filed elsewhere: what tells a journal apart from one that was written anew.

The hashes of a journal are nobody's secret, so its chain shows a change only to someone who knows
one of its hashes from another place: a printed report, a letter, another machine.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from trialwright.conduct.journal import Fault, Verification
from trialwright.core.errors import InputError

SHORTEST = 12
_HASH = re.compile(f"[0-9a-f]{{{SHORTEST},64}}")


def filed_hash(text: str, where: str) -> str:
    """Return a hash, or its beginning, as it was filed; InputError for what is none."""
    plain = "".join(text.split()).lower()
    if not _HASH.fullmatch(plain):
        wanted = f"a head hash, or at least its first {SHORTEST} hexadecimal characters"
        raise InputError(where, repr(text[:70]), wanted)
    return plain


def entry_with(hashes: Sequence[str], filed: str) -> int | None:
    """Return the number of the entry whose hash begins so; None where the journal has none."""
    found = (seq for seq, each in enumerate(hashes, start=1) if each.startswith(filed))
    return next(found, None)


def as_filed(found: Verification, hashes: Sequence[str], filed: str) -> Verification:
    """Hold a journal that is whole against the head that was filed: not whole where it is another.

    `hashes` are those of the journal's entries in order. A fault stands at entry 0.
    """
    if found.head.startswith(filed):
        return found
    seq = entry_with(hashes, filed)
    known = f"is that of entry {seq} of {len(hashes)}" if seq else "is no entry's of this journal"
    return _other(found, f"the head is {found.head}; the head that was filed, {filed}, {known}")


def as_made_from(found: Verification, hashes: Sequence[str], head: str, file: str) -> Verification:
    """Hold a journal that is whole against a file that was made from it, at its end or earlier."""
    if entry_with(hashes, head):
        return found
    what = f"{file} was made from another head, {head}: no entry's of this journal"
    return _other(found, f"{what}, whose head is {found.head}")


def _other(found: Verification, what: str) -> Verification:
    """The first fault stays the first: a head says nothing more about a chain that is broken."""
    return replace(found, whole=False, first_fault=Fault(0, what)) if found.whole else found
