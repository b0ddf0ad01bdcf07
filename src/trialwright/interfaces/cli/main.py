"""The command line: each command lives in a module of its own, loaded only when it is called."""

import os
import sys
import traceback
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from trialwright import __version__
from trialwright.core.errors import InputError, Refused
from trialwright.interfaces.cli.output import messages, one_line

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
    "funnel": ("funnel", "Show where a trial loses its people, and what one limit would gain."),
    "population": ("population", "Patients as tables of a database, and verdicts on them all."),
    "match": ("match", "Match one patient against the catalogue."),
    "design": (
        "design",
        "Dose escalation: decide, recommend, table, paths, exact, simulate, compare, small, "
        "picture.",
    ),
    "rehearse": ("rehearse", "Run a whole trial with simulated patients."),
    "trial": ("trial", "A trial's journal: status, gate, verify."),
    "analyse": ("analyse", "Analyse a trial: one row per statistic."),
    "serve": ("serve", "Serve the web workspace on this machine."),
}


app = App(
    name="trialwright",
    help="Run an early-phase clinical trial from its registry record to its posted results.",
    version=__version__,
    suppress_keyboard_interrupt=False,  # `run` reports it
)
for _name, (_module, _help) in COMMANDS.items():
    app.command(f"trialwright.interfaces.cli.{_module}:app", name=_name, help=_help)


def main() -> None:
    """Run a command; report a wrong input or a refusal in one line."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status: 0 done, 1 no, 2 wrong input, 3 a fault of ours."""
    try:
        status = app(
            arguments, exit_on_error=False, print_error=False, result_action="return_value"
        )
    except InputError as error:
        return _report(f"error: {error}", 2)
    except Refused as error:
        return _report(f"refused: {error}", 1)
    except CycloptsError as error:
        return _report(f"error: {error}", 2)
    except KeyboardInterrupt:
        return _report("stopped", 130)
    except BrokenPipeError:  # the reader, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = str(error.filename or "this machine")
        return _report(f"error: {place}: {error.strerror or error}; wanted it to work", 2)
    except Exception as error:
        # A fault of the program must not look like an answer: 1 would say "no".
        if "TRIALWRIGHT_DEBUG" in os.environ:
            traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        hint = "TRIALWRIGHT_DEBUG=1 shows where; please report it"
        return _report(f"fault: the program failed ({what}); {hint}", 3)
    return status if isinstance(status, int) else 0


def _report(line: str, status: int) -> int:
    messages.print(one_line(line), style="bold red")
    return status
