"""Screening, consent, enrolment and end of study."""

from datetime import date
from typing import Literal

from trialwright.conduct import gate, lifetime
from trialwright.conduct.clocks import stagger_ends, visit_due
from trialwright.conduct.events import (
    ConsentSigned,
    PatientEnrolled,
    PatientLeft,
    PatientScreened,
)
from trialwright.conduct.model import Subject, TrialState
from trialwright.conduct.rules import (
    first_consent,
    first_day,
    happened,
    named,
    not_ended,
    not_stopped,
    require,
    since_opening,
    subject_in_trial,
)
from trialwright.conduct.signature import Signed
from trialwright.conduct.verdict import check_verdict
from trialwright.core.errors import Refused


def screen(state: TrialState, signed: Signed, screened: PatientScreened) -> tuple[PatientScreened]:
    """Record a person's verdict, pinned to the protocol version that it was computed for.

    The overall answer is the one that follows from the criteria's verdicts. Whoever was undecided
    may be screened again under the same number; then the later screening counts.
    """
    not_stopped(state)
    number = screened.screening_no
    named(number, "screening number")
    happened(screened.screened_on, signed, f"the screening of {number}")
    since_opening(state, screened.screened_on, f"the screening of {number}")
    _not_settled(state, screened)
    version = state.protocol.version
    require(
        screened.protocol_version == version, "screening",
        f"screened against version {screened.protocol_version}", f"the version in force, {version}",
    )  # fmt: skip
    check_verdict(state.protocol, screened)
    return (screened,)


def _not_settled(state: TrialState, screened: PatientScreened) -> None:
    number = screened.screening_no
    before = state.screened.get(number)
    if before is None:
        return
    require(
        before.eligible == "undecided", "screening",
        f"{number} was already screened", "a new screening number",
    )  # fmt: skip
    require(
        screened.screened_on >= before.screened_on, "screening",
        f"{number} was screened on {before.screened_on}, later than {screened.screened_on}",
        f"a day from {before.screened_on}",
    )  # fmt: skip


def consent(
    state: TrialState, signed: Signed, screening_no: str, version: str, signed_on: date
) -> tuple[ConsentSigned]:
    """Record a signed consent."""
    not_stopped(state)
    named(version, "consent version")
    happened(signed_on, signed, f"the consent of {screening_no}")
    since_opening(state, signed_on, f"the consent of {screening_no}")
    _screened(state, screening_no)
    return (ConsentSigned(screening_no, version, signed_on),)


def enrol(
    state: TrialState, signed: Signed, subject: str, screening_no: str, enrolled_on: date
) -> tuple[PatientEnrolled]:
    """Enrol a person into the open cohort at its level; Refused while anything is in the way."""
    named(subject, "subject number")
    happened(enrolled_on, signed, f"the enrolment of {screening_no}")
    _fit_to_enrol(state, subject, screening_no, enrolled_on)
    may_enrol(state, enrolled_on)
    cohort = state.cohorts[-1]
    opened = first_day(cohort.opened)
    require(
        enrolled_on >= opened, "cohort",
        f"cohort {cohort.number} was not open on {enrolled_on}", f"a day from {opened}",
    )  # fmt: skip
    return (PatientEnrolled(subject, screening_no, cohort.number, cohort.level, enrolled_on),)


def _fit_to_enrol(state: TrialState, subject: str, screening_no: str, on: date) -> None:
    screened = _screened(state, screening_no)
    require(
        screened.eligible == "yes", "eligibility",
        f"{screening_no} is {_ELIGIBLE[screened.eligible]}", "a screening that says yes",
    )  # fmt: skip
    consented = first_consent(state, screening_no)
    require(
        consented is not None and consented <= on, "consent",
        f"{screening_no} had not consented on {on}", "a signed consent",
    )  # fmt: skip
    require(
        screened.screened_on <= on, "eligibility",
        f"{screening_no} was screened on {screened.screened_on}", "a screening before enrolment",
    )  # fmt: skip
    taken = {s.enrolled.screening_no: s.number for s in state.subjects.values()}
    require(
        screening_no not in taken, "enrolment",
        f"{screening_no} is already enrolled as {taken.get(screening_no)}", "another person",
    )  # fmt: skip
    require(
        subject not in state.subjects, "enrolment",
        f"subject number {subject} is taken", "a new subject number",
    )  # fmt: skip


_ELIGIBLE = {"yes": "eligible", "no": "not eligible", "undecided": "undecided: unknown is not yes"}


def _screened(state: TrialState, screening_no: str) -> PatientScreened:
    if screening_no not in state.screened:
        raise Refused("screening", f"{screening_no} was never screened", "a screened person")
    return state.screened[screening_no]


def may_enrol(state: TrialState, on: date) -> None:
    """Raise Refused unless the open cohort takes one more person on this day."""
    not_stopped(state)
    cohort = state.cohorts[-1]
    members = gate.cohort_of(state, cohort.number)
    require(
        not gate.is_decided(state, cohort.number), "gate", "no cohort is open",
        "a signed board decision that opens one",
    )  # fmt: skip
    require(
        len(members) < cohort.size, "cohort",
        f"cohort {cohort.number} is full ({cohort.size})",
        "a signed board decision that opens the next",
    )  # fmt: skip
    most = state.protocol.enrolment_maximum.value
    require(
        len(state.subjects) < most, "enrolment", f"{most} people are enrolled",
        "an amendment of the enrolment maximum",
    )  # fmt: skip
    _design_goes_on(state, cohort.level, on)
    _stagger(state, members, on)


def _design_goes_on(state: TrialState, level: int, on: date) -> None:
    halted = gate.halt_at(state, level, on)
    if halted is not None:
        raise Refused(
            halted.rule, halted.text,
            "a gate on the people who are in, or a ruling that changes an outcome",
        )  # fmt: skip


def _stagger(state: TrialState, members: tuple[Subject, ...], on: date) -> None:
    """The cohort's first dosed subject is watched alone for a while."""
    first = next((s for s in members if s.given or s.left is None), None)
    if first is None:
        return
    ends, stagger = stagger_ends(state.protocol, first), state.protocol.gate.stagger.value
    require(
        ends is not None and ends <= on, "stagger",
        f"{first.number} is the first of the cohort and is watched alone",
        f"a day from {ends} for the next to be enrolled and dosed" if ends
        else f"the first infusion of {first.number}, and {stagger} after it",
    )  # fmt: skip


def leave(
    state: TrialState,
    signed: Signed,
    subject: str,
    on: date,
    how: Literal["completed", "withdrawn", "lost_to_follow_up", "died"],
    why: str,
) -> tuple[PatientLeft]:
    """Record that a person left; "completed" only once the last visit's window has begun."""
    not_ended(state)
    happened(on, signed, f"the end of study of {subject}")
    person = subject_in_trial(state, subject)
    what, last = lifetime.last_known(person)
    require(
        on >= last, "end of study",
        f"{on} is before {what} of {subject} on {last}", f"a day from {last}",
    )  # fmt: skip
    if how == "completed":
        _followed_up(state, person, on)
    fatal = any(e.outcome == "fatal" for e in person.adverse_events)
    require(
        fatal == (how == "died"), "death",
        f"{subject} {'has' if fatal else 'has no'} fatal adverse event on record",
        "an adverse event of grade 5 exactly where the person died",
    )  # fmt: skip
    return (PatientLeft(subject, on, how, why),)


def _followed_up(state: TrialState, person: Subject, on: date) -> None:
    last = max(state.protocol.visits, key=lambda v: v.day.value)
    due = visit_due(state.protocol, person, last.name)
    require(
        due is not None and due.first <= on, "end of study",
        f"the visit {last.name} of {person.number} is still to come",
        f"a day from {due.first}" if due else "an infusion",
    )  # fmt: skip
