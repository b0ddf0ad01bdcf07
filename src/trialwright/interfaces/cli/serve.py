"""`trialwright serve`: the web workspace on this machine."""

import logging
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from cyclopts import App as Command
from cyclopts import Parameter
from rich.logging import RichHandler

from trialwright.app import (
    STARTER_CATALOGUE,
    App,
    CriteriaShelf,
    examples_folder,
    open_app,
    open_criteria,
    open_trial,
    reference_record,
)
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.output import console, messages
from trialwright.interfaces.web.criteria.right import Editing, GivenAtStart
from trialwright.interfaces.web.patient_door import PunctualProtocol
from trialwright.interfaces.web.site import site
from trialwright.protocol.criteria_file.actions import Signed
from trialwright.protocol.criteria_file.service import require_sound
from trialwright.registry.intake import arrivals, files

app = Command(name="serve", help="Serve the web workspace on this machine.")

_ADDRESS = "127.0.0.1"  # never another: the workspace has no sign-on


@app.default
def serve(
    *trials: Annotated[Path, Parameter(help="Folders of trials to show.")],
    port: Annotated[int, Parameter(help="The port to listen on; 0 takes a free one.")] = 8765,
    home: Annotated[
        Path | None, Parameter(help="Where the catalogue lies (or set TRIALWRIGHT_HOME).")
    ] = None,
    editor: Annotated[
        str, Parameter(help="Who may edit criteria in the browser, by name; nobody without it.")
    ] = "",
    criteria: Annotated[
        tuple[Path, ...],
        Parameter(help="A criteria file or protocol to show and edit.", negative=""),
    ] = (),
    access_log: Annotated[
        bool, Parameter(help="Print method, path and status of every request.", negative="")
    ] = False,
) -> int:
    """Show search, study pages and trials in a browser, until Ctrl-C.

    Only this machine can reach it. An empty catalogue is filled with the trials that come with
    this program. Whoever is named with --editor signs every change of a criterion that is made in
    the browser; a study without a criteria file gets one in the home folder.
    """
    editing = editing_as(editor)
    desk = open_app(home, trials)
    check_trials(desk)
    shelf = CriteriaShelf(desk.home, checked_criteria(criteria))
    fill_if_empty(desk)
    with listening(port) as door:
        taken = door.getsockname()[1]
        _log_to_terminal(access_log)
        console.print(f"Trialwright is at http://{_ADDRESS}:{taken}/ (stop with Ctrl-C)")
        _run(site(desk, taken, replace(editing, shelf=shelf)), door)
    console.print("stopped")
    return 0


def editing_as(name: str) -> Editing:
    """Return the right of a person, or of nobody; InputError for a name that cannot sign."""
    if name:
        Signed(name, datetime.now(UTC))
    return Editing(right=GivenAtStart(name))


def checked_criteria(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the criteria files; InputError for one that does not hold or names no study."""
    seen: dict[str, Path] = {}
    for path in paths:
        held = open_criteria(path)
        require_sound(held.document)
        if held.nct_id is None:
            raise InputError(str(path), "no NCT number", "`nct_id:` under `source:`")
        if held.nct_id in seen:
            what = f"{held.nct_id} once more, as in {seen[held.nct_id]}"
            raise InputError(str(path), what, "one file for each study")
        seen[held.nct_id] = path
    return paths


def check_trials(desk: App) -> None:
    """Read every trial once; InputError for one that cannot be read, or that is there twice."""
    seen: dict[str, Path] = {}
    for path in desk.trials:
        nct_id = open_trial(path).nct_id
        if nct_id in seen:
            raise InputError(
                str(path), f"{nct_id} once more, as in {seen[nct_id]}", "one folder for each trial"
            )
        seen[nct_id] = path


def fill_if_empty(desk: App) -> None:
    """Load the records that come with this program into a catalogue that holds nothing."""
    if desk.catalogue.info().studies:
        return
    starter = arrivals(files((examples_folder(STARTER_CATALOGUE),)))
    summary = desk.catalogue.add([reference_record(), *starter])
    messages.print(f"the catalogue was empty: {summary.new} starter records added")


def listening(port: int) -> socket.socket:
    """Return a socket that listens on this machine; InputError where the port is taken."""
    if not 0 <= port <= 65535:
        raise InputError("--port", str(port), "a number from 0 to 65535")
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((_ADDRESS, port))
        door.listen()
    except OSError as error:
        door.close()
        what = f"{port} cannot be used ({error.strerror})"
        raise InputError("--port", what, "a port that is free") from error
    return door


def _run(workspace: Any, door: socket.socket) -> None:
    config = uvicorn.Config(
        workspace,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=PunctualProtocol,
        ws="none",
        timeout_graceful_shutdown=3,
    )
    with suppress(KeyboardInterrupt):  # uvicorn shuts down in order, then passes the signal on
        uvicorn.Server(config).run(sockets=[door])


def _log_to_terminal(access_log: bool) -> None:
    handler = RichHandler(console=messages, show_path=False, markup=False, rich_tracebacks=False)
    for name, level in (("trialwright.access", logging.INFO), ("trialwright.web", logging.ERROR)):
        if name != "trialwright.access" or access_log:
            logger = logging.getLogger(name)
            logger.addHandler(handler)
            logger.setLevel(level)
