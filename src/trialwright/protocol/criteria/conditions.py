"""The lexicon of conditions, procedures, devices and drugs (conditions.yaml)."""

from functools import cache
from typing import Literal

from trialwright.protocol.criteria.measures import Entry, load_yaml

Domain = Literal["condition", "drug", "procedure", "allergy", "device"]


class Concept(Entry, frozen=True):
    """A thing a patient has or had. ICD-10 and ATC codes are prefixes.

    Where `complete` is false, the codes cannot list all that the words cover: a code on record
    counts as a hit, but no such code proves nothing.
    """

    domain: Domain
    label: str
    names: tuple[str, ...]
    snomed: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    rxnorm: tuple[str, ...] = ()
    broader: str | None = None  # the concept whose codes include these
    complete: bool = True
    episode: bool = False  # happens at a moment: its onset decides whether it falls in a window


class Concepts(Entry, frozen=True):
    """All concepts, by name, and the version of the list."""

    version: str
    concepts: dict[str, Concept]


@cache
def concepts() -> Concepts:
    """Return the project's lexicon of concepts."""
    return load_yaml("conditions.yaml", Concepts)
