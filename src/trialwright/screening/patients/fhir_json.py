"""Bytes of a bundle, plain or gzipped, into typed resources; every fault names its place."""

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from trialwright.core.errors import InputError
from trialwright.screening.patients.fhir_values import Place

T = TypeVar("T")

LARGEST = 256 * 1024 * 1024  # bytes of one bundle, unpacked
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_SHAPE = re.compile(r"Expected `(?P<wanted>[^`]+)`(?:, got `(?P<got>[^`]+)`)?")
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")


def unpacked(data: bytes, name: str) -> bytes:
    """Return the JSON text; raise InputError for a broken or an enormous archive."""
    if data.startswith(_GZIP):
        try:
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(name, f"broken gzip data ({error})", "a whole .gz file") from error
    if len(data) > LARGEST:
        raise InputError(name, f"more than {LARGEST:,} bytes", "the bundle of one patient")
    data = data.removeprefix(_BOM)
    if not data.strip():
        is_table = name.lower().endswith((".csv", ".csv.gz"))
        wanted = "a CSV with the columns patient, kind, ..." if is_table else "a FHIR bundle (JSON)"
        raise InputError(name, "is empty", wanted)
    return data


def check_keys(data: bytes, place: Place) -> None:
    """Refuse a key that stands twice in an object, and a number that is none (NaN, Infinity).

    Of two values under one key every reader would silently take one, and not all the same. JSON
    that is broken otherwise is left to `decode`.
    """
    try:
        _scan(data, _whole_or_fault)
    except _Faulty:
        raise _fault_of(_scan(data, _kept), place) from None


class _Faulty(Exception):
    """There is a fault somewhere in the JSON."""


@dataclass(frozen=True, slots=True)
class _NoNumber:
    name: str  # as it is written


def _scan(data: bytes, pairs: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    """Walk JSON with Python's own parser, which shows every pair; numbers stay text."""
    constant = _raise_faulty if pairs is _whole_or_fault else _NoNumber
    try:
        return json.loads(
            data.decode(), object_pairs_hook=pairs, parse_constant=constant,
            parse_int=str, parse_float=str,
        )  # fmt: skip
    except (ValueError, RecursionError):
        return None


def _raise_faulty(name: str) -> Any:
    raise _Faulty(name)


def _whole_or_fault(pairs: list[tuple[str, Any]]) -> None:
    """Keep nothing of an object that is whole, so that a large bundle takes no memory."""
    if len(dict(pairs)) != len(pairs):
        raise _Faulty


def _kept(pairs: list[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    return tuple(pairs)


def _fault_of(part: Any, place: Place, path: str = "") -> InputError:
    """Return the first fault below a part, with the path of its key."""
    found = next(_faults(part, path), None)
    where, what, wanted = found or ("", "a key twice", "each key once")
    return (place.at(where) if where else place).fault(what, wanted)


def _faults(part: Any, path: str) -> Iterator[tuple[str, str, str]]:
    match part:
        case _NoNumber(name):
            yield path, name, "a JSON number"
        case tuple():
            seen: set[str] = set()
            for key, value in part:
                where = f"{path}.{key[:80]}" if path else key[:80]
                if key in seen:
                    yield where, "the key a second time in one object", "each key once"
                seen.add(key)
                yield from _faults(value, where)
        case list():
            for index, value in enumerate(part):
                yield from _faults(value, f"{path}[{index}]")


def decode(data: bytes | msgspec.Raw, shape: type[T], place: Place) -> T:
    """Decode JSON into a resource; raise InputError that names the field."""
    try:
        return msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        raise _misshapen(str(error), place) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise place.fault(f"broken JSON ({error})", "a whole FHIR bundle (JSON)") from error
    except RecursionError as error:
        raise place.fault("JSON nested too deeply", "a FHIR bundle (JSON)") from error


def _misshapen(message: str, place: Place) -> InputError:
    path, shape = _PATH.search(message), _SHAPE.match(message)
    where = place.at(path["path"]) if path and path["path"] else place
    if shape is None:
        return where.fault(_PATH.sub("", message), "what FHIR says here")
    wanted = " or ".join(part for part in shape["wanted"].split(" | ") if part != "null")
    return where.fault(shape["got"] or "something else", f"{wanted} here")
