"""Checks of parameters: a value of the right kind in its range, or an InputError that names it."""

import math
from collections.abc import Collection
from decimal import Decimal
from difflib import get_close_matches

from trialwright.core.errors import InputError


def rate(name: str, value: object, above: float = 0.0, below: float = 1.0) -> float:
    """Return a number strictly between two limits."""
    number = _number(value)
    if above < number < below:
        return number
    raise InputError(
        f"parameter {name}", _shown(value), f"a number above {above:g} and below {below:g}"
    )


def cutoff(name: str, value: object) -> float:
    """Return a probability above 0; 1 is allowed and switches the rule off."""
    if _number(value) == 1:
        return 1.0
    try:
        return rate(name, value)
    except InputError as error:
        raise InputError(error.where, error.what, "a probability above 0, at most 1") from None


def whole(name: str, value: object, least: int, most: int) -> int:
    """Return a whole number between two limits, both allowed."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise InputError(f"parameter {name}", _shown(value), f"a whole number from {least} to {most}")


def flag(name: str, value: object) -> bool:
    """Return True or False."""
    if isinstance(value, bool):
        return value
    raise InputError(f"parameter {name}", _shown(value), "true or false")


def one_of(name: str, value: object, options: Collection[str]) -> str:
    """Return one of the given words."""
    if isinstance(value, str) and value in options:
        return value
    raise InputError(f"parameter {name}", _shown(value), " or ".join(options))


def known(what: str, name: str, names: Collection[str]) -> str:
    """Return a name that is known; else raise InputError with the nearest."""
    if name in names:
        return name
    nearest = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"{nearest[0]!r}, the nearest of " if nearest else "one of "
    raise InputError(what, repr(name[:40]), hint + ", ".join(sorted(names)))


def number(value: object) -> float:
    """Return a number, NaN for anything that is none; for checks that word their own error."""
    return _number(value)


def shown(value: object) -> str:
    """Return a value as one short line; for checks that word their own error."""
    return _shown(value)


def _number(value: object) -> float:
    """Return a number, NaN for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return math.nan
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.nan


def _shown(value: object) -> str:
    """Return a value as one short line: text in quotes, so that its line breaks do not print."""
    text = repr(value) if isinstance(value, str) else " ".join(str(value).split())
    return text if len(text) <= 40 else text[:37] + "..."
