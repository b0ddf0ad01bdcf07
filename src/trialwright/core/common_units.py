"""The units that laboratories and criteria write most, as exact fractions of base units.

They spare pint, which takes a quarter of a second to load, where only these are converted. Each is
a factor and its powers of seven dimensions; what is not here (torr, becquerel, a misspelling) is
for pint. Both give the same factor (`tests/agreement/test_common_units.py`).
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

_AXES = ("g", "m", "s", "mol", "internationalunit", "particle", "cell")


class Unit(NamedTuple):
    """A factor to base units, and the power of each base unit."""

    factor: Fraction
    powers: tuple[int, ...]  # of gram, metre, second, mole, international unit, particle, cell

    def times(self, other: "Unit", power: int) -> "Unit":
        """Return the product with a power of another unit."""
        return Unit(
            self.factor * other.factor**power,
            tuple(a + power * b for a, b in zip(self.powers, other.powers, strict=True)),
        )


def _unit(factor: Fraction | int | str, **powers: int) -> Unit:
    return Unit(Fraction(factor), tuple(powers.get(axis, 0) for axis in _AXES))


def _prefixed(symbol: str, factor: Fraction | int | str, axis: str, power: int) -> dict[str, Unit]:
    prefixes = {"": 0, "k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
    size = Fraction(factor)
    return {
        f"{prefix}{symbol}": _unit(size * Fraction(10) ** ten, **{axis: power})
        for prefix, ten in prefixes.items()
    }


_DAY = 86_400
_YEAR = Fraction("365.25") * _DAY
_PASCAL = {"g": 1, "m": -1, "s": -2}  # in grams: a pascal is a thousand of these
_ONE = _unit(1)
_UNITS: dict[str, Unit] = {
    **_prefixed("g", 1, "g", 1),
    **_prefixed("m", 1, "m", 1),
    **_prefixed("L", "1/1000", "m", 3),
    **_prefixed("mol", 1, "mol", 1),
    "1": _ONE, "dimensionless": _ONE,
    "ms": _unit("1/1000", s=1), "s": _unit(1, s=1), "second": _unit(1, s=1),
    "min": _unit(60, s=1), "minute": _unit(60, s=1), "h": _unit(3600, s=1),
    "hour": _unit(3600, s=1), "d": _unit(_DAY, s=1), "day": _unit(_DAY, s=1),
    "week": _unit(7 * _DAY, s=1), "month": _unit(_YEAR / 12, s=1), "year": _unit(_YEAR, s=1),
    "internationalunit": _unit(1, internationalunit=1),
    "particle": _unit(1, particle=1), "cell": _unit(1, cell=1),
    "U": _unit(Fraction(1, 60_000_000), mol=1, s=-1),
    "pound": _unit("453.59237", g=1), "inch": _unit("0.0254", m=1), "foot": _unit("0.3048", m=1),
    "mmHg": _unit("133322.387415", **_PASCAL), "kPa": _unit(1_000_000, **_PASCAL),
    "Hz": _unit(1, s=-1),
}  # fmt: skip
_PART = re.compile(r"([*/.]?)(1|[A-Za-z]+)(?:(?:\*\*|\^)?(-?[1-3]))?")


@lru_cache(maxsize=4096)
def common(expression: str) -> Unit | None:
    """Return a unit such as `mg/dL` or `kg/m**2`; None where a symbol in it is not known here."""
    whole, at = _ONE, 0
    while at < len(expression):
        part = _PART.match(expression, at)
        if part is None or part[2] not in _UNITS or (at == 0) != (part[1] == ""):
            return None
        power = int(part[3] or 1)
        whole = whole.times(_UNITS[part[2]], -power if part[1] == "/" else power)
        at = part.end()
    return whole if expression else None


def factor_between(have: Unit, want: Unit, molar_mass: Fraction | None = None) -> Fraction | None:
    """Return what a number is multiplied by; None where the units measure different things.

    `molar_mass` (g/mol) makes a mass of an amount of substance, and the other way round.
    """
    if have.powers != want.powers and molar_mass is not None:
        per_mole = Unit(molar_mass, _unit(1, g=1, mol=-1).powers)
        have = have.times(per_mole, 1 if have.powers[_AXES.index("mol")] else -1)
    return have.factor / want.factor if have.powers == want.powers else None
