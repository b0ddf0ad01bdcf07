"""The project's lexicons and vocabularies as the terms that screening reads by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from trialwright.protocol.criteria.conditions import Codes, Concept, concepts
from trialwright.protocol.criteria.measures import Measure, Scale, lexicon
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.codes import CodeSet
from trialwright.screening.model import Code
from trialwright.screening.resemblance import Mark
from trialwright.screening.terms import ConceptTerm, MeasureTerm, ScaleTerm, Terms


@cache
def project_terms() -> Terms:
    """Return the terms of the lexicons and vocabularies that come with the program."""
    words = lexicon()
    return Terms(
        measures=MappingProxyType({n: _measure(n, m) for n, m in words.measures.items()}),
        scales=MappingProxyType({n: _scale(n, s) for n, s in words.scales.items()}),
        concepts=ConceptTerms(concepts().concepts),
    )


class ConceptTerms(Mapping[tuple[Domain, str], ConceptTerm]):
    """The terms of concepts, each made when it is first asked for: there are thousands.

    Listed are those that a record can show. The lexicons' mere names, and the vocabularies' codes
    (`icd10cm:I50`), are known when they are asked for.
    """

    def __init__(self, listed: Mapping[str, Concept]) -> None:
        self._listed = listed
        self._made: dict[tuple[Domain, str], ConceptTerm] = {}

    def __getitem__(self, key: tuple[Domain, str]) -> ConceptTerm:
        if key not in self._made:
            domain, name = key
            concept = self._listed[name]
            if concept.domain != domain and ":" not in name:
                raise KeyError(key)
            self._made[key] = _concept(name, concept)
        return self._made[key]

    def __iter__(self) -> Iterator[tuple[Domain, str]]:
        return ((concept.domain, name) for name, concept in _kin().coded.items())

    def __len__(self) -> int:
        return len(_kin().coded)


def _measure(name: str, measure: Measure) -> MeasureTerm:
    codes = frozenset(Code("loinc", code) for code in measure.loinc)
    names = tuple(map(Mark.of_name, dict.fromkeys((measure.label, *measure.names))))
    return MeasureTerm(
        name, measure.label, measure.unit, codes, measure.ways, measure.plausible, names
    )


def _scale(name: str, scale: Scale) -> ScaleTerm:
    codes = frozenset(Code("loinc", code) for code in scale.loinc)
    answers = {_answer(code): each for each, listed in scale.codes.items() for code in listed}
    return ScaleTerm(name, scale.label, codes, scale.classes, MappingProxyType(answers))


def _answer(code: str) -> Code:
    """Return an answer's code: LOINC's answers begin with LA, SNOMED CT's are numbers."""
    return Code("loinc" if code.startswith("LA") else "snomed", code)


def _concept(name: str, concept: Concept) -> ConceptTerm:
    """Return a concept's term.

    Codes of other concepts tell a record apart only where these are complete: a wide heading
    (infection, heart disease) holds what may be this one.
    """
    kin = _kin()
    related = kin.related.get(name, frozenset())
    members = kin.members.get(name, ())
    words = (concept.label, *concept.names, *(n for each in members for n in each.names))
    return ConceptTerm(
        name,
        concept.label,
        CodeSet.of(_codes(concept)),
        tests=frozenset(Code("loinc", code) for code in concept.loinc),
        past=CodeSet.of(_codes(concept.past)),
        near=CodeSet.of(_codes(concept.near)),
        related=CodeSet.of(code for each in related for code in _codes(kin.coded[each])),
        elsewhere=_elsewhere(related | {name}) if related else _elsewhere(frozenset()),
        closed=frozenset(concept.closed),
        also=concept.also,
        names=tuple(map(Mark.of_name, words)),
        fragments=tuple(Mark.of_fragments(words) for words in concept.resembles),
        episode=concept.episode,
        lifelong=concept.lifelong,
        complete=concept.complete,
    )


@dataclass(frozen=True, slots=True)
class _Kin:
    """How concepts belong together: the coded ones, the vaguer and closer words, the members."""

    coded: Mapping[str, Concept]
    related: Mapping[str, frozenset[str]]  # one of two is the vaguer word for the other
    members: Mapping[str, tuple[Concept, ...]]  # of a class that contains them


@cache
def _kin() -> _Kin:
    coded = {name: each for name, each in concepts().concepts.items() if each.has_codes}
    related: dict[str, frozenset[str]] = {}
    members: dict[str, tuple[Concept, ...]] = {}
    for name, each in coded.items():
        for other in each.vaguer:
            related[name] = related.get(name, frozenset()) | {other}
            related[other] = related.get(other, frozenset()) | {name}
        if each.broader:
            members[each.broader] = (*members.get(each.broader, ()), each)
    return _Kin(coded, related, members)


@cache
def _elsewhere(but: frozenset[str]) -> CodeSet:
    """Return the codes of all complete concepts but some.

    A concept's own codes do no harm here: they are looked for first.
    """
    others = (each for name, each in _kin().coded.items() if each.complete and name not in but)
    return CodeSet.of(code for each in others for code in _codes(each))


def _codes(listed: Codes) -> Iterator[Code]:
    systems = {
        "snomed": listed.snomed, "icd10": listed.icd10,
        "atc": listed.atc, "rxnorm": listed.rxnorm,
    }  # fmt: skip
    return (Code(system, code) for system, codes in systems.items() for code in codes)
