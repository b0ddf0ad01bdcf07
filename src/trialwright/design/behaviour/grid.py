"""Large grids of scenarios, spread over the workers of an executor.

Any `concurrent.futures.Executor` will do: a pool of local processes (the default), or that of a
cluster, such as `dask.distributed.Client(...).get_executor()`. A task is a design with some of the
curves or trials; designs, curves and tallies are plain values, so they travel, and a worker
compiles a design once.

The answer does not depend on the executor or on how many workers it has: simulated trials come in
blocks of fixed size, each with a seed of its own (`SeedSequence`), and are summed as whole numbers;
exact curves come in blocks of fixed size too.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache, partial
from multiprocessing import get_context
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from trialwright.core.errors import Refused
from trialwright.design.behaviour.averages import Behaviour, combine
from trialwright.design.behaviour.graph import Graph, compile_graph
from trialwright.design.behaviour.progress import Progress, silent
from trialwright.design.behaviour.simulate import (
    MOST_TRIALS,
    Simulation,
    count_ends,
    simulate_directly,
)
from trialwright.design.behaviour.tally import Counts, split, tally, tally_ends
from trialwright.design.curves import Curves, TrueRates
from trialwright.design.design import Design
from trialwright.design.parameters import whole

CURVES = 16  # exact curves in a block
TRIALS = 1 << 12  # simulated trials in a block
MOST_WORKERS = 1024
_MOMENT = 0.2  # seconds
_MOST_TASKS = 256  # a task holds several blocks where there are more
LARGEST_SEED = 2**63 - 1

T = TypeVar("T")


def exact_grid(
    design: Design,
    curves: Curves,
    executor: Executor | None = None,
    *,
    progress: Progress = silent,
) -> Behaviour:
    """Return exact operating characteristics under many curves, in their order.

    Without an executor a pool of local processes works (`local_pool`), or this process where there
    is one block alone. Raises Refused where the decision graph is too large.
    """
    truth = design.truth(curves)
    blocks = [truth[i : i + CURVES] for i in range(0, len(truth), CURVES)]
    tasks = [partial(_exact, design, block) for block in blocks]
    return combine(np.concatenate, list(_run(executor, tasks, progress)), truth)


def simulate_grid(
    design: Design,
    curves: Curves,
    executor: Executor | None = None,
    *,
    trials: int,
    seed: int,
    graph: bool = True,
    progress: Progress = silent,
) -> Simulation:
    """Simulate `trials` trials under each of many curves; the same seed gives the same trials.

    Without an executor a pool of local processes works (`local_pool`), or this process where there
    is one block alone. A design whose graph is too large is asked in each state; with `graph`
    False every design is, for those of whom this is known already.
    """
    whole("trials", trials, 1, MOST_TRIALS)
    whole("seed", seed, 0, LARGEST_SEED)
    truth = design.truth(curves)
    tasks = [
        partial(_simulated, design, truth[curve : curve + 1], (seed, curve), blocks, graph)
        for curve in range(len(truth))
        for blocks in _blocks(trials, len(truth))
    ]
    sums, states = zip(*_run(executor, tasks, progress), strict=True)
    totals = np.array(sums).reshape(len(truth), -1, len(sums[0])).sum(axis=1)
    means = split(totals / trials, design.doses, design.method.responses)
    return Simulation(means.behaviour(truth), trials, states[0])


def local_pool(workers: int | None = None) -> ProcessPoolExecutor:
    """Return a pool of processes on this machine, one per processor where no number is given.

    Each starts afresh (`spawn`), so a script that makes one needs `if __name__ == "__main__":`.
    Left by an error or an interrupt (`with`), the pool ends at once, whatever its workers do.
    """
    count = (os.cpu_count() or 1) if workers is None else whole("workers", workers, 1, MOST_WORKERS)
    return _LocalPool(count, mp_context=get_context("spawn"), initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Let the process that made the pool answer Ctrl-C: it ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _LocalPool(ProcessPoolExecutor):
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.shutdown()
            return
        workers = tuple((self._processes or {}).values())  # terminate_workers() from Python 3.14 on
        self.shutdown(wait=False, cancel_futures=True)
        for worker in workers[:1]:
            worker.join(_MOMENT)  # the pool's own thread forgets what is cancelled meanwhile
        for worker in workers:
            worker.terminate()


class ThisProcess(Executor):
    """An executor that does each task here, when its result is asked for."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Return a result to be worked out."""
        return _Postponed(partial(fn, *args, **kwargs))


class _Postponed(Future[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self._work = work

    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            self.set_result(self._work())
        return super().result(timeout)


def _run(
    executor: Executor | None, tasks: Sequence[Callable[[], T]], progress: Progress
) -> Iterator[T]:
    """Yield the tasks' results in order; what is not begun is cancelled when one fails."""
    with _executor(executor, len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            for done, future in enumerate(futures, 1):
                yield future.result()
                progress(done, len(futures))
        finally:
            for future in futures:
                future.cancel()


def _executor(executor: Executor | None, tasks: int) -> AbstractContextManager[Executor]:
    """Return what the tasks run on; only a pool made here is closed at the end."""
    if executor is not None:
        return nullcontext(executor)
    return local_pool() if tasks > 1 else ThisProcess()


def _blocks(trials: int, curves: int) -> list[tuple[tuple[int, int], ...]]:
    """Return (number, trials) of every block of a curve, in as many groups as there are tasks."""
    count = -(-trials // TRIALS)
    sizes = [(number, min(TRIALS, trials - number * TRIALS)) for number in range(count)]
    together = -(-count * curves // _MOST_TASKS)
    return [tuple(sizes[i : i + together]) for i in range(0, count, together)]


def _exact(design: Design, truth: TrueRates) -> Behaviour:
    return _graph(design).exact(truth)


def _simulated(
    design: Design,
    curve: TrueRates,
    seeds: tuple[int, int],
    blocks: tuple[tuple[int, int], ...],
    walked: bool,
) -> tuple[Counts, int | None]:
    """Return sums over the trials of some blocks (columns,), and the states of the graph."""
    seed, number = seeds
    graph = _compiled(design) if walked else None
    rngs = [
        np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, block)))
        for block, _ in blocks
    ]
    runs = [(trials, rng) for (_, trials), rng in zip(blocks, rngs, strict=True)]
    if not isinstance(graph, Graph):
        return np.sum([_asked(design, curve, trials, rng) for trials, rng in runs], axis=0), None
    ends = [count_ends(graph, curve, trials=trials, rng=rng) for trials, rng in runs]
    return np.sum(ends, axis=0) @ _tally_ends(design), len(graph)


def _asked(design: Design, curve: TrueRates, trials: int, rng: np.random.Generator) -> Counts:
    ends = simulate_directly(design, curve, trials=trials, rng=rng)
    concluded = design.concluded(ends)
    sums: Counts = tally(ends, concluded.selection, concluded.early).sum(axis=0)
    return sums


@lru_cache(maxsize=1)
def _compiled(design: Design) -> Graph | Refused:
    """Return the design's graph, or why it has none; a worker keeps the last one."""
    try:
        return compile_graph(design)
    except Refused as refusal:
        return refusal


def _graph(design: Design) -> Graph:
    graph = _compiled(design)
    if isinstance(graph, Refused):
        raise graph
    return graph


@lru_cache(maxsize=1)
def _tally_ends(design: Design) -> Counts:
    """Return the tally of each final state of the design's graph (ends, columns)."""
    return tally_ends(_graph(design))
