"""OMOP CDM 5.4 as patients: the tables' rows in, people with their record out.

Read: person, death, condition_occurrence, drug_exposure, procedure_occurrence, device_exposure,
measurement, observation, and concept for what their numbers mean. The standard concept and the
source's own both count as codes; concepts of vocabularies that screening does not know, and all of
them where the concept table is missing, leave their words. OMOP has no table of allergies. Of a
domain without a table nothing is told, so that its silence may not be read as absence.
Source: https://ohdsi.github.io/CommonDataModel/cdm54.html.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, Protocol

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.model import (
    DOMAINS,
    ClinicalFact,
    Code,
    Coded,
    Measured,
    Observation,
    Patient,
    Sex,
)
from trialwright.screening.patients.fhir_values import Place, check_order, day

Row = Mapping[str, object]  # column in lower case: value, of whatever type the source stores


class OmopSource(Protocol):
    """Where the tables are: a folder of files, or a database."""

    @property
    def name(self) -> str:
        """The source as errors name it."""

    def rows(self, table: str, columns: tuple[str, ...]) -> Iterator[Row] | None:
        """Yield a table's rows with the columns that it has, or None where there is no table."""

    def concepts(self, ids: frozenset[int]) -> Iterator[Row] | None:
        """Yield the concepts with these numbers, or None where there is no concept table."""

    def close(self) -> None:
        """Let go of the files or the connection."""


VOCABULARIES = {
    "SNOMED": "snomed", "LOINC": "loinc", "RxNorm": "rxnorm", "ICD10CM": "icd10",
    "ICD10": "icd10", "ATC": "atc",
}  # fmt: skip
SEXES: dict[int, Sex] = {8507: "male", 8532: "female", 8521: "other"}
Bound = Literal["<", "<=", ">", ">="]
_OPERATORS: dict[int, Bound | None] = {
    4171756: "<", 4171754: "<=", 4172704: ">", 4171755: ">=", 4172703: None, 0: None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """A table of facts: which columns say what."""

    table: str
    domain: Domain
    stem: str
    starts: str
    ends: str | None
    record: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        stem = self.stem
        ends = (self.ends,) if self.ends else ()
        return (
            f"{self.table}_id", "person_id", f"{stem}_concept_id", f"{stem}_source_concept_id",
            f"{stem}_source_value", self.starts, *ends,
        )  # fmt: skip


HISTORIES = (
    History("condition_occurrence", "condition", "condition", "condition_start_date",
             "condition_end_date", "Condition"),
    History("drug_exposure", "drug", "drug", "drug_exposure_start_date",
             "drug_exposure_end_date", "Medication"),
    History("procedure_occurrence", "procedure", "procedure", "procedure_date", None,
             "Procedure"),
    History("device_exposure", "device", "device", "device_exposure_start_date",
             "device_exposure_end_date", "Device"),
)  # fmt: skip
_PERSON = (
    "person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth",
)  # fmt: skip
VALUES = {
    stem: (
        f"{stem}_id", "person_id", f"{stem}_concept_id", f"{stem}_source_concept_id",
        f"{stem}_source_value", f"{stem}_date", "value_as_number", "value_as_concept_id",
        "value_as_string", "value_source_value", "unit_concept_id", "unit_source_value",
        "operator_concept_id", "range_low", "range_high",
    )
    for stem in ("measurement", "observation")
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concept:
    """What a concept's number means."""

    vocabulary: str
    code: str
    name: str


@dataclass
class _Person:
    """One patient while the tables are read."""

    id: str
    sex: Sex
    birth: PartialDate | None
    deceased: bool = False
    died: PartialDate | None = None
    observations: list[Observation] = field(default_factory=list)
    facts: dict[Domain, list[ClinicalFact]] = field(default_factory=dict)

    def patient(self, untold: frozenset[Domain], unread: tuple[str, ...]) -> Patient:
        def of(domain: Domain) -> tuple[ClinicalFact, ...]:
            return tuple(self.facts.get(domain, ()))

        return Patient(
            self.id, self.sex, self.birth, tuple(self.observations), of("condition"), of("drug"),
            of("procedure"), (), of("device"), self.deceased, self.died, untold=untold,
            unread=unread,
        )  # fmt: skip


def read_omop(source: OmopSource, until: date) -> tuple[Patient, ...]:
    """Read everybody in the tables; `until` is the last day that a recorded date may name.

    Raises InputError for a missing person table, a column that is missing or does not hold what
    CDM 5.4 says, and a row about a person who is not in the person table.
    """
    found = ((name, source.rows(name, columns)) for name, columns in _columns())
    tables = {name: tuple(rows) for name, rows in found if rows is not None}
    if "person" not in tables:
        raise InputError(source.name, "no person table", "the tables of OMOP CDM 5.4")
    return OmopRows(source, tables, until).people()


def _columns() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "person", _PERSON
    yield "death", ("person_id", "death_date")
    for history in HISTORIES:
        yield history.table, history.columns
    yield from VALUES.items()


def untold_of(tables: Collection[str]) -> frozenset[Domain]:
    """Return the domains of which these tables of OMOP hold nothing."""
    told = {history.domain for history in HISTORIES if history.table in tables}
    return frozenset(DOMAINS) - told


class OmopRows:
    """One pass over the tables, with what their concepts mean."""

    def __init__(
        self, source: OmopSource, tables: Mapping[str, tuple[Row, ...]], until: date
    ) -> None:
        self._name = source.name
        self._tables = tables
        self._until = until
        self._concepts, self._known = self._meanings(source)
        self._strangers: dict[str, str] = {}

    def people(self) -> tuple[Patient, ...]:
        """Return everybody with their record."""
        found: dict[str, _Person] = {}
        for row in self._tables["person"]:
            person = self.person(row)
            if person.id in found:
                raise InputError(f"{self._name}, person", f"{person.id} again", "each person once")
            found[person.id] = person
        for row in self._tables.get("death", ()):
            person = self._about(row, found, "death")
            person.deceased = True
            person.died = self._day(row, "death_date", "death") or person.died
        for history in HISTORIES:
            for row in self._tables.get(history.table, ()):
                person = self._about(row, found, history.table)
                person.facts.setdefault(history.domain, []).append(self.fact(row, history))
        for stem in VALUES:
            for row in self._tables.get(stem, ()):
                person = self._about(row, found, stem)
                person.observations.append(self.observation(row, stem))
        unread = tuple(self.unread())
        untold = untold_of(self._tables)
        return tuple(person.patient(untold, unread) for person in found.values())

    def _meanings(self, source: OmopSource) -> tuple[dict[int, Concept], bool]:
        used = {
            number
            for table, rows in self._tables.items()
            for row in rows
            for column in row
            if column.endswith("concept_id")
            if (number := self._whole(row, column, table))
        }
        rows = source.concepts(frozenset(used))
        return {self._number(row, "concept_id", "concept"): _concept(row) for row in rows or ()}, (
            rows is not None
        )

    def unread(self) -> Iterator[str]:
        """Yield a line for what could not be used so far."""
        if not self._known:
            wanted = "the vocabulary's concept table; codes are unknown without it"
            yield str(InputError(self._name, "no concept table", wanted))
        wanted = f"one of {', '.join(VOCABULARIES)}; read as words"
        for vocabulary, where in self._strangers.items():
            yield str(InputError(where, f"the vocabulary {vocabulary[:80]!r}", wanted))
        tables = (*(history.table for history in HISTORIES), "measurement")
        missing = " or ".join(table for table in tables if table not in self._tables)
        if missing:
            wanted = "each; what it would hold is unknown"
            yield str(InputError(self._name, f"no table {missing}", wanted))

    def person(self, row: Row) -> _Person:
        """Return a row of the people, without their records."""
        number = self._number(row, "person_id", "person")
        gender = self._whole(row, "gender_concept_id", "person")
        return _Person(str(number), SEXES.get(gender or 0, "unknown"), self._birth(row, number))

    def _birth(self, row: Row, person: int) -> PartialDate | None:
        year, month, day_ = (
            self._whole(row, f"{part}_of_birth", "person") for part in ("year", "month", "day")
        )
        if year is None:
            return None
        text = f"{year:04d}" + (f"-{month:02d}" if month else "")
        text += f"-{day_:02d}" if month and day_ else ""
        return day(text, self._place("person", person, "birth"))

    def _about(self, row: Row, people: Mapping[str, _Person], table: str) -> _Person:
        number = self._number(row, "person_id", table)
        person = people.get(str(number))
        if person is None:
            where = f"{self._name}, {table}, person_id"
            raise InputError(where, str(number), "a person of the person table")
        return person

    def fact(self, row: Row, history: History) -> ClinicalFact:
        """Return a row of a table of facts."""
        number = self._number(row, f"{history.table}_id", history.table)
        what = self._what(row, history.stem, history.table, number)
        end = None
        if history.ends is not None and (text := _text(row, history.ends)):
            place = self._place(history.table, number, history.ends)
            end = day(text[:10], Place(place.file))  # an end may lie ahead
        start = self._day(row, history.starts, history.table, number)
        check_order(start, end, self._place(history.table, number, history.ends or ""))
        ended = Truth.UNKNOWN if end is None else Truth.TRUE
        return ClinicalFact(
            f"{history.record}/{number}", what.codes, what.words, start, end, ended=ended,
            displays=what.displays,
        )  # fmt: skip

    def observation(self, row: Row, stem: str) -> Observation:
        """Return a row of the measurements or of the observations."""
        number = self._number(row, f"{stem}_id", stem)
        what = self._what(row, stem, stem, number)
        unit = self._unit(row, stem)
        limits = [self._decimal(row, side, stem, number) for side in ("range_low", "range_high")]
        low, high = (Quantity(n, unit) if n is not None and unit else None for n in limits)
        return Observation(
            f"Observation/{stem}-{number}", what.codes, what.words,
            self._value(row, stem, number, unit), self._day(row, f"{stem}_date", stem, number),
            upper_normal=high, lower_normal=low,
        )  # fmt: skip

    def _value(self, row: Row, stem: str, number: int, unit: str) -> Measured | Coded | None:
        """Return the value; a number without a unit is kept, and converts to nothing."""
        value = self._decimal(row, "value_as_number", stem, number)
        if value is not None:
            operator = self._whole(row, "operator_concept_id", stem) or 0
            if operator not in _OPERATORS:
                place = self._place(stem, number, "operator_concept_id")
                raise place.fault(str(operator), "the concept of <, <=, =, >= or >")
            bound = _OPERATORS[operator]
            recorded = " ".join(part for part in (bound, f"{value:f}", unit) if part)
            return Measured(Quantity(value, unit), recorded, bound)
        meant = self._concepts.get(self._whole(row, "value_as_concept_id", stem) or 0)
        words = _text(row, "value_as_string") or _text(row, "value_source_value")
        if meant is None:
            return Coded((), words) if words else None
        return Coded(_codes((meant,)), words or meant.name, (meant.name,) if words else ())

    def _unit(self, row: Row, stem: str) -> str:
        meant = self._concepts.get(self._whole(row, "unit_concept_id", stem) or 0)
        if meant is not None and meant.vocabulary == "UCUM":
            return meant.code
        return _text(row, "unit_source_value")

    def _what(self, row: Row, stem: str, table: str, number: int) -> Coded:
        """Return what a row is about, by its standard concept and the source's own."""
        columns = (f"{stem}_concept_id", f"{stem}_source_concept_id")
        numbers = (self._whole(row, column, table) for column in columns)
        meant = tuple(c for n in numbers if (c := self._concepts.get(n or 0)))
        codes = _codes(meant)
        if meant and not codes:
            for each in meant:
                self._strangers.setdefault(each.vocabulary, str(self._place(table, number, "")))
        names = list(dict.fromkeys(c.name for c in meant if c.name))
        source = _text(row, f"{stem}_source_value")
        words = names[0] if names else source
        return Coded(codes, words, (*names[1:], *((source,) if names and source else ())))

    def _place(self, table: str, number: int, column: str) -> Place:
        at = f"{self._name}, {table} {number}"
        return Place(f"{at}, {column}" if column else at, until=self._until)

    def _day(
        self, row: Row, column: str, table: str, number: int | None = None
    ) -> PartialDate | None:
        text = _text(row, column)
        return day(text[:10] or None, self._place(table, number or 0, column))

    def _number(self, row: Row, column: str, table: str) -> int:
        number = self._whole(row, column, table)
        if number is None:
            raise InputError(f"{self._name}, {table}", f"no {column}", "a number in each row")
        return number

    def _whole(self, row: Row, column: str, table: str) -> int | None:
        text = _text(row, column).removesuffix(".0")
        if not text:
            return None
        if not (text.removeprefix("-").isdecimal() and len(text) <= 20):
            raise InputError(f"{self._name}, {table}, {column}", repr(text[:40]), "a whole number")
        return int(text)

    def _decimal(self, row: Row, column: str, table: str, number: int) -> Decimal | None:
        text = _text(row, column)
        if not text or text == "nan":  # data frames write what is missing so
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or len(value.as_tuple().digits) > 40 or abs(value.adjusted()) > 40:
            raise self._place(table, number, column).fault(repr(text[:40]), "a number")
        return value


def _concept(row: Row) -> Concept:
    columns = ("vocabulary_id", "concept_code", "concept_name")
    return Concept(*(_text(row, column) for column in columns))


def _codes(meant: Iterable[Concept]) -> tuple[Code, ...]:
    known = ((VOCABULARIES.get(each.vocabulary), each.code) for each in meant)
    return tuple(dict.fromkeys(Code(system, code) for system, code in known if system and code))


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value).strip()
