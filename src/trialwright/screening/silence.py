"""What a closed world may conclude from a silence: absent, unless some record may be it.

A list of codes never names everything that a record can say. A record therefore stands apart from
a concept only where its code is known to mean something else, or where it has a code and words
that do not resemble it. What is in between is asked about, by name
(docs/decisions/0010-what-a-closed-world-may-conclude.md).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain, Has
from trialwright.screening.model import ClinicalFact, Code, Evidence, Verdict
from trialwright.screening.resemblance import fit, folded, says_something
from trialwright.screening.setting import Setting, unknown
from trialwright.screening.terms import ConceptTerm

_NAMED = 3  # so many records are named as evidence

Records = tuple[tuple[Domain, ClinicalFact], ...]
Counts = Callable[[Domain, ClinicalFact], bool]  # whether a record may count at that time


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a record may be the concept although its code is none of the listed ones."""

    why: str
    telling: bool  # something in the record points to it; otherwise the record only says too little


def silence(node: Has, term: ConceptTerm, records: Records, counts: Counts, at: Setting) -> Verdict:
    """Read that no record means the concept, as the policy says.

    `records` are those of its domains, none of them a hit.
    """
    if not at.policy.closed_world.closes(node.domain, *term.also):
        return _resembling(node, term, records, counts, at)
    records = tuple(each for each in records if counts(*each))
    if not records:
        return absent(node, term.label, f"no {node.domain} at all is on record{when(at)}")
    if doubts := tuple(_doubts(node, term, records)):
        return _asked(doubts, term)
    if not term.complete:
        fault = "no list of codes covers all that these words mean"
        return unknown("uncoded", term.label, fault)
    return absent(node, term.label, f"no code of it is on record{when(at)}, and nothing like it")


def _resembling(
    node: Has, term: ConceptTerm, records: Records, counts: Counts, at: Setting
) -> Verdict:
    """Return UNKNOWN, as an open world reads silence, beside records that point to the thing."""
    missing = f"no {node.domain} of this kind is on record{when(at)}"
    none = unknown("no_data", term.label, missing)
    named = [
        _named(found, fact, term)
        for domain, fact in records
        if (found := doubt(fact, term)) and found.telling and counts(domain, fact)
    ]
    return Verdict(Truth.UNKNOWN, "no_data", (*named[:_NAMED], *none.evidence))


def absent(node: Has, what: str, found: str) -> Verdict:
    """Return FALSE, with the reading of silence as its reason."""
    rule = f"{found}; {node.domain} is read as a closed world: absent"
    return Verdict(Truth.FALSE, None, (Evidence(None, what, None, None, None, rule, Truth.FALSE),))


def when(at: Setting) -> str:
    """Return the time that is asked about, in words."""
    if at.window is None:
        return f" by {at.on}"
    if at.days.first == date.min:
        return f" by {at.days.last}"
    return f" from {at.days.first} to {at.days.last}"


def doubt(fact: ClinicalFact, term: ConceptTerm) -> Doubt | None:
    """Say why a record may be the concept; None where it stands apart."""
    return _doubt(term, fact.codes, fact.words, fact.displays)


@lru_cache(maxsize=2**16)  # people share their wordings
def _doubt(
    term: ConceptTerm, codes: tuple[Code, ...], own: str, displays: tuple[str, ...]
) -> Doubt | None:
    words = folded(" | ".join((own, *displays)))
    if any(term.near.covers(code) for code in codes):
        return Doubt("its code may mean this or not", telling=True)
    if any(term.codes.below(code) for code in codes):
        return Doubt("its code is too coarse to tell", telling=True)
    if any(term.elsewhere.covers(code) for code in codes):
        return Doubt("its words name this", telling=True) if fit(term.names, words) else None
    if fit(term.names, words) or fit(term.fragments, words):
        return Doubt("its words resemble this, and its code is not listed", telling=True)
    if any(term.related.covers(code) for code in codes):
        return Doubt("its code is a wider or a closer word", telling=False)
    return _unplaced(codes, term, words)


def _unplaced(codes: tuple[Code, ...], term: ConceptTerm, words: str) -> Doubt | None:
    if any(code.system in term.closed for code in codes):
        return None
    if not codes:
        return Doubt("recorded in words only", telling=False)
    if says_something(words):
        return None
    return Doubt("a code that no list here knows, and no words", telling=False)


def _doubts(node: Has, term: ConceptTerm, records: Records) -> Iterator[tuple[Doubt, ClinicalFact]]:
    for domain, fact in records:
        found = doubt(fact, term)
        if found and (found.telling or matters(node, domain, fact, term)):
            yield found, fact


def matters(node: Has, domain: Domain, fact: ClinicalFact, term: ConceptTerm) -> bool:
    """Say whether a record that says too little must be asked about.

    Not where the words are asked about in any case; and of the other domains where the thing may
    be recorded only a procedure by a bare code: it may be the implantation of a device.
    """
    if not term.complete:
        return False
    return domain == node.domain or (domain == "procedure" and bool(fact.codes))


def _asked(doubts: Iterable[tuple[Doubt, ClinicalFact]], term: ConceptTerm) -> Verdict:
    """Return UNKNOWN that names the records in doubt, the telling ones first."""
    ordered = sorted(doubts, key=lambda each: not each[0].telling)
    evidence = tuple(_named(found, fact, term) for found, fact in ordered[:_NAMED])
    more = len(ordered) - _NAMED
    if more > 0:
        rest = f"{more} more records that the codes cannot tell apart"
        note = Evidence(None, term.label, None, None, None, rest, Truth.UNKNOWN)
        evidence = (*evidence, note)
    return Verdict(Truth.UNKNOWN, "uncoded", evidence)


def _named(found: Doubt, fact: ClinicalFact, term: ConceptTerm) -> Evidence:
    day = str(fact.start) if fact.start else None
    name = fact.words or fact.id
    rule = f"is it {term.label}? {found.why}; a person decides"
    return Evidence(fact.id, name, name, None, day, rule, Truth.UNKNOWN)
