"""What the registry needs from outside: a place that keeps records and finds them again."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from trialwright.record.model import Study
from trialwright.record.record import Record
from trialwright.registry.model import (
    NO_FILTERS,
    Card,
    CatalogueInfo,
    Filters,
    LoadSummary,
    SearchResult,
    SetAside,
    Version,
)


def ignore(count: int) -> None:
    """Take no notice of progress."""


class Catalogue(Protocol):
    """Many records, each with its older versions. Reading never changes it."""

    def add(
        self, arrivals: Iterable[Record | SetAside], progress: Callable[[int], None] = ignore
    ) -> LoadSummary:
        """Load records in order; a later record of the same number becomes the current version.

        `progress` hears how many more records are safely kept. Loading the same records again
        changes nothing. Raises Refused while another load is running.
        """
        ...

    def get(self, nct_id: str) -> Record | None:
        """Return the current version of a record, or None where there is none."""
        ...

    def version(self, nct_id: str, number: int) -> Record | None:
        """Return one version of a record, or None where there is none."""
        ...

    def versions(self, nct_id: str) -> tuple[Version, ...]:
        """List the versions of a record, the oldest first; the last one is current."""
        ...

    def ids(self) -> tuple[str, ...]:
        """List the numbers of all studies, in order."""
        ...

    def cards(self, limit: int | None = None, after: str = "") -> tuple[Card, ...]:
        """List studies in order of their numbers, those after the number `after`."""
        ...

    def info(self) -> CatalogueInfo:
        """Say how much the catalogue holds."""
        ...

    def search(
        self, query: str = "", filters: Filters = NO_FILTERS, limit: int = 20, offset: int = 0
    ) -> SearchResult:
        """Find studies; an empty query finds all. InputError where the query cannot be read."""
        ...

    def studies(self, nct_ids: Iterable[str]) -> Iterator[Study]:
        """Yield the current studies of these numbers, in this order; those not here are left out.

        Quicker than `get`, which also returns what the study model has no field for.
        """
        ...

    def sharing(self, words: Iterable[str], limit: int) -> tuple[str, ...]:
        """Return the numbers of the studies that share most of these words, the best first."""
        ...
