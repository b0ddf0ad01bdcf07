"""Posted adverse events: totals for each group, then serious and other events by organ system."""

from collections.abc import Callable

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import Block, Cell, Table, facts
from trialwright.interfaces.web.study.columns import head, row
from trialwright.interfaces.web.text import rich
from trialwright.record.model import AdverseEvent, AdverseEventsModule, EventGroup, EventStats

_Count = Callable[[EventGroup], int | None]
_TOTALS: tuple[tuple[str, _Count, _Count], ...] = (
    ("Died, of any cause", lambda g: g.deaths_num_affected, lambda g: g.deaths_num_at_risk),
    ("Any serious event", lambda g: g.serious_num_affected, lambda g: g.serious_num_at_risk),
    ("Any other event", lambda g: g.other_num_affected, lambda g: g.other_num_at_risk),
)


def adverse_events(module: AdverseEventsModule | None) -> tuple[Block, ...]:
    """Return how events were collected, the totals, and every event."""
    if module is None:
        return ()
    threshold = f"{module.frequency_threshold} %" if module.frequency_threshold else None
    return (
        *facts(("When", module.time_frame), ("Other events shown above", threshold)),
        *rich(module.description),
        *rich(module.all_cause_mortality_comment),
        _totals(module.event_groups),
        *_events("Serious events", module.serious_events, module.event_groups),
        *_events("Other events", module.other_events, module.event_groups),
    )


def _totals(groups: tuple[EventGroup, ...]) -> Table:
    rows = tuple(
        row(name, groups, {g.id or "": _of(affected(g), at_risk(g)) for g in groups})
        for name, affected, at_risk in _TOTALS
    )
    note = "Participants affected of participants at risk."
    return Table("People with events", head("Participants", groups), rows, note)


def _events(
    title: str, events: tuple[AdverseEvent, ...], groups: tuple[EventGroup, ...]
) -> tuple[Block, ...]:
    if not events:
        return ()
    rows = tuple(_event(event, groups) for event in events)
    note = "Participants affected of participants at risk; number of events after the comma."
    return (Table(title, head("Event", groups), rows, note),)


def _event(event: AdverseEvent, groups: tuple[EventGroup, ...]) -> tuple[Cell, ...]:
    how = words.word(words.ASSESSMENT, event.assessment_type)
    notes = (event.organ_system, how.text if how else None, event.notes)
    return row(
        event.term or "Event without a term",
        groups,
        {item.group_id or "": _stat(item) for item in event.stats},
        note="; ".join(part for part in notes if part),
    )


def _stat(stat: EventStats) -> str:
    people = _of(stat.num_affected, stat.num_at_risk)
    if stat.num_events is None:
        return people
    noun = "event" if stat.num_events == 1 else "events"
    return f"{people}, {stat.num_events} {noun}"


def _of(affected: int | None, at_risk: int | None) -> str:
    if affected is None:
        return ""
    return f"{affected} of {at_risk}" if at_risk is not None else str(affected)
