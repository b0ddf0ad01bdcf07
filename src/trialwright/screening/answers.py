"""A file of people's answers to what no record settles, by patient and criterion.

    {"patient-01": {"E4": {"holds": false, "by": "Dr A. Example", "at": "2024-09-02"}}}

`holds` says whether what the criterion's text says is so: true, false, or null (not known yet). A
key that stands there twice is refused: which of two answers was meant is nobody's to guess.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.screening.model import Answer

_BOM = b"\xef\xbb\xbf"
_FIRST_YEAR = 1900
_WANTED = '{patient id: {criterion id: {"holds": true, "by": "name", "at": "date"}}}'
_PATH = re.compile(r" - at `(?:key in )?\$(?:\[\.\.\.\])*(?P<field>[^`]*)`$")


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    holds: bool | None
    by: str
    at: str


def read_answers(
    data: bytes, name: str, criteria: Iterable[str], until: date = date.max
) -> dict[str, dict[str, Answer]]:
    """Read answers by patient id and criterion id; raise InputError for a broken file.

    `criteria` are the protocol's criterion ids; an answer to any other is refused, and so is one
    that was given after the day `until`, the day of screening.
    """
    data = data.removeprefix(_BOM)
    try:
        entries = msgspec.json.decode(data, type=dict[str, dict[str, _Entry]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        where = f"{name}, {place}" if (place := _misshapen(data)) else name
        raise InputError(where, _PATH.sub("", str(error)), _WANTED) from error
    _check_keys(data, name)
    known = frozenset(criteria)
    return {
        patient: {
            criterion: _answer(entry, f"{name}, {patient}.{criterion}", criterion, known, until)
            for criterion, entry in given.items()
        }
        for patient, given in entries.items()
    }


def _misshapen(data: bytes) -> str:
    """Return the patient and criterion of the first answer with another shape; else nothing."""
    try:
        whole = msgspec.json.decode(data, type=dict[str, dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    for patient, given in whole.items():
        for criterion, entry in given.items():
            try:
                msgspec.convert(entry, _Entry)
            except msgspec.ValidationError as error:
                found = _PATH.search(str(error))
                field = found["field"] if found else ""
                return f"{patient}.{criterion}{field}"[:200]
    return ""


def _check_keys(data: bytes, name: str) -> None:
    """Refuse a key that an object has twice: the decoder above keeps the last one unasked."""

    def once(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError(name, f"the key {key[:60]!r} a second time", "each key once")
            seen.add(key)

    json.loads(data.decode(), object_pairs_hook=once)


def _answer(
    entry: _Entry, where: str, criterion: str, known: frozenset[str], until: date
) -> Answer:
    if criterion not in known:
        raise InputError(where, "no such criterion", "one of the protocol's criteria")
    if not entry.by.strip():
        raise InputError(f"{where}.by", "empty", "the name of who answered")
    _check_time(entry.at, f"{where}.at", until)
    return Answer(Truth.of(entry.holds), entry.by, entry.at)


def _check_time(at: str, where: str, until: date) -> None:
    day, _, time = at.partition("T")
    given = PartialDate.parse(day, where)
    try:
        if time:
            datetime.fromisoformat(at)
    except ValueError as error:
        raise InputError(where, repr(at[:60]), "a date, or a date and time") from error
    # One day of grace: an answer given east of here may already carry tomorrow's date.
    latest = until if until == date.max else until + timedelta(days=1)
    if given.year < _FIRST_YEAR or given.earliest() > latest:
        wanted = f"a day from the year {_FIRST_YEAR} on, up to {until}, the day of screening"
        raise InputError(where, at[:60], wanted)
