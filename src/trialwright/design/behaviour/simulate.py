"""Simulated trials: a walk along the graph, many trials at a time.

Each cohort takes one uniform number per trial, turned into an outcome by inversion. `walk` looks
states up in the graph; `simulate_directly` asks the design itself for each state, which needs no
graph. Both use the same numbers, so they agree trial by trial.
"""

from dataclasses import dataclass

import numpy as np

from trialwright.core.errors import Refused
from trialwright.design.allocation import draw_doses
from trialwright.design.behaviour.averages import Behaviour, combine, selection_error, summarise
from trialwright.design.behaviour.children import treat
from trialwright.design.behaviour.graph import Graph, compile_graph
from trialwright.design.cohort import CohortOutcomes
from trialwright.design.curves import Curves, TrueRates
from trialwright.design.design import Design
from trialwright.design.parameters import whole
from trialwright.design.states import Floats, Ints, Resolution, States, stack_states

MOST_TRIALS = 100_000_000
_BLOCK = 1 << 14  # trials at a time: their arrays stay in the processor's cache
_MANY_OUTCOMES = 32  # of a cohort: from here on they are searched, not counted through


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What simulated trials did on average, and the Monte Carlo error of the selection."""

    behaviour: Behaviour
    trials: int
    states: int | None  # states of the graph; None where it was too large and not used

    @property
    def standard_error(self) -> Floats:
        """The standard error of each selection probability (curves, doses + 1)."""
        return selection_error(self.behaviour, self.trials)


def simulate(design: Design, true: Curves, *, trials: int, rng: np.random.Generator) -> Simulation:
    """Simulate `trials` trials under each curve; without the graph where it is too large."""
    whole("trials", trials, 1, MOST_TRIALS)
    truth = design.truth(true)
    curves = [truth[i : i + 1] for i in range(len(truth))]
    try:
        graph = compile_graph(design)
    except Refused:
        parts = [_direct(design, curve, trials, rng) for curve in curves]
        return Simulation(combine(np.concatenate, parts, truth), trials, None)
    counts = [count_ends(graph, curve, trials=trials, rng=rng) for curve in curves]
    weights = np.stack(counts) / trials
    return Simulation(graph.summarise(truth, weights), trials, len(graph))


def count_ends(graph: Graph, curve: Curves, *, trials: int, rng: np.random.Generator) -> Ints:
    """Return how many simulated trials under one curve ended in each final state (ends,)."""
    counts = np.zeros(len(graph), np.int64)
    for size in _blocks(trials):
        counts += np.bincount(walk(graph, curve, trials=size, rng=rng), minlength=len(graph))
    return counts[graph.final]


def walk(graph: Graph, curve: Curves, *, trials: int, rng: np.random.Generator) -> Ints:
    """Return the final state, a row of the graph, of each simulated trial (trials,)."""
    truth = graph.design.truth(curve)
    row = np.zeros(trials, np.int32)
    width = graph.child.shape[1]
    child = graph.child.ravel()
    for size in graph.design.schedule:
        cumulative = _cumulative(truth, graph.design.outcomes_of(size))
        dose = next_doses(graph.resolution, rng, row)
        outcome = _draw(cumulative, dose, rng.random(trials))
        if graph.resolution.allocation is not None:
            outcome = outcome + graph.slot(dose)
        row = child.take(row * width + outcome)
    return row


def next_doses(resolution: Resolution, rng: np.random.Generator, row: Ints | None = None) -> Ints:
    """Return the next dose of each trial, 0 where it has ended, drawn where the method draws.

    `row` is each trial's row of the resolution, where that is not the trial itself.
    """
    dose = resolution.next_dose if row is None else resolution.next_dose.take(row)
    if resolution.allocation is None:
        return dose
    chances = resolution.allocation if row is None else resolution.allocation.take(row, axis=0)
    return draw_doses(dose, chances, rng.random(len(dose)))


def simulate_directly(
    design: Design, curve: Curves, *, trials: int, rng: np.random.Generator
) -> States:
    """Return the state in which each simulated trial ended, without a graph."""
    truth = design.truth(curve)
    states = design.nothing_treated(trials)
    for size in design.schedule:
        next_dose = next_doses(design.resolve(states), rng)
        outcomes = design.outcomes_of(size)
        outcome = _draw(_cumulative(truth, outcomes), next_dose, rng.random(trials))
        states = treat_running(design, states, next_dose, outcomes, outcome)
    return states


def treat_running(
    design: Design, states: States, dose: Ints, outcomes: CohortOutcomes, outcome: Ints
) -> States:
    """Treat a cohort in the trials that go on; the others stay as they are, rows in their order."""
    runs = np.flatnonzero(dose)
    after = treat(design, states.take(runs), dose[runs], outcomes, outcome[runs])
    order = np.arange(len(states))
    order[runs] = len(states) + np.arange(len(runs))
    return stack_states([states, after]).take(order)


def _cumulative(curve: TrueRates, outcomes: CohortOutcomes) -> Floats:
    """Return P(an outcome up to the k-th) by level and k, the last left out.

    Row 0 is that of trials that have ended: it always gives outcome 0.
    """
    below = np.cumsum(outcomes.chances(curve)[0, :, :-1], axis=1)
    return np.vstack([np.ones(len(outcomes) - 1), below])


def _draw(cumulative: Floats, dose: Ints, uniform: Floats) -> Ints:
    """Return the outcome of each trial's cohort, by inversion."""
    outcome = np.zeros(len(dose), np.int32)
    if cumulative.shape[1] > _MANY_OUTCOMES:
        for level in np.unique(dose):
            here = dose == level
            outcome[here] = np.searchsorted(cumulative[level], uniform[here], side="right")
        return outcome
    for column in cumulative.T:
        outcome += uniform >= column.take(dose)
    return outcome


def _direct(design: Design, curve: TrueRates, trials: int, rng: np.random.Generator) -> Behaviour:
    parts = [_direct_block(design, curve, size, trials, rng) for size in _blocks(trials)]
    return combine(np.sum, parts, curve)


def _direct_block(
    design: Design, curve: TrueRates, size: int, trials: int, rng: np.random.Generator
) -> Behaviour:
    """Return the share that `size` of `trials` trials have in the averages."""
    ends = simulate_directly(design, curve, trials=size, rng=rng)
    concluded = design.concluded(ends)
    weights = np.full((1, size), 1 / trials)
    return summarise(curve, weights, ends, concluded.selection, concluded.early)


def _blocks(trials: int) -> list[int]:
    whole_blocks, rest = divmod(trials, _BLOCK)
    return [_BLOCK] * whole_blocks + ([rest] if rest else [])
