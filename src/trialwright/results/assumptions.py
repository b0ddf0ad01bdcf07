"""What the protocol assumes because nobody published it."""

from dataclasses import dataclass

from trialwright.protocol.check import stated_values
from trialwright.protocol.model import Protocol


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
        for key, stated in stated_values(protocol)
        if stated.assumed
    )


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
