"""`trialwright design exact` and `simulate`: what trials of a design do on average."""

from typing import Any

import numpy as np
from rich.table import Table

from trialwright.core.errors import InputError
from trialwright.design import Design
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.behaviour.graph import Graph
from trialwright.design.behaviour.grid import exact_grid, simulate_grid
from trialwright.design.behaviour.simulate import Simulation
from trialwright.design.curves import Truth
from trialwright.design.timed.simulate import TimedSimulation, simulate_in_time
from trialwright.interfaces.cli.design.app import app
from trialwright.interfaces.cli.design.markdown import behaviour_table
from trialwright.interfaces.cli.design.options import (
    NO_CURVES,
    NO_DESIGN,
    CurveOptions,
    DesignOptions,
    Json,
    design_from_options,
    level_names,
    print_design,
    wanted_curves,
)
from trialwright.interfaces.cli.design.timed import (
    NO_TIME,
    TimeOptions,
    calendar_from_options,
    duration_document,
    print_duration,
)
from trialwright.interfaces.cli.design.work import executor_of, progress_bar
from trialwright.interfaces.cli.output import console, messages, print_json


@app.command(name="exact")
def show_exact(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    markdown: bool = False,
    workers: int = 1,
    json: Json = False,
) -> None:
    """Print exact operating characteristics under each curve of true rates.

    markdown: as a protocol prints them. workers: processes that share many curves.
    """
    design = design_from_options(options)
    curves = wanted_curves(rates, design)
    graph = design.graph()
    behaviour = _exact(graph, curves, workers)
    if json:
        print_json(
            {
                "curves": _curve_documents(behaviour),
                "states": len(graph),
                "trials": None,
                "standard_error": None,
            }
        )
        return
    if markdown:
        note = f"Exact, over {len(graph):,} states of the design: no simulation error."
        console.print(behaviour_table(design, behaviour, note))
        return
    print_design(design)
    _print_behaviour(design, behaviour)
    console.print(f"Exact, over {len(graph):,} states.")


@app.command(name="simulate")
def show_simulation(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    time: TimeOptions = NO_TIME,
    trials: int = 10_000,
    seed: int = 1,
    workers: int = 1,
    json: Json = False,
) -> None:
    """Simulate trials under each curve of true rates; with --accrual, on a calendar.

    trials: how many for each curve. seed: the same seed gives the same trials, however many
    processes (workers) share them.
    """
    design = design_from_options(options)
    if seed < 0:
        raise InputError("--seed", str(seed), "a whole number from 0")
    curves, calendar = wanted_curves(rates, design), calendar_from_options(time)
    done: Simulation | TimedSimulation
    if calendar is None:
        with executor_of(workers) as pool, progress_bar("simulating") as progress:
            done = simulate_grid(design, curves, pool, trials=trials, seed=seed, progress=progress)
    else:
        rng = np.random.default_rng(seed)
        done = simulate_in_time(design, curves, calendar=calendar, trials=trials, rng=rng)
    if json:
        print_json(_simulation_document(done, seed))
        return
    print_design(design)
    _print_behaviour(design, done.behaviour)
    if calendar is not None and isinstance(done, TimedSimulation):
        print_duration(done, calendar)
    elif isinstance(done, Simulation) and done.states is None:
        messages.print("The decision graph is too large: simulated without it.")
    console.print(
        f"{trials:,} simulated trials per curve, seed {seed}; "
        f"standard error of a selection at most {100 * done.standard_error.max():.2f} points."
    )


def _simulation_document(done: Simulation | TimedSimulation, seed: int) -> dict[str, Any]:
    errors, curves = done.standard_error, _curve_documents(done.behaviour)
    for i, document in enumerate(curves):
        document["standard_error"] = errors[i].tolist()
        if isinstance(done, TimedSimulation):
            document["duration"] = duration_document(done, i)
    return {
        "curves": curves,
        "states": done.states if isinstance(done, Simulation) else None,
        "trials": done.trials,
        "standard_error": errors.max(axis=0).tolist(),
        "seed": seed,
    }


def _exact(graph: Graph, curves: Truth, workers: int) -> Behaviour:
    """Return exact behaviour; alone, this process uses the graph that it has."""
    if workers == 1:
        return graph.exact(curves)
    with executor_of(workers) as executor, progress_bar("curves") as progress:
        return exact_grid(graph.design, curves, executor, progress=progress)


def _curve_documents(behaviour: Behaviour) -> list[dict[str, Any]]:
    truth = behaviour.true
    with_responses = truth.response.shape[1] > 0
    return [
        {
            "true": truth.dlt[i].tolist(),
            "selection": behaviour.selection[i].tolist(),
            "treated": behaviour.treated[i].tolist(),
            "dlts": behaviour.dlts[i].tolist(),
            "stopped_early": float(behaviour.stopped_early[i]),
            "patients": float(behaviour.patients[i]),
            **(
                {
                    "true_response": truth.response[i].tolist(),
                    "responses": behaviour.responses[i].tolist(),
                }
                if with_responses
                else {}
            ),
        }
        for i in range(len(behaviour))
    ]


def _print_behaviour(design: Design, behaviour: Behaviour) -> None:
    for i in range(len(behaviour)):
        grid = Table("", "None", *level_names(design, "\n"))
        grid.add_row("True DLT rate", "", *(f"{p:g}" for p in behaviour.true.dlt[i]))
        grid.add_row("Recommended, %", *(f"{100 * p:.2f}" for p in behaviour.selection[i]))
        grid.add_row("Treated, mean", "", *(f"{n:.2f}" for n in behaviour.treated[i]))
        grid.add_row("With a DLT, mean", "", *(f"{n:.2f}" for n in behaviour.dlts[i]))
        if behaviour.responses.shape[1]:
            rates = (f"{p:g}" for p in behaviour.true.response[i])
            grid.add_row("True response rate", "", *rates)
            grid.add_row("With a response, mean", "", *(f"{n:.2f}" for n in behaviour.responses[i]))
        console.print(grid)
        console.print(
            f"Patients {behaviour.patients[i]:.2f}, with a DLT {behaviour.dlts[i].sum():.2f}; "
            f"ends early in {100 * behaviour.stopped_early[i]:.2f} % of trials"
        )
