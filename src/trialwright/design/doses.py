"""Dose levels with their amounts: `2e10,4e10 particles/kg`, ascending."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from trialwright.core.errors import InputError
from trialwright.core.quantity import UnitMismatch, conversion
from trialwright.design.model import MOST_DOSES
from trialwright.design.parameters import whole

_NUMBER = r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?(?![0-9.])"
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
        """Return a level's amount with its unit.

        >>> DoseSet((2e10, 4e10), "particles/kg").label(2)
        '4e+10 particles/kg'
        """
        return f"{self.amounts[level - 1]:g} {self.unit}".rstrip()


Doses: TypeAlias = int | str | Sequence[float] | DoseSet


def read_doses(doses: Doses) -> tuple[int, DoseSet | None]:
    """Return how many levels there are and, where they are stated, their amounts.

    >>> read_doses("1, 2.5, 5 mg")
    (3, DoseSet(amounts=(1.0, 2.5, 5.0), unit='mg'))
    """
    if isinstance(doses, str) and doses.strip().isdecimal():
        doses = int(doses.strip()[:9])
    if isinstance(doses, str):
        doses = _read(doses)
    if isinstance(doses, DoseSet):
        return len(_checked(doses)), doses
    if isinstance(doses, Sequence):
        return read_doses(DoseSet(tuple(float(amount) for amount in doses)))
    return whole("doses", doses, 1, MOST_DOSES), None


def _read(text: str) -> DoseSet:
    match = _TEXT.fullmatch(text.strip()[:2000])
    if match is None:
        raise InputError("parameter doses", repr(text[:60]), _WANTED)
    amounts = tuple(float(part) for part in match[1].split(","))
    return DoseSet(amounts, (match[2] or "").strip())


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
