"""`trialwright design exact` and `simulate`: what trials of a design do on average."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.table import Table

from trialwright.core.errors import InputError
from trialwright.design import Design
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.behaviour.simulate import Simulation
from trialwright.design.timed.simulate import TimedSimulation, simulate_in_time
from trialwright.interfaces.cli.design.app import app
from trialwright.interfaces.cli.design.markdown import behaviour_table
from trialwright.interfaces.cli.design.options import (
    NO_CURVES,
    NO_DESIGN,
    CurveOptions,
    DesignOptions,
    Json,
    Whole,
    complete_outcomes,
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
from trialwright.interfaces.cli.design.work import (
    SEED,
    TRIALS,
    Exact,
    check_work,
    error_note,
    exact_or_simulated,
    known_errors,
    simulated,
)
from trialwright.interfaces.cli.output import console, messages, print_json


@app.command(name="exact")
def show_exact(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    markdown: bool = False,
    workers: Whole = 1,
    trials: Whole = TRIALS,
    seed: Whole = SEED,
    json: Json = False,
) -> None:
    """Print exact operating characteristics under each curve of true rates.

    A design whose decision graph is too large is simulated instead, which a line on stderr says.

    markdown: as a protocol prints them. workers: processes that share many curves. trials, seed: of
    that simulation, as in `simulate`.
    """
    check_work(workers, trials, seed)
    design = design_from_options(options)
    curves, in_time = wanted_curves(rates, design), complete_outcomes(design)
    found = exact_or_simulated(design, curves, workers=workers, trials=trials, seed=seed)
    if isinstance(found, Exact):
        of_the_design = " of the design: no simulation error" if markdown else ""
        note = f"Exact, over {found.states:,} states{of_the_design}."
    else:
        note = error_note(found, seed)
    if json:
        print_json(_document(found, seed) | {"complete_outcomes": in_time})
    elif markdown:
        console.print(behaviour_table(design, found.behaviour, note))
    else:
        print_design(design)
        _print_behaviour(design, found.behaviour)
        console.print(note)


@app.command(name="simulate")
def show_simulation(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    time: TimeOptions = NO_TIME,
    trials: Whole = TRIALS,
    seed: Whole = SEED,
    workers: Whole = 1,
    json: Json = False,
) -> None:
    """Simulate trials under each curve of true rates; with --accrual, on a calendar.

    trials: how many for each curve. seed: the same seed gives the same trials, however many
    processes (workers) share them.
    """
    check_work(workers, trials, seed)
    design = design_from_options(options)
    curves, calendar = wanted_curves(rates, design), calendar_from_options(time)
    in_time = complete_outcomes(design) if calendar is None else ()
    done: Simulation | TimedSimulation
    if calendar is None:
        done = simulated(design, curves, workers=workers, trials=trials, seed=seed)
    else:
        if workers != 1:
            raise InputError("--workers", f"{workers} with --accrual", "1; one process runs these")
        rng = np.random.default_rng(seed)
        done = simulate_in_time(design, curves, calendar=calendar, trials=trials, rng=rng)
    if json:
        print_json(_document(done, seed) | {"complete_outcomes": in_time})
        return
    print_design(design)
    _print_behaviour(design, done.behaviour)
    if calendar is not None and isinstance(done, TimedSimulation):
        print_duration(done, calendar)
    elif isinstance(done, Simulation) and done.states is None:
        messages.print("The decision graph is too large: simulated without it.")
    console.print(error_note(done, seed))


def _document(done: Exact | Simulation | TimedSimulation, seed: int) -> dict[str, Any]:
    curves = _curve_documents(done.behaviour)
    if isinstance(done, Exact):
        return {"curves": curves, "states": done.states, "trials": None, "standard_error": None}
    errors = known_errors(done)
    for i, document in enumerate(curves):
        document["standard_error"] = errors[i]
        if isinstance(done, TimedSimulation):
            document["duration"] = duration_document(done, i)
    return {
        "curves": curves,
        "states": done.states if isinstance(done, Simulation) else None,
        "trials": done.trials,
        "standard_error": [_largest(column) for column in zip(*errors, strict=True)],
        "seed": seed,
    }


def _largest(errors: Sequence[float | None]) -> float | None:
    """Return the largest error of a level under all curves, None where none is known."""
    return max((error for error in errors if error is not None), default=None)


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
