"""`trialwright screen`: patients against a protocol's criteria, each answer with its evidence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.days import whole_day
from trialwright.interfaces.cli.files import read_bytes
from trialwright.interfaces.cli.output import console, messages, one_line, print_json
from trialwright.protocol.criteria_file.screened import screened_criteria
from trialwright.screening.answers import read_answers
from trialwright.screening.explain import ANSWERS, explanation, headline
from trialwright.screening.model import PatientScreening
from trialwright.screening.patients.csv_patients import TEMPLATE
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.patients.omop import OmopSource
from trialwright.screening.policy import (
    ClosedWorld,
    Policy,
    anchor_days,
    named_anchors,
    named_measures,
    validity,
)
from trialwright.screening.service import check_lifetime, document, screen_all

app = App(name="screen", help="Screen patients against a protocol's criteria.")

_AHEAD = Duration(months=12)  # a screening may be planned, not foretold
_MOST_UNREAD = 5
_STYLES = {"yes": "bold green", "no": "bold red", "undecided": "bold yellow"}


@app.default
def screen(
    protocol: Annotated[
        Path | None, Parameter(help="The trial's protocol.yaml, or a criteria file.")
    ] = None,
    patients: Annotated[
        list[str] | None,
        Parameter(
            help="FHIR R4 or R5 bundles or NDJSON (.gz too), CSV, a folder of these or of OMOP "
            "tables, or an OMOP database (postgresql://...)."
        ),
    ] = None,
    /,
    *,
    on: Annotated[str | None, Parameter(help="The day of screening; today without it.")] = None,
    closed_world: Annotated[
        str, Parameter(help="Domains where no record means none: condition,drug,procedure,...")
    ] = "",
    valid_for: Annotated[
        list[str] | None,
        Parameter(help="How long a value counts, for example lvef=P6M; may be repeated."),
    ] = None,
    anchor: Annotated[
        list[str] | None,
        Parameter(help="The day that a criterion counts from, first_infusion=2024-05-01."),
    ] = None,
    answers: Annotated[
        Path | None, Parameter(help="What people answered, by patient and criterion (JSON).")
    ] = None,
    explain: Annotated[
        bool, Parameter(help="Show every criterion with its evidence.", negative="")
    ] = False,
    json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False,
    csv_template: Annotated[
        bool, Parameter(help="Print the first line of a CSV of patients, and stop.", negative="")
    ] = False,
) -> None:
    """Say for each patient: eligible, not eligible, or undecided and what would decide.

    Nothing is printed unless every file could be read.
    """
    if csv_template:
        console.print(TEMPLATE, end="")
        return
    if protocol is None or not patients:
        raise InputError("screen", "no protocol or no patients", "both: screen PROTOCOL PATIENT...")
    today = date.today()
    day = _day(on, today) if on else today
    criteria = screened_criteria(read_bytes(protocol), str(protocol), today)
    policy = Policy(
        ClosedWorld.parse(closed_world),
        validity(valid_for or (), named_measures(criteria)),
        anchor_days(anchor or (), named_anchors(criteria)),
    )
    until = max(day, today)
    ids = [criterion.id for criterion in criteria]
    given = read_answers(read_bytes(answers), str(answers), ids, day) if answers else {}
    people = read_patients(patients, until, _warehouse)
    tell_unread(line for person in people for line in person.unread)
    check_lifetime(people, day, "--on")
    refuse_strangers(set(given) - {person.id for person in people}, answers)
    tell_future(day, today)
    screenings = screen_all(criteria, people, day, policy, answers=given)
    if json:
        print_json(document(screenings))
    elif explain:
        _print_all(screenings)
    else:
        _print_lines(screenings, day, policy)


def _print_lines(screenings: Sequence[PatientScreening], day: date, policy: Policy) -> None:
    for screening in screenings:
        answer, _, why = headline(screening).partition(":")
        console.print(_name(screening), end="  ")
        console.print(answer, style=_STYLES[screening.eligible], end="")
        console.print(f":{why}")
    counts = Counter[str](screening.eligible for screening in screenings)
    total = ", ".join(f"{counts[each]} {words}" for each, words in ANSWERS.items())
    line = f"{len(screenings)} screened on {day}: {total} ({policy})"
    console.print(line, style="dim")


def _print_all(screenings: Sequence[PatientScreening]) -> None:
    for screening in screenings:
        first, *rest = explanation(screening)
        console.print(first, style="bold")
        for line in rest:
            console.print(line, style="dim" if line.startswith("      ") else None)


def _name(screening: PatientScreening) -> str:
    return f"{screening.id} (simulated)" if screening.simulated else screening.id


def _warehouse(where: str) -> OmopSource:
    from trialwright.app.people import warehouse  # the stores load only where one is read

    return warehouse(where)


def tell_unread(unread: Iterable[str]) -> None:
    """Say what was recorded and cannot be used, the same thing once."""
    lines = dict.fromkeys(unread)
    for line in list(lines)[:_MOST_UNREAD]:
        messages.print(one_line(line), style="yellow")
    if len(lines) > _MOST_UNREAD:
        messages.print(f"and {len(lines) - _MOST_UNREAD} more of the kind", style="yellow")


def refuse_strangers(strangers: set[str], answers: Path | None) -> None:
    """Refuse answers about patients who are not there: a slip in an id would lose an answer."""
    if strangers:
        named = ", ".join(sorted(strangers)[:5])
        what = f"answers about patients that were not given: {named}"
        raise InputError(str(answers), what, "answers about these patients, by their ids")


def tell_future(day: date, today: date) -> None:
    """Say that a day is still to come: what is recorded until then can change every answer."""
    if day > today:
        line = f"--on {day} is after today, {today}: a rehearsal, on what is on record by now"
        messages.print(line, style="yellow")


def _day(text: str, today: date) -> date:
    day = whole_day(text, "--on")
    latest = _AHEAD.after(today)
    if day > latest:
        raise InputError("--on", text, f"a day up to {latest}, a year from today")
    return day
