"""Changing a journal's file with all the rights over it, its chain computed anew."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from trialwright.conduct.journal import GENESIS, Fault, Verification
from trialwright.conduct.service import verify
from trialwright.core.canonical import sha256
from trialwright.store.journal import SqlJournal

NCT = "NCT99999991"
NAME = "journal.simulated.sqlite"
Entry = dict[str, Any]  # an entry as it stands in the file


@contextmanager
def without_guards(path: Path) -> Iterator[sqlite3.Connection]:
    """Give the file with its guards dropped, and put them back."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        found = connection.execute(query).fetchall()
        for name, _ in found:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in found:
            connection.execute(sql)
        connection.commit()


def altered(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def spelled(entry: Entry) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def forged(
    path: Path,
    change: Callable[[list[Entry]], None],
    spell: Callable[[Entry], bytes] = spelled,
) -> None:
    """Change entries and compute the whole chain anew."""
    with without_guards(path) as connection:
        rows = connection.execute("SELECT body FROM entries ORDER BY seq").fetchall()
        entries = [json.loads(body) for (body,) in rows]
        change(entries)
        connection.execute("DELETE FROM entries")
        previous = GENESIS
        for seq, entry in enumerate(entries, start=1):
            body = spell(entry | {"seq": seq, "previous": previous})
            previous = sha256(body)
            connection.execute("INSERT INTO entries VALUES (?, ?, ?)", (seq, body, previous))


def of_kind(entries: list[Entry], kind: str) -> Entry:
    return next(entry for entry in entries if entry["event"]["kind"] == kind)


def setting(kind: str, **fields: Any) -> Callable[[list[Entry]], None]:
    """Return a forgery that sets fields of the first event of a kind."""

    def change(entries: list[Entry]) -> None:
        of_kind(entries, kind)["event"].update(fields)

    return change


def appending(kind: str, event: Entry | None = None, **fields: Any) -> Callable[..., None]:
    """Return a forgery that repeats an entry at the end, otherwise."""

    def change(entries: list[Entry]) -> None:
        like = of_kind(entries, kind)
        fresh = {"at": entries[-1]["at"], "event": like["event"] | (event or {})}
        entries.append(like | fresh | fields)

    return change


def verified(path: Path) -> Verification:
    with SqlJournal.open(path) as journal:
        return verify(journal)


def fault_of(path: Path) -> Fault:
    found = verified(path)
    assert not found.whole
    assert found.first_fault is not None
    return found.first_fault
