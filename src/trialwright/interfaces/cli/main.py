"""The command line: each command lives in a module of its own, loaded only when it is called."""

import importlib
import os
import sys

import click
import typer
from typer.core import TyperGroup

from trialwright import __version__
from trialwright.core.errors import InputError, Refused
from trialwright.interfaces.cli.output import messages

# command: (module that holds it as `app`, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "demo",
        "Run the main job: the reference trial from its registry page to its results.",
    ),
    "record": ("record", "Show, convert or complete one registry record."),
    "catalogue": ("catalogue", "Fill and inspect the local catalogue of records."),
    "search": ("search", "Search the catalogue."),
    "related": ("related", "List trials related to one trial."),
    "criteria": ("criteria", "Read eligibility text into criteria."),
    "protocol": ("protocol", "Draft and check a protocol."),
    "screen": ("screen", "Screen patients against a protocol's criteria."),
    "design": ("design", "Dose escalation: decide, table, paths, exact."),
    "rehearse": ("rehearse", "Run a whole trial with simulated patients."),
    "trial": ("trial", "A trial's journal: status, gate, verify."),
    "analyse": ("analyse", "Analyse a trial: one row per statistic."),
    "serve": ("serve", "Serve the web workspace on this machine."),
}


class LazyGroup(TyperGroup):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, help_line = COMMANDS[cmd_name]
        if ctx.resilient_parsing or "--help" in sys.argv[1:2] or len(sys.argv) == 1:
            return click.Command(cmd_name, help=help_line)
        loaded = importlib.import_module(f"trialwright.interfaces.cli.{module}")
        command: click.Command = typer.main.get_command(loaded.app)
        return command


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False)


@app.callback(invoke_without_command=True)
def root(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Run an early-phase clinical trial from its registry record to its posted results."""
    if version:
        typer.echo(f"trialwright {__version__}")
        raise typer.Exit


def main() -> None:
    """Run a command; report a wrong input or a refusal in one line."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status: 0 done, 1 answer is no, 2 wrong input or call."""
    command = typer.main.get_command(app)
    try:
        status = command.main(arguments, prog_name="trialwright", standalone_mode=False)
    except InputError as error:
        messages.print(f"error: {error}", style="bold red", markup=False)
        return 2
    except Refused as error:
        messages.print(f"refused: {error}", style="bold red", markup=False)
        return 1
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        messages.print("stopped", markup=False)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0
