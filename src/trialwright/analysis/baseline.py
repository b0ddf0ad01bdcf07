"""Who was treated: age, sex, and every measure before the first infusion."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from trialwright.analysis.change import mean_with_limits
from trialwright.analysis.groups import Group, by_level_given
from trialwright.analysis.measurements import (
    Absent,
    absence_note,
    at_baseline,
    baseline_visits,
    number,
    unit_of,
)
from trialwright.analysis.row import Row
from trialwright.analysis.shift import ordered
from trialwright.conduct.events import AssessmentRecorded
from trialwright.conduct.model import Subject
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.model import Protocol

MEAN = "Mean and standard deviation"
MEDIAN = "Median, lowest and highest value"
COUNT = "Count"
SEXES = ("female", "male", "other", "unknown")


def baseline_rows(protocol: Protocol, treated: Sequence[Subject]) -> tuple[Row, ...]:
    """Return age, sex and baseline values of each level given and of all treated people."""
    groups = by_level_given(protocol, treated)
    measures = dict.fromkeys(m for v in baseline_visits(protocol) for m in v.assessments)
    rows = [row for group in groups for row in (_age(group), *_sexes(group))]
    for measure in measures:
        rows += _measure(groups, protocol, measure)
    return tuple(rows)


def _age(group: Group) -> Row:
    mean = mean_with_limits([float(s.screened.age_years) for s in group.subjects])
    return _mean(group, "age", "a", mean.value, mean.sd, mean.n, ())


def _sexes(group: Group) -> list[Row]:
    counts = Counter(str(s.screened.sex) for s in group.subjects)
    return [_count(group, "sex", sex, counts[sex], len(group.subjects), ()) for sex in SEXES]


def _measure(groups: tuple[Group, ...], protocol: Protocol, measure: str) -> list[Row]:
    everyone = groups[-1].subjects
    values = [at_baseline(s, protocol, measure) for s in everyone]
    recorded = [v for v in values if not isinstance(v, Absent)]
    if _is_scale(measure, recorded):
        names = ordered((str(v.value) for v in recorded), measure)
        classes = names or ("no class on record",)
        return [row for group in groups for row in _classes(group, protocol, measure, classes)]
    unit = unit_of(everyone, measure)
    return [row for group in groups for row in _numbers(group, protocol, measure, unit)]


def _is_scale(measure: str, recorded: Sequence[AssessmentRecorded]) -> bool:
    if measure in lexicon().scales:
        return True
    no_numbers = all(isinstance(number(value, value.unit), Absent) for value in recorded)
    return no_numbers and bool(recorded)


def _numbers(group: Group, protocol: Protocol, measure: str, unit: str | None) -> list[Row]:
    values: list[float] = []
    absent: list[tuple[str, str]] = []
    for subject in group.subjects:
        record = at_baseline(subject, protocol, measure)
        value = record if isinstance(record, Absent) else number(record, unit)
        if isinstance(value, Absent):
            absent.append((subject.number, value.why))
        else:
            values.append(value)
    mean = mean_with_limits(values)
    row = _mean(group, measure, unit, mean.value, mean.sd, mean.n, absent)
    return [row, _median(row, values)]


def _median(mean: Row, values: Sequence[float]) -> Row:
    """Return the median with the lowest and the highest value, for measures of skewed shape."""
    return replace(
        mean,
        statistic="median",
        value=float(np.median(values)) if values else None,
        lower=min(values, default=None),
        upper=max(values, default=None),
        sd=None,
        method=MEDIAN,
    )


def _classes(group: Group, protocol: Protocol, measure: str, classes: Sequence[str]) -> list[Row]:
    found = [(s.number, at_baseline(s, protocol, measure)) for s in group.subjects]
    counts = Counter(str(r.value) for _, r in found if not isinstance(r, Absent))
    absent = [(who, r.why) for who, r in found if isinstance(r, Absent)]
    n = len(found) - len(absent)
    return [_count(group, measure, name, counts[name], n, absent) for name in classes]


def _mean(
    group: Group, variable: str, unit: str | None, value: float | None, sd: float | None, n: int,
    absent: Sequence[tuple[str, str]],
) -> Row:  # fmt: skip
    notes = ["nobody with a value" if n == 0 else None, absence_note(absent)]
    return Row(
        "baseline", "treated", group.name, variable, "mean", value, sd=sd, n=n,
        missing=len(absent), unit=unit, method=MEAN, note="; ".join(filter(None, notes)) or None,
    )  # fmt: skip


def _count(
    group: Group, variable: str, category: str, count: int, n: int,
    absent: Sequence[tuple[str, str]],
) -> Row:  # fmt: skip
    notes = ["nobody with a value" if n == 0 else None, absence_note(absent)]
    return Row(
        "baseline", "treated", group.name, variable, "subjects", count if n else None, n=n,
        missing=len(absent), category=category, method=COUNT,
        note="; ".join(filter(None, notes)) or None,
    )  # fmt: skip
