"""3+3: the graph and a plain rewriting, course by course, mean the same."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.design import Cohort, Design, three_plus_three
from trialwright.design.behaviour.simulate import simulate

VARIANTS = list(product([False, True], [False, True]))


def plain(
    curve: list[float], start: int, deescalate: bool, top_ends: bool
) -> tuple[list[float], list[float], dict[tuple[tuple[int, int], ...], int | None]]:
    """Enumerate a 3+3 by its clinical rules: selection, mean patients, the next dose by course."""
    doses = len(curve)
    selection, treated = [0.0] * (doses + 1), [0.0] * doses
    following: dict[tuple[tuple[int, int], ...], int | None] = {}

    def end(course: tuple[tuple[int, int], ...], chance: float, mtd: int) -> None:
        following[course] = None
        tried = {dose for dose, _ in course}
        selection[mtd if mtd in tried else 0] += chance
        for dose, _ in course:
            treated[dose - 1] += 3 * chance

    def treat(dose: int, course: tuple[tuple[int, int], ...], chance: float, top: int) -> None:
        """Treat 3 at a dose; `top` is the highest dose that is not too toxic."""
        following[course] = dose
        for y in range(4):
            p = curve[dose - 1]
            after = (*course, (dose, y))
            judge(dose, after, chance * comb(3, y) * p**y * (1 - p) ** (3 - y), top)

    def judge(dose: int, course: tuple[tuple[int, int], ...], chance: float, top: int) -> None:
        here = [y for d, y in course if d == dose]
        before = [d for d, _ in course if d == dose - 1]
        if sum(here) >= 2:
            if dose == 1 or not deescalate or len(before) == 2:
                end(course, chance, dose - 1)
            else:
                treat(dose - 1, course, chance, dose - 1)
        elif len(here) == 1 and sum(here) == 1:
            treat(dose, course, chance, top)
        elif dose < top:
            treat(dose + 1, course, chance, top)
        elif len(here) == 2 or (dose == doses and top_ends):
            end(course, chance, dose)
        else:
            treat(dose, course, chance, top)

    treat(start, (), 1.0, doses)
    return selection, treated, following


def engine(doses: int, start: int, deescalate: bool, top_ends: bool) -> Design:
    return three_plus_three(
        doses=doses, start=start, deescalate=deescalate, zero_of_3_at_top_ends=top_ends
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.data())
def test_exact_behaviour_equals_enumeration(curve: list[float], data: st.DataObject) -> None:
    start = data.draw(st.integers(1, len(curve)))
    deescalate, top_ends = data.draw(st.sampled_from(VARIANTS))
    selection, treated, _ = plain(curve, start, deescalate, top_ends)
    exact = engine(len(curve), start, deescalate, top_ends).graph().exact(curve)
    np.testing.assert_allclose(exact.selection[0], selection, atol=1e-12)
    np.testing.assert_allclose(exact.treated[0], treated, atol=1e-11)


@pytest.mark.parametrize(("deescalate", "top_ends"), VARIANTS)
@pytest.mark.parametrize("start", [1, 3])
def test_decide_equals_the_plain_rule_and_the_graph_in_every_course(
    start: int, deescalate: bool, top_ends: bool
) -> None:
    design = engine(3, start, deescalate, top_ends)
    graph = design.graph()
    _, _, following = plain([0.3] * 3, start, deescalate, top_ends)
    found = set()
    for steps, dose in following.items():
        course = tuple(Cohort(d, 3, y) for d, y in steps)
        decision = design.decide(course)
        assert decision.next_dose == dose, steps
        assert not [reason for reason in decision.reasons if reason.rule == "deviation"]
        row = graph.find(design.state(course))
        assert row is not None
        assert graph.decide(graph.states.outcomes(row)) == decision
        found.add(row)
    assert found == set(range(len(graph)))


@pytest.mark.parametrize(("deescalate", "top_ends"), VARIANTS)
def test_simulated_and_exact_agree_within_monte_carlo_error(
    deescalate: bool, top_ends: bool
) -> None:
    curve, trials = [0.1, 0.25, 0.4, 0.6], 50_000
    design = engine(4, 1, deescalate, top_ends)
    exact = np.clip(design.graph().exact(curve).selection, 0, 1)
    done = simulate(design, curve, trials=trials, rng=np.random.default_rng(5))
    error = np.sqrt(exact * (1 - exact) / trials)
    assert np.all(np.abs(done.behaviour.selection - exact) <= 5 * error)
    assert design.schedule == (3,) * 8
