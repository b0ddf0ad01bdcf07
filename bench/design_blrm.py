"""Speed of the BLRM with overdose control: compile, exact curves, growth, accuracy, memory.

Reference figures: crmPack simulates 0.5 and escalation 0.9 such trials a
second, by sampling each posterior, so that 10,000 trials take hours; another machine. A trial's
worth of posteriors is at most one for each cohort, so the rates compare as posteriors per second
too. Run with one core: `taskset -c 0 python bench/design_blrm.py`.
"""

from functools import partial
from math import log
from time import perf_counter

import numpy as np

from measure import best, peak_memory, row
from trialwright.core.errors import Refused
from trialwright.design import Design, blrm, cohorts
from trialwright.design.behaviour.simulate import count_ends
from trialwright.design.posterior.cells import integrals
from trialwright.design.posterior.logistic_prior import Logistic, Normal

CURVE = np.array([0.05, 0.10, 0.20, 0.30, 0.45])
SIZES = ((3, 5), (3, 10), (3, 20), (5, 5), (5, 10), (5, 12), (5, 15), (8, 5), (8, 8), (8, 10))
_fresh = iter(range(1_000_000))


def design(doses: int, count: int, size: int = 3) -> Design:
    """Return a design of which nothing is remembered: its prior differs from every earlier one."""
    amounts = tuple(10.0 * 1.6**level for level in range(doses))
    prior = (-0.7 + 1e-9 * next(_fresh), -0.4, 1.2, 0.9, 0)
    return blrm(doses=amounts, reference_dose=amounts[-2], prior=prior) | cohorts(f"{size}x{count}")


def reference_size() -> None:
    print("BLRM with EWOC, 5 doses, 10 cohorts of 3")
    first = best(lambda: design(5, 10).graph().exact(CURVE))
    compiled = min(best(design(5, 10).graph) for _ in range(3))
    graph = design(5, 10).graph()
    many = np.sort(np.random.default_rng(1).random((1000, 5)), axis=1)
    graph.exact(CURVE)
    trials, rng = 500_000, np.random.default_rng(1)
    walked = best(lambda: count_ends(graph, CURVE, trials=trials, rng=rng), 3)
    row("states, of which final", f"{len(graph):,}, {len(graph.final):,}")
    row("compile + one curve, first call", f"{first:.2f} s")
    row("compile", f"{compiled:.2f} s", "wanted < 5 s")
    row("a further curve", f"{1e3 * best(lambda: graph.exact(CURVE), 5):.2f} ms", "wanted < 5 ms")
    row("each of 1,000 curves at once", f"{best(lambda: graph.exact(many), 2):.2f} ms")
    row("simulated through the graph", f"{trials / walked:,.0f} /s")
    row(
        "  with its compilation, 10,000 trials",
        f"{10_000 / (compiled + 1e4 * walked / trials):,.0f} /s",
    )
    row("  against escalation, 0.9 /s", f"{10_000 / compiled / 0.9:,.0f} x")
    one = design(5, 10)
    row("one decision, nothing remembered", f"{1e3 * best(lambda: one.decide('1NNN 2NTN')):.1f} ms")
    row("the same again", f"{1e3 * best(lambda: one.decide('1NNN 2NTN'), 5):.2f} ms")
    rate = len(graph) / compiled
    row("posteriors worked out", f"{rate:,.0f} /s", "within 1e-6 (tests/agreement)")


def growth() -> None:
    print("\nGrowth, cohorts of 3")
    heads = ("doses", 6), ("cohorts", 9), ("states", 12), ("compile, s", 12), ("ms/state", 10)
    print("".join(f"{head:>{width}}" for head, width in heads) + f"{'curve, ms':>11}")
    for doses, count in SIZES:
        start = perf_counter()
        try:
            graph = design(doses, count).graph()
        except Refused as refused:
            print(f"{doses:>6}{count:>9}  {refused.why}")
            continue
        compiled = perf_counter() - start
        curve = np.linspace(0.05, 0.5, doses)
        graph.exact(curve)
        exact = best(partial(graph.exact, curve), 2)
        each = 1e3 * compiled / len(graph)
        print(
            f"{doses:>6}{count:>9}{len(graph):>12,}{compiled:>12.2f}{each:>10.3f}"
            f"{1e3 * exact:>11.2f}"
        )


def priors() -> None:
    print("\nOne posterior, nothing remembered, 5 doses")
    x = tuple(log(amount / 60) for amount in (10, 20, 40, 60, 90))
    cases = {
        "usual, 30 patients": (Normal(1, -0.7, -0.4, 1.2, 0.9), 6),
        "usual, 300 patients": (Normal(1, -0.7, -0.4, 1.2, 0.9), 60),
        "vague (sd 10, 3), 30 patients": (Normal(1, 0, 0, 10, 3), 6),
        "nearly certain (sd 0.05), 30 patients": (Normal(1, -0.7, -0.4, 0.05, 0.05), 6),
        "correlation 0.95, 30 patients": (Normal(1, -0.7, -0.4, 1.2, 0.9, 0.95), 6),
    }
    for name, (normal, each) in cases.items():
        treated = np.full((1, 5), each)
        dlts = np.rint(treated * CURVE).astype(int)
        curve = Logistic((normal,), x)
        seconds = best(partial(integrals, curve, (0.16, 0.33), treated, dlts))
        row(name, f"{1e3 * seconds:.1f} ms")


if __name__ == "__main__":
    reference_size()
    growth()
    priors()
    print(f"\npeak memory {peak_memory()}")
