"""Bytes of a bundle, plain or gzipped, into typed resources; every fault names its place."""

import gzip
import io
import re
import zlib
from typing import TypeVar

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
        raise InputError(name, "empty", "a FHIR bundle (JSON)")
    return data


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
