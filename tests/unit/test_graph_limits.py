"""What is too large is refused early, in little memory; what is kept stays within its bytes."""

import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trialwright.core.errors import InputError, Refused
from trialwright.design import Design, Outcomes, blrm, boin, boin12, cohorts, crm
from trialwright.design.behaviour import children as parts
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.simulate import Simulation, simulate
from trialwright.design.cohort import cohort_outcomes, count_outcomes
from trialwright.design.posterior import logistic
from trialwright.design.posterior.crm_grid import grid_for
from trialwright.design.posterior.kept import Kept, grown
from trialwright.design.posterior.patterns import distinct_rows
from trialwright.design.states import stack_states

RESPONSES: dict[str, Any] = {"target": 0.3, "phi_e": 0.25, "u2": 60, "u3": 40, "doses": 3}


@pytest.mark.parametrize(("size", "responses"), [(1, False), (7, False), (1, True), (5, True)])
def test_outcomes_are_counted_without_listing_them(size: int, responses: bool) -> None:
    assert count_outcomes(size, responses) == len(cohort_outcomes(size, responses))


def test_outcomes_with_responses_are_every_one_with_its_ways() -> None:
    found = cohort_outcomes(4, True)
    kinds = {
        (d, r, b)
        for d in range(5)
        for r in range(5)
        for b in range(5)
        if b <= min(d, r) <= d + r - b <= 4
    }
    listed = list(
        zip(found.dlts.tolist(), found.responses.tolist(), found.both.tolist(), strict=True)
    )
    assert len(listed) == len(kinds)
    assert set(listed) == kinds
    assert found.ways.sum() == 4**4
    assert [d for d, *_ in listed] == sorted(d for d, *_ in listed)


@pytest.mark.parametrize("pending", [300, 1000])
def test_very_many_pending_patients_are_answered_at_once(pending: int) -> None:
    tracemalloc.start()
    decision = boin12(**RESPONSES).decide("1" + "P" * pending)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "too many combinations" in decision.reasons[0].text
    assert peak < 16 << 20


@pytest.mark.parametrize(
    ("schedule", "cohort"), [("300x3", 3), ("60x5", 5), ("100x4", 4), ("1000", 1)]
)
def test_large_cohorts_are_refused_in_bounded_memory(schedule: str, cohort: int) -> None:
    design = boin(target=0.3, doses=5) | cohorts(schedule)
    tracemalloc.start()
    if cohort == 1:
        assert len(compile_graph(design)) == 1002
    else:
        with pytest.raises(Refused, match=f"states while compiling cohort {cohort};") as refusal:
            compile_graph(design)
        assert "`design simulate` works" in refusal.value.needs
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 256 << 20


def test_the_table_of_children_is_part_of_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    design = boin(target=0.3, doses=3) | cohorts("3x5")
    assert len(compile_graph(design)) > 100
    monkeypatch.setattr("trialwright.design.behaviour.graph.MOST_LINKS", 400)
    with pytest.raises(Refused, match="more than 100 states"):
        compile_graph(design)
    monkeypatch.setattr("trialwright.design.behaviour.graph.MOST_LINKS", 1 << 25)
    monkeypatch.setattr("trialwright.design.behaviour.graph.MOST_COUNTS", 60)
    with pytest.raises(Refused, match="more than 20 states"):
        compile_graph(design)


def test_the_method_is_not_asked_about_states_that_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    design = boin(target=0.3, doses=3) | cohorts("3x5")
    asked: list[int] = []
    resolve = Design.resolve

    def counting(self: Design, states, **more):  # type: ignore[no-untyped-def]
        asked.append(len(states))
        return resolve(self, states, **more)

    monkeypatch.setattr(Design, "resolve", counting)
    with pytest.raises(Refused):
        compile_graph(design, most_states=50)
    assert sum(asked) <= 50


@pytest.mark.parametrize(
    "design",
    [
        boin(target=0.3, doses=4) | cohorts("1,3x6"),
        boin12(**RESPONSES) | cohorts("2x4"),
        crm(target=0.3, doses=3) | cohorts("2,3x4"),
    ],
)
def test_parts_of_any_size_make_the_same_graph(
    design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = compile_graph(design)
    monkeypatch.setattr(parts, "ROWS", 7)
    monkeypatch.setattr("trialwright.design.behaviour.graph.ROWS", 5)
    cut = compile_graph(design)
    np.testing.assert_array_equal(cut.child, whole.child)
    np.testing.assert_array_equal(cut.selection, whole.selection)
    np.testing.assert_allclose(cut.ways, whole.ways)
    for name in ("treated", "dlts", "current", "eliminated", "cohorts", "responses", "both"):
        np.testing.assert_array_equal(getattr(cut.states, name), getattr(whole.states, name))


def test_progress_is_told_cohort_by_cohort() -> None:
    told: list[tuple[int, int]] = []
    compile_graph(
        boin(target=0.3, doses=2) | cohorts("3x3"), progress=lambda *done: told.append(done)
    )
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_slow_model_has_a_smaller_graph() -> None:
    one = crm(target=0.3, doses=5).method.graph_states
    two = crm(target=0.3, doses=5, model="logistic2", intercept_sd=1.0).method.graph_states
    assert two < one


def test_cohorts_with_too_many_outcomes_are_named() -> None:
    design = boin12(**RESPONSES) | cohorts("101")
    for work in (lambda: compile_graph(design), lambda: design.outcomes_of(101)):
        with pytest.raises(InputError, match=r"a cohort of 101 .* at most 100 patients"):
            work()


def test_many_outcomes_are_drawn_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    design = boin(target=0.3, doses=3) | cohorts("5x3")

    def run() -> Simulation:
        return simulate(design, [0.1, 0.3, 0.5], trials=5000, rng=np.random.default_rng(2))

    few = run().behaviour
    monkeypatch.setattr("trialwright.design.behaviour.simulate._MANY_OUTCOMES", 0)
    many = run().behaviour
    np.testing.assert_array_equal(many.selection, few.selection)
    np.testing.assert_array_equal(many.dlts, few.dlts)


def test_one_trial_has_no_standard_error() -> None:
    design = boin(target=0.3, doses=2) | cohorts("3x3")
    rng = np.random.default_rng(1)
    assert np.isnan(simulate(design, [0.1, 0.3], trials=1, rng=rng).standard_error).all()
    assert np.isfinite(simulate(design, [0.1, 0.3], trials=2, rng=rng).standard_error).all()


STATE = Outcomes((3, 0), (1, 0), 1, (), 1)
WRONG = {
    "state, treated": replace(STATE, treated=(3,)),
    "state, dlts": replace(STATE, dlts=(1, 0, 0)),
    "state, dlts, dose 1": replace(STATE, dlts=(4, 0)),
    "state, treated, dose 2": replace(STATE, treated=(3, -1)),
    "state, treated, dose 1": replace(STATE, treated=(100_000, 0)),
    "state, current": replace(STATE, current=3),
    "state, cohorts": replace(STATE, cohorts=-1),
    "state, eliminated": replace(STATE, eliminated=(9,)),
    "state, responses": replace(STATE, responses=(1, 0)),
    "state": replace(STATE, pending=1),
}


@pytest.mark.parametrize("where", WRONG)
def test_a_state_that_can_be_none_is_an_error_that_names_the_field(where: str) -> None:
    design = boin(target=0.3, doses=2) | cohorts("3x4")
    assert design.explain_state(STATE) == design.graph().decide(STATE)
    for ask in (design.explain_state, design.graph().decide):
        with pytest.raises(InputError) as error:
            ask(WRONG[where])
        assert error.value.where == where


def test_responses_of_a_stated_state_are_checked() -> None:
    design = boin12(**RESPONSES)
    good = Outcomes((3, 0, 0), (1, 0, 0), 1, (), 1, 0, (1, 0, 0), (1, 0, 0))
    assert design.explain_state(good).next_dose
    for wrong in ((4, 0, 0), (0, 0, 0)):  # more than treated, fewer than both
        with pytest.raises(InputError, match="state, "):
            design.explain_state(replace(good, responses=wrong))
    with pytest.raises(InputError, match="state, dose 1"):
        design.explain_state(replace(good, dlts=(2, 0, 0), responses=(2, 0, 0), both=(0, 0, 0)))


def test_what_is_kept_stays_within_its_bytes() -> None:
    made: list[int] = []

    def work(question: int) -> bytes:
        made.append(question)
        return bytes(10)

    kept = Kept(work, len, 25)
    assert [len(kept(question)) for question in (1, 2, 1, 3)] == [10] * 4
    assert len(kept) == 2
    kept(1)  # used since 2 was
    kept(2)
    assert made == [1, 2, 3, 2]
    assert len(Kept(work, len, 1)(5)) == 10  # one alone stays, however large


def test_arrays_grow_by_doubling() -> None:
    small = np.arange(6.0).reshape(3, 2)
    assert grown(small, 3) is small
    assert grown(small, 4).shape == (6, 2)
    assert grown(small, 9).shape == (9, 2)
    np.testing.assert_array_equal(grown(small, 4)[:3], small)


def test_posteriors_are_the_same_after_they_were_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    design = blrm(doses="1,2,4 mg", reference_dose=2, prior="-0.7,-0.4,1.2,0.9,0")
    states = stack_states([design.history(design.read(text)) for text in ("1NNN 2NNT", "1NTT")])
    before = design.wish(states)
    monkeypatch.setattr(logistic, "MOST_BYTES", 0)
    np.testing.assert_array_equal(design.wish(states), before)
    known = logistic._kept((design.method.curve, (0.16, 0.33, 0.33)))  # type: ignore[attr-defined]
    assert len(known.row) < 2 * len(states)
    assert len(known.values) >= len(known.row)


def test_the_bytes_of_a_grid_are_those_of_its_tables() -> None:
    method = crm(target=0.3, doses=4).method
    grid = grid_for(method.curve, 16)  # type: ignore[attr-defined]
    tables = grid.log_likelihood.nbytes + grid.rates.nbytes
    assert tables <= grid.held <= 2 * tables


def test_rows_without_columns_are_one() -> None:
    keep, pattern = distinct_rows(np.zeros((3, 0), np.int16))
    assert (keep.tolist(), pattern.tolist()) == ([0], [0, 0, 0])
