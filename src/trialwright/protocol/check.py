"""What a protocol's values must satisfy together, and which of its assumptions are still open."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.protocol.criteria.codec import decode
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.nodes import Compare, Has, Node, Ordinal
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.model import Protocol, Stated

SPECIAL_MEASURES = ("dlt", "adverse_events")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at which key (a path such as `$.cohorts[0].size`), and what was wanted."""

    path: str
    what: str
    wanted: str


@dataclass(frozen=True, slots=True)
class OpenAssumption:
    """An assumption that nobody confirmed yet."""

    path: str
    value: object
    reason: str


def faults(protocol: Protocol) -> tuple[Fault, ...]:
    """Return everything that contradicts itself in a protocol, in the order of its keys."""
    return tuple(fault for rule in _RULES for fault in rule(protocol))


def open_assumptions(protocol: Protocol) -> tuple[OpenAssumption, ...]:
    """Return the assumptions that are still open, in the order of the file."""
    return tuple(_open(protocol, "$"))


def _open(value: object, path: str) -> Iterator[OpenAssumption]:
    if isinstance(value, Stated):
        if value.is_open:
            yield OpenAssumption(path, value.value, value.reason or "")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _open(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, tuple):
        for i, inside in enumerate(value):
            yield from _open(inside, f"{path}[{i}]")


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


def _dosing(protocol: Protocol) -> Iterator[Fault]:
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


def _window(protocol: Protocol) -> Iterator[Fault]:
    for path, text in (
        ("$.dlt.window", protocol.dlt.window.value),
        ("$.gate.stagger", protocol.gate.stagger.value),
        ("$.follow_up", protocol.follow_up.value),
    ):
        try:
            Duration.parse(text)
        except InputError:
            yield Fault(path, repr(text), "an ISO 8601 duration such as P28D or P12M")


def _visits(protocol: Protocol) -> Iterator[Fault]:
    yield from _unique([visit.name for visit in protocol.visits], "$.visits", "name")
    for i, visit in enumerate(protocol.visits):
        for k, measure in enumerate(visit.assessments):
            if not lexicon().knows(measure):
                path = f"$.visits[{i}].assessments[{k}]"
                yield Fault(path, repr(measure), _nearest(measure, _measure_names()))


def _endpoints(protocol: Protocol) -> Iterator[Fault]:
    yield from _unique([endpoint.id for endpoint in protocol.endpoints], "$.endpoints", "id")
    visits = {visit.name: visit for visit in protocol.visits}
    for i, endpoint in enumerate(protocol.endpoints):
        path = f"$.endpoints[{i}]"
        if endpoint.measure in SPECIAL_MEASURES:
            continue
        if not lexicon().knows(endpoint.measure):
            names = (*SPECIAL_MEASURES, *_measure_names())
            wanted = _nearest(endpoint.measure, names)
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
        path = f"$.criteria[{i}]"
        if entry.id[0].lower() != entry.section[0]:
            yield Fault(f"{path}.id", entry.id, f"{entry.section[0].upper()} and a number")
        try:
            node = decode(entry.expr, f"{path}.expr")
        except InputError as error:
            yield Fault(error.where, error.what, error.wanted)
        else:
            yield from _names(node, f"{path}.expr")


def _names(node: Node, path: str) -> Iterator[Fault]:
    """Refuse measures, scales and concepts that no lexicon knows: they could never be screened."""
    for part in walk(node):
        match part:
            case Compare(measure=measure) if measure not in lexicon().measures:
                yield Fault(path, f"measure {measure!r}", _nearest(measure, _measure_names()))
            case Ordinal(scale=scale) if scale not in lexicon().scales:
                yield Fault(path, f"scale {scale!r}", _nearest(scale, lexicon().scales))
            case Ordinal(scale=scale, classes=classes):
                known = lexicon().scales[scale].classes
                if not set(classes) <= set(known):
                    yield Fault(
                        path, f"classes {', '.join(classes)}", f"some of {', '.join(known)}"
                    )
            case Has(concept=str(concept)) if concept not in concepts().concepts:
                yield Fault(path, f"concept {concept!r}", _nearest(concept, concepts().concepts))
            case _:
                pass


_RULES: tuple[Callable[[Protocol], Iterator[Fault]], ...] = (
    _levels, _dosing, _infusions, _cohorts, _window, _visits, _endpoints, _criteria,
)  # fmt: skip


def _unique(names: Sequence[str], path: str, key: str) -> Iterator[Fault]:
    for i, name in enumerate(names):
        if name in names[:i]:
            yield Fault(f"{path}[{i}].{key}", f"{name!r} a second time", f"each {key} once")


def _measure_names() -> tuple[str, ...]:
    return (*lexicon().measures, *lexicon().scales)


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"a known name (nearest: {close[0]})" if close else "a known name"
