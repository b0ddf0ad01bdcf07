"""Checks of parameters: a value of the right kind in its range, or an InputError that names it."""

import inspect
import math
import operator
import re
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import wraps
from numbers import Real
from typing import ParamSpec, TypeVar

import numpy as np

from trialwright.core.errors import InputError

_P = ParamSpec("_P")
_R = TypeVar("_R")

# A number in text: ASCII digits, no separators; neither `nan` nor `inf`.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


def rate(name: str, value: object, above: float = 0.0, below: float = 1.0) -> float:
    """Return a number strictly between two limits."""
    number = _number(value)
    if above < number < below:
        return number
    limit = "" if math.isinf(below) else f" and below {below:g}"
    wanted = f"a number above {above:g}{limit}{_decimal_point(value)}"
    raise InputError(f"parameter {name}", _shown(value), wanted)


def cutoff(name: str, value: object) -> float:
    """Return a probability above 0; 1 is allowed and switches the rule off."""
    if _number(value) == 1:
        return 1.0
    try:
        return rate(name, value)
    except InputError as error:
        wanted = f"a probability above 0, at most 1{_decimal_point(value)}"
        raise InputError(error.where, error.what, wanted) from None


def whole(name: str, value: object, least: int, most: int) -> int:
    """Return a whole number between two limits, both allowed."""
    number = whole_number(value)
    if number is not None and least <= number <= most:
        return number
    raise InputError(f"parameter {name}", _shown(value), f"a whole number from {least} to {most}")


def flag(name: str, value: object) -> bool:
    """Return True or False."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise InputError(f"parameter {name}", _shown(value), "true or false")


def one_of(name: str, value: object, options: Collection[str]) -> str:
    """Return one of the given words."""
    if isinstance(value, str) and value in options:
        return value
    raise InputError(f"parameter {name}", _shown(value), " or ".join(options))


def known(what: str, name: str, names: Collection[str]) -> str:
    """Return a name that is known; else raise InputError with the nearest."""
    if isinstance(name, str) and name in names:
        return name
    if not names:
        raise InputError(what, _shown(name), f"no {what}s")
    nearest = get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f"{nearest[0]!r}, the nearest of " if nearest else "one of "
    raise InputError(what, _shown(name), hint + ", ".join(sorted(names)))


def by_name(factory: Callable[_P, _R]) -> Callable[_P, _R]:
    """Answer a call with parameters that a factory has not by an InputError, not a TypeError."""
    signature = inspect.signature(factory)

    @wraps(factory)
    def checked(*values: _P.args, **stated: _P.kwargs) -> _R:
        try:
            signature.bind(*values, **stated)
        except TypeError:
            _refuse_call(factory.__name__, signature, values, stated)
        return factory(*values, **stated)

    return checked


def _refuse_call(
    name: str, signature: inspect.Signature, values: Sequence[object], stated: Collection[str]
) -> None:
    """Raise InputError that says what is wrong with a call."""
    own = signature.parameters
    for stated_name in stated:
        known("parameter", stated_name, own)
    by_place = [p.name for p in own.values() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    if len(values) > len(by_place):
        wanted = "fewer" if by_place else f"each by its name, such as {next(iter(own), '')}=.."
        what = f"{counted(len(values), 'value')} without a name"
        raise InputError(name, what, wanted if own else "no parameters")
    given = {*stated, *by_place[: len(values)]}
    for parameter in own.values():
        if parameter.default is inspect.Parameter.empty and parameter.name not in given:
            what = f"parameter {parameter.name}"
            raise InputError(what, "not stated", f"a value; {name} needs it")
    raise InputError(name, "a parameter stated twice", "each parameter once")


def whole_number(value: object) -> int | None:
    """Return a whole number, Python's or NumPy's; None for anything else, True and 3.0 too."""
    if isinstance(value, (bool, np.bool_, np.ndarray)):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def items(value: object) -> tuple[object, ...] | None:
    """Return the items of a list, a tuple or an array; None for anything else, text too."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return tuple(value)
    return None


def number_in(text: str) -> float:
    """Return the number that a text is, NaN for one that is none.

    >>> number_in(" 2.5e-1 "), number_in("0.1_5"), number_in("\N{ARABIC-INDIC DIGIT ONE}")
    (0.25, nan, nan)
    """
    text = text.strip()
    return float(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else math.nan


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural but for 1.

    >>> counted(1, "rate"), counted(2, "rate")
    ('1 rate', '2 rates')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def number(value: object) -> float:
    """Return a number, NaN for anything that is none; for checks that word their own error."""
    return _number(value)


def shown(value: object) -> str:
    """Return a value as one short line; for checks that word their own error."""
    return _shown(value)


def _number(value: object) -> float:
    """Return a number, NaN for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return math.nan
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.nan


def _shown(value: object) -> str:
    """Return a value as one short line: text in quotes, so that its line breaks do not print."""
    try:
        text = repr(value) if isinstance(value, str) else " ".join(str(value).split())
    except ValueError:  # Python writes no whole number of so many digits
        text = "a number of thousands of digits"
    return text if len(text) <= 40 else text[:37] + "..."


def _decimal_point(value: object) -> str:
    """Return a hint where a number may have been written with a decimal comma."""
    pair = items(value) or ()
    with_comma = len(pair) == 2 and all(whole_number(part) is not None for part in pair)
    return ", with a decimal point" if with_comma else ""
