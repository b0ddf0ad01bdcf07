"""The onset of a condition as an age: a date where the birth date tells one, else none.

"45 years" is any day from the 45th birthday to the eve of the 46th. A date on record is a year, a
month or a day; where none of these covers all the days that an age may mean, there is no date.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.screening.model import ClinicalFact
from trialwright.screening.patients import fhir_types as fhir
from trialwright.screening.patients.fhir_values import Place, check_order, measured

_UNITS = {
    "a": Duration(months=12), "year": Duration(months=12), "years": Duration(months=12),
    "mo": Duration(months=1), "month": Duration(months=1), "months": Duration(months=1),
    "wk": Duration(days=7), "week": Duration(days=7), "weeks": Duration(days=7),
    "d": Duration(days=1), "day": Duration(days=1), "days": Duration(days=1),
}  # fmt: skip
_MOST = 150 * 366  # days of a life; beyond it no number is an age


def dated(
    fact: ClinicalFact, resource: fhir.ConditionResource, birth: PartialDate | None, place: Place
) -> ClinicalFact:
    """Return a condition with its start where only an age at the onset is recorded."""
    if fact.start is not None or resource.onset_age is None:
        return fact
    at = place.at("onsetAge")
    try:
        start = _start(resource.onset_age, birth, at)
    except _Undated as why:
        place.undated[str(at)] = f"{why}; read without a date"
        return fact
    check_order(start, fact.end, at)
    return replace(fact, start=start)


class _Undated(Exception):
    """An age that tells no date; the text says why."""


def _start(age: fhir.Quantity, birth: PartialDate | None, place: Place) -> PartialDate:
    read = measured(age, place)
    if read is None:
        raise _Undated("no number")
    unit = _UNITS.get(read.quantity.unit.strip().lower())
    number = read.quantity.value
    if unit is None or read.bound or number != int(number) or not 0 <= number <= _MOST:
        raise _Undated(f"{read.recorded!r} is no age in whole years, months, weeks or days")
    if birth is None:
        raise _Undated(f"{read.recorded!r}, and no date of birth")
    first, last = _days(number, unit, birth, place)
    if first > place.until:
        raise place.fault(repr(read.recorded), f"an age reached by {place.until}")
    found = _covering(first, min(last, place.until))
    if found is None:
        raise _Undated(f"{read.recorded!r} may be any day from {first} to {last}")
    return found


def _days(number: Decimal, unit: Duration, birth: PartialDate, place: Place) -> tuple[date, date]:
    """Return the first and the last day on which somebody is so old."""

    def after(units: int, day: date) -> date:
        return Duration(unit.months * units, unit.days * units).after(day)

    try:
        eve = after(int(number) + 1, birth.latest()) - timedelta(days=1)
        return after(int(number), birth.earliest()), eve
    except (InputError, ValueError, OverflowError):
        raise place.fault(str(number), "an age of a person") from None


def _covering(first: date, last: date) -> PartialDate | None:
    if first.year != last.year:
        return None
    if first.month != last.month:
        return PartialDate(first.year)
    return PartialDate.of(first) if first == last else PartialDate(first.year, first.month)
