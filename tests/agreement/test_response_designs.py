"""Designs of toxicity and response: graph, single decision, simulation and plain sums agree."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from tests.agreement.response_designs import (
    CONTOUR,
    DESIGNS,
    HURDLES,
    PRIORS,
    small_boin12,
    small_efftox,
    small_wages_tait,
)

from trialwright.core.errors import InputError, Refused
from trialwright.design import (
    Cohort,
    Course,
    Design,
    boin12,
    cohorts,
    efftox,
    from_parameters,
)
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.paths import count_paths, paths
from trialwright.design.behaviour.simulate import simulate, simulate_directly, walk
from trialwright.design.curves import TrueRates, true_rates
from trialwright.design.methods.boin12 import Boin12
from trialwright.design.states import States

EVERY = pytest.mark.parametrize("made", DESIGNS.values(), ids=DESIGNS.keys())
TRUTH = true_rates([[0.1, 0.3, 0.5], [0.6, 0.7, 0.7]], [[0.2, 0.5, 0.6], [0.1, 0.0, 0.3]], 3.0)


def patient_kinds(truth: TrueRates, dose: int) -> list[tuple[float, Cohort]]:
    p, q, both = (rates[0, dose - 1] for rates in (truth.dlt, truth.response, truth.both))
    return [
        (1 - p - q + both, Cohort(dose, 1)),
        (q - both, Cohort(dose, 1, responses=1)),
        (p - both, Cohort(dose, 1, dlts=1)),
        (both, Cohort(dose, 1, dlts=1, responses=1, both=1)),
    ]


def together(patients: tuple[Cohort, ...]) -> Cohort:
    sums = {
        name: sum(getattr(patient, name) for patient in patients)
        for name in ("treated", "dlts", "responses", "both")
    }
    return Cohort(patients[0].dose, **sums)


def courses(
    made: Design, truth: TrueRates, course: Course = (), chance: float = 1.0
) -> Iterator[tuple[Course, float]]:
    """Yield every course patient by patient under the first curve, by the single decision alone."""
    decision = made.decide(course)
    assert not [reason for reason in decision.reasons if reason.rule == "deviation"]
    if decision.stop:
        yield course, chance
        return
    if decision.next_dose is None:
        doses = [(dose, share) for dose, share in enumerate(decision.allocation, 1) if share]
        assert sum(share for _, share in doses) == pytest.approx(1)
    else:
        doses = [(decision.next_dose, 1.0)]
    for dose, share in doses:
        kinds = patient_kinds(truth, dose)
        for patients in product(kinds, repeat=made.schedule[len(course)]):
            cohort = together(tuple(patient for _, patient in patients))
            likely = chance * share * float(np.prod([p for p, _ in patients]))
            yield from courses(made, truth, (*course, cohort), likely)


@EVERY
def test_exact_behaviour_equals_enumeration_patient_by_patient(made: Design) -> None:
    exact = made.graph().exact(TRUTH[0:1])
    selection, treated, responses, early = np.zeros(4), np.zeros(3), np.zeros(3), 0.0
    recommended: dict[Course, int] = {}
    for course, chance in courses(made, TRUTH):
        if course not in recommended:
            recommended[course] = made.recommend(course).dose or 0
        selection[recommended[course]] += chance
        early += chance * (len(course) < len(made.schedule))
        for cohort in course:
            treated[cohort.dose - 1] += chance * cohort.treated
            responses[cohort.dose - 1] += chance * cohort.responses
    np.testing.assert_allclose(exact.selection[0], selection, atol=1e-12)
    np.testing.assert_allclose(exact.treated[0], treated, atol=1e-11)
    np.testing.assert_allclose(exact.responses[0], responses, atol=1e-11)
    assert exact.stopped_early[0] == pytest.approx(early, abs=1e-12)


@EVERY
def test_probabilities_sum_to_1_and_paths_are_the_same_trials(made: Design) -> None:
    graph = made.graph()
    np.testing.assert_allclose(graph.probabilities(TRUTH).sum(axis=1), 1, atol=1e-12)
    found = paths(graph, TRUTH)
    assert len(found) == count_paths(graph, len(made.schedule))
    assert len({path.course for path in found}) == len(found)
    chance = np.array([path.probability for path in found])
    exact = graph.exact(TRUTH)
    for dose in range(4):
        chosen = np.array([(path.final or 0) == dose for path in found])
        np.testing.assert_allclose(chance[chosen].sum(axis=0), exact.selection[:, dose], atol=1e-12)
    assert all(path.complete for path in found)
    assert len(paths(graph, TRUTH, depth=1)) == count_paths(graph, 1)


@EVERY
def test_decide_equals_the_graph_in_every_reachable_state(made: Design) -> None:
    graph = made.graph()
    seen: dict[int, Course] = {}
    for path in paths(graph):
        for end in range(len(path.course) + 1):
            row = graph.find(made.state(path.course[:end]))
            assert row is not None
            seen.setdefault(row, path.course[:end])
    assert sorted(seen) == list(range(len(graph)))
    for row, course in list(seen.items())[:: max(1, len(seen) // 250)]:
        decision = made.decide(course)
        found = graph.decide(graph.states.outcomes(row))
        # A sum over many states at once rounds otherwise than that of one.
        assert found.allocation == pytest.approx(decision.allocation, abs=1e-12)
        assert replace(found, allocation=decision.allocation) == decision
        assert all("\n" not in reason.text for reason in decision.reasons)


@EVERY
def test_simulated_and_exact_agree_within_monte_carlo_error(made: Design) -> None:
    exact, trials = made.graph().exact(TRUTH), 20_000
    done = simulate(made, TRUTH, trials=trials, rng=np.random.default_rng(5))
    chosen = np.clip(exact.selection, 0, 1)
    error = np.sqrt(chosen * (1 - chosen) / trials)
    assert np.all(np.abs(done.behaviour.selection - chosen) <= 5 * error + 5 / trials)
    np.testing.assert_allclose(done.behaviour.treated, exact.treated, atol=0.06)


@EVERY
def test_the_walk_equals_asking_the_design_trial_by_trial(made: Design) -> None:
    graph, curve = made.graph(), TRUTH[0:1]
    rows = walk(graph, curve, trials=400, rng=np.random.default_rng(8))
    asked = simulate_directly(made, curve, trials=400, rng=np.random.default_rng(8))
    walked = graph.states.take(rows)
    for name in ("treated", "dlts", "responses", "both", "current", "eliminated"):
        np.testing.assert_array_equal(getattr(walked, name), getattr(asked, name))
    assert set(rows.tolist()) <= set(graph.final.tolist())


RATES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0])), min_size=3, max_size=3)


@settings(max_examples=20, deadline=None)
@given(RATES, RATES, st.floats(0.2, 5), st.integers(0, 5))
def test_exact_and_simulated_agree_under_any_rates(
    dlt: list[float], response: list[float], odds_ratio: float, randomise: int
) -> None:
    made = small_wages_tait(randomise) | cohorts("1,2,1")
    truth, trials = true_rates(dlt, response, odds_ratio), 4_000
    chosen = np.clip(made.graph().exact(truth).selection, 0, 1)
    done = simulate(made, truth, trials=trials, rng=np.random.default_rng(1))
    error = np.sqrt(chosen * (1 - chosen) / trials)
    assert np.all(np.abs(done.behaviour.selection - chosen) <= 6 * error + 8 / trials)


def test_a_graph_too_large_gives_way_to_simulation() -> None:
    made = small_efftox() | cohorts("3x5")
    with pytest.raises(Refused, match="more than 100 states"):
        compile_graph(made, most_states=100)


# BOIN12: the rule in scalars, from the paper's table 2.


def plain_boin12(method: Boin12, states: States) -> int:
    """Return the wish in one state."""
    doses, d = states.doses, int(states.current[0])
    u = method.utilities
    score, fine = {}, {}
    for level in range(1, doses + 1):
        n, y, e, b = (
            int(counts[0, level - 1])
            for counts in (states.treated, states.dlts, states.responses, states.both)
        )
        x = u[0] * (e - b) + u[1] * (n - y - e + b) + u[2] * b + u[3] * (y - b)
        score[level] = round(float(beta.sf(method.benchmark, 1 + x, 1 + n - x)), 11)
        futile = beta.cdf(method.phi_e, 1 + e, 1 + n - e) >= method.cutoff_fut
        fine[level] = not futile and not states.eliminated[0, level - 1]
    n, y = int(states.treated[0, d - 1]), int(states.dlts[0, d - 1])
    lower = [level for level in range(1, d) if fine[level]][-1:]
    upper = [level for level in range(d + 1, doses + 1) if fine[level]][:1]
    here = [d] if fine[d] else []
    if n and y / n >= method.boundaries.lambda_d:
        return lower[0] if lower else 0
    unexplored = d < doses and states.treated[0, d] == 0 and fine[d + 1]
    if method.explore_from and n >= method.explore_from and unexplored:
        return d + 1
    middle = n and y / n > method.boundaries.lambda_e and n >= method.n_star
    options = lower + here + ([] if middle else upper)
    return max(options, key=lambda level: (score[level], level), default=0)


@st.composite
def response_states(draw: st.DrawFn) -> States:
    counts = []
    for _ in range(4):
        n = draw(st.integers(0, 12))
        y, e = draw(st.integers(0, n)), draw(st.integers(0, n))
        counts.append((n, y, e, draw(st.integers(max(0, y + e - n), min(y, e)))))
    n, y, e, b = np.array([counts], np.int16).transpose(2, 0, 1)
    current = draw(st.integers(1, 4))
    gone = np.arange(1, 5)[None, :] >= draw(st.integers(2, 6))
    return States(n, y, np.array([current], np.int8), gone, np.ones(1, np.int16), e, b)


@settings(max_examples=200, deadline=None)
@given(response_states(), st.integers(3, 9), st.sampled_from([None, 6, 9]))
def test_boin12_wishes_what_the_plain_rule_wishes(
    states: States, n_star: int, explore_from: int | None
) -> None:
    made = boin12(
        target=0.3, phi_e=0.3, u2=35, u3=70, doses=4, n_star=n_star, explore_from=explore_from
    )
    method = made.method
    assert isinstance(method, Boin12)
    assert method.wish(states)[0] == plain_boin12(method, states)


def test_wages_tait_lists_dlt_rates_and_says_why_a_toxic_dose_is_kept() -> None:
    made = small_wages_tait(0)
    fine = made.recommend("1NNE").reasons[0].text
    assert "of at most 0.4 dose 1 0." in fine
    assert "(DLT 0." in fine
    assert "kept" not in fine
    kept = made.recommend("1TTT")
    assert kept.dose == 1
    assert "every DLT rate is above 0.4, and the lowest dose is kept" in kept.reasons[0].text
    none = small_wages_tait(0, when_none="stop").recommend("1TTT").reasons[0].text
    assert none.startswith("no dose is left that was treated and is acceptable; estimated response")


def test_wages_tait_shares_are_the_same_whatever_other_states_are_worked_out() -> None:
    made = small_wages_tait(9) | cohorts("1,2,1,1")
    states = made.graph().states
    together = made.method.allocation(states)
    for row in range(0, len(states), 7):
        np.testing.assert_array_equal(made.method.allocation(states.take([row]))[0], together[row])


# BOIN12: nobody stays at a rate above the boundary


def test_boin12_ends_where_a_toxic_dose_has_none_below_but_inactive_ones() -> None:
    made = boin12(target=0.35, phi_e=0.4, u2=40, u3=60, doses=2) | cohorts("3x6")
    assert made.decide("1NNN 1NNN").next_dose == 2
    decision = made.decide("1NNN 1NNN 2TTN")
    assert (decision.stop, decision.next_dose, decision.method_wish) == (True, None, None)
    assert decision.reasons[0].text.endswith("no dose below is admissible: the trial ends")
    assert made.decide("1NNE 1NNE 2TTN").next_dose == 1
    lowest = made.decide("1TTE")
    assert lowest.next_dose == 1
    assert lowest.reasons[0].text.endswith("there is no dose below")


# EffTox: levels above a tried one that is too toxic


def test_efftox_opens_no_level_above_a_tried_one_that_is_too_toxic() -> None:
    # A slope of prior mean 0 lets DLTs at dose 1 make dose 3 look safe.
    falling = {"alpha_mean": -1.0, "alpha_sd": 2.0, "beta_mean": 0.0, "beta_sd": 3.0}
    stated = {"doses": "1,4,16", "target": 0.35, **HURDLES, **CONTOUR, **PRIORS, **falling}
    free, closed = efftox(**stated, toxic_closes_above=False), efftox(**stated)
    states = closed.history(closed.read("1TTTTTT")).take([-1])
    assert free.method.acceptable(states)[0, 1]
    assert not closed.method.acceptable(states).any()
    decision = closed.decide("1TTTTTT")
    assert (decision.stop, decision.admissible) == (True, ())
    said = " ".join(reason.text for reason in decision.reasons)
    assert "doses 2 to 3 are above dose 1, which was tried and is too toxic" in said
    assert free.decide("1TTTTTT").next_dose == 2
    # Nor is one recommended there, where it was tried.
    assert closed.recommend("1TTTTTT 2EEEEEE").dose is None
    assert free.recommend("1TTTTTT 2EEEEEE").dose == 2


def test_efftox_goes_down_one_level_at_a_time_below_those_tried() -> None:
    made = small_efftox("1,2,4,8", start=4)
    states = made.history(made.read("4NNE")).take([-1])
    near = made.method.acceptable(states)[0]
    assert near[2]
    assert not near[:2].any()
    free = small_efftox("1,2,4,8", start=4, may_skip=True)
    assert free.method.acceptable(states)[0, 1]


# Pending patients


def test_pending_patients_of_a_design_with_responses() -> None:
    made = small_boin12() | cohorts("3x4")
    waits = made.decide("1NEP")
    assert (waits.next_dose, waits.stop, waits.pending) == (None, False, 1)
    assert waits.reasons[0].text == (
        "1 pending: wait; dose 2 with 0/1 more DLT and 0 more responses, "
        "dose 1 with 0/1 more DLT and 1 more responses"
    )
    assert made.decide("1EEP").next_dose == made.decide("1EEN").next_dose == 1


def test_pending_patients_before_a_draw() -> None:
    made = small_wages_tait(9) | cohorts("1,1,2,2")
    waits = made.decide("1N 2P")
    assert (waits.next_dose, waits.stop, waits.allocation) == (None, False, ())
    assert "wait; a draw of dose" in waits.reasons[0].text
    assert made.recommend("1N 2N 2NP").pending == 1


# Parameters

WRONG = [
    ("boin12", {"phi_e": 0}, "parameter phi_e: 0"),
    ("boin12", {"u2": 101}, "parameter u2: 101; wanted a number from 0 to 100"),
    ("boin12", {"u1": 0}, "parameter u1: 0 (u4: 0.0); wanted numbers, u1 above u4"),
    ("boin12", {"n_star": 0}, "parameter n_star: 0"),
    ("boin12", {"cutoff_fut": 2}, "parameter cutoff_fut: 2"),
    ("boin12", {"explore_from": 0}, "parameter explore_from: 0"),
    ("efftox", {"doses": 3}, "parameter doses: levels without amounts"),
    ("efftox", {"alpha_sd": 0}, "parameter alpha_sd: 0"),
    ("efftox", {"gamma_sd": 900}, "gamma_sd, zeta_sd, eta_sd: too wide"),
    ("efftox", {"eff_star": 0.3}, "parameter eff_star: 0.3; wanted a number above 0.4"),
    ("efftox", {"tox_star": 0.8}, "parameter tox_star: 0.8"),
    ("efftox", {"p_e": 1.5}, "parameter p_e: 1.5"),
    ("wages_tait", {"tox_skeleton": (0.1, 0.1, 0.2)}, "parameter tox_skeleton: rates that do not"),
    ("wages_tait", {"tox_skeleton": (0.1, 0.2)}, "parameter tox_skeleton: 2 rates; wanted one"),
    ("wages_tait", {"tox_skeleton": 0.1}, "parameter tox_skeleton: 0.1; wanted rates"),
    ("wages_tait", {"eff_skeletons": "0.1,0.2,x"}, "eff_skeletons, row 1, level 3: 'x'"),
    ("wages_tait", {"eff_skeletons": ()}, "parameter eff_skeletons: 0 rows"),
    ("wages_tait", {"prior_weights": (1, 2, 3)}, "parameter prior_weights: 3 values"),
    ("wages_tait", {"randomise": -1}, "parameter randomise: -1"),
    ("wages_tait", {"when_none": "wait"}, "parameter when_none: 'wait'; wanted lowest or stop"),
]
RIGHT: dict[str, dict[str, Any]] = {
    "boin12": {"target": 0.35, "phi_e": 0.25, "u2": 40, "u3": 60},
    "efftox": {"target": 0.35, "doses": "1,2,4 mg", **HURDLES, **CONTOUR, **PRIORS},
    "wages_tait": {
        "target": 0.4,
        "eff_limit": 0.3,
        "tox_skeleton": (0.1, 0.2, 0.3),
        "eff_skeletons": "0.6,0.5,0.4 / 0.4,0.5,0.6",
    },
}


@pytest.mark.parametrize(("method", "wrong", "message"), WRONG)
def test_a_wrong_parameter_is_named(method: str, wrong: dict[str, Any], message: str) -> None:
    stated = RIGHT[method] | wrong
    doses = stated.pop("doses", 3)
    with pytest.raises(InputError) as caught:
        from_parameters(method, stated, doses)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("method", RIGHT)
def test_plain_parameters_build_a_design_that_explains_itself(method: str) -> None:
    stated = dict(RIGHT[method])
    made = from_parameters(method, stated, stated.pop("doses", 3), "3x4")
    assert made.decide("1NNE").next_dose in (1, 2)
    assert made.recommend("1NNE").dose == 1
    assert made.recommend("").dose is None
    assert all(text and "\n" not in text for text in made.summary)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 9), st.floats(), st.text(max_size=5), st.lists(RATES)
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(RIGHT)), st.data())
def test_any_parameters_build_a_design_or_are_refused_in_one_line(
    method: str, data: st.DataObject
) -> None:
    stated = dict(RIGHT[method])
    doses = stated.pop("doses", 3)
    name = data.draw(st.sampled_from(sorted(stated)))
    try:
        made = from_parameters(method, stated | {name: data.draw(VALUES)}, doses)
    except InputError as error:
        assert str(error).startswith("design, parameter")
        assert "\n" not in str(error)
    else:
        assert made.decide().next_dose == 1


def test_an_untested_dose_is_recommended_only_where_a_parameter_says_so() -> None:
    for build in (small_boin12, small_efftox, small_wages_tait):
        design: Any = build
        assert design().recommend("1NNE").dose == 1
    # 3 of 3 respond less than the untested levels promise.
    assert small_wages_tait(0, select_untested=True).recommend("1NNN").dose in (2, 3)
    assert small_efftox(select_untested=True).recommend("1NNN").dose in (2, 3)


def test_nothing_acceptable_ends_the_trial_without_a_dose() -> None:
    toxic = small_boin12().decide("1TTT")
    assert (toxic.stop, toxic.admissible) == (True, ())
    assert small_boin12().recommend("1TTT").dose is None
    assert small_efftox().decide("1TTTTTT").stop
    assert small_efftox().recommend("1TTTTTT").dose is None
    lowest = small_wages_tait(0).decide("2TTT")
    assert (lowest.next_dose, lowest.admissible) == (1, (1,))
    stopped = small_wages_tait(0, when_none="stop").decide("2TTT")
    assert stopped.stop
    assert [r for r in stopped.reasons if r.rule == "acceptable"]
    unsafe = small_wages_tait(0).decide("1TTTTTT")
    assert unsafe.stop
    assert "lower exact two-sided 95 % limit" in " ".join(r.text for r in unsafe.reasons)
