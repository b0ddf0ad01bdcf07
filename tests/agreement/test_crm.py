"""The CRM's tables, an integral written out, and simulation mean the same."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import simpson
from scipy.special import expit, logit

from trialwright.design import Design, cohorts, crm, tite_crm, too_toxic
from trialwright.design.behaviour.simulate import simulate, simulate_directly
from trialwright.design.methods.crm import Crm, known_outcomes
from trialwright.design.methods.tite_crm import TiteCrm
from trialwright.design.posterior.crm import (
    CrmEvidence,
    exceedances,
    maximum_likelihood,
    mean_parameters,
    mean_rates,
    parameter_moments,
)
from trialwright.design.posterior.crm_curve import CrmCurve
from trialwright.design.states import COUNT, LEVEL, Floats, States, toxicity_states
from trialwright.design.timed.people import People

FEW = settings(max_examples=25, deadline=None)
ONE_PARAMETER = st.sampled_from(["empiric", "logistic"])


@st.composite
def methods(draw: st.DrawFn, model: st.SearchStrategy[str] = ONE_PARAMETER) -> Crm:
    doses = draw(st.integers(1, 5))
    gaps = draw(st.lists(st.floats(0.03, 0.2), min_size=doses, max_size=doses))
    kind = draw(model)
    found = crm(
        target=draw(st.floats(0.1, 0.5)),
        doses=doses,
        model=kind,
        skeleton=tuple(np.cumsum(gaps) * 0.9 / max(1.0, sum(gaps))),
        scale=draw(st.floats(0.2, 2.5)),
        intercept=draw(st.floats(2.5, 5)),
        intercept_sd=draw(st.floats(0.5, 2)) if kind == "logistic2" else None,
        estimate=draw(st.sampled_from(["bayes", "mean_rate"])),
    ).method
    assert isinstance(found, Crm)
    return found


@st.composite
def evidence_for(draw: st.DrawFn, doses: int, most: int = 12) -> CrmEvidence:
    """Counts by level and some pending patients, one row."""
    count = st.lists(st.integers(0, most), min_size=doses, max_size=doses)
    pending = draw(st.integers(0, 4))
    levels = st.lists(st.integers(0, doses), min_size=pending, max_size=pending)
    shares = st.lists(st.floats(0, 1), min_size=pending, max_size=pending)
    level = np.array([draw(levels)], LEVEL).reshape(1, -1)
    weight = np.array([draw(shares)], np.float64).reshape(1, -1) * (level > 0)
    return CrmEvidence(np.array([draw(count)]), np.array([draw(count)]), level, weight)


def log_posterior(method: Crm, seen: CrmEvidence, b: Floats, *, prior: bool = True) -> Floats:
    """The definition, patient by patient, for an array of b."""
    curve, slope = method.curve, np.exp(b)[:, None]
    skeleton = np.array(curve.skeleton)
    if curve.model == "empiric":
        p = skeleton**slope
    else:
        p = expit(curve.intercept + slope * (logit(skeleton) - curve.intercept))
    p = np.clip(p, 1e-300, 1 - 1e-16)
    total: Floats = np.log(p) @ seen.dlts[0] + np.log1p(-p) @ seen.spared[0]
    for level, weight in zip(seen.level[0], seen.weight[0], strict=True):
        total += np.log(1 - weight * p[:, level - 1]) if level else 0.0
    return total - b * b / (2 * curve.scale**2) if prior else total


@FEW
@given(st.data(), methods())
def test_posterior_means_equal_the_integral_written_out(data: st.DataObject, method: Crm) -> None:
    seen = data.draw(evidence_for(len(method.curve.skeleton)))
    edge = 9 * method.curve.scale + 3
    b = np.linspace(-edge, edge, 4001)
    height = log_posterior(method, seen, b)
    density = np.exp(height - height.max())
    density /= density.sum()
    mean, variance = parameter_moments(method.curve, seen)
    assert mean[0, 0] == pytest.approx(density @ b, abs=1e-7)
    assert variance[0, 0] == pytest.approx(density @ (b - density @ b) ** 2, rel=1e-6)
    rates = method.curve.rates(b[:, None])
    assert mean_rates(method.curve, seen)[0] == pytest.approx(density @ rates, abs=1e-7)
    assert mean_parameters(method.curve, seen) == pytest.approx(mean, abs=1e-12)


@settings(max_examples=12, deadline=None)
@given(st.data(), methods(), st.floats(0.05, 0.6))
def test_exceedances_equal_the_integral_up_to_the_crossing(
    data: st.DataObject, method: Crm, rate: float
) -> None:
    seen = data.draw(evidence_for(len(method.curve.skeleton)))
    edge = 9 * method.curve.scale + 3
    height = log_posterior(method, seen, np.linspace(-edge, edge, 801)).max()

    def mass(low: float, high: float) -> float:
        b = np.linspace(low, high, 8001)
        return float(simpson(np.exp(log_posterior(method, seen, b) - height), x=b))

    found = exceedances(method.curve, seen, rate)[0]
    for level, crossing in enumerate(method.curve.crossings(rate, np.zeros(1))[0]):
        at = float(np.clip(crossing, -edge, edge))
        assert found[level] == pytest.approx(mass(-edge, at) / mass(-edge, edge), abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.data(), methods(st.just("logistic2")), st.floats(0.1, 0.5))
def test_two_parameters_equal_sums_over_a_fine_grid(
    data: st.DataObject, method: Crm, rate: float
) -> None:
    curve = method.curve
    seen = data.draw(evidence_for(len(curve.skeleton), most=4))
    a = curve.intercept + curve.intercept_sd * np.linspace(-8, 8, 401)
    b = curve.scale * np.linspace(-8, 8, 401)
    points = np.stack([part.ravel() for part in np.meshgrid(a, b, indexing="ij")], axis=1)
    toxic, spared = curve.log_rates(points)
    height = curve.log_prior(points) + toxic @ seen.dlts[0] + spared @ seen.spared[0]
    density = np.exp(height - height.max())
    rates = curve.rates(points)
    for level, weight in zip(seen.level[0], seen.weight[0], strict=True):
        density *= 1 - weight * rates[:, level - 1] if level else 1.0
    density /= density.sum()
    assert mean_parameters(curve, seen)[0] == pytest.approx(density @ points, abs=1e-5)
    assert mean_rates(curve, seen)[0] == pytest.approx(density @ rates, abs=1e-6)
    known = replace(seen, level=seen.level[:, :0], weight=seen.weight[:, :0])
    found = exceedances(curve, known, rate)[0]
    level = data.draw(st.integers(0, len(curve.skeleton) - 1))
    assert found[level] == pytest.approx(above(curve, known, rate, level), abs=1e-5)


def above(curve: CrmCurve, known: CrmEvidence, rate: float, level: int) -> float:
    """P(rate of a level > rate): for each slope, integrals of the intercept on either side."""
    slopes = curve.scale * np.linspace(-8, 8, 401)
    crossing = logit(rate) - np.exp(slopes) * curve.labels[level]
    low = curve.intercept - 8 * curve.intercept_sd
    high = curve.intercept + 8 * curve.intercept_sd
    share = np.linspace(0, 1, 401)
    parts = []
    for start, end in ((low, np.clip(crossing, low, high)), (np.clip(crossing, low, high), high)):
        width = np.broadcast_to(np.subtract(end, start), slopes.shape)[:, None]
        a = np.broadcast_to(start, slopes.shape)[:, None] + width * share
        points = np.stack([a, np.broadcast_to(slopes[:, None], a.shape)], axis=-1)
        toxic, spared = curve.log_rates(points)
        height = curve.log_prior(points) + toxic @ known.dlts[0] + spared @ known.spared[0]
        parts.append((simpson(np.exp(height), dx=share[1], axis=1) * width[:, 0]).sum())
    return float(parts[1] / sum(parts))


@FEW
@given(st.data(), methods())
def test_nothing_is_more_likely_than_the_maximum_likelihood(
    data: st.DataObject, method: Crm
) -> None:
    seen = data.draw(evidence_for(len(method.curve.skeleton)))
    found = float(maximum_likelihood(method.curve, seen)[0])
    around = np.clip(found + np.linspace(-0.5, 0.5, 1001), -10, 10)
    known = replace(seen, level=seen.level[:, :0], weight=seen.weight[:, :0])
    here = log_posterior(method, seen, np.array([found]), prior=False)[0]
    assert here >= log_posterior(method, seen, around, prior=False).max() - 1e-9
    # Of known outcomes it is the only maximum.
    at = maximum_likelihood(method.curve, known)
    everywhere = log_posterior(method, known, np.linspace(-10, 10, 2001), prior=False)
    assert log_posterior(method, known, at, prior=False)[0] >= everywhere.max() - 1e-9


@FEW
@given(st.data(), methods())
def test_a_further_dlt_never_lowers_a_rate(data: st.DataObject, method: Crm) -> None:
    doses = len(method.curve.skeleton)
    seen = data.draw(evidence_for(doses))
    level = data.draw(st.integers(0, doses - 1))
    more = replace(seen, dlts=seen.dlts + (np.arange(doses) == level))
    clean = replace(seen, spared=seen.spared + (np.arange(doses) == level))
    assert np.all(method.rates(more) >= method.rates(seen) - 1e-9)
    assert np.all(method.rates(clean) <= method.rates(seen) + 1e-9)


@FEW
@given(st.data(), methods(st.sampled_from(["empiric", "logistic", "logistic2"])))
def test_a_row_does_not_depend_on_the_others(data: st.DataObject, method: Crm) -> None:
    doses = len(method.curve.skeleton)
    rows = [data.draw(evidence_for(doses, most)) for most in (0, 3, 8)]
    counts = [np.vstack([getattr(row, name) for row in rows]) for name in ("dlts", "spared")]
    none = np.zeros((3, 0))
    together = CrmEvidence(counts[0], counts[1], none.astype(LEVEL), none)
    rates = method.rates(together)
    above = method.chances_above(together, 0.3)
    for i in range(3):
        alone = together.take(slice(i, i + 1))
        assert method.rates(alone)[0] == pytest.approx(rates[i], abs=1e-13)
        assert method.chances_above(alone, 0.3)[0] == pytest.approx(above[i], abs=1e-13)


DESIGNS: list[dict[str, Any]] = [
    {},
    {"model": "logistic", "estimate": "mean_rate"},
    {"estimate": "mle", "start_up": "one_up"},
    {"estimate": "mle", "start_up": (1, 1, 2)},
    {"start_up": (1, 2), "select_untested": True},
    {"model": "logistic2", "intercept": 0.0, "intercept_sd": 1.0, "scale": 0.5},
]


def small(**parameters: Any) -> Design:
    return crm(target=0.3, doses=3, **parameters) | cohorts("2,3,2")


@pytest.mark.parametrize("parameters", DESIGNS)
def test_decide_equals_the_graph_in_every_reachable_state(parameters: dict[str, Any]) -> None:
    design = small(**parameters) | too_toxic(rate=0.3, confidence=0.9, least=2)
    graph = design.graph()
    for row in range(len(graph)):
        state = graph.states.outcomes(row)
        assert design.explain_state(state) == graph.decide(state)


@pytest.mark.parametrize("parameters", DESIGNS)
def test_exact_and_simulated_agree_within_monte_carlo_error(parameters: dict[str, Any]) -> None:
    design, curve, trials = small(**parameters), [0.15, 0.3, 0.5], 40_000
    exact = np.clip(design.graph().exact(curve).selection, 0, 1)
    done = simulate(design, curve, trials=trials, rng=np.random.default_rng(5))
    error = np.sqrt(exact * (1 - exact) / trials)
    assert np.all(np.abs(done.behaviour.selection - exact) <= 5 * error + 1e-12)


@settings(max_examples=10, deadline=None)
@given(
    st.floats(0.15, 0.4),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.sampled_from(DESIGNS[:4]),
)
def test_random_curves_and_designs_without_the_graph_agree(
    target: float, curve: list[float], parameters: dict[str, Any]
) -> None:
    design, trials = crm(target=target, doses=3, **parameters) | cohorts("1,2,3"), 4_000
    exact = np.clip(design.graph().exact(curve).selection[0], 0, 1)
    ends = simulate_directly(design, curve, trials=trials, rng=np.random.default_rng(7))
    chosen = np.bincount(design.select(ends, design.resolve(ends)), minlength=4) / trials
    error = np.sqrt(exact * (1 - exact) / trials)
    assert np.all(np.abs(chosen - exact) <= 6 * error + 8 / trials)


@pytest.mark.parametrize("parameters", DESIGNS)
def test_without_pending_patients_time_does_not_matter(parameters: dict[str, Any]) -> None:
    plain = small(**parameters)
    timed = tite_crm(target=0.3, doses=3, weights="adaptive", **parameters).method
    assert isinstance(timed, TiteCrm)
    states = plain.graph().states
    states = states.take(np.flatnonzero(states.current > 0))
    people = everyone(states)
    np.testing.assert_array_equal(timed.wish_in_time(states, people), plain.method.wish(states))
    assert not timed.waits(states, people).any()
    seen = timed.explain_in_time(states.outcomes(20), everyone(states.take([20])))
    assert seen == plain.method.explain(states.outcomes(20))


def everyone(states: States) -> People:
    """Everyone of each state one by one, followed through."""
    rows = []
    for treated, dlts in zip(states.treated.tolist(), states.dlts.tolist(), strict=True):
        row = [
            (level, patient < toxic)
            for level, (n, toxic) in enumerate(zip(treated, dlts, strict=True), 1)
            for patient in range(n)
        ]
        rows.append(row + [(0, False)] * (7 - len(row)))
    table = np.array(rows)
    shares = np.ones(table.shape[:2])
    return People(table[:, :, 0].astype(LEVEL), table[:, :, 1] > 0, shares, 0.5 * shares)


@pytest.mark.parametrize("weights", ["linear", "adaptive"])
def test_a_pending_patient_counts_the_more_the_longer_the_follow_up(weights: str) -> None:
    method = tite_crm(target=0.3, doses=3, weights=weights).method
    assert isinstance(method, TiteCrm)
    known = toxicity_states(
        np.array([[0, 3, 0]], COUNT), np.array([[0, 1, 0]], COUNT), np.array([2], LEVEL),
        np.zeros((1, 3), np.bool_), np.ones(1, COUNT),
    )  # fmt: skip
    shares = np.linspace(0, 0.999, 12)
    rates = []
    for share in shares:
        people = People(
            np.array([[2, 2, 2, 2]], LEVEL), np.array([[True, False, False, False]]),
            np.array([[1.0, 1.0, 1.0, share]]), np.array([[0.3, 0, 0, 0]]),
        )  # fmt: skip
        rates.append(method.crm.rates(method.evidence(known, people))[0, 1])
    assert np.all(np.diff(rates) < 0)
    nobody = method.crm.rates(known_outcomes(known))[0, 1]
    assert rates[0] == pytest.approx(nobody, abs=1e-12)
    complete = method.crm.rates(
        known_outcomes(replace(known, treated=known.treated + np.array([[0, 1, 0]], COUNT)))
    )[0, 1]
    assert rates[-1] == pytest.approx(complete, abs=1e-3)
