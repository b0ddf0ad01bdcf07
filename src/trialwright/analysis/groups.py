"""Who is compared: people by the dose level that they were actually given, and everyone pooled.

A person belongs to a level by what was given, not by what was planned (ICH E9, safety analysis).
Someone whose prepared dose is no level of the protocol stays in the pooled group alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from trialwright.conduct.model import Infusion, Subject
from trialwright.protocol.model import Protocol

POOLED = "pooled"


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of people; `level` is None for everyone pooled."""

    name: str
    level: int | None
    subjects: tuple[Subject, ...]


def level_name(level: int) -> str:
    """Return the group name of a dose level, as rows carry it."""
    return f"level {level}"


def level_given(subject: Subject, protocol: Protocol) -> int | None:
    """Return the highest dose level of which the person was given any; None if none is known."""
    by_amount = {protocol.amount(dose.level): dose.level for dose in protocol.dose_levels}
    doses = (_dose(infusion) for infusion in subject.infusions)
    levels = [by_amount[dose] for dose in doses if dose is not None and dose in by_amount]
    return max(levels, default=None)


def _dose(infusion: Infusion) -> Decimal | None:
    if infusion.given is None or infusion.prepared is None:
        return None
    return infusion.prepared.dose_per_kg


def by_level_given(protocol: Protocol, subjects: Iterable[Subject]) -> tuple[Group, ...]:
    """Group people by the level given: every level of the protocol in order, then the pool."""
    everyone = tuple(subjects)
    return _grouped(protocol, [(level_given(s, protocol), s) for s in everyone], everyone)


def by_level_assigned(protocol: Protocol, subjects: Iterable[Subject]) -> tuple[Group, ...]:
    """Group people by the level of the cohort that they entered, then the pool."""
    everyone = tuple(subjects)
    return _grouped(protocol, [(s.enrolled.level, s) for s in everyone], everyone)


def _grouped(
    protocol: Protocol, pairs: list[tuple[int | None, Subject]], everyone: tuple[Subject, ...]
) -> tuple[Group, ...]:
    levels = (
        Group(level_name(dose.level), dose.level, tuple(s for lv, s in pairs if lv == dose.level))
        for dose in protocol.dose_levels
    )
    return (*levels, Group(POOLED, None, everyone))
