"""A concept: something a patient has or had, by its names and codes."""

from typing import Literal

from trialwright.protocol.criteria.measures import Entry
from trialwright.protocol.criteria.nodes import Domain

Tree = Literal["icd10", "atc"]  # systems whose codes are prefixes


class Codes(Entry, frozen=True, kw_only=True, omit_defaults=True):
    """Codes by system. ICD-10 and ATC codes are prefixes: I63 stands for I63.9 too."""

    snomed: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    rxnorm: tuple[str, ...] = ()

    def any(self) -> bool:
        """Say whether there is a code at all."""
        return bool(self.snomed or self.icd10 or self.atc or self.rxnorm)


class Concept(Codes, frozen=True, kw_only=True, omit_defaults=True):
    """A thing a patient has or had: its own codes, and what may be it without saying so.

    Where `complete` is false, the codes cannot list all that the words cover: a code on record
    counts as a hit, but no such code proves nothing.
    """

    domain: Domain
    label: str
    names: tuple[str, ...]  # what texts say
    loinc: tuple[str, ...] = ()  # laboratory tests whose positive result is a hit
    past: Codes = Codes()  # it happened some time before the record: shows that, and dates nothing
    near: Codes = Codes()  # may be it or not: never a hit, and never proof of absence
    closed: tuple[Tree, ...] = ()  # any other code of these systems is something else
    also: tuple[Domain, ...] = ()  # other domains where the same is recorded
    vaguer: tuple[str, ...] = ()  # concepts whose records leave open whether it is this one
    resembles: tuple[str, ...] = ()  # fragments of words that records may use for it
    broader: str | None = None  # the concept whose codes include these
    complete: bool = True
    episode: bool = False  # happens at a moment: its onset decides whether it falls in a window
    by_test: bool = False  # on record, it says that a test for it is positive
    lifelong: bool = False  # it holds where the record does not say whether it is over

    @property
    def has_codes(self) -> bool:
        """Say whether a patient's record can show it, or bring it into question."""
        return self.any() or self.past.any() or self.near.any() or bool(self.loinc)
