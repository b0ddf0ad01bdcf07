"""A dose that was given in time and entered later: what did happen can be recorded."""

from collections.abc import Iterator
from datetime import datetime

from trialwright.conduct.lifetime import died_on
from trialwright.conduct.model import Subject, TrialState


def came_between(state: TrialState, person: Subject, started: datetime) -> str | None:
    """Return what came between a dose and its record, and would bar the dose now.

    None where nothing did, and where something bars the dose on its own day, too.
    """
    bars = list(_bars(state, person, started))
    if any(before for _, before in bars):
        return None
    return ", ".join(what for what, _ in bars) or None


def _bars(state: TrialState, person: Subject, started: datetime) -> Iterator[tuple[str, bool]]:
    """Yield everything that ends dosing, each with whether it was so before the dose."""
    day, stop, left, died = started.date(), state.stop, person.left, died_on(person)
    if stop is not None:
        yield f"the trial was stopped on {stop.at.date()}", stop.at <= started
    if left is not None:
        yield f"{person.number} left the trial on {left.on}", left.on < day
    if died is not None:
        yield f"{person.number} died on {died}", died < day
