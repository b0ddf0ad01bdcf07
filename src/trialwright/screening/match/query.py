"""A patient as words to search by: what the patient has, in the words that studies use.

Coded patients: conditions and procedures on record that are not ruled out, each by its own words
and by the project's name for it where its code is known, and measures outside the limits of normal
that stand beside them. Findings and situations that no vocabulary knows (employment, housing) are
left out: SNOMED CT names them as such.

A patient in words: the names found in the note, its telling words, and pairs of them that stand
side by side. On TREC 2021's topics, odd and even alike, the names, the pairs, and leaving out what
a note denies each made the ranking better.
"""

import re
from collections.abc import Iterable, Iterator

from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.core.ways import FACTORS_ALONE
from trialwright.registry.query import MAX_LENGTH
from trialwright.registry.words import folded, telling_words
from trialwright.screening.compare import converted
from trialwright.screening.match.model import Sought
from trialwright.screening.model import ClinicalFact, Measured, Observation, Patient
from trialwright.screening.patients.narrative import Note
from trialwright.screening.terms import ConceptTerm, Terms

_TAG = re.compile(r"\s*\((?P<tag>[a-z ]+)\)\s*$", re.IGNORECASE)
_SOCIAL = frozenset({"finding", "situation", "person", "observable entity", "regime/therapy"})
_WORD = re.compile(r"[a-z0-9]+")
_MOST_WORDS = 6  # of one term: longer ones are never found whole


def sought_of(patient: Patient, terms: Terms) -> Sought:
    """Return a coded patient with the words to search by."""
    found = dict.fromkeys(term for term in _terms(patient, terms) if term)
    return fitted(Sought(patient, tuple(found)))


def sought_of_note(note: Note) -> Sought:
    """Return a patient in words with the words to search by."""
    terms = dict.fromkeys((*note.names, *note.words, *note.pairs))
    return fitted(Sought(note.patient, tuple(terms), notes=note.said))


def fitted(sought: Sought) -> Sought:
    """Return what fits into one query; the rest is counted."""
    kept: list[str] = []
    length = 0
    for term in sought.terms:
        if not _written(term):
            continue
        length += len(_written(term)) + len(" OR ")
        if length > MAX_LENGTH:
            break
        kept.append(term)
    left = sum(bool(_written(term)) for term in sought.terms) - len(kept)
    return Sought(sought.patient, tuple(kept), sought.words_left_out + left, sought.notes)


def query_text(terms: Iterable[str]) -> str:
    """Return the query: any of the terms; words of one term stand together.

    >>> query_text(("dilated cardiomyopathy", "not"))
    '"dilated cardiomyopathy" OR not'
    """
    return " OR ".join(map(_written, terms))


def _written(term: str) -> str:
    """Write a term so that nothing in it is an operator: folded words, a phrase where several."""
    words = _WORD.findall(folded(term))
    return f'"{" ".join(words)}"' if len(words) > 1 else "".join(words)


def _terms(patient: Patient, terms: Terms) -> Iterator[str]:
    names = tuple(terms.concepts.values())
    facts = (*patient.conditions, *patient.procedures)
    known = {fact.id: tuple(each for each in names if each.matches(fact.codes)) for fact in facts}
    held = [fact for fact in facts if fact.holds is not Truth.FALSE]
    for fact in held:
        yield from (concept.label for concept in known[fact.id])
    for fact in held:
        yield from _own_words(fact, known[fact.id])
    for observation in patient.observations:
        yield from _abnormal(observation, terms)


def _own_words(fact: ClinicalFact, known: tuple[ConceptTerm, ...]) -> Iterator[str]:
    tag = _TAG.search(fact.words)
    if not known and tag is not None and tag["tag"].lower() in _SOCIAL:
        return
    words = telling_words(_TAG.sub("", fact.words))
    if 1 < len(words) <= _MOST_WORDS:
        yield " ".join(_WORD.findall(folded(_TAG.sub("", fact.words))))
    yield from words


def _abnormal(observation: Observation, terms: Terms) -> Iterator[str]:
    """Yield the measure's name where its value is outside the limits of normal recorded with it."""
    value = observation.value
    if not isinstance(value, Measured) or value.bound is not None or not _outside(observation):
        return
    for measure in terms.measures.values():
        if measure.codes.intersection(observation.codes):
            yield measure.label


def _outside(observation: Observation) -> bool:
    value = observation.value
    if not isinstance(value, Measured):
        return False
    for limit, sign in ((observation.upper_normal, 1), (observation.lower_normal, -1)):
        if limit is None:
            continue
        try:
            number = converted(value.quantity, limit.unit, FACTORS_ALONE).value
        except InputError:
            continue
        if sign * (number - limit.value) > 0:
            return True
    return False
