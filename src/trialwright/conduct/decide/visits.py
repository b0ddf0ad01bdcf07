"""Measures taken at visits, or known to be missing."""

from collections.abc import Iterator

from trialwright.conduct.clocks import visit_due
from trialwright.conduct.events import AnyEvent, AssessmentRecorded, DeviationOpened
from trialwright.conduct.lifetime import died_on
from trialwright.conduct.model import Subject, TrialState
from trialwright.conduct.reading import check_reading
from trialwright.conduct.rules import (
    consented_by,
    happened,
    not_ended,
    require,
    subject_of,
)
from trialwright.conduct.signature import Signed
from trialwright.core.errors import InputError
from trialwright.protocol.model import Visit


def assess(
    state: TrialState, signed: Signed, assessment: AssessmentRecorded
) -> tuple[AnyEvent, ...]:
    """Record a measure of a planned visit; outside the visit's window a deviation opens.

    A second record of the same measure and visit is a correction: the journal keeps both.
    """
    not_ended(state)
    person = subject_of(state, assessment.subject)
    visit = _planned(state, assessment)
    check_reading(assessment)
    _while_in_trial(state, person, visit, assessment, signed)
    return (assessment, *_off_schedule(state, person, visit, assessment))


def _planned(state: TrialState, assessment: AssessmentRecorded) -> Visit:
    visits = {v.name: v for v in state.protocol.visits}
    visit = visits.get(assessment.visit)
    if visit is None:
        raise InputError("visit", repr(assessment.visit), "one of " + ", ".join(visits))
    if assessment.measure not in visit.assessments:
        wanted = "one of " + ", ".join(visit.assessments)
        raise InputError(f"visit {visit.name}, measure", repr(assessment.measure), wanted)
    return visit


def _while_in_trial(
    state: TrialState,
    person: Subject,
    visit: Visit,
    assessment: AssessmentRecorded,
    signed: Signed,
) -> None:
    day, died = assessment.measured_on, died_on(person)
    happened(day, signed, f"{assessment.visit} of {person.number}")
    consented_by(state, person, day, "visit", assessment.visit)
    require(
        died is None or day <= died, "death",
        f"{person.number} had died by {day}", f"a day up to {died}",
    )  # fmt: skip
    left = person.left
    require(
        left is None or day <= left.on, "visit",
        f"{person.number} had left the trial by {day}", f"a day up to {left.on if left else day}",
    )  # fmt: skip
    require(
        visit.day.value <= 0 or person.first_infusion is not None, "visit",
        f"{visit.name} counts from an infusion, {person.number} had none", "a first infusion",
    )  # fmt: skip


def _off_schedule(
    state: TrialState, person: Subject, visit: Visit, assessment: AssessmentRecorded
) -> Iterator[DeviationOpened]:
    due = visit_due(state.protocol, person, visit.name)
    if due is None or assessment.value is None or visit.day.value <= 0:
        return
    if not due.first <= assessment.measured_on <= due.last:
        text = (
            f"visit {visit.name}: {assessment.measure} on {assessment.measured_on}; "
            f"its window was {due.first} to {due.last}"
        )
        yield DeviationOpened(person.number, text, affects_evaluability=False)
