"""The search index on disk: a copy of the records, made for finding, that can be made anew.

The index says which generation of the catalogue it shows. It is never the truth: whatever it lacks,
after a load that was killed or where its files were damaged, is put in from the records.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import tantivy

from trialwright.core.errors import Refused
from trialwright.record.record import Record
from trialwright.registry.model import Filters
from trialwright.registry.numbers import nct_id
from trialwright.registry.query import Everything, Expression
from trialwright.store import search_query
from trialwright.store.search_schema import (
    FACETS,
    KEY,
    NUMBER,
    VERSION,
    document,
    register_analyzers,
    schema,
)

_HEAP = 64_000_000
_MOST_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """What the index found: (number, score), the best first, and the counts."""

    total: int
    best: tuple[tuple[str, float], ...]
    facets: Mapping[str, Mapping[str, int]]
    left_out: Mapping[str, int]


class _Note(msgspec.Struct, frozen=True):
    """Which generation of the catalogue an index shows."""

    generation: int


class SearchIndex:
    """The index in a folder of its own: one for each catalogue and version of the documents."""

    def __init__(self, parent: Path, catalogue: str) -> None:
        self._folder = parent / f"v{VERSION}-{catalogue}"
        self._opened: tantivy.Index | None = None

    @property
    def generation(self) -> int:
        """Return the generation that the index shows; 0 where there is no usable index."""
        self._index()  # takes a damaged index away, and its note with it
        try:
            return msgspec.json.decode(self._note.read_bytes(), type=_Note).generation
        except (OSError, msgspec.DecodeError):
            return 0

    @property
    def count(self) -> int:
        """Return how many studies the index holds."""
        return int(self._searcher().num_docs)

    def writing(self) -> "IndexWriting":
        """Open the index for writing; raise Refused while another load has it open so."""
        index = self._index()
        try:
            return IndexWriting(self, index.writer(_HEAP, 1))
        except ValueError as error:
            raise Refused(
                "catalogue", "another load is running", "that load to end, or to be stopped"
            ) from error

    def search(
        self, expression: Expression, filters: Filters, limit: int, offset: int = 0
    ) -> Found:
        """Find studies by an expression and filters."""
        searcher = self._searcher()
        query = search_query.compiled(expression, searcher)
        narrowing = search_query.filter_queries(filters)
        narrowed = search_query.narrowed(query, narrowing)
        scored = not isinstance(expression, Everything)
        total, best = _best(searcher, narrowed, limit, offset, scored)
        return Found(
            total, best, _facets(searcher, narrowed), _left_out(searcher, query, narrowing)
        )

    def sharing(self, words: Iterable[str], limit: int) -> tuple[str, ...]:
        """Return the studies that share most of these words."""
        query = search_query.sharing(words)
        return tuple(number for number, _ in _best(self._searcher(), query, limit, 0, True)[1])

    def mark(self, generation: int) -> None:
        """Note that the index shows a generation; the note is replaced whole."""
        new = self._note.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(_Note(generation)))
        os.replace(new, self._note)

    @property
    def _note(self) -> Path:
        return self._folder / "trialwright.json"

    def _index(self) -> tantivy.Index:
        if self._opened is None:
            self._opened = self._open()
            register_analyzers(self._opened)
        return self._opened

    def _open(self) -> tantivy.Index:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            return tantivy.Index(schema(), path=str(self._folder))
        except (OSError, ValueError):  # damaged: nothing in it is the only copy
            shutil.rmtree(self._folder)
            self._folder.mkdir(parents=True)
            return tantivy.Index(schema(), path=str(self._folder))

    def _searcher(self) -> tantivy.Searcher:
        index = self._index()
        index.reload()
        return index.searcher()


class IndexWriting:
    """An index that is open for writing; what is put in shows after `commit`."""

    def __init__(self, index: SearchIndex, writer: tantivy.IndexWriter) -> None:
        self._index = index
        self._writer = writer

    def empty(self) -> None:
        """Take everything out."""
        self._writer.delete_all_documents()

    def put(self, record: Record) -> None:
        """Put a record in, in the place of an earlier version of it."""
        doc = document(record)
        self._writer.delete_documents_by_term(KEY, str(doc.get_first(KEY)))
        self._writer.add_document(doc)

    def commit(self, generation: int) -> None:
        """Show what was put in, and note which generation that is."""
        self._writer.commit()
        self._index.mark(generation)

    def __enter__(self) -> "IndexWriting":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._writer.rollback()
        self._writer.wait_merging_threads()


def _best(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, offset: int, scored: bool
) -> tuple[int, tuple[tuple[str, float], ...]]:
    """Return the count and the hits from `offset` on, by score, then by number."""
    wanted = offset + limit
    if not scored:
        return _in_order(searcher, query, limit, offset)
    fetch = wanted + 50
    while True:
        result = searcher.search(query, limit=max(fetch, 1))
        hits = result.hits
        # Ties at the cut are broken by number only if all of them were fetched.
        if len(hits) < fetch or hits[-1][0] < hits[min(wanted, len(hits)) - 1][0]:
            break
        fetch *= 4
    numbers = searcher.fast_field_values(NUMBER, [address for _, address in hits])
    ranked = sorted(
        (-score, int(number or 0)) for (score, _), number in zip(hits, numbers, strict=True)
    )
    best = tuple((nct_id(number), -score) for score, number in ranked[offset:wanted])
    return _count(result), best


def _in_order(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, offset: int
) -> tuple[int, tuple[tuple[str, float], ...]]:
    """Return hits in order of their numbers: without a query, all are equally good."""
    result = searcher.search(
        query, limit=max(limit, 1), offset=offset, order_by_field=NUMBER, order=tantivy.Order.Asc
    )
    return _count(result), tuple((nct_id(number), 0.0) for number, _ in result.hits[:limit])


def _facets(searcher: tantivy.Searcher, query: tantivy.Query) -> dict[str, dict[str, int]]:
    asked = {
        name: {"terms": {"field": field, "size": _MOST_VALUES}} for name, field in FACETS.items()
    }
    counted = searcher.aggregate(query, asked)
    return {name: _counts(counted[name]["buckets"]) for name in FACETS}


def _counts(buckets: Iterable[Mapping[str, object]]) -> dict[str, int]:
    counts = {str(bucket["key"]): int(str(bucket["doc_count"])) for bucket in buckets}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _left_out(
    searcher: tantivy.Searcher, query: tantivy.Query, narrowing: dict[str, tantivy.Query]
) -> dict[str, int]:
    """Count, for each filter, what only its missing field keeps out."""
    counts = {}
    for name in narrowing:
        others = {other: one for other, one in narrowing.items() if other != name}
        lacking = search_query.lacking(search_query.narrowed(query, others), name)
        counts[name] = _count(searcher.search(lacking, limit=1))
    return counts


def _count(result: Any) -> int:
    """Return how many studies matched; the engine's type stubs leave this attribute out."""
    return int(result.count)
