"""Partial dates against days, in the database: 0 no, 1 open, 2 yes; as `PartialDate.between`."""

from datetime import date
from typing import Any

import ibis

Expr = Any  # Ibis tells a column's type only when it runs


def between(first: Expr, last: Expr, low: Expr, high: Expr) -> Expr:
    """Say whether a partial date lies in [low, high]; 1 where none is on record.

    None lies in a window that has no day.
    """
    return ibis.cases(
        (high < low, 0),
        (first.isnull(), 1),
        ((low <= first) & (last <= high), 2),
        ((last < low) | (high < first), 0),
        else_=1,
    )


def begun(first: Expr, last: Expr, by: Expr, undated: Expr) -> Expr:
    """Say whether it began by a day; of what has no date, `undated` says it."""
    return ibis.cases((first.isnull(), undated), (last <= by, 2), (first > by, 0), else_=1)


def over(first: Expr, last: Expr, on: Expr, ended: Expr) -> Expr:
    """Say whether it is over on a day; what has no end is as its record says."""
    return ibis.cases((first.isnull(), ended), (last <= on, 2), (first > on, 0), else_=1)


def lasted(first: Expr, last: Expr, since: Expr) -> Expr:
    """Say whether an end that is on record lies on a day or after it."""
    return ibis.cases((since <= first, 2), (last < since, 0), else_=1)


def born_by(first: Expr, last: Expr, day: date | None) -> Expr:
    """Say whether a birth was on a day or before it; none was before the calendar."""
    if day is None:
        return ibis.cases((first.isnull(), 1), else_=0)
    return ibis.cases((first.isnull(), 1), (last <= day, 2), (first > day, 0), else_=1)
