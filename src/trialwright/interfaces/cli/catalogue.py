"""`trialwright catalogue`: fill and inspect the local catalogue of records."""

from itertools import chain
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from trialwright.app import STARTER_CATALOGUE, examples_folder, open_app, reference_record
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.record.record import Record
from trialwright.registry.fields import in_words
from trialwright.registry.intake import arrivals, files
from trialwright.registry.model import Card, CatalogueInfo, LoadSummary, SetAside
from trialwright.registry.ports import Catalogue

app = App(name="catalogue", help="Fill and inspect the local catalogue of records.")

Home = Annotated[Path | None, Parameter(help="Where the catalogue lies (or set TRIALWRIGHT_HOME).")]
Json = Annotated[bool, Parameter(help="Print one JSON document.", negative="")]

HOW_TO_FILL = (
    "the catalogue is empty; fill it with `trialwright catalogue add PATH...`, or with the "
    "trials that come with this program: `trialwright catalogue add --starter`"
)
_SET_ASIDE_SHOWN = 20
_MOST_LISTED = 1_000_000


@app.command
def add(
    *paths: Annotated[Path, Parameter(help="Files, folders, .gz or .zip of records.")],
    starter: Annotated[
        bool, Parameter(help="Add the starter catalogue of this program.", negative="")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> int:
    """Load records: API v2 JSON (one, a list, one a line), legacy XML, portal pages."""
    wanted = (*paths, *((examples_folder(STARTER_CATALOGUE),) if starter else ()))
    if not wanted:
        raise InputError("catalogue add", "no path", "files or folders of records, or --starter")
    found = files(wanted)
    if not found:
        raise InputError(", ".join(map(str, wanted)), "no records", "a folder that holds records")
    at_hand = (reference_record(),) if starter else ()
    summary = _load(open_app(home).catalogue, found, at_hand)
    if json:
        print_json(_summary_document(summary))
    else:
        _print_summary(summary)
    return 2 if summary.read == summary.all_set_aside else 0


@app.command(name="list")
def list_studies(
    *,
    limit: Annotated[int, Parameter(help="How many to list at most.")] = 50,
    after: Annotated[str, Parameter(help="List those after this number.")] = "",
    home: Home = None,
    json: Json = False,
) -> int:
    """List the studies in order of their numbers."""
    if not 0 <= limit <= _MOST_LISTED:
        raise InputError("--limit", str(limit), f"a number from 0 to {_MOST_LISTED:,}")
    catalogue = open_app(home).catalogue
    cards = catalogue.cards(limit, after.upper())
    if json:
        print_json({"studies": [card_document(card) for card in cards]})
        return 0
    total = catalogue.info().studies
    if not total:
        console.print(HOW_TO_FILL)
        return 0
    console.print(studies_table(cards))
    console.print(f"{len(cards)} of {total:,} studies")
    if cards and len(cards) == limit < total:
        console.print(f"more: trialwright catalogue list --after {cards[-1].nct_id}")
    return 0


@app.command
def info(*, home: Home = None, json: Json = False) -> int:
    """Say how much the catalogue holds, and where."""
    known = open_app(home).catalogue.info()
    if json:
        print_json(_info_document(known))
        return 0
    if not known.studies:
        console.print(f"{known.place}: {HOW_TO_FILL}")
        return 0
    console.print(f"{known.studies:,} studies, {known.older_versions:,} older versions")
    console.print(f"{known.place} ({known.bytes_on_disk / 1e6:,.1f} MB)")
    for facet, counts in known.facets.items():
        shown = ", ".join(f"{value} {count:,}" for value, count in list(counts.items())[:8])
        console.print(f"{facet}: {shown}")
    return 0


def card_document(card: Card) -> dict[str, object]:
    """Return a study of a list as its JSON document."""
    return {
        "nctId": card.nct_id,
        "briefTitle": card.brief_title,
        "overallStatus": card.status,
        "phases": card.phases,
        "conditions": card.conditions,
        "enrollment": card.enrolment,
        "leadSponsor": card.sponsor,
    }


def studies_table(cards: tuple[Card, ...]) -> Table:
    """Return studies as a table for people."""
    table = Table("number", "status", "phase", "title", box=None, header_style="bold")
    table.columns[0].no_wrap = True
    for card in cards:
        table.add_row(card.nct_id, *_words(card), card.brief_title or "(no title)")
    return table


def _words(card: Card) -> tuple[str, str]:
    status = in_words(card.status or "NOT_STATED")
    return status, "/".join(phase.removeprefix("PHASE") for phase in card.phases) or "-"


def _load(
    catalogue: Catalogue, paths: tuple[Path, ...], at_hand: tuple[Record, ...]
) -> LoadSummary:
    with Progress(
        TextColumn("reading records"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TextColumn("{task.fields[kept]:,} kept, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
        console=messages,
        transient=True,
    ) as progress:
        size = sum(path.stat().st_size for path in paths)
        task = progress.add_task("read", total=size, kept=0, rate=0.0)

        def keep(count: int) -> None:
            shown = progress.tasks[task]
            kept = shown.fields["kept"] + count
            progress.update(task, kept=kept, rate=kept / max(shown.elapsed or 0.0, 0.001))

        read = arrivals(paths, lambda n: progress.advance(task, n))
        return catalogue.add(chain(at_hand, read), keep)


def _print_summary(summary: LoadSummary) -> None:
    console.print(
        f"{summary.read:,} read: {summary.new:,} new, {summary.updated:,} updated, "
        f"{summary.unchanged:,} unchanged, {summary.all_set_aside:,} set aside"
    )
    for one in summary.set_aside[:_SET_ASIDE_SHOWN]:
        messages.print(f"set aside: {one.file}, {one.at}: {one.why}")
    rest = summary.all_set_aside - _SET_ASIDE_SHOWN
    if rest > 0:
        messages.print(f"and {rest:,} more; --json lists the first {len(summary.set_aside):,}")


def _summary_document(summary: LoadSummary) -> dict[str, object]:
    return {
        "read": summary.read,
        "new": summary.new,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "set_aside": [_set_aside_document(one) for one in summary.set_aside],
        "set_aside_more": summary.set_aside_more,
    }


def _set_aside_document(one: SetAside) -> dict[str, str]:
    return {"file": one.file, "at": one.at, "why": one.why}


def _info_document(known: CatalogueInfo) -> dict[str, object]:
    return {
        "studies": known.studies,
        "older_versions": known.older_versions,
        "place": known.place,
        "bytes": known.bytes_on_disk,
        "facets": known.facets,
    }
