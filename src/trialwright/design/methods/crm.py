"""Continual reassessment method (CRM).

One curve through all levels is updated with all outcomes; the next cohort is treated at the level
whose estimated DLT rate is nearest to the target. With the prior guesses (skeleton) s_d:

    empiric     p_d = s_d ^ exp(b)
    logistic    logit p_d = a + exp(b) (logit s_d - a), the intercept a fixed
    logistic2   the same slope with a ~ N(intercept, intercept_sd^2)
    prior       b ~ N(0, scale^2)

The estimate is the curve at the posterior mean of the parameters (`bayes`), at their maximum
likelihood (`mle`, two-stage designs), or the posterior mean of each rate (`mean_rate`). Levels of
equal distance: the lower; all rates at or below the target: the highest; all at or above it: the
lowest. Posterior means are integrals by quadrature, exact to nine digits (six with logistic2).

O'Quigley, Pepe and Fisher 1990, Biometrics 46:33; Cheung 2011, Dose Finding by the Continual
Reassessment Method; skeletons by indifference intervals: Lee and Cheung 2009, Clin Trials 6:227.
Defaults are those of the R package dfcrm.
"""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np
from scipy.special import expit, ndtr, ndtri

from trialwright.core.errors import InputError
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses, read_doses
from trialwright.design.method import Method
from trialwright.design.methods.parts.crm_parameters import stated_curve, with_skeleton
from trialwright.design.methods.parts.start_up import StartUp, read_start_up
from trialwright.design.model import Outcomes
from trialwright.design.parameters import by_name, flag, one_of, rate, whole
from trialwright.design.posterior.crm import (
    CrmEvidence,
    exceedances,
    likelihood_variance,
    linear_moments,
    maximum_likelihood,
    mean_parameters,
    mean_rates,
    parameter_moments,
)
from trialwright.design.posterior.crm_curve import CrmCurve
from trialwright.design.posterior.patterns import distinct_counts
from trialwright.design.states import LEVEL, Bools, Floats, Ints, States, one_state

ESTIMATES = ("bayes", "mle", "mean_rate")
SCALE = sqrt(1.34)


@dataclass(frozen=True, slots=True, eq=False)
class CrmFit:
    """What the outcomes say of the curve in each state.

    Limits are those of a normal distribution of the parameter (as dfcrm prints), or with two
    parameters of the linear predictor of each level.
    """

    parameters: Floats  # (states, parameters) posterior mean, or maximum likelihood
    variance: Floats  # (states, parameters) posterior, or inverse of the observed information
    rates: Floats  # (states, doses) estimated DLT rates
    lower: Floats  # (states, doses) limits of the DLT rates
    upper: Floats  # (states, doses)


@dataclass(frozen=True, slots=True)
class Crm(Method):
    """The method alone; `crm` makes a design of it."""

    name: ClassVar[str] = "crm"
    pools: ClassVar[bool] = True
    target: float
    curve: CrmCurve
    estimate: str = "bayes"
    start_up: StartUp | None = None
    select_untested: bool = False

    @property
    def graph_states(self) -> int:
        return 50_000 if self.curve.two else 2_000_000  # a minute at most, about

    @property
    def summary(self) -> str:
        """The target, the model with its prior, and the start-up."""
        parts = [f"CRM, target {self.target:g}", self._model(), f"estimate {self.estimate}"]
        if self.start_up is not None:
            parts.append(f"start-up: {self.start_up.summary}")
        return "; ".join(parts)

    def wish(self, states: States) -> Ints:
        """Return the level whose estimated rate is nearest to the target."""
        keep, pattern = distinct_counts(states)
        chosen = self.nearest(known_outcomes(states.take(keep)))[pattern]
        return self.staged(states, chosen)

    def explain(self, state: Outcomes) -> str:
        """Name the estimate, the rates and the level that is nearest."""
        return self.explain_evidence(state, known_outcomes(one_state(state)))

    def select(self, states: States) -> Ints:
        """Return the level with the rate nearest to the target, of those that may be selected."""
        if len(states) == 0:
            return np.zeros(0, LEVEL)
        keep, pattern = distinct_counts(states)
        rates = self.rates(known_outcomes(states.take(keep)))[pattern]
        return nearest_level(rates, self.target, self._selectable(states))

    def explain_selection(self, state: Outcomes) -> str:
        """List the estimated rates of the levels that may be recommended."""
        states = one_state(state)
        rates = self.rates(known_outcomes(states))[0]
        parts = [
            f"dose {level + 1} {rates[level]:.3f} ({state.dlts[level]} of {state.treated[level]})"
            for level in np.flatnonzero(self._selectable(states)[0])
        ]
        if not parts:
            return "no dose was treated and not eliminated"
        return f"{self._estimated()} DLT rates {', '.join(parts)}; target {self.target:g}"

    def exceedance(self, states: States, rate: float) -> Floats:
        """Return P(DLT rate > rate | outcomes) by level (states, doses), from the model.

        With `estimate` mle: of a normal distribution around the estimate, with the inverse of the
        observed information as its variance.
        """
        keep, pattern = distinct_counts(states)
        return self.chances_above(known_outcomes(states.take(keep)), rate)[pattern]

    def fit(self, states: States, level: float = 0.9) -> CrmFit:
        """Return the estimate with two-sided limits of the DLT rates at a confidence `level`."""
        return self.fit_evidence(known_outcomes(states), level)

    def staged(self, states: States, chosen: Ints) -> Ints:
        """Return the start-up's level where it lasts, the chosen one elsewhere (states,)."""
        if self.start_up is None:
            return chosen
        lasts = self.start_up.lasts(states)
        return np.where(lasts, self.start_up.next_level(states), chosen).astype(LEVEL)

    def nearest(self, evidence: CrmEvidence) -> Ints:
        """Return the level whose estimated rate is nearest to the target (states,)."""
        rates = self.rates(evidence)
        return nearest_level(rates, self.target, np.ones(rates.shape, np.bool_))

    def rates(self, evidence: CrmEvidence) -> Floats:
        """Return the estimated DLT rates (states, doses)."""
        if self.estimate == "mean_rate":
            return mean_rates(self.curve, evidence)
        if self.estimate == "mle":
            return self.curve.rates(maximum_likelihood(self.curve, evidence)[:, None])
        return self.curve.rates(mean_parameters(self.curve, evidence))

    def chances_above(self, evidence: CrmEvidence, rate: float) -> Floats:
        """Return P(DLT rate > rate) by level (states, doses)."""
        if self.estimate != "mle":
            return exceedances(self.curve, evidence, rate)
        estimate = maximum_likelihood(self.curve, evidence)
        sd = np.sqrt(likelihood_variance(self.curve, evidence, estimate))
        crossing = self.curve.crossings(rate, np.zeros(1)) - estimate[:, None]
        z = np.where(np.isfinite(sd)[:, None], crossing / sd[:, None], np.inf * np.sign(crossing))
        found: Floats = ndtr(z)
        return found

    def fit_evidence(self, evidence: CrmEvidence, level: float = 0.9) -> CrmFit:
        """Return the estimate with limits, a row per state of the evidence."""
        parameters, variance = self._moments(evidence)
        width = ndtri(0.5 + level / 2)
        if self.curve.two:
            middle, spread = linear_moments(self.curve, evidence)
            half = width * np.sqrt(spread)
            lower, upper = expit(middle - half), expit(middle + half)
        else:
            half = width * np.sqrt(variance)  # a higher b means lower rates
            with np.errstate(over="ignore"):
                lower = self.curve.rates(parameters + half)
                upper = self.curve.rates(parameters - half)
        return CrmFit(parameters, variance, self.rates(evidence), lower, upper)

    def explain_evidence(self, state: Outcomes, evidence: CrmEvidence) -> str:
        """Name the estimate, the rates and the nearest level; `evidence` has one row.

        While the start-up lasts, name its level instead.
        """
        states = one_state(state)
        if self.start_up is not None and self.start_up.lasts(states)[0]:
            return self.start_up.explain(state, int(self.start_up.next_level(states)[0]))
        parameters, variance = self._moments(evidence)
        names = ("intercept", "b") if self.curve.two else ("b",)
        numbers = zip(names, parameters[0], variance[0], strict=True)
        estimates = ", ".join(f"{name} {_value(mean, square)}" for name, mean, square in numbers)
        rates = self.rates(evidence)
        chosen = int(nearest_level(rates, self.target, np.ones(rates.shape, np.bool_))[0])
        listed = ", ".join(f"{rate:.3f}" for rate in rates[0])
        return (
            f"{estimates}; {self._estimated()} DLT rates {listed}: "
            f"dose {chosen} is nearest to the target {self.target:g}"
        )

    def _moments(self, evidence: CrmEvidence) -> tuple[Floats, Floats]:
        if self.estimate != "mle":
            return parameter_moments(self.curve, evidence)
        estimate = maximum_likelihood(self.curve, evidence)
        return estimate[:, None], likelihood_variance(self.curve, evidence, estimate)[:, None]

    def _selectable(self, states: States) -> Bools:
        tested = states.treated > 0
        return ~states.eliminated & (tested | self.select_untested)

    def _estimated(self) -> str:
        return {
            "bayes": "plug-in",
            "mle": "maximum likelihood",
            "mean_rate": "posterior mean",
        }[self.estimate]

    def _model(self) -> str:
        curve = self.curve
        skeleton = ", ".join(f"{rate:.3g}" for rate in curve.skeleton)
        intercept = {
            "empiric": "",
            "logistic": f" with intercept {curve.intercept:g}",
            "logistic2": f" with intercept N({curve.intercept:g}, {curve.intercept_sd:g}^2)",
        }[curve.model]
        prior = "" if self.estimate == "mle" else f", b ~ N(0, {curve.scale:.4g}^2)"
        return f"{curve.model} model{intercept}{prior}, skeleton {skeleton}"


def known_outcomes(states: States) -> CrmEvidence:
    """Return what states say, nobody pending."""
    none = np.zeros((len(states), 0))
    return CrmEvidence(states.dlts, states.treated - states.dlts, none.astype(LEVEL), none)


def nearest_level(rates: Floats, target: float, allowed: Bools) -> Ints:
    """Return the allowed level whose rate is nearest to the target (states,), 0 where none is.

    Of equal distances the lower level. Where all allowed rates are at or below the target the
    highest, where all are at or above it the lowest: rates may be equal as numbers at both ends.
    """
    levels = np.arange(1, rates.shape[1] + 1)
    nearest = np.argmin(np.where(allowed, np.abs(rates - target), np.inf), axis=1) + 1
    highest = np.max(np.where(allowed, levels, 0), axis=1)
    lowest = np.argmax(allowed, axis=1) + 1
    low = (~allowed | (rates <= target)).all(axis=1)
    high = (~allowed | (rates >= target)).all(axis=1)
    found = np.where(low, highest, np.where(high, lowest, nearest))
    return np.where(allowed.any(axis=1), found, 0).astype(LEVEL)


@by_name
def crm(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    model: str = "empiric",
    skeleton: tuple[float, ...] | None = None,
    halfwidth: float | None = None,
    prior_mtd: int | None = None,
    intercept: float = 3.0,
    intercept_sd: float | None = None,
    scale: float = SCALE,
    estimate: str = "bayes",
    start_up: str | tuple[int, ...] | None = None,
    select_untested: bool = False,
) -> Design:
    """Return a CRM design.

    `target` is the DLT rate aimed at; `model` is `empiric`, `logistic` or `logistic2`. The prior
    guesses are `skeleton`, a rate per level; where it is not stated, those of the indifference
    interval target +- `halfwidth` (a quarter of the target) around level `prior_mtd` (the middle
    one). `intercept` is the logistic models' (its prior mean in `logistic2`, with the standard
    deviation `intercept_sd`); `scale` is the prior standard deviation of b. `estimate` is `bayes`,
    `mle` or `mean_rate`. `start_up` treats by a fixed plan until the first DLT: `one_up` for one
    level up per cohort, or a level for each cohort (with `mle`, which needs a plan, the last level
    stays until the first DLT). `select_untested` lets the final recommendation be a level at which
    nobody was treated. Levels may be skipped unless `| no_skipping()` forbids it. Raises InputError
    naming the parameter.
    """
    phi = rate("target", target)
    levels = read_doses(doses)[0]
    first = whole("start", start, 1, levels)
    curve = with_skeleton(
        stated_curve(model, intercept, intercept_sd, scale),
        phi,
        levels,
        skeleton,
        halfwidth,
        prior_mtd,
    )
    how = _estimate(estimate, curve)
    plan = read_start_up(start_up, levels, first, holds=how == "mle")
    if how == "mle" and plan is None:
        raise InputError("parameter start_up", "not stated", "a plan until the first DLT, for mle")
    method = Crm(phi, curve, how, plan, flag("select_untested", select_untested))
    return new_design(method, doses, first)


def _estimate(estimate: object, curve: CrmCurve) -> str:
    how = one_of("estimate", estimate, ESTIMATES)
    if how == "mle" and curve.two:
        raise InputError("parameter estimate", "'mle' with logistic2", "bayes or mean_rate")
    return how


def _value(mean: float, variance: float) -> str:
    if not np.isfinite(variance):
        return f"{mean:g} (the likelihood has no maximum)"
    return f"{mean:.3f} (sd {sqrt(variance):.3f})"
