"""Whether a value is exactly what its type says: what could not be read back is never written.

Nothing is converted on the way: a float is no exact decimal, text is no date, and a class, a grade
or a role is one of those that its type lists.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from trialwright.core.errors import InputError

T = TypeVar("T")

_AS_THEY_ARE = (Decimal, date, datetime)
_MESSAGE = re.compile(r"(?P<said>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)
_EXPECTED = re.compile(r"Expected (.*?)(?:, got .*)?", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_WORDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false",
    "decimal": "an exact decimal", "date": "a date (no text, no time)", "object": "named values",
    "datetime": "a date and time", "array": "a list", "null": "nothing",
}  # fmt: skip


def exact(value: object, kind: type[T], where: str) -> T:
    """Return the value with its lists as tuples; InputError names the part that is of no such type.

    `kind` may be any type that msgspec knows: an event, a union, a tuple of names, a decimal.
    """
    if _is_struct(kind) and not isinstance(value, kind):
        raise InputError(where, _shown(value), f"a {kind.__name__}")
    try:
        plain = msgspec.to_builtins(value, builtin_types=_AS_THEY_ARE)
        return msgspec.convert(plain, kind, strict=True, builtin_types=_AS_THEY_ARE)
    except msgspec.ValidationError as error:
        raise _unlike(str(error), value, kind, where) from error
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InputError(where, _shown(value), _wanted("", kind)) from error


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _unlike(message: str, value: object, kind: Any, where: str) -> InputError:
    found = _MESSAGE.fullmatch(message)
    said, path = (found["said"], found["path"] or "$") if found else (message, "$")
    parts = [name or int(index) for name, index in _STEP.findall(path)]
    inside, hint = _at(value, kind, parts)
    place = where + path.removeprefix("$").replace("[...]", "")
    return InputError(place, _shown(inside), _wanted(said, hint))


def _at(value: Any, hint: Any, parts: list[str | int]) -> tuple[Any, Any]:
    """Follow a path such as `event.grade` into a value, and into what its classes promise."""
    for part in parts:
        if isinstance(part, int):
            value, hint = value[part], next(iter(get_args(hint)), hint)
        elif isinstance(value, dict):
            value, hint = value.get(part), next(reversed(get_args(hint)), hint)
        else:
            value, hint = getattr(value, part, None), _promised(value.__class__).get(part)
    return value, hint


@cache
def _promised(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _wanted(said: str, hint: Any) -> str:
    expected = _EXPECTED.fullmatch(said)
    names = re.sub(r"`|\s*\|\s*null", "", expected[1]).split(" | ") if expected else []
    listed = [] if "array" in names or "object" in names else list(dict.fromkeys(_listed(hint)))
    if listed:
        return "one of " + ", ".join(map(str, listed))
    if not names:
        return f"a {getattr(hint, '__name__', hint)}"
    return " or ".join(_WORDS.get(name, name) for name in names)


def _listed(hint: Any) -> Iterator[object]:
    """Yield the values that a type lists, wherever in it."""
    for part in get_args(hint):
        if isinstance(part, str | int):
            yield part
        else:
            yield from _listed(part)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
