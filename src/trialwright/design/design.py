"""A design: a method, its rules and a cohort schedule, as one value.

It is a pure function from outcomes so far to a decision with reasons (`decide`), and another from
outcomes to a recommendation (`recommend`). Every reader of a design (the single decision, the
decision table, the graph, simulation) goes through `resolve`.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.allocation import spread
from trialwright.design.behaviour import graph as graphs
from trialwright.design.cohort import CohortOutcomes, cohort_outcomes
from trialwright.design.curves import Curves, TrueRates, as_truth
from trialwright.design.decision import pending as waiting
from trialwright.design.decision.explain import deviations, explained, recommended, short_of
from trialwright.design.decision.given_state import check_state
from trialwright.design.decision.table import MOST_TABLE, TableRow, decision_table
from trialwright.design.doses import Doses, DoseSet, read_doses
from trialwright.design.method import Method, TimedMethod
from trialwright.design.model import Course, Decision, Ending, Outcomes, Recommendation
from trialwright.design.notation import as_course
from trialwright.design.parameters import whole
from trialwright.design.rules.model import Rule, Sees, as_rule
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


@dataclass(frozen=True, slots=True, eq=False)
class Concluded:
    """What ended trials conclude."""

    selection: Ints  # (states,) the level recommended, 0 none
    early: Bools  # (states,) planned cohorts were left untreated, and the trial is not complete


@dataclass(frozen=True, slots=True)
class Design:
    """A method on `doses` levels that starts at level `start`, with one rule per name.

    `amounts` are the levels' doses with their unit, where they were stated. `own` are the rules
    that the method brings along, `stated` the names of those that were added to it.

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
    own: tuple[Rule, ...] = field(default=(), compare=False, repr=False)
    stated: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def __or__(self, rule: Rule) -> "Design":
        """Return the design with a rule added, in place of the method's own rule of that name.

        A rule of the method's own that protects (elimination, overdose control) is not replaced so;
        `replacing` does it. The same statement twice changes nothing. Raises InputError for two
        that differ, where a
        rule needs what the design lacks, or cannot have what was added.
        """
        rule = as_rule(rule)
        if rule.name in self.stated and rule not in self.rules:
            raise InputError(f"rule {rule.name}", "stated twice", "one statement")
        if rule.protects and any(r.name == rule.name and r != rule for r in self.rules):
            wanted = "the method's own parameters changed instead (its reference page)"
            raise InputError(f"rule {rule.name}", "stated, and the method has its own", wanted)
        return self.replacing(rule)

    def replacing(self, rule: Rule) -> "Design":
        """Return the design with a rule in place of any of that name, whoever stated it.

        Raises InputError where a rule needs what the design lacks, or cannot have what was added.
        """
        return replace(self._with(rule), stated=self.stated | {rule.name})

    def with_own(self, *rules: Rule) -> "Design":
        """Return the design with rules that its method brings along."""
        design = self
        for rule in rules:
            design = design._with(rule)
        return replace(design, own=(*self.own, *rules))

    def _with(self, rule: Rule) -> "Design":
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
    def in_time(self) -> tuple[str, ...]:
        """The method and the rules that look at time, by name; none for most designs.

        Only a trial on a calendar and a decision with pending patients show what they do: where
        every outcome is awaited they rest.
        """
        method = [self.method.name] if isinstance(self.method, TimedMethod) else []
        return (*method, *(rule.name for rule in self.rules if rule.in_time))

    @property
    def summary(self) -> tuple[str, ...]:
        """The method and every rule with their parameters, a line each."""
        return (self.method.summary, *map(self._summary_of, self.rules))

    def _summary_of(self, rule: Rule) -> str:
        own = {each.name: each for each in self.own}
        replaced = own.get(rule.name, rule) != rule
        return f"{rule.summary} (instead of the method's own)" if replaced else rule.summary

    def decide(self, outcomes: str | Course = "") -> Decision:
        """Answer whether the trial may go on, and where.

        Outcomes that the design would not have produced are answered, with a reason that names the
        cohort. While patients are pending, a method that looks at time counts how long they were
        followed (`2NNP0.45`); for any other the answer is the one that every possible outcome of
        theirs leads to, and if they lead to different ones, it waits.
        """
        course = self.read(outcomes)
        pending = any(cohort.pending for cohort in course)
        decision = in_time.decide(self, course) if pending else self._decide(course)
        return replace(decision, cohort_short=short_of(self.schedule, course))

    def _decide(self, course: Course) -> Decision:
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

    def truth(self, true: Curves) -> TrueRates:
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
        return as_course(outcomes, self.doses, self.method.responses)

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
        shares = self._shares(states)
        allocation = None if shares is None else _to_be_drawn(spread(shares, admissible))
        if allocation is not None:
            next_dose[allocation.any(axis=1)] = DRAWN
        return Resolution(
            wish,
            proposed,
            next_dose.astype(LEVEL),
            ending.astype(LEVEL),
            admissible,
            allocation,
            None if shares is None else np.asarray(_to_be_drawn(shares).any(axis=1)),
        )

    def select(self, states: States, resolution: Resolution) -> Ints:
        """Return the level that each state would recommend if the trial ended (states,), 0 none.

        It is the method's choice, and never a level that is eliminated, whichever rule found it.
        """
        chosen = self.method.select(states)
        gone = states.eliminated[np.arange(len(states)), np.maximum(chosen, 1) - 1]
        none = (resolution.ending == Ending.NO_DOSE) | ((chosen > 0) & gone)
        return np.where(none, 0, chosen).astype(LEVEL)

    def ended_early(self, states: States, resolution: Resolution) -> Bools:
        """Say which final states left planned cohorts untreated without being complete (states,).

        A 3+3 that has found its dose, or a trial at its full number of patients, is complete.
        """
        short: Bools = states.cohorts < len(self.schedule)
        short &= resolution.ending != Ending.COMPLETE
        return short

    def concluded(self, ends: States, resolution: Resolution | None = None) -> Concluded:
        """Return what trials that have ended conclude; `resolution` is that of `ends`, if known."""
        resolution = self.resolve(ends) if resolution is None else resolution
        return Concluded(self.select(ends, resolution), self.ended_early(ends, resolution))

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
        """Return the decision in a state, however it was reached; nobody may be pending.

        Raises InputError naming the field where it can be no state of this design.
        """
        check_state(state, self.doses, self.method.responses)
        return explained(self, state, self.resolve(one_state(state)).verdict(0), ())

    def _counts(self, course: Course, patients: list[int]) -> Ints:
        """Return patients by level before the first cohort and after each (cohorts + 1, doses)."""
        counts = np.zeros((len(course) + 1, self.doses), COUNT)
        for row, (cohort, number) in enumerate(zip(course, patients, strict=True), 1):
            counts[row, cohort.dose - 1] = number
        return np.cumsum(counts, axis=0, dtype=COUNT)

    def _shares(self, states: States) -> Floats | None:
        """Return the probability of each level as the method would draw it, before all bars."""
        if not self.method.randomises:
            return None
        return np.where((states.current > 0)[:, None], self.method.allocation(states), 0.0)

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


def _to_be_drawn(allocation: Floats) -> Floats:
    """Return the probabilities (states, doses) where there are several levels, else zeros."""
    return np.where((allocation > 0).sum(axis=1, keepdims=True) > 1, allocation, 0.0)


def _highest_allowed(allowed: Bools, aim: Ints) -> Ints:
    """Return the highest allowed level not above the aim (states,), 0 where there is none."""
    levels = np.arange(1, allowed.shape[1] + 1)
    candidates = np.where(allowed & (levels <= aim[:, None]), levels, 0)
    highest: Ints = np.max(candidates, axis=1).astype(LEVEL)
    return highest
