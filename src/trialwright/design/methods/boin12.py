"""BOIN12: interval design for the dose of the best utility, from toxicity and response.

Each patient's outcome has a utility: u1 for a response without DLT (best), u2 for neither, u3 for
both, u4 for a DLT without response (worst). On the scale from u4 = 0 to u1 = 1 the mean utility x/n
of a level with n treated is taken as binomial with a Beta(1, 1) prior; the level's desirability is

    P(utility > u_b | x, n) = P(Beta(1 + x, 1 + n - x) > u_b),   u_b = (1 + u_0) / 2

with u_0 the mean utility at the limits: DLT rate target, response rate phi_e, independent. The
ranks of this probability are the rank-based desirability scores (RDS) of the published tables.

At n treated and y DLTs at the current level d, with BOIN's boundaries:

    y/n >= lambda_d                            to the nearest admissible level below
    lambda_e < y/n < lambda_d, n >= n_star     the more desirable of d and the one below
    else                                       the most desirable of d, the one below, the one above

Only admissible levels count: P(DLT rate > target) <= cutoff_eli or n < min_n_eli (a level that
fails and those above it are eliminated for good) and P(response rate < phi_e) < cutoff_fut, both
with Beta(1, 1). From y/n >= lambda_d nobody stays above the lowest level: where no level below is
admissible, all being too little active, the trial ends. (The paper goes to d - 1 whatever its
response; in the authors' simulations the trial stays at d.) The lowest level is not left downwards.
Of equally desirable levels the higher is taken, as in the authors' software. From `explore_from`
treated with y/n < lambda_d the next level is entered if nobody was treated there. At the end: the
highest posterior mean utility among tested admissible levels up to the MTD by isotonic regression.

Lin, Zhou, Yan, Li and Yuan 2020, JCO Precis Oncol 4:1393, and its supplement.
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
from scipy.special import betaincc

from trialwright.core.errors import InputError, Refused
from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.method import ResponseMethod
from trialwright.design.methods.boin import Boin, read_boundaries
from trialwright.design.methods.parts.interval import boundary, read_elimination
from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes
from trialwright.design.parameters import by_name, cutoff, flag, number, rate, shown, whole
from trialwright.design.posterior.beta import exceedance
from trialwright.design.posterior.isotonic import nearest_to_target
from trialwright.design.rules.acceptable import acceptable
from trialwright.design.rules.lowest_dose import lowest_dose
from trialwright.design.states import LEVEL, Bools, Floats, Ints, States, one_state

Utilities: TypeAlias = tuple[float, float, float, float]  # u1, u2, u3, u4
_DIGITS = 1e9  # to which utilities are rounded
_KEY = 1 << 41  # above MOST_PATIENTS * _DIGITS


@dataclass(frozen=True, slots=True)
class Boin12(ResponseMethod):
    """The method alone; `boin12` makes a design of it."""

    name: ClassVar[str] = "boin12"
    wished_none: ClassVar[str] = "the method finds no dose to go to"
    boundaries: Boin
    phi_e: float
    utilities: Utilities  # on the scale from u4 = 0 to u1 = 1
    n_star: int = 6
    cutoff_fut: float = 0.9
    explore_from: int | None = 9
    select_untested: bool = False

    @property
    def benchmark(self) -> float:
        """The utility u_b that a level should exceed, on the scale from 0 to 1."""
        tox, eff = self.boundaries.target, self.phi_e
        shares = np.array([eff * (1 - tox), (1 - eff) * (1 - tox), eff * tox, (1 - eff) * tox])
        return float(1 + shares @ np.array(self.utilities)) / 2

    @property
    def graph_states(self) -> int:
        return 300_000

    @property
    def summary(self) -> str:
        """The limits, the utilities and the boundaries."""
        low, high = self.boundaries.lambda_e, self.boundaries.lambda_d
        u = ", ".join(f"{100 * value:g}" for value in self.utilities)
        return (
            f"BOIN12, DLT rate at most {self.boundaries.target:g}, response rate at least "
            f"{self.phi_e:g}, utilities {u}: de-escalate from an observed DLT rate of "
            f"{boundary(high, 4)}, look upwards at one of at most {boundary(low, 4)} "
            f"or with fewer than {self.n_star} treated"
        )

    def utility(self, states: States) -> Floats:
        """Return the summed utility x by level (states, doses)."""
        u1, u2, u3, u4 = self.utilities
        clean = states.responses - states.both
        toxic = states.dlts - states.both
        neither = states.treated - clean - states.dlts
        # Rounded, so that equal utilities by different outcomes are equal numbers.
        total = np.asarray(u1 * clean + u2 * neither + u3 * states.both + u4 * toxic)
        return np.round(total * _DIGITS) / _DIGITS

    def desirability(self, states: States) -> Floats:
        """Return P(utility > benchmark) by level (states, doses)."""
        x, n = self.utility(states), states.treated.astype(np.int64)
        # Few distinct (n, x) stand in many states, and the integral is slow: once for each.
        key = n * _KEY + np.round(x * _DIGITS).astype(np.int64)
        _, first, back = np.unique(key, return_index=True, return_inverse=True)
        x, n = x.ravel()[first], n.ravel()[first]
        found = np.asarray(betaincc(1 + x, 1 + n - x, self.benchmark), np.float64)[back]
        return found.reshape(states.treated.shape)

    def futility(self, states: States) -> Floats:
        """Return P(response rate < phi_e) by level (states, doses)."""
        return np.asarray(1.0 - exceedance(self.phi_e, states.treated, states.responses))

    def acceptable(self, states: States) -> Bools:
        """Return the levels that are not eliminated and not found inactive."""
        found: Bools = ~states.eliminated & (self.futility(states) < self.cutoff_fut)
        return found

    def wish(self, states: States) -> Ints:
        """Return the most desirable of the levels that the boundaries leave."""
        options = self._options(states)
        desirable = np.where(options, self.desirability(states), -1.0)
        best = states.doses - np.argmax(desirable[:, ::-1], axis=1)
        return np.where(options.any(axis=1), best, 0).astype(LEVEL)

    def explain(self, state: Outcomes) -> str:
        """Name the observed rate, the levels compared, and their desirability."""
        states = one_state(state)
        d = state.current
        n, y = state.treated[d - 1], state.dlts[d - 1]
        options = np.flatnonzero(self._options(states)[0]) + 1
        scores = 100 * self.desirability(states)[0]
        compared = ", ".join(f"dose {level} {scores[level - 1]:.1f}" for level in options)
        said = f"{y} of {n} at dose {d} had a DLT: {self._case(n, y)}"
        if compared:
            return f"{said}; desirability {compared}"
        left = "there is no dose below" if d == 1 else "no dose below is admissible: the trial ends"
        toxic = n > 0 and y / n >= self.boundaries.lambda_d
        return f"{said}; {left if toxic else 'no dose is admissible'}"

    def explain_unacceptable(self, state: Outcomes) -> str | None:
        """List the levels that are too little active."""
        tails = self.futility(one_state(state))[0]
        said = [
            f"dose {level}: {state.responses[level - 1]} of {state.treated[level - 1]} responded, "
            f"P(rate < {self.phi_e:g}) = {tail:.3f}, at least {self.cutoff_fut:g}"
            for level, tail in enumerate(tails.tolist(), 1)
            if tail >= self.cutoff_fut
        ]
        return "; ".join(said) or None

    def ends(self, states: States, proposed: Ints) -> Ints:
        """End without a dose where the current one is too toxic and none below is admissible."""
        return np.where(self._stranded(states), Ending.NO_DOSE, Ending.GOES_ON).astype(LEVEL)

    def explain_ending(self, state: Outcomes, proposed: int) -> str | None:
        """Say that nothing is left to go to."""
        if not self._stranded(one_state(state))[0]:
            return None
        return f"dose {state.current} is to be left downwards and no dose below is admissible"

    def select(self, states: States) -> Ints:
        """Return the admissible level up to the MTD with the highest mean utility."""
        utility = np.where(self._selectable(states), self.mean_utility(states), -1.0)
        found = utility.max(axis=1, initial=-1.0) >= 0
        return np.where(found, np.argmax(utility, axis=1) + 1, 0).astype(LEVEL)

    def explain_selection(self, state: Outcomes) -> str:
        """Name the MTD and the mean utilities up to it."""
        states = one_state(state)
        mtd = int(self._mtd(states)[0])
        mean = 100 * self.mean_utility(states)[0]
        levels = np.flatnonzero(self._selectable(states)[0]) + 1
        if len(levels) == 0:
            return "no dose was treated and is admissible"
        parts = ", ".join(f"dose {level} {mean[level - 1]:.1f}" for level in levels)
        return f"MTD by isotonic DLT rates dose {mtd}; mean utilities up to it {parts}"

    def mean_utility(self, states: States) -> Floats:
        """Return the posterior mean utility by level (states, doses)."""
        return (1 + self.utility(states)) / (2 + states.treated)

    def _mtd(self, states: States) -> Ints:
        untested = self.select_untested
        return nearest_to_target(states, self.boundaries.target, untested=untested)

    def _selectable(self, states: States) -> Bools:
        levels = np.arange(1, states.doses + 1)
        tested = (states.treated > 0) | self.select_untested
        found: Bools = self.acceptable(states) & tested & (levels <= self._mtd(states)[:, None])
        return found

    def _stranded(self, states: States) -> Bools:
        """Say where the trial is to go below a level above the lowest, and cannot (states,)."""
        n, y = states.at_current()
        toxic = (n > 0) & (y / np.maximum(n, 1) >= self.boundaries.lambda_d)
        below = np.arange(1, states.doses + 1) < states.current[:, None]
        found: Bools = toxic & (states.current > 1) & ~(self.acceptable(states) & below).any(axis=1)
        return found

    def _options(self, states: States) -> Bools:
        """Return the levels that the boundaries leave open to comparison (states, doses)."""
        open_levels = self.acceptable(states)
        levels, d = np.arange(1, states.doses + 1), states.current[:, None]
        n, y = (counts[:, None] for counts in states.at_current())
        observed = y / np.maximum(n, 1)
        low, high = self.boundaries.lambda_e, self.boundaries.lambda_d
        below = _highest(open_levels & (levels < d))
        above = _lowest(open_levels & (levels > d))
        here = open_levels & (levels == d)
        near = here | below | (above & ((observed <= low) | (n < self.n_star)))
        options: Bools = np.where((n > 0) & (observed >= high), below, near)
        up = self._untested_next(states, open_levels) & (observed < high)
        return np.where(up.any(axis=1, keepdims=True), up, options)

    def _untested_next(self, states: States, open_levels: Bools) -> Bools:
        """Return the next level where it is to be explored because nobody was treated there."""
        if self.explore_from is None:
            return np.zeros(open_levels.shape, np.bool_)
        above = np.arange(1, states.doses + 1) == states.current[:, None] + 1
        enough = states.at_current()[0][:, None] >= self.explore_from
        found: Bools = above & enough & open_levels & (states.treated == 0)
        return found

    def _case(self, n: int, y: int) -> str:
        if n == 0:
            return "compare the neighbours"
        low, high = boundary(self.boundaries.lambda_e), boundary(self.boundaries.lambda_d)
        if y / n >= self.boundaries.lambda_d:
            return f"{y / n:.3f}, at least the de-escalation boundary {high}"
        if y / n <= self.boundaries.lambda_e:
            return f"{y / n:.3f}, at most the escalation boundary {low}"
        return f"{y / n:.3f}, between the boundaries {low} and {high} (n_star {self.n_star})"


@by_name
def boin12(
    *,
    target: float,
    phi_e: float,
    u2: float,
    u3: float,
    doses: Doses,
    start: int = 1,
    u1: float = 100.0,
    u4: float = 0.0,
    p_saf: float | None = None,
    p_tox: float | None = None,
    n_star: int = 6,
    cutoff_eli: float = 0.95,
    min_n_eli: int = 3,
    cutoff_fut: float = 0.9,
    explore_from: int | None = 9,
    select_untested: bool = False,
) -> Design:
    """Return a BOIN12 design with the authors' defaults.

    `target` is the highest acceptable DLT rate (the authors' phi_T), `phi_e` the lowest acceptable
    response rate (phi_E). Utilities on any scale: `u1` response without DLT, `u2` neither, `u3`
    response with DLT, `u4` DLT without response; u1 is the highest, u4 the lowest. `p_saf` and
    `p_tox` default to 0.6 and 1.4 times the target. From `n_star` treated no escalation between the
    boundaries. `cutoff_eli` (c_T) and `min_n_eli` govern elimination for toxicity, `cutoff_fut`
    (c_E) futility; 1 switches either off. `explore_from` is the number treated at a level from
    which an untested next one is entered, None for never. `select_untested` lets a level be
    recommended at the end where nobody was treated. Raises InputError naming the parameter.
    """
    boundaries = read_boundaries(target, p_saf, p_tox)
    method = Boin12(
        boundaries,
        rate("phi_e", phi_e),
        _utilities(u1, u2, u3, u4),
        whole("n_star", n_star, 1, MOST_PATIENTS),
        cutoff("cutoff_fut", cutoff_fut),
        None if explore_from is None else whole("explore_from", explore_from, 1, MOST_PATIENTS),
        flag("select_untested", select_untested),
    )
    elimination = read_elimination(boundaries, cutoff_eli, min_n_eli)
    rules = elimination, acceptable(), lowest_dose()
    return new_design(method, doses, start).with_own(*rules)


@dataclass(frozen=True, slots=True)
class Score:
    """The desirability of one outcome at a level; `rds` is None where it is not admissible."""

    n: int
    dlts: int
    responses: int
    rds: float | None


def desirability_scores(design: Design, sizes: tuple[int, ...]) -> tuple[Score, ...]:
    """Return the table of rank-based desirability scores for these numbers treated at a level.

    A tie has the mean of its ranks. Refused where the utility of DLTs depends on the response
    (u1 + u4 other than u2 + u3): then the counts of both do not suffice.
    """
    method = design.method
    if not isinstance(method, Boin12):
        raise Refused("desirability scores", f"{method.name} has none", "boin12")
    u1, u2, u3, u4 = method.utilities
    if abs(u1 + u4 - u2 - u3) > 1e-12:
        raise Refused("desirability scores", "u1 + u4 is not u2 + u3", "utilities that add up")
    counts = [(n, y, e) for n in sizes for y in range(n + 1) for e in range(n + 1)]
    from scipy.stats import rankdata  # half a second to load, and needed here alone

    states = _single_level(counts)
    admissible = ~design.eliminates(states)[:, 0] & method.acceptable(states)[:, 0]
    ranks = np.full(len(counts), np.nan)
    ranks[admissible] = rankdata(np.round(method.desirability(states)[admissible, 0], 12))
    return tuple(
        Score(*count, None if np.isnan(rank) else float(rank))
        for count, rank in zip(counts, ranks, strict=True)
    )


def _single_level(counts: list[tuple[int, int, int]]) -> States:
    """Return a state of one level for each (n, dlts, responses), as few as can be with both."""
    n, y, e = np.array(counts, np.int16).T[:, :, None]
    rows = len(counts)
    return States(
        n,
        y,
        np.ones(rows, LEVEL),
        np.zeros((rows, 1), np.bool_),
        np.ones(rows, np.int16),
        e,
        np.maximum(y + e - n, 0),
    )


def _utilities(u1: object, u2: object, u3: object, u4: object) -> Utilities:
    best, none, both, worst = (number(value) for value in (u1, u2, u3, u4))
    if not (np.isfinite([best, worst]).all() and worst < best):
        raise InputError("parameter u1", f"{shown(u1)} (u4: {shown(u4)})", "numbers, u1 above u4")
    for name, stated, value in (("u2", u2, none), ("u3", u3, both)):
        if not worst <= value <= best:
            wanted = f"a number from {worst:g} to {best:g}"
            raise InputError(f"parameter {name}", shown(stated), wanted)
    span = best - worst
    return 1.0, (none - worst) / span, (both - worst) / span, 0.0


def _highest(levels: Bools) -> Bools:
    """Keep the highest level of each row (states, doses)."""
    found: Bools = levels & (np.cumsum(levels[:, ::-1], axis=1)[:, ::-1] == 1)
    return found


def _lowest(levels: Bools) -> Bools:
    """Keep the lowest level of each row (states, doses)."""
    found: Bools = levels & (np.cumsum(levels, axis=1) == 1)
    return found
