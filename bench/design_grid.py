"""Speed of scenario grids: one process, a local pool, a Dask cluster; and of paired comparison.

No peer package spreads exact operating characteristics, so the ratios are those of the same work
in one process. A pool's processes start afresh, and each compiles the design once: the first run
shows what that costs, the second what remains.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from time import perf_counter

import numpy as np

from measure import peak_memory
from trialwright.design import boin, cohorts, no_skipping
from trialwright.design.behaviour.compare import compare
from trialwright.design.behaviour.grid import ThisProcess, exact_grid, local_pool, simulate_grid

DESIGN = boin(target=0.3, doses=6) | cohorts("3x12")
CURVES = np.sort(np.random.default_rng(1).random((400, 6)), axis=1)
TRIALS = 250_000
SIMULATED = CURVES[:8]
WORKERS = min(4, os.cpu_count() or 1)


@contextmanager
def dask_executor() -> Iterator[Executor | None]:
    """Give a local cluster's executor, None where the extra `dask` is not installed."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        yield None
        return
    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
        client.get_executor() as executor,
    ):
        yield executor


def seconds(work: object, *args: object, **named: object) -> float:
    start = perf_counter()
    work(*args, **named)  # type: ignore[operator]
    return perf_counter() - start


def measured(name: str, executor: Executor, alone: tuple[float, float] | None) -> None:
    found = []
    for run in ("first", "second"):
        exact = seconds(exact_grid, DESIGN, CURVES, executor)
        walked = seconds(simulate_grid, DESIGN, SIMULATED, executor, trials=TRIALS, seed=1)
        found.append((exact, walked))
        ratios = "" if alone is None else f"{alone[0] / exact:>8.2f} x{alone[1] / walked:>10.2f} x"
        print(
            f"{f'{name}, {run} run':<34}{len(CURVES) / exact:>10,.0f}"
            f"{len(SIMULATED) * TRIALS / walked:>14,.0f}{ratios}"
        )


def comparison() -> None:
    other = boin(target=0.3, doses=6, cutoff_eli=0.8) | cohorts("1x6,3x10") | no_skipping()
    curve = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5]
    trials = 100_000
    rng = np.random.default_rng(1)
    spent = seconds(compare, [DESIGN, other], curve, trials=trials, rng=rng)
    paired = compare([DESIGN, other], curve, trials=trials, rng=rng).designs
    apart = np.hypot(*(one.simulated.error.all_dlts[0] for one in paired))
    together = paired[1].difference.error.all_dlts[0]
    print(f"\npaired comparison of two designs: {2 * trials / spent:,.0f} trials/s with compiling")
    print(
        f"standard error of the difference in DLTs per trial {together:.5f}; with patients of "
        f"their own {apart:.5f}, so {(apart / together) ** 2:.1f} times as many trials"
    )


def main() -> None:
    print(f"BOIN, 6 doses, 12 cohorts of 3; {len(CURVES)} exact curves, 8 x {TRIALS:,} trials")
    print(f"{'':<34}{'curves/s':>10}{'trials/s':>14}{'against one process':>24}")
    exact_grid(DESIGN, CURVES[:1], ThisProcess())  # compiled before the clock starts
    alone = (
        seconds(exact_grid, DESIGN, CURVES, ThisProcess()),
        seconds(simulate_grid, DESIGN, SIMULATED, ThisProcess(), trials=TRIALS, seed=1),
    )
    measured("this process", ThisProcess(), None)
    with local_pool(WORKERS) as pool:
        measured(f"local pool, {WORKERS} processes", pool, alone)
    with dask_executor() as executor:
        if executor is None:
            print("Dask: the extra `dask` is not installed")
        else:
            measured(f"Dask, {WORKERS} local workers", executor, alone)
    comparison()
    print(f"\npeak memory {peak_memory()}")


if __name__ == "__main__":
    main()
