"""What a population has on record: distinct values of a measure, ages, what has no table."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from trialwright.core.dates import PartialDate, age_range
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.model import DOMAINS, Code, Measured
from trialwright.screening.population.tables import Tables
from trialwright.screening.population.verdicts import readings_of

if TYPE_CHECKING:
    from ibis.expr.types import Table


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


def untold(persons: "Table", where: str) -> frozenset[Domain]:
    """Return the domains of which somebody's source has no table; InputError for another name."""
    found: frozenset[Domain] = frozenset()
    for row in persons.select("untold").distinct().to_pyarrow().to_pylist():
        found |= untold_of(row["untold"], where)
    return found


def untold_of(text: str | None, where: str = "persons") -> frozenset[Domain]:
    """Read the domains that `persons` names for one person."""
    names = frozenset(text.split(",")) if text else frozenset()
    if text is None or not names.issubset(DOMAINS):
        wanted = f"any of {', '.join(DOMAINS)}, with commas between, or an empty text"
        raise InputError(
            f"{where}, persons.untold", "null" if text is None else repr(text[:60]), wanted
        )
    return frozenset(domain for domain in DOMAINS if domain in names)


def ages(tables: Tables, on: date) -> Iterator[Decimal]:
    """Yield the ages in completed years that occur."""
    born = tables.persons.select("birth_first", "birth_last").distinct().to_pyarrow().to_pylist()
    for row in born:
        if row["birth_first"] is not None:
            for day in (row["birth_first"], row["birth_last"]):
                yield Decimal(age_range(PartialDate.of(day), on)[0])
