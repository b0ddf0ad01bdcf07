"""What every benchmark measures with: the shortest of several runs, a row of its table, memory."""

import resource
from collections.abc import Callable
from time import perf_counter


def best(work: Callable[[], object], times: int = 1) -> float:
    """Return the shortest of several runs in seconds."""
    found = []
    for _ in range(times):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return min(found)


def row(what: str, got: str, wanted: str = "") -> None:
    """Print a line of a table."""
    print(f"{what:<58}{got:>18}  {wanted}".rstrip())


def peak_memory() -> str:
    """Return the most memory that this process has held."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
