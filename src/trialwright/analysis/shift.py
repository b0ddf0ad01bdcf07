"""Shift table of an ordinal class: how many people went from which class to which.

People without a pair are a row of their own, so that a table's cells and the missing add up to
everyone treated.
"""

from collections import Counter
from collections.abc import Iterable

from trialwright.analysis.groups import Group
from trialwright.analysis.measurements import Pairs, missing_rows, pairs
from trialwright.analysis.row import Row
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.model import Protocol

METHOD = "Count of people by class at baseline and at the visit"
ARROW = " to "
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_UNORDERED = 10**9


def class_order(name: str, measure: str) -> tuple[int, str]:
    """Return a sorting key: the lexicon's order of a scale, or Roman and Arabic numbers.

    >>> sorted(["IV", "II", "III"], key=lambda name: class_order(name, "some scale"))
    ['II', 'III', 'IV']
    """
    text = name.strip()
    scale = lexicon().scales.get(measure)
    if scale:
        return (scale.classes.index(text), "") if text in scale.classes else (_UNORDERED, text)
    if text.isascii() and text.isdigit():
        return int(text[:9]), ""
    return _ROMAN.get(text, _UNORDERED), text


def ordered(classes: Iterable[str], measure: str) -> tuple[str, ...]:
    """Return class names without repetition, in the order of their scale."""
    return tuple(sorted(set(classes), key=lambda name: class_order(name, measure)))


def class_pairs(group: Group, protocol: Protocol, measure: str, visit: str) -> Pairs:
    """Return the group's classes at baseline and at the visit."""
    return pairs(group.subjects, protocol, measure, visit)


def shift_rows(
    group: Group, protocol: Protocol, measure: str, visit: str, classes: tuple[str, ...]
) -> tuple[Row, ...]:
    """Return a row per cell of the shift table, per direction, for the missing and why."""
    found = class_pairs(group, protocol, measure, visit)
    n, missing = len(found.complete), len(found.absent)
    cells = Counter((pair.baseline, pair.later) for pair in found.complete)
    moves = Counter(_direction(measure, pair.baseline, pair.later) for pair in found.complete)

    def row(statistic: str, category: str, value: int) -> Row:
        return Row(
            "function.shift", "treated", group.name, measure, statistic,
            float(value) if n or statistic == "missing" else None, n=n, missing=missing,
            visit=visit, category=category, method=METHOD,
            note=found.note if n else "; ".join(filter(None, ("nobody with both values",
                                                             found.note))),
        )  # fmt: skip

    return (
        *(row("subjects", f"{a}{ARROW}{b}", cells[a, b]) for a in classes for b in classes),
        *(row("direction", name, moves[name]) for name in DIRECTIONS),
        row("missing", "missing", missing),
        *missing_rows("function.shift", group.name, measure, visit, found.absent),
    )


DIRECTIONS = ("lower class", "same class", "higher class", "not ordered")


def _direction(measure: str, before: str, after: str) -> str:
    first, then = class_order(before, measure)[0], class_order(after, measure)[0]
    if before == after:
        return "same class"
    if _UNORDERED in (first, then):
        return "not ordered"
    return "lower class" if then < first else "higher class"
