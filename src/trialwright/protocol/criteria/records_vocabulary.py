"""A vocabulary out of registry records: the MeSH headings that they carry, and their own words.

ClinicalTrials.gov finds MeSH headings for a record's conditions and interventions, and the wider
headings above them. MeSH is the U.S. National Library of Medicine's. A heading says what a text is
about; no patient's record carries its code, so that a person decides.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from trialwright.protocol.criteria.nodes import Domain
from trialwright.protocol.criteria.stop_words import is_stopped
from trialwright.protocol.criteria.vocabulary import Named, Vocabulary
from trialwright.record.model.other_sections import Mesh
from trialwright.record.model.study import Study

_LONGEST = 5  # words
# An intervention's own name with a dose, an arm or two drugs in it is no name of one thing.
_NO_NAME = re.compile(
    r"\b\d+(?:[.,]\d+)?\s*(?:mg|mcg|µg|g|ml|kg|iu|%|mm|hz|gy)\b|[+/;:(),]|\b(?:and|or|with|plus|vs"
    r"|versus|group|arm|dose|placebo|sham|control|standard|usual|study|treatment|therapy|program"
    r"|training|no)\b",
    re.IGNORECASE,
)
_KINDS: dict[str, Domain] = {
    "DRUG": "drug", "BIOLOGICAL": "drug", "COMBINATION_PRODUCT": "drug",
    "PROCEDURE": "procedure", "RADIATION": "procedure", "DIAGNOSTIC_TEST": "procedure",
    "DEVICE": "device",
}  # fmt: skip


def records_vocabulary(records: Iterable[Study], least: int = 2) -> Vocabulary:
    """Return the vocabulary of records: headings first, then the records' own words.

    least: so many records must call a thing so; one for the vocabulary of a single record.
    """
    headings: Counter[tuple[str, str, Domain]] = Counter()
    words: Counter[tuple[str, Domain]] = Counter()
    read = 0
    for record in records:
        read += 1
        headings.update(set(_headings(record)))
        words.update(set(_own_words(record)))
    names = (*_by_heading(headings), *_by_words(words, least))
    return Vocabulary("records", f"{read} records", tuple(names))


def _by_heading(headings: Counter[tuple[str, str, Domain]]) -> Iterator[tuple[str, Named]]:
    for (code, term, domain), _ in headings.most_common():
        named = Named(f"mesh:{code}/{term.lower()}", domain, "mesh")
        yield from ((said, named) for said in _as_said(term) if not is_stopped(said))


def _as_said(heading: str) -> Iterator[str]:
    """Yield a heading, and in the order of speech: `Bronchitis, Chronic`."""
    yield heading
    main, comma, kind = heading.partition(", ")
    if comma and "," not in kind:
        yield f"{kind} {main}"


def _by_words(words: Counter[tuple[str, Domain]], least: int) -> Iterator[tuple[str, Named]]:
    """Yield what so many records call so."""
    for (term, domain), times in words.most_common():
        if times >= least and not is_stopped(term):
            yield term, Named(f"registry:{domain}/{term}", domain, "records")


def _headings(record: Study) -> Iterator[tuple[str, str, Domain]]:
    yield from ((mesh.id, mesh.term, domain) for mesh, domain in _meshes(record)
                if mesh.id and mesh.term)  # fmt: skip


def _meshes(record: Study) -> Iterator[tuple[Mesh, Domain]]:
    """Yield the headings of conditions, the wider ones too, and of a record's drugs.

    Above a drug stand chemical families and effects, which are nobody's medication; and where a
    record does not only give drugs, nothing says what a heading of its interventions is.
    """
    derived = record.derived_section
    if derived and (module := derived.condition_browse_module):
        yield from ((mesh, "condition") for mesh in (*module.meshes, *module.ancestors))
    if (
        derived
        and (module := derived.intervention_browse_module)
        and set(_kinds(record)) == {"drug"}
    ):
        yield from ((mesh, "drug") for mesh in module.meshes)


def _own_words(record: Study) -> Iterator[tuple[str, Domain]]:
    """Yield a record's own words, and headings of older records that lost their code."""
    yield from ((mesh.term.lower(), domain) for mesh, domain in _meshes(record)
                if mesh.term and not mesh.id)  # fmt: skip
    section = record.protocol_section
    module = section.conditions_module if section else None
    for condition in module.conditions if module else ():
        yield from _one_name(condition, "condition")
    arms = section.arms_interventions_module if section else None
    for each in arms.interventions if arms else ():
        domain = _KINDS.get(each.type or "")
        if domain and each.name:
            yield from _one_name(each.name, domain)


def _one_name(words: str, domain: Domain) -> Iterator[tuple[str, Domain]]:
    words = words.strip()
    if len(words) > 3 and len(words.split()) <= _LONGEST and not _NO_NAME.search(words):
        yield words.lower(), domain


def _kinds(record: Study) -> Iterator[Domain]:
    section = record.protocol_section
    arms = section.arms_interventions_module if section else None
    for each in arms.interventions if arms else ():
        if domain := _KINDS.get(each.type or ""):
            yield domain
