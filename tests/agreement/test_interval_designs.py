"""Interval methods: engine and plain rewriting, decision and graph, exact and simulated agree."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.agreement.reference_boin_design import pool_adjacent_violators

from trialwright.design import (
    Design,
    boin,
    cohorts,
    i3_plus_3,
    keyboard,
    lowest_dose,
    mtpi,
    mtpi2,
    tpi,
)
from trialwright.design.behaviour.simulate import simulate, simulate_directly, walk
from trialwright.design.decision.table import Move
from trialwright.design.posterior.isotonic import nearest_to_target
from trialwright.design.states import COUNT, LEVEL, toxicity_states

FACTORIES: dict[str, Callable[..., Design]] = {
    "boin": boin,
    "i3_plus_3": i3_plus_3,
    "keyboard": keyboard,
    "mtpi": mtpi,
    "mtpi2": mtpi2,
    "tpi": tpi,
}
MOVES = {1: Move.ESCALATE, 0: Move.STAY, -1: Move.DE_ESCALATE}
NEAR = 1e-9  # closer than this, two probabilities decide nothing between two programs


@dataclass(frozen=True)
class Interval:
    target: float
    below: float
    above: float
    a: float
    b: float

    @property
    def low(self) -> float:
        return self.target - self.below

    @property
    def high(self) -> float:
        return self.target + self.above


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    target = draw(st.floats(0.1, 0.6))
    return Interval(
        target,
        draw(st.floats(0.01, target * 0.9)),
        draw(st.floats(0.01, (1 - target) * 0.9)),
        draw(st.sampled_from([0.5, 1.0, 2.0])),
        draw(st.sampled_from([0.5, 1.0, 3.0])),
    )


def winner(scores: list[tuple[float, int]]) -> int | None:
    """The move of the greatest score; None where another move is as good."""
    best, move = max(scores)
    if any(best - score < NEAR and other != move for score, other in scores):
        return None
    return move


def plain_mtpi(i: Interval, n: int, y: int) -> int | None:
    cdf = stats.beta(i.a + y, i.b + n - y).cdf
    below, high = cdf(i.low), cdf(i.high)
    return winner(
        [
            (below / i.low, 1),
            ((high - below) / (i.high - i.low), 0),
            ((1 - high) / (1 - i.high), -1),
        ]
    )


def plain_keys(i: Interval, n: int, y: int) -> int | None:
    cdf, width = stats.beta(i.a + y, i.b + n - y).cdf, i.high - i.low
    keys = [(i.low, i.high, 0)]
    edge = i.low
    while edge > NEAR:
        keys.append((max(edge - width, 0), edge, 1))
        edge -= width
    edge = i.high
    while edge < 1 - NEAR:
        keys.append((edge, min(edge + width, 1), -1))
        edge += width
    wide = [key for key in keys if key[1] - key[0] > 1e-6]
    return winner([((cdf(high) - cdf(low)) / (high - low), move) for low, high, move in wide])


def plain_tpi(i: Interval, n: int, y: int) -> int | None:
    posterior = stats.beta(i.a + y, i.b + n - y)
    sd = posterior.std()
    below = posterior.cdf(max(i.target - 1.5 * sd, 0))
    high = posterior.cdf(min(i.target + sd, 1))
    return winner([(below, 1), (high - below, 0), (1 - high, -1)])


def plain_i3(i: Interval, n: int, y: int) -> int | None:
    if min(abs(k / n - end) for k in (y, y - 1) for end in (i.low, i.high)) < 2 * NEAR:
        return None
    if y / n < i.low:
        return 1
    if y / n <= i.high or (y - 1) / n < i.low:
        return 0
    return -1


@settings(max_examples=40, deadline=None)
@given(intervals(), st.integers(1, 14))
def test_moves_equal_a_plain_rewriting(i: Interval, n: int) -> None:
    prior = {"prior_a": i.a, "prior_b": i.b}
    margins = {"epsilon1": i.below, "epsilon2": i.above}
    uniform = Interval(i.target, i.below, i.above, 1, 1)
    off = {"target": i.target, "doses": 2, "cutoff_eli": 1}
    keys = {"margin_left": i.below, "margin_right": i.above}
    for design, plain, shape in (
        (mtpi(**off, **margins, **prior), plain_mtpi, i),
        (mtpi2(**off, **margins, **prior), plain_keys, i),
        (keyboard(**off, **keys), plain_keys, uniform),
        (tpi(**off, **prior), plain_tpi, i),
        (i3_plus_3(**off, **margins), plain_i3, uniform),
    ):
        got = {row.dlts: row.decision for row in design.table(n) if row.n == n}
        for y in range(n + 1):
            move = plain(shape, n, y)
            assert move is None or got[y] is MOVES[move], (design.method.name, n, y)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=6),
    st.sampled_from([0.005, 0.05]),
    st.booleans(),
    st.integers(0, 6),
)
def test_selection_equals_a_plain_rewriting(
    pairs: list[tuple[int, int]], shape: float, untested: bool, gone_from: int
) -> None:
    counts = [(max(n, y), min(n, y)) for n, y in pairs]
    n, y = np.array([counts], COUNT)[..., 0], np.array([counts], COUNT)[..., 1]
    gone = np.arange(len(counts))[None, :] >= gone_from
    states = toxicity_states(n, y, np.ones(1, LEVEL), gone, np.ones(1, COUNT))
    anybody = n.sum() > 0
    usable = [
        k for k, (n_k, _) in enumerate(counts) if k < gone_from and (n_k or (untested and anybody))
    ]
    means = [(counts[k][1] + shape) / (counts[k][0] + 2 * shape) for k in usable]
    shapes = [(counts[k][1] + shape, counts[k][0] - counts[k][1] + shape) for k in usable]
    weights = [1 / stats.beta(a, b).var() for a, b in shapes]
    chosen = int(nearest_to_target(states, 0.3, shape, untested)[0])
    if not usable:
        assert chosen == 0
        return
    rates = pool_adjacent_violators(means, weights)
    distance = [abs(rate - 0.3) for rate in rates]
    tied = [k for k, d in zip(usable, distance, strict=True) if d - min(distance) < NEAR]
    of_tied = [rates[usable.index(k)] for k in tied]
    if max(of_tied) - min(of_tied) < NEAR:  # one pooled rate: the highest below the target
        assert chosen - 1 == (tied[-1] if of_tied[0] < 0.3 else tied[0])
    else:  # as far below the target as above
        assert chosen - 1 in tied


@pytest.mark.parametrize("name", FACTORIES)
def test_decide_equals_the_graph_in_every_reachable_state(name: str) -> None:
    design = FACTORIES[name](target=0.3, doses=3) | cohorts("2,3,3,2")
    graph = design.graph()
    for row in range(len(graph)):
        state = graph.states.outcomes(row)
        looked_up = graph.decide(state)
        assert looked_up == design.explain_state(state)
        verdict = graph.resolution.verdict(row)
        assert looked_up.stop == (verdict.next_dose == 0)
        assert all(dose not in looked_up.admissible for dose in state.eliminated)


@settings(max_examples=20, deadline=None)
@given(st.data(), st.sampled_from(sorted(FACTORIES)), st.integers(0, 2**32 - 1))
def test_simulated_and_exact_agree_within_monte_carlo_error(
    data: st.DataObject, name: str, seed: int
) -> None:
    doses = data.draw(st.integers(1, 4))
    curve = data.draw(st.lists(st.floats(0, 1), min_size=doses, max_size=doses))
    design = FACTORIES[name](
        target=data.draw(st.floats(0.15, 0.5)),
        doses=doses,
        start=data.draw(st.integers(1, doses)),
        select_untested=data.draw(st.booleans()),
        stay_1_of_3=data.draw(st.booleans()),
    )
    design |= cohorts(data.draw(st.sampled_from(["3x4", "1,3x3", "2x5", "4,8"])))
    design |= lowest_dose(deescalate=data.draw(st.sampled_from(["continue", "stop"])))
    graph, trials = design.graph(), 20_000
    exact = np.clip(graph.exact(curve).selection, 0, 1)
    assert exact.sum() == pytest.approx(1)
    done = simulate(design, curve, trials=trials, rng=np.random.default_rng(seed))
    error = np.sqrt(exact * (1 - exact) / trials)
    assert np.all(np.abs(done.behaviour.selection - exact) <= 6 * error + 8 / trials)
    rows = walk(graph, curve, trials=200, rng=np.random.default_rng(seed))
    asked = simulate_directly(design, curve, trials=200, rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(graph.states.take(rows).dlts, asked.dlts)
    np.testing.assert_array_equal(graph.states.take(rows).eliminated, asked.eliminated)


@pytest.mark.parametrize("name", FACTORIES)
def test_an_untested_dose_is_recommended_only_where_a_parameter_says_so(name: str) -> None:
    for untested in (False, True):
        design = FACTORIES[name](target=0.4, doses=3, select_untested=untested) | cohorts("3x3")
        graph = design.graph()
        chosen = np.maximum(graph.selection, 1)[:, None] - 1
        treated = np.take_along_axis(graph.states.treated[graph.final], chosen, axis=1)
        gone = np.take_along_axis(graph.states.eliminated[graph.final], chosen, axis=1)
        assert not (gone[:, 0] & (graph.selection > 0)).any()
        assert ((treated[:, 0] == 0) & (graph.selection > 0)).any() == untested
