"""`trialwright design`: the next dose, the decision table, every course, exact behaviour."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cyclopts import App, Parameter
from rich.table import Table
from rich.text import Text

from trialwright.core.errors import InputError
from trialwright.design import Decision, Design, Graph, Recommendation
from trialwright.design.behaviour import Behaviour
from trialwright.design.curves import Truth
from trialwright.design.grid import exact_grid, simulate_grid
from trialwright.design.paths import paths
from trialwright.design.table import Move, TableRow, boundaries, possible_sizes
from trialwright.interfaces.cli.design_markdown import behaviour_table, boundary_table
from trialwright.interfaces.cli.design_options import (
    NO_CURVES,
    NO_DESIGN,
    CurveOptions,
    DesignOptions,
    Json,
    Outcomes,
    design_from_options,
    read_curves,
    shown_rates,
    wanted_curves,
)
from trialwright.interfaces.cli.design_work import executor_of, progress_bar
from trialwright.interfaces.cli.output import console, messages, print_json

app = App(
    name="design",
    help="Dose escalation: decide, recommend, table, paths, exact, simulate.",
    default_parameter=Parameter(negative=()),
)

MOST_COLUMNS = 12
SHOWN_PATHS = 200


@app.command(name="decide")
def show_decision(
    *, options: DesignOptions = NO_DESIGN, outcomes: Outcomes = "", json: Json = False
) -> None:
    """Say where the next cohort is treated, or that the trial stops, with every reason.

    outcomes: one group per cohort, the dose level then N, T or P per patient: "1NNN 2NTN".
    """
    decision = design_from_options(options).decide(outcomes)
    if json:
        print_json(asdict(decision))
        return
    console.print(_headline(decision), style="bold")
    _print_reasons(decision)
    console.print(f"Admissible now: {_levels(decision.admissible)}")


@app.command(name="recommend")
def show_recommendation(
    *, options: DesignOptions = NO_DESIGN, outcomes: Outcomes = "", json: Json = False
) -> None:
    """Say which dose the trial would recommend if it ended with these outcomes."""
    recommendation = design_from_options(options).recommend(outcomes)
    if json:
        print_json(asdict(recommendation))
        return
    dose = recommendation.dose
    console.print("No dose is recommended" if dose is None else f"Dose {dose}", style="bold")
    _print_reasons(recommendation)


@app.command(name="table")
def show_table(
    *,
    options: DesignOptions = NO_DESIGN,
    most: int | None = None,
    markdown: bool = False,
    json: Json = False,
) -> None:
    """Print the decision for each number treated and number with a DLT at one dose level.

    most: largest number treated; the whole schedule by default. markdown: the boundaries as a
    protocol prints them.
    """
    design = design_from_options(options)
    rows = design.table(most)
    if json:
        document = [{"n": r.n, "dlts": r.dlts, "decision": r.decision.value} for r in rows]
        print_json({"rows": document, "design": design.summary})
        return
    if markdown:
        columns = _columns(design, rows)
        shown = [row for row in boundaries(rows) if row.n in columns]
        console.print(boundary_table(design, shown))
        return
    _print_design(design)
    console.print(_decision_grid(rows, _columns(design, rows)))
    console.print("E escalate   S stay   D de-escalate   X de-escalate and eliminate")


@app.command(name="paths")
def show_paths(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    depth: int | None = None,
    json: Json = False,
) -> None:
    """List every course that the trial can take, with its probability under each curve.

    depth: follow the first cohorts only.
    """
    design = design_from_options(options)
    curves = read_curves(rates, design)
    found = paths(design.graph(), curves, depth)
    if json:
        print_json(
            {
                "paths": [
                    {
                        "outcomes": path.outcomes,
                        "next_dose": path.next_dose,
                        "final": path.final,
                        "complete": path.complete,
                        "probability": path.probability,
                    }
                    for path in found
                ],
                "true": [] if curves is None else curves.dlt.tolist(),
            }
        )
        return
    _print_design(design)
    grid = Table("Outcomes", "Next dose", "Recommended", *_under(curves))
    for path in found[:SHOWN_PATHS]:
        recommended = _dose(path.final) if path.complete else ""
        chances = (f"{p:.4f}" for p in path.probability)
        following = _dose(path.next_dose, "ended" if path.complete else "drawn")
        grid.add_row(path.outcomes, following, recommended, *chances)
    console.print(grid)
    if len(found) > SHOWN_PATHS:
        console.print(f"{len(found) - SHOWN_PATHS} more courses: --json lists them all")


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
    _print_design(design)
    _print_behaviour(behaviour)
    console.print(f"Exact, over {len(graph):,} states.")


@app.command(name="simulate")
def show_simulation(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    trials: int = 10_000,
    seed: int = 1,
    workers: int = 1,
    json: Json = False,
) -> None:
    """Simulate trials under each curve of true DLT rates.

    trials: how many for each curve. seed: the same seed gives the same trials, however many
    processes (workers) share them.
    """
    design = design_from_options(options)
    if seed < 0:
        raise InputError("--seed", str(seed), "a whole number from 0")
    curves = wanted_curves(rates, design)
    with executor_of(workers) as executor, progress_bar("simulating") as progress:
        done = simulate_grid(design, curves, executor, trials=trials, seed=seed, progress=progress)
    if done.states is None:
        messages.print("The decision graph is too large: simulated without it.")
    errors = done.standard_error
    if json:
        documents = _curve_documents(done.behaviour)
        print_json(
            {
                "curves": [
                    {**document, "standard_error": error}
                    for document, error in zip(documents, errors.tolist(), strict=True)
                ],
                "states": done.states,
                "trials": trials,
                "standard_error": errors.max(axis=0).tolist(),
                "seed": seed,
            }
        )
        return
    _print_design(design)
    _print_behaviour(done.behaviour)
    console.print(
        f"{trials:,} simulated trials per curve, seed {seed}; "
        f"standard error of a selection at most {100 * errors.max():.2f} points."
    )


def _exact(graph: Graph, curves: Truth, workers: int) -> Behaviour:
    """Return exact behaviour; alone, this process uses the graph that it has."""
    if workers == 1:
        return graph.exact(curves)
    with executor_of(workers) as executor, progress_bar("curves") as progress:
        return exact_grid(graph.design, curves, executor, progress=progress)


def _under(truth: Truth | None) -> list[str]:
    return (
        [] if truth is None else [f"P under {shown_rates(curve)}" for curve in truth.dlt.tolist()]
    )


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


def _print_design(design: Design) -> None:
    for line in design.summary:
        console.print(line, style="dim")


def _print_reasons(answer: Decision | Recommendation) -> None:
    for reason in answer.reasons:
        console.print(f"  {reason.rule}: {reason.text}")


def _print_behaviour(behaviour: Behaviour) -> None:
    for i in range(len(behaviour)):
        grid = Table("", "None", *(f"Dose {d}" for d in range(1, behaviour.true.dlt.shape[1] + 1)))
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


def _columns(design: Design, rows: Sequence[TableRow]) -> list[int]:
    """Return the numbers treated that fit on a screen: those that the schedule can give."""
    sizes = possible_sizes(design.schedule) or tuple(sorted({row.n for row in rows}))
    return [n for n in sizes if n <= rows[-1].n][:MOST_COLUMNS]


# Colour and letter say the same, so that the table also reads in grey.
_STYLES = {
    Move.ESCALATE: "black on green3",
    Move.STAY: "black on khaki1",
    Move.DE_ESCALATE: "black on orange1",
    Move.ELIMINATE: "bold white on dark_red",
}


def _decision_grid(rows: Sequence[TableRow], columns: Sequence[int]) -> Table:
    moves = {(row.n, row.dlts): row.decision for row in rows}
    grid = Table("DLTs", *(f"n={n}" for n in columns))
    largest = max(columns, default=0)
    # From this many DLTs on every entry is X, so one row says it.
    kept = [d for (n, d), move in moves.items() if n in columns and move is not Move.ELIMINATE]
    last = min(max(kept, default=-1) + 1, largest)
    for dlts in range(last + 1):
        label = f"{dlts}+" if last == dlts < largest else str(dlts)
        grid.add_row(label, *(_cell(moves.get((n, dlts))) for n in columns))
    return grid


def _cell(move: Move | None) -> Text:
    return Text("" if move is None else f" {move.letter} ", style=_STYLES[move] if move else "")


def _headline(decision: Decision) -> str:
    if decision.stop:
        return "The trial ends"
    if decision.allocation:
        shares = [f"dose {level} {p:.3f}" for level, p in enumerate(decision.allocation, 1) if p]
        return f"Next: a draw of {', '.join(shares)}"
    if decision.next_dose is None:
        return f"Wait: {decision.pending} pending"
    size = f" with {decision.next_size} patients" if decision.next_size else ""
    return f"Next: dose {decision.next_dose}{size}"


def _dose(dose: int | None, otherwise: str = "none") -> str:
    return otherwise if dose is None else str(dose)


def _levels(levels: Sequence[int]) -> str:
    return ", ".join(f"dose {level}" for level in levels) or "none"
