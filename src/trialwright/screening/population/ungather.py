"""People of the five tables as patients again, to check a sample with `evaluate`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from trialwright.core.dates import PartialDate
from trialwright.screening.model import ClinicalFact, Observation, Patient
from trialwright.screening.population.kinds import Placed, Reading
from trialwright.screening.population.seen import untold_of
from trialwright.screening.population.tables import Tables
from trialwright.screening.population.verdicts import entries_of, readings_of

_FIELDS = {
    "condition": "conditions", "drug": "medications", "procedure": "procedures",
    "allergy": "allergies", "device": "devices",
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


def patients(tables: Tables, persons: Sequence[int]) -> dict[int, Patient]:
    """Return some people by number, with their records in order."""
    readings, entries = readings_of(tables), entries_of(tables)
    found = {row["person"]: _patient(row) for row in _rows(tables.persons, persons)}
    for row in _rows(tables.observations, persons):
        who = found[row["person"]]
        seen = (*who.observations, _observation(row, readings))
        found[row["person"]] = replace(who, observations=seen)
    for row in _rows(tables.facts, persons):
        who, placed = found[row["person"]], entries[row["entry"]]
        name = _FIELDS[placed.domain]
        facts = (*getattr(who, name), _fact(row, placed))
        changed: dict[str, Any] = {name: facts}
        found[row["person"]] = replace(who, **changed)
    return found


def _rows(table: Any, persons: Sequence[int]) -> Iterable[Row]:
    chosen = table.filter(table.person.isin(list(persons)))
    ordered = chosen.order_by(["person", "nth"] if "nth" in table.columns else "person")
    rows: list[Row] = ordered.to_pyarrow().to_pylist()
    return rows


def _patient(row: Row) -> Patient:
    return Patient(
        row["id"], row["sex"], _partial(row["birth_first"], row["birth_last"]),
        deceased=row["deceased"], died=_partial(row["died_first"], row["died_last"]),
        simulated=row["simulated"], untold=untold_of(row["untold"]),
    )  # fmt: skip


def _observation(row: Row, readings: dict[int, Reading]) -> Observation:
    instant = row["instant"]
    at = None if instant is None else _EPOCH + timedelta(microseconds=instant)
    whole = readings[row["reading"]].observation(row["value"])
    return replace(whole, effective=_partial(row["first"], row["last"]), instant=at)


def _fact(row: Row, placed: Placed) -> ClinicalFact:
    start = _partial(row["start_first"], row["start_last"])
    return replace(placed.fact, start=start, end=_partial(row["end_first"], row["end_last"]))


def _partial(first: date | None, last: date | None) -> PartialDate | None:
    """Return the date that covers exactly these days."""
    if first is None or last is None:
        return None
    if first == last:
        return PartialDate.of(first)
    month = PartialDate(first.year, first.month)
    return month if month.latest() == last else PartialDate(first.year)
