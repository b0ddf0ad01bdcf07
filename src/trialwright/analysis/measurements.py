"""One value per person: the baseline, the value at a visit, and why there is none.

Baseline is the last value at a planned visit on or before day 0, measured no later than the first
infusion (glossary: baseline). Where a value was recorded twice, the last record counts: it is the
correction. A value in another unit is converted exactly, or left out with the reason.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from trialwright.analysis.row import Row
from trialwright.conduct.events import AssessmentRecorded
from trialwright.conduct.model import Subject
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.ways import FACTORS_ALONE
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.model import Protocol, Visit

LARGEST = Decimal("1e30")  # beyond it a value is a slip of the pen, and squares overflow


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no value, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A person's baseline and later value of one measure."""

    who: str
    baseline: str
    later: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Complete pairs, and everyone without one."""

    complete: tuple[Pair, ...]
    absent: tuple[tuple[str, str], ...]  # subject number, why

    @property
    def note(self) -> str | None:
        """Name everyone who is missing, with the reason."""
        return absence_note(self.absent)


def absence_note(absent: Iterable[tuple[str, str]]) -> str | None:
    """Name everyone who is missing, with the reason; None where nobody is.

    >>> absence_note([("S03", "no baseline")])
    'missing: S03 (no baseline)'
    """
    names = ", ".join(f"{who} ({why})" for who, why in absent)
    return f"missing: {names}" if names else None


def missing_rows(
    analysis: str, group: str, measure: str, visit: str, absent: Sequence[tuple[str, str]]
) -> tuple[Row, ...]:
    """Count those without both values by the reason, one row per reason."""
    counts = Counter(why for _, why in absent)
    return tuple(
        Row(
            analysis, "treated", group, measure, "missing_because", float(count), n=count,
            visit=visit, category=why, method="Count of people without both values, by reason",
        )
        for why, count in sorted(counts.items())
    )  # fmt: skip


def baseline_visits(protocol: Protocol) -> tuple[Visit, ...]:
    """Return the visits on or before the first infusion, earliest first."""
    return tuple(v for v in _by_day(protocol) if v.day.value <= 0)


def later_visits(protocol: Protocol, measure: str) -> tuple[Visit, ...]:
    """Return the visits after the first infusion that take this measure, earliest first."""
    return tuple(v for v in _by_day(protocol) if v.day.value > 0 and measure in v.assessments)


def _by_day(protocol: Protocol) -> list[Visit]:
    return sorted(protocol.visits, key=lambda visit: visit.day.value)


def unit_of(subjects: Iterable[Subject], measure: str) -> str | None:
    """Return the unit that a measure is reported in: the lexicon's, or the first on record."""
    known = lexicon().measures.get(measure)
    units = (a.unit for s in subjects for a in s.assessments if a.measure == measure and a.value)
    return known.unit if known else next((unit for unit in units if unit), None)


def at_baseline(subject: Subject, protocol: Protocol, measure: str) -> AssessmentRecorded | Absent:
    """Return the last value before the first infusion."""
    names = [visit.name for visit in baseline_visits(protocol)]
    found = [r for name in names if (r := _last(subject, measure, name)) is not None]
    usable = [r for r in found if r.value is not None and _in_time(subject, r)]
    if usable:
        return usable[-1]
    if any(r.value is not None for r in found):
        return Absent("baseline measured after the first infusion")
    whys = [r.missing_why for r in found if r.missing_why]
    return Absent(f"no baseline: {whys[-1]}" if whys else "no baseline")


def _in_time(subject: Subject, record: AssessmentRecorded) -> bool:
    first = subject.first_infusion
    return first is None or record.measured_on <= first


def at_visit(subject: Subject, measure: str, visit: str) -> AssessmentRecorded | Absent:
    """Return the value at a visit, or why there is none."""
    record = _last(subject, measure, visit)
    if record is not None and record.value is not None:
        return record
    if record is not None and record.missing_why:
        return Absent(record.missing_why)
    left = subject.left
    if left is None or left.how == "completed":
        return Absent("no value")
    return Absent(f"left: {left.how.replace('_', ' ')}")


def _last(subject: Subject, measure: str, visit: str) -> AssessmentRecorded | None:
    records = [a for a in subject.assessments if a.measure == measure and a.visit == visit]
    return records[-1] if records else None


def number(record: AssessmentRecorded, unit: str | None) -> float | Absent:
    """Return a value as a finite number in `unit`, or why it is none."""
    try:
        value = Decimal(record.value or "")
    except InvalidOperation:
        return Absent(f"not a number: {record.value!r}")
    if not value.is_finite() or abs(value) > LARGEST:
        return Absent(f"not a usable number: {record.value!r}")
    if unit is None or record.unit == unit:
        return float(value)
    if record.unit is None:
        return Absent(f"no unit on record, wanted {unit}")
    known = lexicon().measures.get(record.measure)
    try:
        ways = known.ways if known else FACTORS_ALONE
        return float(ways.convert(Quantity(value, record.unit), unit).value)
    except InputError:
        return Absent(f"unit {record.unit} does not convert to {unit}")


def pairs(subjects: Iterable[Subject], protocol: Protocol, measure: str, visit: str) -> Pairs:
    """Pair each person's baseline with the value at a visit, as recorded."""
    complete: list[Pair] = []
    absent: list[tuple[str, str]] = []
    for subject in subjects:
        first, then = at_baseline(subject, protocol, measure), at_visit(subject, measure, visit)
        if isinstance(first, AssessmentRecorded) and isinstance(then, AssessmentRecorded):
            complete.append(Pair(subject.number, str(first.value), str(then.value)))
        else:
            absent.append((subject.number, _why(first, then)))
    return Pairs(tuple(complete), tuple(absent))


def _why(*found: AssessmentRecorded | Absent) -> str:
    return next(item.why for item in found if isinstance(item, Absent))


@dataclass(frozen=True, slots=True)
class NumberPair:
    """A person's baseline and later value as numbers in one unit."""

    who: str
    baseline: float
    later: float


@dataclass(frozen=True, slots=True)
class NumberPairs:
    """Numeric pairs in one unit, and everyone without one."""

    unit: str | None
    complete: tuple[NumberPair, ...]
    absent: tuple[tuple[str, str], ...]


def number_pairs(
    subjects: Iterable[Subject], protocol: Protocol, measure: str, visit: str, unit: str | None
) -> NumberPairs:
    """Pair baseline and later value as numbers in `unit`."""
    complete: list[NumberPair] = []
    absent: list[tuple[str, str]] = []
    for subject in subjects:
        first = _number(at_baseline(subject, protocol, measure), unit)
        then = _number(at_visit(subject, measure, visit), unit)
        if isinstance(first, float) and isinstance(then, float):
            complete.append(NumberPair(subject.number, first, then))
        else:
            absent.append((subject.number, _reason(first, then)))
    return NumberPairs(unit, tuple(complete), tuple(absent))


def _number(found: AssessmentRecorded | Absent, unit: str | None) -> float | Absent:
    return found if isinstance(found, Absent) else number(found, unit)


def _reason(*found: float | Absent) -> str:
    return next(item.why for item in found if isinstance(item, Absent))
