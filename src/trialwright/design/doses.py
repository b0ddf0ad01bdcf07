"""Dose levels with their amounts: `2e10,4e10 particles/kg`, ascending."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from trialwright.core.errors import InputError
from trialwright.core.quantity import UnitMismatch, conversion
from trialwright.design.model import MOST_DOSES
from trialwright.design.parameters import items, number, shown, whole

_NUMBER = r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?(?![0-9.])"
_LEVELS = re.compile("[0-9]+", re.ASCII)
_TEXT = re.compile(rf"({_NUMBER}(?:\s*,\s*{_NUMBER})*)\s*([^0-9\s,.].*)?", re.DOTALL)
_PER_CENT = "%"  # what every unit's text is held against, to see whether it is a unit
_WANTED = "a number of levels, or amounts that rise with their unit, such as 2e10,4e10 particles/kg"


@dataclass(frozen=True, slots=True)
class DoseSet:
    """The amount of each level, ascending, in one unit."""

    amounts: tuple[float, ...]
    unit: str = ""

    def __len__(self) -> int:
        return len(self.amounts)

    def label(self, level: int) -> str:
        """Return a level's amount with its unit, as people write it.

        >>> DoseSet((2e10, 4e10), "{particles}/kg").label(2)
        '4e+10 particles/kg'
        """
        unit = re.sub(r"[{}]", "", self.unit).replace("_", " ")  # UCUM marks words by braces
        return f"{self.amounts[level - 1]:g} {unit}".rstrip()


Doses: TypeAlias = int | str | Sequence[float] | DoseSet


def read_doses(doses: Doses) -> tuple[int, DoseSet | None]:
    """Return how many levels there are and, where they are stated, their amounts.

    >>> read_doses("1, 2.5, 5 mg")
    (3, DoseSet(amounts=(1.0, 2.5, 5.0), unit='mg'))
    """
    if isinstance(doses, str) and _LEVELS.fullmatch(doses.strip()):
        doses = int(doses.strip()[:9])
    if isinstance(doses, str):
        doses = _read(doses)
    if isinstance(doses, DoseSet):
        return len(_checked(doses)), doses
    amounts = items(doses)
    if amounts is not None:
        return read_doses(DoseSet(_numbers(amounts)))
    return whole("doses", doses, 1, MOST_DOSES), None


def _numbers(amounts: Sequence[object]) -> tuple[float, ...]:
    """Return amounts as numbers; raise InputError for an item that is none."""
    for level, amount in enumerate(amounts[: MOST_DOSES + 1], 1):
        if math.isnan(number(amount)):
            raise InputError(f"parameter doses, level {level}", shown(amount), "an amount above 0")
    return tuple(number(amount) for amount in amounts)


def _read(text: str) -> DoseSet:
    match = _TEXT.fullmatch(text.strip()[:2000])
    if match is None:
        raise InputError("parameter doses", repr(text[:60]), _WANTED)
    amounts = tuple(float(part) for part in match[1].split(","))
    unit = (match[2] or "").strip()
    if not unit and len(amounts) == 1:
        what = f"{text.strip()[:40]!r}, one amount without a unit"
        raise InputError("parameter doses", what, _WANTED)
    if not unit and max(amounts) < 1:
        what = f"{text.strip()[:40]!r}, amounts below 1 without a unit"
        raise InputError("parameter doses", what, "their unit with amounts; true rates are --true")
    return DoseSet(amounts, unit)


def _checked(doses: DoseSet) -> DoseSet:
    whole("doses", len(doses), 1, MOST_DOSES)
    below = 0.0
    for level, amount in enumerate(doses.amounts, 1):
        if not (math.isfinite(amount) and amount > below):
            what = f"{amount:g} after {below:g}" if level > 1 else f"{amount:g}"
            raise InputError(f"parameter doses, level {level}", what, "amounts above 0 that rise")
        below = amount
    if doses.unit:
        _check_unit(doses.unit)
    return doses


def _check_unit(unit: str) -> None:
    """Raise InputError for text that is no unit."""
    try:
        conversion(unit, _PER_CENT)
    except UnitMismatch:
        return  # a unit, of something else than a share
    except InputError as error:
        raise InputError("parameter doses, unit", error.what, error.wanted) from None
