"""What a population has on record: the distinct values of a measure, the ages."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from trialwright.core.dates import PartialDate, age_range
from trialwright.core.quantity import Quantity
from trialwright.screening.model import Code, Measured
from trialwright.screening.population.tables import Tables
from trialwright.screening.population.verdicts import readings_of


def quantities(tables: Tables, codes: frozenset[Code]) -> Iterator[Quantity]:
    """Yield each distinct value with its unit as recorded."""
    readings = {n: r for n, r in readings_of(tables).items() if codes & r.all_codes}
    if not readings:
        return
    seen = tables.observations.filter(tables.observations.reading.isin(list(readings)))
    for row in seen.select("reading", "value").distinct().to_pyarrow().to_pylist():
        value = readings[row["reading"]].observation(row["value"]).value
        if isinstance(value, Measured):
            yield value.quantity


def ages(tables: Tables, on: date) -> Iterator[Decimal]:
    """Yield the ages in completed years that occur."""
    born = tables.persons.select("birth_first", "birth_last").distinct().to_pyarrow().to_pylist()
    for row in born:
        if row["birth_first"] is not None:
            for day in (row["birth_first"], row["birth_last"]):
                yield Decimal(age_range(PartialDate.of(day), on)[0])
