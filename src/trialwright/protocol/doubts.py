"""What in a protocol can be right but seldom is: listed for a person, never refused."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from trialwright.protocol.fault import Doubt
from trialwright.protocol.lengths import least_days, read_length
from trialwright.protocol.model import Protocol

WIDEST_STEP = 10  # times the dose below; first trials in humans seldom step by more than 3


def doubts(protocol: Protocol) -> tuple[Doubt, ...]:
    """Return what a person should look at in a protocol that holds together."""
    return tuple(doubt for rule in _RULES for doubt in rule(protocol))


def _enrolment(protocol: Protocol) -> Iterator[Doubt]:
    most, sizes = protocol.enrolment_maximum.value, protocol.schedule
    if sum(sizes) < most:
        added = f"{' + '.join(map(str, sizes))} = {sum(sizes)}"
        text = f"the cohorts hold {added} patients, fewer than the enrolment of {most}"
        yield Doubt("$.enrolment_maximum", text)


def _steps(protocol: Protocol) -> Iterator[Doubt]:
    for i, (low, high) in enumerate(pairwise(protocol.dose_levels), 1):
        times = protocol.amount(high.level) / protocol.amount(low.level)
        if times > WIDEST_STEP:
            text = f"{high.amount.value:g} is {times:.3g} times the dose of level {low.level}"
            yield Doubt(f"$.dose_levels[{i}].amount", text)


def _stagger(protocol: Protocol) -> Iterator[Doubt]:
    stagger = read_length(protocol.gate.stagger.value)
    if stagger is not None and least_days(stagger) == 0:
        text = "no time between the first and the second patient of a cohort"
        yield Doubt("$.gate.stagger", text)


def _follow_up(protocol: Protocol) -> Iterator[Doubt]:
    text = protocol.follow_up.value
    length = read_length(text)
    last = max(protocol.visits, key=lambda visit: visit.day.value)
    if length is not None and least_days(length) < last.day.value:
        visit = f"the visit {last.name!r} on day {last.day.value}"
        yield Doubt("$.follow_up", f"{text} ends before {visit}")


def _baseline(protocol: Protocol) -> Iterator[Doubt]:
    first = min(visit.day.value for visit in protocol.visits)
    if first > 0:
        text = f"the first visit is on day {first}: there is no baseline on or before day 0"
        yield Doubt("$.visits", text)


_RULES: tuple[Callable[[Protocol], Iterator[Doubt]], ...] = (
    _enrolment, _steps, _stagger, _follow_up, _baseline,
)  # fmt: skip
