"""Use cases of the protocol: draft one, load one that holds together, say what is open."""

from datetime import date

from trialwright.core.errors import InputError, Refused
from trialwright.core.yaml_tree import YamlTree
from trialwright.protocol.check import OpenAssumption, faults, open_assumptions
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria_file.entries import criterion_of
from trialwright.protocol.doubts import doubts
from trialwright.protocol.draft import draft
from trialwright.protocol.model import Protocol
from trialwright.protocol.schema import protocol_schema
from trialwright.protocol.yaml_file import read_protocol, write_protocol

__all__ = [
    "criteria_of", "doubts", "draft", "faults", "load", "load_with_lines", "open_assumptions",
    "protocol_schema", "require_confirmed", "write_protocol",
]  # fmt: skip


def load(data: bytes, name: str, on: date | None = None) -> Protocol:
    """Read a protocol file that holds together; InputError names file, line and key.

    With a day `on`, an assumption that is confirmed after it is refused as well.
    """
    return load_with_lines(data, name, on)[0]


def load_with_lines(data: bytes, name: str, on: date | None = None) -> tuple[Protocol, YamlTree]:
    """Read a protocol as `load` does, with the lines of its keys."""
    protocol, tree = read_protocol(data, name)
    found = faults(protocol, on)
    if found:
        first = found[0]
        key = first.path.removeprefix("$.")
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        where = f"{name}, line {tree.line(first.path)}, {key}"
        raise InputError(where, first.what, f"{first.wanted}{more}")
    return protocol, tree


def criteria_of(protocol: Protocol) -> tuple[Criterion, ...]:
    """Return the criteria with their expressions decoded."""
    return tuple(map(criterion_of, protocol.criteria))


def require_confirmed(protocol: Protocol) -> None:
    """Refuse to use a protocol in a live trial while an assumption is open."""
    left: tuple[OpenAssumption, ...] = open_assumptions(protocol)
    if left:
        keys = ", ".join(a.path.removeprefix("$.") for a in left[:3])
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        raise Refused(
            "protocol", f"{len(left)} assumptions are open: {keys}{more}", "each to be confirmed"
        )
