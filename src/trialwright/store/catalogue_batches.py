"""Loading in batches: what is new, what changed, what was set aside; it has to add up."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from trialwright.core.canonical import canonical_json, sha256
from trialwright.core.errors import InputError
from trialwright.record.formats import v2
from trialwright.record.model import Study
from trialwright.record.record import Record
from trialwright.registry.cards import card
from trialwright.registry.model import LoadSummary, SetAside
from trialwright.registry.numbers import is_nct_id
from trialwright.store.catalogue_tables import note, older, studies

_BATCH = 500
_MOST_SET_ASIDE = 1_000  # that are kept with place and reason; the rest is counted


@dataclass(slots=True)
class Tally:
    """Counts one load while it runs."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    set_aside: list[SetAside] = field(default_factory=list)
    set_aside_more: int = 0

    def put_aside(self, one: SetAside) -> None:
        """Count a record that is set aside, the first ones with what they are."""
        if len(self.set_aside) < _MOST_SET_ASIDE:
            self.set_aside.append(one)
        else:
            self.set_aside_more += 1

    def summary(self) -> LoadSummary:
        """Return what the load came to."""
        return LoadSummary(
            self.read,
            self.new,
            self.updated,
            self.unchanged,
            tuple(self.set_aside),
            self.set_aside_more,
        )


def batches(arrivals: Iterable[Record | SetAside], tally: Tally) -> Iterator[tuple[Record, ...]]:
    """Yield records in batches that hold no number twice; note what was set aside."""
    batch: dict[str, Record] = {}
    for arrival in arrivals:
        tally.read += 1
        if isinstance(arrival, SetAside):
            tally.put_aside(arrival)
            continue
        number = arrival.nct_id
        if number is None or not is_nct_id(number):
            raise InputError("catalogue", f"a record numbered {number}", "NCT and eight digits")
        if number in batch or len(batch) == _BATCH:
            yield tuple(batch.values())
            batch = {}
        batch[number] = arrival
    if batch:
        yield tuple(batch.values())


def load(
    connection: Connection, batch: tuple[Record, ...], tally: Tally
) -> tuple[int, tuple[Record, ...]]:
    """Store a batch in one transaction; return its generation and the records that changed."""
    known = _known(connection, [record.nct_id for record in batch])
    generation = connection.execute(select(note.c.generation)).scalar_one() + 1
    rows, changed = [], []
    for record in batch:
        row = _row(record, generation, known.get(str(record.nct_id), (0, ""))[0] + 1)
        if known.get(row["nct_id"], (0, ""))[1] == row["sha256"]:
            tally.unchanged += 1
            continue
        rows.append(row)
        changed.append(record)
    if not rows:
        return generation - 1, ()
    replaced = [row["nct_id"] for row in rows if row["nct_id"] in known]
    tally.updated += len(replaced)
    tally.new += len(rows) - len(replaced)
    _put_away(connection, replaced)
    connection.execute(insert(studies), rows)
    connection.execute(update(note).values(generation=generation))
    return generation, tuple(changed)


def unpacked(packed: bytes, nct_id: str) -> Record:
    """Return the record that a row holds."""
    return v2.read(zlib.decompress(packed), f"catalogue, {nct_id}")


def unpacked_study(packed: bytes) -> Study:
    """Return the study that a row holds, without what its model has no field for."""
    return msgspec.json.decode(zlib.decompress(packed), type=Study)


def _known(connection: Connection, numbers: list[str | None]) -> dict[str, tuple[int, str]]:
    query = select(studies.c.nct_id, studies.c.version, studies.c.sha256)
    rows = connection.execute(query.where(studies.c.nct_id.in_(numbers)))
    return {row.nct_id: (row.version, row.sha256) for row in rows}


def _row(record: Record, generation: int, version: int) -> dict[str, Any]:
    data = canonical_json(v2.to_value(record))
    facts = card(record.study)
    return {
        "nct_id": facts.nct_id,
        "version": version,
        "sha256": sha256(data),
        "last_update": facts.last_update,
        "generation": generation,
        "card": msgspec.json.encode(facts),
        "json": zlib.compress(data),
    }


def _put_away(connection: Connection, numbers: list[str]) -> None:
    """Move the current versions to the older ones."""
    columns = [studies.c[column.name] for column in older.columns]
    current = select(*columns).where(studies.c.nct_id.in_(numbers))
    connection.execute(insert(older).from_select([c.name for c in older.columns], current))
    connection.execute(delete(studies).where(studies.c.nct_id.in_(numbers)))
