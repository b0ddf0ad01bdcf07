"""What a protocol's values must satisfy together, and which of its assumptions are still open."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import msgspec

from trialwright.protocol.check_criteria import entry_faults
from trialwright.protocol.confirmation import confirmation_wanted
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.dose_unit import unit_wanted
from trialwright.protocol.fault import Fault, nearest, shown
from trialwright.protocol.lengths import LONGEST_WORDS, least_days, read_length
from trialwright.protocol.methods import METHOD_NAMES, method_name
from trialwright.protocol.model import Protocol, Stated

SPECIAL_MEASURES = ("dlt", "adverse_events")


@dataclass(frozen=True, slots=True)
class OpenAssumption:
    """An assumption that nobody confirmed yet."""

    path: str
    value: object
    reason: str


def faults(protocol: Protocol, on: date | None = None) -> tuple[Fault, ...]:
    """Return everything that cannot be right in a protocol, in the order of the rules.

    With a day `on`, an assumption that is confirmed after it is a fault as well.
    """
    found = tuple(fault for rule in _RULES for fault in rule(protocol))
    return (*found, *_confirmations(protocol, on))


def open_assumptions(protocol: Protocol) -> tuple[OpenAssumption, ...]:
    """Return the assumptions that are still open, in the order of the file."""
    return tuple(
        OpenAssumption(f"$.{key}", stated.value, stated.reason or "")
        for key, stated in stated_values(protocol)
        if stated.is_open
    )


def stated_values(value: object, path: str = "") -> Iterator[tuple[str, Stated[object]]]:
    """Yield every stated value with its key, such as `cohorts[0].size`, in the file's order."""
    if isinstance(value, Stated):
        yield path.removeprefix("."), value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from stated_values(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, dict):
        for name, inside in value.items():
            yield from stated_values(inside, f"{path}.{name}")
    elif isinstance(value, tuple):
        for i, inside in enumerate(value):
            yield from stated_values(inside, f"{path}[{i}]")


# --- rules -----------------------------------------------------------------------------------


def _levels(protocol: Protocol) -> Iterator[Fault]:
    numbers = [dose.level for dose in protocol.dose_levels]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault("$.dose_levels", f"levels {numbers}", f"levels 1 to {len(numbers)} in order")
    amounts = [dose.amount.value for dose in protocol.dose_levels]
    for i, (low, high) in enumerate(pairwise(amounts), 1):
        if high <= low:
            yield Fault(f"$.dose_levels[{i}].amount", f"{high:g}", f"an amount above {low:g}")


def _cohorts(protocol: Protocol) -> Iterator[Fault]:
    numbers = [cohort.number for cohort in protocol.cohorts]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault("$.cohorts", f"cohorts {numbers}", f"cohorts 1 to {len(numbers)} in order")
    highest = len(protocol.dose_levels)
    for i, cohort in enumerate(protocol.cohorts):
        if cohort.planned_level.value > highest:
            what = f"level {cohort.planned_level.value}"
            yield Fault(f"$.cohorts[{i}].planned_level", what, f"a level from 1 to {highest}")
    yield from _enrolment(protocol)


def _enrolment(protocol: Protocol) -> Iterator[Fault]:
    most = protocol.enrolment_maximum.value
    total = 0
    for i, size in enumerate(protocol.schedule):
        total += size
        if total > most:
            sizes = " + ".join(map(str, protocol.schedule[: i + 1]))
            what = f"cohorts of {sizes} = {total} patients"
            yield Fault(f"$.cohorts[{i}].size", what, f"at most the enrolment of {most}")
            return


def _numbers(protocol: Protocol) -> Iterator[Fault]:
    """Refuse numbers too large to count with (1e999), wherever they stand."""
    for path, stated in stated_values(protocol, "$"):
        several = stated.value if isinstance(stated.value, tuple) else (stated.value,)
        for number in several:
            if isinstance(number, float) and not math.isfinite(number):
                yield Fault(f"{path}.value", f"{number}", "a number that can be counted with")


def _dosing(protocol: Protocol) -> Iterator[Fault]:
    if wanted := unit_wanted(protocol.dosing.unit):
        yield Fault("$.dosing.unit", shown(protocol.dosing.unit), wanted)
    low, high = protocol.dosing.weight_kg.value
    if low >= high:
        yield Fault("$.dosing.weight_kg", f"{low:g} to {high:g}", "a lower and a higher weight")


def _infusions(protocol: Protocol) -> Iterator[Fault]:
    days = protocol.infusions.days.value
    path = "$.infusions.days"
    if len(days) != protocol.infusions.count.value:
        wanted = f"{protocol.infusions.count.value} days, one for each infusion"
        yield Fault(path, f"{len(days)} days", wanted)
    if any(later <= earlier for earlier, later in pairwise(days)):
        yield Fault(path, f"days {list(days)}", "days in ascending order")
    if days and days[0] != 0:
        yield Fault(path, f"first day {days[0]}", "day 0 for the first infusion")
    least, gaps = protocol.infusions.minimum_interval_days.value, [b - a for a, b in pairwise(days)]
    if gaps and 0 < min(gaps) < least:
        wanted = f"at most the {min(gaps)} days between planned infusions"
        yield Fault("$.infusions.minimum_interval_days", f"{least} days", wanted)


def _escalation(protocol: Protocol) -> Iterator[Fault]:
    stated = protocol.escalation.method.value
    if method_name(stated) not in METHOD_NAMES:
        wanted = nearest(stated, METHOD_NAMES, "a known method")
        yield Fault("$.escalation.method", shown(stated), wanted)


def _durations(protocol: Protocol) -> Iterator[Fault]:
    for path, text in (
        ("$.dlt.window", protocol.dlt.window.value),
        ("$.gate.stagger", protocol.gate.stagger.value),
        ("$.follow_up", protocol.follow_up.value),
    ):
        if read_length(text) is None:
            yield Fault(path, repr(text), LONGEST_WORDS)


def _window(protocol: Protocol) -> Iterator[Fault]:
    """Refuse a window that leaves the later infusions unwatched."""
    text = protocol.dlt.window.value
    window, last = read_length(text), max(protocol.infusions.days.value, default=0)
    if window is not None and least_days(window) < last:
        ends = "may end" if window.months else "ends"
        what = f"{text} {ends} on day {least_days(window)}, before the infusion of day {last}"
        yield Fault("$.dlt.window", what, f"at least P{last}D")


def _confirmations(protocol: Protocol, on: date | None) -> Iterator[Fault]:
    for path, stated in stated_values(protocol, "$"):
        if stated.confirmed is not None:
            wanted = confirmation_wanted(stated.confirmed, on)
            if wanted is not None:
                yield Fault(f"{path}.confirmed", shown(stated.confirmed), wanted)


def _visits(protocol: Protocol) -> Iterator[Fault]:
    yield from _unique([visit.name for visit in protocol.visits], "$.visits", "name")
    for i, visit in enumerate(protocol.visits):
        for k, measure in enumerate(visit.assessments):
            if not lexicon().knows(measure):
                path = f"$.visits[{i}].assessments[{k}]"
                yield Fault(path, repr(measure), nearest(measure, _measure_names()))


def _endpoints(protocol: Protocol) -> Iterator[Fault]:
    yield from _unique([endpoint.id for endpoint in protocol.endpoints], "$.endpoints", "id")
    visits = {visit.name: visit for visit in protocol.visits}
    for i, endpoint in enumerate(protocol.endpoints):
        path = f"$.endpoints[{i}]"
        if endpoint.measure in SPECIAL_MEASURES:
            continue
        if not lexicon().knows(endpoint.measure):
            names = (*SPECIAL_MEASURES, *_measure_names())
            wanted = nearest(endpoint.measure, names)
            yield Fault(f"{path}.measure", repr(endpoint.measure), wanted)
        elif endpoint.visit is not None and endpoint.visit not in visits:
            wanted = f"one of the visits {', '.join(visits)}"
            yield Fault(f"{path}.visit", repr(endpoint.visit), wanted)
        elif endpoint.visit and endpoint.measure not in visits[endpoint.visit].assessments:
            what = f"{endpoint.measure} is not assessed at {endpoint.visit}"
            yield Fault(f"{path}.visit", what, "a visit that assesses the measure")


def _criteria(protocol: Protocol) -> Iterator[Fault]:
    yield from _unique([entry.id for entry in protocol.criteria], "$.criteria", "id")
    for i, entry in enumerate(protocol.criteria):
        yield from entry_faults(entry, f"$.criteria[{i}]")


_RULES: tuple[Callable[[Protocol], Iterator[Fault]], ...] = (
    _numbers, _levels, _dosing, _infusions, _cohorts, _escalation, _durations, _window, _visits,
    _endpoints, _criteria,
)  # fmt: skip


def _unique(names: Sequence[str], path: str, key: str) -> Iterator[Fault]:
    for i, name in enumerate(names):
        if name in names[:i]:
            yield Fault(f"{path}[{i}].{key}", f"{name!r} a second time", f"each {key} once")


def _measure_names() -> tuple[str, ...]:
    return (*lexicon().measures, *lexicon().scales)
