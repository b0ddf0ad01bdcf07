"""`trialwright search`: search the catalogue."""

from typing import Annotated

from cyclopts import App, Parameter

from trialwright.app import open_app
from trialwright.interfaces.cli.catalogue import (
    HOW_TO_FILL,
    Home,
    Json,
    card_document,
    studies_table,
)
from trialwright.interfaces.cli.output import console, print_json
from trialwright.registry.filters import filters
from trialwright.registry.model import SearchResult

app = App(name="search", help="Search the catalogue.")

_FACET_VALUES_SHOWN = 5


@app.default
def search(
    *query: Annotated[str, Parameter(help='Words, "phrases", AND, OR, NOT, ALL, parentheses.')],
    status: Annotated[tuple[str, ...], Parameter(help="RECRUITING and the like; any of.")] = (),
    phase: Annotated[tuple[str, ...], Parameter(help="PHASE1 and the like; any of.")] = (),
    country: Annotated[tuple[str, ...], Parameter(help="A country's name; any of.")] = (),
    limit: Annotated[int, Parameter(help="How many hits to show.")] = 20,
    home: Home = None,
    json: Json = False,
) -> int:
    """Find studies; without a query, all that the filters let through."""
    catalogue = open_app(home).catalogue
    result = catalogue.search(" ".join(query), filters(status, phase, country), limit)
    if json:
        print_json(document(result))
    elif not result.total and not catalogue.info().studies:
        console.print(HOW_TO_FILL)
    else:
        _print(result)
    return 0


def document(result: SearchResult) -> dict[str, object]:
    """Return a search result as its JSON document."""
    return {
        "total": result.total,
        "hits": [{**card_document(hit.card), "score": hit.score} for hit in result.hits],
        "facets": result.facets,
        "left_out": result.left_out,
    }


def _print(result: SearchResult) -> None:
    if not result.total:
        console.print("no study matches; fewer words or fewer filters find more")
    else:
        console.print(studies_table(tuple(hit.card for hit in result.hits)))
        console.print(f"{len(result.hits)} of {result.total:,} studies")
    for facet, counts in result.facets.items():
        if counts:
            shown = list(counts.items())[:_FACET_VALUES_SHOWN]
            values = ", ".join(f"{value} {count:,}" for value, count in shown)
            console.print(f"{facet}: {values}")
    for field, count in result.left_out.items():
        if count:
            console.print(f"{count:,} more match, but their records state no {field}")
