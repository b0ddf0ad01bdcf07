"""Records out of files, folders and archives, one after the other, whatever becomes of some.

A file holds one record in any format that the record package reads, or many in API v2 JSON: an
array, `{"studies": [..]}`, or one a line (NDJSON). It may be packed with gzip; a zip holds files. A
record that cannot be read is set aside with its place and the reason, and the rest goes on, unless
the file turns out to hold next to nothing else.
"""

import gzip
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from trialwright.core.errors import InputError
from trialwright.record.record import Record
from trialwright.record.service import read
from trialwright.registry.json_lists import BrokenList, items
from trialwright.registry.model import SetAside
from trialwright.registry.numbers import is_nct_id
from trialwright.registry.ports import ignore
from trialwright.registry.unpacked import Allowance, Metered, Stream, UnpacksTooFar

Arrival = Record | SetAside

# What is taken from a folder; a file that is named itself is read whatever its name.
FOLDER_NAMES = (".json", ".ndjson", ".jsonl", ".xml", ".page.txt", ".gz", ".zip")
_LINES = (".ndjson", ".jsonl")
_MOST_BYTES_OF_A_RECORD = 32_000_000
_MOST_BYTES_OF_A_FILE = 1_000_000_000
_MOST_BAD_RECORDS = 10_000  # of one file, above those that could be read
_BOM = b"\xef\xbb\xbf"
_FIRST_LINE = re.compile(r"^line 1(?![0-9])(, )?")
_DAMAGED = (
    OSError, EOFError, UnicodeDecodeError, OverflowError, NotImplementedError, RuntimeError,
    lzma.LZMAError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class _Page(msgspec.Struct):
    """An answer of the registry's API; nothing but its studies is kept."""

    studies: msgspec.Raw = msgspec.Raw()


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
                for arrival in _in_measure(_of_file(raw, str(path), _size(path)), str(path)):
                    yield arrival
                    at = raw.tell()
                    seen(at - before)
                    before = at
        except (*_DAMAGED, UnpacksTooFar) as error:
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


def _in_measure(found: Iterable[Arrival], name: str) -> Iterator[Arrival]:
    """Leave a file of which far more had to be set aside than could be read."""
    read = bad = 0
    for arrival in found:
        yield arrival
        read, bad = (read, bad + 1) if isinstance(arrival, SetAside) else (read + 1, bad)
        if bad > read + _MOST_BAD_RECORDS:
            why = f"not looked at: {bad:,} of its first {read + bad:,} parts are no records"
            yield SetAside(name, "the rest of the file", why)
            return


def _of_file(raw: IO[bytes], name: str, size: int) -> Iterator[Arrival]:
    allowance = Allowance(size)
    if name.endswith(".zip"):
        yield from _of_zip(raw, name, allowance)
    elif name.endswith(".gz"):
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield from _of_stream(Metered(unpacked, allowance), name.removesuffix(".gz"), name)
    else:
        yield from _of_stream(raw, name, name)


def _of_zip(raw: IO[bytes], name: str, allowance: Allowance) -> Iterator[Arrival]:
    with zipfile.ZipFile(raw) as archive:
        for member in archive.infolist():
            if member.filename.endswith("/"):  # is_dir() fails on a name that was lost
                continue
            where = f"{name}:{member.filename}"
            try:
                with archive.open(member) as unpacked:
                    yield from _of_stream(Metered(unpacked, allowance), where, where)
            except _DAMAGED as error:
                yield SetAside(where, "the file", _reason(error))


def _of_stream(stream: Stream, name: str, shown: str) -> Iterator[Arrival]:
    """Yield the records of one file's bytes; `shown` is what its places are named by."""
    if name.endswith(_LINES):
        yield from _of_lines(stream, shown)
        return
    data = stream.read(_MOST_BYTES_OF_A_FILE + 1).removeprefix(_BOM)
    if len(data) > _MOST_BYTES_OF_A_FILE:
        yield SetAside(shown, "the file", f"more than {_MOST_BYTES_OF_A_FILE:,} bytes unpacked")
        return
    studies = _list(data)
    if studies is not None:
        yield from _of_list(studies, shown)
    elif _is_lines(data):
        yield from _of_lines(io.BytesIO(data), shown)
    else:
        yield _one(data, shown, "the file")


def _list(data: bytes) -> bytes | None:
    """Return the list that a file is, or has as its `studies`; None for anything else."""
    start = data[:1_000].lstrip()[:1]
    if start == b"[":
        return data
    if start == b"{":
        with suppress(msgspec.DecodeError, RecursionError):
            studies = bytes(msgspec.json.decode(data, type=_Page).studies)
            return studies if studies.startswith(b"[") else None
    return None


def _is_lines(data: bytes) -> bool:
    """Say whether a file has a JSON object in its first line, and more lines."""
    lines = io.BytesIO(data)
    first = next((line for line in lines if line.strip()), b"")
    return first.lstrip().startswith(b"{") and _is_json(first) and not _is_json(data)


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def _of_list(data: bytes, shown: str) -> Iterator[Arrival]:
    number = 0
    try:
        for number, item in enumerate(items(data), start=1):
            yield _one(item, shown, f"study {number}")
    except BrokenList as error:
        yield SetAside(shown, f"after study {number}" if number else "the file", str(error))


def _of_lines(stream: Stream, shown: str) -> Iterator[Arrival]:
    number = 0
    while line := stream.readline(_MOST_BYTES_OF_A_RECORD + 1):
        number += 1
        if len(line) > _MOST_BYTES_OF_A_RECORD:
            yield _too_long(shown, f"line {number}")
            _skip_line(stream)
        elif line.strip():
            yield _one(line, shown, f"line {number}")


def _skip_line(stream: Stream) -> None:
    while (part := stream.readline(_MOST_BYTES_OF_A_RECORD)) and not part.endswith(b"\n"):
        pass


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
