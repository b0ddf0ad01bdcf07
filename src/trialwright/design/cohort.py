"""What a cohort may show: every outcome of its patients, in one order that all readers share.

In a design of toxicity alone outcome k is k DLTs. In a design that looks at responses too each
patient has neither, a response, a DLT, or both, and an outcome counts the patients of each kind.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.curves import TrueRates
from trialwright.design.states import COUNT, Floats, Ints

MOST_TOGETHER = 100  # patients in a cohort whose responses are looked at: 176,851 outcomes


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

    def chances(self, truth: TrueRates) -> Floats:
        """Return the probability of each outcome (curves, doses, outcomes)."""
        chances = np.broadcast_to(self.ways, (*truth.dlt.shape, len(self))).copy()
        for rate, count in truth.kinds(self.size, self.dlts, self.responses, self.both):
            chances *= rate[..., None] ** count
        return chances


def count_outcomes(size: int, responses: bool) -> int:
    """Return how many outcomes a cohort has, without listing them.

    >>> count_outcomes(3, False), count_outcomes(3, True), count_outcomes(1000, True)
    (4, 20, 167668501)
    """
    return comb(size + 3, 3) if responses else size + 1


def check_size(size: int, responses: bool) -> None:
    """Raise InputError where the outcomes of a cohort are too many to be listed."""
    if responses and size > MOST_TOGETHER:
        what = f"a cohort of {size} in a design that looks at responses"
        raise InputError("cohorts", what, f"at most {MOST_TOGETHER} patients in each")


@lru_cache(maxsize=32)  # the largest of them take 3 MB each
def cohort_outcomes(size: int, responses: bool) -> CohortOutcomes:
    """Return every outcome of a cohort.

    Raises InputError where responses are looked at in more than `MOST_TOGETHER` patients at once.

    >>> cohort_outcomes(2, False).ways.tolist(), len(cohort_outcomes(3, True))
    ([1.0, 2.0, 1.0], 20)
    """
    if not responses:
        dlts = np.arange(size + 1, dtype=COUNT)
        ways = np.array([comb(size, int(k)) for k in dlts], dtype=np.float64)
        return CohortOutcomes(size, dlts, 0 * dlts, 0 * dlts, ways)
    check_size(size, responses)
    toxic, clean, both = _kinds(size)
    choose = np.array([[comb(n, k) for k in range(size + 1)] for n in range(size + 1)], np.float64)
    ways = choose[size, toxic] * choose[toxic, both] * choose[size - toxic, clean]
    dlts, answers, both = (counts.astype(COUNT) for counts in (toxic, clean + both, both))
    return CohortOutcomes(size, dlts, answers, both, ways)


def _kinds(size: int) -> tuple[Ints, Ints, Ints]:
    """Return every (patients with a DLT, with a response and none, with both), in this order."""
    per_toxic = [(size - toxic + 1) * (toxic + 1) for toxic in range(size + 1)]
    toxic = np.repeat(np.arange(size + 1), per_toxic)
    within = np.concatenate([np.arange(count) for count in per_toxic])
    clean, both = np.divmod(within, toxic + 1)
    return toxic, clean, both
