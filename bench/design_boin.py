"""Speed of the BOIN decision graph: compile, exact curves, simulation, growth. One core.

Reference figures from the packages' own reports: plain Python compiles and
evaluates 5 doses, 10 cohorts of 3 in 0.3 to 0.5 s; the R package BOIN 2.7.2 simulates 10,000 such
trials in 14 s (700 trials/s), simFastBOIN 36,000 to 45,000 trials/s. None of them runs in this
process, so the ratios compare with those figures, measured on other machines.
"""

from functools import partial
from time import perf_counter

import numpy as np

from measure import best, peak_memory, row
from trialwright.core.errors import Refused
from trialwright.design import boin, cohorts
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.simulate import count_ends, simulate_directly

CURVE = np.array([0.05, 0.10, 0.20, 0.30, 0.45])
SIZES = [(d, c) for d in (3, 5, 8) for c in (5, 10, 12, 15, 20)]


def reference_size() -> None:
    design = boin(target=0.3, doses=5) | cohorts("3x10")
    start = perf_counter()
    graph = compile_graph(design)
    graph.exact(CURVE)
    first = perf_counter() - start
    many = np.sort(np.random.default_rng(1).random((1000, 5)), axis=1)
    trials = 500_000
    rng = np.random.default_rng(1)
    walked = best(lambda: count_ends(graph, CURVE, trials=trials, rng=rng), 3)
    asked = best(lambda: simulate_directly(design, CURVE, trials=20_000, rng=rng), 3)
    print("BOIN, 5 doses, 10 cohorts of 3")
    row("states, of which final", f"{len(graph):,}, {len(graph.final):,}")
    row("compile + one curve, first call", f"{1e3 * first:.1f} ms", "0.3-0.5 s plain Python")
    row("compile", f"{1e3 * best(lambda: compile_graph(design), 3):.1f} ms", "wanted < 100 ms")
    row("a further curve", f"{1e3 * best(lambda: graph.exact(CURVE), 3):.2f} ms", "wanted < 2 ms")
    row("each of 1,000 curves at once", f"{best(lambda: graph.exact(many), 2):.2f} ms")
    row("simulated through the graph", f"{trials / walked:,.0f} /s", "wanted > 1,000,000 /s")
    row("  against simFastBOIN, 45,000 /s", f"{trials / walked / 45_000:.0f} x")
    row("simulated without the graph", f"{20_000 / asked:,.0f} /s")
    decide = best(lambda: design.decide("1NNN 2NNN 3NTT 2NTN 3NNN 3NNN 4TTT"), 3)
    row("one decision with its reasons", f"{1e3 * decide:.2f} ms")


def growth() -> None:
    print("\nGrowth, cohorts of 3")
    print(
        f"{'doses':>6}{'cohorts':>9}{'states':>12}{'final':>12}{'compile, ms':>14}{'curve, ms':>12}"
    )
    for doses, count in SIZES:
        design = boin(target=0.3, doses=doses) | cohorts(f"3x{count}")
        start = perf_counter()
        try:
            graph = compile_graph(design)
        except Refused as refused:
            print(f"{doses:>6}{count:>9}  {refused.why} ({perf_counter() - start:.1f} s)")
            continue
        compiled = perf_counter() - start
        curve = np.linspace(0.05, 0.5, doses)
        graph.exact(curve)
        exact = best(partial(graph.exact, curve), 2)
        print(
            f"{doses:>6}{count:>9}{len(graph):>12,}{len(graph.final):>12,}"
            f"{1e3 * compiled:>14.1f}{1e3 * exact:>12.2f}"
        )


if __name__ == "__main__":
    reference_size()
    growth()
    print(f"\npeak memory {peak_memory()}")
