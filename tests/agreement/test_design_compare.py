"""Compared designs: the same patients for all, and exact figures where the graph compiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.design import Design, boin, cohorts, from_parameters, no_skipping
from trialwright.design.behaviour.compare import Compared, compare
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.patients import (
    Patients,
    Seen,
    draw_patients,
    outcome_of,
    treat_patients,
)
from trialwright.design.cohort import cohort_outcomes
from trialwright.design.curves import TrueRates, true_rates

CURVE = [0.1, 0.25, 0.4]
MEASURES = ("selection", "treated", "dlts", "stopped_early", "patients")
TRIAL = boin(target=0.3, doses=3) | cohorts("3x5")
OTHERS = (
    boin(target=0.3, doses=3, cutoff_eli=0.8) | cohorts("1x3,2x6"),
    boin(target=0.2, doses=3, start=2) | cohorts("4,5") | no_skipping(),
)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    method = boin(
        target=draw(st.floats(0.1, 0.5)),
        doses=3,
        start=draw(st.integers(1, 3)),
        cutoff_eli=draw(st.sampled_from([0.6, 0.9, 1.0])),
    )
    return method | cohorts(sizes)


def rates(doses: int = 3) -> st.SearchStrategy[list[float]]:
    one = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0]))
    return st.lists(one, min_size=doses, max_size=doses)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@settings(max_examples=25, deadline=None)
@given(st.lists(designs(), min_size=1, max_size=3), rates(), st.integers(0, 2**32 - 1))
def test_simulated_and_exact_agree_within_monte_carlo_error(
    stated: list[Design], curve: list[float], seed: int
) -> None:
    trials = 5_000
    for one in compare(stated, curve, trials=trials, rng=rng(seed)).designs:
        assert one.exact is not None
        for name in MEASURES:
            error = getattr(one.simulated.error, name)
            distance = np.abs(getattr(one.simulated.mean, name) - getattr(one.exact, name))
            # The second term is for what is too rare to show in the standard error.
            assert np.all(distance <= 6 * error + 150 / trials), name


@settings(max_examples=25, deadline=None)
@given(designs(), rates(), st.integers(0, 2**32 - 1))
def test_walking_the_graph_equals_asking_the_design(
    design: Design, curve: list[float], seed: int
) -> None:
    walked = compare([design], curve, trials=300, rng=rng(seed)).designs[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "trialwright.design.behaviour.compare.compile_graph",
            lambda d: compile_graph(d, most_states=1),
        )
        asked = compare([design], curve, trials=300, rng=rng(seed)).designs[0]
    assert asked.exact is None
    assert asked.states is None
    same(walked, asked)


@pytest.mark.parametrize("name", ["boin12", "wages_tait"])
def test_walking_equals_asking_where_doses_are_drawn_or_responses_seen(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = from_parameters(name, KINDS[name], 3, "2,2,2")
    truth = true_rates([0.1, 0.25, 0.5], [0.2, 0.4, 0.5], 2.0)
    walked = compare([design], truth, trials=500, rng=rng()).designs[0]
    monkeypatch.setattr(
        "trialwright.design.behaviour.compare.compile_graph",
        lambda d: compile_graph(d, most_states=1),
    )
    asked = compare([design], truth, trials=500, rng=rng()).designs[0]
    same(walked, asked)
    assert walked.simulated.mean.responses.tolist() == asked.simulated.mean.responses.tolist()


def same(one: Compared, other: Compared) -> None:
    for name in ("selection", "treated", "dlts", "stopped_early", "patients", "all_dlts"):
        for part in ("mean", "error"):
            np.testing.assert_array_equal(
                getattr(getattr(one.simulated, part), name),
                getattr(getattr(other.simulated, part), name),
            )


# Designs of every kind, each with one that the graph has to treat in its own way.
KINDS: dict[str, dict[str, object]] = {
    "boin": {"target": 0.3},
    "boin12": {"target": 0.3, "phi_e": 0.25, "u2": 40.0, "u3": 60.0},  # looks at responses
    "crm": {"target": 0.3},  # a model of all doses
    "three_plus_three": {},  # complete before its schedule is
    "tite_boin": {"target": 0.3},  # would count pending patients
    "wages_tait": {  # draws the first doses
        "target": 0.3,
        "eff_limit": 0.05,
        "tox_skeleton": (0.1, 0.2, 0.35),
        "eff_skeletons": ((0.2, 0.4, 0.6), (0.4, 0.6, 0.4)),
        "randomise": 4,
    },
}


def test_designs_of_every_kind_agree_with_their_exact_figures_on_the_same_patients() -> None:
    stated = [
        from_parameters(name, given, "10, 20, 40 mg", "3,3,3" if given == {} else "2,2,2")
        for name, given in KINDS.items()
    ]
    truth = true_rates([0.1, 0.25, 0.5], [0.2, 0.4, 0.5], 2.0)
    found = compare(stated, truth, trials=6_000, rng=rng()).designs
    for name, one in zip(KINDS, found, strict=True):
        assert one.exact is not None, name
        looks = one.exact.responses.shape[1] > 0
        assert looks == (name in ("boin12", "wages_tait"))
        for measure in (*MEASURES, "responses") if looks else MEASURES:
            error = getattr(one.simulated.error, measure)
            distance = np.abs(getattr(one.simulated.mean, measure) - getattr(one.exact, measure))
            assert np.all(distance <= 4.5 * error + 1e-3), (name, measure)


def test_a_design_does_not_differ_from_itself_and_the_others_change_nothing() -> None:
    """Every design meets its own patients, whoever is compared with it."""
    alone = compare([TRIAL], CURVE, trials=9_000, rng=rng())
    among = compare([TRIAL, *OTHERS, TRIAL], CURVE, trials=9_000, rng=rng())
    same(alone.designs[0], among.designs[0])
    same(alone.designs[0], among.designs[3])
    assert among.designs[3].same_dose.tolist() == [1]
    assert not among.designs[3].difference.mean.selection.any()
    assert not among.designs[3].difference.error.treated.any()


def test_the_differences_are_paired() -> None:
    """Same means as the difference of the means, and less error than of two separate samples."""
    first, other = compare([TRIAL, OTHERS[0]], CURVE, trials=9_000, rng=rng()).designs
    np.testing.assert_allclose(
        other.difference.mean.treated,
        other.simulated.mean.treated - first.simulated.mean.treated,
        atol=1e-12,
    )
    apart = np.hypot(other.simulated.error.all_dlts, first.simulated.error.all_dlts)
    assert np.all(other.difference.error.all_dlts < 0.8 * apart)


def test_the_standard_error_is_that_of_the_mean_of_paired_differences() -> None:
    """Against the spread of the difference over 200 comparisons of 200 trials."""
    found = [compare([TRIAL, OTHERS[0]], CURVE, trials=200, rng=rng(s)).designs[1]
             for s in range(200)]  # fmt: skip
    spread = np.std([one.difference.mean.all_dlts for one in found], ddof=1)
    stated = np.mean([one.difference.error.all_dlts for one in found])
    assert spread == pytest.approx(stated, rel=0.2)


def test_the_same_patients_stand_under_every_curve() -> None:
    both = compare([TRIAL], [CURVE, [0.1, 0.1, 0.1]], trials=500, rng=rng()).designs[0]
    one = compare([TRIAL], CURVE, trials=500, rng=rng()).designs[0]
    assert both.simulated.mean.selection[0].tolist() == one.simulated.mean.selection[0].tolist()


def test_a_patient_has_a_dlt_exactly_where_the_tolerance_is_below_the_rate() -> None:
    tolerance = np.array([[0.0, 0.09, 0.1, 0.3, 0.9]])
    patients = Patients(tolerance, np.zeros((0, 5)), np.zeros((0, 5)))
    dose = np.array([1, 1, 1, 2, 0])
    seen = treat_patients(patients, slice(0, 1), dose, true_rates([0.1, 0.4]))
    assert seen.dlts.tolist() == [1, 1, 0, 1, 0]


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.1, 1.0, 8.0]))
def test_responses_keep_their_rate_and_their_odds_ratio(
    dlt: float, response: float, ratio: float
) -> None:
    truth = true_rates([dlt], [response], ratio)
    (patients,) = draw_patients(1, 8_000, responses=True, lots=False, rng=rng())
    seen = treat_patients(patients, slice(0, 1), np.ones(8_000, int), truth)
    for got, wanted in (
        (seen.dlts, truth.dlt[0, 0]),
        (seen.responses, truth.response[0, 0]),
        (seen.both, truth.both[0, 0]),
    ):
        assert got.mean() == pytest.approx(wanted, abs=5 * np.sqrt(0.25 / 8_000))


def test_each_outcome_of_a_cohort_with_responses_is_found() -> None:
    outcomes = cohort_outcomes(3, True)
    seen = Seen(outcomes.dlts, outcomes.responses, outcomes.both)
    assert outcome_of(seen, outcomes, True).tolist() == list(range(len(outcomes)))


def test_responses_are_counted_for_a_design_that_does_not_look_at_them() -> None:
    truth = true_rates(CURVE, [0.0, 0.5, 1.0])
    (one,) = compare([TRIAL], truth, trials=4_000, rng=rng()).designs
    treated, responses = one.simulated.mean.treated[0], one.simulated.mean.responses[0]
    assert responses[0] == 0
    assert responses[2] == treated[2]
    assert responses[1] == pytest.approx(0.5 * treated[1], rel=0.05)
    assert one.exact is not None


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ((), "designs: none"),
        ((TRIAL, boin(target=0.3, doses=2) | cohorts("3")), "design 2: 2 dose levels"),
        ((TRIAL, boin(target=0.3, doses=3)), "design 2: no cohort schedule"),
    ],
)
def test_designs_that_cannot_be_compared_are_named(
    stated: tuple[Design, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        compare(stated, CURVE, trials=10, rng=rng())


def test_rates_of_another_number_of_doses_are_refused() -> None:
    truth: TrueRates = true_rates([0.1, 0.2])
    with pytest.raises(InputError, match="one for each of 3 doses"):
        compare([TRIAL], truth, trials=10, rng=rng())
    with pytest.raises(InputError, match="parameter trials"):
        compare([TRIAL], CURVE, trials=1, rng=rng())


def test_progress_reaches_its_end() -> None:
    seen: list[tuple[int, int]] = []
    compare([TRIAL], [CURVE, CURVE], trials=9_000, rng=rng(),
            progress=lambda done, total: seen.append((done, total)))  # fmt: skip
    assert seen[-1] == (18_000, 18_000)
    assert len(seen) == 4
