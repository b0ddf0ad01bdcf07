"""`trialwright match`: one patient against the catalogue, each study with its reasons."""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from trialwright.app import open_app
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.catalogue import HOW_TO_FILL, Home, Json
from trialwright.interfaces.cli.days import whole_day
from trialwright.interfaces.cli.files import read_bytes, read_stream
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.interfaces.cli.screen import tell_unread
from trialwright.registry.fields import in_words
from trialwright.registry.filters import filters
from trialwright.registry.ports import Catalogue
from trialwright.screening.explain import ANSWERS, shortened
from trialwright.screening.lexicon import project_terms
from trialwright.screening.match.document import LEFT_OUT_WORDS, document
from trialwright.screening.match.model import (
    CANDIDATES,
    OPEN_STATUSES,
    MatchHit,
    MatchResult,
    Reach,
    Sought,
)
from trialwright.screening.match.order import TIERS
from trialwright.screening.match.query import sought_of, sought_of_note
from trialwright.screening.match.service import match_patient
from trialwright.screening.model import Patient
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.patients.narrative import LARGEST, read_note
from trialwright.screening.patients.narrative_terms import note_terms
from trialwright.screening.patients.omop import OmopSource
from trialwright.screening.service import check_lifetime
from trialwright.screening.terms import Terms

app = App(name="match", help="Match one patient against the catalogue.")

_ANY = "any"
_MOST = 10_000
_NOTES = (".txt", ".md", ".note")
_STYLES = {"yes": "bold green", "no": "bold red", "undecided": "bold yellow"}
_REASONS_SHOWN = 6
_OPEN_SHOWN = 12


@app.default
def match(
    patient: Annotated[
        str,
        Parameter(
            help="A patient as `screen` reads them, or a note in words (*.txt; - reads it from "
            "standard input).",
            allow_leading_hyphen=True,
        ),
    ],
    /,
    *,
    person: Annotated[
        str | None, Parameter(name="--patient", help="Which one, where PATIENT holds several.")
    ] = None,
    on: Annotated[str | None, Parameter(help="The day of matching; today without it.")] = None,
    status: Annotated[
        str,
        Parameter(help="Statuses that count, with commas; `any` for all. Open ones without it."),
    ] = ",".join(OPEN_STATUSES),
    limit: Annotated[int, Parameter(help="How many studies to show.")] = 20,
    candidates: Annotated[
        int, Parameter(help="How many studies to read, the best by text.")
    ] = CANDIDATES,
    home: Home = None,
    json: Json = False,
) -> int:
    """Say which studies a patient may fit, with the criteria that hold, fail and stay open."""
    day = whole_day(on, "--on") if on else date.today()
    reach = Reach(_statuses(status), _number(candidates, "--candidates"), _number(limit, "--limit"))
    sought, terms = _sought(patient, person, day)
    check_lifetime((sought.patient,), day, "--on")
    tell_unread(sought.patient.unread)
    catalogue = open_app(home).catalogue
    result = _matched(catalogue, sought, day, terms, reach)
    if json:
        print_json(document(result, day))
    elif not result.studies:
        console.print(HOW_TO_FILL)
    else:
        _print(result, day)
    return 0


def _matched(
    catalogue: Catalogue, sought: Sought, day: date, terms: Terms, reach: Reach
) -> MatchResult:
    with Progress(
        TextColumn("reading studies"),
        BarColumn(),
        MofNCompleteColumn(),
        console=messages,
        transient=True,
    ) as progress:
        task = progress.add_task("read", total=reach.candidates)
        return match_patient(
            catalogue, sought, day, terms, reach, lambda n: progress.advance(task, n)
        )


def _sought(named: str, person: str | None, day: date) -> tuple[Sought, Terms]:
    if named == "-" or named.lower().endswith(_NOTES):
        if person is not None:
            raise InputError("--patient", person, "no such option with a note about one person")
        name = "standard input" if named == "-" else named
        note = read_note(_text(named, name), day, name)
        return sought_of_note(note), note_terms(project_terms())
    people = read_patients([named], max(day, date.today()), _warehouse)
    return sought_of(_one(people, person, named), project_terms()), project_terms()


def _one(people: Iterable[Patient], person: str | None, named: str) -> Patient:
    found = [each for each in people if person is None or each.id == person]
    if len(found) == 1:
        return found[0]
    if person is not None:
        raise InputError("--patient", repr(person), f"a patient of {named}")
    wanted = "one, or --patient with one of their ids"
    raise InputError(named, f"{len(found)} patients", wanted)


def _warehouse(where: str) -> OmopSource:
    from trialwright.app.people import warehouse  # the stores load only where one is read

    return warehouse(where)


def _text(named: str, name: str) -> str:
    data = read_stream(sys.stdin.buffer, name) if named == "-" else read_bytes(Path(named))
    wanted = "a clinical note in UTF-8"
    if len(data) > 4 * LARGEST:
        raise InputError(name, f"{len(data):,} bytes", wanted)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}, byte {error.start}", "not UTF-8 text", wanted) from error


def _statuses(text: str) -> tuple[str, ...]:
    if text.strip().lower() == _ANY:
        return ()
    named = [name for name in text.split(",") if name.strip()]
    if not named:
        raise InputError("--status", repr(text), f"statuses with commas, or {_ANY}")
    return filters(status=named).status


def _number(value: int, option: str) -> int:
    if not 1 <= value <= _MOST:
        raise InputError(option, str(value), f"a number from 1 to {_MOST:,}")
    return value


# --- for people ----------------------------------------------------------------------------------


def _print(result: MatchResult, day: date) -> None:
    for note in result.notes:
        console.print(f"note: {note}", style="dim")
    for place, hit in enumerate(result.hits, start=1):
        _print_hit(place, hit)
    counts = ", ".join(f"{result.tiers[tier]} {ANSWERS[tier]}" for tier in TIERS)
    console.print(
        f"{result.patient} on {day}: {result.considered:,} of {result.studies:,} studies read "
        f"({counts}), {len(result.hits):,} shown",
        style="bold",
    )
    for gate, count in sorted(result.gates.items()):
        console.print(f"  {count:,} of them closed by {gate}")
    for why, count in result.left_out.items():
        if count:
            console.print(f"  {count:,} not read: {LEFT_OUT_WORDS[why]}")
    if result.words_left_out:
        console.print(f"  {result.words_left_out} words of the patient were not searched for")


def _print_hit(place: int, hit: MatchHit) -> None:
    console.print(f"{place:>3}. ", end="")
    console.print(ANSWERS[hit.eligible], style=_STYLES[hit.eligible], end="")
    status = in_words(hit.card.status or "NOT_STATED")
    console.print(f"  {hit.card.nct_id}  {hit.card.brief_title or '(no title)'} ({status})")
    reasons = hit.reasons()
    for line in reasons[:_REASONS_SHOWN]:
        console.print(f"       {shortened(line, 140)}")
    if len(reasons) > _REASONS_SHOWN:
        console.print(f"       and {len(reasons) - _REASONS_SHOWN} more", style="dim")
    if opened := hit.open_ids:
        more = f" and {len(opened) - _OPEN_SHOWN} more" if len(opened) > _OPEN_SHOWN else ""
        console.print(f"       open: {', '.join(opened[:_OPEN_SHOWN])}{more}", style="dim")
