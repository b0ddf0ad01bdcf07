"""BLRM designs: the single decision, the graph, simulation and a plain rewriting mean the same."""

from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.reference_blrm import Question, posterior

from trialwright.design import Design, Outcomes, blrm, cohorts, from_parameters
from trialwright.design.behaviour.simulate import simulate, simulate_directly, walk
from trialwright.design.methods.blrm import Blrm
from trialwright.design.model import Ending

AMOUNTS = (10, 20, 40)
CURVES = st.lists(st.floats(0, 1), min_size=3, max_size=3)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    low = draw(st.floats(0.05, 0.3))
    prior = [
        *(draw(st.floats(-3, 1)), draw(st.floats(-1, 1))),
        *(draw(st.floats(0.3, 2)), draw(st.floats(0.2, 1.2)), draw(st.floats(-0.8, 0.8))),
    ]
    parameters = {
        "target": (low, low + draw(st.floats(0.05, 0.3))),
        "reference_dose": draw(st.sampled_from([5, 20, 45])),
        "prior": prior,
        "ewoc": draw(st.sampled_from([0.1, 0.25, 0.5, 1])),
        "choose": draw(st.sampled_from(["target_probability", "highest_admissible"])),
        "select_untested": draw(st.booleans()),
        "no_skipping": draw(st.booleans()),
    }
    schedule = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    return from_parameters("blrm", parameters, AMOUNTS, schedule, draw(st.integers(1, 3)))


@settings(max_examples=15, deadline=None)
@given(designs())
def test_decide_equals_the_graph_in_every_reachable_state(design: Design) -> None:
    graph = design.graph()
    for text, state in courses(design, design.start):
        decision = design.decide(text)
        assert graph.decide(state) == decision
        assert graph.find(state) is not None
        assert not [reason for reason in decision.reasons if reason.rule == "deviation"]


def courses(design: Design, dose: int, text: str = "") -> Iterator[tuple[str, Outcomes]]:
    """Yield every course that the design can take, and the state after it."""
    state = design.state(text)
    yield text, state
    if state.cohorts == len(design.schedule):
        return
    size = design.schedule[state.cohorts]
    for dlts in range(size + 1):
        longer = f"{text} {dose}{'N' * (size - dlts)}{'T' * dlts}"
        following = design.decide(longer).next_dose
        if following is None:
            yield longer, design.state(longer)
        else:
            yield from courses(design, following, longer)


@settings(max_examples=10, deadline=None)
@given(designs(), CURVES, st.integers(0, 2**32 - 1))
def test_simulated_and_exact_agree(design: Design, curve: list[float], seed: int) -> None:
    trials, graph = 20_000, design.graph()
    exact = np.clip(graph.exact(curve).selection, 0, 1)
    done = simulate(design, curve, trials=trials, rng=np.random.default_rng(seed))
    error = np.sqrt(exact * (1 - exact) / trials)
    assert np.all(np.abs(done.behaviour.selection - exact) <= 6 * error + 8 / trials)
    rows = walk(graph, curve, trials=50, rng=np.random.default_rng(seed))
    asked = simulate_directly(design, curve, trials=50, rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(graph.states.take(rows).dlts, asked.dlts)
    np.testing.assert_array_equal(graph.states.take(rows).treated, asked.treated)


@settings(max_examples=6, deadline=None)
@given(designs())
def test_decisions_and_selection_equal_the_rule_on_plain_integrals(design: Design) -> None:
    method = design.method
    assert isinstance(method, Blrm)
    graph = design.graph()
    prior = [
        (n.weight, n.alpha, n.beta, n.sd_alpha, n.sd_beta, n.correlation)
        for n in method.curve.prior
    ]
    rows = np.flatnonzero(graph.states.current > 0)
    for row in rows[:: max(1, len(rows) // 12)].tolist():
        state, verdict = graph.states.outcomes(row), graph.resolution.verdict(row)
        question = Question(prior, method.curve.x, state.treated, state.dlts)
        _, above = posterior(question, (method.low, method.high))
        if near_a_tie(above, method.bound):
            continue
        assert verdict.wish == plain_choice(method, above, (True,) * 3)
        barred = all(above[:, 1] > method.bound)
        assert (verdict.ending is Ending.NO_DOSE) == barred
        usable = tuple(method.select_untested or n > 0 for n in state.treated)
        selected = design.select(graph.states.take([row]), graph.resolution.take([row]))[0]
        assert selected == plain_choice(method, above, usable)


def near_a_tie(above: np.ndarray, bound: float) -> bool:
    aims = np.sort(above[:, 0] - above[:, 1])
    return bool(np.diff(aims).min() < 1e-5 or np.abs(above[:, 1] - bound).min() < 1e-5)


def plain_choice(method: Blrm, above: np.ndarray, usable: tuple[bool, ...]) -> int:
    """Return the dose that the stated choice takes among the usable ones, 0 for none."""
    admissible = [
        level
        for level, (_, over) in enumerate(above.tolist(), 1)
        if over <= method.bound and usable[level - 1]
    ]
    if method.choose == "highest_admissible":
        return max(admissible, default=0)
    return max(admissible, key=lambda level: above[level - 1, 0] - above[level - 1, 1], default=0)


def test_a_wish_below_the_lowest_dose_ends_the_trial_without_a_dose() -> None:
    design = blrm(doses="10,20,40 mg", reference_dose=40, prior="-1,0,1.5,0.8,0") | cohorts("3x4")
    decision = design.decide("1TTT")
    assert decision.stop
    assert (decision.method_wish, decision.admissible) == (None, ())
    assert design.recommend("1TTT").dose is None
    assert "the trial ends without a dose" in {r.rule: r.text for r in decision.reasons}["ewoc"]
