"""Long work of the design commands: who does it, how far it is, what is done beyond the graph."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from trialwright.core.errors import InputError, Refused
from trialwright.design import Design
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.grid import (
    LARGEST_SEED,
    MOST_WORKERS,
    ThisProcess,
    exact_grid,
    local_pool,
    simulate_grid,
)
from trialwright.design.behaviour.simulate import MOST_TRIALS, Simulation
from trialwright.design.curves import TrueRates
from trialwright.design.timed.simulate import TimedSimulation
from trialwright.interfaces.cli.output import messages

TRIALS = 10_000  # under each curve, where nothing else is stated
SEED = 1


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """Exact operating characteristics, and the states of the graph that they come from."""

    behaviour: Behaviour
    states: int


def exact_or_simulated(
    design: Design, curves: TrueRates, *, workers: int = 1, trials: int, seed: int
) -> Exact | Simulation:
    """Return exact figures; a design whose graph is too large is simulated, and stderr says so."""
    check_work(workers, trials, seed)
    try:
        with progress_bar("compiling the decision graph") as progress:
            graph = compile_graph(design, progress=progress)
    except Refused as refusal:
        messages.print(f"no exact figures ({refusal.why}): simulated without the graph instead")
        return simulated(design, curves, workers=workers, trials=trials, seed=seed, graph=False)
    if workers == 1:
        return Exact(graph.exact(curves), len(graph))
    with executor_of(workers) as executor, progress_bar("curves") as progress:
        return Exact(exact_grid(design, curves, executor, progress=progress), len(graph))


def simulated(
    design: Design,
    curves: TrueRates,
    *,
    workers: int = 1,
    trials: int,
    seed: int,
    graph: bool = True,
) -> Simulation:
    """Simulate: the same seed gives the same trials, whichever command asks."""
    check_work(workers, trials, seed)
    with executor_of(workers) as pool, progress_bar("simulating") as progress:
        return simulate_grid(
            design, curves, pool, trials=trials, seed=seed, graph=graph, progress=progress
        )


def check_work(workers: int, trials: int, seed: int) -> None:
    """Raise InputError naming the option that is out of range."""
    for option, value, least, most in (
        ("--workers", workers, 1, MOST_WORKERS),
        ("--trials", trials, 1, MOST_TRIALS),
        ("--seed", seed, 0, LARGEST_SEED),
    ):
        if not least <= value <= most:
            raise InputError(option, str(value), f"a whole number from {least} to {most}")


def known_errors(done: Simulation | TimedSimulation) -> list[list[float | None]]:
    """Return the standard error of each selection, by curve.

    None where it is not known: from one trial, or where none or all of them select the level.
    """
    return [
        [error if error > 0 else None for error in curve] for curve in done.standard_error.tolist()
    ]


def error_note(done: Simulation | TimedSimulation, seed: int) -> str:
    """Say how many trials were simulated, and how far a selection may be off."""
    known = [error for curve in known_errors(done) for error in curve]
    errors = [error for error in known if error is not None]
    trials = "1 simulated trial" if done.trials == 1 else f"{done.trials:,} simulated trials"
    largest = f"at most {100 * max(errors):.2f} points" if errors else "not known"
    note = f"{trials} per curve, seed {seed}; standard error of a selection {largest}"
    if len(errors) == len(known) or done.trials == 1:
        return f"{note}."
    bound = 100 * min(1.0, 3 / done.trials)
    return f"{note}; one of 0 or 100 % may be off by {bound:.2g} points (rule of three)."


@contextmanager
def executor_of(workers: int) -> Iterator[Executor]:
    """Give an executor of so many processes; one needs no further process."""
    try:
        pool = ThisProcess() if workers == 1 else local_pool(workers)
    except OSError as error:  # a machine without shared memory, for instance
        what = f"no processes to share the work ({error.strerror})"
        raise InputError("--workers", what, "--workers 1, on this machine") from error
    with pool as executor:
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
