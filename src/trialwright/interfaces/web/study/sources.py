"""The sections that lead elsewhere: references, identifiers; and where this record comes from."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import quote

import msgspec

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import (
    Badge,
    Block,
    Entries,
    Entry,
    Inline,
    Link,
    Part,
    Tone,
    Word,
    facts,
)
from trialwright.interfaces.web.study.about import About, origin, place
from trialwright.record.model import (
    IdentificationModule,
    OrgStudyIdInfo,
    Reference,
    ReferencesModule,
    SecondaryIdInfo,
)
from trialwright.record.record import DesignFact, Finding, Provenance, Record
from trialwright.record.references import doi
from trialwright.results.words import sentence

_T = TypeVar("_T")
_FORMATS = {
    "v2": "the registry's API v2 (JSON)",
    "page": "the captured text of a registry portal's page",
    "legacy_xml": "the registry's legacy XML",
}
_FINDINGS = {
    "lost": "lost",
    "unlabelled": "without its label",
    "assumed": "read in one of several senses",
    "unplaced": "not placed",
    "mismatch": "contradictory",
}


def references(about: About) -> tuple[Block, ...]:
    """Return publications, then links, each with its address where it has a safe one."""
    module = about.protocol.references_module or ReferencesModule()
    cited = tuple(_reference(item) for item in module.references)
    links = tuple(
        Entry(link) for item in module.see_also_links if (link := outside(item.label, item.url))
    )
    return (Entries((*cited, *links)),) if cited or links else ()


def identifiers(about: About) -> tuple[Block, ...]:
    """Return the organisation's own number and every other one, with kind and source."""
    module = about.protocol.identification_module or IdentificationModule()
    own = (_own(module.org_study_id_info),) if module.org_study_id_info else ()
    others = tuple(_secondary(item) for item in module.secondary_id_infos)
    aliases = tuple(Entry(alias, (Badge("Former NCT number"),)) for alias in module.nct_id_aliases)
    entries = (*others, *own, *aliases)
    return (Entries(entries, compact=True),) if entries else ()


def outside(label: str | None, address: str | None) -> Link | str | None:
    """Return a link to a web address; only its text where the address is not http(s).

    >>> outside("here", "javascript:alert(1)")
    'here (javascript:alert(1))'
    """
    if not address:
        return label
    if not re.match(r"https?://[^\s/]", address, re.IGNORECASE):
        return f"{label} ({address})" if label else address
    return Link(label or address, address)


def origin_of_record(record: Record) -> tuple[Block, ...]:
    """Return how the record was read, what its source lost, and what was added from elsewhere."""
    source = _FORMATS.get(record.source_format, record.source_format)
    open_ones = tuple(item for item in record.findings if not item.answered_by)
    answered = tuple(item for item in record.findings if item.answered_by)
    return (
        *facts(("Read from", Word(source, record.source_format))),
        *_part("What the source lost or left unclear", open_ones, _finding),
        *_part("Lost, and settled from another source", answered, _finding),
        *_part("Added from other public sources", record.provenance, _provenance),
        *_part("Published facts that the record has no field for", record.design_facts, _fact),
    )


def _part(heading: str, things: Sequence[_T], entry: Callable[[_T], Entry]) -> tuple[Block, ...]:
    if not things:
        return ()
    listed = Entries(tuple(entry(thing) for thing in things), compact=True)
    return (Part(heading, (listed,)),)


def _reference(reference: Reference) -> Entry:
    kind = words.word(words.REFERENCE, reference.type)
    found = doi(reference)
    lines: tuple[Inline, ...] = ()
    if found:
        lines = (*lines, Link(f"doi:{found}", f"https://doi.org/{quote(found, safe='/')}"))
    if reference.pmid:
        address = f"https://pubmed.ncbi.nlm.nih.gov/{quote(reference.pmid, safe='')}/"
        lines = (*lines, Link(f"PubMed {reference.pmid}", address))
    retracted = (Badge("Retracted", "stop"),) if reference.retractions else ()
    badges = (*((Badge(kind.text, code=kind.code),) if kind else ()), *retracted)
    return Entry(reference.citation or "Citation not published", badges, lines)


def _own(info: OrgStudyIdInfo) -> Entry:
    kind = words.word(words.IDENTIFIER, info.type)
    lines: tuple[Inline, ...] = (kind,) if kind else ()
    return Entry(info.id or "not published", (Badge("The organisation's own number"),), lines)


def _secondary(info: SecondaryIdInfo) -> Entry:
    kind = words.word(words.IDENTIFIER, info.type)
    link = outside(info.domain or info.link, info.link) or info.domain
    badges = (Badge(kind.text, code=kind.code),) if kind else ()
    return Entry(info.id or "not published", badges, (link,) if link else ())


def _finding(finding: Finding) -> Entry:
    kind = _FINDINGS.get(finding.kind, finding.kind)
    settled = (f"settled by {finding.answered_by}",) if finding.answered_by else ()
    tone: Tone = "good" if finding.answered_by else "wait"
    badge = Badge(kind, tone, finding.kind)
    where = Word(place(finding.where), finding.where)
    return Entry(sentence(finding.text), (badge,), lines=(where, *settled))


def _provenance(entry: Provenance) -> Entry:
    replaced = (f"instead of: {_value(entry.replaced)}",) if entry.replaced else ()
    lines = (Word(place(entry.field), entry.field), origin(entry), *replaced)
    return Entry(_value(entry.value), lines=lines)


def _fact(fact: DesignFact) -> Entry:
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    topic = sentence(fact.topic.replace("_", " "))
    return Entry(f"{topic}: {', '.join(map(str, values))}", lines=(origin(fact),))


def _value(text: str) -> str:
    """Return an added value as people read it; lists are kept as JSON text.

    >>> _value('["Heart Failure", "Stroke"]')
    'Heart Failure, Stroke'
    """
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return text
    return ", ".join(map(str, value)) if isinstance(value, list) else text
