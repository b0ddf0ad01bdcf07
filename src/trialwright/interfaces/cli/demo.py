"""`trialwright demo`: the main job on the reference trial, one line per step."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from trialwright.app import REFERENCE_EXAMPLE, examples_folder
from trialwright.app.main_job import Finished, run_main_job
from trialwright.interfaces.cli.output import console, print_json

app = App(name="demo", help="Run the main job on the reference trial, with simulated patients.")


@app.default
def demo(
    *,
    out: Annotated[Path, Parameter(help="The folder to write.")] = Path("demo"),
    example: Annotated[Path | None, Parameter(help="Another example's folder.")] = None,
    force: Annotated[
        bool, Parameter(help="Replace the folder of an earlier run.", negative="")
    ] = False,
    json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False,
) -> int:
    """Run one trial from its registry page to its results section."""
    source = example or examples_folder(REFERENCE_EXAMPLE)
    started = time.monotonic()

    def say(step: str, outcome: str) -> None:
        if not json:
            seconds = time.monotonic() - started
            console.print(f"{step:<10}", end="", style="bold")
            console.print(f"{seconds:5.1f} s  {outcome}")

    finished = run_main_job(source, out, say, force=force)
    if json:
        print_json(_document(finished))
    else:
        _tell(finished)
    return 0 if finished.verification.whole else 1


def _document(finished: Finished) -> dict[str, object]:
    return {
        "simulated": True,
        "folder": str(finished.folder.path),
        "answers": [{"question": a.question, "answer": a.text} for a in finished.answers],
        "events": finished.verification.events,
        "head": finished.verification.head,
    }


def _tell(finished: Finished) -> None:
    for answer in finished.answers:
        console.print(f"\n{answer.question}", style="bold")
        console.print(answer.text)
    folder = finished.folder
    console.print(
        "\nAll patients are simulated; nothing here was observed in people.", style="yellow"
    )
    console.print(f"\nThe report       {folder.report}")
    console.print(f"The record       {folder.record}")
    console.print(f"The journal      {folder.journal}")
    console.print(f"Look further     {_program()} serve {folder.path}")
    console.print(f"Check the chain  {_program()} trial verify {folder.path}")


def _program() -> str:
    """Return how this program is called: by its name where the shell would find it."""
    if shutil.which("trialwright"):
        return "trialwright"
    return f"{os.path.relpath(sys.executable)} -m trialwright"
