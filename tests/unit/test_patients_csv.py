"""Patients in CSV: what each column means, and one clear line for each mistake."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.screening.model import Code, Coded, Measured, Patient
from trialwright.screening.patients.csv_patients import FACT_COLUMNS, TEMPLATE, read_csv
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.patients.own_names import own_names

TODAY = date(2024, 9, 2)
HEAD = "patient,kind,name,code,value,unit,date,end,status,severity,low,high,id\n"
BIRTH = "p1,birth,,,,,1960-05,,,,,,\n"


def read(rows: str, head: str = HEAD, people: str | None = None) -> tuple[Patient, ...]:
    table = ("patients.csv", people.encode()) if people is not None else None
    return read_csv(("facts.csv", (head + rows).encode()), TODAY, own_names, table)


def fault(rows: str, head: str = HEAD, people: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(rows, head, people)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_one_long_file_says_all() -> None:
    (person,) = read(
        BIRTH
        + "p1,sex,,,male,,,,,,,,\n"
        + "p1,measurement,LVEF,measure:lvef,35.0,%,2024-08-20,,,,50,70,e1\n"
        + "p1,condition,Asthma,icd10:J45 | snomed:195967001,,,2019,,over,severe,,,\n"
        + "p1,drug,,atc:C01CA07,,,2024-07,2024-08-01,,,,,\n"
    )
    assert (person.id, person.sex, person.birth) == ("p1", "male", PartialDate(1960, 5))
    (lvef,) = person.observations
    assert lvef.id == "Observation/e1"
    assert lvef.codes == (Code("loinc", "10230-1"),)
    assert lvef.value == Measured(Quantity(Decimal("35.0"), "%"), "35.0 %")
    assert (lvef.lower_normal, lvef.upper_normal) == (
        Quantity(Decimal(50), "%"),
        Quantity(Decimal(70), "%"),
    )
    (asthma,) = person.conditions
    assert asthma.id == "Condition/facts.csv:5"
    assert asthma.codes == (Code("icd10", "J45"), Code("snomed", "195967001"))
    assert (asthma.start, asthma.ended, asthma.severity) == (
        PartialDate(2019), Truth.TRUE, "severe",
    )  # fmt: skip
    (drug,) = person.medications
    assert drug.words == "atc:C01CA07"
    assert drug.end == PartialDate(2024, 8, 1)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("<5", "pg/mL", Measured(Quantity(Decimal(5), "pg/mL"), "<5 pg/mL", "<")),
        ("≥ 2", "1", Measured(Quantity(Decimal(2), "1"), "≥ 2 1", ">=")),
        ("III", "", Coded((), "III")),
    ],
)
def test_values_as_laboratories_write_them(
    value: str, unit: str, expected: Measured | Coded
) -> None:
    (person,) = read(f"p1,measurement,x,loinc:1-1,{value},{unit},2024,,,,,,\n")
    assert person.observations[0].value == expected


@pytest.mark.parametrize(
    ("status", "holds", "ended"),
    [
        ("current", Truth.TRUE, Truth.FALSE),
        ("over", Truth.TRUE, Truth.TRUE),
        ("suspected", Truth.UNKNOWN, Truth.UNKNOWN),
        ("ruled out", Truth.FALSE, Truth.UNKNOWN),
        ("", Truth.TRUE, Truth.UNKNOWN),
    ],
)
def test_the_status_of_a_fact(status: str, holds: Truth, ended: Truth) -> None:
    (person,) = read(f"p1,condition,Stroke,icd10:I63,,,,,{status},,,,\n")
    assert (person.conditions[0].holds, person.conditions[0].ended) == (holds, ended)


def test_a_spreadsheet_of_europe_and_a_table_of_patients() -> None:
    people = "patient;sex;birth;died;simulated\np1;female;1944;;yes\np2;;;yes;\n"
    head = HEAD.replace(",", ";")
    first, second = read("p1;condition;Stroke;;;;;;;;;;\n", head, people)
    assert (first.sex, first.birth, first.simulated) == ("female", PartialDate(1944), True)
    assert (second.sex, second.deceased, second.died) == ("unknown", True, None)


def test_a_measurement_without_a_code_is_said() -> None:
    (person,) = read("p1,measurement,EF,,35,%,2024-08-20,,,,,,\n")
    assert person.unread == (
        "facts.csv, line 2, code: empty; wanted a code, so that a criterion finds it; words alone "
        "decide nothing",
    )


def test_a_condition_without_a_code_is_kept_in_words_and_said() -> None:
    (person,) = read("p1,condition,Stroke,,,,2024-08-20,,,,,,\n")
    assert [each.words for each in person.conditions] == ["Stroke"]
    assert [line.split(";")[0] for line in person.unread] == ["facts.csv, line 2, code: empty"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("p1,measurement,LVEF,loinc:1-1,35,,2024,,,,,,\n", "line 2, unit: missing; wanted a unit"),
        ("p1,measurement,LVEF,loinc:1-1,,%,2024,,,,,,\n", "line 2, value: empty"),
        ('p1,measurement,L,loinc:1-1,"0,24",L/L,2024,,,,,,\n', "'0,24'; wanted a number with a"),
        ('p1,measurement,L,loinc:1-1,"0,24",,2024,,,,,,\n', "'0,24'; wanted a number with a"),
        (
            "p1,condition,Stroke,icd10:I63,,,2025-01-01,,,,,,\n",
            "line 2, date: '2025-01-01'; wanted",
        ),
        ("p1,condition,Stroke,icd10:I63,,,03/04/2024,,,,,,\n", "a date as yyyy, yyyy-mm or"),
        ("p1,condition,Stroke,icd9:434,,,,,,,,,\n", "line 2, code: 'icd9:434'; wanted loinc:"),
        ("p1,measurement,x,measure:zeal,5,1,,,,,,,\n", "'measure:zeal'; wanted a measure that"),
        ("p1,condition,,,,,,,,,,,\n", "line 2, name: neither name nor code"),
        ("p1,condition,Stroke,,5,,,,,,,,\n", "line 2, value: a value; wanted none"),
        ("p1,ailment,Stroke,,,,,,,,,,\n", "line 2, kind: 'ailment'; wanted sex or birth or"),
        ("p1,condition,Stroke,,,,,,maybe,,,,\n", "line 2, status: 'maybe'; wanted current or"),
        ("p1,allergy,Nuts,,,,,,,awful,,,\n", "line 2, severity: 'awful'; wanted mild or"),
        (",condition,Stroke,,,,,,,,,,\n", "line 2, patient: empty"),
        (BIRTH + BIRTH.replace("1960", "1961"), "line 3, kind: another birth of the same"),
        ("p1,sex,,,king,,,,,,,,\n", "line 2, value: 'king'; wanted male or"),
        ("p1,birth,,,,,1960,,,,,,,,x\n", "line 2: 15 cells; wanted the 13 columns"),
        (
            "p1,condition,Flu,icd10:J11,,,2024-08-01,2014-08-09,,,,,\n",
            "line 2, end: 2014-08-09; wanted an end on 2024-08-01 or later",
        ),
        ("p1,measurement,Hb,loinc:1-1,9,g/dL,,,,,16,12,\n", "line 2, high: 12; wanted at least 16"),
        ("p1,measurement,NYHA,scale:nyha,3,,,,,,,,\n", "'3'; wanted a class as the scale writes"),
        ("p1,measurement,LVEF,loinc:1-1,\uff13\uff15,%,,,,,,,\n", "wanted a number with a"),
        ("p\u200b1,birth,,,,,1960,,,,,,\n", "'p\\u200b1'; wanted an id of visible characters"),
        ("p\x001,birth,,,,,1960,,,,,,\n", "wanted an id of visible characters"),
        (f"{'p' * 201},birth,,,,,1960,,,,,,\n", "201 characters; wanted at most 200"),
        (BIRTH + BIRTH.replace("p1", "P1"), "the patients 'p1' and 'P1'; wanted one spelling"),
        (
            BIRTH.replace("p1", "Jose\u0301") + BIRTH.replace("p1", "Jos\u00e9"),
            "wanted one spelling for one person",
        ),
        ('p1,condition,"Stroke,\n', "broken CSV"),
        ("", "facts.csv: no patient"),
    ],
)
def test_each_mistake_is_one_line(rows: str, says: str) -> None:
    assert says in fault(rows)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("patient,kind,colour\n", "line 1: column 'colour'; wanted columns among patient, kind"),
        ("patient,kind,kind\n", "line 1: column 'kind' twice"),
        ("patient,name\n", "line 1: no column 'kind'"),
    ],
)
def test_the_header_is_checked(head: str, says: str) -> None:
    assert says in fault("p1,birth,\n", head)


def test_a_fact_about_somebody_else_is_refused() -> None:
    assert "line 2, patient: 'p9'; wanted a patient of patients.csv" in fault(
        "p9,condition,Stroke,,,,,,,,,,\n", people="patient,sex\np1,male\n"
    )


def test_text_that_is_not_utf8_names_its_line() -> None:
    with pytest.raises(InputError, match="line 2: not UTF-8 text"):
        read_csv(("facts.csv", HEAD.encode() + b"p1,condition,\xff,,\n"), TODAY, own_names)


def test_a_folder_of_both_files(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient,sex,birth\np1,male,1960\np2,female,1970\n")
    (tmp_path / "history.csv").write_text(HEAD + "p2,condition,Stroke,icd10:I63,,,,,,,,,\n")
    first, second = read_patients([tmp_path], TODAY)
    assert (len(first.conditions), len(second.conditions)) == (0, 1)
    (tmp_path / "history.csv").unlink()
    with pytest.raises(InputError, match=r"patients\.csv: no facts beside it"):
        read_patients([tmp_path], TODAY)


def test_the_template_is_the_header() -> None:
    assert TEMPLATE.strip().split(",") == list(FACT_COLUMNS) == HEAD.strip().split(",")


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_line_feeds_end_a_row(mark: str) -> None:
    first, second = read(
        f"p1,condition,Stro{mark}ke,icd10:I63,,,2024,,,,,,\np2,birth,,,,,1960,,,,,,\n"
    )
    assert [(each.codes, each.words) for each in first.conditions] == [
        ((Code("icd10", "I63"),), f"Stro{mark}ke")
    ]
    assert second.birth == PartialDate(1960)


def test_the_empty_columns_that_spreadsheets_add_are_no_fault() -> None:
    data = b"patient;kind;date;;\np1;birth;1960;;;;\n"
    (person,) = read_csv(("facts.csv", data), TODAY, own_names)
    assert person.birth == PartialDate(1960)
