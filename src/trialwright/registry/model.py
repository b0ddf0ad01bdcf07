"""Values of the catalogue: a study in a list, what a search or a load came to, related trials."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of one study; None and empty mean that the record does not say."""

    nct_id: str
    brief_title: str
    status: str | None = None
    phases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    sponsor: str | None = None
    countries: tuple[str, ...] = ()
    enrolment: int | None = None
    start: str | None = None
    last_update: str | None = None
    has_results: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A study that a search found; a higher score is a better match."""

    card: Card
    score: float

    @property
    def nct_id(self) -> str:
        """Return the registry's number."""
        return self.card.nct_id

    @property
    def brief_title(self) -> str:
        """Return the brief title, empty where the record has none."""
        return self.card.brief_title


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to: any of the values of a field, and all fields that have some.

    status and phase are the registry's own values (`RECRUITING`, `PHASE1`); country is a name.
    `registry.filters.filters` makes one from what people write.
    """

    status: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    country: tuple[str, ...] = ()


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    total: how many studies match. hits: the best of them, by score, then by number.
    facets: for `status`, `phase` and `country`, how many matching studies have each value, the
    most frequent first. left_out: for each filter in use, how many studies match everything else
    and were left out only because their record does not say.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that was not loaded: its file, the place in it, and why."""

    file: str
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load came to. It adds up: every record read is in exactly one of the others.

    set_aside: the first ones, each with its place and the reason. set_aside_more: how many more.
    """

    read: int
    new: int
    updated: int
    unchanged: int
    set_aside: tuple[SetAside, ...] = ()
    set_aside_more: int = 0

    def __post_init__(self) -> None:
        parts = self.new + self.updated + self.unchanged + self.all_set_aside
        if self.read != parts:
            raise ValueError(f"a load of {self.read} records accounts for {parts}")

    @property
    def all_set_aside(self) -> int:
        """Return how many records were set aside."""
        return len(self.set_aside) + self.set_aside_more


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record that the catalogue holds, 1 for the first loaded."""

    number: int
    sha256: str
    last_update: str | None


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """How much the catalogue holds, and where."""

    studies: int
    older_versions: int
    place: str
    bytes_on_disk: int
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class RelatedEntry:
    """A related trial: how close (0 to 1), and why, in words."""

    nct_id: str
    brief_title: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelatedTrials:
    """Two lists made here, the closest first, and the one that the trial's own page gives."""

    by_characteristics: tuple[RelatedEntry, ...]
    by_text: tuple[RelatedEntry, ...]
    named_on_the_page: tuple[str, ...]
