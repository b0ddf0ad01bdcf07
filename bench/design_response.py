"""Speed of designs that look at toxicity and response: graph, simulation, one decision. One core.

Reference: the R package escalation asks its methods for one trial at a time (BOIN12 and
Wages-Tait: tens of trials a second at most), and trialr samples an EffTox posterior by MCMC, one to
two seconds for each decision. None of them runs in this process; the figures are other machines'.
"""

from time import perf_counter

import numpy as np

from measure import best, peak_memory, row
from trialwright.design import Design, boin12, cohorts, efftox, wages_tait
from trialwright.design.behaviour.simulate import count_ends, simulate_directly
from trialwright.design.curves import true_rates
from trialwright.design.methods.efftox import EffTox
from trialwright.design.posterior.efftox import STEPS, lattices, posterior
from trialwright.design.rules import stop_at_dose

DLT = [0.03, 0.17, 0.35, 0.50, 0.65]
RESPONSE = [0.12, 0.39, 0.43, 0.55, 0.65]
PEAKS = (
    (0.6, 0.5, 0.4, 0.3, 0.2),
    (0.5, 0.6, 0.5, 0.4, 0.3),
    (0.4, 0.5, 0.6, 0.5, 0.4),
    (0.3, 0.4, 0.5, 0.6, 0.5),
    (0.2, 0.3, 0.4, 0.5, 0.6),
    (0.3, 0.4, 0.5, 0.6, 0.6),
    (0.4, 0.5, 0.6, 0.6, 0.6),
    (0.5, 0.6, 0.6, 0.6, 0.6),
    (0.6, 0.6, 0.6, 0.6, 0.6),
)
BOIN12 = boin12(target=0.35, phi_e=0.25, u2=40, u3=60, doses=5)
WAGES_TAIT = wages_tait(
    target=0.35,
    eff_limit=0.2,
    tox_skeleton=(0.08, 0.15, 0.22, 0.29, 0.36),
    eff_skeletons=PEAKS,
    doses=5,
    randomise=9,
)
EFFTOX = efftox(
    doses="1, 2, 4, 6.6, 10",
    target=0.3,
    efficacy_hurdle=0.5,
    p_e=0.1,
    p_t=0.1,
    eff0=0.5,
    tox1=0.65,
    eff_star=0.7,
    tox_star=0.25,
    alpha_mean=-7.9593,
    alpha_sd=3.5487,
    beta_mean=1.5482,
    beta_sd=3.5018,
    gamma_mean=0.7367,
    gamma_sd=2.5423,
    zeta_mean=3.4181,
    zeta_sd=2.4406,
)


def with_graph(name: str, design: Design) -> None:
    truth = true_rates(DLT, RESPONSE)
    start = perf_counter()
    graph = design.graph()
    row(f"{name}: compile", f"{perf_counter() - start:.2f} s")
    row("  states", f"{len(graph):,}")
    graph.exact(truth)
    row("  a further curve", f"{1e3 * best(lambda: graph.exact(truth)):.1f} ms")
    rng = np.random.default_rng(1)
    walked = best(lambda: count_ends(graph, truth, trials=200_000, rng=rng))
    row("  simulated through the graph", f"{200_000 / walked:,.0f} /s")


def without_graph(name: str, design: Design, trials: int) -> None:
    truth, rng = true_rates(DLT, RESPONSE), np.random.default_rng(1)
    taken = best(lambda: simulate_directly(design, truth, trials=trials, rng=rng))
    row(f"{name}: simulated without the graph", f"{trials / taken:,.0f} /s")


def posteriors() -> None:
    method = EFFTOX.method
    assert isinstance(method, EffTox)
    for patients, step in STEPS[:3]:
        n = np.random.default_rng(2).multinomial(patients, [0.2] * 5, size=50)
        kinds = np.stack([0 * n, n // 3, n // 4, n - n // 3 - n // 4], axis=1).astype(float)
        lattices(method.model, step)
        posterior(method.model, kinds[:1])
        each = best(lambda k=kinds: posterior(method.model, k)) / 50
        row(f"EffTox: one posterior with {patients} patients", f"{1e3 * each:.2f} ms")
    first = best(lambda: EFFTOX.decide("1NNN 2ENN 3ETB"))
    row("EffTox: one decision with its reasons", f"{1e3 * first:.0f} ms")


if __name__ == "__main__":
    with_graph("BOIN12, 5 doses, 3x5", BOIN12 | cohorts("3x5"))
    with_graph("Wages-Tait, 5 doses, 3x4, 9 drawn", WAGES_TAIT | cohorts("3x4"))
    full = cohorts("3x12")
    without_graph("BOIN12, 3x12", BOIN12 | full | stop_at_dose(12, "any"), 100_000)
    without_graph("Wages-Tait, 3x12, 9 drawn", WAGES_TAIT | full, 4_000)
    without_graph("EffTox, 3x12", EFFTOX | full, 300)
    posteriors()
    print(f"\npeak memory {peak_memory()}")
