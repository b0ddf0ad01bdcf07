"""Patients in CSV: one long file, a row per fact, and optionally a table of the patients.

    patient,kind,name,code,value,unit,date
    p1,birth,,,,,1960-05
    p1,sex,,,male,,
    p1,measurement,LVEF,loinc:10230-1,35,%,2024-08-20
    p1,condition,Stroke,icd10:I63.9,,,2023

The format is described in docs/reference/patients-csv.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

from trialwright.core.dates import PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain, Severity
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
from trialwright.screening.patients.csv_table import Row, table
from trialwright.screening.patients.fhir_values import Place, check_order, day

FACT_COLUMNS = (
    "patient", "kind", "name", "code", "value", "unit", "date", "end", "status", "severity",
    "low", "high", "id",
)  # fmt: skip
PATIENT_COLUMNS = ("patient", "sex", "birth", "died", "simulated")
PERSON_KINDS = ("sex", "birth", "died")
KINDS = (*PERSON_KINDS, "measurement", *DOMAINS)
TEMPLATE = ",".join(FACT_COLUMNS) + "\n"

_SYSTEMS = ("loinc", "snomed", "icd10", "rxnorm", "atc")
_SEXES: dict[str, Sex] = {
    "male": "male", "female": "female", "other": "other", "unknown": "unknown", "": "unknown",
}  # fmt: skip
_SEVERITIES: dict[str, Severity | None] = {
    "mild": "mild", "moderate": "moderate", "severe": "severe", "": None,
}  # fmt: skip
# status: whether it holds, whether it is over.
_STATUSES: dict[str, tuple[Truth, Truth]] = {
    "current": (Truth.TRUE, Truth.FALSE),
    "over": (Truth.TRUE, Truth.TRUE),
    "suspected": (Truth.UNKNOWN, Truth.UNKNOWN),
    "ruled out": (Truth.FALSE, Truth.UNKNOWN),
    "": (Truth.TRUE, Truth.UNKNOWN),
}
_RECORDS: dict[Domain, str] = {
    "condition": "Condition", "drug": "Medication", "procedure": "Procedure",
    "allergy": "Allergy", "device": "Device",
}  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?")
_VALUE = re.compile(rf"(?P<bound>[<>]=?|[≤≥])?\s*(?P<number>{_NUMBER.pattern})")
_LIKE_A_NUMBER = re.compile(r"[<>=≤≥]*[\s\d.,'eE+-]*\d[\s\d.,'eE+-]*")
_LONGEST_ID = 200
T = TypeVar("T")
Bound = Literal["<", "<=", ">", ">="]
_BOUNDS: dict[str, Bound] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "≤": "<=", "≥": ">="}

# The program's own names (measure:lvef, scale:nyha) as codes of a known system.
Names = Callable[[str, str], tuple[Code, ...]]


@dataclass
class _Person:
    """One patient while the rows are read."""

    id: str
    said: dict[str, str] = field(default_factory=dict)
    sex: Sex = "unknown"
    birth: PartialDate | None = None
    deceased: bool = False
    died: PartialDate | None = None
    simulated: bool = False
    observations: list[Observation] = field(default_factory=list)
    facts: dict[Domain, list[ClinicalFact]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def patient(self) -> Patient:
        def of(domain: Domain) -> tuple[ClinicalFact, ...]:
            return tuple(self.facts.get(domain, ()))

        return Patient(
            self.id, self.sex, self.birth, tuple(self.observations), of("condition"), of("drug"),
            of("procedure"), of("allergy"), of("device"), self.deceased, self.died,
            self.simulated, tuple(self.unread),
        )  # fmt: skip


File = tuple[str, bytes]  # its name and its bytes


def read_csv(
    facts: File, until: date, names: Names, patients: File | None = None
) -> tuple[Patient, ...]:
    """Read patients from a file of facts and, optionally, the table of who they are.

    `until` is the last day that a recorded date may name, `names` finds the program's own names.
    Raises InputError with file, line and column at the first fault.
    """
    people = _listed(patients, until) if patients else {}
    name, data = facts
    for row in table(data, name, FACT_COLUMNS, ("patient", "kind")):
        _read(row, _whose(row, people, known=patients), until, names)
    _check_apart(name, people)
    if not people:
        raise Place(name).fault("no patient", "a row for each fact of a patient")
    return tuple(person.patient() for person in people.values())


def _whose(row: Row, people: dict[str, _Person], known: File | None) -> _Person:
    who = row["patient"]
    if not who:
        raise row.fault("patient", "empty", "the id of a patient")
    if who not in people:
        if known:
            raise row.fault("patient", repr(who[:60]), f"a patient of {known[0]}")
        _check_id(row, who)
        people[who] = _Person(who)
    return people[who]


def _check_id(row: Row, who: str) -> None:
    """Refuse an id that hides something: two that look alike would split one person's record."""
    if not who.isprintable():
        raise row.fault("patient", ascii(who[:60]), "an id of visible characters")
    if len(who) > _LONGEST_ID:
        raise row.fault("patient", f"{len(who)} characters", f"at most {_LONGEST_ID}")


def _check_apart(name: str, people: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for who in people:
        other = seen.setdefault(unicodedata.normalize("NFKC", who).casefold(), who)
        if other != who:
            found = f"the patients {other[:60]!r} and {who[:60]!r}"
            raise Place(name).fault(found, "one spelling for one person, or ids further apart")


def _listed(file: File, until: date) -> dict[str, _Person]:
    people: dict[str, _Person] = {}
    for row in table(file[1], file[0], PATIENT_COLUMNS, ("patient",)):
        if row["patient"] in people:
            raise row.fault("patient", f"{row['patient'][:60]!r} again", "each patient once")
        person = people[row["patient"]] = _whose(row, {}, None)
        person.sex = _one_of(row, "sex", _SEXES)
        person.birth = _day(row, "birth", until)
        person.simulated = _one_of(row, "simulated", {"yes": True, "no": False, "": False})
        person.deceased = bool(row["died"])
        person.died = None if row["died"].lower() == "yes" else _day(row, "died", until)
    return people


def _read(row: Row, person: _Person, until: date, names: Names) -> None:
    kind = row["kind"].lower()
    if kind in PERSON_KINDS:
        _say(row, kind, person, until)
    elif kind == "measurement":
        person.observations.append(_measurement(row, until, names, person))
    else:
        if kind not in KINDS:
            raise row.fault("kind", repr(kind[:60]), " or ".join(KINDS))
        domain = _one_of(row, "kind", {each: each for each in DOMAINS})
        fact = _fact(row, domain, until, names)
        if not fact.codes:
            _tell_uncoded(row, person)
        person.facts.setdefault(domain, []).append(fact)


def _say(row: Row, kind: str, person: _Person, until: date) -> None:
    """Take over what a row says of the person; the same thing twice must be the same."""
    said = row["value"] if kind == "sex" else row["date"]
    if person.said.setdefault(kind, said) != said:
        raise row.fault("kind", f"another {kind} of the same patient", "one")
    match kind:
        case "sex":
            person.sex = _one_of(row, "value", _SEXES)
        case "birth":
            person.birth = _day(row, "date", until)
        case _:
            person.deceased, person.died = True, _day(row, "date", until)


def _measurement(row: Row, until: date, names: Names, person: _Person) -> Observation:
    codes = _codes(row, names)
    if not codes:
        _tell_uncoded(row, person)
    low, high = _limit(row, "low"), _limit(row, "high")
    if low and high and high.value < low.value:
        raise row.fault("high", row["high"], f"at least {row['low']}, the lower limit of normal")
    return Observation(
        _id(row, "Observation"), codes, _words(row), _value(row), _day(row, "date", until),
        upper_normal=high, lower_normal=low,
    )  # fmt: skip


def _tell_uncoded(row: Row, person: _Person) -> None:
    wanted = "a code, so that a criterion finds it; words alone decide nothing"
    person.unread.append(str(row.fault("code", "empty", wanted)))


def _value(row: Row) -> Measured | Coded:
    text, unit = row["value"], row["unit"]
    found = _VALUE.fullmatch(text)
    if found is None:
        if not text or unit or _LIKE_A_NUMBER.fullmatch(text):
            wanted = "a number with a decimal point, or < and a number, or a class without a unit"
            raise row.fault("value", repr(text[:60]) if text else "empty", wanted)
        return Coded((), text)
    if not unit and row["code"].lower().startswith("scale:"):
        raise row.fault("value", repr(text[:60]), "a class as the scale writes it (NYHA: III)")
    if not unit:
        wanted = "a unit (UCUM, such as pg/mL; 1 for a plain number)"
        raise row.fault("unit", "missing", wanted)
    bound = _BOUNDS.get(found["bound"] or "")
    return Measured(Quantity(Decimal(found["number"]), unit), f"{text} {unit}", bound)


def _limit(row: Row, column: str) -> Quantity | None:
    text = row[column]
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or not row["unit"]:
        raise row.fault(column, repr(text[:60]), "a number in the unit of the value")
    return Quantity(Decimal(text), row["unit"])


def _fact(row: Row, domain: Domain, until: date, names: Names) -> ClinicalFact:
    holds, ended = _one_of(row, "status", _STATUSES)
    end = day(row["end"] or None, Place(row.place("end")))  # an end may lie ahead
    codes, words = _codes(row, names), _words(row)
    if row["value"] or row["unit"]:
        raise row.fault("value", "a value", f"none for a {domain}; a measurement has one")
    start = _day(row, "date", until)
    check_order(start, end, Place(row.place("end")))
    fact = ClinicalFact(_id(row, _RECORDS[domain]), codes, words, start, end)
    severity = _one_of(row, "severity", _SEVERITIES)
    return replace(fact, holds=holds, ended=ended, severity=severity)


def _words(row: Row) -> str:
    words = row["name"] or row["code"]
    if not words:
        raise row.fault("name", "neither name nor code", "what this row is about")
    return words


def _codes(row: Row, names: Names) -> tuple[Code, ...]:
    found = (code for each in _each_code(row) for code in _code(row, each, names))
    return tuple(dict.fromkeys(found))


def _each_code(row: Row) -> Iterator[str]:
    yield from filter(None, (part.strip() for part in row["code"].split("|")))


def _code(row: Row, text: str, names: Names) -> Iterable[Code]:
    system, _, code = text.partition(":")
    system, code = system.strip().lower(), code.strip()
    if system in _SYSTEMS and code:
        return (Code(system, code),)
    if system in ("measure", "scale"):
        found = names(system, code)
        if found:
            return found
        raise row.fault("code", repr(text[:60]), f"a {system} that the program's lists name")
    systems = ", ".join(f"{each}:" for each in _SYSTEMS)
    raise row.fault("code", repr(text[:60]), f"{systems} measure: or scale: and a code")


def _id(row: Row, kind: str) -> str:
    file = row.file.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{kind}/{row['id'] or f'{file}:{row.line}'}"


def _day(row: Row, column: str, until: date) -> PartialDate | None:
    return day(row[column] or None, Place(row.place(column), until=until))


def _one_of(row: Row, column: str, choices: Mapping[str, T]) -> T:
    said = row[column].lower()
    if said not in choices:
        raise row.fault(column, repr(said[:60]), " or ".join(filter(None, choices)))
    return choices[said]
