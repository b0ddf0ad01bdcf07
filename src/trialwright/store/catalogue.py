"""The catalogue on disk: records in SQLite, which are the truth, and a search index beside it."""

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row, Select, Subquery, func, select, union_all

from trialwright.core.errors import InputError, Refused
from trialwright.record.model import Study
from trialwright.record.record import Record
from trialwright.registry.model import (
    NO_FILTERS,
    Card,
    CatalogueInfo,
    Filters,
    Hit,
    LoadSummary,
    SearchResult,
    SetAside,
    Version,
)
from trialwright.registry.ports import ignore
from trialwright.registry.query import parse
from trialwright.store.catalogue_batches import Tally, batches, load, unpacked, unpacked_study
from trialwright.store.catalogue_tables import (
    clear_errors,
    create,
    engine_for,
    identity_of,
    note,
    older,
    studies,
)
from trialwright.store.search_index import IndexWriting, SearchIndex

_T = TypeVar("_T")

_INDEX_EVERY = 20  # batches
_MOST_HITS = 10_000
_NOTHING = SearchResult(0, (), {"status": {}, "phase": {}, "country": {}})


class CatalogueOnDisk:
    """A `registry.ports.Catalogue` in a folder, which the first load makes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "catalogue.sqlite"
        self._engine = engine_for(self._file)
        self._index: SearchIndex | None = None
        self._compared = False  # the index holds as many studies as there are records
        self._mended = False  # an index is made anew once, not at every question
        self._catching_up = threading.Lock()

    def add(
        self, arrivals: Iterable[Record | SetAside], progress: Callable[[int], None] = ignore
    ) -> LoadSummary:
        """Load records, a transaction for each batch; see the port."""
        tally = Tally()
        with clear_errors(self._file):
            self._folder.mkdir(parents=True, exist_ok=True)
            create(self._engine, identity=uuid.uuid4().hex)
            with self._opened_index().writing() as index:
                self._catch_up(index)
                for count, batch in enumerate(batches(arrivals, tally), start=1):
                    generation = self._load(batch, tally, index)
                    if count % _INDEX_EVERY == 0:
                        index.commit(generation)
                    progress(len(batch))
                index.commit(self._generation())
        return tally.summary()

    def get(self, nct_id: str) -> Record | None:
        """Return the current version of a record."""
        rows = self._rows(select(studies.c.json).where(studies.c.nct_id == nct_id))
        return unpacked(rows[0].json, nct_id) if rows else None

    def studies(self, nct_ids: Iterable[str]) -> Iterator[Study]:
        """Yield the current studies of these numbers, in this order."""
        wanted = list(nct_ids)
        query = select(studies.c.nct_id, studies.c.json).where(studies.c.nct_id.in_(wanted))
        found = {row.nct_id: row.json for row in self._rows(query)}
        return (unpacked_study(found[nct_id]) for nct_id in wanted if nct_id in found)

    def version(self, nct_id: str, number: int) -> Record | None:
        """Return one version of a record."""
        versions = _versions("json", "version", nct_id=nct_id)
        rows = self._rows(select(versions).where(versions.c.version == number))
        return unpacked(rows[0].json, nct_id) if rows else None

    def versions(self, nct_id: str) -> tuple[Version, ...]:
        """List the versions of a record, the oldest first."""
        versions = _versions("version", "sha256", "last_update", nct_id=nct_id)
        rows = self._rows(select(versions).order_by(versions.c.version))
        return tuple(Version(row.version, row.sha256, row.last_update) for row in rows)

    def ids(self) -> tuple[str, ...]:
        """List the numbers of all studies, in order."""
        rows = self._rows(select(studies.c.nct_id).order_by(studies.c.nct_id))
        return tuple(row.nct_id for row in rows)

    def cards(self, limit: int | None = None, after: str = "") -> tuple[Card, ...]:
        """List studies in order of their numbers."""
        query = select(studies.c.card).where(studies.c.nct_id > after).order_by(studies.c.nct_id)
        return tuple(_card(row) for row in self._rows(query.limit(limit)))

    def info(self) -> CatalogueInfo:
        """Say how much the catalogue holds."""
        return CatalogueInfo(
            studies=self._count(select(func.count().label("n")).select_from(studies)),
            older_versions=self._count(select(func.count().label("n")).select_from(older)),
            place=str(self._folder),
            bytes_on_disk=sum(f.stat().st_size for f in self._folder.rglob("*") if f.is_file()),
            facets=self.search(limit=0).facets,
        )

    def search(
        self, query: str = "", filters: Filters = NO_FILTERS, limit: int = 20, offset: int = 0
    ) -> SearchResult:
        """Find studies; see the port."""
        expression = parse(query)
        if not 0 <= limit <= _MOST_HITS or not 0 <= offset <= _MOST_HITS:
            raise InputError("search", f"limit {limit}, offset {offset}", f"0 to {_MOST_HITS}")
        found = self._asked(lambda index: index.search(expression, filters, limit, offset))
        if found is None:
            return _NOTHING
        cards = self._cards_of([number for number, _ in found.best])
        hits = tuple(Hit(cards[number], score) for number, score in found.best if number in cards)
        return SearchResult(found.total, hits, found.facets, found.left_out)

    def sharing(self, words: Iterable[str], limit: int) -> tuple[str, ...]:
        """Return the studies that share most of these words."""
        wanted = tuple(words)
        return self._asked(lambda index: index.sharing(wanted, limit)) or ()

    def _load(self, batch: tuple[Record, ...], tally: Tally, index: IndexWriting) -> int:
        with self._engine.begin() as connection:
            generation, changed = load(connection, batch, tally)
        for record in changed:
            index.put(record)
        return generation

    def _asked(self, question: Callable[[SearchIndex], _T]) -> _T | None:
        """Ask the index, made anew where it turns out damaged; None where nothing was loaded."""
        if not self._file.is_file():
            return None
        index = self._ready_index()
        try:
            return question(index)
        except ValueError as error:
            self._mend(index, error)
        try:
            return question(index)
        except ValueError as error:
            raise self._damaged(error) from error

    def _ready_index(self) -> SearchIndex:
        """Return the index, with what it lacked put in."""
        index = self._opened_index()
        with self._catching_up:
            if not self._is_whole(index):
                try:
                    with index.writing() as writing:
                        self._catch_up(writing)
                except Refused:  # a load is running: it will show its studies when they are in
                    pass
        return index

    def _is_whole(self, index: SearchIndex) -> bool:
        """Say whether the index shows the last generation, and at first that it lost nothing."""
        if index.generation != self._generation():
            return False
        self._compared = self._compared or self._lost_nothing(index)
        return self._compared

    def _lost_nothing(self, index: SearchIndex) -> bool:
        return index.count == self._count(select(func.count().label("n")).select_from(studies))

    def _mend(self, index: SearchIndex, error: ValueError) -> None:
        """Make the index anew, once; InputError where it was made and is damaged again."""
        with self._catching_up:
            if self._mended:
                raise self._damaged(error) from error
            self._mended = True
            with index.writing() as writing:
                self._catch_up(writing, anew=True)

    def _catch_up(self, index: IndexWriting, *, anew: bool = False) -> None:
        """Put into the index what it lacks: all that came after the generation that it shows."""
        opened, generation = self._opened_index(), self._generation()
        shown = opened.generation
        # Later than the records: they were put back to an earlier state.
        if anew or shown > generation or (shown == generation and not self._lost_nothing(opened)):
            index.empty()
            shown = 0
        if shown == generation:
            return
        query = select(studies.c.nct_id, studies.c.json).where(studies.c.generation > shown)
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                index.put(unpacked(row.json, row.nct_id))
        index.commit(generation)

    def _opened_index(self) -> SearchIndex:
        if self._index is None:
            with clear_errors(self._file), self._engine.connect() as connection:
                identity = identity_of(connection, self._file)
            self._index = SearchIndex(self._folder / "index", identity)
        return self._index

    def _generation(self) -> int:
        return self._count(select(note.c.generation.label("n")))

    def _cards_of(self, numbers: Sequence[str]) -> dict[str, Card]:
        rows = self._rows(select(studies.c.card).where(studies.c.nct_id.in_(numbers)))
        return {card.nct_id: card for card in map(_card, rows)}

    def _count(self, query: Select[int]) -> int:
        rows = self._rows(query)
        return int(rows[0].n) if rows else 0

    def _rows(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return a query's rows; none where nothing was ever loaded."""
        if not self._file.is_file():
            return ()
        with clear_errors(self._file), self._engine.connect() as connection:
            return connection.execute(query).all()

    def _damaged(self, error: ValueError) -> InputError:
        what = f"the search index is damaged ({error})"
        wanted = "that folder deleted: it is made anew from the records"
        return InputError(str(self._folder / "index"), what, wanted)


def _versions(*columns: str, nct_id: str) -> Subquery:
    """Return the current and the older versions of a study as one table."""
    tables = (
        select(*(table.c[name] for name in columns)).where(table.c.nct_id == nct_id)
        for table in (studies, older)
    )
    return union_all(*tables).subquery()


def _card(row: Row[Any]) -> Card:
    return msgspec.json.decode(row.card, type=Card)
