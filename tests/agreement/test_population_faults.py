"""Tables that changed on their way: one line each, and nobody is judged by them."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.agreement.population_cases import ON

from trialwright.app.population import answering, connected, packed
from trialwright.core.errors import InputError
from trialwright.protocol.criteria import nodes
from trialwright.screening.attrition import Question, of_tables
from trialwright.screening.lexicon import project_terms
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import OPEN_WORLD

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("ibis")
# Ibis 12 calls functions that DuckDB 2 has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CRITERIA = tuple(
    nodes.Criterion(f"I{n}", "inclusion", "x", (0, 1), expr)
    for n, expr in enumerate(
        [
            nodes.Compare("lvef", "<=", 40, "%"),
            nodes.Has("condition", "stroke", "stroke"),
            nodes.Demographic(sex="male"),
        ]
    )
)
KINDS = [
    pa.string(),
    pa.float64(),
    pa.list_(pa.int64()),
    pa.null(),
    pa.timestamp("us"),
    pa.binary(),
]
WANTED = {
    "persons": ["person", "id", "sex", "birth_first", "deceased", "died_last", "simulated",
                "untold"],
    "observations": ["person", "reading", "nth", "value", "first", "instant"],
    "readings": ["reading", "record"],
    "facts": ["person", "entry", "nth", "start_first", "end_last"],
    "entries": ["entry", "domain", "record"],
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    packed(read_patients([str(example / "patients")], ON, lambda where: pytest.fail(where)), folder)
    return folder


@pytest.fixture
def tables(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "tables"))


def line(folder: Path | str) -> str:
    """Return the one line that the tables end in."""
    with pytest.raises(InputError) as caught, answering(str(folder)):
        of_tables(Question(CRITERIA, ON, OPEN_WORLD, project_terms()), connected(str(folder), ON))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def changed(file: Path, change: Callable[[Any], Any]) -> None:
    parquet.write_table(change(parquet.read_table(file)), file)


def put(file: Path, column: str, values: Callable[[int], Any]) -> None:
    def change(table: Any) -> Any:
        place = table.schema.get_field_index(column)
        return table.set_column(place, column, values(table.num_rows))

    changed(file, change)


def test_whole_tables_are_read(tables: Path) -> None:
    question = Question(CRITERIA, ON, OPEN_WORLD, project_terms())
    assert of_tables(question, connected(str(tables), ON)).funnel.people > 0


@pytest.mark.parametrize(("name", "column"), [(n, c) for n, all_ in WANTED.items() for c in all_])
def test_a_column_of_another_kind(tables: Path, name: str, column: str) -> None:
    file = tables / f"{name}.parquet"
    own = parquet.read_schema(file).field(column).type
    for kind in KINDS:
        if kind != own:
            put(file, column, lambda rows, kind=kind: pa.nulls(rows, kind))  # type: ignore[misc]
            assert f"{name}.{column}: " in line(tables)


@pytest.mark.parametrize("name", list(WANTED))
@pytest.mark.parametrize("damage", ["cut", "empty", "other", "turned"])
def test_a_damaged_file(tables: Path, name: str, damage: str) -> None:
    file = tables / f"{name}.parquet"
    data = bytearray(file.read_bytes())
    for place in range(8, len(data) // 2, 3):
        data[place] ^= 0x5A
    made = {"cut": bytes(data[:-20]), "empty": b"", "other": b"PAR1" + bytes(99) + b"PAR1"}
    file.write_bytes(made.get(damage, bytes(data)))
    assert str(tables) in line(tables)


MISSING = [(n, c) for n, columns in WANTED.items() for c in columns if c not in ("instant",)]


@pytest.mark.parametrize(("name", "column"), MISSING)
def test_a_value_that_is_missing(tables: Path, name: str, column: str) -> None:
    file = tables / f"{name}.parquet"
    table = parquet.read_table(file)
    if table[column].null_count == table.num_rows:  # nobody died here
        pytest.skip("there is none to lose")
    put(file, column, lambda rows: pa.nulls(rows, table.schema.field(column).type))
    said = line(tables)
    assert name in said
    assert "missing" in said or "null" in said


ROWS: list[tuple[str, str, Any, str]] = [
    ("observations", "value", float("nan"), "value no number in"),
    ("observations", "value", float("inf"), "value no number in"),
    ("observations", "reading", 9999, "9999, which nothing has"),
    ("observations", "person", 9999, "9999, which nothing has"),
    ("facts", "entry", 9999, "9999, which nothing has"),
    ("persons", "birth_last", date(1700, 1, 1), "birth_last before birth_first"),
    ("persons", "person", 1, "a number twice"),
    ("readings", "record", "{", "readings.record: "),
    ("readings", "record", "[]", "readings.record: "),
    ("entries", "record", '{"x": 1}', "entries.record: "),
    ("entries", "domain", "spleen", "entries.domain: 'spleen'; wanted condition, drug"),
]


@pytest.mark.parametrize(("name", "column", "value", "said"), ROWS)
def test_rows_that_do_not_hold_together(
    tables: Path, name: str, column: str, value: Any, said: str
) -> None:
    file = tables / f"{name}.parquet"
    kind = parquet.read_schema(file).field(column).type
    put(file, column, lambda rows: pa.array([value] * rows, kind))
    assert said in line(tables)


@pytest.mark.parametrize("data", [b"", b"hello", b"SQLite format 3\0" + bytes(2000)])
def test_a_file_that_is_no_database(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    assert str(tmp_path / "file") in line(tmp_path / "file")
