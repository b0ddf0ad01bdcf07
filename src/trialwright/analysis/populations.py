"""Who is counted: screened, enrolled, treated, DLT-evaluable, with a reason for everyone left out.

Treated: given any amount. DLT-evaluable: treated, and evaluable by the same clock that the gate
reads (`conduct.clocks`): the window is complete or a DLT was adjudicated. Unknown is not no: an
event that was called dose-limiting and is not adjudicated yet keeps the person out, and says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.analysis.groups import Group, by_level_assigned, by_level_given
from trialwright.analysis.row import Population, Row
from trialwright.conduct.clocks import dlt_clock
from trialwright.conduct.model import Subject, TrialState
from trialwright.protocol.model import Protocol

METHOD = "Count of people in the journal"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A person who is not in a population, and why."""

    who: str  # subject number, or screening number of a person who was never enrolled
    population: Population
    why: str


@dataclass(frozen=True, slots=True)
class Populations:
    """The people of each population, and everyone who is left out of the next one."""

    screened: tuple[str, ...]  # screening numbers
    enrolled: tuple[Subject, ...]
    treated: tuple[Subject, ...]
    dlt_evaluable: tuple[Subject, ...]
    left_out: tuple[LeftOut, ...]


def populations(state: TrialState, as_of: date | None = None) -> Populations:
    """Sort everyone into populations as of a day (by default the last day that is on record)."""
    day = as_of or last_day(state)
    enrolled = tuple(state.subjects.values())
    treated = tuple(s for s in enrolled if s.given)
    whys = {s.number: not_evaluable(s, state.protocol, day) for s in treated}
    return Populations(
        screened=tuple(state.screened),
        enrolled=enrolled,
        treated=treated,
        dlt_evaluable=tuple(s for s in treated if whys[s.number] is None),
        left_out=(
            *_not_enrolled(state),
            *(LeftOut(s.number, "treated", _not_treated(s)) for s in enrolled if not s.given),
            *(LeftOut(who, "dlt_evaluable", why) for who, why in whys.items() if why),
        ),
    )


def last_day(state: TrialState) -> date | None:
    """Return the last day on which anything about a person is on record."""
    days = [day for s in state.subjects.values() for day in _days(s)]
    days += [screened.screened_on for screened in state.screened.values()]
    return max(days, default=None)


def _days(subject: Subject) -> Iterable[date]:
    yield subject.enrolled.enrolled_on
    yield from (given.started.date() for given in subject.given)
    yield from (i.missed.on for i in subject.infusions if i.missed)
    yield from (event.resolved or event.onset for event in subject.adverse_events)
    yield from (a.measured_on for a in subject.assessments)
    if subject.left:
        yield subject.left.on


def not_evaluable(subject: Subject, protocol: Protocol, day: date | None) -> str | None:
    """Return why a treated person does not count for dose-limiting toxicity, or None."""
    if day is None:
        return "no day is on record"
    clock = dlt_clock(protocol, subject, day)
    return None if clock.evaluable else clock.why


def _not_enrolled(state: TrialState) -> Iterable[LeftOut]:
    enrolled = {s.enrolled.screening_no for s in state.subjects.values()}
    for number, screened in state.screened.items():
        if number not in enrolled:
            yield LeftOut(number, "enrolled", _NOT_ENROLLED[screened.eligible])


_NOT_ENROLLED = {
    "yes": "eligible, not enrolled",
    "no": "not eligible",
    "undecided": "eligibility undecided",
}


def _not_treated(subject: Subject) -> str:
    missed = next((i.missed for i in subject.infusions if i.missed), None)
    if subject.left:
        return f"left before the first infusion ({subject.left.how.replace('_', ' ')})"
    return f"first infusion missed: {missed.why}" if missed else "no infusion given yet"


def population_rows(state: TrialState, people: Populations) -> tuple[Row, ...]:
    """Count each population by group, and everyone left out by reason."""
    protocol = state.protocol
    rows = [_count("screened", "pooled", len(people.screened))]
    rows += _counts("enrolled", by_level_assigned(protocol, people.enrolled))
    rows += _counts("treated", by_level_given(protocol, people.treated))
    rows += _counts("dlt_evaluable", by_level_given(protocol, people.dlt_evaluable))
    return (*rows, *_reasons(people.left_out))


def _counts(population: Population, groups: tuple[Group, ...]) -> list[Row]:
    return [_count(population, group.name, len(group.subjects)) for group in groups]


def _count(population: Population, group: str, n: int) -> Row:
    return Row(
        "populations", population, group, population, "subjects", value=n, n=n, method=METHOD
    )


def _reasons(left_out: tuple[LeftOut, ...]) -> Iterable[Row]:
    for population, why in dict.fromkeys((out.population, out.why) for out in left_out):
        who = [o.who for o in left_out if (o.population, o.why) == (population, why)]
        yield Row(
            "populations", population, "pooled", population, "left_out",
            value=len(who), n=len(who), category=why, method=METHOD, note=", ".join(who),
        )  # fmt: skip
