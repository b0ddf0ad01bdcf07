"""A comparison against a limit where the laboratory may itself have given only a limit (< 5)."""

from decimal import Decimal
from typing import Literal, assert_never

from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Operator

Bound = Literal["<", "<=", ">", ">="]

# A number and its side: -1 just below it, 0 the number itself, 1 just above it.
_Point = tuple[Decimal, int]
_LOWEST: _Point = (Decimal("-Infinity"), 0)
_HIGHEST: _Point = (Decimal("Infinity"), 0)


def holds(op: Operator, value: Decimal, bound: Bound | None, limit: Decimal) -> Truth:
    """Say whether `value op limit` holds for every number, or for none, that was meant.

    >>> holds("<", Decimal(5), "<", Decimal(5)), holds(">", Decimal(5), "<", Decimal(5))
    (<Truth.TRUE: 'true'>, <Truth.FALSE: 'false'>)
    >>> holds("<", Decimal(5), "<", Decimal(4))
    <Truth.UNKNOWN: 'unknown'>
    """
    least, greatest = _ends(value, bound)
    at = (limit, 0)
    match op:
        case "<":
            return _ordered(greatest < at, least >= at)
        case "<=":
            return _ordered(greatest <= at, least > at)
        case ">":
            return _ordered(least > at, greatest <= at)
        case ">=":
            return _ordered(least >= at, greatest < at)
        case "=":
            return _ordered(least == greatest == at, greatest < at or least > at)
        case _:
            assert_never(op)


def _ends(value: Decimal, bound: Bound | None) -> tuple[_Point, _Point]:
    match bound:
        case None:
            return (value, 0), (value, 0)
        case "<":
            return _LOWEST, (value, -1)
        case "<=":
            return _LOWEST, (value, 0)
        case ">":
            return (value, 1), _HIGHEST
        case ">=":
            return (value, 0), _HIGHEST
        case _:
            assert_never(bound)


def _ordered(always: bool, never: bool) -> Truth:
    if always:
        return Truth.TRUE
    return Truth.FALSE if never else Truth.UNKNOWN
