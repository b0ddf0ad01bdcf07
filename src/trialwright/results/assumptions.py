"""What the protocol assumes because nobody published it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from trialwright.protocol.model import Protocol, Stated


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumed value: its key in protocol.yaml, what was assumed, and why."""

    key: str
    value: str
    reason: str
    confirmed: str | None


def assumptions(protocol: Protocol) -> tuple[Assumption, ...]:
    """Return every assumption of the protocol, in the order of the file."""
    return tuple(
        Assumption(key, _plain(stated.value), stated.reason or "", stated.confirmed)
        for key, stated in _stated(protocol, "")
        if stated.assumed
    )


def _stated(value: object, key: str) -> Iterator[tuple[str, Stated[Any]]]:
    if isinstance(value, Stated):
        yield key, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _stated(getattr(value, name), f"{key}.{name}".lstrip("."))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _stated(item, f"{key}[{place}]")


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
