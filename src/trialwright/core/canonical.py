"""One byte sequence for one value, and its SHA-256: what hashes and comparisons rest on."""

import hashlib
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted", decimal_format="string")


def canonical_json(value: Any) -> bytes:
    """Return JSON with sorted keys and no spaces; equal values give equal bytes."""
    return _encoder.encode(value)


def sha256(data: bytes) -> str:
    """Return the SHA-256 digest in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return sha256(canonical_json(value))
