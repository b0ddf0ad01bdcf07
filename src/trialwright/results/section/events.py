"""The results section's adverse events: every one of them, by the level given."""

from trialwright.analysis.adverse_events import ANY, latest_reports, term_names, term_of
from trialwright.conduct.model import TrialState
from trialwright.record.model.results_section import (
    AdverseEvent,
    AdverseEventsModule,
    EventGroup,
    EventStats,
)
from trialwright.results.rows import Rows
from trialwright.results.section.groups import Column, columns, treated
from trialwright.results.words import duration

ANALYSIS = "safety.adverse_events"
NO_SYSTEM = "Not stated"


def adverse_events(state: TrialState, rows: Rows) -> AdverseEventsModule:
    """Return groups, serious and other events; no threshold hides any of them.

    How events were asked about (systematically or not) is not in the protocol, so it stays absent.
    """
    table = columns(state.protocol, "EG")
    follow_up = duration(state.protocol.follow_up.value)
    return AdverseEventsModule(
        frequency_threshold="0",
        time_frame=f"From the first infusion until the end of follow-up ({follow_up})",
        description="Terms and organ systems as reported by the investigators, without a coding "
        "dictionary. Events from the first infusion on; a later report of an event replaces the "
        "earlier one.",
        all_cause_mortality_comment=_untreated_deaths(state),
        event_groups=tuple(_group(column, rows) for column in table),
        serious_events=_events(state, rows, table, "serious"),
        other_events=_events(state, rows, table, "not serious"),
    )


def _untreated_deaths(state: TrialState) -> str | None:
    left = [s.left for s in state.subjects.values() if not s.given]
    deaths = sum(gone is not None and gone.how == "died" for gone in left)
    return f"{deaths} enrolled and never treated died and are not in a group." if deaths else None


def _group(column: Column, rows: Rows) -> EventGroup:
    def affected(category: str) -> int:
        return rows.count(ANALYSIS, column.group, ANY, "subjects", category=category) or 0

    n = treated(rows, column)
    return EventGroup(
        column.id, column.title, column.description,
        deaths_num_affected=affected("death"), deaths_num_at_risk=n,
        serious_num_affected=affected("serious"), serious_num_at_risk=n,
        other_num_affected=affected("not serious"), other_num_at_risk=n,
    )  # fmt: skip


def _events(
    state: TrialState, rows: Rows, table: tuple[Column, ...], category: str
) -> tuple[AdverseEvent, ...]:
    systems = organ_systems(state)
    found = rows.having(ANALYSIS, group="pooled", statistic="events", category=category)
    terms = [row.variable for row in found if row.value and row.variable != ANY]
    return tuple(
        AdverseEvent(term, systems[term], stats=_stats(rows, table, term, category))
        for term in sorted(terms, key=lambda term: (systems[term], term.casefold()))
    )


def _stats(
    rows: Rows, table: tuple[Column, ...], term: str, category: str
) -> tuple[EventStats, ...]:
    return tuple(
        EventStats(
            column.id,
            num_events=rows.count(ANALYSIS, column.group, term, "events", category=category),
            num_affected=rows.count(ANALYSIS, column.group, term, "subjects", category=category),
            num_at_risk=treated(rows, column),
        )
        for column in table
    )


def organ_systems(state: TrialState) -> dict[str, str]:
    """Map each term, as rows spell it, to the organ system that was reported with it first."""
    names = term_names(s for s in state.subjects.values() if s.given)
    systems: dict[str, str] = dict.fromkeys(names.values(), NO_SYSTEM)
    for subject in state.subjects.values():
        for event in latest_reports(subject):
            name = names.get(term_of(event))
            if name and systems[name] == NO_SYSTEM and event.organ_system.strip():
                systems[name] = event.organ_system.strip()
    return systems
