"""Adverse events: people and events, by term, grade and relatedness, serious ones, deaths.

An event counts from the first infusion on (treatment-emergent, ICH E9); what began before is
counted apart and never dropped. A person counts once per line: in a table by grade at the worst
grade, in a table by relatedness at the strongest. A later report of the same event replaces the
earlier one. Terms are the reported ones; no coding dictionary is applied.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace as _replace

from trialwright.analysis.groups import Group, by_level_given
from trialwright.analysis.proportions import Share, share_rows
from trialwright.analysis.row import Row
from trialwright.conduct.events import AdverseEventReported
from trialwright.conduct.model import Subject
from trialwright.protocol.model import Protocol

ANALYSIS = "safety.adverse_events"
ANY = "any adverse event"  # the variable of rows over all terms
RELATEDNESS = ("not_related", "unlikely", "possible", "probable", "definite")
RELATED = ("possible", "probable", "definite")
EVENTS = "Events from the first infusion on"
PEOPLE = "People with at least one event from the first infusion on"
WORST = "People once each, at the worst grade"
STRONGEST = "People once each, at the strongest relatedness"

Test = Callable[[AdverseEventReported], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: what it is about, and which events belong to it."""

    variable: str  # ANY, or the term
    category: str | None
    belongs: Test


@dataclass(frozen=True, slots=True)
class Watched:
    """A treated person with their events from the first infusion on."""

    subject: Subject
    events: tuple[AdverseEventReported, ...]


def latest_reports(subject: Subject) -> tuple[AdverseEventReported, ...]:
    """Return each event once, as last reported."""
    return tuple({event.event_id: event for event in subject.adverse_events}.values())


def emergent(subject: Subject) -> tuple[AdverseEventReported, ...]:
    """Return the events that began on or after the day of the first infusion."""
    first = subject.first_infusion
    return tuple(e for e in latest_reports(subject) if first is not None and e.onset >= first)


def before_treatment(subject: Subject) -> tuple[AdverseEventReported, ...]:
    """Return the events that began before the first infusion, or without one."""
    first = subject.first_infusion
    return tuple(e for e in latest_reports(subject) if first is None or e.onset < first)


def died(subject: Subject) -> bool:
    """Say whether the person died: by leaving the trial so, or by a fatal event."""
    fatal = any(is_fatal(event) for event in latest_reports(subject))
    return fatal or (subject.left is not None and subject.left.how == "died")


def is_fatal(event: AdverseEventReported) -> bool:
    """Say whether an event was fatal."""
    return event.grade == 5 or event.outcome == "fatal"


def is_related(event: AdverseEventReported) -> bool:
    """Say whether the investigator holds a causal relation possible or stronger."""
    return event.relatedness in RELATED


def term_of(event: AdverseEventReported) -> str:
    """Return the reported term without differences of case and spacing."""
    return " ".join(event.term.split()).casefold()


def term_names(subjects: Iterable[Subject]) -> dict[str, str]:
    """Map each term to the spelling that was reported first."""
    names: dict[str, str] = {}
    for subject in subjects:
        for event in latest_reports(subject):
            names.setdefault(term_of(event), " ".join(event.term.split()))
    return names


def adverse_event_rows(protocol: Protocol, enrolled: Sequence[Subject]) -> tuple[Row, ...]:
    """Return all rows on adverse events, by level given and pooled."""
    treated = [s for s in enrolled if s.given]
    groups = by_level_given(protocol, treated)
    lines = _lines(treated)
    rows: list[Row] = []
    for group in groups:
        people = [Watched(subject, emergent(subject)) for subject in group.subjects]
        rows += [row for line in OVERVIEW for row in _overview(group, line, people)]
        rows += _deaths(group)
        rows += [row for line in lines for row in _people_and_events(group, line, people)]
        for variable in (ANY, *term_names(treated)):
            rows += _by_grade(group, variable, people)
            rows += _by_relatedness(group, variable, people)
    rows += _before(enrolled)
    return tuple(_spelt(row, term_names(treated)) for row in rows)


def _of(variable: str) -> Test:
    return lambda event: variable in (ANY, term_of(event))


OVERVIEW = (
    Line(ANY, "any", lambda event: True),
    Line(ANY, "related", is_related),
    Line(ANY, "serious", lambda event: event.serious),
    Line(ANY, "serious and related", lambda event: event.serious and is_related(event)),
    Line(ANY, "grade 3 or higher", lambda event: event.grade >= 3),
    Line(ANY, "not serious", lambda event: not event.serious),
)


def _lines(treated: Sequence[Subject]) -> tuple[Line, ...]:
    seen = {term_of(event) for s in treated for event in emergent(s)}
    terms = [term for term in term_names(treated) if term in seen]
    return tuple(
        Line(term, category, _both(_of(term), test))
        for term in terms
        for category, test in (
            ("any", lambda event: True),
            ("serious", lambda event: event.serious),
            ("not serious", lambda event: not event.serious),
            ("related", is_related),
        )
    )


def _both(first: Test, second: Test) -> Test:
    return lambda event: first(event) and second(event)


def _overview(group: Group, line: Line, people: Sequence[Watched]) -> Iterable[Row]:
    affected = sum(any(map(line.belongs, person.events)) for person in people)
    share = Share(ANALYSIS, "treated", group.name, line.variable, affected, len(people))
    for row in share_rows(share):
        yield _with(row, category=line.category)
    yield _events(group, line, people)


def _deaths(group: Group) -> Iterable[Row]:
    count = sum(died(subject) for subject in group.subjects)
    share = Share(ANALYSIS, "treated", group.name, ANY, count, len(group.subjects))
    return (_with(row, category="death") for row in share_rows(share))


def _people_and_events(group: Group, line: Line, people: Sequence[Watched]) -> Iterable[Row]:
    affected = sum(any(map(line.belongs, person.events)) for person in people)
    yield _row(group, line.variable, "subjects", affected, len(people), line.category, PEOPLE)
    yield _events(group, line, people)


def _events(group: Group, line: Line, people: Sequence[Watched]) -> Row:
    count = sum(line.belongs(event) for person in people for event in person.events)
    return _row(group, line.variable, "events", count, len(people), line.category, EVENTS)


def _by_grade(group: Group, variable: str, people: Sequence[Watched]) -> Iterable[Row]:
    belongs, n = _of(variable), len(people)
    kept = [[e for e in person.events if belongs(e)] for person in people]
    worst = [max((event.grade for event in events), default=0) for events in kept]
    for grade in range(1, 6):
        category = f"grade {grade}"
        events = sum(event.grade == grade for own in kept for event in own)
        yield _row(group, variable, "subjects", worst.count(grade), n, category, WORST)
        yield _row(group, variable, "events", events, n, category, EVENTS)


def _by_relatedness(group: Group, variable: str, people: Sequence[Watched]) -> Iterable[Row]:
    belongs, n = _of(variable), len(people)
    kept = [[RELATEDNESS.index(e.relatedness) for e in p.events if belongs(e)] for p in people]
    strongest = [max(own, default=-1) for own in kept]
    for rank, name in enumerate(RELATEDNESS):
        category = f"relatedness {name.replace('_', ' ')}"
        events = sum(found == rank for own in kept for found in own)
        yield _row(group, variable, "subjects", strongest.count(rank), n, category, STRONGEST)
        yield _row(group, variable, "events", events, n, category, EVENTS)


def _before(enrolled: Sequence[Subject]) -> Iterable[Row]:
    events = [(s.number, event) for s in enrolled for event in before_treatment(s)]
    if not events:
        return
    who = sorted({number for number, _ in events})
    note = "before the first infusion: " + ", ".join(who)
    for statistic, value in (("subjects", len(who)), ("events", len(events))):
        yield Row(
            ANALYSIS, "enrolled", "pooled", ANY, statistic, value, n=len(enrolled),
            category="before the first infusion", method="Count", note=note,
        )  # fmt: skip


def _row(
    group: Group, variable: str, statistic: str, value: int, n: int, category: str | None,
    method: str,
) -> Row:  # fmt: skip
    return Row(
        ANALYSIS, "treated", group.name, variable, statistic, value, n=n, category=category,
        method=method, note=None if n else "nobody in this group",
    )  # fmt: skip


def _with(row: Row, **changes: Any) -> Row:
    return _replace(row, **changes)


def _spelt(row: Row, names: dict[str, str]) -> Row:
    return _replace(row, variable=names.get(row.variable, row.variable))
