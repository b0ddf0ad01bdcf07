"""A design: a method, its rules and a cohort schedule, as one value.

It is a pure function from outcomes so far to a decision with reasons (`decide`), and another from
outcomes to a recommendation (`recommend`). Every reader of a design (the single decision, the
decision table, the graph, simulation) goes through `resolve`.
"""

from dataclasses import dataclass, replace

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.allocation import spread
from trialwright.design.behaviour import graph as graphs
from trialwright.design.cohort import CohortOutcomes, cohort_outcomes
from trialwright.design.curves import Curves, Truth, as_truth
from trialwright.design.decision import pending as waiting
from trialwright.design.decision.explain import deviations, explained, recommended
from trialwright.design.decision.table import MOST_TABLE, TableRow, decision_table
from trialwright.design.doses import Doses, DoseSet, read_doses
from trialwright.design.method import Method
from trialwright.design.model import Course, Decision, Ending, Outcomes, Recommendation
from trialwright.design.notation import check_course, read_course
from trialwright.design.parameters import whole
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.rules.schedule import Schedule
from trialwright.design.states import (
    COUNT,
    DRAWN,
    LEVEL,
    Bools,
    Floats,
    Ints,
    Resolution,
    States,
    nothing_treated,
    one_state,
)
from trialwright.design.timed import decide as in_time


@dataclass(frozen=True, slots=True)
class Design:
    """A method on `doses` levels that starts at level `start`, with one rule per name.

    `amounts` are the levels' doses with their unit, where they were stated.

    >>> from trialwright.design import boin, cohorts
    >>> design = boin(target=0.25, doses=2) | cohorts("4,8")
    >>> design.decide("1NNNN").next_dose, design.recommend("1NNNN 2NNNNNNTT").dose
    (2, 2)
    """

    method: Method
    doses: int
    start: int = 1
    rules: tuple[Rule, ...] = ()
    amounts: DoseSet | None = None

    def __or__(self, rule: Rule) -> "Design":
        """Return the design with a rule added, or in place of the rule of the same name.

        Raises InputError where a rule needs what the design lacks, or cannot have what was added.
        """
        others = [r for r in self.rules if r.name != rule.name]
        design = replace(self, rules=tuple(sorted([*others, rule], key=lambda r: r.name)))
        for each in design.rules:
            each.check(design)
        return design

    @property
    def schedule(self) -> tuple[int, ...]:
        """The cohorts' sizes in order; empty when none was stated."""
        for rule in self.rules:
            if isinstance(rule, Schedule):
                return rule.sizes
        return ()

    @property
    def summary(self) -> tuple[str, ...]:
        """The method and every rule with their parameters, a line each."""
        return (self.method.summary, *(rule.summary for rule in self.rules))

    def decide(self, outcomes: str | Course = "") -> Decision:
        """Answer whether the trial may go on, and where.

        Outcomes that the design would not have produced are answered, with a reason that names the
        cohort. While patients are pending, a method that looks at time counts how long they were
        followed (`2NNP0.45`); for any other the answer is the one that every possible outcome of
        theirs leads to, and if they lead to different ones, it waits.
        """
        course = self.read(outcomes)
        if any(cohort.pending for cohort in course):
            return in_time.decide(self, course)
        history = self.history(course)
        resolution = self.resolve(history)
        return explained(
            self,
            history.outcomes(-1),
            resolution.verdict(-1),
            deviations(self, course, resolution),
        )

    def recommend(self, outcomes: str | Course) -> Recommendation:
        """Answer which dose the trial would recommend if it ended with these outcomes."""
        course = self.read(outcomes)
        if any(cohort.pending for cohort in course):
            return waiting.recommend(self, course)
        state = self.history(course).take([-1])
        dose = int(self.select(state, self.resolve(state))[0])
        return recommended(self, state.outcomes(0), dose)

    def truth(self, true: Curves) -> Truth:
        """Return true rates as arrays; raise InputError where they are not this design's."""
        return as_truth(true, self.doses, self.method.responses)

    def outcomes_of(self, size: int) -> CohortOutcomes:
        """Return every outcome that a cohort of `size` can have."""
        return cohort_outcomes(size, self.method.responses)

    def nothing_treated(self, rows: int = 1) -> States:
        """Return the state before the first cohort, `rows` times."""
        return nothing_treated(self.doses, rows, responses=self.method.responses)

    def graph(self) -> "graphs.Graph":
        """Compile every state that the design can reach; needs a schedule."""
        return graphs.compile_graph(self)

    def table(self, most: int | None = None) -> tuple[TableRow, ...]:
        """Return the decision for each (treated, dlts) at one level, up to `most` treated.

        `most` is the whole schedule where it is not given, 30 where there is none.
        """
        whole_schedule = min(sum(self.schedule) or 30, MOST_TABLE)
        return decision_table(self, whole_schedule if most is None else most)

    def state(self, outcomes: str | Course) -> Outcomes:
        """Return the state after these outcomes; pending patients are not in its counts."""
        course = self.read(outcomes)
        open_windows = sum(cohort.pending for cohort in course)
        return replace(self.history(course).outcomes(-1), pending=open_windows)

    def read(self, outcomes: str | Course) -> Course:
        """Return outcomes as cohorts; raise InputError where they are none of this design."""
        if isinstance(outcomes, str):
            return read_course(outcomes, self.doses, self.method.responses)
        check_course(outcomes, self.doses, self.method.responses)
        return outcomes

    def resolve(
        self,
        states: States,
        *,
        wish: Ints | None = None,
        known: States | None = None,
        certain: bool = False,
    ) -> Resolution:
        """Resolve the method's wish against all rules, in the precedence of `rules.model`.

        While patients are pending (`timed.judge`), `states` count them as treated without a DLT,
        `known` are the same trials without them, and `wish` is what the method says to both.
        `certain` applies of the rules that protect what holds whatever the pending will show.
        """
        if wish is None:
            wish = self.wish(states)
        allowed = np.ones((len(states), self.doses), np.bool_)
        looks = [
            (rule, seen) for rule in self.rules for seen in _seen(rule, states, known, certain)
        ]
        for bars in (rule.bars(self, seen) for rule, seen in looks):
            if bars is not None:
                allowed &= ~bars
        proposed = _highest_allowed(allowed, np.clip(wish, 1, self.doses))
        ending = np.where(proposed == 0, Ending.STOPPED, Ending.GOES_ON)
        for stops in (rule.stops(self, seen, wish, proposed) for rule, seen in looks):
            if stops is not None:
                ending = np.maximum(ending, stops)
        goes_on = ending == Ending.GOES_ON
        admissible = allowed & goes_on[:, None]
        next_dose = np.where(goes_on, proposed, 0)
        allocation = self._allocation(states, admissible)
        if allocation is not None:
            next_dose[allocation.any(axis=1)] = DRAWN
        return Resolution(
            wish,
            proposed,
            next_dose.astype(LEVEL),
            ending.astype(LEVEL),
            admissible,
            allocation,
        )

    def select(self, states: States, resolution: Resolution) -> Ints:
        """Return the level that each state would recommend if the trial ended (states,), 0 none."""
        chosen = self.method.select(states)
        return np.where(resolution.ending == Ending.NO_DOSE, 0, chosen).astype(LEVEL)

    def ended_early(self, states: States, resolution: Resolution) -> Bools:
        """Say which final states left planned cohorts untreated without being complete (states,).

        A 3+3 that has found its dose, or a trial at its full number of patients, is complete.
        """
        short: Bools = states.cohorts < len(self.schedule)
        short &= resolution.ending != Ending.COMPLETE
        return short

    def eliminates(self, states: States) -> Bools:
        """Return the levels (states, doses) that some rule finds too toxic now."""
        found = np.zeros((len(states), self.doses), np.bool_)
        for mask in (rule.eliminates(self, states) for rule in self.rules):
            if mask is not None:
                found |= mask
        return found

    def history(self, course: Course) -> States:
        """Return the states before the first cohort and after each one, a row each.

        Backfilled patients have a row of their own, in which the cohort before them is the last.
        """
        beside = np.array([False, *(cohort.beside for cohort in course)])
        columns = self.doses if self.method.responses else 0
        states = States(
            self._counts(course, [cohort.treated - cohort.pending for cohort in course]),
            self._counts(course, [cohort.dlts for cohort in course]),
            _last_cohort(np.array([0, *(cohort.dose for cohort in course)], LEVEL), beside),
            np.zeros((len(course) + 1, self.doses), np.bool_),
            np.cumsum(~beside, dtype=COUNT) - COUNT(1),
            self._counts(course, [cohort.responses for cohort in course])[:, :columns],
            self._counts(course, [cohort.both for cohort in course])[:, :columns],
        )
        gone = np.logical_or.accumulate(self.eliminates(states), axis=0)
        return replace(states, eliminated=gone)

    def explain_state(self, state: Outcomes) -> Decision:
        """Return the decision in a state, however it was reached; nobody may be pending."""
        if len(state.treated) != self.doses:
            raise InputError("state", f"{len(state.treated)} dose levels", f"{self.doses}")
        if state.pending:
            raise InputError("state", f"{state.pending} pending", "outcomes by cohort (decide)")
        return explained(self, state, self.resolve(one_state(state)).verdict(0), ())

    def _counts(self, course: Course, patients: list[int]) -> Ints:
        """Return patients by level before the first cohort and after each (cohorts + 1, doses)."""
        counts = np.zeros((len(course) + 1, self.doses), COUNT)
        for row, (cohort, number) in enumerate(zip(course, patients, strict=True), 1):
            counts[row, cohort.dose - 1] = number
        return np.cumsum(counts, axis=0, dtype=COUNT)

    def _allocation(self, states: States, admissible: Bools) -> Floats | None:
        """Return the probability of each level where more than one may be drawn, else zeros."""
        if not self.method.randomises:
            return None
        found = spread(self.method.allocation(states), admissible)
        drawn = (states.current > 0) & ((found > 0).sum(axis=1) > 1)
        return np.where(drawn[:, None], found, 0.0)

    def wish(self, states: States) -> Ints:
        """Return the method's wish (states,), the starting level before the first cohort."""
        if len(states) == 0:
            return np.zeros(0, LEVEL)
        return np.where(states.current == 0, self.start, self.method.wish(states)).astype(LEVEL)


def new_design(method: Method, doses: Doses, start: int) -> Design:
    """Return a method on its dose levels without a rule; raise InputError naming the parameter."""
    count, amounts = read_doses(doses)
    return Design(method, count, whole("start", start, 1, count), amounts=amounts)


def _last_cohort(dose: Ints, beside: Bools) -> Ints:
    """Return the level of the last cohort at each row, whoever was backfilled since."""
    return dose[np.maximum.accumulate(np.where(beside, 0, np.arange(len(dose))))]


def _seen(rule: Rule, states: States, known: States | None, certain: bool) -> tuple[States, ...]:
    """Return what a rule looks at: everyone, known outcomes alone, or either in turn."""
    if known is None or rule.sees is Sees.EVERYONE:
        return (states,)
    if rule.sees is Sees.KNOWN:
        return (known,)
    return (states,) if certain else (states, known)


def _highest_allowed(allowed: Bools, aim: Ints) -> Ints:
    """Return the highest allowed level not above the aim (states,), 0 where there is none."""
    levels = np.arange(1, allowed.shape[1] + 1)
    candidates = np.where(allowed & (levels <= aim[:, None]), levels, 0)
    highest: Ints = np.max(candidates, axis=1).astype(LEVEL)
    return highest
