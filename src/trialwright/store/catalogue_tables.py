"""The catalogue's tables in SQLite: the current studies, their older versions, and one note."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from trialwright.core.errors import InputError

# Raise this, and migrate, when the tables change.
LAYOUT = 1
_WAIT_SECONDS = 10

_metadata = MetaData()

# json: canonical v2 JSON, zlib. generation: the load batch in which this version came.
studies = Table(
    "studies",
    _metadata,
    Column("nct_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("last_update", String),
    Column("generation", Integer, nullable=False, index=True),
    Column("card", LargeBinary, nullable=False),
    Column("json", LargeBinary, nullable=False),
)
older = Table(
    "older_versions",
    _metadata,
    Column("nct_id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("last_update", String),
    Column("json", LargeBinary, nullable=False),
)
# One row. identity: which catalogue this is, so that an index of another is not taken for its own.
note = Table(
    "catalogue",
    _metadata,
    Column("identity", String, primary_key=True),
    Column("layout", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
)


def engine_for(file: Path) -> Engine:
    """Return an engine for the file; readers go on reading while a load writes."""
    engine = create_engine(
        f"sqlite:///{file}", poolclass=NullPool, connect_args={"timeout": _WAIT_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine


def create(engine: Engine, identity: str) -> None:
    """Make the tables where they are missing."""
    with engine.begin() as connection:
        _metadata.create_all(connection)
        if connection.execute(select(note.c.identity)).first() is None:
            connection.execute(insert(note).values(identity=identity, layout=LAYOUT, generation=0))


def identity_of(connection: Connection, file: Path) -> str:
    """Return which catalogue this is; InputError for the layout of a newer program."""
    identity, layout = connection.execute(select(note.c.identity, note.c.layout)).one()
    if layout != LAYOUT:
        raise InputError(
            str(file), f"a catalogue of layout {layout}", f"layout {LAYOUT}, of this program"
        )
    return str(identity)


@contextmanager
def clear_errors(file: Path) -> Iterator[None]:
    """Turn the database's errors into one line that names the file."""
    try:
        yield
    except DatabaseError as error:
        what = str(error.orig or error)
        wanted = "a catalogue made by this program, on a disk with room"
        raise InputError(str(file), what, wanted) from error
