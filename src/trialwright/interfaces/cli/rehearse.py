"""`trialwright rehearse`: a whole trial with simulated patients and staff."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from trialwright.app import open_journal
from trialwright.app.rehearsed_folder import rehearse_into
from trialwright.conduct.escalation import load_with_design
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import Verification
from trialwright.conduct.model import TrialState
from trialwright.conduct.service import verify
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.days import whole_day
from trialwright.interfaces.cli.files import read_bytes
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.rehearsal.scenario import default_scenario

app = App(name="rehearse", help="Run a whole trial with simulated patients.")


@app.default
def rehearse(
    protocol: Annotated[Path, Parameter(help="The protocol (protocol.yaml).")],
    /,
    *,
    out: Annotated[Path, Parameter(help="The folder to write.")],
    seed: Annotated[int, Parameter(help="The same seed gives the same trial, byte for byte.")] = 1,
    start: Annotated[str, Parameter(help="The trial's first day.")] = "2030-01-07",
    force: Annotated[
        bool, Parameter(help="Replace a folder that an earlier rehearsal wrote.", negative="")
    ] = False,
    json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False,
) -> None:
    """Rehearse a protocol: screening, dosing, gates, visits and safety, all simulated.

    Nothing in the folder was observed in people, and every file that holds data says so.
    """
    if seed < 0:
        raise InputError("--seed", str(seed), "a whole number from 0")
    plan, _, _ = load_with_design(read_bytes(protocol), str(protocol), date.today())
    first = whole_day(start, "--start")
    with _bar() as bar:
        task = bar.add_task("opening the trial", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        scenario = default_scenario()
        folder = rehearse_into(out, plan, scenario, seed, first, progress, force=force)
    with open_journal(folder.journal) as journal:
        state, found = fold(journal.read(), journal.where), verify(journal)
    if json:
        print_json(_document(folder.journal, seed, state, found))
    else:
        _print(folder.journal, state, found)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=messages,
        transient=True,
    )


def _document(journal: Path, seed: int, state: TrialState, found: Verification) -> dict[str, Any]:
    return {
        "journal": str(journal),
        "seed": seed,
        "simulated": state.simulated,
        "screened": len(state.screened),
        "enrolled": len(state.subjects),
        "gates": [
            {"outcomes": gate.outcomes, "recommended_dose": gate.recommended_dose}
            for gate in state.gates
        ],
        "stopped": state.stopped,
        "whole": found.whole,
        "events": found.events,
        "head": found.head,
    }


def _print(journal: Path, state: TrialState, found: Verification) -> None:
    console.print("Simulated data: nothing here was observed in people.", style="bold yellow")
    console.print(
        f"{len(state.screened)} people screened, {len(state.subjects)} enrolled in "
        f"{len(state.cohorts)} cohorts"
    )
    for gate in state.gates:
        level = gate.recommended_dose
        wish = f"level {level}" if level else "stop" if gate.recommended_stop else "no more cohorts"
        console.print(f"  gate {gate.gate}: {gate.outcomes}: {wish}")
    console.print(f"{found.events} events, head {found.head[:12]}: {journal}")
    console.print(f"look further: trialwright trial status {journal.parent}")
