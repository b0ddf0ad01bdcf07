"""`trialwright design decide`, `recommend`, `table` and `paths`: what a design answers."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from trialwright.design import Decision, Design, Recommendation
from trialwright.design.behaviour.paths import paths
from trialwright.design.curves import TrueRates
from trialwright.design.decision.table import Move, TableRow, boundaries, possible_sizes
from trialwright.design.methods.boin12 import Boin12
from trialwright.design.parameters import counted
from trialwright.interfaces.cli.design.app import app
from trialwright.interfaces.cli.design.desirability import (
    print_scores,
    score_document,
    score_table,
    scores,
)
from trialwright.interfaces.cli.design.markdown import boundary_table
from trialwright.interfaces.cli.design.options import (
    NO_CURVES,
    NO_DESIGN,
    CurveOptions,
    DesignOptions,
    Json,
    Outcomes,
    Whole,
    complete_outcomes,
    design_from_options,
    options_named,
    print_design,
    read_curves,
    shown_rates,
)
from trialwright.interfaces.cli.output import console, print_json

MOST_COLUMNS = 12
SHOWN_PATHS = 200


@app.command(name="decide")
def show_decision(
    *, options: DesignOptions = NO_DESIGN, outcomes: Outcomes = "", json: Json = False
) -> None:
    """Say where the next cohort is treated, or that the trial stops, with every reason."""
    design = design_from_options(options)
    decision = design.decide(outcomes)
    if json:
        print_json(asdict(decision))
        return
    console.print(_headline(design, decision), style="bold")
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
    most: Whole | None = None,
    markdown: bool = False,
    json: Json = False,
) -> None:
    """Print the decision for each number treated and number with a DLT at one dose level.

    For boin12 the table is that of the rank-based desirability scores, up to 12 treated by default.

    Parameters
    ----------
    most
        Largest number treated; the whole schedule by default.
    markdown
        The boundaries as a protocol prints them.
    """
    design = design_from_options(options)
    with options_named(most="--most"):
        if isinstance(design.method, Boin12):
            _show_scores(design, most, markdown, json)
            return
        rows = design.table(most)
    in_time = complete_outcomes(design)
    if json:
        document = [{"n": r.n, "dlts": r.dlts, "decision": r.decision.value} for r in rows]
        print_json({"rows": document, "design": design.summary, "complete_outcomes": in_time})
        return
    if markdown:
        columns = _columns(design, rows)
        shown = [row for row in boundaries(rows) if row.n in columns]
        console.print(boundary_table(design, shown))
        return
    print_design(design)
    console.print(_decision_grid(rows, _columns(design, rows)))
    console.print("E escalate   S stay   D de-escalate   X de-escalate and eliminate")


def _show_scores(design: Design, most: int | None, markdown: bool, json: bool) -> None:
    found = scores(design, most)
    if json:
        print_json(score_document(found, design))
    elif markdown:
        console.print(score_table(found, design))
    else:
        print_design(design)
        print_scores(found)


@app.command(name="paths")
def show_paths(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    depth: Whole | None = None,
    json: Json = False,
) -> None:
    """List every course that the trial can take, with its probability under each curve.

    depth: follow the first cohorts only.
    """
    design = design_from_options(options)
    curves = read_curves(rates, design)
    with options_named(depth="--depth"):
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
    print_design(design)
    grid = Table("Outcomes", "Next dose", "Recommended", *_under(curves))
    for path in found[:SHOWN_PATHS]:
        recommended = _dose(path.final) if path.complete else ""
        chances = (f"{p:.4f}" for p in path.probability)
        following = _dose(path.next_dose, "ended" if path.complete else "drawn")
        grid.add_row(path.outcomes, following, recommended, *chances)
    console.print(grid)
    if len(found) > SHOWN_PATHS:
        console.print(f"{len(found) - SHOWN_PATHS} more courses: --json lists them all")


def _under(truth: TrueRates | None) -> list[str]:
    return (
        [] if truth is None else [f"P under {shown_rates(curve)}" for curve in truth.dlt.tolist()]
    )


def _print_reasons(answer: Decision | Recommendation) -> None:
    for reason in answer.reasons:
        console.print(f"  {reason.rule}: {reason.text}")


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


def _headline(design: Design, decision: Decision) -> str:
    answer, short = _answer(design, decision), decision.cohort_short
    if short is None:
        return answer
    closed = f"If cohort {short.cohort} is closed with {short.treated} of {short.planned} patients"
    answer = answer.removeprefix("Next: ")
    return f"{closed}: {answer[:1].lower()}{answer[1:]}"


def _answer(design: Design, decision: Decision) -> str:
    if decision.stop:
        return "The trial ends"
    if decision.allocation:
        shares = [f"dose {level} {p:.3f}" for level, p in enumerate(decision.allocation, 1) if p]
        return f"Next: a draw of {', '.join(shares)}"
    if decision.next_dose is None:
        return f"Wait: {decision.pending} pending"
    size = f" with {counted(decision.next_size, 'patient')}" if decision.next_size else ""
    amounts = design.amounts
    amount = f" ({amounts.label(decision.next_dose)})" if amounts else ""
    return f"Next: dose {decision.next_dose}{amount}{size}"


def _dose(dose: int | None, otherwise: str = "none") -> str:
    return otherwise if dose is None else str(dose)


def _levels(levels: Sequence[int]) -> str:
    return ", ".join(f"dose {level}" for level in levels) or "none"
