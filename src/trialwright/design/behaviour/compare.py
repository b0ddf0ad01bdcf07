"""Several designs on the same simulated patients, so that they differ by what they do alone.

Every trial has its patients before any design treats them (`patients`), and each design treats
them in order of entry in the cohorts of its own schedule. The differences from the first design
are therefore paired, and their standard errors are those of a mean of paired differences. The
same patients stand under every curve.

A design whose graph compiles is walked along it, and its exact figures stand beside the simulated
ones; any other design is asked in each state. Every cohort is followed to the end before the next
decision; what waiting and pending patients do to a design is for the simulation in time (`timed`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from trialwright.core.errors import InputError, Refused
from trialwright.design.allocation import draw_doses
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.behaviour.graph import Graph, compile_graph
from trialwright.design.behaviour.patients import (
    Patients,
    draw_patients,
    outcome_of,
    treat_patients,
)
from trialwright.design.behaviour.progress import Progress, silent
from trialwright.design.behaviour.simulate import MOST_TRIALS, treat_running
from trialwright.design.behaviour.tally import Counts, Measures, count_columns, split, tally
from trialwright.design.curves import Curves, TrueRates, true_rates
from trialwright.design.design import Design
from trialwright.design.parameters import whole
from trialwright.design.states import COUNT, LEVEL, Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Estimate:
    """Means over simulated trials, and the standard error of each."""

    mean: Measures
    error: Measures


@dataclass(frozen=True, slots=True)
class Compared:
    """What one design did; `difference` and `same_dose` are with respect to the first design."""

    design: Design
    simulated: Estimate
    difference: Estimate  # this design minus the first, patient by patient
    same_dose: Floats  # (curves,) share of trials in which both recommend the same dose, or none
    exact: Behaviour | None  # None where the graph does not compile
    states: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several designs under the same curves, the first of them the reference."""

    true: TrueRates
    trials: int
    designs: tuple[Compared, ...]


def compare(
    designs: Sequence[Design],
    true: Curves,
    *,
    trials: int,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> Comparison:
    """Run designs of the same dose levels on the same patients under one curve or several.

    Response rates are needed where a design looks at responses; where they are given, responses
    are counted for every design. Raises InputError for designs of other numbers of levels.
    """
    whole("trials", trials, 2, MOST_TRIALS)
    truth = true_rates(true)
    _check(designs, truth)
    players = [_player(design) for design in designs]
    sums = _simulate(players, truth, trials, rng, progress)
    played = zip(players, sums, strict=True)
    return Comparison(
        truth, trials, tuple(_compared(player, truth, trials, total) for player, total in played)
    )


def _check(designs: Sequence[Design], truth: TrueRates) -> None:
    if not designs:
        raise InputError("designs", "none", "at least one")
    for number, design in enumerate(designs, 1):
        if design.doses != designs[0].doses:
            what = f"{design.doses} dose levels, the first has {designs[0].doses}"
            raise InputError(f"design {number}", what, "designs of the same dose levels")
        if not design.schedule:
            raise InputError(f"design {number}", "no cohort schedule", "one, such as 3x10 or 4,8")
        design.truth(_seen_by(design, truth))


def _seen_by(design: Design, truth: TrueRates) -> TrueRates:
    """Return the true rates that concern a design: those of responses only where it looks."""
    return truth if design.method.responses else true_rates(truth.dlt)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A design that is asked in each state."""

    design: Design

    def play(self, patients: Patients, curve: TrueRates) -> Counts:
        """Return the tally of each trial (trials, columns)."""
        design, ward = self.design, _Ward(self.design, patients, curve)
        states = design.nothing_treated(patients.trials)
        for size in design.schedule:
            resolution = design.resolve(states)
            dose = ward.doses(resolution.next_dose, resolution.allocation)
            outcome = ward.treat(dose, size)
            states = treat_running(design, states, dose, design.outcomes_of(size), outcome)
        concluded = design.concluded(states)
        return tally(states, concluded.selection, concluded.early, ward.responses)


@dataclass(frozen=True, slots=True, eq=False)
class _Walked:
    """A design whose graph is walked along."""

    graph: Graph
    selection: Ints  # (states,) the level recommended; 0 in states that are not final
    early: Bools  # (states,)

    @property
    def design(self) -> Design:
        return self.graph.design

    def play(self, patients: Patients, curve: TrueRates) -> Counts:
        """Return the tally of each trial (trials, columns)."""
        graph, ward = self.graph, _Ward(self.design, patients, curve)
        next_dose, drawn = graph.resolution.next_dose, graph.resolution.allocation
        row = np.zeros(patients.trials, np.int64)
        for size in self.design.schedule:
            dose = ward.doses(next_dose[row], None if drawn is None else drawn[row])
            row = graph.child[row, graph.slot(dose) + ward.treat(dose, size)]
        return tally(graph.states.take(row), self.selection[row], self.early[row], ward.responses)


_Player: TypeAlias = _Asked | _Walked


def _player(design: Design) -> _Player:
    try:
        graph = compile_graph(design)
    except Refused:
        return _Asked(design)
    selection = np.zeros(len(graph), LEVEL)
    selection[graph.final] = graph.selection
    return _Walked(graph, selection, design.ended_early(graph.states, graph.resolution))


class _Ward:
    """The patients of a block of trials, treated cohort by cohort in order of entry."""

    def __init__(self, design: Design, patients: Patients, curve: TrueRates) -> None:
        self.design = design
        self.patients = patients
        self.curve = curve
        self.entered = 0
        self.responses = np.zeros((patients.trials, curve.response.shape[1]), COUNT)

    def doses(self, next_dose: Ints, allocation: Floats | None) -> Ints:
        """Return the next dose of each trial, drawn where the design draws it (trials,)."""
        if allocation is None:
            return next_dose
        return draw_doses(next_dose, allocation, self.patients.lot[self.entered])

    def treat(self, dose: Ints, size: int) -> Ints:
        """Treat each trial's next `size` patients; return the outcome (trials,)."""
        entry = slice(self.entered, self.entered + size)
        seen = treat_patients(self.patients, entry, dose, self.curve)
        self.entered += size
        if self.responses.shape[1]:
            runs = np.flatnonzero(dose)
            self.responses[runs, dose[runs] - 1] += seen.responses[runs].astype(COUNT)
        return outcome_of(seen, self.design.outcomes_of(size), self.design.method.responses)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over trials for one design, by curve."""

    doses: int
    own: Counts  # (curves, columns)
    own_squares: Counts
    difference: Counts
    difference_squares: Counts
    same_dose: Counts  # (curves,)

    def add(self, curve: int, found: Counts, reference: Counts) -> None:
        """Add a block of trials under one curve."""
        chosen = 1 + self.doses
        minus = found - reference
        self.own[curve] += found.sum(axis=0)
        self.own_squares[curve] += (found * found).sum(axis=0)
        self.difference[curve] += minus.sum(axis=0)
        self.difference_squares[curve] += (minus * minus).sum(axis=0)
        self.same_dose[curve] += int((minus[:, :chosen] == 0).all(axis=1).sum())


def _simulate(
    players: Sequence[_Player],
    truth: TrueRates,
    trials: int,
    rng: np.random.Generator,
    progress: Progress,
) -> list[_Sums]:
    sums = [_no_sums(truth) for _ in players]
    most = max(sum(player.design.schedule) for player in players)
    wanted = {
        "responses": truth.response.shape[1] > 0,
        "lots": any(player.design.method.randomises for player in players),
    }
    done = 0
    for patients in draw_patients(most, trials, **wanted, rng=rng):
        for curve in range(len(truth)):
            played = [player.play(patients, truth[curve : curve + 1]) for player in players]
            for total, found in zip(sums, played, strict=True):
                total.add(curve, found, played[0])
            done += patients.trials
            progress(done, trials * len(truth))
    return sums


def _no_sums(truth: TrueRates) -> _Sums:
    curves, doses = truth.dlt.shape
    columns = count_columns(doses, truth.response.shape[1] > 0)

    def zeros() -> Counts:
        return np.zeros((curves, columns), np.int64)

    return _Sums(doses, zeros(), zeros(), zeros(), zeros(), np.zeros(curves, np.int64))


def _compared(player: _Player, truth: TrueRates, trials: int, sums: _Sums) -> Compared:
    graph = player.graph if isinstance(player, _Walked) else None
    return Compared(
        player.design,
        _estimate(sums.own, sums.own_squares, trials, truth),
        _estimate(sums.difference, sums.difference_squares, trials, truth),
        sums.same_dose / trials,
        None if graph is None else graph.exact(_seen_by(player.design, truth)),
        None if graph is None else len(graph),
    )


def _estimate(total: Counts, squares: Counts, trials: int, truth: TrueRates) -> Estimate:
    """Return means and their standard errors from sums of whole numbers and of their squares."""
    mean = total / trials
    variance = np.maximum(squares - total * mean, 0.0) / (trials - 1)
    responses = truth.response.shape[1]
    return Estimate(
        split(mean, truth.dlt.shape[1], responses > 0),
        split(np.sqrt(variance / trials), truth.dlt.shape[1], responses > 0),
    )
