"""Dates as records give them (a year, a month, or a day) and ISO 8601 durations.

A month is not its last day: a partial date stands for every day that it covers, and a comparison
that depends on the missing part is UNKNOWN.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.errors import InputError
from trialwright.core.truth import Truth

_ISO_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_ISO_DURATION = re.compile(
    r"P(?=[0-9])(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?"
)
# What four digits of years and of weeks can say, so that every duration that is read can be
# written, and read again.
_MOST_MONTHS = 9999 * 12 + 11
_MOST_DAYS = 9999 * 7 + 6
_CALENDAR = "a day of the years 1 to 9999"
_AS_WRITTEN = "a date as yyyy, yyyy-mm or yyyy-mm-dd"
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year, or a day; InputError for what is not in the calendar.

    >>> PartialDate.parse("2023-05").earliest(), PartialDate.parse("2023-05").latest()
    (datetime.date(2023, 5, 1), datetime.date(2023, 5, 31))
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        try:
            date(self.year, _first(self.month), _first(self.day))
        except (ValueError, OverflowError) as error:
            raise InputError("date", str(self), f"{_CALENDAR} ({error})") from error
        if self.month is None and self.day is not None:
            raise InputError("date", str(self), "a month with the day")

    @staticmethod
    def parse(text: str, where: str = "date") -> "PartialDate":
        """Read `yyyy`, `yyyy-mm` or `yyyy-mm-dd`; raise InputError for anything else."""
        match = _ISO_DATE.fullmatch(text)
        if match:
            year, month, day = (int(part) if part else None for part in match.groups())
            try:
                return PartialDate(year or 0, month, day)
            except InputError as error:
                what = f"{_shown(text)}, {_missing(year, month)}"
                raise InputError(where, what, f"{_AS_WRITTEN} that exists") from error
        raise InputError(where, _shown(text), _AS_WRITTEN)

    @staticmethod
    def of(day: date) -> "PartialDate":
        """Return the full date."""
        return PartialDate(day.year, day.month, day.day)

    def earliest(self) -> date:
        """Return the first day that this date may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """Return the last day that this date may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def between(self, first: date, last: date) -> Truth:
        """Say whether the date lies in [first, last], both ends included."""
        if first <= self.earliest() and self.latest() <= last:
            return Truth.TRUE
        if self.latest() < first or last < self.earliest():
            return Truth.FALSE
        return Truth.UNKNOWN

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar months and days; a month is not 30 days.

    >>> Duration.parse("P3M").before(date(2024, 5, 31))
    datetime.date(2024, 2, 29)
    """

    months: int = 0
    days: int = 0

    @staticmethod
    def parse(text: str, where: str = "duration") -> "Duration":
        """Read an ISO 8601 duration of years, months, weeks and days, each of 1 to 4 digits."""
        match = _ISO_DURATION.fullmatch(text)
        if match:
            years, months, weeks, days = (int(part or 0) for part in match.groups())
            read = Duration(years * 12 + months, weeks * 7 + days)
            if read.months <= _MOST_MONTHS and read.days <= _MOST_DAYS:
                return read
        raise InputError(where, _shown(text), "an ISO 8601 duration such as P28D, P3M or P18Y")

    def before(self, day: date) -> date:
        """Return the day this long before `day` (the month's last day where it has none such).

        InputError where that is before the year 1.
        """
        try:
            return _shift_months(day, -self.months) - timedelta(days=self.days)
        except (ValueError, OverflowError) as error:
            raise InputError("date", f"{self} before {day}", _CALENDAR) from error

    def after(self, day: date) -> date:
        """Return the day this long after `day`; InputError where that is after the year 9999."""
        try:
            return _shift_months(day, self.months) + timedelta(days=self.days)
        except (ValueError, OverflowError) as error:
            raise InputError("date", f"{self} after {day}", _CALENDAR) from error

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        weeks, days = divmod(self.days, 7) if self.days > 9999 else (0, self.days)
        parts = ((years, "Y"), (months, "M"), (weeks, "W"), (days, "D"))
        return "P" + ("".join(f"{n}{letter}" for n, letter in parts if n) or "0D")


def _first(part: int | None) -> int:
    return 1 if part is None else part


def _missing(year: int | None, month: int | None) -> str:
    """Name the part of a date that the calendar does not have."""
    if not year:
        return "no such year"
    return "no such day" if month is None or 1 <= month <= 12 else "no such month"


def _shown(text: str) -> str:
    return repr(text) if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]!r}..."


def _shift_months(day: date, months: int) -> date:
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))


def age_range(birth: PartialDate, on: date) -> tuple[int, int]:
    """Return the least and the greatest age in completed years on a day.

    >>> age_range(PartialDate(1944), date(2024, 6, 1))
    (79, 80)
    """
    return _age(birth.latest(), on), _age(birth.earliest(), on)


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
