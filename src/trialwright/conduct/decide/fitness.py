"""Whether somebody may be dosed today at all, whatever the dose and the lot."""

from datetime import date

from trialwright.conduct import gate
from trialwright.conduct.lifetime import died_on
from trialwright.conduct.model import Subject, TrialState
from trialwright.conduct.rules import not_stopped, require, subject_in_trial
from trialwright.conduct.rulings import unruled
from trialwright.core.errors import Refused

_MISSED = "the infusion recorded as missed"


def may_dose(state: TrialState, subject: str, on: date) -> None:
    """Raise Refused where the trial, the subject's own safety or the design bars a dose."""
    not_stopped(state)
    person = subject_in_trial(state, subject)
    died = died_on(person)
    require(
        died is None, "death", f"{subject} died on {died}", f"{_MISSED}: nobody is dosed after it",
    )  # fmt: skip
    if state.protocol.infusions.stop_after_dlt.value:
        _own_safety(state, person)
    barred = gate.halt_at(state, person.enrolled.level, on)
    if barred is not None:
        raise Refused(barred.rule, barred.text, f"{_MISSED}, or a ruling that changes an outcome")


def _own_safety(state: TrialState, person: Subject) -> None:
    require(
        not person.has_dlt, "own DLT",
        f"{person.number} had a dose-limiting toxicity", f"{_MISSED}: nobody is dosed after it",
    )  # fmt: skip
    events = ", ".join(event.event_id for event in unruled(state.protocol, person))
    require(
        not events, "adjudication",
        f"adverse event {events} of {person.number} is not adjudicated yet",
        "the safety board's ruling",
    )  # fmt: skip
