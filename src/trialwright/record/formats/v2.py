"""The registry's API v2 JSON, one study: what goes in comes out again.

v2 has no place for findings, provenance, related trials and design facts: a written record
carries them in one more top-level member, `trialwright`, which is left out when it is empty.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from trialwright.core.errors import InputError
from trialwright.record.model import Study
from trialwright.record.model.base import Piece
from trialwright.record.record import (
    DesignFact,
    Finding,
    Provenance,
    Record,
    RelatedTrial,
    Unmodelled,
)

MEMBER = "trialwright"
_WANTED = "a study as the registry's API v2 writes it"
_T = TypeVar("_T")
Path = tuple[str | int, ...]


class _Member(Piece, frozen=True):
    """What the extra member holds."""

    source_format: str = "v2"
    findings: tuple[Finding, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    related: tuple[RelatedTrial, ...] = ()
    design_facts: tuple[DesignFact, ...] = ()
    simulated: bool = False


def read(data: bytes, name: str) -> Record:
    """Read one study; raise InputError for anything else."""
    value = _json(data, name)
    if isinstance(value, list) or (isinstance(value, dict) and "studies" in value):
        studies = value if isinstance(value, list) else value["studies"]
        if not isinstance(studies, list) or len(studies) != 1:
            raise InputError(name, "a list of studies", "a file of one study")
        value = studies[0]
    return from_value(value, name)


def write(record: Record) -> bytes:
    """Write a record as indented v2 JSON, ending with a line feed."""
    return msgspec.json.format(msgspec.json.encode(to_value(record)), indent=2) + b"\n"


def from_value(value: Any, where: str) -> Record:
    """Return the record that a decoded JSON value holds."""
    if not isinstance(value, dict) or "protocolSection" not in value:
        raise InputError(where, "no protocolSection", _WANTED)
    body = {key: part for key, part in value.items() if key != MEMBER}
    study = _convert(body, Study, where)
    _check_identity(study, where)
    member = _convert(value.get(MEMBER, {}), _Member, f"{where}, {MEMBER}")
    unmodelled = tuple(_unmodelled(body, msgspec.to_builtins(study), ()))
    return Record(study=study, unmodelled=unmodelled, **msgspec.structs.asdict(member))


def to_value(record: Record) -> dict[str, Any]:
    """Return the record as a JSON value: the study, what its model does not know, the member."""
    value: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record.study))
    for extra in record.unmodelled:
        _restore(value, extra.path, msgspec.json.decode(extra.json))
    fields = {f: getattr(record, f) for f in _Member.__struct_fields__}
    member = msgspec.json.decode(msgspec.json.encode(_Member(**fields)))
    return value | ({MEMBER: member} if member else {})


def _json(data: bytes, where: str) -> Any:
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        at = re.search(r"byte (\d+)", str(error))
        line = data.count(b"\n", 0, int(at[1])) + 1 if at else data.count(b"\n") + 1
        raise InputError(f"{where}, line {line}", str(error), _WANTED) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise InputError(where, "JSON that cannot be decoded", _WANTED) from error


def _convert(value: Any, kind: type[_T], where: str) -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise InputError(where, str(error), _WANTED) from error


def _check_identity(study: Study, where: str) -> None:
    protocol = study.protocol_section
    identification = protocol.identification_module if protocol else None
    if identification is None or not identification.nct_id:
        at = "protocolSection.identificationModule.nctId"
        raise InputError(where, f"no {at}", _WANTED)


def _unmodelled(source: Any, known: Any, path: Path) -> Iterator[Unmodelled]:
    """Yield every part of the source that the typed study would not write again."""
    if isinstance(source, dict) and isinstance(known, dict):
        for key, part in source.items():
            if key in known:
                yield from _unmodelled(part, known[key], (*path, key))
            else:
                yield Unmodelled((*path, key), msgspec.json.encode(part).decode())
    elif isinstance(source, list) and isinstance(known, (list, tuple)):
        for at, (part, other) in enumerate(zip(source, known, strict=True)):
            yield from _unmodelled(part, other, (*path, at))


def _restore(value: Any, path: Path, part: Any) -> None:
    """Put a part back at its path; where its owner was replaced since, it went with its owner."""
    owner = _reach(value, path[:-1])
    if isinstance(owner, dict):
        owner.setdefault(str(path[-1]), part)


def _reach(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
