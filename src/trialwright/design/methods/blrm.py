"""Bayesian logistic regression of two parameters with overdose control (BLRM with EWOC).

With amounts d and a reference amount d*, the DLT rate p(d) is

    logit p(d) = alpha + exp(beta) log(d / d*)

and (alpha, beta) has a bivariate normal prior, or a mixture of several. The design looks at
P(low < p(d) <= high), the target interval, and at P(p(d) > overdose). A dose is admissible where
the latter is at most the bound of overdose control. The wish is the admissible dose with the
largest probability in the target interval, the lower one of equals, or where so stated the highest
admissible dose. (`NextBestNCRM` of crmPack does the former, but takes the highest admissible dose
where that probability is at most 0.05 at all of them.) Where no dose is admissible the trial ends
without one. At the end the same choice is made among the doses that were
tested and not eliminated.

The posterior comes from quadrature in two dimensions, not from sampling: its probabilities are
within 1e-6 of the integrals.

Neuenschwander, Branson and Gsponer 2008, Stat Med 27:2420; Babb, Rogatko and Zacks 1998, Stat Med
17:1103 (overdose control).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from typing import ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses, read_doses
from trialwright.design.method import Method
from trialwright.design.model import Outcomes
from trialwright.design.parameters import (
    by_name,
    counted,
    cutoff,
    flag,
    items,
    number,
    one_of,
    rate,
)
from trialwright.design.posterior.isotonic import eligible
from trialwright.design.posterior.logistic import Posterior, posterior
from trialwright.design.posterior.logistic_prior import Logistic, read_prior
from trialwright.design.rules.ewoc import ewoc as ewoc_rule
from trialwright.design.states import Bools, Floats, Ints, States, one_state

FARTHEST = 1000.0  # times a dose: a reference dose beyond it is in another unit
HALF_WIDTH = 0.085  # of the usual target interval, 0.16 to 0.33
CHOICES = ("target_probability", "highest_admissible")


@dataclass(frozen=True, slots=True)
class Blrm(Method):
    """The method alone; `blrm` makes a design of it."""

    name: ClassVar[str] = "blrm"
    pools: ClassVar[bool] = True
    wished_none: ClassVar[str] = "the method finds no acceptable dose"
    curve: Logistic
    reference_dose: float
    low: float
    high: float
    overdose: float
    bound: float
    choose: str
    select_untested: bool = False

    @property
    def graph_states(self) -> int:
        return 300_000  # a minute, about

    @property
    def summary(self) -> str:
        """The prior, the intervals and the choice."""
        prior = " + ".join(f"{n.weight:g} {n}" for n in self.curve.prior).removeprefix("1 ")
        control = "" if self.bound >= 1 else f" with P(rate > {self.overdose:g}) <= {self.bound:g}"
        aim = f"with the largest P({self.low:g} < rate <= {self.high:g})"
        choice = f"the dose {aim} of those" if self.choose == CHOICES[0] else "the highest dose"
        return (
            f"BLRM, reference dose {self.reference_dose:g}, prior of (alpha, beta) {prior}: "
            f"{choice}{control}"
        )

    def posterior(self, states: States) -> Posterior:
        """Return the posterior; its rates are `low`, `high` and `overdose`."""
        return posterior(self.curve, (self.low, self.high, self.overdose), states)

    def wish(self, states: States) -> Ints:
        """Return the choice among all admissible levels, 0 where none is."""
        found = self.posterior(states)
        return self._choice(found, self._admissible(found))

    def explain(self, state: Outcomes) -> str:
        """List P(target interval) and P(overdose) by dose, and the choice."""
        states = one_state(state)
        found = self.posterior(states)
        return self._explained(found, self._admissible(found))

    def select(self, states: States) -> Ints:
        """Return the same choice among the admissible levels that were tested."""
        found = self.posterior(states)
        return self._choice(found, self._admissible(found) & self._eligible(states))

    def explain_selection(self, state: Outcomes) -> str:
        """List P(target interval) and P(overdose) by dose, and the choice of those tested."""
        states = one_state(state)
        found = self.posterior(states)
        eligible_now = self._eligible(states)
        text = self._explained(found, self._admissible(found) & eligible_now)
        left_out = (np.flatnonzero(~eligible_now[0]) + 1).tolist()
        if not left_out:
            return text
        which = ", ".join(map(str, left_out))
        return f"{text} (not tested or eliminated, and left out: dose {which})"

    def exceedance(self, states: States, rate: float) -> Floats:
        """Return P(DLT rate > rate | outcomes) by level (states, doses), from the posterior."""
        if rate == self.overdose:
            return self.posterior(states).above[:, :, 2]
        return posterior(self.curve, (rate,), states).above[:, :, 0]

    def _admissible(self, found: Posterior) -> Bools:
        return np.asarray(found.above[:, :, 2] <= self.bound)

    def _eligible(self, states: States) -> Bools:
        return eligible(states, self.select_untested)

    def _choice(self, found: Posterior, candidates: Bools) -> Ints:
        """Return the chosen level (states,), 0 where there is no candidate."""
        score = _in_target(found)
        if self.choose == "highest_admissible":
            score = np.broadcast_to(np.arange(candidates.shape[1], dtype=np.float64), score.shape)
        best = np.argmax(np.where(candidates, score, -1.0), axis=1) + 1
        return np.where(candidates.any(axis=1), best, 0).astype(np.int8)

    def _explained(self, found: Posterior, candidates: Bools) -> str:
        shares = zip(_in_target(found)[0], found.above[0, :, 2], strict=True)
        listed = [f"dose {i} {aim:.3f} / {over:.3f}" for i, (aim, over) in enumerate(shares, 1)]
        heading = f"P({self.low:g} < rate <= {self.high:g}) / P(rate > {self.overdose:g})"
        return f"{heading}: {', '.join(listed)}; {self._outcome(found, candidates)}"

    def _outcome(self, found: Posterior, candidates: Bools) -> str:
        level = int(self._choice(found, candidates)[0])
        limit = "" if self.bound >= 1 else f" with an overdose of at most {self.bound:g}"
        if level == 0:
            return f"no dose{limit}"
        if self.choose == "highest_admissible":
            return f"dose {level} is the highest{limit}"
        return f"dose {level} has the largest probability in the target interval{limit}"


@by_name
def blrm(
    *,
    target: float | Sequence[float] = (0.16, 0.33),
    doses: Doses,
    start: int = 1,
    reference_dose: float,
    prior: str | Sequence[float] | Sequence[Sequence[float]],
    overdose: float | None = None,
    ewoc: float = 0.25,
    choose: str = "target_probability",
    select_untested: bool = False,
) -> Design:
    """Return a BLRM design; `doses` are amounts, such as `10,20,40 mg`.

    `target` is the interval of DLT rates aimed at, or its centre: 0.25 means 0.165 to 0.335, as
    wide as the usual 0.16 to 0.33. `reference_dose` is the amount d*, in the unit of the doses.
    `prior` of (alpha, beta) is `mean of alpha, mean of beta, sd of alpha, sd of beta, correlation`,
    such as "-0.7,-0.4,1.2,0.9,0", or a mixture with weights that sum to 1, such as
    "0.7: -0.7,-0.4,1.2,0.9,0; 0.3: -3,0,0.5,0.5,0". `overdose` is the rate above which a dose is
    an overdose, the upper end of the target interval by default. `ewoc` is the bound on
    P(rate > overdose); 1 switches overdose control off. `choose` is `target_probability` or
    `highest_admissible`. `select_untested` lets the end recommend a dose that nobody received.
    Raises InputError naming the parameter.
    """
    low, high = _interval(target)
    above = high if overdose is None else rate("overdose", overdose, low, 1)
    bound = cutoff("ewoc", ewoc)
    reference = rate("reference_dose", reference_dose, 0, inf)
    curve = Logistic(read_prior(prior), _log_ratios(doses, reference))
    method = Blrm(
        *(curve, reference, low, high, above, bound),
        one_of("choose", choose, CHOICES),
        flag("select_untested", select_untested),
    )
    design = new_design(method, doses, start)
    return design if bound >= 1 else design.with_own(ewoc_rule(above, bound))


def _in_target(found: Posterior) -> Floats:
    """Return P(target interval) by level (states, doses); rounded, so that equals stay equal."""
    return np.asarray((found.above[:, :, 0] - found.above[:, :, 1]).round(9))


def _log_ratios(doses: Doses, reference: float) -> tuple[float, ...]:
    count, amounts = read_doses(doses)
    if amounts is None:
        raise InputError(
            "parameter doses", f"{count} levels", "their amounts, such as 10,20,40 mg, for blrm"
        )
    ratios = tuple(log(amount) - log(reference) for amount in amounts.amounts)
    if min(map(abs, ratios)) > log(FARTHEST):
        raise InputError(
            "parameter reference_dose",
            f"{reference:g}",
            f"an amount in the unit of the doses, within {FARTHEST:g} times one of them",
        )
    return ratios


def _interval(target: object) -> tuple[float, float]:
    """Return the ends of the target interval."""
    ends = items(target)
    if ends is not None:
        if len(ends) != 2:
            what = counted(len(ends), "number")
            raise InputError("parameter target", what, "0.16,0.33 or a centre")
        low = rate("target, lower end", ends[0])
        return low, rate("target, upper end", ends[1], low)
    centre = rate("target", target)
    if not HALF_WIDTH < centre < 1 - HALF_WIDTH:
        raise InputError(
            "parameter target", f"{number(target):g}", "both ends of the interval, such as 0.01,0.1"
        )
    return centre - HALF_WIDTH, centre + HALF_WIDTH
