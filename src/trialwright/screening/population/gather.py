"""Patients of any reader as the five tables, in memory (Arrow)."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa

from trialwright.core.dates import PartialDate
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.model import DOMAINS, Patient
from trialwright.screening.population.kinds import Entry, Reading, entry_of, reading_of
from trialwright.screening.population.tables import SCHEMAS

_TYPES = {
    "int64": pa.int64(), "int32": pa.int32(), "float64": pa.float64(), "string": pa.string(),
    "date": pa.date32(), "boolean": pa.bool_(),
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = tuple[Any, ...]


def gather(patients: Iterable[Patient]) -> dict[str, pa.Table]:
    """Return the five tables by name; persons are numbered from 0 in the order given."""
    rows: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
    readings: dict[Reading, int] = {}
    entries: dict[tuple[str, Entry], int] = {}
    for person, patient in enumerate(patients):
        rows["persons"].append(_person(person, patient))
        rows["observations"] += _observations(person, patient, readings)
        rows["facts"] += _facts(person, patient, entries)
    rows["readings"] = [(n, written(each)) for each, n in readings.items()]
    rows["entries"] = [(n, domain, written(each)) for (domain, each), n in entries.items()]
    return {name: arrow(name, listed) for name, listed in rows.items()}


def written(record: Reading | Entry) -> str:
    """Return the JSON of a reading or an entry."""
    return msgspec.json.encode(record).decode()


def arrow(name: str, rows: Iterable[Row]) -> pa.Table:
    """Return rows as the Arrow table of that name."""
    schema = SCHEMAS[name]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(column, _TYPES[kind])
         for column, kind in zip(columns, schema.values(), strict=True)],
        names=list(schema),
    )  # fmt: skip


def _person(person: int, patient: Patient) -> Row:
    born, died = ends(patient.birth), ends(patient.died)
    return (
        person, patient.id, patient.sex, *born, patient.deceased, *died, patient.simulated,
        untold_text(patient.untold),
    )  # fmt: skip


def untold_text(domains: Collection[Domain]) -> str:
    """Return domains as `persons` holds them."""
    return ",".join(domain for domain in DOMAINS if domain in domains)


def _observations(person: int, patient: Patient, known: dict[Reading, int]) -> list[Row]:
    rows = []
    for nth, each in enumerate(patient.observations):
        if each.value is not None:
            reading, value = reading_of(each)
            number = known.setdefault(reading, len(known))
            instant = _microseconds(each.instant)
            rows.append((person, number, nth, value, *ends(each.effective), instant))
    return rows


def _facts(person: int, patient: Patient, known: dict[tuple[str, Entry], int]) -> list[Row]:
    rows = []
    for domain in DOMAINS:
        for nth, fact in enumerate(patient.facts(domain)):
            number = known.setdefault((domain, entry_of(fact)), len(known))
            rows.append((person, number, nth, *ends(fact.start), *ends(fact.end)))
    return rows


def ends(day: PartialDate | None) -> tuple[date | None, date | None]:
    """Return the first and the last day that a partial date may mean."""
    return (None, None) if day is None else (day.earliest(), day.latest())


def _microseconds(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - _EPOCH) // timedelta(microseconds=1)
