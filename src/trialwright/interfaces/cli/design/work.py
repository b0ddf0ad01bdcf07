"""Long work of the design commands: who does it, and a bar that shows how far it is."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from trialwright.core.errors import InputError
from trialwright.design.behaviour.grid import MOST_WORKERS, ThisProcess, local_pool
from trialwright.interfaces.cli.output import messages


@contextmanager
def executor_of(workers: int) -> Iterator[Executor]:
    """Give an executor of so many processes; one needs no further process."""
    if not 1 <= workers <= MOST_WORKERS:
        raise InputError("--workers", str(workers), f"a whole number from 1 to {MOST_WORKERS}")
    with ThisProcess() if workers == 1 else local_pool(workers) as executor:
        yield executor


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr while a terminal watches; give the function that moves it."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=None)

        def move(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield move
