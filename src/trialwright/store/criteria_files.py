"""Criteria files on disk: replaced whole, never over somebody else's change, with a history.

Beside `criteria.yaml` lies `criteria.yaml.history.jsonl`: one line for each change of a criterion
(who, when, what, why, before and after), each with the hash of the line above it. Lines are only
ever added. The history is written first: a file that changed without its history cannot happen.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from trialwright.core.canonical import canonical_json, sha256
from trialwright.core.errors import InputError, Refused

LARGEST = 64 * 1024 * 1024  # bytes of a history
_NO_LINE = "0" * 64  # stands for the line above the first


def read_file(path: Path, largest: int) -> bytes:
    """Return a file's bytes; InputError where it cannot be read or is too large."""
    try:
        with path.open("rb") as stream:
            data = stream.read(largest + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a file that can be read") from error
    if len(data) > largest:
        raise InputError(str(path), f"more than {largest:,} bytes", "a smaller file")
    return data


def replace_file(
    path: Path, before: str | None, data: bytes, lines: Sequence[dict[str, Any]]
) -> None:
    """Write a file and the lines of its history, where it is still what it was.

    `before` is the SHA-256 of what the change rests on (None: no file). Refused where the file
    changed since: nothing is written then.
    """
    try:
        target = path.resolve()
        with _locked(target):
            if _hash(target) != before:
                why = "it was changed since it was read"
                raise Refused(str(path), why, "the change to be made again on what is there now")
            read_history(target)  # nothing is added below a history that somebody changed
            _append(_history(target), before, sha256(data), lines)
            _replace(target, data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a path to write to") from error


def read_history(path: Path) -> tuple[dict[str, Any], ...]:
    """Return the changes of a file, the oldest first; InputError where the chain is broken."""
    place = _history(path.resolve())
    if not place.is_file():
        return ()
    above = _NO_LINE
    found: list[dict[str, Any]] = []
    for number, line in enumerate(read_file(place, LARGEST).splitlines(), 1):
        where = f"{place}, line {number}"
        try:
            entry = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise InputError(where, "no change that can be read", "a line as written") from error
        if entry.get("above") != above:
            raise InputError(where, "it does not follow the line above it", "lines as written")
        above = sha256(line)
        found.append(entry)
    return tuple(found)


def _history(target: Path) -> Path:
    return target.with_name(f"{target.name}.history.jsonl")


def _append(place: Path, before: str | None, after: str, lines: Sequence[dict[str, Any]]) -> None:
    whole = read_file(place, LARGEST) if place.is_file() else b""
    if whole and not whole.endswith(b"\n"):
        raise InputError(str(place), "its last line is cut off", "whole lines")
    written = whole.splitlines()
    above = sha256(written[-1]) if written else _NO_LINE
    new = b""
    for line in lines:
        entry = canonical_json({**line, "file_before": before, "file_after": after, "above": above})
        above = sha256(entry)
        new += entry + b"\n"
    with place.open("ab") as stream:
        stream.write(new)
        _flush(stream)


def _replace(target: Path, data: bytes) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    handle, draft = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            _flush(stream)
        Path(draft).chmod(mode)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _hash(target: Path) -> str | None:
    return sha256(target.read_bytes()) if target.exists() else None


def _flush(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Let one writer at a time near a file; others wait. The system frees it if one dies."""
    with target.with_name(f".{target.name}.lock").open("ab") as stream:
        _lock(stream)
        yield


if os.name == "nt":  # pragma: no cover

    def _lock(stream: IO[bytes]) -> None:
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:

    def _lock(stream: IO[bytes]) -> None:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
