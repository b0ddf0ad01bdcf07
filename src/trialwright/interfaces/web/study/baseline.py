"""Baseline characteristics: one table for each measure, after the sizes of the groups."""

from trialwright.interfaces.web.blocks import Block, Table
from trialwright.interfaces.web.study.columns import head
from trialwright.interfaces.web.study.measures import denominators, measured, summary_words
from trialwright.interfaces.web.text import rich
from trialwright.record.model import BaselineCharacteristicsModule, BaselineMeasure, MeasureGroup


def baseline(module: BaselineCharacteristicsModule | None) -> tuple[Block, ...]:
    """Return the population's description, its size, and each characteristic."""
    if module is None:
        return ()
    sizes = tuple(denominators(module.denoms, module.groups))
    counted = (Table("Group sizes", head("Analysed", module.groups), sizes),) if sizes else ()
    tables = tuple(_measure(item, module.groups) for item in module.measures)
    return (*rich(module.population_description), *counted, *tables)


def _measure(item: BaselineMeasure, groups: tuple[MeasureGroup, ...]) -> Table:
    rows = (*denominators(item.denoms, groups), *measured(item.classes, groups))
    summary = summary_words(item.param_type, item.dispersion_type, item.unit_of_measure)
    notes = " ".join(part for part in (item.description, item.population_description) if part)
    return Table(item.title or "Characteristic", head(summary, groups), rows, note=notes)
