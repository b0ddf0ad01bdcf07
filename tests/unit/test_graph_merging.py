"""Which states of the decision graph merge, with a method and a rule made for the question."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from trialwright.design import Design, boin, cohorts, elimination
from trialwright.design.behaviour import graph as graphs
from trialwright.design.method import Method
from trialwright.design.model import Outcomes, Resolved
from trialwright.design.posterior.patterns import distinct
from trialwright.design.rules import Rule
from trialwright.design.states import Bools, Ints, States


@dataclass(frozen=True)
class Remain(Method):
    """A method that never moves and recommends the level it is at."""

    name: ClassVar[str] = "remain"
    local: ClassVar[bool] = True
    summary: ClassVar[str] = "never moves"

    def wish(self, states: States) -> Ints:
        return states.current

    def explain(self, state: Outcomes) -> str:
        return "remain"

    def select(self, states: States) -> Ints:
        return states.current

    def explain_selection(self, state: Outcomes) -> str:
        return "remain"


@dataclass(frozen=True)
class FirstCohort(Rule):
    """Level 2 is eliminated for good by a DLT in the first cohort, and by nothing later."""

    name: ClassVar[str] = "first_cohort"
    summary: ClassVar[str] = "the first cohort decides on level 2"

    def eliminates(self, design: Design, states: States) -> Bools:
        found = np.zeros(states.treated.shape, np.bool_)
        found[:, 1] = (states.cohorts == 1) & (states.dlts[:, 0] > 0)
        return found

    def explain(self, design: Design, state: Outcomes, verdict: Resolved) -> str | None:
        return None


def test_states_with_equal_counts_and_other_eliminated_levels_stay_apart() -> None:
    design = Design(Remain(), 2) | FirstCohort() | cohorts("2,2")
    graph = design.graph()
    early, late = design.state("1NT 1NN"), design.state("1NN 1NT")
    assert (early.treated, early.dlts) == (late.treated, late.dlts) == ((4, 0), (1, 0))
    assert (early.eliminated, late.eliminated) == ((2,), ())
    rows = graph.find(early), graph.find(late)
    assert None not in rows
    assert rows[0] != rows[1]
    assert (graph.ways[list(rows)] == [2, 2]).all()


def test_states_with_equal_counts_and_level_merge_and_keep_their_ways() -> None:
    design = Design(Remain(), 1) | cohorts("2,2")
    graph = design.graph()
    assert len(graph) == 1 + 3 + 5
    assert graph.ways[graph.final].tolist() == [1, 4, 6, 4, 1]


def test_a_key_that_would_overflow_is_renumbered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    digits = [(rng.integers(0, 4, 500), 4) for _ in range(6)]
    keep, merged = distinct(digits)
    monkeypatch.setattr("trialwright.design.posterior.patterns._LARGEST_KEY", 600 * 4)
    _, again = distinct(digits)
    rows = np.stack([digit for digit, _ in digits], axis=1)
    np.testing.assert_array_equal(rows[keep][merged], rows)
    assert len(np.unique(rows, axis=0)) == len(keep)
    assert len(np.unique(np.stack([merged, again]), axis=1).T) == len(keep)


def test_many_curves_at_once_equal_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = (boin(target=0.3, doses=3) | cohorts("3x4")).graph()
    curves = np.random.default_rng(2).random((5, 3))
    together = graph.exact(curves)
    monkeypatch.setattr(graphs, "_CELLS", 2 * len(graph.final))
    in_blocks = graph.exact(curves)
    assert len(in_blocks) == 5
    for i, curve in enumerate(curves):
        alone = graph.exact(curve)
        np.testing.assert_allclose(together.selection[i], alone.selection[0], atol=1e-14)
        np.testing.assert_allclose(in_blocks.treated[i], alone.treated[0], atol=1e-12)
        assert in_blocks.patients[i] == pytest.approx(alone.patients[0])


def test_an_eliminated_level_is_not_recommended_whatever_the_method_chooses() -> None:
    design = Design(Remain(), 2, start=2) | elimination(0.3, 0.7, 2) | cohorts("2,2")
    assert design.recommend("2NN").dose == 2
    assert design.recommend("2NT").dose is None
    graph = design.graph()
    chosen = dict(zip(graph.final.tolist(), graph.selection.tolist(), strict=True))
    row = graph.find(design.state("2NN 2TT"))
    assert row is not None
    assert chosen[row] == 0


def test_a_state_that_the_schedule_cannot_reach_is_found_nowhere() -> None:
    graph = (boin(target=0.3, doses=2) | cohorts("2,2")).graph()
    reached = graph.design.state("1NN")
    assert graph.find(reached) is not None
    assert graph.find(replace(reached, pending=1)) is None
    assert graph.find(replace(reached, treated=(40_000, 0))) is None  # more than a count holds
    assert graph.find(replace(reached, cohorts=3)) is None
