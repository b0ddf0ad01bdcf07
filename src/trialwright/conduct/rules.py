"""Small rules that many decisions share; each raises Refused with what would lift it."""

from datetime import date, datetime, timedelta

from trialwright.conduct.model import Lot, Subject, TrialState
from trialwright.conduct.signature import Signed
from trialwright.core.errors import InputError, Refused

# The server counts in UTC; the earliest time zone on earth is 14 hours ahead of it, so a day that
# has begun nowhere yet is in the future for everybody.
_EARLIEST_ZONE = timedelta(hours=14)
_LATEST_ZONE = timedelta(hours=12)  # the other way round: 12 hours behind, yesterday may still run


def require(holds: bool, rule: str, why: str, needs: str) -> None:
    """Raise Refused unless the condition holds."""
    if not holds:
        raise Refused(rule, why, needs)


def happened(day: date, signed: Signed, what: str) -> None:
    """Refuse a day that is still to come."""
    today = (signed.at + _EARLIEST_ZONE).date()
    require(day <= today, "date", f"{what} on {day} is still to come", f"a day up to {today}")


def first_day(at: datetime) -> date:
    """Return the earliest day that a moment of the server's clock is, anywhere on earth."""
    return (at - _LATEST_ZONE).date()


def since_opening(state: TrialState, day: date, what: str) -> None:
    """Refuse a day before the trial opened."""
    first = first_day(state.opened)
    require(day >= first, "date", f"{what} on {day} is before the trial", f"a day from {first}")


def first_consent(state: TrialState, screening_no: str) -> date | None:
    """Return the day of a person's first consent; a later one to a new version changes nothing."""
    signed = state.consents.get(screening_no, ())
    return min((consent.signed_on for consent in signed), default=None)


def consented_by(state: TrialState, subject: Subject, day: date, rule: str, what: str) -> None:
    """Refuse what would have happened to a person before their first consent."""
    first = first_consent(state, subject.enrolled.screening_no)
    require(
        first is not None and first <= day, rule,
        f"{what} on {day} is before the consent of {subject.number} on {first}",
        f"a day from {first}",
    )  # fmt: skip


def named(text: str, what: str) -> None:
    """Raise InputError for an empty or overlong name."""
    if not text.strip() or len(text) > 200:
        raise InputError(what, repr(text[:40]), "a name of 1 to 200 characters")


def not_ended(state: TrialState) -> None:
    """Refuse what needs a trial that is still open."""
    require(not state.ended, "end", "the trial has ended", "nothing: its data are closed")


def not_stopped(state: TrialState) -> None:
    """Refuse what a stopped trial no longer does."""
    not_ended(state)
    if state.stop is not None:
        by, on = ", ".join(state.stop.by), state.stop.at.date()
        why = f"{by} stopped the trial on {on} ({state.stop.why})"
        raise Refused("stop", why, "nothing: no one is enrolled or dosed any more")


def subject_of(state: TrialState, number: str) -> Subject:
    """Return an enrolled subject."""
    if number not in state.subjects:
        raise Refused("subject", f"nobody is enrolled as {number}", "an enrolled subject's number")
    return state.subjects[number]


def subject_in_trial(state: TrialState, number: str) -> Subject:
    """Return an enrolled subject who did not leave."""
    subject = subject_of(state, number)
    if subject.left is not None:
        left = subject.left
        why = f"{number} left the trial on {left.on} ({left.how})"
        raise Refused("subject", why, "a subject who is still in the trial")
    return subject


def lot_of(state: TrialState, name: str) -> Lot:
    """Return a received lot."""
    if name not in state.lots:
        raise Refused("lot", f"lot {name} was never received", "a lot in stock")
    return state.lots[name]
