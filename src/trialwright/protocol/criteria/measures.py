"""The lexicon of measures and scales (measures.yaml): units, codes, names in text.

Reading YAML takes tenths of a second, so that measures.json keeps what tools/lexicons.py read. It
carries a digest of the file: where that was edited, the file itself is read.
"""

import hashlib
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from trialwright.core.ways import Equation, Ways

T = TypeVar("T")
_FILE = "measures.yaml"
COMPILED = "measures.json"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every entry of a lexicon has."""


class Standard(Entry, frozen=True):
    """An equation between two scales of a measure; numbers are decimals or fractions (5/9)."""

    source: str
    target: str
    times: str
    plus: str
    name: str

    @property
    def equation(self) -> Equation:
        """Return it with exact numbers."""
        return Equation(
            self.source, self.target, Fraction(self.times), Fraction(self.plus), self.name
        )


class Measure(Entry, frozen=True):
    """A quantity that is measured; `plausible` holds limits in `unit`."""

    label: str
    unit: str  # UCUM, canonical
    loinc: tuple[str, ...]
    names: tuple[str, ...]
    plausible: tuple[Decimal, Decimal]
    molar_mass: Decimal | None = None  # g/mol
    valence: int | None = None  # charges of an ion
    equations: tuple[Standard, ...] = ()

    @property
    def ways(self) -> Ways:
        """Return what converts its values beside the factors between units."""
        return Ways(self.molar_mass, self.valence, tuple(e.equation for e in self.equations))


class Scale(Entry, frozen=True):
    """An ordered scale; `codes` names each class as LOINC answers and SNOMED CT write it.

    `short` are names that say the scale only beside one of its classes: `SWOG 1`, `Child's B`.
    """

    label: str
    loinc: tuple[str, ...]
    classes: tuple[str, ...]
    names: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]
    short: tuple[str, ...] = ()


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


class Compiled(Entry, frozen=True):
    """The lexicon, and a digest of the file that it was read from."""

    digest: str
    lexicon: Lexicon


@cache
def lexicon() -> Lexicon:
    """Return the project's lexicon of measures."""
    kept = files(__package__) / COMPILED
    if kept.is_file():
        read = msgspec.json.decode(kept.read_bytes(), type=Compiled)
        if read.digest == digest():
            return read.lexicon
    return load_yaml(_FILE, Lexicon)


def compiled() -> Compiled:
    """Read the YAML file, to be kept in `COMPILED`."""
    return Compiled(digest(), load_yaml(_FILE, Lexicon))


def digest() -> str:
    """Return a digest of the YAML file as it stands."""
    return hashlib.sha256((files(__package__) / _FILE).read_bytes()).hexdigest()


def load_yaml(name: str, kind: type[T]) -> T:
    """Return a data file of this package as a typed value."""
    from ruamel.yaml import YAML  # loads only where no compiled file is in date

    text = (files(__package__) / name).read_text(encoding="utf-8")
    value: T = msgspec.convert(YAML(typ="safe", pure=True).load(text), kind, strict=False)
    return value
