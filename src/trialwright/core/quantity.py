"""Quantities with units: exact decimals, clinical spellings in front of pint.

Units are kept as written; `conversion` knows the spellings of the clinic (`K/uL`, `10^9/L`,
`/mm3`), and particles and cells are dimensions of their own, so neither cancels the other.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from trialwright.core.common_units import common, factor_between
from trialwright.core.errors import InputError

if TYPE_CHECKING:  # it takes a quarter of a second, and most units need it not
    import pint

# The clinic's spellings, each an exact multiple of units that pint reads rightly.
# pint alone reads K/uL as kelvin per microlitre, and M as molar.
_IN_ANY_CASE: dict[str, tuple[Decimal, str]] = {
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
    "[lb_av]": (Decimal(1), "pound"),
    "[in_i]": (Decimal(1), "inch"),
    "[ft_i]": (Decimal(1), "foot"),
    "/ml": (Decimal(1), "1/mL"),
    "/min": (Decimal(1), "1/minute"),
    "/mm2": (Decimal(1), "1/mm**2"),
    "10*6/l": (Decimal(1_000_000), "1/L"),
    "10*6/ml": (Decimal(1_000_000), "1/mL"),
    "g/(24.h)": (Decimal(1), "g/day"),
    "mg/(24.h)": (Decimal(1), "mg/day"),
    "[iu]/l": (Decimal(1), "internationalunit/L"),
    "[iu]/ml": (Decimal(1), "internationalunit/mL"),
    "m[iu]/l": (Decimal("0.001"), "internationalunit/L"),
    "m[iu]/ml": (Decimal("0.001"), "internationalunit/mL"),
    "u[iu]/ml": (Decimal("0.000001"), "internationalunit/mL"),
    "k[iu]/l": (Decimal(1000), "internationalunit/L"),
}
# These mean something else in the other case: `A` is ampere, `D` debye, `H` henry. Giga and tera
# per litre are how French laboratories count cells; `g/L` in lower case is a mass.
_AS_WRITTEN: dict[str, tuple[Decimal, str]] = {
    "%": (Decimal("0.01"), "dimensionless"),
    "1": (Decimal(1), "dimensionless"),
    "G/L": (Decimal(1_000_000_000), "1/L"),
    "T/L": (Decimal(1_000_000_000_000), "1/L"),
    "a": (Decimal(1), "year"),
    "mo": (Decimal(1), "month"),
    "wk": (Decimal(1), "week"),
    "d": (Decimal(1), "day"),
    "h": (Decimal(1), "hour"),
    "min": (Decimal(1), "minute"),
}
# UCUM's degree Celsius, as thermometers record it: kept, and equal to itself alone.
_NO_FACTOR = frozenset({"Cel"})
# One unit symbol with a small exponent, joined by * / or . : no arithmetic reaches pint.
_SYMBOL = r"(?:1|[A-Za-z]+(?:(?:\*\*|\^)?-?[1-3])?)"
_POWER = re.compile(r"(?<=[A-Za-z])(-?[1-3])(?![0-9])")  # UCUM's m2, which pint writes m**2
_EXPRESSION = re.compile(rf"{_SYMBOL}(?:[*/.]{_SYMBOL}){{0,4}}")
_POWER_OF_TEN = re.compile(r"^(?:x\s*)?10\s*(?:\^|\*\*|\*|e)\s*([0-9]+)\s*/", re.IGNORECASE)


_NAME = re.compile(r"[A-Za-z]+")
_Units: TypeAlias = "pint.Quantity[Decimal]"


@cache
def _registry() -> "pint.UnitRegistry[Decimal]":
    import pint

    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(
        non_int_type=Decimal, cache_folder=None
    )
    registry.define("particle = [particle]")
    registry.define("cell = [cell]")
    registry.define("internationalunit = [internationalunit]")  # no amount of anything else
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
        try:
            return Quantity(_plain(self.value * factor), unit)
        except ArithmeticError as error:  # an infinity, or an exponent that no decimal has
            raise InputError("value", str(self), "a finite number") from error

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


@lru_cache(maxsize=4096)
def conversion(source: str, target: str, molar_mass: Decimal | None = None) -> Decimal:
    """Return the exact factor by which a number in `source` becomes one in `target`.

    UnitMismatch where there is none: other dimensions, or a scale with an offset (degrees) or a
    logarithm (decibels), which no factor converts. InputError for text that is no unit.
    """
    if source == target:
        return Decimal(1)
    spelt, aimed = _spelt(source), _spelt(target)
    mine, theirs = common(spelt[1]), common(aimed[1])
    if mine is not None and theirs is not None:
        mass = None if molar_mass is None else Fraction(molar_mass)
        exact = factor_between(mine, theirs, mass)
        if exact is None:
            raise UnitMismatch("unit", source, f"a unit that converts to {target}")
        exact = exact * Fraction(spelt[0]) / Fraction(aimed[0])
        return decimal_of(exact)
    return _by_pint(source, target, molar_mass)


@lru_cache(maxsize=4096)
def is_common(unit: str) -> bool:
    """Say whether a unit is made of common ones, which convert without pint."""
    try:
        return common(_spelt(unit)[1]) is not None
    except InputError:
        return False


def _by_pint(source: str, target: str, molar_mass: Decimal | None) -> Decimal:
    times, have = _parse(source)
    over, want = _parse(target)
    try:
        factor = _with_mass(have, want, molar_mass).to(want.units).magnitude / want.magnitude
        return _plain(times * Decimal(factor) / over)
    except Exception as error:  # pint raises many kinds beside DimensionalityError
        raise UnitMismatch("unit", source, f"a unit that converts to {target}") from error


def _with_mass(have: _Units, want: _Units, molar_mass: Decimal | None) -> _Units:
    """Return the quantity as a mass, or as an amount, where the other one is such."""
    if molar_mass is None or have.dimensionality == want.dimensionality:
        return have
    per_mole = _registry().Quantity(molar_mass, "g/mol")
    met: _Units = have * per_mole if "[substance]" in have.dimensionality else have / per_mole
    return met


def _spelt(unit: str) -> tuple[Decimal, str]:
    """Return a unit in pint's spelling, and how many of it the clinic's spelling means."""
    spelling = " ".join(unit.split()).replace("µ", "u").replace("μ", "u")
    spelling = _POWER_OF_TEN.sub(r"10*\1/", spelling)
    known = _AS_WRITTEN.get(spelling) or _IN_ANY_CASE.get(spelling.lower())
    times, expression = known or (Decimal(1), spelling)
    if len(expression) > 40 or not _EXPRESSION.fullmatch(expression):
        raise InputError("unit", repr(unit), "a unit such as mg/dL, 10*9/L or {particles}/kg")
    if expression in _NO_FACTOR:
        raise UnitMismatch("unit", repr(unit), "a unit that a factor alone converts")
    return times, _POWER.sub(r"**\1", expression.replace(".", "*"))


def _parse(unit: str) -> tuple[Decimal, _Units]:
    times, expression = _spelt(unit)
    if any(not _is_factor(symbol) for symbol in _NAME.findall(expression)):
        raise UnitMismatch("unit", repr(unit), "a unit that a factor alone converts")
    try:
        return times, _registry().Quantity(Decimal(1), expression)
    except Exception as error:  # pint raises many kinds for text that is no unit
        raise InputError("unit", repr(unit), "a unit such as mg/dL or 10*9/L") from error


@lru_cache(maxsize=4096)
def _is_factor(symbol: str) -> bool:
    """Say whether none of this unit is none of any other: not so for degrees and decibels."""
    from pint import UndefinedUnitError

    if symbol in _NO_FACTOR:
        return False
    try:
        return bool(_registry().Quantity(Decimal(0), symbol).to_base_units().magnitude == 0)
    except UndefinedUnitError:
        return True  # what it is not, the whole expression will say
    except Exception:  # a logarithm of an exact decimal
        return False


def decimal_of(value: Fraction) -> Decimal:
    """Return a fraction as a decimal, to the 28 digits that a decimal has.

    >>> decimal_of(Fraction(74, 2))
    Decimal('37')
    """
    return _plain(Decimal(value.numerator) / Decimal(value.denominator))


def _plain(value: Decimal) -> Decimal:
    """Drop trailing zeros without falling into exponent notation for whole numbers."""
    value = value.normalize()
    return (
        value.quantize(Decimal(1))
        if value == value.to_integral_value() and abs(value) < Decimal("1e20")
        else value
    )
