"""A file of people's answers to what no record settles, by patient and criterion.

    {"patient-01": {"E4": {"holds": false, "by": "Dr A. Example", "at": "2024-09-02"}}}

`holds` says whether what the criterion's text says is so: true, false, or null (not known yet).
"""

from collections.abc import Iterable

import msgspec

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.screening.model import Answer


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    holds: bool | None
    by: str
    at: str


def read_answers(data: bytes, name: str, criteria: Iterable[str]) -> dict[str, dict[str, Answer]]:
    """Read answers by patient id and criterion id; raise InputError for a broken file.

    `criteria` are the protocol's criterion ids; an answer to any other is refused.
    """
    try:
        entries = msgspec.json.decode(data, type=dict[str, dict[str, _Entry]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        wanted = '{patient id: {criterion id: {"holds": true, "by": "name", "at": "date"}}}'
        raise InputError(name, str(error), wanted) from error
    known = frozenset(criteria)
    return {
        patient: {
            criterion: _answer(entry, f"{name}, {patient}.{criterion}", criterion, known)
            for criterion, entry in given.items()
        }
        for patient, given in entries.items()
    }


def _answer(entry: _Entry, where: str, criterion: str, known: frozenset[str]) -> Answer:
    if criterion not in known:
        raise InputError(where, "no such criterion", "one of the protocol's criteria")
    if not entry.by.strip():
        raise InputError(f"{where}.by", "empty", "the name of who answered")
    PartialDate.parse(entry.at.partition("T")[0], f"{where}.at")
    return Answer(Truth.of(entry.holds), entry.by, entry.at)
