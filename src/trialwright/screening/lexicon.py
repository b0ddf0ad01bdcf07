"""The project's lexicons (measures, scales, conditions) as the terms that screening reads by."""

from functools import cache
from types import MappingProxyType

from trialwright.protocol.criteria.conditions import Concept, concepts
from trialwright.protocol.criteria.measures import Measure, Scale, lexicon
from trialwright.screening.model import Code
from trialwright.screening.terms import ConceptTerm, MeasureTerm, ScaleTerm, Terms


@cache
def project_terms() -> Terms:
    """Return the terms of the lexicons that come with the program."""
    words = lexicon()
    listed = concepts().concepts.items()
    return Terms(
        measures=MappingProxyType({n: _measure(n, m) for n, m in words.measures.items()}),
        scales=MappingProxyType({n: _scale(n, s) for n, s in words.scales.items()}),
        concepts=MappingProxyType({(c.domain, n): _concept(n, c) for n, c in listed}),
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


def _concept(name: str, concept: Concept) -> ConceptTerm:
    systems = {
        "snomed": concept.snomed, "icd10": concept.icd10,
        "atc": concept.atc, "rxnorm": concept.rxnorm,
    }  # fmt: skip
    codes = frozenset(Code(system, code) for system, listed in systems.items() for code in listed)
    return ConceptTerm(name, concept.label, codes, concept.episode, concept.complete)
