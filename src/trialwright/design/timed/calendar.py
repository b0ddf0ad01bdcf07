"""A trial's calendar: how fast patients come, how long they are watched, when toxicity shows.

    gaps     days between a patient and the next: `exponential` (a Poisson process), `uniform` on
             0 to twice the mean, or `constant`
    window   days within which a DLT counts
    times    when a DLT shows, given that one does: `uniform` in the window, or `weibull` with
             P(DLT by half of the window) = (1 - late) P(DLT in the window)

The time to a DLT is the inverse of its distribution at the patient's tolerance: one uniform number
u for a patient, a DLT exactly when u is below the true rate p at the dose. With a Weibull law

    t = window (log(1 - u) / log(1 - p))^(1/k),   k = log2(log(1 - p) / log(1 - p (1 - late)))

as in the simulations of Yuan et al. 2018, Clin Cancer Res 24:4921 (there late = 0.5), and of Cheung
and Chappell 2000, Biometrics 56:1177 (uniform and Weibull times).
"""

from dataclasses import dataclass

import numpy as np

from trialwright.design.parameters import one_of, rate
from trialwright.design.states import Floats

MONTH = 365.25 / 12  # days
GAPS = ("exponential", "uniform", "constant")
TIMES = ("uniform", "weibull")
LEAST_PER_MONTH, MOST_PER_MONTH = 1e-3, 1e4
LEAST_DAYS, MOST_DAYS = 1e-3, 36_600.0
_SURE = 1 - 1e-12  # a rate of 1 has no Weibull law; this one has


@dataclass(frozen=True, slots=True)
class Calendar:
    """Accrual in patients per month, the DLT window in days; `calendar` makes one."""

    accrual: float
    window: float
    gaps: str = "exponential"
    times: str = "uniform"
    late: float = 0.5

    @property
    def summary(self) -> str:
        """The calendar in one line."""
        late = f", {self.late:g} of them in its second half" if self.times == "weibull" else ""
        return (
            f"{self.accrual:g} patients a month ({self.gaps} gaps), DLT window {self.window:g} "
            f"days, {self.times} times to DLT{late}"
        )

    def days_between(self, uniform: Floats) -> Floats:
        """Return the gaps to the next patient, in days, from uniform numbers; any shape."""
        mean = MONTH / self.accrual
        if self.gaps == "constant":
            return np.full_like(uniform, mean)
        if self.gaps == "uniform":
            return 2 * mean * uniform
        return -mean * np.log1p(-uniform)

    def days_to_dlt(self, tolerance: Floats, true: Floats) -> Floats:
        """Return the days from treatment to the DLT; arrays of one shape, tolerance below true."""
        if self.times == "uniform":
            return self.window * tolerance / true
        rate = np.minimum(true, _SURE)
        shape = np.log2(np.log1p(-rate) / np.log1p(-rate * (1 - self.late)))
        share: Floats = (np.log1p(-np.minimum(tolerance, rate)) / np.log1p(-rate)) ** (1 / shape)
        return self.window * share


def calendar(
    accrual: float,
    window: float,
    gaps: str = "exponential",
    times: str = "uniform",
    late: float = 0.5,
) -> Calendar:
    """Return a calendar; raise InputError naming the parameter.

    `accrual` is in patients per month, above 0.001 and below 10,000, `window` in days, above 0.001
    and below 36,600; `late` is the share of DLTs that show in
    the second half of the window, for `times="weibull"`.

    >>> calendar(2, 28).summary
    '2 patients a month (exponential gaps), DLT window 28 days, uniform times to DLT'
    """
    return Calendar(
        rate("accrual", accrual, LEAST_PER_MONTH, MOST_PER_MONTH),
        rate("window", window, LEAST_DAYS, MOST_DAYS),
        one_of("gaps", gaps, GAPS),
        one_of("times", times, TIMES),
        rate("late", late),
    )
