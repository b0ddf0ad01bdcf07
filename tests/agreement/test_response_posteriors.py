"""Posteriors of EffTox and of Wages-Tait against another way to integrate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit, log_expit, ndtri
from scipy.stats import qmc
from tests.agreement.response_designs import small_efftox, small_wages_tait

from trialwright.design.methods.wages_tait import WagesTait
from trialwright.design.posterior.efftox import Model, NormalPrior, posterior
from trialwright.design.states import States

# EffTox: the quadrature against importance sampling of all six parameters.

CODED = tuple(float(x) for x in np.log([1, 2, 4, 6.6, 10]) - np.log([1, 2, 4, 6.6, 10]).mean())
THALL = Model(
    CODED,
    NormalPrior((-7.9593, 1.5482), (3.5487, 3.5018)),
    NormalPrior((0.7367, 3.4181, 0.0), (2.5423, 2.4406, 0.2)),
    NormalPrior((0.0,), (1.0,)),
    0.3,
    0.5,
)
COUNTS = {  # treated, DLTs, responses, both, by level
    "3 patients": ((3, 0, 0, 0, 0), (0,) * 5, (0,) * 5, (0,) * 5),
    "9 patients": ((3, 3, 3, 0, 0), (0, 0, 2, 0, 0), (0, 1, 2, 0, 0), (0, 0, 1, 0, 0)),
    "36, apart": ((3, 3, 15, 9, 6), (0, 0, 2, 3, 3), (0, 1, 7, 5, 4), (0, 0, 0, 0, 1)),
    "60, together": ((3, 6, 27, 15, 9), (0, 0, 4, 5, 5), (0, 2, 13, 8, 6), (0, 0, 4, 4, 5)),
    # Every DLT with a response: the association's factor is least like a quadratic.
    "18, alike": ((3, 3, 12, 0, 0), (0, 3, 6, 0, 0), (0, 3, 6, 0, 0), (0, 3, 6, 0, 0)),
    "36, alike": ((6, 6, 24, 0, 0), (0, 6, 12, 0, 0), (0, 6, 12, 0, 0), (0, 6, 12, 0, 0)),
}


@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS.keys())
def test_efftox_quadrature_equals_importance_sampling(counts: tuple[tuple[int, ...], ...]) -> None:
    n, y, e, b = (np.array(row, float) for row in counts)
    kinds = np.stack([b, e - b, y - b, n - y - e + b])
    found = posterior(THALL, kinds[None])
    sampled = _importance(THALL, kinds, 1 << 17)
    alike = np.array_equal(y, b)
    np.testing.assert_allclose(found.dlt_rates[0], sampled[0], atol=1e-3 if alike else 2e-4)
    np.testing.assert_allclose(found.response_rates[0], sampled[1], atol=1e-3 if alike else 2e-4)
    np.testing.assert_allclose(found.tolerable[0], sampled[2], atol=3e-3 if alike else 1e-3)
    np.testing.assert_allclose(found.active[0], sampled[3], atol=3e-3 if alike else 1e-3)


def _importance(model: Model, kinds: np.ndarray, points: int) -> list[np.ndarray]:
    """Return means and tails from quasi-random points around the posterior."""
    priors = model.toxicity, model.response, model.association
    mean = np.array([value for prior in priors for value in prior.mean])
    sd = np.array([value for prior in priors for value in prior.sd])
    centre, covariance, x = mean, np.diag(sd**2), np.array(model.coded)
    for round_, size in enumerate((1 << 14, 1 << 14, 1 << 14, points)):
        z = ndtri(qmc.Sobol(6, rng=np.random.default_rng(round_)).random(size))
        z = 1.35 * z @ np.linalg.cholesky(covariance).T
        theta = centre + z
        toxic = theta[:, :1] + theta[:, 1:2] * x
        active = theta[:, 2:3] + theta[:, 3:4] * x + theta[:, 4:5] * x**2
        p, q, rho = expit(toxic), expit(active), np.tanh(theta[:, 5:] / 2)
        terms = (
            log_expit(active) + log_expit(toxic) + np.log1p(rho * (1 - q) * (1 - p)),
            log_expit(active) + log_expit(-toxic) + np.log1p(-rho * (1 - q) * p),
            log_expit(-active) + log_expit(toxic) + np.log1p(-rho * q * (1 - p)),
            log_expit(-active) + log_expit(-toxic) + np.log1p(rho * q * p),
        )
        logs = sum(term @ count for term, count in zip(terms, kinds, strict=True))
        logs -= 0.5 * (((theta - mean) / sd) ** 2).sum(axis=1)
        logs += 0.5 * np.einsum("ni,ij,nj->n", z, np.linalg.inv(1.35**2 * covariance), z)
        weight = np.exp(logs - logs.max())
        weight /= weight.sum()
        centre = weight @ theta
        covariance = (theta - centre).T @ ((theta - centre) * weight[:, None])
    return [weight @ p, weight @ q, weight @ (p < model.dlt_limit), weight @ (q > 0.5)]


def test_efftox_tails_fall_with_the_rate_they_are_asked_of() -> None:
    made = small_efftox()
    states = made.history(made.read("1NEN 2NBT")).take([-1])
    tails = [made.method.exceedance(states, rate)[0] for rate in (0.1, 0.35, 0.6)]
    assert np.all(np.diff(tails, axis=0) < 0)
    fit = made.method.fit(states)  # type: ignore[attr-defined]
    np.testing.assert_allclose(1 - tails[1], fit.tolerable[0], atol=1e-9)


# Wages-Tait: the trapezoidal rule against adaptive quadrature.


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=3, max_size=3))
def test_wages_tait_rates_equal_adaptive_quadrature(pairs: list[tuple[int, int]]) -> None:
    n, y = np.array([(max(pair), min(pair)) for pair in pairs]).T
    method = small_wages_tait().method
    assert isinstance(method, WagesTait)
    none = np.zeros((1, 3), np.int16)
    states = States(
        *(counts[None].astype(np.int16) for counts in (n, y)),
        np.ones(1, np.int8),
        none > 0,
        np.ones(1, np.int16),
        y[None].astype(np.int16),
        none,
    )
    skeleton = np.array(method.tox_skeleton)

    def density(a: float) -> float:
        rates = skeleton ** np.exp(a)
        return float(np.prod(rates**y * (1 - rates) ** (n - y)) * np.exp(-a * a / 2.68))

    total = quad(density, -7, 7, epsabs=0, epsrel=1e-10, limit=500)[0]
    for level in range(3):
        mean = quad(
            lambda a, s=skeleton[level]: s ** np.exp(a) * density(a),
            -7,
            7,
            epsabs=0,
            epsrel=1e-10,
            limit=500,
        )[0]
        assert method.fit(states).dlt_rates[0, level] == pytest.approx(mean / total, abs=1e-8)
