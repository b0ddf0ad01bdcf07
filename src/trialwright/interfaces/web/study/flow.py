"""Participant flow: one table for each period, then why people left."""

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import Block, Cell, Table
from trialwright.interfaces.web.study.columns import head, row
from trialwright.interfaces.web.text import rich
from trialwright.record.model import (
    FlowGroup,
    FlowMilestone,
    FlowPeriod,
    FlowStats,
    ParticipantFlowModule,
)


def flow(module: ParticipantFlowModule | None) -> tuple[Block, ...]:
    """Return recruitment details and a table for each period."""
    if module is None:
        return ()
    return (
        *rich(module.recruitment_details),
        *rich(module.pre_assignment_details),
        *(_period(period, module.groups) for period in module.periods),
    )


def _period(period: FlowPeriod, groups: tuple[FlowGroup, ...]) -> Table:
    milestones = tuple(_milestone(item, groups) for item in period.milestones)
    left = tuple(
        row(f"Left: {item.type or 'reason not published'}", groups, _counts(item.reasons))
        for item in period.drop_withdraws
    )
    return Table(period.title or "Period", head("Milestone", groups), (*milestones, *left))


def _milestone(item: FlowMilestone, groups: tuple[FlowGroup, ...]) -> tuple[Cell, ...]:
    found = words.word(words.MILESTONE, item.type)
    name = found.text.capitalize() if found else "Milestone"
    return row(name, groups, _counts(item.achievements), note=item.comment or "")


def _counts(stats: tuple[FlowStats, ...]) -> dict[str, str]:
    return {item.group_id or "": item.num_subjects or item.num_units or "" for item in stats}
