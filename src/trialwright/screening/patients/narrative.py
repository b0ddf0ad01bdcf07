"""A clinical note in words as a patient: age, sex, conditions, drugs, procedures, measurements.

What a note says is found with the project's own names of things. What is denied, ruled out or said
of a relative is left out: a note never proves that something is absent. Every fact carries the
place in the note that it was read from (`Note/120-134`), and no code of any vocabulary but the
project's own name for the thing (`note_terms`), because nobody coded it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.trees import children
from trialwright.registry.words import folded, telling_words
from trialwright.screening.model import ClinicalFact, Code, Measured, Observation, Patient
from trialwright.screening.patients.narrative_age import Stated, stated_person
from trialwright.screening.patients.narrative_clauses import Clause, clauses
from trialwright.screening.patients.narrative_terms import SYSTEM
from trialwright.screening.patients.narrative_values import Value, values

LARGEST = 1_000_000  # characters; a discharge letter has a few thousand
ID = "note"
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Note:
    """A patient as a note describes them.

    names: the things found that hold, each once. words: the telling words of all clauses that are
    about the patient and not denied, in order; pairs: those that stand side by side, as written.
    said: what a person should know of the reading.
    """

    patient: Patient
    names: tuple[str, ...]
    words: tuple[str, ...]
    pairs: tuple[str, ...]
    said: tuple[str, ...]


def read_note(text: str, on: date, where: str = "note") -> Note:
    """Read a note about one person as of a day.

    Raises InputError where it holds no word, control characters, or too much.
    """
    _check(text, where)
    person = stated_person(text)
    parts = tuple(clauses(text))
    own = tuple(part for part in parts if not part.denied and not part.of_relative)
    found = tuple(fact for part in own for fact in _facts(part))
    measured = tuple(
        _observation(value, None if part.past else PartialDate.of(on))
        for part in own
        for value in values(part.text, part.start)
    )
    patient = Patient(
        id=ID,
        sex=person.sex,
        birth=_birth(person, on),
        observations=measured,
        conditions=_in(found, "condition"),
        medications=_in(found, "drug"),
        procedures=_in(found, "procedure"),
        allergies=_in(found, "allergy"),
        devices=_in(found, "device"),
    )
    words = dict.fromkeys(word for part in own for word in telling_words(part.text))
    pairs = dict.fromkeys(pair for part in own for pair in _pairs(part.text))
    names = dict.fromkeys(fact.words for _, fact in found)
    said = tuple(_said(person, parts, patient))
    return Note(patient, tuple(names), tuple(words), tuple(pairs), said)


def _pairs(text: str) -> Iterator[str]:
    """Yield telling words that stand side by side: `aortic stenosis` says more than its words."""
    words = _WORD.findall(folded(text))
    tell = [bool(telling_words(word)) for word in words]
    for (first, second), both in zip(pairwise(words), pairwise(tell), strict=True):
        if all(both):
            yield f"{first} {second}"


_Found = tuple[nodes.Domain, ClinicalFact]


def _check(text: str, where: str) -> None:
    wanted = "a clinical note about one person, in words"
    if len(text) > LARGEST:
        raise InputError(where, f"{len(text):,} characters", f"at most {LARGEST:,}")
    if "\0" in text:
        raise InputError(where, "binary data", wanted)
    if not any(letter.isalpha() for letter in text):
        raise InputError(where, "no word", wanted)


def _facts(part: Clause) -> Iterator[_Found]:
    for piece in found_facts(part.text):
        if piece.node is None:
            continue
        begin, end = part.start + piece.start, part.start + piece.end
        for node in _held(piece.node):
            if node.concept is not None:
                yield node.domain, _fact(node, f"Note/{begin}-{end}", part)


def _held(node: nodes.Node) -> Iterator[nodes.Has]:
    """Yield the things that an expression names outright: nothing under a negation."""
    match node:
        case nodes.Has():
            yield node
        case nodes.All() | nodes.Any() | nodes.Within():
            for part in children(node):
                yield from _held(part)
        case nodes.Except(base=base):
            yield from _held(base)
        case _:
            return


def _fact(node: nodes.Has, place: str, part: Clause) -> ClinicalFact:
    return ClinicalFact(
        place,
        (Code(SYSTEM, node.concept or ""),),
        node.words,
        start=None,
        holds=Truth.UNKNOWN if part.suspected else Truth.TRUE,
        ended=Truth.UNKNOWN if part.past else Truth.FALSE,
        severity=node.severity[0] if len(node.severity) == 1 else None,
    )


def _in(found: tuple[_Found, ...], domain: nodes.Domain) -> tuple[ClinicalFact, ...]:
    return tuple(fact for each, fact in found if each == domain)


def _observation(value: Value, day: PartialDate | None) -> Observation:
    """Return a value as an observation; one told as past has no date, as the note does not say."""
    quantity = Quantity(value.number, value.unit or "")
    return Observation(
        f"Note/{value.start}-{value.end}",
        (Code(SYSTEM, value.measure),),
        value.words,
        Measured(quantity, value.words, value.bound),
        effective=day,
    )


def _birth(person: Stated, on: date) -> PartialDate | None:
    """Return the latest day of birth that the stated age allows: right for every whole age."""
    if person.age is None:
        return None
    try:
        return PartialDate.of(person.age.before(on))
    except InputError:
        return None


def _said(person: Stated, parts: tuple[Clause, ...], patient: Patient) -> Iterator[str]:
    denied = sum(part.denied for part in parts)
    family = sum(part.of_relative and not part.denied for part in parts)
    yield "read from words: nothing here is coded, and nothing counts as absent"
    yield "a value that the note does not tell as past is taken as of the day of matching"
    if person.age is None:
        yield "no age was found"
    else:
        yield f"age as the note states it ({person.words}); the birth date shown is only computed"
    if patient.sex == "unknown":
        yield "no sex was found"
    if denied:
        yield f"left out, because they deny or rule out something: {denied} passages"
    if family:
        yield f"left out, because they are about relatives: {family} passages"
