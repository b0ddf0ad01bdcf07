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

_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ISO_DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year, or a day.

    >>> PartialDate.parse("2023-05").earliest(), PartialDate.parse("2023-05").latest()
    (datetime.date(2023, 5, 1), datetime.date(2023, 5, 31))
    """

    year: int
    month: int | None = None
    day: int | None = None

    @staticmethod
    def parse(text: str, where: str = "date") -> "PartialDate":
        """Read `yyyy`, `yyyy-mm` or `yyyy-mm-dd`; raise InputError for anything else."""
        match = _ISO_DATE.fullmatch(text)
        if match:
            year, month, day = (int(part) if part else None for part in match.groups())
            try:
                date(year or 0, month or 1, day or 1)
            except ValueError:
                pass
            else:
                return PartialDate(year or 0, month, day)
        raise InputError(where, repr(text), "a date as yyyy, yyyy-mm or yyyy-mm-dd")

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
        """Read an ISO 8601 duration of years, months, weeks and days."""
        match = _ISO_DURATION.fullmatch(text)
        if not match or len(text) > 40:
            raise InputError(where, repr(text), "an ISO 8601 duration such as P28D, P3M or P18Y")
        years, months, weeks, days = (int(part or 0) for part in match.groups())
        return Duration(years * 12 + months, weeks * 7 + days)

    def before(self, day: date) -> date:
        """Return the day this long before `day` (the month's last day where it has none such)."""
        return _shift_months(day, -self.months) - timedelta(days=self.days)

    def after(self, day: date) -> date:
        """Return the day this long after `day`."""
        return _shift_months(day, self.months) + timedelta(days=self.days)

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = ((years, "Y"), (months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{n}{letter}" for n, letter in parts if n) or "0D")


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
