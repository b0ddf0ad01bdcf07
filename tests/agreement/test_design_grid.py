"""One answer whoever works it out: this process, a pool of processes, a Dask cluster."""

import os
import pickle
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from multiprocessing import active_children
from time import monotonic, sleep

import numpy as np
import pytest

from trialwright.core.errors import InputError, Refused
from trialwright.design import boin, cohorts, no_skipping
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.grid import (
    CURVES,
    TRIALS,
    ThisProcess,
    exact_grid,
    local_pool,
    simulate_grid,
)

DESIGN = boin(target=0.3, doses=3) | cohorts("3x5") | no_skipping()
MANY = np.sort(np.random.default_rng(5).random((2 * CURVES + 3, 3)), axis=1)
FEW = MANY[:3]
WITHOUT_SCHEDULE = boin(target=0.3, doses=3)
TRIAL_COUNT = 2 * TRIALS + 17
MEASURES = ("selection", "treated", "dlts", "stopped_early", "patients")


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with local_pool(2) as executor:
        yield executor


def same(one: Behaviour, other: Behaviour) -> None:
    for name in MEASURES:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def simulated(executor: Executor | None, seed: int = 7) -> Behaviour:
    return simulate_grid(DESIGN, FEW, executor, trials=TRIAL_COUNT, seed=seed).behaviour


def test_exact_figures_of_a_grid_are_those_of_the_graph() -> None:
    found = exact_grid(DESIGN, MANY, ThisProcess())
    whole = DESIGN.graph().exact(MANY)
    for name in MEASURES:
        np.testing.assert_allclose(getattr(found, name), getattr(whole, name), atol=1e-12)


def test_simulated_figures_of_a_grid_agree_with_the_exact_ones() -> None:
    done = simulate_grid(DESIGN, FEW, ThisProcess(), trials=20_000, seed=1)
    exact = DESIGN.graph().exact(FEW)
    assert done.trials == 20_000
    assert done.states == len(DESIGN.graph())
    assert np.all(
        np.abs(done.behaviour.selection - exact.selection) <= 6 * done.standard_error + 8 / 20_000
    )
    np.testing.assert_allclose(done.behaviour.treated, exact.treated, atol=0.15)
    np.testing.assert_allclose(done.behaviour.stopped_early, exact.stopped_early, atol=0.02)


def test_processes_give_the_same_answer_as_this_one(pool: Executor) -> None:
    same(exact_grid(DESIGN, MANY, pool), exact_grid(DESIGN, MANY, ThisProcess()))
    same(simulated(pool), simulated(ThisProcess()))


def test_threads_give_the_same_answer_however_many() -> None:
    for workers in (1, 3):
        with ThreadPoolExecutor(workers) as threads:
            same(simulated(threads), simulated(ThisProcess()))


def test_a_pool_of_its_own_is_made_where_none_is_given() -> None:
    same(simulated(None), simulated(ThisProcess()))


def test_a_real_dask_cluster_s_executor_works_unchanged() -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        same(exact_grid(DESIGN, MANY, executor), exact_grid(DESIGN, MANY, ThisProcess()))
        same(simulated(executor), simulated(ThisProcess()))
        with pytest.raises(InputError, match="no cohort schedule"):
            exact_grid(WITHOUT_SCHEDULE, FEW, executor)


def test_another_seed_gives_other_trials_and_a_curve_its_own() -> None:
    one, other = simulated(ThisProcess()), simulated(ThisProcess(), seed=8)
    assert one.selection.tolist() != other.selection.tolist()
    twice = simulate_grid(DESIGN, FEW[[0, 0]], ThisProcess(), trials=5_000, seed=7).behaviour
    assert twice.treated[0].tolist() != twice.treated[1].tolist()
    alone = simulate_grid(DESIGN, FEW[:1], ThisProcess(), trials=TRIAL_COUNT, seed=7).behaviour
    assert alone.selection[0].tolist() == one.selection[0].tolist()


def test_how_blocks_are_gathered_into_tasks_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apart = simulated(ThisProcess())
    monkeypatch.setattr("trialwright.design.behaviour.grid._MOST_TASKS", 3)
    same(simulated(ThisProcess()), apart)


def test_without_a_graph_the_design_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "trialwright.design.behaviour.grid._compiled", lambda design: Refused("graph", "is", "out")
    )
    done = simulate_grid(DESIGN, FEW, ThisProcess(), trials=TRIAL_COUNT, seed=7)
    assert done.states is None
    same(done.behaviour, simulated_through_the_graph())


def simulated_through_the_graph() -> Behaviour:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trialwright.design.behaviour.grid._compiled", compile_graph)
        return simulated(ThisProcess())


def test_an_error_comes_back_from_a_process_in_one_piece(pool: Executor) -> None:
    with pytest.raises(InputError, match="no cohort schedule") as error:
        exact_grid(WITHOUT_SCHEDULE, FEW, pool)
    assert error.value.where == "design"


def test_a_graph_that_is_too_large_is_refused_and_simulated_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = DESIGN.replacing(cohorts("1,3x5"))
    monkeypatch.setattr(
        "trialwright.design.behaviour.grid.compile_graph",
        lambda d: compile_graph(d, most_states=50),
    )
    with pytest.raises(Refused, match="more than 50 states"):
        exact_grid(large, FEW, ThisProcess())
    assert simulate_grid(large, FEW, ThisProcess(), trials=10, seed=1).states is None


def test_errors_travel() -> None:
    for error in (InputError("here", "this", "that"), Refused("rule", "why", "needs")):
        back = pickle.loads(pickle.dumps(error))
        assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


def test_progress_counts_tasks() -> None:
    seen: list[tuple[int, int]] = []
    exact_grid(DESIGN, MANY, ThisProcess(), progress=lambda d, t: seen.append((d, t)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(("stated", "name"), [({"trials": 0}, "trials"), ({"seed": -1}, "seed")])
def test_bad_numbers_are_named(stated: dict[str, int], name: str) -> None:
    with pytest.raises(InputError, match=f"parameter {name}"):
        simulate_grid(DESIGN, FEW, ThisProcess(), **{"trials": 10, "seed": 1, **stated})
    with pytest.raises(InputError, match="parameter workers"):
        local_pool(0)


def test_without_the_graph_the_same_seed_gives_the_same_trials() -> None:
    asked = simulate_grid(DESIGN, FEW, ThisProcess(), trials=500, seed=7, graph=False)
    walked = simulate_grid(DESIGN, FEW, ThisProcess(), trials=500, seed=7)
    assert (asked.states, walked.states) == (None, len(DESIGN.graph()))
    same(asked.behaviour, walked.behaviour)


def interrupted(seen: list[int]) -> None:
    with local_pool(1) as executor:
        seen.append(executor.submit(os.getpid).result())
        for _ in range(5):
            executor.submit(sleep, 60)
        raise KeyboardInterrupt


def alive(worker: int) -> bool:
    """Say whether a child lives; `active_children` buries the dead."""
    return worker in {child.pid for child in active_children()}


def test_an_interrupt_ends_the_pool_at_once() -> None:
    begun, seen = monotonic(), list[int]()
    with pytest.raises(KeyboardInterrupt):
        interrupted(seen)
    while alive(seen[0]) and monotonic() - begun < 30:
        sleep(0.02)
    assert not alive(seen[0])
