"""EffTox: dose-finding by the trade-off between response and toxicity.

With x_d the log of the amount of level d, less the mean of these logs:

    logit P(DLT at d)       = alpha + beta x_d
    logit P(response at d)  = gamma + zeta x_d + eta x_d^2
    P(both) = p q + p (1 - p) q (1 - q) tanh(psi / 2),   p and q the two rates

and independent normal priors. A level is acceptable when P(DLT rate < target) > p_t and P(response
rate > efficacy_hurdle) > p_e; of the lowest untried level above all tried ones only the first is
asked. The prior of the slope beta need not rule out a DLT rate that falls with the dose: with the
published one, DLTs at low levels alone can make a higher level look safe. So a tried level that
fails the first condition closes all above it (`toxic_closes_above`). The next cohort is treated at
the acceptable level with the highest utility at the posterior mean rates, at most one level beyond
those tried:

    utility = 1 - (((1 - q) / (1 - eff0))^r + (p / tox1)^r)^(1/r)

where r makes the utility 0 at (q, p) = (eff_star, tox_star) too, as it is at (eff0, 0) and
(1, tox1). Posteriors by quadrature: means to 0.001, probabilities to 0.003.

Thall and Cook 2004, Biometrics 60:684; Cook 2006, UTMDABTR-003-06 (utility); Thall, Herrick,
Nguyen, Venier and Norris 2014, Clin Trials 11:657 (priors).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses, read_doses
from trialwright.design.method import ResponseMethod
from trialwright.design.model import Outcomes
from trialwright.design.parameters import by_name, flag, rate
from trialwright.design.posterior.efftox import (
    Model,
    NormalPrior,
    Posterior,
    check_width,
    posterior,
)
from trialwright.design.posterior.patterns import distinct_rows
from trialwright.design.rules.acceptable import acceptable
from trialwright.design.states import LEVEL, Bools, Floats, Ints, States, one_state

WIDEST = 1000.0  # of a prior's mean, and its standard deviation, in logits


@dataclass(frozen=True, slots=True)
class Contour:
    """Pairs of rates of equal utility."""

    eff0: float
    tox1: float
    exponent: float

    def utility(self, response_rates: Floats, dlt_rates: Floats) -> Floats:
        """Return the utility, elementwise: 0 on the contour, 1 at a sure response without DLT."""
        lacking = (1 - response_rates) / (1 - self.eff0)
        distance = lacking**self.exponent + (dlt_rates / self.tox1) ** self.exponent
        utility: Floats = 1 - distance ** (1 / self.exponent)
        return utility


@dataclass(frozen=True, slots=True)
class EffTox(ResponseMethod):
    """The method alone; `efftox` makes a design of it."""

    name: ClassVar[str] = "efftox"
    pools: ClassVar[bool] = True
    model: Model
    contour: Contour
    p_e: float
    p_t: float
    accept_untried: bool = True
    may_skip: bool = False
    select_untested: bool = False
    toxic_closes_above: bool = True

    @property
    def graph_states(self) -> int:
        return 10_000  # a thousand a second, about

    @property
    def summary(self) -> str:
        """The two hurdles and the contour."""
        return (
            f"EffTox, P(DLT rate < {self.model.dlt_limit:g}) above {self.p_t:g} and "
            f"P(response rate > {self.model.response_limit:g}) above {self.p_e:g}, utility 0 at "
            f"({self.contour.eff0:g}, 0) and (1, {self.contour.tox1:g}), exponent "
            f"{self.contour.exponent:.3f}"
        )

    def fit(self, states: States) -> Posterior:
        """Return the posterior of each state (states, doses), once for each pattern of counts."""
        counts = _kinds(states)
        keep, pattern = distinct_rows(counts)
        found = _fit(self.model, counts[keep].tobytes(), counts.shape[1])
        return Posterior(
            found.dlt_rates[pattern],
            found.response_rates[pattern],
            found.tolerable[pattern],
            found.active[pattern],
        )

    def utility(self, fit: Posterior) -> Floats:
        """Return the utility at the posterior mean rates (states, doses)."""
        return self.contour.utility(fit.response_rates, fit.dlt_rates)

    def acceptable(self, states: States) -> Bools:
        """Return the levels that both probabilities and the levels tried so far allow."""
        fit = self.fit(states)
        levels = np.arange(1, states.doses + 1)
        tried = states.treated > 0
        highest = np.max(levels * tried, axis=1, keepdims=True)
        lowest = np.min(np.where(tried, levels, states.doses), axis=1, keepdims=True)
        active = (fit.active > self.p_e) | (self.accept_untried & (levels == highest + 1))
        near = self.may_skip | ((levels >= lowest - 1) & (levels <= highest + 1))
        found: Bools = active & (fit.tolerable > self.p_t) & near & ~self._closed(states, fit)
        return found

    def wish(self, states: States) -> Ints:
        """Return the acceptable level with the highest utility, 0 where there is none."""
        return self._best(states, self.acceptable(states))

    def select(self, states: States) -> Ints:
        """Return the tested level with the highest utility that passes both probabilities."""
        return self._best(states, self._selectable(states))

    def explain(self, state: Outcomes) -> str:
        """List the utilities of the acceptable levels."""
        states = one_state(state)
        shown = self._shown(states, self.acceptable(states))
        return f"utility of acceptable doses {shown}" if shown else "no dose is acceptable"

    def explain_unacceptable(self, state: Outcomes) -> str | None:
        """List the levels that fail, with the probability that they fail by."""
        states = one_state(state)
        barred = np.flatnonzero(~self.acceptable(states)[0])
        if len(barred) == 0:
            return None
        fit = self.fit(states)
        first = int(np.argmax(np.append(self._closed(states, fit)[0], True)))  # the lowest closed
        faults = [f"dose {i + 1}: {self._fault(fit, int(i))}" for i in barred if i <= first]
        return "; ".join(faults + _above(first + 1, states.doses))

    def explain_selection(self, state: Outcomes) -> str:
        """List the utilities of the levels that may be recommended."""
        states = one_state(state)
        shown = self._shown(states, self._selectable(states))
        return (
            f"utility of tested doses {shown}"
            if shown
            else "no tested dose is left that passes both hurdles"
        )

    def exceedance(self, states: States, rate: float) -> Floats:
        """Return P(DLT rate > rate | outcomes) by level under the model (states, doses)."""
        model = self.model
        other = Model(model.coded, model.toxicity, model.response, model.association, rate, rate)
        counts = _kinds(states)
        keep, pattern = distinct_rows(counts)
        return 1.0 - _fit(other, counts[keep].tobytes(), counts.shape[1]).tolerable[pattern]

    def _best(self, states: States, open_levels: Bools) -> Ints:
        utility = np.where(open_levels, self.utility(self.fit(states)), -np.inf)
        best = np.argmax(utility, axis=1) + 1
        return np.where(open_levels.any(axis=1), best, 0).astype(LEVEL)

    def _selectable(self, states: States) -> Bools:
        fit = self.fit(states)
        tested = (states.treated > 0) | self.select_untested
        passes: Bools = tested & (fit.active > self.p_e) & (fit.tolerable > self.p_t)
        left = ~states.eliminated & ~self._closed(states, fit)
        return passes & left & (states.current > 0)[:, None]

    def _closed(self, states: States, fit: Posterior) -> Bools:
        """Return tried levels that are too toxic, and all levels above one (states, doses)."""
        found: Bools = self.toxic_closes_above & (states.treated > 0) & (fit.tolerable <= self.p_t)
        return np.logical_or.accumulate(found, axis=1)

    def _shown(self, states: States, levels: Bools) -> str:
        fit = self.fit(states)
        utility = self.utility(fit)[0]
        return ", ".join(
            f"dose {i + 1} {utility[i]:.3f} (response {fit.response_rates[0, i]:.3f}, "
            f"DLT {fit.dlt_rates[0, i]:.3f})"
            for i in np.flatnonzero(levels[0])
        )

    def _fault(self, fit: Posterior, level: int) -> str:
        tolerable, active = fit.tolerable[0, level], fit.active[0, level]
        if tolerable <= self.p_t:
            return (
                f"P(DLT rate < {self.model.dlt_limit:g}) = {tolerable:.3f}, not above {self.p_t:g}"
            )
        if active <= self.p_e:
            return (
                f"P(response rate > {self.model.response_limit:g}) = {active:.3f}, "
                f"not above {self.p_e:g}"
            )
        return "more than one level beyond those tried"


@by_name
def efftox(
    *,
    doses: Doses,
    start: int = 1,
    target: float,
    efficacy_hurdle: float,
    p_e: float,
    p_t: float,
    eff0: float,
    tox1: float,
    eff_star: float,
    tox_star: float,
    alpha_mean: float,
    alpha_sd: float,
    beta_mean: float,
    beta_sd: float,
    gamma_mean: float,
    gamma_sd: float,
    zeta_mean: float,
    zeta_sd: float,
    eta_mean: float = 0.0,
    eta_sd: float = 0.2,
    psi_mean: float = 0.0,
    psi_sd: float = 1.0,
    accept_untried: bool = True,
    may_skip: bool = False,
    select_untested: bool = False,
    toxic_closes_above: bool = True,
) -> Design:
    """Return an EffTox design; `doses` are amounts, because the model needs them.

    `target` is the highest acceptable DLT rate (the toxicity hurdle) and `efficacy_hurdle` the
    lowest acceptable response rate; `p_t` and `p_e` are the least posterior probabilities of
    keeping to them. `eff0`, `tox1` and the pair `eff_star`, `tox_star` fix the utility: the
    response rate that is worth it without toxicity, the DLT rate that is worth a sure response,
    and a third pair of equal worth. The priors are normal, mean and standard deviation of each
    parameter: `alpha`, `beta` for DLTs, `gamma`, `zeta`, `eta` for responses (by default eta has
    the authors' 0 and 0.2), `psi` for their association (0 and 1). `accept_untried` asks of the
    lowest untried level above all tried ones no proof of activity; `may_skip` allows more than one
    level beyond those tried. `select_untested` lets a level be recommended at the end where nobody
    was treated. `toxic_closes_above` closes all levels above a tried one that is too toxic.
    Raises InputError naming the parameter.
    """
    response_limit = rate("efficacy_hurdle", efficacy_hurdle)
    model = Model(
        _coded(doses),
        NormalPrior(
            (_mean("alpha", alpha_mean), _mean("beta", beta_mean)),
            (_sd("alpha", alpha_sd), _sd("beta", beta_sd)),
        ),
        NormalPrior(
            (_mean("gamma", gamma_mean), _mean("zeta", zeta_mean), _mean("eta", eta_mean)),
            (_sd("gamma", gamma_sd), _sd("zeta", zeta_sd), _sd("eta", eta_sd)),
        ),
        NormalPrior((_mean("psi", psi_mean),), (_sd("psi", psi_sd),)),
        rate("target", target),
        response_limit,
    )
    check_width(model)
    method = EffTox(
        model,
        _contour(eff0, tox1, eff_star, tox_star),
        rate("p_e", p_e),
        rate("p_t", p_t),
        flag("accept_untried", accept_untried),
        flag("may_skip", may_skip),
        flag("select_untested", select_untested),
        flag("toxic_closes_above", toxic_closes_above),
    )
    return new_design(method, doses, start).with_own(acceptable())


def _above(closed: int, doses: int) -> list[str]:
    """Return what is said of the levels above the lowest one that is closed."""
    if closed >= doses:
        return []
    which = f"dose {doses} is" if closed == doses - 1 else f"doses {closed + 1} to {doses} are"
    return [f"{which} above dose {closed}, which was tried and is too toxic"]


@lru_cache(maxsize=4)
def _fit(model: Model, counts: bytes, columns: int) -> Posterior:
    """Return the posterior of each row of counts; asked several times for the same states."""
    rows = np.frombuffer(counts, np.int16).reshape(-1, columns).astype(np.float64)
    return posterior(model, rows.reshape(len(rows), 4, -1))


def _kinds(states: States) -> Ints:
    """Return patients with both, a response alone, a DLT alone, neither (states, 4 * doses)."""
    response = states.responses - states.both
    dlt = states.dlts - states.both
    neither = states.treated - response - states.dlts
    return np.hstack([states.both, response, dlt, neither]).astype(np.int16)


def _coded(doses: Doses) -> tuple[float, ...]:
    _, amounts = read_doses(doses)
    if amounts is None:
        raise InputError("parameter doses", "levels without amounts", "amounts, such as 1,2,4 mg")
    logs = np.log(np.array(amounts.amounts))
    return tuple((logs - logs.mean()).tolist())


def _contour(eff0: object, tox1: object, eff_star: object, tox_star: object) -> Contour:
    from scipy.optimize import brentq  # slow to load, and needed here alone

    low, high = rate("eff0", eff0), rate("tox1", tox1)
    lacking = (1 - rate("eff_star", eff_star, low)) / (1 - low)
    toxic = rate("tox_star", tox_star, 0, high) / high
    exponent = brentq(lambda r: lacking**r + toxic**r - 1, 0, 1e6)
    return Contour(low, high, float(exponent))


def _mean(name: str, value: object) -> float:
    return rate(f"{name}_mean", value, -WIDEST, WIDEST)


def _sd(name: str, value: object) -> float:
    return rate(f"{name}_sd", value, 0, WIDEST)
