"""Where a verdict on a number changes: the doubles at which one piece ends and the next begins.

Exact: a recorded double stands for the decimal that it is written as (0.1 for 0.1), and each is
converted by the code that `compare` uses. A boundary is found by halving the doubles between the
least and the greatest, so a value on it falls on the side where `compare` puts it.
"""

import struct
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from math import nextafter
from sys import float_info

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.ways import Ways
from trialwright.screening.compare import converted

LEAST, MOST = -float_info.max, float_info.max


def pieces(cuts: Iterable[float]) -> tuple[tuple[float, float], ...]:
    """Return the pieces that start at LEAST and at each cut, as their ends, both included.

    >>> pieces([40.0])[0][1] < 40.0, pieces([40.0])[1]
    (True, (40.0, 1.7976931348623157e+308))
    """
    starts = sorted({LEAST, *cuts})
    ends = [nextafter(start, LEAST) for start in starts[1:]] + [MOST]
    return tuple(zip(starts, ends, strict=True))


@lru_cache(maxsize=65536)
def cuts_at(limit: Decimal, unit: str, recorded: str, ways: Ways) -> tuple[float, ...]:
    """Return the first doubles in the recorded unit that are at least, and more than, the limit.

    None where the recorded unit does not convert: the verdict is then the same for every number.
    """
    try:
        converted(Quantity(Decimal(1), recorded), unit, ways)
    except InputError:
        return ()

    def number(value: float) -> Decimal:
        return converted(Quantity(Decimal(repr(value)), recorded), unit, ways).value

    found = (_first(lambda x: number(x) >= limit), _first(lambda x: number(x) > limit))
    return tuple(cut for cut in found if cut is not None)


def _first(holds: Callable[[float], bool]) -> float | None:
    """Return the least double for which something holds that holds for all above it."""
    low, high = _order(LEAST), _order(MOST)
    if not holds(MOST):
        return None
    while low < high:
        middle = (low + high) // 2
        if holds(_double(middle)):
            high = middle
        else:
            low = middle + 1
    return _double(low)


def _order(value: float) -> int:
    """Return a whole number that orders doubles as their values do."""
    bits = int(struct.unpack("<q", struct.pack("<d", value))[0])
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def _double(order: int) -> float:
    bits = order if order >= 0 else -order | 0x8000_0000_0000_0000
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])
