"""Measured values as table rows: shared by baseline characteristics and outcome measures."""

from collections.abc import Iterator

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import Cell
from trialwright.interfaces.web.study.columns import row
from trialwright.record.model import Denom, MeasureClass, MeasureGroup, Measurement


def value(measurement: Measurement) -> str:
    """Return a measured value with its spread or limits.

    >>> value(Measurement(value="3.1", lower_limit="0.4", upper_limit="5.8"))
    '3.1 (0.4 to 5.8)'
    """
    middle = measurement.value or measurement.comment or ""
    if measurement.lower_limit or measurement.upper_limit:
        low, high = measurement.lower_limit or "–", measurement.upper_limit or "–"
        return f"{middle} ({low} to {high})"
    return f"{middle} ({measurement.spread})" if measurement.spread else middle


def summary_words(param: str | None, dispersion: str | None, unit: str | None) -> str:
    """Say how values are summarised and in what unit.

    >>> summary_words("MEAN", "STANDARD_DEVIATION", "years")
    'Mean (standard deviation), years'
    """
    middle = words.word(words.PARAM, param)
    spread = words.word(words.DISPERSION, dispersion)
    text = middle.text if middle else ""
    if spread and spread.text:
        text = f"{text} ({spread.text})"
    return ", ".join(part for part in (text, unit) if part)


def denominators(
    denoms: tuple[Denom, ...], groups: tuple[MeasureGroup, ...]
) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each kind of unit that was analysed."""
    for denom in denoms:
        counts = {count.group_id or "": count.value or "" for count in denom.counts}
        yield row(f"{denom.units or 'Participants'} analysed", groups, counts)


def measured(
    classes: tuple[MeasureClass, ...], groups: tuple[MeasureGroup, ...]
) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each class and category."""
    for class_ in classes:
        for category in class_.categories:
            titles = (class_.title, category.title)
            name = ": ".join(title for title in titles if title) or "All participants"
            values = {item.group_id or "": value(item) for item in category.measurements}
            yield row(name, groups, values)
