"""`trialwright analyse`: every statistic of a trial, one row each."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.table import Table as Grid

from trialwright.analysis.row import Row
from trialwright.analysis.service import analyse as rows_of
from trialwright.app import open_trial
from trialwright.core.errors import Refused
from trialwright.interfaces.cli.output import console, print_json
from trialwright.results.answers import answers
from trialwright.results.rows import Rows
from trialwright.results.tables import Table, every_table

app = App(name="analyse", help="Analyse a trial: one row per statistic.")


@app.default
def analyse(
    trial: Annotated[Path, Parameter(help="The trial's folder, or its SQLite file.")],
    /,
    *,
    json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False,
) -> None:
    """Compute every statistic that the protocol asks for from the journal.

    Refused where the journal is not whole: numbers from a changed journal mean nothing.
    """
    held = open_trial(trial)
    if not held.verification.whole:
        raise Refused("journal", "its chain is broken", f"`trialwright trial verify {trial}`")
    rows = rows_of(held.state)
    if json:
        print_json({"rows": rows})
        return
    if held.state.simulated:
        console.print("Simulated data: nothing here was observed in people.", style="bold yellow")
    for answer in answers(rows, held.state.protocol):
        console.print(f"\n{answer.question}", style="bold")
        console.print(answer.text)
    for table in every_table(held.state.protocol, Rows(rows)):
        _print(table)
    console.print(_foot(rows), style="dim")


def _print(table: Table) -> None:
    console.print(f"\n{table.caption}", style="bold")
    grid = Grid(box=None, pad_edge=False)
    grid.add_column(table.corner, overflow="fold")
    for column in table.columns:
        grid.add_column(column, justify="right" if table.numbers else "left")
    for line in table.lines:
        grid.add_row(("  " if line.indented else "") + line.heading, *line.cells)
    if table.lines:
        console.print(grid)
    if table.note:
        console.print(table.note, style="dim")


def _foot(rows: tuple[Row, ...]) -> str:
    unknown = sum(row.value is None for row in rows)
    cut = rows[0].data_cut[:12] if rows else ""
    return f"\n{len(rows)} rows, {unknown} without a value (each says why); data cut {cut}"
