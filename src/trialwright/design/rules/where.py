"""Which dose levels a rule looks at: the next one, any of them, or one by its number."""

from typing import TypeAlias

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.model import MOST_DOSES
from trialwright.design.states import Bools, Ints

Where: TypeAlias = int | str
WORDS = ("next", "any")


def read_where(name: str, value: object) -> Where:
    """Return `next`, `any` or a level's number; raise InputError naming the parameter."""
    if isinstance(value, str) and value in WORDS:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_DOSES:
        return value
    shown = repr(value) if isinstance(value, str) else str(value)
    raise InputError(f"parameter {name}", shown[:40], "next, any or the number of a dose level")


def check_where(name: str, where: Where, doses: int) -> None:
    """Refuse the number of a level that the design has not; raise InputError."""
    if isinstance(where, int) and where > doses:
        wanted = f"next, any or a dose level from 1 to {doses}"
        raise InputError(f"parameter {name}", str(where), wanted)


def levels_meant(where: Where, doses: int, proposed: Ints) -> Bools:
    """Return the levels that are looked at (states, doses); `proposed` is the next one, 0 none."""
    levels = np.arange(1, doses + 1)
    if where == "any":
        return np.ones((len(proposed), doses), np.bool_)
    wanted = proposed[:, None] if where == "next" else where
    meant: Bools = np.broadcast_to(levels == wanted, (len(proposed), doses))
    return meant


def named(where: Where) -> str:
    """Return the levels in words.

    >>> named("next"), named(2)
    ('the next dose', 'dose 2')
    """
    return f"dose {where}" if isinstance(where, int) else f"{_ARTICLES[where]} dose"


_ARTICLES = {"next": "the next", "any": "any"}
