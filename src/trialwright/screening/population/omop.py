"""The tables of an OMOP warehouse as the five tables, where they lie: nothing is copied out.

Python reads what is distinct: each combination of concepts, units and words once, by the code that
reads OMOP row by row (`patients.omop`), so that both mean the same. The database joins the rows to
it. `nth` is the row's own number, and a person's number is OMOP's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Protocol

import ibis
import pyarrow as pa

from trialwright.core.errors import InputError
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.model import ClinicalFact, Observation
from trialwright.screening.patients.omop import (
    HISTORIES,
    VALUES,
    History,
    OmopRows,
    OmopSource,
    untold_of,
)
from trialwright.screening.population.gather import arrow, ends, untold_text, written
from trialwright.screening.population.kinds import Entry, Reading, entry_of, reading_of
from trialwright.screening.population.tables import SCHEMAS, Tables

Expr = Any  # Ibis tells a column's type only when it runs
Row = dict[str, Any]

_NTH = 2**40  # larger than a row's number, so that observations follow measurements
_EXACT = 15  # so many characters of a number fit a double for certain
_BIRTH = ("gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth")
_CODED = ("value_as_concept_id", "value_as_string", "value_source_value")
_MEASURED = (
    "unit_concept_id", "unit_source_value", "operator_concept_id", "range_low", "range_high",
)  # fmt: skip


class OmopDatabase(OmopSource, Protocol):
    """OMOP tables that can be asked in a database's own words."""

    def table(self, name: str) -> Expr:
        """Return a table with its columns in lower case, or None where there is none."""


def omop_tables(source: OmopDatabase, short: Callable[[Any], Expr], until: date) -> Tables:
    """Return the five tables; `short` puts an Arrow table beside those of the warehouse.

    Raises InputError as `read_omop` does; dates must be whole.
    """
    found = {name: source.table(name) for name in _names()}
    if found["person"] is None:
        raise InputError(source.name, "no person table", "the tables of OMOP CDM 5.4")
    distinct = {
        name: _ordered(_rows(_distinct(keyed, name)), f"{name}_id")
        for name, keyed in _keyed(found, source.name).items()
    }
    reader = OmopRows(source, {name: tuple(rows) for name, rows in distinct.items()}, until)
    warehouse = _Warehouse(source.name, found, distinct, reader, short, until)
    untold = untold_of([name for name, table in found.items() if table is not None])
    persons = warehouse.persons(untold)
    readings, observations = warehouse.observations(persons)
    entries, facts = warehouse.facts(persons)
    return Tables(
        persons, observations, short(readings), facts, short(entries), short,
        tuple(reader.unread()), untold,
    )  # fmt: skip


def _names() -> Iterator[str]:
    yield from ("person", "death", *(history.table for history in HISTORIES), *VALUES)


class _Warehouse:
    """The tables with what is distinct in them, as a place for the steps to share."""

    def __init__(
        self, name: str, found: Mapping[str, Expr], distinct: Mapping[str, list[Row]],
        reader: OmopRows, short: Callable[[Any], Expr], until: date,
    ) -> None:  # fmt: skip
        self._name, self._found, self._distinct = name, found, distinct
        self._reader, self._short, self._until = reader, short, until
        self._keyed = _keyed(found, name)

    def persons(self, untold: frozenset[Domain]) -> Expr:
        """Return the persons, with their deaths and what the warehouse has no table for."""
        rows = []
        for row in self._distinct["person"]:
            person = self._reader.person(row)
            rows.append((*(row[key] for key in _BIRTH), person.sex, *ends(person.birth)))
        kinds = ("sex", "birth_first", "birth_last")
        people = self._joined("person", _BIRTH, kinds, rows)
        self._once(people)
        if "death" in self._keyed:
            self._of_people(self._keyed["death"], people, "death")
        people = people.left_join(self._deaths(), "person").drop("person_right")
        return people.select(
            "person", "sex", "birth_first", "birth_last", "died_first", "died_last",
            id=people.person.cast("string"), deceased=people.dead.notnull(),
            simulated=ibis.literal(value=False), untold=ibis.literal(untold_text(untold)),
        )  # fmt: skip

    def facts(self, persons: Expr) -> tuple[pa.Table, Expr]:
        """Return the entries, and the facts of all domains."""
        numbers: dict[tuple[str, Entry], int] = {}
        parts = []
        for history in (each for each in HISTORIES if self._found[each.table] is not None):
            keys = _fact_keys(history)
            rows = []
            for row in self._distinct[history.table]:
                fact: ClinicalFact = self._reader.fact(_with_end(row, history), history)
                number = numbers.setdefault((history.domain, entry_of(fact)), len(numbers))
                rows.append((*(row[key] for key in keys), number))
            part = self._joined(history.table, keys, ("entry",), rows)
            self._check(part, persons, history.table)
            parts.append(_picked(part, "facts"))
        listed = [(n, domain, written(each)) for (domain, each), n in numbers.items()]
        return arrow("entries", listed), self._together(parts, "facts")

    def observations(self, persons: Expr) -> tuple[pa.Table, Expr]:
        """Return the readings, and the measurements and observations with a value."""
        numbers: dict[Reading, int] = {}
        parts = []
        for place, stem in enumerate(s for s in VALUES if self._found[s] is not None):
            keys = _value_keys(stem)
            rows = []
            for row in self._distinct[stem]:
                seen: Observation = self._reader.observation(_with_value(row), stem)
                if seen.value is not None:
                    reading, fixed = reading_of(seen)
                    number = numbers.setdefault(reading, len(numbers))
                    rows.append((*(row[key] for key in keys), number, fixed))
            part = self._joined(stem, keys, ("reading", "fixed"), rows)
            self._check(part, persons, stem)
            written_out = (part["exact"] == "") & (part["is_number"] == "yes")
            value = ibis.cases((written_out, part.number), else_=part.fixed)
            instant = ibis.null("int64")
            nth = part.nth + place * _NTH
            parts.append(
                _picked(part.mutate(value=value, nth=nth, instant=instant), "observations")
            )
        listed = [(n, written(each)) for each, n in numbers.items()]
        return arrow("readings", listed), self._together(parts, "observations")

    def _deaths(self) -> Expr:
        table = self._keyed.get("death")
        if table is None:
            columns = {
                "person": "int64",
                "died_first": "date",
                "died_last": "date",
                "dead": "int64",
            }
            return self._short(_empty(columns))
        self._dated(table, "death", "first")
        return table.group_by("person").aggregate(
            died_first=table["first"].max(),
            died_last=table["first"].max(),
            dead=table.person.count(),
        )

    def _joined(
        self, name: str, keys: Iterable[str], more: Iterable[str], rows: list[tuple[Any, ...]]
    ) -> Expr:
        """Return a table's rows, each with what Python made of its keys."""
        names = (*keys, *more)
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        made = pa.table(
            [pa.array(column, _TYPES.get(each, pa.string()))
             for each, column in zip(names, columns, strict=True)],
            names=list(names),
        )  # fmt: skip
        return self._keyed[name].join(self._short(made), list(keys))

    def _check(self, part: Expr, persons: Expr, name: str) -> None:
        """Raise InputError for a row about nobody, a date ahead, an end before its start."""
        self._of_people(part, persons, name)
        self._dated(part, name, "first")
        if "end" not in part.columns:
            return
        early = part.filter(part["end"] < part["first"] - ibis.interval(days=1))
        for row in _rows(early.select("nth", "end", "first").limit(1)):
            where = f"{self._name}, {name} {row['nth']}"
            raise InputError(
                where, str(row["end"]), f"an end on {row['first']} or later, its start"
            )

    def _of_people(self, part: Expr, persons: Expr, name: str) -> None:
        for row in _rows(part.anti_join(persons, "person").select("person").limit(1)):
            where = f"{self._name}, {name}, person_id"
            raise InputError(where, str(row["person"]), "a person of the person table")

    def _dated(self, part: Expr, name: str, column: str) -> None:
        latest = min(self._until, date.max - timedelta(days=1)) + timedelta(days=1)
        for row in _rows(part.filter(part[column] > latest).select(column).limit(1)):
            wanted = f"a date up to {self._until}, not one in the future"
            raise InputError(f"{self._name}, {name}", str(row[column]), wanted)

    def _once(self, people: Expr) -> None:
        counted = people.group_by("person").aggregate(rows=people.person.count())
        for row in _rows(counted.filter(counted["rows"] > 1).limit(1)):
            raise InputError(f"{self._name}, person", f"{row['person']} again", "each person once")

    def _together(self, parts: list[Expr], name: str) -> Expr:
        if not parts:
            return self._short(arrow(name, ()))
        return parts[0] if len(parts) == 1 else ibis.union(*parts)


_TYPES = {
    "entry": pa.int32(), "reading": pa.int32(), "fixed": pa.float64(),
    "birth_first": pa.date32(), "birth_last": pa.date32(),
}  # fmt: skip


# --- what is distinct ---------------------------------------------------------------------------


def _keyed(found: Mapping[str, Expr], name: str) -> dict[str, Expr]:
    """Return each table that there is with its keys as text, its day and its number."""
    tables: dict[str, Expr] = {}
    for each, table in found.items():
        if table is not None:
            tables[each] = _Columns(table, f"{name}, {each}").keyed(each)
    return tables


def _distinct(keyed: Expr, name: str) -> Expr:
    keys = _keys(name)
    own = f"{name}_id"
    return (
        keyed.group_by(list(keys)).aggregate(**{own: keyed.nth.min()}) if keys else keyed.limit(0)
    )


def _ordered(rows: list[Row], own: str) -> list[Row]:
    """Return rows by their number, so that what is told first is the first on record."""
    return sorted(rows, key=lambda row: row[own] or 0)


def _keys(name: str) -> tuple[str, ...]:
    if name == "person":
        return _BIRTH
    if name in VALUES:
        return _value_keys(name)
    return next((_fact_keys(history) for history in HISTORIES if history.table == name), ())


def _fact_keys(history: History) -> tuple[str, ...]:
    stem = history.stem
    concepts = (f"{stem}_concept_id", f"{stem}_source_concept_id", f"{stem}_source_value")
    return (*concepts, "has_end") if history.ends else concepts


def _value_keys(stem: str) -> tuple[str, ...]:
    concepts = (f"{stem}_concept_id", f"{stem}_source_concept_id", f"{stem}_source_value")
    return (*concepts, *_CODED, *_MEASURED, "exact", "is_number")


def _with_end(row: Row, history: History) -> Row:
    """Return a row with some end where its like have one: only whether it is over is read."""
    if history.ends is None:
        return row
    return {**row, history.ends: "2000-01-01" if row["has_end"] == "yes" else ""}


def _with_value(row: Row) -> Row:
    number = (row["exact"] or "0") if row["is_number"] == "yes" else ""
    return {**row, "value_as_number": number}


class _Columns:
    """The columns of one table; one that is missing is null throughout."""

    def __init__(self, table: Expr, name: str) -> None:
        self._table, self._name = table, name

    def keyed(self, name: str) -> Expr:
        """Return the table's keys, its person, its day and its number."""
        if name == "death":
            self._needs("death_date")  # as the row-wise reader does: a death has its day
            return self._picked(first=self._day("death_date"))
        if name == "person":
            keys = {key: self._text(key) for key in _BIRTH}
            return self._picked(nth=self._number("person_id"), **keys)
        if name in VALUES:
            return self._values(name)
        return self._facts(next(each for each in HISTORIES if each.table == name))

    def _facts(self, history: History) -> Expr:
        first = self._day(history.starts)
        end = self._day(history.ends) if history.ends else ibis.null("date")
        keys = {key: self._text(key) for key in _fact_keys(history) if key != "has_end"}
        if history.ends:
            keys["has_end"] = ibis.cases((end.notnull(), "yes"), else_="no")
        days = {"first": first, "end": end, "start_first": first, "start_last": first,
                "end_first": end, "end_last": end}  # fmt: skip
        return self._picked(nth=self._nth(history.table), **days, **keys)

    def _values(self, stem: str) -> Expr:
        exact, number = self._value()
        is_number = number.notnull() | (exact != "")
        keys = {key: self._text(key) for key in _value_keys(stem)[:3]}
        keys |= {key: ibis.cases((is_number, ""), else_=self._text(key)) for key in _CODED}
        keys |= {key: ibis.cases((is_number, self._text(key)), else_="") for key in _MEASURED}
        day = self._day(f"{stem}_date")
        return self._picked(
            nth=self._nth(stem), first=day, last=day, number=number, exact=exact,
            is_number=ibis.cases((is_number, "yes"), else_="no"), **keys,
        )  # fmt: skip

    def _value(self) -> tuple[Expr, Expr]:
        """Return a number's text where a double may not hold it, and the number as a double."""
        if "value_as_number" not in self._table.columns:
            return ibis.literal(""), ibis.null("float64")
        column = self._table["value_as_number"]
        text = column.cast("string").strip()
        text = ibis.cases((text.lower() == "nan", ""), else_=text.fill_null(""))
        cast = column.try_cast if column.type().is_string() else column.cast
        number = cast("float64")
        unsure = text.upper().contains("INF") | (number.isnull() & (text != ""))
        if not column.type().is_floating():
            unsure = unsure | (text.length() > _EXACT)
        number = ibis.cases((text == "", ibis.null("float64")), else_=number)
        return ibis.cases((unsure, text), else_=""), number

    def _picked(self, **columns: Expr) -> Expr:
        return self._table.select(person=self._number("person_id"), **columns)

    def _nth(self, table: str) -> Expr:
        return self._number(f"{table}_id") % _NTH

    def _number(self, column: str) -> Expr:
        self._needs(column)
        found = self._table[column]
        if not found.type().is_integer():
            self._whole(column)
        return found.cast("int64")

    def _needs(self, column: str) -> None:
        if column not in self._table.columns:
            raise InputError(self._name, f"no column {column}", "the columns of OMOP CDM 5.4")

    def _whole(self, column: str) -> None:
        """Raise InputError for a number with a fraction: a cast would round it to another's."""
        found = self._table[column]
        if found.type().is_boolean():
            raise InputError(f"{self._name}, {column}", "true or false", "a whole number")
        numbers = self._table.select(number=found.cast("float64"))
        torn = numbers.filter(numbers.number != numbers.number.floor())
        for row in _rows(torn.limit(1)):
            raise InputError(f"{self._name}, {column}", repr(str(row["number"])), "a whole number")

    def _text(self, column: str) -> Expr:
        if column not in self._table.columns:
            return ibis.literal("")
        return self._table[column].cast("string").strip().fill_null("")

    def _day(self, column: str) -> Expr:
        if column not in self._table.columns:
            return ibis.null("date")
        found = self._table[column]
        if found.type().is_string():
            found = found.strip().substr(0, 10)
            return ibis.cases((found == "", ibis.null("string")), else_=found).cast("date")
        return found.cast("date")


def _picked(part: Expr, name: str) -> Expr:
    return part.select(**{
        column: part[column].cast(kind) for column, kind in SCHEMAS[name].items()
    })  # fmt: skip


def _rows(table: Expr) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows


def _empty(columns: Mapping[str, str]) -> pa.Table:
    kinds = {"int64": pa.int64(), "date": pa.date32()}
    return pa.table({name: pa.array([], kinds[kind]) for name, kind in columns.items()})
