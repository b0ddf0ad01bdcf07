"""Records out of files, folders and archives, one after the other, whatever becomes of some.

A file holds one record in any format that the record package reads, or many in API v2 JSON: an
array, `{"studies": [..]}`, or one a line (NDJSON). It may be packed with gzip; a zip holds files. A
record that cannot be read is set aside with its place and the reason, and the rest goes on.
"""

import gzip
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from trialwright.core.errors import InputError
from trialwright.record.record import Record
from trialwright.record.service import read
from trialwright.registry.model import SetAside
from trialwright.registry.numbers import is_nct_id
from trialwright.registry.ports import ignore

Arrival = Record | SetAside

# What is taken from a folder; a file that is named itself is read whatever its name.
FOLDER_NAMES = (".json", ".ndjson", ".jsonl", ".xml", ".page.txt", ".gz", ".zip")
_LINES = (".ndjson", ".jsonl")
_MOST_BYTES_OF_A_RECORD = 64_000_000
_MOST_BYTES_OF_A_FILE = 1_000_000_000
_FIRST_LINE = re.compile(r"^line 1(?!\d)(, )?")
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class _Stream(Protocol):
    """Bytes that are read in order, packed or not."""

    def read(self, size: int = ..., /) -> bytes: ...
    def readline(self, size: int = ..., /) -> bytes: ...


def files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files that paths name, folders opened, in order; InputError for a missing one."""
    return tuple(file for path in paths for file in _files(path))


def arrivals(paths: Iterable[Path], seen: Callable[[int], None] = ignore) -> Iterator[Arrival]:
    """Yield every record of the files, or why it was set aside.

    `seen` hears how many more bytes of the files, as they lie on disk, have been gone through.
    """
    for path in paths:
        before = 0
        try:
            with path.open("rb") as raw:
                for arrival in _of_file(raw, str(path)):
                    yield arrival
                    at = raw.tell()
                    seen(at - before)
                    before = at
        except _DAMAGED as error:
            yield SetAside(str(path), "the file", _reason(error))
        seen(max(_size(path) - before, 0))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        inside = (file for file in path.rglob("*") if file.is_file())
        yield from sorted(file for file in inside if file.name.endswith(FOLDER_NAMES))
    elif path.is_file():
        yield path
    else:
        raise InputError(str(path), "no such file or folder", "records to add")


def _of_file(raw: IO[bytes], name: str) -> Iterator[Arrival]:
    if name.endswith(".zip"):
        yield from _of_zip(raw, name)
    elif name.endswith(".gz"):
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield from _of_stream(unpacked, name.removesuffix(".gz"), name)
    else:
        yield from _of_stream(raw, name, name)


def _of_zip(raw: IO[bytes], name: str) -> Iterator[Arrival]:
    with zipfile.ZipFile(raw) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            where = f"{name}:{member.filename}"
            try:
                with archive.open(member) as unpacked:
                    yield from _of_stream(unpacked, where, where)
            except _DAMAGED as error:
                yield SetAside(where, "the file", _reason(error))


def _of_stream(stream: _Stream, name: str, shown: str) -> Iterator[Arrival]:
    """Yield the records of one file's bytes; `shown` is what its places are named by."""
    if name.endswith(_LINES):
        yield from _of_lines(stream, shown)
        return
    data = stream.read(_MOST_BYTES_OF_A_FILE + 1)
    if len(data) > _MOST_BYTES_OF_A_FILE:
        yield SetAside(shown, "the file", f"more than {_MOST_BYTES_OF_A_FILE:,} bytes unpacked")
        return
    many = _many(data)
    if many is None:
        yield _one(data, shown, "the file")
        return
    for number, part in enumerate(many, start=1):
        yield _one(part, shown, f"study {number}")


def _of_lines(stream: _Stream, shown: str) -> Iterator[Arrival]:
    number = 0
    while line := stream.readline(_MOST_BYTES_OF_A_RECORD + 1):
        number += 1
        if len(line) > _MOST_BYTES_OF_A_RECORD:
            yield _too_long(shown, f"line {number}")
            _skip_line(stream)
        elif line.strip():
            yield _one(line, shown, f"line {number}")


def _skip_line(stream: _Stream) -> None:
    while (part := stream.readline(_MOST_BYTES_OF_A_RECORD)) and not part.endswith(b"\n"):
        pass


def _many(data: bytes) -> Iterable[bytes] | None:
    """Return the studies of a list, or the lines of NDJSON; None for anything else."""
    start = data.lstrip()[:1]
    if start not in (b"{", b"["):
        return None
    with suppress(msgspec.DecodeError, RecursionError):
        if start == b"[":
            return [bytes(part) for part in msgspec.json.decode(data, type=list[msgspec.Raw])]
        whole = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        if "studies" not in whole:
            return None
        studies = msgspec.json.decode(whole["studies"], type=list[msgspec.Raw])
        return [bytes(part) for part in studies]
    first, _, rest = data.strip().partition(b"\n")
    return [line for line in data.split(b"\n") if line.strip()] if rest and _whole(first) else None


def _whole(line: bytes) -> bool:
    """Say whether a line is a JSON value by itself."""
    try:
        msgspec.json.decode(line, type=Any)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def _one(data: bytes, shown: str, at: str) -> Arrival:
    if len(data) > _MOST_BYTES_OF_A_RECORD:
        return _too_long(shown, at)
    try:
        record = read(data, shown)
    except InputError as error:
        return SetAside(shown, _place(error, shown, at), f"{error.what}; wanted {error.wanted}")
    if not is_nct_id(record.nct_id):
        return SetAside(shown, at, f"the number {record.nct_id!r}; wanted NCT and eight digits")
    if record.simulated:
        return SetAside(shown, at, "simulated; wanted an observed record, which this would replace")
    return record


def _place(error: InputError, shown: str, at: str) -> str:
    """Return the record's place in the file, and the error's place in the record."""
    inside = _FIRST_LINE.sub("", error.where.removeprefix(shown).lstrip(", "))
    return f"{at}, {inside}" if inside else at


def _too_long(shown: str, at: str) -> SetAside:
    return SetAside(shown, at, f"a record of more than {_MOST_BYTES_OF_A_RECORD:,} bytes")


def _reason(error: BaseException) -> str:
    return " ".join(f"{error}".split()) or type(error).__name__


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
