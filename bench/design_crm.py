"""Speed of CRM and TITE-CRM: compile, exact curves, simulation, growth, pending patients. One core.

Reference figures: the R package dfcrm simulates 73 CRM trials/s and 28 TITE-CRM trials/s (5 levels,
30 patients), so 10,000 CRM trials take 136 s. It does not run in this process, so the ratios
compare with those figures, measured on another machine. The one Python peer, clintrials 0.1.4,
does not import on Python 3.10 or later.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core, before NumPy is loaded

from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from measure import best, peak_memory, row
from trialwright.core.errors import Refused
from trialwright.design import Design, cohorts, crm, no_skipping, tite_crm
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.simulate import count_ends, simulate_directly
from trialwright.design.methods.tite_crm import TiteCrm
from trialwright.design.states import COUNT, LEVEL, States, toxicity_states
from trialwright.design.timed.people import People

CURVE = np.array([0.05, 0.10, 0.20, 0.30, 0.45])
SIZES = [(d, c) for d in (3, 5, 8) for c in (5, 10, 12, 15, 20)]
MODELS: list[tuple[str, dict[str, Any]]] = [
    ("empiric, plug-in mean", {}),
    ("logistic, plug-in mean", {"model": "logistic"}),
    ("empiric, posterior mean of rates", {"estimate": "mean_rate"}),
    ("empiric, maximum likelihood", {"estimate": "mle", "start_up": "one_up"}),
    ("two-parameter logistic", {"model": "logistic2", "intercept_sd": 1.0}),
]
TRIALS, PATIENTS = 4096, 30


def reference_size() -> None:
    design = crm(target=0.3, doses=5) | cohorts("3x10")
    start = perf_counter()
    graph = compile_graph(design)
    graph.exact(CURVE)
    first = perf_counter() - start
    trials, rng = 500_000, np.random.default_rng(1)
    walked = best(lambda: count_ends(graph, CURVE, trials=trials, rng=rng), 3)
    asked = best(lambda: simulate_directly(design, CURVE, trials=20_000, rng=rng), 3)
    print("CRM, empiric model, 5 doses, 10 cohorts of 3")
    row("states, of which final", f"{len(graph):,}, {len(graph.final):,}")
    row("compile + one curve, first call", f"{1e3 * first:.1f} ms")
    row("compile", f"{1e3 * best(lambda: compile_graph(design), 3):.1f} ms", "wanted < 300 ms")
    row("a further curve", f"{1e3 * best(lambda: graph.exact(CURVE), 3):.2f} ms", "wanted < 5 ms")
    row("simulated through the graph", f"{trials / walked:,.0f} /s")
    row("simulated without the graph", f"{20_000 / asked:,.0f} /s")
    row("  against dfcrm, 73 /s", f"{20_000 / asked / 73:,.0f} x")
    decide = best(lambda: design.decide("1NNN 2NNN 3NTT 2NTN 3NNN 3NNN 4TTT"), 3)
    row("one decision with its reasons", f"{1e3 * decide:.2f} ms")


def models() -> None:
    print("\nModels and estimates, the same size, without skipping levels")
    for what, parameters in MODELS:
        design = crm(target=0.3, doses=5, **parameters) | cohorts("3x10") | no_skipping()
        graph = compile_graph(design)
        compiled = best(partial(compile_graph, design), 2)
        tail = best(partial(design.method.exceedance, graph.states, 0.3), 1)
        figures = f"{len(graph):,} states, {1e3 * compiled:,.0f} ms"
        row(what, figures, f"P(rate > 0.3) in every state: {1e3 * tail:,.0f} ms")


def growth() -> None:
    print("\nGrowth, empiric model, cohorts of 3, without skipping levels")
    print(
        f"{'doses':>6}{'cohorts':>9}{'states':>12}{'final':>12}{'compile, s':>14}{'curve, ms':>12}"
    )
    for doses, count in SIZES:
        design = crm(target=0.3, doses=doses) | cohorts(f"3x{count}") | no_skipping()
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
            f"{compiled:>14.2f}{1e3 * exact:>12.1f}"
        )


def followed_so_far(patients: int, gap: float, rng: np.random.Generator) -> tuple[States, People]:
    """Return trials at the moment after a patient in every `gap` windows."""
    shape = (TRIALS, patients)
    dose = rng.integers(1, 6, shape)
    toxic = rng.random(shape) < CURVE[dose - 1]
    onset = np.where(toxic, rng.random(shape), 2.0)
    share = np.broadcast_to(np.minimum(gap * np.arange(patients, 0, -1), 1.0), shape)
    seen = onset <= share
    known = seen | (share >= 1)
    levels = range(1, 6)
    treated = np.stack([(known & (dose == d)).sum(axis=1) for d in levels], axis=1)
    dlts = np.stack([(seen & (dose == d)).sum(axis=1) for d in levels], axis=1)
    states = toxicity_states(
        treated.astype(COUNT),
        dlts.astype(COUNT),
        dose[:, -1].astype(LEVEL),
        np.zeros((TRIALS, 5), np.bool_),
        np.full(TRIALS, patients, COUNT),
    )
    return states, People(dose.astype(LEVEL), seen, np.where(seen, 1.0, share), onset)


def pending_patients() -> None:
    print(f"\nTITE-CRM: a decision after each of {PATIENTS} patients, {TRIALS:,} trials at a time")
    for weights in ("linear", "adaptive"):
        method = _timed(tite_crm(target=0.3, doses=5, weights=weights))
        for gap in (0.5, 0.2, 0.1, 0.02):
            rng = np.random.default_rng(1)
            moments = [followed_so_far(n, gap, rng) for n in range(1, PATIENTS + 1)]
            mean = np.mean([people.pending.sum(axis=1).mean() for _, people in moments])
            work = partial(_wish_at_all, method, moments)
            rate = TRIALS / best(work, 2)
            what = f"{weights} weights, {mean:.1f} pending on average"
            row(what, f"{rate:,.0f} trials/s", f"wanted > 2,000; dfcrm 28: {rate / 28:,.0f} x")


def _timed(design: Design) -> TiteCrm:
    assert isinstance(design.method, TiteCrm)
    return design.method


def _wish_at_all(method: TiteCrm, moments: list[tuple[States, People]]) -> None:
    for states, people in moments:
        method.wish_in_time(states, people)


if __name__ == "__main__":
    reference_size()
    models()
    growth()
    pending_patients()
    print(f"\npeak memory {peak_memory()}")
