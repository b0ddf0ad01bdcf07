"""One byte sequence for one value, and its SHA-256: what hashes and comparisons rest on."""

import hashlib
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from trialwright.core.errors import InputError

_encoder = msgspec.json.Encoder(order="sorted", decimal_format="string")


def canonical_json(value: Any) -> bytes:
    """Return JSON with sorted keys and no spaces.

    The same value written the same way gives the same bytes, whatever the order of its keys.
    Equal values may still give different bytes where their spelling carries meaning or differs in
    type: a decimal keeps its digits (`Decimal("1")` and `Decimal("1.0")`), `1` is not `1.0`, and
    a time keeps its zone. InputError for a float that is not finite: JSON has no such number, and
    would call it null.

    >>> canonical_json({"b": Decimal("1.0"), "a": Decimal("1")})
    b'{"a":"1","b":"1.0"}'
    """
    data = _encoder.encode(value)
    # Only what is written as null can be such a number, so most values are never looked through.
    if b"null" in data:
        for number in _floats(msgspec.to_builtins(value, builtin_types=(Decimal,))):
            if not math.isfinite(number):
                raise InputError("canonical JSON", str(number), "a finite number")
    return data


def sha256(data: bytes) -> str:
    """Return the SHA-256 digest in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return sha256(canonical_json(value))


def _floats(plain: Any) -> Iterator[float]:
    if isinstance(plain, float):
        yield plain
    elif isinstance(plain, dict):
        for inside in plain.values():
            yield from _floats(inside)
    elif isinstance(plain, list | tuple):
        for inside in plain:
            yield from _floats(inside)
