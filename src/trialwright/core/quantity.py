"""Quantities with units: exact decimals, clinical spellings in front of pint.

Units are kept as written; `conversion` knows the spellings of the clinic (`K/uL`, `10^9/L`,
`/mm3`), and particles and cells are dimensions of their own, so neither cancels the other.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pint

from trialwright.core.errors import InputError

# The clinic's spellings, each an exact multiple of units that pint reads rightly.
# pint alone reads K/uL as kelvin per microlitre, and M as molar.
_SPELLINGS: dict[str, tuple[Decimal, str]] = {
    "%": (Decimal("0.01"), "dimensionless"),
    "1": (Decimal(1), "dimensionless"),
    "l/l": (Decimal(1), "dimensionless"),
    "k/ul": (Decimal(1000), "1/uL"),
    "10*3/ul": (Decimal(1000), "1/uL"),
    "10*6/ul": (Decimal(1_000_000), "1/uL"),
    "10*9/l": (Decimal(1_000_000_000), "1/L"),
    "10*12/l": (Decimal(1_000_000_000_000), "1/L"),
    "10*3/mm3": (Decimal(1000), "1/uL"),
    "10*6/mm3": (Decimal(1_000_000), "1/uL"),
    "/nl": (Decimal(1), "1/nL"),
    "/ul": (Decimal(1), "1/uL"),
    "/mm3": (Decimal(1), "1/uL"),
    "/mm^3": (Decimal(1), "1/uL"),
    "/l": (Decimal(1), "1/L"),
    "{particles}/kg": (Decimal(1), "particle/kg"),
    "{particles}/ml": (Decimal(1), "particle/mL"),
    "{particles}/ul": (Decimal(1), "particle/uL"),
    "{particles}/l": (Decimal(1), "particle/L"),
    "{cells}/kg": (Decimal(1), "cell/kg"),
    "{cells}/ml": (Decimal(1), "cell/mL"),
    "kg/m2": (Decimal(1), "kg/m**2"),
    "mm[hg]": (Decimal(1), "mmHg"),
    "a": (Decimal(1), "year"),
    "mo": (Decimal(1), "month"),
    "wk": (Decimal(1), "week"),
    "d": (Decimal(1), "day"),
    "h": (Decimal(1), "hour"),
    "min": (Decimal(1), "minute"),
}
# Giga and tera per litre, as French laboratories count cells; `g/L` in lower case is a mass.
_CASED = {"G/L": (Decimal(1_000_000_000), "1/L"), "T/L": (Decimal(1_000_000_000_000), "1/L")}
# One unit symbol with a small exponent, joined by * / or . : no arithmetic reaches pint.
_SYMBOL = r"(?:1|[A-Za-z]+(?:(?:\*\*|\^)?-?[1-3])?)"
_EXPRESSION = re.compile(rf"{_SYMBOL}(?:[*/.]{_SYMBOL}){{0,4}}")
_POWER_OF_TEN = re.compile(r"^(?:x\s*)?10\s*(?:\^|\*\*|\*|e)\s*(\d+)\s*/", re.IGNORECASE)


@cache
def _registry() -> "pint.UnitRegistry[Decimal]":
    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(
        non_int_type=Decimal, cache_folder=None
    )
    registry.define("particle = [particle]")
    registry.define("cell = [cell]")
    return registry


class UnitMismatch(InputError):
    """Two units that do not measure the same thing."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit as written (UCUM where the source uses it)."""

    value: Decimal
    unit: str

    def to(self, unit: str, molar_mass: Decimal | None = None) -> "Quantity":
        """Convert exactly; raise UnitMismatch where the units do not measure the same thing.

        `molar_mass` (g/mol) lets a substance concentration meet a mass concentration.

        >>> Quantity(Decimal("0.25"), "L/L").to("%")
        Quantity(value=Decimal('25'), unit='%')
        """
        factor = conversion(self.unit, unit, molar_mass)
        return Quantity(_plain(self.value * factor), unit)

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


@cache
def conversion(source: str, target: str, molar_mass: Decimal | None = None) -> Decimal:
    """Return the exact factor by which a number in `source` becomes one in `target`."""
    if source == target:
        return Decimal(1)
    times, have = _parse(source)
    over, want = _parse(target)
    if have.dimensionality != want.dimensionality and molar_mass is not None:
        per_mole = _registry().Quantity(molar_mass, "g/mol")
        moles_first = "[substance]" in have.dimensionality
        have = have * per_mole if moles_first else have / per_mole
    try:
        factor = have.to(want.units).magnitude / want.magnitude
    except pint.DimensionalityError as error:
        raise UnitMismatch("unit", source, f"a unit that converts to {target}") from error
    return _plain(times * Decimal(factor) / over)


def _parse(unit: str) -> "tuple[Decimal, pint.Quantity[Decimal]]":
    spelling = " ".join(unit.split()).replace("µ", "u").replace("μ", "u")
    spelling = _POWER_OF_TEN.sub(r"10*\1/", spelling)
    known = _CASED.get(spelling) or _SPELLINGS.get(spelling.lower())
    times, expression = known or (Decimal(1), spelling)
    if len(expression) > 40 or not _EXPRESSION.fullmatch(expression):
        raise InputError("unit", repr(unit), "a unit such as mg/dL, 10*9/L or {particles}/kg")
    try:
        return times, _registry().Quantity(Decimal(1), expression.replace(".", "*"))
    except Exception as error:  # pint raises many kinds for text that is no unit
        raise InputError("unit", repr(unit), "a unit such as mg/dL or 10*9/L") from error


def _plain(value: Decimal) -> Decimal:
    """Drop trailing zeros without falling into exponent notation for whole numbers."""
    value = value.normalize()
    return (
        value.quantize(Decimal(1))
        if value == value.to_integral_value() and abs(value) < Decimal("1e20")
        else value
    )
