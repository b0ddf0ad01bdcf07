"""Who confirmed an assumption, and when: `Dr Name, 2026-01-31`."""

from datetime import date

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError

CONFIRMED = 'text such as "Dr Name, 2026-01-31"'


def confirmation_wanted(text: str, on: date | None = None) -> str | None:
    """Return what was wanted in place of a confirmation; None where it says who and when.

    With a day `on`, nothing is confirmed after it.

    >>> confirmation_wanted("Dr Name, 2026-01-31"), confirmation_wanted("to be done")
    (None, 'who confirmed it and on which day: text such as "Dr Name, 2026-01-31"')
    """
    who, _, when = text.rpartition(",")
    day = _day(when.strip())
    if day is None or not any(letter.isalpha() for letter in who):
        return f"who confirmed it and on which day: {CONFIRMED}"
    if on is not None and day > on:
        return f"a day that is not after {on}"
    return None


def _day(text: str) -> date | None:
    try:
        found = PartialDate.parse(text)
    except InputError:
        return None
    return found.earliest() if found.day is not None else None
