"""`trialwright population`: patients as tables of a database, and verdicts on all of them."""

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from trialwright.core.errors import InputError
from trialwright.interfaces.cli.output import console
from trialwright.screening.patients.folder import read_patients

app = App(name="population", help="Patients as tables of a database.")


@app.command
def pack(
    patients: Annotated[list[str], Parameter(help="Files or folders, as `screen` reads them.")],
    /,
    *,
    out: Annotated[Path, Parameter(help="A folder for the five Parquet files.")],
) -> None:
    """Write patients as the five tables that `funnel --database` reads."""
    from trialwright.app.people import warehouse
    from trialwright.app.population import packed

    people = read_patients(patients, date.today(), warehouse)
    if not people:
        raise InputError("population pack", "no patients", "at least one")
    packed(people, out)
    console.print(f"wrote {out}: {len(people):,} patients in five tables")
