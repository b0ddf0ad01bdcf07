"""Adverse events and deviations, counted from the trial's state."""

from collections.abc import Iterable

from trialwright.analysis.adverse_events import is_related, latest_reports
from trialwright.conduct.events import AdverseEventReported
from trialwright.conduct.model import TrialState
from trialwright.interfaces.web.blocks import Badge, Block, Cell, Entries, Entry, Note, Table
from trialwright.results.words import plural, sentence

GRADES = {
    1: "Grade 1, mild",
    2: "Grade 2, moderate",
    3: "Grade 3, severe",
    4: "Grade 4, life-threatening",
    5: "Grade 5, fatal",
}


def reported(state: TrialState) -> tuple[AdverseEventReported, ...]:
    """Return the last report of every adverse event, in order of enrolment."""
    return tuple(event for s in state.subjects.values() for event in latest_reports(s))


def adverse_events(state: TrialState) -> tuple[Block, ...]:
    """Return counts by grade, then by term."""
    events = reported(state)
    if not events:
        return (Note("No adverse event is reported."),)
    by_grade = tuple(
        _counted(name, tuple(e for e in events if e.grade == grade))
        for grade, name in GRADES.items()
    )
    terms = sorted({event.term for event in events}, key=str.casefold)
    by_term = tuple(_counted(term, tuple(e for e in events if e.term == term)) for term in terms)
    note = "Related: possibly, probably or definitely, as the investigator judged."
    return (
        Table("By grade", _head("Grade"), (*by_grade, _counted("All", events)), note),
        Table("By term, as reported", _head("Term"), by_term),
    )


def deviations(state: TrialState) -> tuple[Block, ...]:
    """Return every deviation, in order of enrolment."""
    entries = tuple(
        Entry(
            sentence(deviation.what),
            (Badge("Affects evaluability", "wait"),) if deviation.affects_evaluability else (),
            (f"Subject {deviation.subject}",),
        )
        for subject in state.subjects.values()
        for deviation in subject.deviations
    )
    return (Entries(entries, compact=True),) if entries else (Note("None was opened."),)


def summary(state: TrialState) -> str:
    """Say in a few words what was reported."""
    events = reported(state)
    serious = sum(event.serious for event in events)
    return f"{plural(len(events), 'adverse event')}, {serious} serious"


def _head(first: str) -> tuple[Cell, ...]:
    counted = ("Events", "People", "Serious", "Related")
    return (Cell(first), *(Cell(name, number=True) for name in counted))


def _counted(name: str, events: Iterable[AdverseEventReported]) -> tuple[Cell, ...]:
    listed = tuple(events)
    numbers = (
        len(listed),
        len({event.subject for event in listed}),
        sum(event.serious for event in listed),
        sum(is_related(event) for event in listed),
    )
    return (Cell(name), *(Cell(str(number), number=True) for number in numbers))
