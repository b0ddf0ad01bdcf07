"""Three-valued truth (Kleene's strong logic): unknown is a value, never no."""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """TRUE, FALSE or UNKNOWN; `&`, `|` and `~` follow Kleene's strong tables.

    >>> Truth.FALSE & Truth.UNKNOWN, Truth.TRUE & Truth.UNKNOWN
    (<Truth.FALSE: 'false'>, <Truth.UNKNOWN: 'unknown'>)
    """

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @staticmethod
    def of(value: bool | None) -> "Truth":
        """Return the truth of a fact; a fact that is not on record is UNKNOWN."""
        if value is None:
            return Truth.UNKNOWN
        return Truth.TRUE if value else Truth.FALSE

    def __and__(self, other: "Truth") -> "Truth":
        return min(self, other, key=_RANK.__getitem__)

    def __or__(self, other: "Truth") -> "Truth":
        return max(self, other, key=_RANK.__getitem__)

    def __invert__(self) -> "Truth":
        return _NOT[self]

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values: compare it with Truth.TRUE or Truth.FALSE")


_RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
_NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def all_of(truths: Iterable[Truth]) -> Truth:
    """Conjunction; TRUE when there is nothing to satisfy."""
    return min(truths, key=_RANK.__getitem__, default=Truth.TRUE)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Disjunction; FALSE when there is nothing that could hold."""
    return max(truths, key=_RANK.__getitem__, default=Truth.FALSE)


def at_least(n: int, truths: Iterable[Truth]) -> Truth:
    """TRUE when n of them are known to hold, FALSE when n can no longer be reached."""
    values = tuple(truths)
    if sum(t is Truth.TRUE for t in values) >= n:
        return Truth.TRUE
    if sum(t is not Truth.FALSE for t in values) < n:
        return Truth.FALSE
    return Truth.UNKNOWN
