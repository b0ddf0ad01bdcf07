"""Simulated results say so, in every title and description that a reader sees."""

from typing import TypeVar

import msgspec
from msgspec.structs import fields, replace

from trialwright.record.model.base import Piece
from trialwright.record.model.results_section import (
    AdverseEventsModule,
    BaselineCharacteristicsModule,
    BaselineMeasure,
    EventGroup,
    FlowGroup,
    FlowPeriod,
    LimitationsAndCaveats,
    MeasureGroup,
    OutcomeMeasure,
    ParticipantFlowModule,
    ResultsSection,
)

TITLE_MARK = "[SIMULATED]"
TEXT_MARK = "SIMULATED DATA, made by a program and not observed in people."
# Titles inside a measure (classes, categories) stand below a marked title and keep their words.
MARKED: tuple[type[Piece], ...] = (
    FlowGroup, FlowPeriod, ParticipantFlowModule, BaselineCharacteristicsModule, MeasureGroup,
    BaselineMeasure, OutcomeMeasure, EventGroup,
    AdverseEventsModule, LimitationsAndCaveats,
)  # fmt: skip

P = TypeVar("P", bound=Piece)


def marked(piece: P) -> P:
    """Return the piece with every title and description below it marked as simulated."""
    changes: dict[str, object] = {}
    for field in fields(piece):
        value = getattr(piece, field.name)
        if isinstance(value, Piece):
            changes[field.name] = marked(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Piece):
            changes[field.name] = tuple(marked(item) for item in value)
        elif isinstance(piece, MARKED) and field.name in _MARKS:
            changes[field.name] = _MARKS[field.name](value)
    return replace(piece, **changes)


def mark_title(title: str | None) -> str | None:
    """Return a title with the mark; nothing stays nothing."""
    return None if title is None else f"{title} {TITLE_MARK}"


def mark_text(text: str | None) -> str | None:
    """Return a description that begins with the mark; an absent one becomes the mark alone."""
    return f"{TEXT_MARK} {text or ''}".rstrip()


_MARKS = {
    "title": mark_title,
    "description": mark_text,
    "pre_assignment_details": mark_text,
    "recruitment_details": mark_text,
    "population_description": mark_text,
}


def is_simulated(section: ResultsSection) -> bool:
    """Say whether a results section carries the mark anywhere."""
    return TITLE_MARK.encode() in (text := msgspec.json.encode(section)) or (
        TEXT_MARK.encode() in text
    )
