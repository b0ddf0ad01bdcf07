"""The quadrature of the BLRM against plain integration; what it remembers changes nothing."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.reference_blrm import Question, posterior, tail_by_dblquad

from trialwright.design.posterior.cells import integrals
from trialwright.design.posterior.logistic import posterior as remembered
from trialwright.design.posterior.logistic_prior import Logistic, Normal
from trialwright.design.states import COUNT, LEVEL, Floats, States, toxicity_states

RATES = (0.16, 0.33)
FIVE = tuple(log(amount / 60) for amount in (10, 20, 40, 60, 90))
USUAL = ((1.0, -0.7, -0.4, 1.2, 0.9, 0.0),)
SOME = (3, 3, 6, 9, 9), (0, 0, 1, 2, 5)

# name: prior, treated, DLTs. Realistic counts, then priors and data that contradict each other,
# priors that are next to nothing or nearly certain, many patients, separate and nested mixtures.
CASES = {
    "usual": (USUAL, *SOME),
    "no data": (USUAL, (0,) * 5, (0,) * 5),
    "no DLT": (USUAL, (3, 3, 3, 3, 18), (0,) * 5),
    "DLTs at the lowest dose alone": (USUAL, (6,) * 5, (6, 0, 0, 0, 0)),
    "DLTs at the highest dose alone": (USUAL, (6,) * 5, (0, 0, 0, 0, 6)),
    "240 patients": (USUAL, (20, 40, 60, 60, 60), (0, 2, 10, 20, 27)),
    "a narrow prior and data against it": (((1.0, -5, -1, 0.3, 0.2, 0.0),), (6,) * 5, (6,) * 5),
    "a narrow prior the other way": (((1.0, 3, 1, 0.5, 0.2, -0.9),), (30, 0, 0, 0, 0), (0,) * 5),
    "a vague prior": (((1.0, 0, 0, 10, 3, 0.0),), *SOME),
    "a vague prior, 3 patients": (((1.0, 0, 0, 10, 3, 0.0),), (3, 0, 0, 0, 0), (3, 0, 0, 0, 0)),
    "correlated": (((1.0, -1, 0, 2, 1, 0.95),), *SOME),
    "correlated the other way": (((1.0, -1, 0, 2, 1, -0.95),), *SOME),
    "a mixture": (((0.7, -0.7, -0.4, 1.2, 0.9, 0.0), (0.3, -3, 0.5, 0.2, 0.1, 0.3)), *SOME),
    "a far mixture": (
        ((0.99, -0.7, -0.4, 0.3, 0.3, 0.0), (0.01, -6, 0.5, 0.2, 0.1, 0.3)),
        (3, 3, 6, 9, 9),
        (0,) * 5,
    ),
    "beta all but known": (((1.0, -0.7, -0.4, 1.2, 0.01, 0.0),), (6,) * 5, (0, 0, 0, 1, 3)),
    "alpha all but known": (((1.0, -0.7, -0.4, 0.02, 1, 0.0),), (6,) * 5, (0, 0, 0, 1, 3)),
}


def quadrature(question: Question) -> tuple[Floats, Floats]:
    curve = Logistic(tuple(Normal(*normal) for normal in question.prior), tuple(question.x))
    counts = np.array([question.treated]), np.array([question.dlts])
    sums = integrals(curve, RATES, *counts)[0]
    shares, doses = sums[1:] / sums[0], len(question.x)
    return shares[:doses], shares[doses:].reshape(doses, len(RATES))


@pytest.mark.parametrize("name", CASES)
def test_tails_and_means_are_within_1e_6_of_plain_integration(name: str) -> None:
    prior, treated, dlts = CASES[name]
    question = Question(prior, FIVE, treated, dlts)
    mean, above = quadrature(question)
    wanted_mean, wanted_above = posterior(question, RATES)
    np.testing.assert_allclose(mean, wanted_mean, atol=1e-6)
    np.testing.assert_allclose(above, wanted_above, atol=1e-6)


@pytest.mark.parametrize("dose", [0, 2, 4])
def test_tails_are_within_1e_6_of_nested_adaptive_quadrature(dose: int) -> None:
    question = Question(USUAL, FIVE, *SOME)
    _, above = quadrature(question)
    assert above[dose, 1] == pytest.approx(tail_by_dblquad(question, dose, RATES[1]), abs=1e-6)


NORMALS = st.tuples(
    st.just(1.0),
    st.floats(-4, 3),
    st.floats(-1.5, 1.5),
    st.floats(0.2, 4),
    st.floats(0.1, 2),
    st.floats(-0.9, 0.9),
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    treated = draw(st.lists(st.integers(0, 12), min_size=5, max_size=5))
    dlts = [draw(st.integers(0, n)) for n in treated]
    return Question([draw(NORMALS)], FIVE, treated, dlts)


@settings(max_examples=15, deadline=None)
@given(questions())
def test_any_prior_and_any_counts_agree(question: Question) -> None:
    mean, above = quadrature(question)
    wanted_mean, wanted_above = posterior(question, RATES)
    np.testing.assert_allclose(mean, wanted_mean, atol=1e-6)
    np.testing.assert_allclose(above, wanted_above, atol=1e-6)


def many(rows: int) -> States:
    rng = np.random.default_rng(7)
    treated = rng.integers(0, 7, (rows, 5)).astype(COUNT)
    dlts = rng.binomial(treated, 0.3).astype(COUNT)
    none = np.zeros(treated.shape, np.bool_)
    return toxicity_states(treated, dlts, np.ones(rows, LEVEL), none, np.ones(rows, COUNT))


def test_what_is_worked_out_together_or_before_changes_nothing() -> None:
    states = many(300)
    prior = (Normal(1.0, -0.7, -0.4, 1.2, 0.9),)
    together = remembered(Logistic(prior, FIVE), RATES, states)
    same_again = remembered(Logistic(prior, FIVE), RATES, states)
    np.testing.assert_array_equal(together.above, same_again.above)
    shifted = tuple(x + 1e-12 for x in FIVE)  # another curve: nothing is remembered of it
    for row in range(0, 300, 60):
        alone = remembered(Logistic(prior, shifted), RATES, states.take([row]))
        np.testing.assert_allclose(alone.above[0], together.above[row], atol=1e-8)
        np.testing.assert_allclose(alone.mean[0], together.mean[row], atol=1e-8)


def test_tails_rise_with_the_dose_and_fall_with_the_rate() -> None:
    states = many(200)
    found = remembered(Logistic((Normal(1.0, -0.7, -0.4, 1.2, 0.9, 0.3),), FIVE), RATES, states)
    assert (np.diff(found.above, axis=1) >= 0).all()
    assert (np.diff(found.above, axis=2) <= 0).all()
    assert (np.diff(found.mean, axis=1) >= 0).all()


def test_nodes_may_be_forgotten_and_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    states = many(100)
    curve = Logistic((Normal(1.0, -0.9, -0.4, 1.2, 0.9),), FIVE)
    kept = integrals(curve, RATES, states.treated, states.dlts)
    monkeypatch.setattr("trialwright.design.posterior.cells._KEPT", 0)
    other = Logistic((Normal(1.0, -0.9, -0.4, 1.2, 0.9, 1e-14),), FIVE)
    forgotten = integrals(other, RATES, states.treated, states.dlts)
    np.testing.assert_allclose(kept / kept[:, :1], forgotten / forgotten[:, :1], atol=1e-10)
