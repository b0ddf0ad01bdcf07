"""Distinct outcome counts: what depends on the counts alone is computed once for each."""

import numpy as np

from trialwright.design.states import Ints, States

_LARGEST_KEY = 2**62


def distinct_counts(states: States) -> tuple[Ints, Ints]:
    """Return (a row of each distinct pattern of treated and DLTs, the pattern of each row)."""
    return distinct_rows(np.hstack([states.treated, states.dlts]))


def distinct_rows(counts: Ints) -> tuple[Ints, Ints]:
    """Return (the first of each distinct row, the distinct row of each row); (rows, columns)."""
    radix = int(counts.max(initial=0)) + 1
    key, largest = np.zeros(len(counts), np.int64), 1
    for column in counts.T:
        if largest * radix > _LARGEST_KEY:
            values, key = np.unique(key, return_inverse=True)
            largest = len(values)
        key = key * radix + column
        largest *= radix
    _, keep, pattern = np.unique(key, return_index=True, return_inverse=True)
    return keep, pattern
