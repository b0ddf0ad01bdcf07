"""What a cohort may show: every outcome of its patients, in one order that all readers share.

In a design of toxicity alone outcome k is k DLTs. In a design that looks at responses too each
patient has neither, a response, a DLT, or both, and an outcome counts the patients of each kind.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from trialwright.design.curves import Truth
from trialwright.design.states import COUNT, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class CohortOutcomes:
    """Every outcome of a cohort of `size`, fewest DLTs first; axis 0 is the outcome."""

    size: int
    dlts: Ints  # (outcomes,)
    responses: Ints  # (outcomes,) zeros in a design of toxicity alone
    both: Ints  # (outcomes,) patients with a response and a DLT
    ways: Floats  # (outcomes,) in how many ways, patient by patient, the outcome comes about

    def __len__(self) -> int:
        return len(self.ways)

    def chances(self, truth: Truth) -> Floats:
        """Return the probability of each outcome (curves, doses, outcomes)."""
        chances = np.broadcast_to(self.ways, (*truth.dlt.shape, len(self))).copy()
        for rate, count in truth.kinds(self.size, self.dlts, self.responses, self.both):
            chances *= rate[..., None] ** count
        return chances


@lru_cache(maxsize=256)
def cohort_outcomes(size: int, responses: bool) -> CohortOutcomes:
    """Return every outcome of a cohort.

    >>> cohort_outcomes(2, False).ways.tolist(), len(cohort_outcomes(3, True))
    ([1.0, 2.0, 1.0], 20)
    """
    if not responses:
        dlts = np.arange(size + 1, dtype=COUNT)
        ways = np.array([comb(size, int(k)) for k in dlts], dtype=np.float64)
        return CohortOutcomes(size, dlts, 0 * dlts, 0 * dlts, ways)
    found = [
        (
            *(toxic, clean + both, both),
            comb(size, toxic) * comb(toxic, both) * comb(size - toxic, clean),
        )
        for toxic in range(size + 1)
        for clean in range(size - toxic + 1)  # patients with a response and no DLT
        for both in range(toxic + 1)
    ]
    dlts, answers, both = np.array([counts for *counts, _ in found], dtype=COUNT).T
    ways = np.array([w for *_, w in found], dtype=np.float64)
    return CohortOutcomes(size, dlts, answers, both, ways)
