"""A proportion with exact limits: Clopper and Pearson, Biometrika 1934;26:404.

Zero events are no special case: the same formula gives the limits, and the one-sided upper limit
is a row of its own, named as one-sided, because both are in use and they differ.
"""

from dataclasses import dataclass

from trialwright.analysis.row import Population, Row
from trialwright.core.limits import Limits, clopper_pearson, one_sided_upper

METHOD = "Clopper-Pearson exact, two-sided (Biometrika 1934;26:404)"
ONE_SIDED = "Clopper-Pearson exact, one-sided upper limit (Biometrika 1934;26:404)"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many people, and what it is a share of."""

    analysis: str
    population: Population
    group: str
    variable: str
    events: int
    n: int
    missing: int = 0
    note: str | None = None


def share_rows(share: Share, level: float = 0.95) -> tuple[Row, ...]:
    """Return the count, the proportion with its limits, and the one-sided upper limit."""
    if share.n == 0:
        note = share.note or "nobody in this group"
        return (
            _row(share, "subjects", 0, "Count", note=note),
            _row(share, "proportion", None, METHOD, note=note),
            _row(share, "one_sided_upper_limit", None, ONE_SIDED, note=note),
        )
    limits = clopper_pearson(share.events, share.n, level)
    upper = one_sided_upper(share.events, share.n, level)
    return (
        _row(share, "subjects", share.events, "Count", note=share.note),
        _row(share, "proportion", share.events / share.n, METHOD, limits, level, share.note),
        _row(share, "one_sided_upper_limit", upper, ONE_SIDED, level=level, note=share.note),
    )


def _row(
    share: Share, statistic: str, value: float | None, method: str,
    limits: Limits | None = None, level: float | None = None, note: str | None = None,
) -> Row:  # fmt: skip
    return Row(
        share.analysis, share.population, share.group, share.variable, statistic, value,
        lower=limits.lower if limits else None, upper=limits.upper if limits else None,
        level=level, n=share.n, missing=share.missing, method=method, note=note,
    )  # fmt: skip
