"""Where a population lies: patients in memory, or the five tables in a database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialwright.core.errors import InputError
from trialwright.screening.model import Patient
from trialwright.screening.patients.recognise import is_warehouse
from trialwright.store.embedded import database, in_process

if TYPE_CHECKING:
    from trialwright.screening.population.tables import Tables

_DRIVERS = frozenset({"duckdb", "_duckdb", "psycopg", "pyspark", "pyarrow", "py4j"})
EXTRA = "the extra: pip install 'trialwright[population]'"


def in_memory(patients: Iterable[Patient]) -> "Tables":
    """Return patients of any reader as tables of an embedded database."""
    ibis = _ibis()
    from trialwright.screening.population.gather import gather

    return placed(in_process(ibis), gather(patients))


def connected(address: str, until: date = date.max) -> "Tables":
    """Return the five tables of a database: an address, a DuckDB file, or a folder of Parquet.

    OMOP's own tables do as well, in a folder or a database; `until` is the last day that a date in
    them may name.
    """
    ibis = _ibis()
    folder = Path(address)
    if folder.is_dir():
        if is_warehouse(folder) and not (folder / "persons.parquet").is_file():
            return _omop(address, until)
        return _checked(_parquet(in_process(ibis), folder), address)
    if "://" not in address and not folder.is_file():
        wanted = "a folder of Parquet files, a DuckDB file, or an address such as postgres://..."
        raise InputError(address, "no such file or folder", wanted)
    try:
        connection = database(ibis, address)
    except Exception as error:  # each driver raises errors of its own
        raise InputError(_without_secrets(address), *_closed(address, error)) from error
    if _has_persons(connection):
        name = _without_secrets(address)
        return _checked(tables_of(connection, name), name)
    connection.disconnect()
    return _omop(address, until)


def _closed(address: str, error: Exception) -> tuple[str, str]:
    """Say why a database did not open, and what was wanted."""
    if "://" not in address:
        return f"it cannot be opened ({type(error).__name__})", "a DuckDB file that nothing writes"
    return (str(error).splitlines() or [type(error).__name__])[0], "a database that answers"


def _checked(tables: "Tables", name: str) -> "Tables":
    """Return tables that somebody else may have written, where their rows hold together."""
    from trialwright.screening.population.sound import check_rows

    with answering(name):
        check_rows({each: getattr(tables, each) for each in _five()}, name)
    return tables


def _five() -> tuple[str, ...]:
    from trialwright.screening.population.tables import SCHEMAS

    return tuple(SCHEMAS)


@contextmanager
def answering(name: str) -> Iterator[None]:
    """Say in one line that a file or a database broke off; its own words may quote a patient."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _DRIVERS:
            raise
        wanted = "tables that can be read to their end"
        what = f"it cannot be read ({type(error).__name__})"
        raise InputError(_without_secrets(name), what, wanted) from None


def _has_persons(connection: Any) -> bool:
    try:
        connection.table("persons")
    except Exception:  # each driver raises errors of its own
        return False
    return True


def _omop(address: str, until: date) -> "Tables":
    from trialwright.screening.population.omop import omop_tables
    from trialwright.store.omop import open_omop

    source = open_omop(address)
    try:
        if source.table("person") is None:
            wanted = "persons and four more, or the tables of OMOP CDM 5.4"
            raise InputError(source.name, "no table persons, and none of OMOP", wanted)
        return omop_tables(source, _short(source.connection), until)
    except InputError:
        raise
    except Exception as error:  # a driver's words may quote a patient's data
        wanted = "tables of OMOP CDM 5.4"
        raise InputError(source.name, f"cannot be read ({type(error).__name__})", wanted) from None


def packed(patients: Iterable[Patient], folder: Path) -> None:
    """Write the five tables as Parquet files, each whole or not at all."""
    _ibis()
    import pyarrow.parquet as parquet

    from trialwright.screening.population.gather import gather

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in gather(patients).items():
        draft = folder / f".{name}.parquet.draft"
        parquet.write_table(table, draft)
        draft.replace(folder / f"{name}.parquet")


def placed(connection: Any, tables: Mapping[str, Any]) -> "Tables":
    """Put Arrow tables on a connection, for as long as it is open."""
    for name, table in tables.items():
        _place(connection, name, table)
    return tables_of(connection, connection.name)


def tables_of(connection: Any, name: str) -> "Tables":
    """Return a connection's five tables; InputError for one that is missing, or lacks a column."""
    from trialwright.screening.population.seen import untold
    from trialwright.screening.population.sound import check_columns
    from trialwright.screening.population.tables import SCHEMAS, Tables

    found: dict[str, Any] = {}
    for table in SCHEMAS:
        try:
            found[table] = connection.table(table)
        except Exception as error:  # each driver raises errors of its own
            raise InputError(name, f"no table {table}", ", ".join(SCHEMAS)) from error
        check_columns(found[table], table, name)
    return Tables(**found, short=_short(connection), untold=untold(found["persons"], name))


def _parquet(connection: Any, folder: Any) -> "Tables":
    from trialwright.screening.population.tables import SCHEMAS

    for name in SCHEMAS:
        file = folder / f"{name}.parquet"
        if not file.is_file():
            raise InputError(str(file), "no such file", "a Parquet file for each table")
        try:
            connection.read_parquet(file, table_name=name)
        except Exception as error:
            why = str(error).splitlines()[0]
            raise InputError(str(file), why, "a Parquet file") from error
    return tables_of(connection, str(folder))


def _short(connection: Any) -> Callable[[Any], Any]:
    """Return what puts a short table on a connection under a name of its own."""
    from ibis.util import gen_name

    def short(table: Any) -> Any:
        name = gen_name("judged")
        _place(connection, name, table)
        return connection.table(name)

    return short


def _place(connection: Any, name: str, table: Any) -> None:
    if connection.name == "duckdb":
        # By DuckDB itself: Ibis 12 goes by names that DuckDB 2 only keeps for a while. The extra
        # sets no upper bound for DuckDB all the same: DuckDB 1 cannot open what DuckDB 2 wrote.
        connection.con.register(name, table)
    elif connection.name == "postgres":
        _copy(connection, name, table)
    elif connection.name == "pyspark":
        # Not by Ibis: through pandas, a null would empty the whole numbers of its column.
        connection._session.createDataFrame(table).createOrReplaceTempView(name)
    else:
        connection.create_view(name, _ibis().memtable(table), overwrite=True)


def _copy(connection: Any, name: str, table: Any) -> None:
    """Copy a table into a temporary one, which goes when the connection does."""
    types = {
        "int64": "bigint", "int32": "integer", "int16": "smallint", "double": "double precision",
        "string": "text", "date32[day]": "date", "bool": "boolean",
    }  # fmt: skip
    columns = ", ".join(f'"{each.name}" {types[str(each.type)]}' for each in table.schema)
    with connection.con.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{name}"')
        cursor.execute(f'CREATE TEMPORARY TABLE "{name}" ({columns})')
        with cursor.copy(f'COPY "{name}" FROM STDIN') as stream:
            for row in table.to_pylist():
                stream.write_row(tuple(row.values()))
        cursor.execute(f'ANALYZE "{name}"')
    connection.con.commit()


def _without_secrets(address: str) -> str:
    """Return an address without its user and password."""
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else address


def _ibis() -> Any:
    try:
        import ibis
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise InputError("population", f"{error.name} is not installed", EXTRA) from error
    return ibis
