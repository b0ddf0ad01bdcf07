"""The search page: a query and filters in the address, hits, facets, and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from trialwright.core.errors import InputError
from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import Badge
from trialwright.interfaces.web.study.overview import phase_words, status_badge
from trialwright.registry.filters import filters
from trialwright.registry.model import Card, Filters, SearchResult
from trialwright.registry.ports import Catalogue
from trialwright.results.words import plural

PAGE_SIZE = 20
_MAX_PAGE = 500
_FACETS = {"status": "Recruitment status", "phase": "Phase", "country": "Country"}
_SHOWN_VALUES = 10
_SAYS_NOT = {
    "status": "its recruitment status",
    "phase": "its phase",
    "country": "where it takes place",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    query: str
    filters: Filters
    page: int = 1


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that narrows the search, or, where it is chosen, widens it again."""

    text: str
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One facet."""

    title: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """A study in a list."""

    address: str
    title: str
    badges: tuple[Badge, ...]
    conditions: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What the search page shows; `fault` is the one line of a query that cannot be read."""

    query: str
    hidden: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    found: str = ""
    cards: tuple[CardView, ...] = ()
    facets: tuple[FacetGroup, ...] = ()
    chosen: tuple[FacetValue, ...] = ()
    left_out: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    earlier: str = ""
    later: str = ""


def asked(pairs: Mapping[str, list[str]]) -> Asked:
    """Read an address's parameters; InputError names the one that cannot be read."""
    given = {name: [v for v in pairs.get(name, []) if v.strip()] for name in _FACETS}
    narrowed = filters(given["status"], given["phase"], given["country"])
    return Asked(" ".join(pairs.get("q", [])).strip(), narrowed, _page(pairs.get("page", [])))


def search_page(catalogue: Catalogue, wanted: Asked) -> SearchPage:
    """Run a search; InputError where the query cannot be read."""
    offset = (wanted.page - 1) * PAGE_SIZE
    result = catalogue.search(wanted.query, wanted.filters, PAGE_SIZE, offset)
    later = wanted.page < _MAX_PAGE and offset + len(result.hits) < result.total
    return SearchPage(
        query=wanted.query,
        hidden=_pairs(wanted.filters),
        found=_found(wanted, result),
        cards=tuple(card_view(hit.card) for hit in result.hits),
        facets=facet_groups(result.facets, wanted),
        chosen=_chosen(wanted),
        left_out=_left_out(result),
        advice=_advice(wanted),
        earlier=_address(wanted, wanted.page - 1) if wanted.page > 1 else "",
        later=_address(wanted, wanted.page + 1) if later else "",
    )


def faulty(pairs: Mapping[str, list[str]], error: InputError) -> SearchPage:
    """Return the page for a query that cannot be read."""
    return SearchPage(" ".join(pairs.get("q", [])), fault=str(error))


def card_view(card: Card) -> CardView:
    """Return a study as a list shows it."""
    size = f"{card.enrolment:,} participants" if card.enrolment is not None else ""
    phase = phase_words(card.phases)
    marks = (Badge("Has results", "good"),) if card.has_results else ()
    start = f"starts {card.start}" if card.start else ""
    places = ", ".join(card.countries[:3]) + (" and others" if len(card.countries) > 3 else "")
    return CardView(
        address=f"/study/{card.nct_id}",
        title=card.brief_title or "Study without a title",
        badges=(status_badge(card.status), *((Badge(phase),) if phase else ()), *marks),
        conditions=", ".join(card.conditions),
        lines=tuple(x for x in (card.nct_id, size, card.sponsor or "", start, places) if x),
    )


def facet_groups(facets: Mapping[str, Mapping[str, int]], wanted: Asked) -> tuple[FacetGroup, ...]:
    """Return the facets that have values, each value with the address that applies it."""
    return tuple(
        FacetGroup(title, _values(name, facets.get(name, {}), wanted))
        for name, title in _FACETS.items()
        if facets.get(name)
    )


def _values(name: str, counts: Mapping[str, int], wanted: Asked) -> tuple[FacetValue, ...]:
    used: tuple[str, ...] = getattr(wanted.filters, name)
    shown = [value for value in counts if value in used]
    shown += [value for value in counts if value not in used][: _SHOWN_VALUES - len(shown)]
    return tuple(_facet(name, value, counts[value], wanted) for value in shown)


def _facet(name: str, value: str, count: int, wanted: Asked) -> FacetValue:
    used: tuple[str, ...] = getattr(wanted.filters, name)
    chosen = value in used
    kept = tuple(v for v in used if v != value) if chosen else (*used, value)
    changed = {facet: getattr(wanted.filters, facet) for facet in _FACETS} | {name: kept}
    address = _address(Asked(wanted.query, Filters(**changed)), 1)
    return FacetValue(_facet_words(name, value), count, address, chosen)


def _facet_words(name: str, value: str) -> str:
    table = {"status": words.STATUS, "phase": words.PHASE}.get(name, {})
    return table.get(value, value)


def _chosen(wanted: Asked) -> tuple[FacetValue, ...]:
    return tuple(_facet(name, value, 0, wanted) for name, value in _pairs(wanted.filters))


def _found(wanted: Asked, result: SearchResult) -> str:
    noun = "study" if result.total == 1 else "studies"
    about = f" for “{wanted.query}”" if wanted.query else ""
    page = f", page {wanted.page}" if wanted.page > 1 else ""
    return f"{result.total:,} {noun}{about}{page}"


def _left_out(result: SearchResult) -> tuple[str, ...]:
    return tuple(
        f"{plural(count, 'more study', 'more studies')} would match, but the record does not say "
        f"{_SAYS_NOT.get(name, name)}; the filter leaves such records out."
        for name, count in result.left_out.items()
        if count
    )


def _advice(wanted: Asked) -> tuple[str, ...]:
    general = ("fewer or more general words", "another spelling, or the word for the whole disease")
    quoted = ("the words without quotation marks",) if '"' in wanted.query else ()
    narrowed = ("the same words without the filters",) if _pairs(wanted.filters) else ()
    return (*quoted, *narrowed, *general)


def _pairs(narrowed: Filters) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name in _FACETS for value in getattr(narrowed, name))


def _address(wanted: Asked, page: int) -> str:
    pairs = [("q", wanted.query)] if wanted.query else []
    pairs += _pairs(wanted.filters)
    pairs += [("page", str(page))] if page > 1 else []
    return f"/search?{urlencode(pairs)}" if pairs else "/search"


def _page(given: list[str]) -> int:
    text = given[0] if given else "1"
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= _MAX_PAGE:
        return int(text)
    raise InputError("page", repr(text[:40]), f"a whole number from 1 to {_MAX_PAGE}")
