"""OMOP tables in files and in a database become patients; a real DuckDB reads them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.warehouse_files import as_database, as_files

from trialwright.app.people import warehouse
from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.screening.attrition import Question, of_patients
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import Code, Coded, Measured, Patient
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.service import screen_all

pytest.importorskip("ibis")
# Ibis 12 calls what DuckDB 2 has renamed; ours is neither.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
TODAY = date(2024, 9, 2)
Rows = list[dict[str, Any]]
Tables = dict[str, Rows]
NO_TABLES = (
    ": no table procedure_occurrence or device_exposure; wanted each; what it would hold is unknown"
)


def concept(number: int, vocabulary: str, code: str, name: str) -> dict[str, Any]:
    return {
        "concept_id": number, "concept_name": name, "vocabulary_id": vocabulary,
        "concept_code": code,
    }  # fmt: skip


def cdm() -> Tables:
    return {
        "person": [
            {"person_id": 1, "gender_concept_id": 8507, "year_of_birth": 1960,
             "month_of_birth": 5, "day_of_birth": None},
            {"person_id": 2, "gender_concept_id": 0, "year_of_birth": 1950,
             "month_of_birth": None, "day_of_birth": None},
        ],
        "death": [{"person_id": 2, "death_date": date(2024, 1, 3)}],
        "condition_occurrence": [
            {"condition_occurrence_id": 7, "person_id": 1, "condition_concept_id": 372924,
             "condition_source_concept_id": 45566731, "condition_source_value": "I63.9",
             "condition_start_date": date(2023, 4, 2), "condition_end_date": None},
        ],
        "drug_exposure": [
            {"drug_exposure_id": 8, "person_id": 1, "drug_concept_id": 1337860,
             "drug_source_concept_id": 0, "drug_source_value": "dobutamine",
             "drug_exposure_start_date": date(2024, 8, 1),
             "drug_exposure_end_date": date(2024, 8, 9)},
        ],
        "measurement": [
            {"measurement_id": 9, "person_id": 1, "measurement_concept_id": 3027018,
             "measurement_source_concept_id": 0, "measurement_source_value": "EF",
             "measurement_date": date(2024, 8, 20), "value_as_number": 35.5,
             "value_as_concept_id": 0, "value_source_value": "35.5", "unit_concept_id": 8554,
             "unit_source_value": "pct", "operator_concept_id": 4171754, "range_low": 50.0,
             "range_high": None},
        ],
        "observation": [
            {"observation_id": 10, "person_id": 1, "observation_concept_id": 3024,
             "observation_source_concept_id": 0, "observation_source_value": "NYHA",
             "observation_date": date(2024, 8, 20), "value_as_number": None,
             "value_as_string": "NYHA class III", "value_as_concept_id": 0,
             "unit_concept_id": 0},
        ],
        "concept": [
            concept(372924, "SNOMED", "432504007", "Cerebral infarction"),
            concept(45566731, "ICD10CM", "I63.9", "Cerebral infarction, unspecified"),
            concept(1337860, "RxNorm", "3616", "dobutamine"),
            concept(3027018, "LOINC", "10230-1", "Left ventricular Ejection fraction"),
            concept(8554, "UCUM", "%", "percent"),
            concept(3024, "LOINC", "88020-3", "Functional capacity NYHA"),
        ],
    }  # fmt: skip


def read(where: Path) -> tuple[Patient, ...]:
    return read_patients([where], TODAY, warehouse)


@pytest.fixture(params=["csv", "parquet", "duckdb"])
def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    if request.param == "duckdb":
        yield as_database(cdm(), tmp_path / "warehouse")
    else:
        yield as_files(cdm(), tmp_path / "cdm", request.param)


def test_the_same_patients_from_files_and_from_a_database(everywhere: Path) -> None:
    first, second = read(everywhere)
    assert (first.id, first.sex, first.birth) == ("1", "male", PartialDate(1960, 5))
    assert (second.sex, second.deceased, second.died) == (
        "unknown", True, PartialDate(2024, 1, 3),
    )  # fmt: skip
    (stroke,) = first.conditions
    assert stroke.id == "Condition/7"
    assert stroke.codes == (Code("snomed", "432504007"), Code("icd10", "I63.9"))
    assert (stroke.start, stroke.end, stroke.ended) == (
        PartialDate(2023, 4, 2), None, Truth.UNKNOWN,
    )  # fmt: skip
    assert stroke.displays == ("Cerebral infarction, unspecified", "I63.9")
    (drug,) = first.medications
    assert (drug.codes, drug.end) == ((Code("rxnorm", "3616"),), PartialDate(2024, 8, 9))
    lvef, nyha = first.observations
    assert lvef.value == Measured(Quantity(Decimal("35.5"), "%"), "<= 35.5 %", "<=")
    assert lvef.lower_normal == Quantity(Decimal(50), "%")  # equal to 50.0
    assert lvef.upper_normal is None
    assert nyha.value == Coded((), "NYHA class III")
    assert first.unread == (f"{everywhere}{NO_TABLES}",)


def test_a_domain_without_a_table_may_not_be_closed(tmp_path: Path) -> None:
    """Nothing could be recorded there, so that its silence says nothing."""
    everybody = read(as_files(cdm(), tmp_path / "cdm", "csv"))
    assert {each.untold for each in everybody} == {frozenset({"procedure", "allergy", "device"})}
    told = Policy(ClosedWorld(frozenset({"condition", "drug"})))
    assert len(screen_all((), everybody, TODAY, told)) == len(everybody)
    shut = Policy(ClosedWorld(frozenset({"condition", "allergy", "device"})))
    says = "closed world: the source of patient 1 has no table for allergy, device; wanted only"
    with pytest.raises(InputError, match=says):
        screen_all((), everybody, TODAY, shut)
    with pytest.raises(InputError, match=says):
        of_patients(Question((), TODAY, shut, project_terms()), everybody)


def test_without_a_concept_table_codes_are_unknown_and_it_is_said(tmp_path: Path) -> None:
    tables = cdm()
    del tables["concept"]
    first, _ = read(as_files(tables, tmp_path / "cdm", "parquet"))
    assert first.conditions[0].codes == ()
    assert first.conditions[0].words == "I63.9"
    assert isinstance(first.observations[0].value, Measured)
    assert first.observations[0].value.quantity.unit == "pct"
    line, _ = first.unread
    assert "no concept table; wanted" in line


def test_a_vocabulary_that_is_not_known_leaves_words_and_is_said(tmp_path: Path) -> None:
    tables = cdm()
    tables["concept"][2] = concept(1337860, "NDC", "00409", "dobutamine injection")
    first, _ = read(as_files(tables, tmp_path / "cdm", "csv"))
    assert (first.medications[0].codes, first.medications[0].words) == ((), "dobutamine injection")
    assert "drug_exposure 8: the vocabulary 'NDC'; wanted one of SNOMED" in first.unread[0]


@pytest.mark.parametrize(
    ("table", "column", "value", "says"),
    [
        ("measurement", "measurement_date", date(2031, 1, 1), "measurement 9, measurement_date:"),
        ("measurement", "operator_concept_id", 5, "measurement 9, operator_concept_id: 5; wanted"),
        ("measurement", "value_as_number", float("inf"), "value_as_number: 'inf'; wanted a number"),
        ("measurement", "person_id", 99, "measurement, person_id: 99; wanted a person of"),
        ("person", "year_of_birth", 0, "wanted a date as yyyy"),
        ("condition_occurrence", "condition_occurrence_id", None, "no condition_occurrence_id"),
    ],
)
def test_each_fault_is_one_line(
    table: str, column: str, value: object, says: str, tmp_path: Path
) -> None:
    tables = cdm()
    tables[table][0][column] = value
    with pytest.raises(InputError) as caught:
        read(as_files(tables, tmp_path / "cdm", "parquet"))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_table_that_is_no_table_names_the_file_and_quotes_nothing(tmp_path: Path) -> None:
    folder = as_files(cdm(), tmp_path / "cdm", "parquet")
    (folder / "person.parquet").write_bytes(b"PAR1 Jane Doe, born 1960")
    with pytest.raises(InputError, match=r"person\.parquet.*cannot be read") as caught:
        read(folder)
    assert "Jane" not in str(caught.value)


def test_missing_columns_and_tables_are_named(tmp_path: Path) -> None:
    tables = cdm()
    for row in tables["measurement"]:
        del row["person_id"]
    with pytest.raises(InputError, match=r"measurement\.parquet: no column person_id"):
        read(as_files(tables, tmp_path / "a", "parquet"))
    file = as_database({"concept": cdm()["concept"]}, tmp_path / "b")
    with pytest.raises(InputError, match="no person table"):
        read_patients([file], TODAY, warehouse)
    with pytest.raises(InputError, match=r"one Parquet file; wanted the folder"):
        read(as_files(cdm(), tmp_path / "c", "parquet") / "person.parquet")
    with pytest.raises(InputError, match="wanted the folder of all OMOP tables"):
        read(as_files(cdm(), tmp_path / "d", "csv") / "PERSON.csv")


def test_a_server_that_does_not_answer_is_one_line_without_the_password() -> None:
    with pytest.raises(InputError) as caught:
        read_patients(["postgresql://me:secret@127.0.0.1:1/cdm"], TODAY, warehouse)
    assert "postgresql://me@127.0.0.1:1/cdm" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_without_the_extra_the_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys

    folder = as_files(cdm(), tmp_path / "cdm", "csv")
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(InputError, match=r"pip install 'trialwright\[population\]'"):
        read(folder)


def test_the_same_patients_from_postgresql() -> None:
    """A real server, with the tables in a schema of their own."""
    ibis = pytest.importorskip("ibis")
    pa = pytest.importorskip("pyarrow")
    servers = pytest.importorskip("tests.agreement.population_servers")
    binaries = servers.postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    with servers.postgres(binaries) as socket:
        connection = ibis.postgres.connect(host=str(socket), user="postgres", database="postgres")
        connection.raw_sql("create schema cdm")
        for name, rows in cdm().items():
            table = pa.Table.from_pylist(rows)
            filled = [each.name for each in table.schema if each.type != pa.null()]
            connection.create_table(name, table.select(filled), database="cdm")
        connection.disconnect()
        address = f"postgresql://postgres@/postgres?host={socket}"
        first, second = read_patients([address], TODAY, warehouse)
    assert first.conditions[0].codes == (Code("snomed", "432504007"), Code("icd10", "I63.9"))
    assert isinstance(first.observations[0].value, Measured)
    assert (second.died, first.unread) == (PartialDate(2024, 1, 3), (f"{address}{NO_TABLES}",))


def test_a_person_twice_and_an_end_before_the_start_are_refused(tmp_path: Path) -> None:
    tables = cdm()
    tables["person"].append(tables["person"][0])
    with pytest.raises(InputError, match="person: 1 again; wanted each person once"):
        read(as_files(tables, tmp_path / "twice", "csv"))
    tables = cdm()
    tables["condition_occurrence"][0]["condition_end_date"] = date(2013, 4, 2)
    with pytest.raises(InputError, match="condition_end_date: 2013-04-02; wanted an end on 2023"):
        read(as_files(tables, tmp_path / "ends", "csv"))
