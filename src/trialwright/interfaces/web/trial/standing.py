"""Where each person of the trial stands: infusions, toxicity window, outcome, follow-up."""

from datetime import date

from trialwright.conduct.clocks import DltClock, Watch, dlt_clock
from trialwright.conduct.model import Subject, TrialState
from trialwright.interfaces.web.blocks import Badge, Block, Cell, Note, Table, Tone
from trialwright.protocol.model import Protocol
from trialwright.results.words import dose

# A clock's status in words, with the letter of the outcome notation.
OUTCOMES: dict[Watch, tuple[str, str, Tone]] = {
    "not_started": ("P", "Waits for the first infusion", "wait"),
    "running": ("P", "In the toxicity window", "wait"),
    "adjudication": ("P", "Waits for adjudication", "wait"),
    "complete": ("N", "No dose-limiting toxicity", "good"),
    "dlt": ("T", "Dose-limiting toxicity", "stop"),
    "not_evaluable": ("–", "Not evaluable", "plain"),
}
LEFT = {
    "completed": "Completed follow-up",
    "withdrawn": "Withdrew",
    "lost_to_follow_up": "Lost to follow-up",
    "died": "Died",
}
_SUBJECTS = ("Subject", "Cohort and level", "Enrolled", "Infusions", "Toxicity", "Now")
_LEVELS = ("Level", "Amount per infusion", "Cohorts", "Enrolled", "Treated", "Evaluable", "DLTs")


def clocks(state: TrialState, on: date) -> dict[str, DltClock]:
    """Return every subject's toxicity clock on a day, in order of enrolment."""
    return {
        number: dlt_clock(state.protocol, subject, on) for number, subject in state.subjects.items()
    }


def levels(state: TrialState, on: date) -> tuple[Block, ...]:
    """Return a row for each dose level: the amount, who had it, what was seen."""
    rows = tuple(_level(state, on, planned.level) for planned in state.protocol.dose_levels)
    return (Table("Dose levels", _head(_LEVELS, numbers_from=3), rows),)


def subjects(state: TrialState, on: date) -> tuple[Block, ...]:
    """Return a row for each enrolled person."""
    if not state.subjects:
        return (Note("Nobody is enrolled yet."),)
    watched = clocks(state, on)
    rows = tuple(_subject(state.protocol, s, watched[s.number]) for s in state.subjects.values())
    note = f"As of {on}. N no dose-limiting toxicity, T toxicity, P pending."
    return (Table("Everyone enrolled", _head(_SUBJECTS, numbers_from=9), rows, note),)


def _head(names: tuple[str, ...], numbers_from: int) -> tuple[Cell, ...]:
    return tuple(Cell(name, number=at >= numbers_from) for at, name in enumerate(names))


def _level(state: TrialState, on: date, level: int) -> tuple[Cell, ...]:
    here = tuple(s for s in state.subjects.values() if s.enrolled.level == level)
    watched = tuple(dlt_clock(state.protocol, s, on) for s in here)
    cohorts = ", ".join(str(c.number) for c in state.cohorts if c.level == level)
    counts = (
        len(here),
        sum(bool(s.given) for s in here),
        sum(clock.evaluable for clock in watched),
        sum(clock.status == "dlt" for clock in watched),
    )
    return (
        Cell(f"Level {level}"),
        Cell(dose(state.protocol, level)),
        Cell(cohorts or "none opened"),
        *(Cell(str(number), number=True) for number in counts),
    )


def _subject(protocol: Protocol, subject: Subject, clock: DltClock) -> tuple[Cell, ...]:
    letter, words, tone = OUTCOMES[clock.status]
    enrolled = subject.enrolled
    return (
        Cell(subject.number),
        Cell(f"Cohort {enrolled.cohort}, level {enrolled.level}"),
        Cell(str(enrolled.enrolled_on)),
        Cell(_infusions(protocol, subject)),
        Cell(Badge(f"{letter}  {words}", tone), note=clock.why if clock.pending else ""),
        Cell(now(subject)),
    )


def _infusions(protocol: Protocol, subject: Subject) -> str:
    planned = protocol.infusions.count.value
    missed = sum(infusion.missed is not None for infusion in subject.infusions)
    text = f"{len(subject.given)} of {planned}"
    return f"{text}, {missed} missed" if missed else text


def now(subject: Subject) -> str:
    """Say where a subject is now."""
    if subject.left:
        return f"{LEFT[subject.left.how]} on {subject.left.on}"
    return "In follow-up" if subject.given else "Enrolled, not yet treated"
