"""The graph, the single decision, simulation and a plain rewriting of BOIN mean the same."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.reference_boin_design import Plain, courses, pool_adjacent_violators, step

from trialwright.core.errors import Refused
from trialwright.design import Cohort, Design, boin, cohorts, from_parameters, no_skipping
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.paths import paths
from trialwright.design.behaviour.simulate import count_ends, simulate, simulate_directly, walk
from trialwright.design.posterior.isotonic import isotonic_rates
from trialwright.design.rules import Elimination, lowest_dose
from trialwright.design.states import COUNT, LEVEL, toxicity_states

MEANINGS = st.sampled_from(["continue", "stop"])
FEW = settings(max_examples=60, deadline=None)


@st.composite
def small_designs(draw: st.DrawFn) -> Plain:
    doses = draw(st.integers(1, 4))
    return Plain(
        target=draw(st.floats(0.1, 0.5)),
        doses=doses,
        schedule=tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))),
        start=draw(st.integers(1, doses)),
        cutoff=draw(st.sampled_from([0.6, 0.8, 0.9, 0.95, 1.0])),
        least=draw(st.integers(1, 4)),
        offset=draw(st.sampled_from([0.0, 0.05, 0.29])),
        stay=draw(MEANINGS),
        deescalate=draw(MEANINGS),
    )


def curves(doses: int) -> st.SearchStrategy[list[float]]:
    rates = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0]))
    return st.lists(rates, min_size=doses, max_size=doses)


def engine(plain: Plain) -> Design:
    return from_parameters(
        "boin",
        {
            "target": plain.target,
            "cutoff_eli": plain.cutoff,
            "min_n_eli": plain.least,
            "extrasafe_offset": plain.offset or None,
            "at_lowest_stay": plain.stay,
            "at_lowest_deescalate": plain.deescalate,
        },
        plain.doses,
        plain.schedule,
        plain.start,
    )


@FEW
@given(st.data(), small_designs())
def test_exact_behaviour_equals_enumeration_of_every_course(
    data: st.DataObject, plain: Plain
) -> None:
    curve = data.draw(curves(plain.doses))
    ends = list(courses(plain, curve))
    exact = engine(plain).graph().exact(curve)
    chance = np.array([end.probability for end in ends])
    selection = np.zeros(plain.doses + 1)
    np.add.at(selection, [end.selected for end in ends], chance)
    np.testing.assert_allclose(exact.selection[0], selection, atol=1e-12)
    np.testing.assert_allclose(exact.treated[0], chance @ [end.treated for end in ends], atol=1e-11)
    np.testing.assert_allclose(exact.dlts[0], chance @ [end.dlts for end in ends], atol=1e-11)
    early = chance @ [end.early for end in ends]
    np.testing.assert_allclose(exact.stopped_early[0], early, atol=1e-12)
    np.testing.assert_allclose(exact.selection.sum(), 1, atol=1e-12)


@FEW
@given(st.data(), small_designs())
def test_paths_are_the_enumerated_courses(data: st.DataObject, plain: Plain) -> None:
    curve = data.draw(curves(plain.doses))
    found = paths(engine(plain).graph(), [curve])
    expected = {
        tuple(Cohort(*cohort) for cohort in end.course): (end.selected or None, end.probability)
        for end in courses(plain, curve)
    }
    assert {path.course for path in found} == expected.keys()
    assert all(path.final == expected[path.course][0] for path in found)
    np.testing.assert_allclose(
        [path.probability[0] for path in found],
        [expected[path.course][1] for path in found],
        atol=1e-12,
    )


@settings(max_examples=30, deadline=None)
@given(small_designs())
def test_decide_equals_the_graph_and_the_plain_rule_in_every_reachable_state(plain: Plain) -> None:
    design = engine(plain)
    graph = design.graph()
    seen = set()
    for end in courses(plain, [0.3] * plain.doses):
        seen |= {end.course[:k] for k in range(len(end.course) + 1)}
    rows = set()
    for prefix in sorted(seen)[:: max(1, len(seen) // 150)]:
        course = tuple(Cohort(*cohort) for cohort in prefix)
        decision = design.decide(course)
        state = design.state(course)
        rows.add(graph.find(state))
        assert graph.decide(state) == decision
        assert not [r for r in decision.reasons if r.rule == "deviation"]
        assert decision.next_dose == _plain_next(plain, prefix)
        assert decision.stop == (decision.next_dose is None)
    assert None not in rows


def _plain_next(plain: Plain, prefix: tuple[tuple[int, int, int], ...]) -> int | None:
    treated, dlts = [0] * plain.doses, [0] * plain.doses
    following, open_doses = plain.start, plain.doses
    for dose, n, y in prefix:
        treated[dose - 1] += n
        dlts[dose - 1] += y
        following, _, open_doses = step(plain, dose, treated, dlts, open_doses)
    return None if len(prefix) == len(plain.schedule) else following


@settings(max_examples=25, deadline=None)
@given(st.data(), small_designs(), st.integers(0, 2**32 - 1))
def test_simulated_and_exact_agree_within_monte_carlo_error(
    data: st.DataObject, plain: Plain, seed: int
) -> None:
    curve = data.draw(curves(plain.doses))
    design, trials = engine(plain), 20_000
    exact = np.clip(design.graph().exact(curve).selection, 0, 1)
    done = simulate(design, curve, trials=trials, rng=np.random.default_rng(seed))
    error = np.sqrt(exact * (1 - exact) / trials)
    assert np.all(np.abs(done.behaviour.selection - exact) <= 6 * error + 8 / trials)
    assert done.standard_error.shape == (1, plain.doses + 1)


@settings(max_examples=25, deadline=None)
@given(st.data(), small_designs(), st.integers(0, 2**32 - 1))
def test_the_walk_equals_asking_the_design_trial_by_trial(
    data: st.DataObject, plain: Plain, seed: int
) -> None:
    curve = np.array(data.draw(curves(plain.doses)))
    design = engine(plain)
    graph = design.graph()
    rows = walk(graph, curve, trials=300, rng=np.random.default_rng(seed))
    asked = simulate_directly(design, curve, trials=300, rng=np.random.default_rng(seed))
    walked = graph.states.take(rows)
    np.testing.assert_array_equal(walked.treated, asked.treated)
    np.testing.assert_array_equal(walked.dlts, asked.dlts)
    np.testing.assert_array_equal(walked.current, asked.current)
    np.testing.assert_array_equal(walked.eliminated, asked.eliminated)
    assert set(rows.tolist()) <= set(graph.final.tolist())


def test_simulation_without_the_graph_agrees_where_the_graph_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    design, curve = boin(target=0.3, doses=3) | cohorts("3x5"), [0.1, 0.3, 0.5]
    exact = design.graph().exact(curve)
    with pytest.raises(Refused, match="more than 50 states"):
        compile_graph(design, most_states=50)
    monkeypatch.setattr(
        "trialwright.design.behaviour.simulate.compile_graph",
        lambda d: compile_graph(d, most_states=50),
    )
    done = simulate(design, [curve, curve], trials=20_000, rng=np.random.default_rng(3))
    assert done.states is None
    np.testing.assert_allclose(done.behaviour.selection[1], exact.selection[0], atol=0.02)
    np.testing.assert_allclose(done.behaviour.treated[0], exact.treated[0], atol=0.2)
    np.testing.assert_allclose(done.behaviour.stopped_early[0], exact.stopped_early[0], atol=0.01)


def test_every_counted_trial_ends_in_one_final_state() -> None:
    graph = (boin(target=0.25, doses=2) | cohorts("4,8")).graph()
    counts = count_ends(graph, np.array([0.2, 0.3]), trials=40_001, rng=np.random.default_rng(0))
    assert counts.sum() == 40_001
    assert counts.shape == graph.final.shape


@given(small_designs())
@FEW
def test_the_order_in_which_rules_were_added_does_not_matter(plain: Plain) -> None:
    rules = [
        cohorts(plain.schedule),
        lowest_dose(plain.stay, plain.deescalate),
        no_skipping(),
        Elimination(plain.target, plain.cutoff, plain.least, plain.offset),
    ]
    bare = replace(boin(target=plain.target, doses=plain.doses, start=plain.start), rules=())
    built = set()
    for order in permutations(rules):
        design = bare
        for rule in order:
            design |= rule
        built.add(design)
    assert len(built) == 1


def test_rules_combine_alike_even_where_they_are_held_in_another_order() -> None:
    design = boin(target=0.25, doses=3) | cohorts("4,8") | no_skipping()
    turned = replace(design, rules=tuple(reversed(design.rules)))
    for text in ("1NTTT", "1NNNN 3NNNNNNNN", "1NNTT", "3NNNN 3TTTTTTTT"):
        one, other = design.decide(text), turned.decide(text)
        assert (one.next_dose, one.admissible, one.stop) == (
            other.next_dose,
            other.admissible,
            other.stop,
        )
        assert set(one.reasons) == set(other.reasons)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_isotonic_rates_equal_merging_of_neighbours(pairs: list[tuple[int, int]]) -> None:
    counts = [(max(n, y), min(n, y)) for n, y in pairs]
    treated, dlts = np.array([counts], COUNT)[..., 0], np.array([counts], COUNT)[..., 1]
    none = np.zeros(treated.shape, np.bool_)
    states = toxicity_states(treated, dlts, np.ones(1, LEVEL), none, np.ones(1, COUNT))
    used = [(n, y) for n, y in counts if n]
    rates = [(y + 0.05) / (n + 0.1) for n, y in used]
    weights = [(n + 0.1) ** 2 * (n + 1.1) / ((y + 0.05) * (n - y + 0.05)) for n, y in used]
    got = isotonic_rates(states)[0]
    assert np.isnan(got[treated[0] == 0]).all()
    np.testing.assert_allclose(
        got[treated[0] > 0], pool_adjacent_violators(rates, weights), atol=1e-12
    )
