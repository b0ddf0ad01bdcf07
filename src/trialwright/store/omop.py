"""The tables of an OMOP warehouse: Parquet or CSV files in a folder, or a database.

DuckDB reads the files; Ibis speaks to DuckDB and to a database server in the same words. Both come
with the extra `population`, and are imported only when a warehouse is opened.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trialwright.core.errors import InputError
from trialwright.store.embedded import database, in_process

CONCEPT = ("concept_id", "concept_name", "vocabulary_id", "concept_code")
_LINE = re.compile(r"\bLine: ?(\d+)")
_ROWS = 50_000  # of one batch
_NUMBERS = 5_000  # of one question


def open_omop(where: str) -> "OmopTables":
    """Open a folder of tables, a DuckDB file, or a database's address (postgresql://...).

    InputError where the extra `population` is missing, or nothing can be opened there.
    """
    engine = _ibis(where)
    if Path(where).is_dir():
        return OmopTables(where, in_process(engine), _files(Path(where)))
    connection = None
    try:
        connection = database(engine, where)
        return OmopTables(_without_password(where), connection, {})
    except Exception as error:  # each driver raises errors of its own
        if connection is not None:
            connection.disconnect()
        raise _unreadable(_without_password(where), error) from None


class OmopTables:
    """Tables by name, whatever the case that their names are written in."""

    def __init__(self, name: str, connection: Any, files: Mapping[str, Path]) -> None:
        self.name = name
        self._connection = connection
        self._files = files
        self._schema, self._tables = ("", {}) if files else _listed(connection)

    def rows(self, table: str, columns: tuple[str, ...]) -> Iterator[Mapping[str, object]] | None:
        """Yield the rows of a table, or None where there is none."""
        found = self._table(table)
        return None if found is None else self._read(found, table, columns)

    def concepts(self, ids: frozenset[int]) -> Iterator[Mapping[str, object]] | None:
        """Yield the concepts with these numbers, or None where there is no concept table."""
        found = self._table("concept")
        if found is None:
            return None
        return self._chosen(found, sorted(ids))

    def table(self, name: str) -> Any:
        """Return a table as Ibis sees it, its columns in lower case; None where there is none."""
        found = self._table(name)
        return None if found is None else found.rename({c.lower(): c for c in found.columns})

    @property
    def connection(self) -> Any:
        """The Ibis connection that the tables lie on."""
        return self._connection

    def close(self) -> None:
        """Close the connection."""
        self._connection.disconnect()

    def _chosen(self, found: Any, ids: list[int]) -> Iterator[Mapping[str, object]]:
        """Yield concepts by their numbers, some thousands a time: nothing is written anywhere."""
        place = self._place("concept")
        for start in range(0, len(ids), _NUMBERS):
            try:
                number = found[_spelled(found, place, "concept_id")].cast("int64")
                used = found.filter(number.isin(ids[start : start + _NUMBERS]))
            except Exception as error:
                raise _unreadable(place, error) from None
            yield from self._read(used, "concept", CONCEPT)

    def _place(self, table: str) -> str:
        return str(self._files.get(table, f"{self.name}, {table}"))

    def _table(self, table: str) -> Any:
        try:
            if table in self._files:
                return _file_table(self._connection, self._files[table])
            if table in self._tables:
                return self._connection.table(self._tables[table], database=self._schema)
        except Exception as error:
            raise _unreadable(self._place(table), error) from None
        return None

    def _read(
        self, found: Any, table: str, columns: tuple[str, ...]
    ) -> Iterator[Mapping[str, object]]:
        spelled = {name.lower(): name for name in found.columns}
        own = {column: spelled[column] for column in columns if column in spelled}
        for column in columns[:2]:
            _spelled(found, self._place(table), column)
        try:
            chosen = found.select(**{new: found[old] for new, old in own.items()})
            for batch in self._connection.to_pyarrow(chosen).to_batches(max_chunksize=_ROWS):
                yield from batch.to_pylist()
        except Exception as error:
            raise _unreadable(self._place(table), error) from None


def _listed(connection: Any) -> tuple[str, dict[str, str]]:
    """Return the first schema with a person table, and its tables as they are spelled there."""
    cursor = connection.raw_sql("select table_schema, table_name from information_schema.tables")
    found = sorted(cursor.fetchall())
    schemas = [schema for schema, name in found if name.lower() == "person"]
    wanted = schemas[0] if schemas else ""
    return wanted, {name.lower(): name for schema, name in found if schema == wanted}


def _spelled(found: Any, place: str, column: str) -> str:
    for name in found.columns:
        if name.lower() == column:
            return str(name)
    raise InputError(place, f"no column {column}", "the columns of OMOP CDM 5.4")


def _file_table(connection: Any, file: Path) -> Any:
    if file.is_dir():
        return connection.read_parquet(str(file / "*.parquet"))
    if file.suffix.lower() == ".parquet":
        return connection.read_parquet(str(file))
    # As text: a column is never guessed to be something that one of its cells is not.
    return connection.read_csv(str(file), all_varchar=True, header=True)


def _files(folder: Path) -> dict[str, Path]:
    """Return the files of tables by the table's name: person.parquet, PERSON.csv, person.csv.gz."""
    found: dict[str, Path] = {}
    for each in sorted(folder.iterdir()):
        name, _, ending = each.name.lower().partition(".")
        parts = each.is_dir() and any(each.glob("*.parquet"))
        if parts or ending in ("csv", "csv.gz", "parquet"):
            found.setdefault(name, each)
    return found


def _unreadable(place: str, error: Exception) -> InputError:
    """Return one line without the driver's own words: they may quote a patient's data."""
    if isinstance(error, InputError):
        return error
    line = _LINE.search(str(error))
    at = f"{place}, line {line[1]}" if line else place
    return InputError(at, f"cannot be read ({type(error).__name__})", "tables of OMOP CDM 5.4")


def _without_password(address: str) -> str:
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1@", address)


def _ibis(where: str) -> Any:
    try:
        import ibis
    except ImportError as error:
        wanted = "the extra `population`: pip install 'trialwright[population]'"
        raise InputError(where, "OMOP tables need Ibis and DuckDB", wanted) from error
    return ibis
