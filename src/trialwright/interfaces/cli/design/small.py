"""`trialwright design small`: everything that can happen in a small trial, for a safety board."""

from dataclasses import asdict
from typing import Any

from rich.table import Column, Table

from trialwright.design.behaviour.small_trial import EVENT_RATES, Evidence, SmallTrial, small_trial
from trialwright.interfaces.cli.design.app import app
from trialwright.interfaces.cli.design.assumed import assumed_lines
from trialwright.interfaces.cli.design.options import (
    NO_CURVES,
    NO_DESIGN,
    CurveOptions,
    DesignOptions,
    Json,
    design_from_options,
    options_named,
    read_curves,
)
from trialwright.interfaces.cli.design.small_tables import Section, as_markdown, preamble, sections
from trialwright.interfaces.cli.output import console, print_json


@app.command(name="small")
def show_small_trial(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    above: list[float] | None = None,
    event_rate: list[float] | None = None,
    markdown: bool = False,
    json: Json = False,
) -> None:
    """List every course of a small trial, and what each count of DLTs says.

    Every situation after each cohort with its decision and its probability under each curve; exact
    limits, two-sided and one-sided, and the posterior for every count of DLTs that a dose can show;
    the chance of seeing an event at all.

    Parameters
    ----------
    above
        A DLT rate that the posterior is compared with; may be repeated. The method's target by
        default.
    event_rate
        A true rate of an event that one may see or miss; may be repeated.
    markdown
        As Markdown, for a document.
    """
    design = design_from_options(options)
    assumed = assumed_lines(options.protocol)
    curves = read_curves(rates, design)
    with options_named(thresholds="--above", event_rates="--event-rate"):
        found = small_trial(
            design,
            curves,
            thresholds=above,
            event_rates=EVENT_RATES if event_rate is None else event_rate,
        )
    if json:
        print_json(_document(found, assumed))
    elif markdown:
        console.print(as_markdown(found, assumed))
    else:
        _print(found, assumed)


def _document(found: SmallTrial, assumed: tuple[str, ...]) -> dict[str, Any]:
    truth = found.true
    return {
        "design": found.design.summary,
        "assumed": assumed,
        "true": [] if truth is None else truth.dlt.tolist(),
        "true_response": [] if truth is None else truth.response.tolist(),
        "thresholds": found.thresholds,
        "event_rates": found.event_rates,
        "situations": [
            {
                "cohort": len(one.course),
                "outcomes": one.outcomes,
                "next_dose": one.decision.next_dose,
                "next_size": one.decision.next_size,
                "stop": one.decision.stop,
                "reasons": [asdict(reason) for reason in one.decision.reasons],
                "final": one.recommended,
                "probability": one.probability,
            }
            for one in found.situations
        ],
        "evidence": [_evidence(one) for one in found.evidence],
        "detection": [asdict(one) for one in found.detection],
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        **asdict(one),
        "two_sided": [one.two_sided.lower, one.two_sided.upper],
        "jeffreys": [one.jeffreys.lower, one.jeffreys.upper],
    }


def _print(found: SmallTrial, assumed: tuple[str, ...]) -> None:
    for line in (*preamble(found), *assumed):
        console.print(line, style="dim")
    for section in sections(found):
        console.print(f"\n{section.title}", style="bold")
        for note in section.notes:
            console.print(note)
        console.print(_table(section))


def _table(section: Section) -> Table:
    grid = Table(*(Column(title, no_wrap=True) for title in section.head[:2]), *section.head[2:])
    for row in section.rows:
        grid.add_row(*row)
    return grid
