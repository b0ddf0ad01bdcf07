"""The results page: the answers first, then the figures, then the tables of the report."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from trialwright.analysis.adverse_events import latest_reports, term_names, term_of
from trialwright.app import TrialInHand
from trialwright.conduct.model import TrialState
from trialwright.interfaces.web import blocks
from trialwright.interfaces.web.blocks import Badge, Block, Cell, Drawing, Paragraph, Section
from trialwright.interfaces.web.trial.page import badges
from trialwright.protocol.model import Protocol
from trialwright.results import tables
from trialwright.results.answers import Answer, answers
from trialwright.results.rows import Rows
from trialwright.results.words import label, sentence


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """What the results page shows."""

    nct_id: str
    title: str
    badges: tuple[Badge, ...]
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    simulated: bool
    has_report: bool


def results_page(trial: TrialInHand, figures: tuple[Drawing, ...]) -> ResultsPage:
    """Return the page of one analysed trial."""
    state = trial.state
    return ResultsPage(
        nct_id=trial.nct_id,
        title=state.protocol.trial.title,
        badges=badges(state),
        answers=answers(trial.rows, state.protocol),
        sections=(*_figures(figures), *_sections(state, Rows(trial.rows))),
        simulated=state.simulated,
        has_report=trial.report is not None,
    )


def _figures(figures: tuple[Drawing, ...]) -> tuple[Section, ...]:
    if not figures:
        return ()
    explanation = "Drawn from the same rows as the tables below."
    return (Section("figures", "Figures", explanation, figures),)


def _sections(state: TrialState, rows: Rows) -> Iterator[Section]:
    protocol = state.protocol
    yield Section(
        "baseline", "Baseline", "Who the participants were before treatment.",
        (table(tables.baseline(protocol, rows)),),
    )  # fmt: skip
    yield Section(
        "exposure", "Exposure", "What was given, of what was planned.",
        (table(tables.exposure(protocol, rows)),),
    )  # fmt: skip
    yield Section(
        "toxicity", "Dose-Limiting Toxicity", "The rate at each level given, with exact limits.",
        (table(tables.toxicity(protocol, rows)),),
    )  # fmt: skip
    yield Section(
        "events", "Adverse Events", "From the first infusion on, whatever the cause.",
        _events(state, rows),
    )  # fmt: skip
    yield from _function(protocol, rows)


def _events(state: TrialState, rows: Rows) -> tuple[Block, ...]:
    protocol = state.protocol
    return (
        table(tables.events_overview(protocol, rows)),
        table(tables.events_by_term(protocol, rows, organ_systems(state))),
        table(tables.events_by_grade(protocol, rows)),
        table(tables.events_by_relatedness(protocol, rows)),
    )


def organ_systems(state: TrialState) -> dict[str, str]:
    """Return the organ system of every term, both as they were first reported."""
    subjects = tuple(state.subjects.values())
    names = term_names(subjects)
    found: dict[str, str] = {}
    for event in (event for subject in subjects for event in latest_reports(subject)):
        found.setdefault(names[term_of(event)], event.organ_system or "Organ system not stated")
    return found


def _function(protocol: Protocol, rows: Rows) -> Iterator[Section]:
    """Yield a section for each measure of function, with one table for each kind of summary."""
    kinds = {(e.measure, e.summary): e for e in protocol.endpoints}
    for measure in dict.fromkeys(measure for measure, _ in kinds):
        found: list[Block] = []
        for endpoint in (e for (name, _), e in kinds.items() if name == measure):
            match endpoint.summary:
                case "mean_change":
                    found.append(table(tables.change(protocol, rows, endpoint)))
                case "geometric_ratio":
                    found.append(table(tables.ratio(protocol, rows, endpoint)))
                case "shift":
                    found += map(table, tables.shifts(protocol, rows, endpoint))
                case "proportion" | "counts":
                    pass  # safety, shown above
                case _:
                    assert_never(endpoint.summary)
        if found:
            heading = sentence(label(measure))
            explanation = "Against each person's own baseline; there is no control group."
            yield Section(measure, heading, explanation, tuple(found))


def table(made: tables.Table) -> Block:
    """Return a table of the report as a block; its lines under a heading are set in."""
    if not made.lines:
        return Paragraph(f"{made.caption}: {made.note or 'nothing to show'}")
    head = (Cell(made.corner), *(Cell(name, number=made.numbers) for name in made.columns))
    rows = tuple(
        (
            Cell(line.heading, inset=line.indented),
            *(Cell(text, number=made.numbers) for text in line.cells),
        )
        for line in made.lines
    )
    return blocks.Table(made.caption, head, rows, made.note)
