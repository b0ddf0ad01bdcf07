"""Patients as five plain tables, the same on every database.

    persons       person, id, sex, birth_first, birth_last, deceased, died_first, died_last,
                  simulated, untold
    observations  person, reading, nth, value, first, last, instant
    readings      reading, record (JSON): all of an observation but its number and its dates
    facts         person, entry, nth, start_first, start_last, end_first, end_last
    entries       entry, domain, record (JSON): all of a fact but its dates

A partial date is the first and the last day that it may mean; both are null where none is on
record. `person` is a number. `nth` keeps the order of a record's parts. `instant` counts
microseconds since 1970 (UTC), null where none is on record.

A `value` is a double. Every double, and every decimal of at most 15 digits, is kept exactly in it;
a number that a double does not hold stands in its reading instead, and its `value` is 0.
`readings` and `entries` are short: a row for each combination that occurs, read whole into memory.

`untold` names, with commas between, the domains of which a person's source has no table: nothing
that is not on record there was left out by anybody, so that silence may not be read as absence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialwright.protocol.criteria.nodes import Domain

if TYPE_CHECKING:
    from ibis.expr.types import Table

SCHEMAS: dict[str, dict[str, str]] = {
    "persons": {
        "person": "int64", "id": "string", "sex": "string",
        "birth_first": "date", "birth_last": "date",
        "deceased": "boolean", "died_first": "date", "died_last": "date", "simulated": "boolean",
        "untold": "string",
    },
    "observations": {
        "person": "int64", "reading": "int32", "nth": "int64", "value": "float64",
        "first": "date", "last": "date", "instant": "int64",
    },
    "readings": {"reading": "int32", "record": "string"},
    "facts": {
        "person": "int64", "entry": "int32", "nth": "int64",
        "start_first": "date", "start_last": "date", "end_first": "date", "end_last": "date",
    },
    "entries": {"entry": "int32", "domain": "string", "record": "string"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """The five tables as Ibis sees them, on one backend.

    `short` puts a short Arrow table beside them: what Python has judged.
    """

    persons: "Table"
    observations: "Table"
    readings: "Table"
    facts: "Table"
    entries: "Table"
    short: Callable[[Any], "Table"]
    unread: tuple[str, ...] = ()  # what was recorded and cannot be used, a line each
    untold: frozenset[Domain] = frozenset()  # domains of which the source has no table
