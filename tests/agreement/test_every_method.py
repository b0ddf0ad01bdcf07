"""What holds for every method: one meaning, whichever reader of the design is asked."""

import pickle

import numpy as np
import pytest
from tools.reference import EXAMPLES, example_of

from trialwright.design import METHODS, Design, elimination, safety_boundary
from trialwright.design.behaviour.simulate import simulate_directly
from trialwright.design.curves import TrueRates, true_rates
from trialwright.design.rules import Rule

SMALL = dict.fromkeys(EXAMPLES, "2,2,2") | {"three_plus_three": "3,3,3"}
DOSES = "10, 20, 40 mg"
TRIALS = 4_000


def small(name: str) -> Design:
    return example_of(name, DOSES, SMALL[name])


def truth_for(design: Design) -> TrueRates:
    dlt = [[0.1, 0.25, 0.5], [0.4, 0.5, 0.6]]
    return true_rates(dlt, [[0.2, 0.4, 0.5]] * 2 if design.method.responses else None)


def test_every_method_has_an_example() -> None:
    assert set(EXAMPLES) == set(METHODS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_graph_decides_as_the_design_does_in_every_state(name: str) -> None:
    design = small(name)
    graph = design.graph()
    rows = np.linspace(0, len(graph) - 1, min(len(graph), 150)).astype(int)
    for row in rows:
        state = graph.states.outcomes(row)
        decision = graph.decide(state)
        assert decision == design.explain_state(state)
        assert decision.next_dose is None or decision.next_dose in decision.admissible
        assert decision.stop == (not decision.admissible) or design.method.responses
        assert decision.reasons


@pytest.mark.parametrize("name", EXAMPLES)
def test_exact_and_simulated_agree(name: str) -> None:
    design = small(name)
    truth = truth_for(design)
    exact = design.graph().exact(truth)
    assert np.allclose(exact.selection.sum(axis=1), 1)
    assert np.allclose(exact.treated.sum(axis=1), exact.patients)
    assert np.allclose(exact.dlts, exact.treated * truth.dlt)
    rng = np.random.default_rng(20)
    for i in range(len(truth)):
        ends = simulate_directly(design, truth[i : i + 1], trials=TRIALS, rng=rng)
        chosen = design.select(ends, design.resolve(ends))
        for dose in range(design.doses + 1):
            p = exact.selection[i, dose]
            error = np.sqrt(p * (1 - p) / TRIALS)
            assert abs((chosen == dose).mean() - p) <= 4.5 * error + 1e-12


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_recommended_dose_was_tested_and_not_eliminated(name: str) -> None:
    graph = small(name).graph()
    ends = graph.states.take(graph.final)
    for row, dose in enumerate(graph.selection.tolist()):
        if dose:
            assert ends.treated[row, dose - 1] > 0
            assert not ends.eliminated[row, dose - 1]


# At 1 DLT of 2 a level is gone, at 0 of 2 it is not: levels above one that goes were tolerated.
ELIMINATING = {
    "elimination": elimination(0.3, 0.7, 2),
    "safety_boundary": safety_boundary(0.3, 0.7, 2),
}


@pytest.mark.parametrize("rule", ELIMINATING.values(), ids=ELIMINATING.keys())
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_method_recommends_a_dose_that_a_rule_eliminated(name: str, rule: Rule) -> None:
    design = small(name).replacing(rule)
    graph = design.graph()
    ends = graph.states.take(graph.final)
    assert ends.eliminated.any()
    for chosen in (graph.selection, design.method.select(ends)):
        rows = np.flatnonzero(chosen)
        assert len(rows)
        assert not ends.eliminated[rows, chosen[rows] - 1].any()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_design_travels_to_another_process(name: str) -> None:
    design = small(name)
    assert pickle.loads(pickle.dumps(design)) == design


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_summary_says_the_method_and_every_rule(name: str) -> None:
    design = small(name)
    assert len(design.summary) == 1 + len(design.rules)
    assert all(line and "\n" not in line for line in design.summary)
