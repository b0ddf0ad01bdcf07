"""How long the protocol's durations are, in days: a month is not 30 days."""

from datetime import date

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError

LONGEST = Duration(months=12 * 150)  # no trial plans further, and the calendar still counts it
LONGEST_WORDS = "an ISO 8601 duration such as P28D or P12M, of at most 150 years"
_MONTHS = tuple(date(2025, month, 1) for month in range(1, 13))


def read_length(text: str) -> Duration | None:
    """Return a duration of at most 150 years; None for any other text."""
    try:
        duration = Duration.parse(text)
    except InputError:
        return None
    return None if is_too_long(duration) else duration


def is_too_long(duration: Duration) -> bool:
    """Say whether a duration is above 150 years."""
    return is_longer(duration, LONGEST)


def least_days(duration: Duration) -> int:
    """Return the days of a duration from the first of the month that makes it shortest.

    >>> least_days(Duration.parse("P3M")), least_days(Duration.parse("P12M"))
    (89, 365)
    """
    return min((duration.after(first) - first).days for first in _MONTHS)


def is_longer(one: Duration, other: Duration) -> bool:
    """Say whether a duration is longer than another, months taken at their mean length.

    >>> is_longer(Duration.parse("P80Y"), Duration.parse("P18Y"))
    True
    """
    return _mean_days(one) > _mean_days(other)


def _mean_days(duration: Duration) -> float:
    return duration.months * 365.2425 / 12 + duration.days
