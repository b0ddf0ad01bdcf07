"""Time-to-event continual reassessment method (TITE-CRM).

The CRM with pending patients counted by how long they were followed. A patient at level d
contributes p_d with a DLT and 1 - w p_d without one, where the weight w is 1 after the whole
window and, for a patient followed for the share u of it without a DLT,

    linear      w = u
    adaptive    w = (m + (u - t_m) / (t_(m+1) - t_m)) / (z + 1)

with the times t_1 <= .. <= t_z of the DLTs seen so far, as shares of the window, t_0 = 0,
t_(z+1) = 1, and m the number of them up to u: follow-up counts by the times at which DLTs come.
The models, the prior and the choice of the level are those of the CRM; nobody has to be waited for.

Cheung and Chappell 2000, Biometrics 56:1177; defaults as in the R package dfcrm.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, cast

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.design import Design
from trialwright.design.doses import Doses
from trialwright.design.method import TimedMethod
from trialwright.design.methods.crm import SCALE, Crm, crm
from trialwright.design.model import Outcomes
from trialwright.design.parameters import by_name, one_of
from trialwright.design.posterior.crm import CrmEvidence
from trialwright.design.states import Bools, Floats, Ints, States, one_state
from trialwright.design.timed.people import People

WEIGHTS = ("linear", "adaptive")


@dataclass(frozen=True, slots=True)
class TiteCrm(TimedMethod):
    """The method alone; `tite_crm` makes a design of it."""

    name: ClassVar[str] = "tite_crm"
    pools: ClassVar[bool] = True
    crm: Crm
    weights: str = "linear"

    @property
    def summary(self) -> str:
        """The CRM's parameters and the weights."""
        return f"TITE-{self.crm.summary}; {self.weights} weights of pending patients"

    def wish(self, states: States) -> Ints:
        """Return the CRM's wish; nobody is pending."""
        return self.crm.wish(states)

    def explain(self, state: Outcomes) -> str:
        """Say why the CRM wishes so."""
        return self.crm.explain(state)

    def select(self, states: States) -> Ints:
        """Return the CRM's selection."""
        return self.crm.select(states)

    def explain_selection(self, state: Outcomes) -> str:
        """List the rates by which the CRM selects."""
        return self.crm.explain_selection(state)

    def exceedance(self, states: States, rate: float) -> Floats:
        """Return P(DLT rate > rate | known outcomes) by level (states, doses)."""
        return self.crm.exceedance(states, rate)

    def wish_in_time(self, states: States, people: People) -> Ints:
        """Return the level whose estimated rate, pending patients weighted, is nearest."""
        return self.crm.staged(states, self.crm.nearest(self.evidence(states, people)))

    def waits(self, states: States, people: People) -> Bools:
        """Nobody has to be waited for."""
        return np.zeros(len(states), np.bool_)

    def explain_in_time(self, state: Outcomes, people: People) -> str:
        """Name the pending patients' weights, the estimate, the rates and the nearest level."""
        evidence = self.evidence(one_state(state), people)
        pending = zip(evidence.level[0].tolist(), evidence.weight[0].tolist(), strict=True)
        listed = ", ".join(f"{weight:.3f} at dose {level}" for level, weight in pending if level)
        said = f"pending patients count {listed}; " if listed else ""
        return said + self.crm.explain_evidence(state, evidence)

    def evidence(self, states: States, people: People) -> CrmEvidence:
        """Return what known outcomes and pending patients say, pending ones in fewest columns."""
        pending = people.pending
        most = int(pending.sum(axis=1).max(initial=0))
        first = np.argsort(~pending, axis=1, kind="stable")[:, :most]
        there = np.take_along_axis(pending, first, axis=1)
        level = np.where(there, np.take_along_axis(people.dose, first, axis=1), 0)
        followed = np.take_along_axis(people.followed, first, axis=1)
        weight = np.where(there, self._weigh(followed, people), 0.0)
        return CrmEvidence(states.dlts, states.treated - states.dlts, level, weight)

    def _weigh(self, followed: Floats, people: People) -> Floats:
        if self.weights == "linear" or not (people.dlt & (people.dose > 0)).any():
            return followed
        if people.onset is None:
            raise InputError(
                "patients", "DLTs without their times", "times, which adaptive weights need"
            )
        return adaptive_weights(followed, people.onset, people.dlt & (people.dose > 0))


def adaptive_weights(followed: Floats, onset: Floats, dlt: Bools) -> Floats:
    """Return weights (trials, pending) of patients followed so far without a DLT.

    `onset` (trials, patients) holds the times of DLTs where `dlt`; all times are shares of the
    window.

    >>> adaptive_weights(np.array([[0.25, 0.75]]), np.array([[0.5]]), np.array([[True]])).tolist()
    [[0.25, 0.75]]
    """
    trials = len(followed)
    seen = dlt.sum(axis=1, keepdims=True)
    times = np.sort(np.where(dlt, np.minimum(onset, 1.0), 1.0), axis=1)
    times = times[:, : int(seen.max(initial=0))]
    knots = np.hstack([np.zeros((trials, 1)), times, np.ones((trials, 1))])
    passed = (times[:, None, :] <= followed[:, :, None]).sum(axis=2)
    passed = np.minimum(passed, seen)
    below = np.take_along_axis(knots, passed, axis=1)
    above = np.take_along_axis(knots, passed + 1, axis=1)
    part = np.divide(
        followed - below, above - below, out=np.zeros(followed.shape), where=above > below
    )
    found: Floats = (passed + part) / (seen + 1)
    return found


@by_name
def tite_crm(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    weights: str = "linear",
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
    """Return a TITE-CRM design.

    `weights` of pending patients are `linear` or `adaptive`. `target` is the DLT rate aimed at;
    `model` is `empiric`, `logistic` or `logistic2`. The prior guesses are `skeleton`, a rate per
    level; where it is not stated, those of the indifference interval target +- `halfwidth` (a
    quarter of the target) around level `prior_mtd` (the middle one). `intercept` is the logistic
    models' (its prior mean in `logistic2`, with the standard deviation `intercept_sd`); `scale` is
    the prior standard deviation of b. `estimate` is `bayes`, `mle` or `mean_rate`. `start_up`
    treats by a fixed plan until the first DLT: `one_up` for one level up per cohort, or a level for
    each cohort (with `mle`, which needs a plan, the last level stays until the first DLT).
    `select_untested` lets the final recommendation be a level at which nobody was treated. Levels
    may be skipped unless `| no_skipping()` forbids it. Raises InputError naming the parameter.
    """
    how = one_of("weights", weights, WEIGHTS)
    design = crm(
        target=target,
        doses=doses,
        start=start,
        model=model,
        skeleton=skeleton,
        halfwidth=halfwidth,
        prior_mtd=prior_mtd,
        intercept=intercept,
        intercept_sd=intercept_sd,
        scale=scale,
        estimate=estimate,
        start_up=start_up,
        select_untested=select_untested,
    )
    return replace(design, method=TiteCrm(cast(Crm, design.method), how))
