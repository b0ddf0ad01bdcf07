"""The lexicon of measures and scales (measures.yaml): units, codes, names in text."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec
from ruamel.yaml import YAML

T = TypeVar("T")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every entry of a lexicon has."""


class Measure(Entry, frozen=True):
    """A quantity that is measured; `plausible` holds limits in `unit`."""

    label: str
    unit: str  # UCUM, canonical
    loinc: tuple[str, ...]
    names: tuple[str, ...]
    plausible: tuple[Decimal, Decimal]
    molar_mass: Decimal | None = None  # g/mol


class Scale(Entry, frozen=True):
    """An ordered scale; `codes` names each class as LOINC answers and SNOMED CT write it."""

    label: str
    loinc: tuple[str, ...]
    classes: tuple[str, ...]
    names: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]


class Lexicon(Entry, frozen=True):
    """All measures and scales, by name, and the version of the list."""

    version: str
    measures: dict[str, Measure]
    scales: dict[str, Scale]

    def knows(self, name: str) -> bool:
        """Say whether a visit can take this measure."""
        return name in self.measures or name in self.scales

    def label(self, name: str) -> str:
        """Return the label of a measure or scale; the name itself where none is known."""
        entry = self.measures.get(name) or self.scales.get(name)
        return entry.label if entry else name


@cache
def lexicon() -> Lexicon:
    """Return the project's lexicon of measures."""
    return load_yaml("measures.yaml", Lexicon)


def load_yaml(name: str, kind: type[T]) -> T:
    """Return a data file of this package as a typed value."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    value: T = msgspec.convert(YAML(typ="safe", pure=True).load(text), kind, strict=False)
    return value
