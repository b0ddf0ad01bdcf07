"""A shift table as classes of an outcome measure: one class per visit and class at baseline."""

from collections.abc import Iterable

from trialwright.analysis.shift import ARROW, ordered
from trialwright.protocol.model import Endpoint
from trialwright.record.model.results_section import MeasureCategory, MeasureClass, Measurement
from trialwright.results.rows import Rows
from trialwright.results.section.groups import Column, denoms
from trialwright.results.words import sentence

ANALYSIS = "function.shift"


def shift_names(rows: Rows, measure: str, visit: str) -> tuple[str, ...]:
    """Return the classes that a shift table has, in the order of their scale."""
    found = rows.having(
        ANALYSIS, group="pooled", variable=measure, statistic="subjects", visit=visit
    )
    return ordered((str(row.category).split(ARROW)[0] for row in found), measure)


def shift_count(rows: Rows, group: str, measure: str, visit: str, cell: tuple[str, str]) -> int:
    """Return how many people of a group went from one class to another."""
    category = ARROW.join(cell)
    return rows.count(ANALYSIS, group, measure, "subjects", visit, category) or 0


def shift_classes(
    table: tuple[Column, ...], rows: Rows, endpoint: Endpoint, visit: str
) -> Iterable[MeasureClass]:
    """Return one class per class at baseline, whose categories are the classes at the visit."""
    names = shift_names(rows, endpoint.measure, visit)
    for before in names:
        counts = {
            (column, after): shift_count(
                rows, column.group, endpoint.measure, visit, (before, after)
            )
            for column in table
            for after in names
        }
        if not any(counts.values()):
            continue
        totals = {c.id: sum(counts[c, after] for after in names) for c in table}
        yield MeasureClass(
            f"{before} at baseline, {visit}",
            denoms(totals),
            tuple(
                MeasureCategory(
                    f"{sentence(after)} at {visit}",
                    tuple(Measurement(c.id, str(counts[c, after])) for c in table),
                )
                for after in names
            ),
        )
