"""Distinct outcome counts: what depends on the counts alone is computed once for each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from trialwright.design.states import Ints, States

_LARGEST_KEY = 2**62


def distinct_counts(states: States) -> tuple[Ints, Ints]:
    """Return (a row of each distinct pattern of treated and DLTs, the pattern of each row)."""
    return distinct_rows(np.hstack([states.treated, states.dlts]))


def distinct_rows(counts: Ints) -> tuple[Ints, Ints]:
    """Return (the first of each distinct row, the distinct row of each row); (rows, columns)."""
    if counts.shape[1] == 0:
        return np.arange(min(1, len(counts))), np.zeros(len(counts), np.int64)
    radix = int(counts.max(initial=0)) + 1
    return distinct([(column, radix) for column in counts.T])


def distinct(digits: Sequence[tuple[npt.NDArray[Any], int]]) -> tuple[Ints, Ints]:
    """Number the distinct rows of digits, each (rows,) with its radix, in order of their values.

    Returns (the first of each distinct row, the distinct row of each row). Rows are renumbered
    before a key would overflow.
    """
    key = np.zeros(len(digits[0][0]), np.int64)
    largest = 1
    for digit, radix in digits:
        if largest * radix > _LARGEST_KEY:
            values, key = np.unique(key, return_inverse=True)
            largest = len(values)
        key = key * radix + digit
        largest *= radix
    _, keep, pattern = np.unique(key, return_index=True, return_inverse=True)
    return keep, pattern
