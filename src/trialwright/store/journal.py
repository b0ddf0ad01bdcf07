"""The journal in SQL (SQLAlchemy Core), one SQLite file per trial.

`journal_schema` says what such a file is made of; `faults` says where one is made of anything else.
While a writer is open the file is in WAL mode; closing it leaves one file. The same entries written
the same way give the same bytes.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from trialwright.conduct.events import Entry
from trialwright.conduct.journal import GENESIS, Line, entry_of, line_of
from trialwright.conduct.ports import Conflict
from trialwright.core.errors import InputError, Refused, TrialwrightError
from trialwright.store import journal_schema as schema
from trialwright.store.journal_schema import entries as _entries
from trialwright.store.left_open import private_copy

_APPLICATION_ID = 0x54574A31  # "TWJ1": marks a SQLite file as a trial's journal
_WAIT_SECONDS = 10  # for another writer
_WANTED = "a trial's journal (a SQLite file that Trialwright wrote)"

_URL = re.compile(r"[a-z][a-z+0-9]+:/")


class SqlJournal:
    """A trial's journal in a SQLite file; a context manager that closes the file."""

    def __init__(
        self,
        engine: Engine,
        where: str,
        writes: bool,
        private: "TemporaryDirectory[str] | None" = None,
    ) -> None:
        self._engine = engine
        self._writes = writes
        self._private = private
        self.where = where

    @staticmethod
    def create(path: Path, durable: bool = True) -> "SqlJournal":
        """Make a new, empty journal; InputError where the file exists already.

        `durable=False` leaves flushing to the operating system: for a rehearsal, which can be run
        again, not for a trial.
        """
        if path.exists():
            raise InputError(str(path), "a file of that name", "a name that is not taken")
        if not path.parent.is_dir():
            raise InputError(str(path), "no such folder", "a folder that exists")
        journal = SqlJournal(_engine(path, "rwc", durable), str(path), writes=True)
        with journal._answering():
            journal._make_tables()
        return journal

    @staticmethod
    def open(path: Path, writable: bool = False) -> "SqlJournal":
        """Open a journal; read-only, and then without a trace in its folder, unless told otherwise.

        InputError for a file that is missing, truncated, or no journal; Refused where it is to be
        written and is not made as a journal is made.
        """
        if _URL.match(str(path)):
            raise InputError(
                str(path), "a database URL (not covered yet)", "a journal's SQLite file for now"
            )
        if not path.is_file():
            raise InputError(str(path), "no such file", _WANTED)
        journal = _to_write(path) if writable else _to_read(path)
        try:
            with journal._answering():
                journal._recognise()
                if writable:
                    journal._require_unaltered()
                    journal._to_wal()
        except TrialwrightError:
            journal.close()
            raise
        return journal

    def lines(self, after: int = 0) -> Iterator[Line]:
        """Yield what is stored after entry `after`; InputError where the file is damaged."""
        last = after
        query = select(_entries).where(_entries.c.seq > after).order_by(_entries.c.seq)
        try:
            with self._engine.connect() as connection:
                for seq, body, digest in connection.execute(query):
                    yield Line(seq, _bytes(body), str(digest))
                    last = seq
        except (DatabaseError, sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._damaged(error, f"after entry {last}") from error

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Yield the entries after entry `after`; InputError for one that is damaged."""
        return (entry_of(line, self.where) for line in self.lines(after))

    def append(self, entries: Sequence[Entry], after: int) -> None:
        """Store entries that follow entry `after`, all or none; Conflict where it is not last.

        Refused, with nothing stored, where the database did not keep what it was given.
        """
        if not self._writes:
            raise Refused("journal", f"{self.where} is open for reading", "opening it to write")
        rows = [line_of(entry)._asdict() for entry in entries]
        with self._answering(), self._writing() as connection:
            last, head = _last(connection)
            if last != after or (entries and entries[0].previous != head):
                raise Conflict(after, last)
            if rows:
                connection.execute(insert(_entries), rows)
            self._require_kept(connection, after, rows)

    def faults(self) -> tuple[str, ...]:
        """Name what the file should not hold, what it lacks, and damage of its pages.

        Damaged pages can hide the last entries, which a chain alone cannot miss.
        """
        with self._answering(), self._engine.connect() as connection:
            altered = schema.alterations(connection)
            pages = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if pages != "ok":
                return (f"the file is damaged: {_one_line(pages)}", *altered)
            return (*altered, *schema.strange_rows(connection))

    def close(self) -> None:
        """Close the file; the last writer leaves nothing beside it."""
        if self._writes:
            # Another connection may still be open; then the last one leaves WAL mode.
            with suppress(DatabaseError), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        self._engine.dispose()
        if self._private is not None:
            self._private.cleanup()

    def __enter__(self) -> "SqlJournal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _make_tables(self) -> None:
        with self._writing() as connection:
            connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")
            schema.make(connection)
        self._to_wal()

    def _to_wal(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")

    def _recognise(self) -> None:
        with self._engine.connect() as connection:
            mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            found = schema.what_stands_for_entries(connection)
        if mark != _APPLICATION_ID:
            raise InputError(self.where, "a SQLite file of another kind", _WANTED)
        if found is not None:
            raise InputError(self.where, found, f"{_WANTED}, with its table entries")

    def _require_unaltered(self) -> None:
        """Nothing is entrusted to a file whose guards may be gone."""
        with self._engine.connect() as connection:
            altered = schema.alterations(connection)
        if altered:
            raise Refused(
                "journal", f"{self.where} was altered: {'; '.join(altered)}",
                "a look with `trialwright trial verify`, and the journal as it was",
            )  # fmt: skip

    def _require_kept(
        self, connection: Connection, after: int, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """Read back what was written before it counts: the database may have been told to drop it.

        A trigger of somebody else's can pass over an entry in silence, or put another in its place.
        """
        query = select(_entries).where(_entries.c.seq > after).order_by(_entries.c.seq)
        if [dict(row._mapping) for row in connection.execute(query)] != list(rows):
            raise Refused(
                "journal", f"{self.where} did not keep what was written; nothing was recorded",
                "a look with `trialwright trial verify`: something foreign is in the file",
            )  # fmt: skip

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                with suppress(DatabaseError):
                    connection.exec_driver_sql("ROLLBACK")
                raise

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Turn the database's errors into one line for the person who reads it."""
        try:
            yield
        except OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise Refused(
                    "journal", f"{self.where} is being written by another program", "another try"
                ) from error
            raise self._damaged(error, "unreadable") from error
        except (DatabaseError, sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._damaged(error, "unreadable") from error

    def _damaged(self, error: Exception, place: str) -> InputError:
        what = _one_line(getattr(error, "orig", None) or error)
        return InputError(self.where, f"{place}: {what}", _WANTED)


def _to_write(path: Path) -> SqlJournal:
    return SqlJournal(_engine(path, "rw", durable=True), str(path), writes=True)


def _to_read(path: Path) -> SqlJournal:
    try:
        private = private_copy(path)
    except OSError as error:
        raise InputError(str(path), error.strerror or "unreadable", _WANTED) from error
    place = Path(private.name) / path.name if private else path
    return SqlJournal(_engine(place, "ro", durable=True), str(path), False, private)


def _engine(path: Path, mode: str, durable: bool) -> Engine:
    uri = f"file:{quote(str(path.resolve()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        # Autocommit: transactions are begun by hand, so that a writer takes its lock at once.
        return sqlite3.connect(
            uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")

    return engine


def _last(connection: Connection) -> tuple[int, str]:
    query = select(_entries.c.seq, _entries.c.hash).order_by(_entries.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.seq, row.hash) if row else (0, GENESIS)


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
