"""`trialwright funnel`: where a trial loses its people, and what moving one limit would gain."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.table import Table

from trialwright.core.errors import InputError
from trialwright.interfaces.cli.days import whole_day
from trialwright.interfaces.cli.design.work import progress_bar
from trialwright.interfaces.cli.files import read_bytes, write_whole
from trialwright.interfaces.cli.output import console, print_json
from trialwright.interfaces.cli.screen import refuse_strangers, tell_future, tell_unread
from trialwright.protocol.criteria_file.screened import screened_criteria
from trialwright.screening.answers import read_answers
from trialwright.screening.attrition import Attrition, Question, of_patients, of_tables
from trialwright.screening.lexicon import project_terms
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
from trialwright.screening.relax import Limit, given_moves, limits
from trialwright.screening.service import check_lifetime

app = App(name="funnel", help="Show where a trial loses its people.")

Moves = Sequence[tuple[Limit, Decimal]] | None
_LONGEST = 60
_KEY = (
    "out: certainly; perhaps: unknown; only this: excluded by this criterion alone; without: "
    "eligible if it were left out. Two numbers: unknowns dropped, and unknowns kept."
)


@app.default
def funnel(
    protocol: Annotated[Path, Parameter(help="The trial's protocol.yaml, or a criteria file.")],
    patients: Annotated[
        list[str] | None, Parameter(help="Files or folders of patients, as `screen` reads them.")
    ] = None,
    /,
    *,
    database: Annotated[
        str | None,
        Parameter(
            help="Instead of files: a folder of tables, a DuckDB file or postgres://..., of OMOP "
            "or packed."
        ),
    ] = None,
    on: Annotated[str | None, Parameter(help="The day of screening; today without it.")] = None,
    closed_world: Annotated[
        str, Parameter(help="Domains where no record means none: condition,drug,procedure,...")
    ] = "",
    valid_for: Annotated[
        list[str] | None, Parameter(help="How long a value counts, for example lvef=P6M.")
    ] = None,
    anchor: Annotated[
        list[str] | None, Parameter(help="A day that criteria count from: first_infusion=...")
    ] = None,
    answers: Annotated[
        Path | None,
        Parameter(help="What people answered, by patient and criterion (JSON); with files only."),
    ] = None,
    relax: Annotated[
        list[str] | None,
        Parameter(help="Move one limit, lvef=45 or I4:lvef=45; without it, to what is observed."),
    ] = None,
    figure: Annotated[Path | None, Parameter(help="Draw it: a name in .svg or .png.")] = None,
    json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False,
) -> None:
    """Count who is left after each criterion, with unknowns kept and with unknowns dropped."""
    today = date.today()
    criteria = screened_criteria(read_bytes(protocol), str(protocol), today)
    policy = Policy(
        ClosedWorld.parse(closed_world),
        validity(valid_for or (), named_measures(criteria)),
        anchor_days(anchor or (), named_anchors(criteria)),
    )
    question = Question(tuple(criteria), _day(on, today), policy, project_terms())
    moved = given_moves(relax, limits(question.criteria)) if relax else None
    until = max(question.on, today)
    if patients and database:
        raise InputError("funnel", "patients and a database", "one of them")
    if not patients and not database:
        raise InputError("funnel", "neither patients nor a database", "PATIENTS, or --database")
    tell_future(question.on, today)
    if database:
        if answers:
            raise InputError("--answers", str(answers), "files of patients, not a database")
        found = _of_database(question, database, moved, until)
    else:
        found = _of_files(question, patients or (), answers, moved, until)
    if figure:
        _draw(found, figure)
    if json:
        print_json(document(found))
    else:
        _print(found)


def _of_database(question: Question, database: str, moved: Moves, until: date) -> Attrition:
    from trialwright.app.population import answering, connected

    with progress_bar("screening the population"):
        tables = connected(database, until)
        try:
            with answering(database):
                found = of_tables(question, tables, moved)
        finally:
            tables.persons.get_backend().disconnect()
    tell_unread(tables.unread)
    return found


def _of_files(
    question: Question, patients: Sequence[str], answers: Path | None, moved: Moves, until: date
) -> Attrition:
    ids = [criterion.id for criterion in question.criteria]
    given = read_answers(read_bytes(answers), str(answers), ids, question.on) if answers else {}
    people = read_patients(patients, until, _warehouse)
    tell_unread(line for person in people for line in person.unread)
    refuse_strangers(set(given) - {person.id for person in people}, answers)
    check_lifetime(people, question.on, "--on")
    with progress_bar("screening") as progress:
        return of_patients(question, people, moved, answers=given, progress=progress)


def _warehouse(where: str) -> OmopSource:
    from trialwright.app.people import warehouse  # the stores load only where one is read

    return warehouse(where)


def document(found: Attrition) -> dict[str, Any]:
    """Return what `--json` prints."""
    funnel = found.funnel
    return {
        "on": found.on.isoformat(),
        "policy": found.policy,
        "people": funnel.people,
        "simulated": funnel.simulated,
        "eligible": asdict(funnel.eligible),
        "steps": [asdict(step) for step in funnel.steps],
        "relaxed": [
            {
                "criterion": gain.limit.criterion, "limit": gain.limit.name,
                "unit": gain.limit.unit, "from": float(gain.limit.value), "to": float(gain.to),
                "gained": asdict(gain.gained),
            }
            for gain in found.gains
        ],
    }  # fmt: skip


def _print(found: Attrition) -> None:
    funnel = found.funnel
    console.print(f"{funnel.people:,} people on {found.on}{_mark(found)}; {found.policy}")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", min_width=max((len(step.id) for step in funnel.steps), default=1))
    table.add_column("reading", max_width=_LONGEST, no_wrap=True, overflow="ellipsis")
    for name in ("out", "perhaps", "left", "only this", "without"):
        table.add_column(name, justify="right", min_width=_width(name, found))
    for step in funnel.steps:
        counts = (f"{step.certainly_out:,}", f"{step.perhaps_out:,}", step.left,
                  step.only_this, step.without)  # fmt: skip
        table.add_row(step.id, step.reading, *map(str, counts))
    console.print(table)
    console.print(f"eligible: {funnel.eligible}{_mark(found)}", style="bold")
    console.print(_KEY, style="dim")
    if found.gains:
        _print_gains(found)


def _width(name: str, found: Attrition) -> int:
    """Return the width that keeps a column of counts on one line."""
    steps = found.funnel.steps
    cells = {
        "out": [f"{step.certainly_out:,}" for step in steps],
        "perhaps": [f"{step.perhaps_out:,}" for step in steps],
        "left": [str(step.left) for step in steps],
        "only this": [str(step.only_this) for step in steps],
        "without": [str(step.without) for step in steps],
    }[name]
    return max(map(len, [name, *cells]))


def _print_gains(found: Attrition) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", title="One limit moved alone",
                  title_justify="left")  # fmt: skip
    for name in ("criterion", "limit", "from", "to"):
        table.add_column(name)
    table.add_column("gained", justify="right")
    for gain in found.gains:
        limit = gain.limit
        table.add_row(limit.criterion, limit.name, f"{limit.value:f} {limit.unit}".strip(),
                      f"{gain.to.normalize():f}", str(gain.gained))  # fmt: skip
    console.print(table)


def _mark(found: Attrition) -> str:
    simulated, people = found.funnel.simulated, found.funnel.people
    if not simulated:
        return ""
    return " (simulated)" if simulated == people else f" ({simulated:,} of them simulated)"


def _draw(found: Attrition, path: Path) -> None:
    from trialwright.results.figures.design_sheet import as_file
    from trialwright.results.figures.funnel import draw_funnel

    write_whole(path, as_file(draw_funnel(found), path.suffix.lower()[1:]))


def _day(text: str | None, today: date) -> date:
    return today if text is None else whole_day(text, "--on")
