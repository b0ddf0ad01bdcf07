"""What the words of criteria mean on record: codes, canonical units and classes, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from trialwright.core.ways import FACTORS_ALONE, Ways
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.codes import NO_CODES, CodeSet, is_sequela
from trialwright.screening.model import Code
from trialwright.screening.resemblance import Mark


@dataclass(frozen=True, slots=True)
class MeasureTerm:
    """A measure: its codes, unit, what converts its values, and the range that one can have."""

    name: str
    label: str
    unit: str
    codes: frozenset[Code]
    ways: Ways = FACTORS_ALONE
    plausible: tuple[Decimal, Decimal] | None = None  # in `unit`
    names: tuple[Mark, ...] = ()  # how records may call it


@dataclass(frozen=True, slots=True)
class ScaleTerm:
    """A scale of classes: the codes of its question, and of each answer (class by code)."""

    name: str
    label: str
    codes: frozenset[Code]
    classes: tuple[str, ...]
    answers: Mapping[Code, str]


@dataclass(frozen=True, slots=True, eq=False)
class ConceptTerm:
    """A condition, drug, procedure, allergy or device: its codes, and what may be it.

    Each is made once and compared as itself, so that what records say of it is kept cheaply.

    `episode` marks what happens at a moment (a stroke): its onset decides whether it falls in a
    window, however long the record stays open. Where the codes are not `complete`, their absence
    proves nothing, whatever the policy.
    """

    name: str
    label: str
    codes: CodeSet
    tests: frozenset[Code] = frozenset()  # laboratory tests whose positive result is a hit
    past: CodeSet = NO_CODES  # it happened some time before the record, nobody knows when
    near: CodeSet = NO_CODES  # may be it or not
    related: CodeSet = NO_CODES  # wider and narrower concepts: may be it or not
    elsewhere: CodeSet = NO_CODES  # codes of the lexicon's other concepts
    closed: frozenset[str] = frozenset()  # systems in which any other code is something else
    also: tuple[Domain, ...] = ()  # other domains in which it is recorded
    names: tuple[Mark, ...] = ()
    fragments: tuple[Mark, ...] = ()
    episode: bool = False
    lifelong: bool = False  # it holds where the record does not say whether it is over
    complete: bool = True

    def matches(self, codes: Iterable[Code]) -> bool:
        """Say whether one of the codes means this concept, now or in the past."""
        return any(self.codes.covers(code) or self.past.covers(code) for code in codes)

    def codes_for(self, *, ever: bool) -> frozenset[Code]:
        """Return the codes that are hits; those of earlier events only at any time."""
        return self.codes.codes | self.past.codes if ever else self.codes.codes

    def is_past(self, codes: Iterable[Code]) -> bool:
        """Say whether each of the codes that means this concept tells of an earlier event.

        Of an old infarction (I25.2), of what a stroke left behind (I69.3), of a fracture's sequela.
        """
        own = [code for code in codes if self.matches((code,))]
        return bool(own) and all(self.past.covers(code) or is_sequela(code) for code in own)


@lru_cache(maxsize=2**16)
def means(codes: tuple[Code, ...], term: ConceptTerm) -> bool:
    """Say whether a record's codes mean a concept; people share their codes, so it is kept."""
    return term.matches(codes)


@dataclass(frozen=True, slots=True)
class Terms:
    """All the words that screening knows; a name that is not here evaluates to unknown."""

    measures: Mapping[str, MeasureTerm]
    scales: Mapping[str, ScaleTerm]
    concepts: Mapping[tuple[Domain, str], ConceptTerm]
