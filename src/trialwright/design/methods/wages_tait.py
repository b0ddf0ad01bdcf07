"""Wages and Tait's seamless design: randomise by estimated response, then take the best dose.

Toxicity follows one power curve, the response one of several, because nobody knows where it peaks.
With skeletons s (toxicity) and q_k (response, k = 1..K) and prior weights tau_k:

    DLT rate       s_d ^ exp(a),      a ~ N(0, scale^2)
    response rate  q_kd ^ exp(b),     b ~ N(0, scale^2)
    weight of k    tau_k * integral of likelihood_k(b) * prior(b) db, scaled to sum to 1

Rates are estimated by their posterior means, responses under the curve of the highest weight (of
equal weights the first). Acceptable are levels with an estimated DLT rate of at most the target.
Up to `randomise` patients the next level is drawn among the acceptable ones with probabilities
proportional to the estimated response rates; from then on it is the acceptable level with the
highest one (of equal rates the lowest level). The trial ends without a dose when the exact lower
limit of the DLT rate at level 1 is above the target, or, after the randomised stage, when the exact
upper limit of the response rate at the next level is below `eff_limit`.

Wages and Tait 2015, J Biopharm Stat 25:903; the posterior means are those of the authors' R
program, the number randomised counts as in the R package escalation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses, read_doses
from trialwright.design.method import ResponseMethod
from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes
from trialwright.design.parameters import (
    by_name,
    counted,
    flag,
    items,
    number,
    number_in,
    one_of,
    rate,
    shown,
    whole,
)
from trialwright.design.posterior.wages_tait import (
    MOST_CURVES,
    PowerCurves,
    WagesTaitFit,
    exact_limits,
    first_highest,
    fit_curves,
)
from trialwright.design.rules.acceptable import acceptable
from trialwright.design.rules.no_skipping import no_skipping
from trialwright.design.states import LEVEL, Bools, Floats, Ints, States, one_state


@dataclass(frozen=True, slots=True)
class WagesTait(ResponseMethod):
    """The method alone; `wages_tait` makes a design of it."""

    name: ClassVar[str] = "wages_tait"
    target: float
    eff_limit: float
    tox_skeleton: tuple[float, ...]
    eff_skeletons: tuple[tuple[float, ...], ...]
    prior_weights: tuple[float, ...]
    randomise: int
    scale: float = sqrt(1.34)
    confidence: float = 0.95
    when_none: str = "lowest"
    select_untested: bool = False

    @property
    def randomises(self) -> bool:
        """Whether there is a randomised stage."""
        return self.randomise > 0

    @property
    def graph_states(self) -> int:
        return 300_000

    @property
    def summary(self) -> str:
        """The limits, the number of response curves and the length of the randomised stage."""
        stage = f"randomised up to {self.randomise} patients" if self.randomise else "none drawn"
        return (
            f"Wages-Tait, DLT rate at most {self.target:g}, response rate at least "
            f"{self.eff_limit:g}, {len(self.eff_skeletons)} response curves, {stage}"
        )

    def fit(self, states: States) -> WagesTaitFit:
        """Return estimates for each state, worked out once for each pattern of counts."""
        curves = PowerCurves(self.tox_skeleton, self.eff_skeletons, self.prior_weights, self.scale)
        return fit_curves(curves, states)

    def acceptable(self, states: States) -> Bools:
        """Return the levels whose estimated DLT rate is at most the target."""
        return self._acceptable(self.fit(states))

    def wish(self, states: States) -> Ints:
        """Return the best acceptable level, in the randomised stage the highest acceptable one."""
        fit = self.fit(states)
        open_levels = self._acceptable(fit)
        best = first_highest(np.where(open_levels, fit.response_rates, -1.0)) + 1
        highest = states.doses - np.argmax(open_levels[:, ::-1], axis=1)
        wish = np.where(self._drawing(states), highest, best)
        return np.where(open_levels.any(axis=1), wish, 0).astype(LEVEL)

    def allocation(self, states: States) -> Floats:
        """Return probabilities proportional to the response rates of the acceptable levels."""
        fit = self.fit(states)
        open_levels = self._acceptable(fit) & self._drawing(states)[:, None]
        share = np.where(open_levels, fit.response_rates, 0.0)
        total = share.sum(axis=1, keepdims=True)
        found = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
        # Rounded, so that a state has the same shares whatever others it is worked out with.
        found = np.round(found, 12)
        rest = np.where(total[:, 0] > 0, 1.0 - found.sum(axis=1), 0.0)
        found[np.arange(len(found)), np.argmax(found, axis=1)] += rest
        return np.asarray(found)

    def ends(self, states: States, proposed: Ints) -> Ints:
        """End without a dose where level 1 is too toxic or the next level too little active."""
        toxic = self._toxic(states.treated[:, 0], states.dlts[:, 0])
        column = np.maximum(proposed, 1) - 1
        rows = np.arange(len(states))
        inactive = self._inactive(states.treated[rows, column], states.responses[rows, column])
        inactive &= (proposed > 0) & ~self._drawing(states)
        return np.where(toxic | inactive, Ending.NO_DOSE, Ending.GOES_ON)

    def select(self, states: States) -> Ints:
        """Return the acceptable level with the highest estimated response rate."""
        fit = self.fit(states)
        open_levels = self._selectable(states, fit)
        best = first_highest(np.where(open_levels, fit.response_rates, -1.0)) + 1
        return np.where(open_levels.any(axis=1), best, 0).astype(LEVEL)

    def explain(self, state: Outcomes) -> str:
        """Name the response curve with its weight, and the estimated rates."""
        fit = self.fit(one_state(state))
        return f"{_curve(fit)}; {_rates(fit)}; {self._stage(state)}"

    def explain_unacceptable(self, state: Outcomes) -> str | None:
        """List the levels that are too toxic."""
        fit = self.fit(one_state(state))
        rates = fit.dlt_rates[0]
        barred = np.flatnonzero(~self._acceptable(fit)[0])
        if len(barred) == 0:
            return None
        said = ", ".join(f"dose {level + 1} {rates[level]:.3f}" for level in barred)
        kept = (
            ""
            if (rates <= self.target).any() or len(barred) == len(rates)
            else ("; no dose is below it, so the lowest is left")
        )
        return f"estimated DLT rate above {self.target:g}: {said}{kept}"

    def explain_ending(self, state: Outcomes, proposed: int) -> str | None:
        """Give the exact limit that ends the trial."""
        n, y = state.treated[0], state.dlts[0]
        if self._toxic(np.array([n]), np.array([y]))[0]:
            return (
                f"{y} of {n} at dose 1 had a DLT, lower {self._limit} of the rate above "
                f"{self.target:g}: the trial ends without a dose"
            )
        if not self.ends(one_state(state), np.array([proposed]))[0]:
            return None
        n, y = state.treated[proposed - 1], state.responses[proposed - 1]
        return (
            f"{y} of {n} at dose {proposed} responded, upper {self._limit} of the rate below "
            f"{self.eff_limit:g}: the trial ends without a dose"
        )

    def explain_selection(self, state: Outcomes) -> str:
        """List the estimated rates of the levels that may be recommended, and why one is kept."""
        states = one_state(state)
        fit = self.fit(states)
        levels = np.flatnonzero(self._selectable(states, fit)[0])
        if len(levels) == 0:
            return f"no dose is left that was treated and is acceptable; {_rates(fit)}"
        toxic, active = fit.dlt_rates[0], fit.response_rates[0]
        parts = ", ".join(f"dose {i + 1} {active[i]:.3f} (DLT {toxic[i]:.3f})" for i in levels)
        kept = f"; every DLT rate is above {self.target:g}, and the lowest dose is kept"
        none_below = kept if toxic[levels[0]] > self.target else ""
        said = f"response rates of doses with an estimated DLT rate of at most {self.target:g}"
        return f"{_curve(fit)}; {said} {parts}{none_below}"

    @property
    def _limit(self) -> str:
        return f"exact two-sided {100 * self.confidence:g} % limit"

    def _stage(self, state: Outcomes) -> str:
        if state.patients < self.randomise:
            return f"{state.patients} of {self.randomise} patients of the randomised stage treated"
        return "the highest response rate among acceptable doses"

    def _drawing(self, states: States) -> Bools:
        patients = states.treated.sum(axis=1, dtype=np.int64)
        drawing: Bools = (patients < self.randomise) & (states.current > 0)
        return drawing

    def _acceptable(self, fit: WagesTaitFit) -> Bools:
        found: Bools = fit.dlt_rates <= self.target
        if self.when_none == "lowest":
            found[:, 0] |= ~found.any(axis=1)
        return found

    def _selectable(self, states: States, fit: WagesTaitFit) -> Bools:
        tested: Bools = (states.treated > 0) | self.select_untested
        left = tested & ~states.eliminated
        return self._acceptable(fit) & left & (states.current > 0)[:, None]

    def _toxic(self, treated: Ints, dlts: Ints) -> Bools:
        lower = exact_limits(self.confidence, _most(treated))[0]
        toxic: Bools = lower[treated, dlts] > self.target
        return toxic

    def _inactive(self, treated: Ints, responses: Ints) -> Bools:
        upper = exact_limits(self.confidence, _most(treated))[1]
        inactive: Bools = upper[treated, responses] < self.eff_limit
        return inactive


@by_name
def wages_tait(
    *,
    target: float,
    eff_limit: float,
    tox_skeleton: Sequence[float],
    eff_skeletons: Sequence[Sequence[float]] | str,
    doses: Doses,
    start: int = 1,
    randomise: int = 0,
    prior_weights: Sequence[float] | None = None,
    scale: float = sqrt(1.34),
    confidence: float = 0.95,
    when_none: str = "lowest",
    may_skip: bool = False,
    select_untested: bool = False,
) -> Design:
    """Return a Wages-Tait design with the authors' defaults.

    `target` is the highest acceptable DLT rate, `eff_limit` the lowest acceptable response rate.
    `tox_skeleton` holds prior DLT rates that rise; `eff_skeletons` one or more rows of prior
    response rates, in any order of levels (as text: rows separated by `/`), with `prior_weights`,
    equal where not given. The first `randomise` patients are treated in the randomised stage.
    `scale` is the standard deviation of both parameters. `confidence` is that of the exact
    two-sided limits that end the trial. `when_none` says what follows when every estimated DLT rate
    is above the target: `lowest` (the authors) or `stop`. `may_skip` allows untried levels to be
    skipped on the way up. `select_untested` lets a level be recommended at the end where nobody was
    treated. Raises InputError naming the parameter.
    """
    levels, _ = read_doses(doses)
    curves = _curves(eff_skeletons, levels)
    method = WagesTait(
        rate("target", target),
        rate("eff_limit", eff_limit),
        _rising(tox_skeleton, levels),
        curves,
        _weights(prior_weights, len(curves)),
        whole("randomise", randomise, 0, MOST_PATIENTS),
        rate("scale", scale, 0, 10),
        rate("confidence", confidence),
        one_of("when_none", when_none, ("lowest", "stop")),
        flag("select_untested", select_untested),
    )
    design = new_design(method, doses, start).with_own(acceptable())
    return design if flag("may_skip", may_skip) else design.with_own(no_skipping())


def _most(treated: Ints) -> int:
    return 1 << int(treated.max(initial=0)).bit_length()


def _curve(fit: WagesTaitFit) -> str:
    chosen = int(fit.curve[0])
    weight = fit.weights[0, chosen]
    return f"response curve {chosen + 1} of {fit.weights.shape[1]} (weight {weight:.3f})"


def _rates(fit: WagesTaitFit) -> str:
    toxic = ", ".join(f"{value:.3f}" for value in fit.dlt_rates[0])
    active = ", ".join(f"{value:.3f}" for value in fit.response_rates[0])
    return f"estimated response rates {active}, DLT rates {toxic}"


def _rising(skeleton: object, doses: int) -> tuple[float, ...]:
    rates = _row("tox_skeleton", skeleton, doses)
    if any(low >= high for low, high in pairwise(rates)):
        raise InputError("parameter tox_skeleton", "rates that do not rise", "rates that rise")
    return rates


def _curves(skeletons: object, doses: int) -> tuple[tuple[float, ...], ...]:
    rows = _sequence("eff_skeletons", skeletons, "/")
    if rows and not isinstance(rows[0], str) and not isinstance(rows[0], Sequence):
        rows = (rows,)  # one curve alone
    if not 1 <= len(rows) <= MOST_CURVES:
        raise InputError("parameter eff_skeletons", f"{len(rows)} rows", f"1 to {MOST_CURVES}")
    return tuple(_row(f"eff_skeletons, row {i}", row, doses) for i, row in enumerate(rows, 1))


def _row(name: str, value: object, doses: int) -> tuple[float, ...]:
    """Return a rate for each level; raise InputError naming the parameter."""
    parts = _sequence(name, value, ",")
    if len(parts) != doses:
        raise InputError(
            f"parameter {name}", counted(len(parts), "rate"), f"one for each of {doses} doses"
        )
    return tuple(rate(f"{name}, level {i}", part) for i, part in enumerate(parts, 1))


def _weights(value: object, curves: int) -> tuple[float, ...]:
    if value is None:
        return (1 / curves,) * curves
    parts = _sequence("prior_weights", value, ",")
    weights = [number(part) for part in parts]
    if len(weights) != curves or not all(0 < weight < 1e6 for weight in weights):
        wanted = f"a number above 0 for each of {curves} response curves"
        raise InputError("parameter prior_weights", f"{len(parts)} values", wanted)
    return tuple(weight / sum(weights) for weight in weights)


def _sequence(name: str, value: object, separator: str) -> Sequence[object]:
    """Return the parts of a sequence, or of a text; raise InputError for anything else."""
    if isinstance(value, str):
        return tuple(_part(part.strip()) for part in value[:10_000].split(separator))
    given = items(value)
    if given is None:
        raise InputError(f"parameter {name}", shown(value), "rates in order of dose levels")
    return given


def _part(text: str) -> object:
    value = number_in(text)
    return text if np.isnan(value) else value
