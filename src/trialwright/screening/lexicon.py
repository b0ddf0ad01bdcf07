"""The project's lexicons (measures, scales, conditions) as the terms that screening reads by."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from trialwright.protocol.criteria.conditions import Codes, Concept, concepts
from trialwright.protocol.criteria.measures import Measure, Scale, lexicon
from trialwright.screening.codes import CodeSet
from trialwright.screening.model import Code
from trialwright.screening.resemblance import Mark
from trialwright.screening.terms import ConceptTerm, MeasureTerm, ScaleTerm, Terms


@cache
def project_terms() -> Terms:
    """Return the terms of the lexicons that come with the program."""
    words = lexicon()
    listed = concepts().concepts
    return Terms(
        measures=MappingProxyType({n: _measure(n, m) for n, m in words.measures.items()}),
        scales=MappingProxyType({n: _scale(n, s) for n, s in words.scales.items()}),
        concepts=MappingProxyType(
            {(each.domain, name): _concept(name, listed) for name, each in listed.items()}
        ),
    )


def _measure(name: str, measure: Measure) -> MeasureTerm:
    codes = frozenset(Code("loinc", code) for code in measure.loinc)
    return MeasureTerm(
        name, measure.label, measure.unit, codes, measure.molar_mass, measure.plausible
    )


def _scale(name: str, scale: Scale) -> ScaleTerm:
    codes = frozenset(Code("loinc", code) for code in scale.loinc)
    answers = {_answer(code): each for each, listed in scale.codes.items() for code in listed}
    return ScaleTerm(name, scale.label, codes, scale.classes, MappingProxyType(answers))


def _answer(code: str) -> Code:
    """Return an answer's code: LOINC's answers begin with LA, SNOMED CT's are numbers."""
    return Code("loinc" if code.startswith("LA") else "snomed", code)


def _concept(name: str, listed: Mapping[str, Concept]) -> ConceptTerm:
    concept = listed[name]
    related = [each for other, each in listed.items() if _related(name, concept, other, each)]
    others = [each for other, each in listed.items() if other != name and each not in related]
    return ConceptTerm(
        name,
        concept.label,
        CodeSet.of(_codes(concept)),
        tests=frozenset(Code("loinc", code) for code in concept.loinc),
        near=CodeSet.of(_codes(concept.near)),
        related=CodeSet.of(code for each in related for code in _codes(each)),
        elsewhere=CodeSet.of(code for each in others for code in _codes(each)),
        closed=frozenset(concept.closed),
        also=concept.also,
        names=tuple(Mark.of_name(words) for words in (concept.label, *concept.names)),
        fragments=tuple(Mark.of_fragments(words) for words in concept.resembles),
        episode=concept.episode,
        lifelong=concept.lifelong,
        complete=concept.complete,
    )


def _related(name: str, concept: Concept, other: str, each: Concept) -> bool:
    """Say whether one of two concepts is the vaguer word for the other."""
    return other in concept.vaguer or name in each.vaguer


def _codes(listed: Codes) -> Iterator[Code]:
    systems = {
        "snomed": listed.snomed, "icd10": listed.icd10,
        "atc": listed.atc, "rxnorm": listed.rxnorm,
    }  # fmt: skip
    return (Code(system, code) for system, codes in systems.items() for code in codes)
