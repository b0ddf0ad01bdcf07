"""How the values of one measure convert: by factors, a molar mass, a valence, or an equation.

A factor is a matter of two units alone. That 5 mEq/L of potassium are 5 mmol/L, and that 86
mmol/mol of glycated haemoglobin are 10 %, is a matter of what was measured: its data states it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity, UnitMismatch, conversion, decimal_of

# Spellings of a degree; UCUM writes Cel and [degF].
_DEGREES = {"degf": "[degf]", "°f": "[degf]", "degc": "cel", "°c": "cel"}
_ANNOTATION = re.compile(r"\{[^{}]*\}|\s")
_EQUIVALENTS = re.compile(r"([munµμ]?)eq(/.+)", re.IGNORECASE)  # mEq/L; UCUM writes meq/L


@dataclass(frozen=True, slots=True)
class Equation:
    """How a number in one unit becomes one in another: times it, plus something."""

    source: str
    target: str
    times: Fraction
    plus: Fraction
    name: str

    def fits(self, unit: str, wanted: str) -> bool:
        """Say whether it leads from one unit to another, however they are spelt."""
        return _key(self.source) == _key(unit) and _key(self.target) == _key(wanted)


@dataclass(frozen=True, slots=True)
class Ways:
    """What converts the values of a measure beside the factors between units.

    Where there are equations, only these convert: the units belong to scales of their own (IFCC and
    NGSP, Fahrenheit and Celsius), between which a plain factor is wrong.
    """

    molar_mass: Decimal | None = None  # g/mol
    valence: int | None = None  # charges of an ion: 1 mmol is so many mEq
    equations: tuple[Equation, ...] = ()

    def convert(self, quantity: Quantity, unit: str) -> Quantity:
        """Convert exactly; raise UnitMismatch where the units do not measure the same thing."""
        if quantity.unit == unit:
            return Quantity(quantity.value, unit)
        if self.equations:
            return self._by_equation(quantity, unit)
        source, mine = self._in_moles(quantity.unit)
        target, theirs = self._in_moles(unit)
        found = Quantity(quantity.value, source).to(target, self.molar_mass).value
        if mine != theirs:
            found = decimal_of(Fraction(found) * mine / theirs)
        return Quantity(found, unit)

    def knows(self, unit: str) -> bool:
        """Say whether a unit is one that converts here and that no factor alone converts."""
        of_equations = any(_key(each.source) == _key(unit) for each in self.equations)
        return of_equations or self._in_moles(unit)[0] != unit

    def rule(self, source: str, target: str) -> str:
        """Say in words what converts, where it is more than a factor: `with 113.12 g/mol`."""
        if self.equations:
            found = self._equation(source, target)
            return f"by the {found.name}" if found else ""
        mine, theirs = self._in_moles(source)[0], self._in_moles(target)[0]
        known = []
        if (mine == source) != (theirs == target):  # one is of equivalents, and the other is not
            known.append(f"{self.valence} mEq/mmol")
        if self.molar_mass is not None and not _converts(mine, theirs):
            known.append(f"{self.molar_mass.normalize():f} g/mol")
        return f"with {' and '.join(known)}" if known else ""

    def _by_equation(self, quantity: Quantity, unit: str) -> Quantity:
        if _key(quantity.unit) == _key(unit):
            return Quantity(quantity.value, unit)
        equation = self._equation(quantity.unit, unit)
        if equation is None:
            raise UnitMismatch("unit", quantity.unit, f"a unit that converts to {unit}")
        try:
            value = Fraction(quantity.value) * equation.times + equation.plus
            return Quantity(decimal_of(value), unit)
        except (ArithmeticError, ValueError) as error:
            raise InputError("value", str(quantity), "a finite number") from error

    def _equation(self, source: str, target: str) -> Equation | None:
        return next((each for each in self.equations if each.fits(source, target)), None)

    def _in_moles(self, unit: str) -> tuple[str, Fraction]:
        """Return a unit of equivalents as one of moles, and how many of it that is."""
        found = _EQUIVALENTS.fullmatch(unit.strip()) if self.valence else None
        if found is None or self.valence is None:
            return unit, Fraction(1)
        return f"{found[1].lower()}mol{found[2]}", Fraction(1, self.valence)


FACTORS_ALONE = Ways()


def _key(unit: str) -> str:
    plain = _ANNOTATION.sub("", unit).casefold()
    return _DEGREES.get(plain, plain)


def _converts(source: str, target: str) -> bool:
    try:
        conversion(source, target)
    except InputError:
        return False
    return True
