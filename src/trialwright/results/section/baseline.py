"""The results section's baseline: age, sex, and values before the first infusion."""

from collections.abc import Iterable

from trialwright.analysis.row import Row
from trialwright.analysis.shift import ordered
from trialwright.protocol.model import Protocol
from trialwright.record.model.results_section import (
    BaselineCharacteristicsModule,
    BaselineMeasure,
    MeasureCategory,
    MeasureClass,
    Measurement,
)
from trialwright.results.rows import Rows
from trialwright.results.section.groups import (
    Column,
    columns,
    denoms,
    not_available,
    plain,
    treated,
)
from trialwright.results.words import label, places_for, sentence, unit

SEX_TITLE = "Sex: Female, Male"


def baseline_characteristics(protocol: Protocol, rows: Rows) -> BaselineCharacteristicsModule:
    """Return the baseline of everyone treated, by the level given, with a total."""
    table = columns(protocol, "BG", total=True)
    return BaselineCharacteristicsModule(
        population_description="Everyone who was given any amount, by the dose level given.",
        groups=tuple(column.measure_group() for column in table),
        denoms=denoms({column.id: treated(rows, column) for column in table}),
        measures=(_age(table, rows), _sex(table, rows), *_measures(protocol, table, rows)),
    )


def _age(table: tuple[Column, ...], rows: Rows) -> BaselineMeasure:
    found = _rows(table, rows, "age", "mean")
    return _means(table, found, "Age, Continuous", "years")


def _sex(table: tuple[Column, ...], rows: Rows) -> BaselineMeasure:
    sexes = ["female", "male"]
    others = [r for r in rows.having("baseline", variable="sex") if r.category not in sexes]
    extra = list(dict.fromkeys(r.category or "" for r in others if r.value))
    title = "Sex/Gender, Customized" if extra else SEX_TITLE
    return _counts(table, rows, "sex", title, [*sexes, *extra])


def _measures(
    protocol: Protocol, table: tuple[Column, ...], rows: Rows
) -> Iterable[BaselineMeasure]:
    skewed = {e.measure for e in protocol.endpoints if e.summary == "geometric_ratio"}
    own = ("age", "sex")
    for measure in dict.fromkeys(
        r.variable for r in rows.having("baseline") if r.variable not in own
    ):
        counts = rows.having("baseline", variable=measure, statistic="subjects")
        if counts:
            classes = ordered((r.category or "" for r in counts), measure)
            yield _counts(table, rows, measure, sentence(label(measure)), list(classes))
        else:
            statistic = "median" if measure in skewed else "mean"
            found = _rows(table, rows, measure, statistic)
            unit_text = next((unit(r.unit) for r in found.values() if r.unit), "")
            yield _means(table, found, sentence(label(measure)), unit_text or "units as recorded")


def _rows(table: tuple[Column, ...], rows: Rows, variable: str, statistic: str) -> dict[str, Row]:
    found = ((c.id, rows.get("baseline", c.group, variable, statistic)) for c in table)
    return {name: row for name, row in found if row is not None}


def _means(
    table: tuple[Column, ...], found: dict[str, Row], title: str, unit_text: str
) -> BaselineMeasure:
    median = any(row.statistic == "median" for row in found.values())
    places = places_for(tuple(row.value for row in found.values() if row.value is not None))
    cells = tuple(_mean_cell(name, row, places) for name, row in found.items())
    return BaselineMeasure(
        title=title,
        description=_missing(found),
        param_type="MEDIAN" if median else "MEAN",
        dispersion_type="FULL_RANGE" if median else "STANDARD_DEVIATION",
        unit_of_measure=unit_text,
        denoms=denoms({column.id: found[column.id].n for column in table}),
        classes=(MeasureClass(categories=(MeasureCategory(measurements=cells),)),),
    )


def _missing(found: dict[str, Row]) -> str | None:
    total = list(found.values())[-1].missing if found else 0
    return f"Last value before the first infusion; {total} missing." if total else None


def _mean_cell(name: str, row: Row, places: int) -> Measurement:
    if row.value is None:
        return not_available(name, row.note)
    value = plain(row.value, places)
    if row.statistic == "median":
        low, high = plain(row.lower or 0, places), plain(row.upper or 0, places)
        return Measurement(name, value, lower_limit=low, upper_limit=high)
    if row.sd is None:
        return Measurement(name, value, spread="NA", comment="One person has no spread.")
    return Measurement(name, value, spread=plain(row.sd, places))


def _counts(
    table: tuple[Column, ...], rows: Rows, variable: str, title: str, categories: list[str]
) -> BaselineMeasure:
    def row(column: Column, category: str) -> Row | None:
        return rows.get("baseline", column.group, variable, "subjects", category=category)

    firsts = {column.id: row(column, categories[0]) for column in table}
    return BaselineMeasure(
        title=title,
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure="Participants",
        denoms=denoms({name: found.n if found else 0 for name, found in firsts.items()}),
        classes=(
            MeasureClass(
                categories=tuple(
                    MeasureCategory(
                        sentence(category), tuple(_count_cell(c, row(c, category)) for c in table)
                    )
                    for category in categories
                )
            ),
        ),
    )


def _count_cell(column: Column, row: Row | None) -> Measurement:
    if row is None or row.value is None:
        return Measurement(column.id, "0")  # the denominator of this cell is 0 too
    return Measurement(column.id, plain(row.value, 0))
