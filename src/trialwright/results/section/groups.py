"""Reporting groups of the results section: one per dose level given, and a total."""

from dataclasses import dataclass

from trialwright.analysis.groups import POOLED, level_name
from trialwright.protocol.model import Protocol
from trialwright.record.model.results_section import (
    Denom,
    DenomCount,
    MeasureGroup,
    Measurement,
)
from trialwright.results.rows import Rows
from trialwright.results.words import regimen


@dataclass(frozen=True, slots=True)
class Column:
    """A reporting group: its id in the section, its name in the rows, and what readers see."""

    id: str
    group: str
    title: str
    description: str

    def measure_group(self) -> MeasureGroup:
        """Return the column as a group of a measure."""
        return MeasureGroup(self.id, self.title, self.description)


def columns(protocol: Protocol, prefix: str, *, total: bool = False) -> tuple[Column, ...]:
    """Return one column per level, with ids such as BG000, and a total if wanted."""
    levels = [
        Column(
            f"{prefix}{k:03d}",
            level_name(dose.level),
            f"Dose Level {dose.level}",
            f"People who were given dose level {dose.level}, planned as "
            f"{regimen(protocol, dose.level)}",
        )
        for k, dose in enumerate(protocol.dose_levels)
    ]
    if total:
        name = f"{prefix}{len(levels):03d}"
        levels.append(Column(name, POOLED, "Total", "Total of all reporting groups"))
    return tuple(levels)


def treated(rows: Rows, column: Column) -> int:
    """Return how many people of a column were treated."""
    return rows.count("populations", column.group, "treated", "subjects") or 0


def denoms(counts: dict[str, int]) -> tuple[Denom, ...]:
    """Return the number of participants by group id."""
    values = tuple(DenomCount(name, str(count)) for name, count in counts.items())
    return (Denom("Participants", values),)


def not_available(group_id: str, why: str | None) -> Measurement:
    """Return a measurement that could not be made: NA with the reason, as the registry asks."""
    return Measurement(group_id, "NA", comment=sentence_of(why))


def sentence_of(why: str | None) -> str:
    """Return a reason without subject numbers, which have no place in a public record.

    >>> sentence_of("one person: no spread; missing: S03 (visit missed)")
    'One person: no spread.'
    >>> sentence_of("missing: S03 (visit missed)")
    'No value.'
    """
    text = (why or "").split("missing:")[0].strip("; ")
    return f"{text[:1].upper()}{text[1:]}." if text else "No value."


def plain(value: float, places: int) -> str:
    """Return a number as the registry stores it: ASCII, no exponent, no negative zero.

    >>> plain(-0.001, 2), plain(6e10, 0)
    ('0.00', '60000000000')
    """
    text = f"{value:.{places}f}"
    return text if text.strip("-0.") else text.lstrip("-")
