"""Ratio of geometric means, later value to baseline, for measures of log-normal shape.

The mean of paired log ratios and its t interval, taken back from the log scale
(Bland and Altman, BMJ 1996;312:1153). A value of zero or less has no logarithm: it is missing.
"""

from math import exp, log

from trialwright.analysis.change import Mean, mean_with_limits
from trialwright.analysis.groups import Group
from trialwright.analysis.measurements import NumberPair, absence_note, missing_rows, number_pairs
from trialwright.analysis.row import Row
from trialwright.protocol.model import Protocol

METHOD = "Paired log ratios, t interval taken back (BMJ 1996;312:1153), complete pairs"
GEOMETRIC = "Geometric mean, complete pairs"
_LARGEST = 700.0  # exp(710) is more than a number can hold


def ratio_rows(
    group: Group, protocol: Protocol, measure: str, visit: str, unit: str | None
) -> tuple[Row, ...]:
    """Return both geometric means and their ratio for one group at one visit."""
    found = number_pairs(group.subjects, protocol, measure, visit, unit)
    usable = [pair for pair in found.complete if _positive(pair)]
    absent = (
        *found.absent,
        *((p.who, "a value of zero or less has no logarithm") for p in found.complete
          if not _positive(p)),
    )  # fmt: skip
    note, missing = absence_note(absent), len(absent)
    firsts = mean_with_limits([log(pair.baseline) for pair in usable])
    thens = mean_with_limits([log(pair.later) for pair in usable])
    ratio = mean_with_limits([log(pair.later) - log(pair.baseline) for pair in usable])

    def row(statistic: str, mean: Mean, method: str, unit: str | None, *, limits: bool) -> Row:
        why = _why(mean) if limits or mean.n == 0 else None
        return Row(
            "function.ratio", "treated", group.name, measure, statistic, _exp(mean.value),
            lower=_exp(mean.lower) if limits else None, upper=_exp(mean.upper) if limits else None,
            level=0.95 if limits and mean.lower is not None else None,
            n=mean.n, missing=missing, unit=unit, visit=visit, method=method,
            note="; ".join(text for text in (why, note) if text) or None,
        )  # fmt: skip

    return (
        row("baseline_geometric_mean", firsts, GEOMETRIC, found.unit, limits=False),
        row("visit_geometric_mean", thens, GEOMETRIC, found.unit, limits=False),
        row("geometric_mean_ratio", ratio, METHOD, "ratio", limits=True),
        *missing_rows("function.ratio", group.name, measure, visit, absent),
    )


def _positive(pair: NumberPair) -> bool:
    return pair.baseline > 0 and pair.later > 0


def _why(mean: Mean) -> str | None:
    large = mean.upper is not None and mean.upper > _LARGEST
    return "the upper limit is beyond what a number can hold" if large else mean.why


def _exp(value: float | None) -> float | None:
    return None if value is None or value > _LARGEST else exp(value)
