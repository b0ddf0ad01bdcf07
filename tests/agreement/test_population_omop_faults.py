"""OMOP tables that were tampered with: one line each from both readers, and nobody is judged."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.agreement.population_cases import ON
from tests.agreement.test_population_omop import generated
from tests.warehouse_files import as_files

from trialwright.app.people import warehouse
from trialwright.app.population import answering, connected
from trialwright.core.errors import InputError
from trialwright.screening.patients.folder import read_patients
from trialwright.store.embedded import database, in_process

ibis = pytest.importorskip("ibis")
pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
# Ibis 12 calls functions that DuckDB 2 has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return as_files(generated(8, 1), tmp_path_factory.mktemp("whole"), "parquet")


@pytest.fixture
def tables(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "tables"))


def refused(where: Path) -> None:
    """Hold that both ways of reading end in one line that names the place."""
    for read in (lambda: read_patients([str(where)], ON, warehouse),
                 lambda: connected(str(where), ON)):  # fmt: skip
        with pytest.raises(InputError) as caught, answering(str(where)):
            read()
        assert "\n" not in str(caught.value)
        assert str(where) in str(caught.value)


def put(file: Path, column: str, value: Any) -> None:
    table = parquet.read_table(file)
    place = table.schema.get_field_index(column)
    parquet.write_table(table.set_column(place, column, pa.array([value] * len(table))), file)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("person", "person_id", 1),  # each person once
        ("person", "person_id", "x"),
        ("person", "year_of_birth", "soon"),
        ("death", "person_id", 1.5),  # rounded, it would be another person's
        ("death", "person_id", 2**62),
        ("death", "person_id", None),
        ("death", "death_date", "01/02/2024"),
        ("condition_occurrence", "person_id", "1.5"),
        ("condition_occurrence", "person_id", True),
        ("condition_occurrence", "condition_occurrence_id", 1.5),
        ("condition_occurrence", "condition_start_date", "01/02/2024"),
        ("measurement", "person_id", [1]),
        ("measurement", "measurement_date", 3.5),
    ],
)
def test_a_column_of_another_kind(tables: Path, table: str, column: str, value: Any) -> None:
    put(tables / f"{table}.parquet", column, value)
    refused(tables)


@pytest.mark.parametrize(
    ("table", "column"),
    [("person", "person_id"), ("death", "person_id"), ("death", "death_date"),
     ("drug_exposure", "person_id"), ("drug_exposure", "drug_exposure_id")],
)  # fmt: skip
def test_a_column_that_is_missing(tables: Path, table: str, column: str) -> None:
    file = tables / f"{table}.parquet"
    parquet.write_table(parquet.read_table(file).drop_columns([column]), file)
    refused(tables)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-100]),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_text("person_id\n1\n"),
        _folder,
    ],
)
def test_a_file_that_is_none(tables: Path, change: Callable[[Path], object]) -> None:
    change(tables / "person.parquet")
    refused(tables)


def test_dates_as_text_are_dates(tables: Path) -> None:
    put(tables / "condition_occurrence.parquet", "condition_start_date", "2024-01-02")
    put(tables / "condition_occurrence.parquet", "condition_end_date", "2024-02-02")
    people = read_patients([str(tables)], ON, warehouse)
    assert {str(f.start) for each in people for f in each.conditions} == {"2024-01-02"}
    assert connected(str(tables), ON).persons.count().to_pyarrow().as_py() == len(people)


# --- nothing is fetched --------------------------------------------------------------------------


def test_a_file_of_another_database_is_refused_without_an_extension(tmp_path: Path) -> None:
    file = tmp_path / "people.sqlite"
    with sqlite3.connect(file) as other:
        other.execute("create table persons (a)")
    refused(file)
    with pytest.raises(Exception, match="disabled through configuration"):
        database(ibis, str(file))


def test_no_connection_may_install_an_extension(tmp_path: Path) -> None:
    file = tmp_path / "people.duckdb"
    ibis.duckdb.connect(str(file)).disconnect()
    names = ("autoinstall_known_extensions", "autoload_known_extensions")
    settings = [f"current_setting('{name}')" for name in names]
    for connection in (in_process(ibis), database(ibis, str(file)),
                       database(ibis, f"duckdb://{file}")):  # fmt: skip
        found = connection.raw_sql(f"select {', '.join(settings)}").fetchall()
        assert found == [(False, False)]
        connection.disconnect()
