"""What the words of criteria mean on record: codes, canonical units and classes, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from trialwright.screening.model import Code, Domain

# Systems whose codes stand for a tree: I63 also means I63.9, and L04 every L04AA01.
_TREES = frozenset({"icd10", "atc"})

# Systems that code products: a product's code does not tell which substance it contains.
_PRODUCTS = frozenset({"rxnorm"})


@dataclass(frozen=True, slots=True)
class MeasureTerm:
    """A measure: its codes, unit, molar mass (g/mol) and the range that a value can have."""

    name: str
    label: str
    unit: str
    codes: frozenset[Code]
    molar_mass: Decimal | None = None
    plausible: tuple[Decimal, Decimal] | None = None  # in `unit`


@dataclass(frozen=True, slots=True)
class ScaleTerm:
    """A scale of classes: the codes of its question, and of each answer (class by code)."""

    name: str
    label: str
    codes: frozenset[Code]
    classes: tuple[str, ...]
    answers: Mapping[Code, str]


@dataclass(frozen=True, slots=True)
class ConceptTerm:
    """A condition, drug, procedure, allergy or device: its codes.

    `episode` marks what happens at a moment (a stroke): its onset decides whether it falls in a
    window, however long the record stays open. Where the codes are not `complete`, their absence
    proves nothing, whatever the policy.
    """

    name: str
    label: str
    codes: frozenset[Code]
    episode: bool = False
    complete: bool = True

    def matches(self, codes: Iterable[Code]) -> bool:
        """Say whether one of the codes means this concept."""
        return any(_meets(code, own) for code in codes for own in self.codes)

    def comparable(self, codes: Iterable[Code]) -> bool:
        """Say whether the codes share a system with the concept, so that a mismatch is a no."""
        systems = {own.system for own in self.codes} - _PRODUCTS
        return any(code.system in systems for code in codes)


@dataclass(frozen=True, slots=True)
class Terms:
    """All the words that screening knows; a name that is not here evaluates to unknown."""

    measures: Mapping[str, MeasureTerm]
    scales: Mapping[str, ScaleTerm]
    concepts: Mapping[tuple[Domain, str], ConceptTerm]


def _meets(code: Code, own: Code) -> bool:
    if code.system != own.system:
        return False
    if code.system in _TREES:
        return code.code.replace(".", "").startswith(own.code.replace(".", ""))
    return code.code == own.code
