"""OMOP tables screened where they lie: verdicts equal to those of the row-wise reader."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.agreement.population_cases import CLOSED, ON
from tests.warehouse_files import as_database, as_files

from trialwright.app.people import warehouse
from trialwright.app.population import connected
from trialwright.core.errors import InputError
from trialwright.protocol.criteria import nodes
from trialwright.screening.attrition import Question, of_tables
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.population.verdicts import meaning, verdicts
from trialwright.screening.setting import Setting

pytest.importorskip("ibis")
# Ibis 12 calls functions that DuckDB 2 has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
Tables = dict[str, list[dict[str, Any]]]

CONCEPTS = (
    (1, "ICD10CM", "I63.9", "Cerebral infarction"), (2, "SNOMED", "84114007", "Heart failure"),
    (3, "ICD10CM", "I42.0", "Dilated cardiomyopathy"), (4, "ICD10CM", "I42.1", "Hypertrophic"),
    (5, "LOINC", "10230-1", "Ejection fraction"), (6, "UCUM", "%", "percent"),
    (7, "LOINC", "2160-0", "Creatinine"), (8, "UCUM", "mg/dL", "mg/dL"),
    (9, "UCUM", "umol/L", "umol/L"), (10, "LOINC", "1742-6", "ALT"), (11, "UCUM", "U/L", "U/L"),
    (12, "LOINC", "88020-3", "NYHA"), (13, "ATC", "C01CA04", "dopamine"),
    (14, "Nebraska", "x", "a code of no known system"), (15, "LOINC", "LA28404-4", "Class II"),
)  # fmt: skip


def generated(people: int, seed: int) -> Tables:
    """Return a warehouse: values on the limits, words, gaps in the keys."""
    rng = np.random.default_rng(seed)

    def one(*of: Any) -> Any:
        return of[int(rng.integers(len(of)))]

    def day() -> date:
        return date.fromordinal(ON.toordinal() - int(rng.integers(0, 250)))

    tables: Tables = {
        "person": [
            {"person_id": n * 7 + 1, "gender_concept_id": one(8507, 8532, 0, 8521),
             "year_of_birth": one(1942, 1943, 1944, 1945, 2006), "month_of_birth": one(None, 9, 2),
             "day_of_birth": one(None, 2, 3, 28)}
            for n in range(people)
        ],
        "concept": [
            {"concept_id": n, "vocabulary_id": v, "concept_code": c, "concept_name": name}
            for n, v, c, name in CONCEPTS
        ],
    }  # fmt: skip
    ids = [row["person_id"] for row in tables["person"]]
    tables["death"] = [{"person_id": one(*ids), "death_date": day()}]
    for table, stem, start, end, concepts in (
        ("condition_occurrence", "condition", "condition_start_date", "condition_end_date",
         (1, 2, 3, 4, 14, 0)),
        ("drug_exposure", "drug", "drug_exposure_start_date", "drug_exposure_end_date", (13, 0)),
        ("procedure_occurrence", "procedure", "procedure_date", None, (2, 0)),
        ("device_exposure", "device", "device_exposure_start_date", "device_exposure_end_date",
         (0,)),
    ):  # fmt: skip
        rows = []
        for number in range(people * 2):
            began = day()
            row = {
                f"{table}_id": number + 1, "person_id": one(*ids),
                f"{stem}_concept_id": one(*concepts), f"{stem}_source_concept_id": one(0, 14),
                f"{stem}_source_value": one("", "a word", "stroke", "pacemaker implanted"),
                start: began,
            }  # fmt: skip
            if end:
                row[end] = one(None, date.fromordinal(began.toordinal() + int(rng.integers(0, 99))))
            rows.append(row)
        tables[table] = rows
    for table in ("measurement", "observation"):
        tables[table] = [
            {
                f"{table}_id": number + 1, "person_id": one(*ids),
                f"{table}_concept_id": one(5, 5, 7, 10, 12),
                f"{table}_source_concept_id": 0, f"{table}_source_value": "",
                f"{table}_date": day(),
                "value_as_number": one(40.0, 39.999, 40.1, 1.5, 132.6, 105.0, 0.1, None),
                "value_as_concept_id": one(0, 15),
                "value_as_string": one("", "NYHA class III", "II"),
                "value_source_value": str(number), "unit_concept_id": one(6, 8, 9, 11, 0),
                "unit_source_value": one("", "%"), "operator_concept_id": one(0, 4172703, 4171756),
                "range_low": one(None, 7.0), "range_high": one(None, 35.0),
            }
            for number in range(people * 3)
        ]  # fmt: skip
    return tables


def condition(name: str) -> nodes.Has:
    return nodes.Has("condition", name, name)


QUESTIONS: dict[str, nodes.Node] = {
    "lvef": nodes.Compare("lvef", "<=", Decimal(40), "%"),
    "creatinine": nodes.Compare("creatinine", ">=", Decimal("1.5"), "mg/dL"),
    "alt": nodes.Compare("alt", ">", times_uln=Decimal(3)),
    "low": nodes.Compare("alt", "<", times_lln=Decimal(1)),
    "nyha": nodes.Ordinal("nyha", ("III",)),
    "stroke": condition("stroke"),
    "failure": nodes.Within(nodes.Duration(3), "enrolment", condition("heart_failure")),
    "except": nodes.Except(condition("cardiomyopathy"), (condition("dilated_cardiomyopathy"),)),
    "drug": nodes.Has("drug", "inotropes", "inotropes", "current"),
    "device": nodes.Has("device", "pacemaker", "pacemaker"),
    "age": nodes.Demographic(nodes.Duration(12 * 18), nodes.Duration(12 * 80)),
    "sex": nodes.Demographic(sex="female"),
}


@pytest.fixture(params=["csv", "parquet", "duckdb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    tables = generated(60, seed=3)
    if request.param == "duckdb":
        yield as_database(tables, tmp_path / "warehouse")
    else:
        yield as_files(tables, tmp_path / "cdm", request.param)


@pytest.mark.parametrize("policy", [OPEN_WORLD, CLOSED])
def test_verdicts_equal_those_of_the_row_wise_reader(place: Path, policy: Any) -> None:
    terms = project_terms()
    people = {each.id: each for each in read_patients([place], ON, warehouse)}
    tables = connected(str(place), ON)
    found = verdicts(tables, QUESTIONS, ON, policy, terms=terms).to_pyarrow().to_pylist()
    assert sorted(row["id"] for row in found) == sorted(people)
    seen = set()
    for row in found:
        at = Setting(people[row["id"]], ON, policy, terms)
        for name, node in QUESTIONS.items():
            wanted = evaluate(node, at)
            assert meaning(row[name]) == (wanted.truth, wanted.unknown), (name, at.patient)
            seen.add((name, wanted.truth))
    assert len(seen) > 1.8 * len(QUESTIONS)  # the warehouse says yes and no, not one thing only


def test_what_cannot_be_used_is_told_as_the_row_wise_reader_tells_it(place: Path) -> None:
    (first, *_) = read_patients([place], ON, warehouse)
    told = connected(str(place), ON).unread
    assert len(told) == len(first.unread) == 1
    assert "Nebraska" in told[0]


def test_what_the_warehouse_has_no_table_for_may_not_be_closed(place: Path) -> None:
    (first, *_) = read_patients([place], ON, warehouse)
    tables = connected(str(place), ON)
    assert tables.untold == first.untold == {"allergy"}
    question = Question((), ON, Policy(ClosedWorld(frozenset({"allergy"}))), project_terms())
    with pytest.raises(InputError, match="the population's source has no table for allergy"):
        of_tables(question, tables)
    told = Policy(ClosedWorld(frozenset({"condition", "drug", "procedure", "device"})))
    assert of_tables(replace(question, policy=told), tables).funnel.people == 60


FAULTS = [
    ("measurement", "person_id", 99999, "99999; wanted a person of the person table"),
    ("measurement", "measurement_date", date(2124, 1, 1), "2124-01-01; wanted a date up to"),
    ("condition_occurrence", "condition_end_date", date(2001, 1, 1), "2001-01-01; wanted an end"),
    ("person", "person_id", 1, "1 again; wanted each person once"),
    ("measurement", "operator_concept_id", 5, "wanted the concept of <"),
    ("person", "year_of_birth", -1, "wanted a date as yyyy"),
]


@pytest.mark.parametrize(("table", "column", "value", "said"), FAULTS)
def test_each_fault_is_one_line(
    tmp_path: Path, table: str, column: str, value: object, said: str
) -> None:
    tables = generated(20, seed=5)
    for row in tables[table][:3]:
        row[column] = value
        row.update({"value_as_number": 1.0} if column == "operator_concept_id" else {})
    with pytest.raises(InputError) as caught:
        connected(str(as_files(tables, tmp_path / "cdm", "parquet")), ON)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_text_that_is_no_number_and_a_number_of_many_digits(tmp_path: Path) -> None:
    tables = generated(20, seed=5)
    for row in tables["measurement"]:
        row |= {"value_as_number": "40.00000000000000000001", "unit_concept_id": 6,
                "measurement_concept_id": 5, "operator_concept_id": 0}  # fmt: skip
    del tables["observation"]
    folder = as_files(tables, tmp_path / "cdm", "csv")
    node = {"lvef": QUESTIONS["lvef"]}
    found = verdicts(connected(str(folder), ON), node, ON, terms=project_terms()).to_pyarrow()
    codes = set(found["lvef"].to_pylist())
    assert 0 in codes
    assert 8 not in codes
    tables["measurement"][0]["value_as_number"] = "forty"
    with pytest.raises(InputError, match="'forty'; wanted a number"):
        connected(str(as_files(tables, tmp_path / "cdm", "csv")), ON)
