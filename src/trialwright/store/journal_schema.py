"""What a journal's SQLite file is made of, and whether one is made of that and nothing else.

One table keeps an entry's number, its body as the very bytes that were hashed, and the hash.
Triggers refuse UPDATE, DELETE and gaps.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

metadata = MetaData()
entries = Table(
    "entries",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("hash", Text, nullable=False),
)

GUARDS = {
    "entries_refuse_update": (
        "CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    "entries_refuse_delete": (
        "CREATE TRIGGER entries_refuse_delete BEFORE DELETE ON entries "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    # Also keeps INSERT OR REPLACE from replacing, which would not fire the trigger on DELETE.
    "entries_refuse_gap": (
        "CREATE TRIGGER entries_refuse_gap BEFORE INSERT ON entries "
        "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entries) "
        "BEGIN SELECT RAISE(ABORT, 'the journal has no gaps'); END"
    ),
}

_WORDS = {"trigger": "guard"}
_MADE = {
    ("table", entries.name): str(CreateTable(entries).compile(dialect=sqlite.dialect())),
    **{("trigger", name): sql for name, sql in GUARDS.items()},
}


def make(connection: Connection) -> None:
    """Make the table and its guards in an empty file."""
    metadata.create_all(connection)
    for guard in GUARDS.values():
        connection.exec_driver_sql(guard)


def what_stands_for_entries(connection: Connection) -> str | None:
    """Say what stands where the table should; None where it is a table of the file's own.

    A view, or a table that a module of the database answers for, can go on without end: this looks
    at its name only and reads no row.
    """
    query = "SELECT type, sql FROM sqlite_master WHERE lower(name) = 'entries'"
    rows = connection.exec_driver_sql(query).all()
    kinds = [row.type for row in rows]
    if kinds != ["table"]:
        return f"a {' and a '.join(map(str, kinds))} entries" if kinds else "no table entries"
    virtual = _plain(rows[0].sql).upper().startswith("CREATE VIRTUAL")
    return "a virtual table entries" if virtual else None


def alterations(connection: Connection) -> tuple[str, ...]:
    """Name everything that is missing, changed or foreign, compared with what `make` makes."""
    query = "SELECT type, name, sql FROM sqlite_master"
    found = {(row.type, row.name): row.sql for row in connection.exec_driver_sql(query)}
    return (*_missing_or_changed(found), *_foreign(found))


def strange_rows(connection: Connection) -> tuple[str, ...]:
    """Name rows that no reader of the journal sees, and rows that are stored as something else."""
    hidden = "SELECT count(*) FROM entries WHERE seq < 1"
    other = (
        "SELECT min(seq) FROM entries "
        "WHERE seq >= 1 AND (typeof(body) <> 'blob' OR typeof(hash) <> 'text')"
    )
    count = connection.exec_driver_sql(hidden).scalar_one()
    first = connection.exec_driver_sql(other).scalar_one()
    said = (
        f"{count} hidden row{'' if count == 1 else 's'} before entry 1" if count else None,
        f"entry {first} is not stored as the journal stores its entries" if first else None,
    )
    return tuple(filter(None, said))


def _missing_or_changed(found: Mapping[tuple[str, str], str | None]) -> Iterator[str]:
    for (kind, name), sql in _MADE.items():
        what = f"the {_WORDS.get(kind, kind)} {name}"
        if (kind, name) not in found:
            yield f"{what} is missing"
        elif _plain(found[kind, name]) != _plain(sql):
            yield f"{what} is not as it was made"


def _foreign(found: Mapping[tuple[str, str], str | None]) -> Iterator[str]:
    for kind, name in found:
        if (kind, name) not in _MADE:
            yield f"a foreign {kind}, {name}"


def _plain(sql: str | None) -> str:
    """Leave out how the text is broken into lines: the library that writes it may change that."""
    return " ".join(str(sql).split())
