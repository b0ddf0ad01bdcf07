"""Dates and durations stay inside the calendar, and are written in ASCII digits."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.screening.setting import Window

TODAY = date(2024, 1, 31)


@pytest.mark.parametrize(
    "text", ["P٣D", "P10000Y", "P99999D", "P99999999999999999999Y", "P1D\n", "P", "P1D1", "PT1H"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InputError, match="ISO 8601 duration"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["٢٠٠١-01-01", "2001-01-01\n", "0000", "2001-01-0١"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(InputError, match="a date as yyyy"):
        PartialDate.parse(text)


@pytest.mark.parametrize("parse", [Duration.parse, PartialDate.parse])
def test_a_text_of_any_length_is_shown_short(parse: object) -> None:
    with pytest.raises(InputError) as caught:
        parse("1" * 100_000)  # type: ignore[operator]
    assert len(str(caught.value)) < 200


def test_no_day_is_outside_the_calendar() -> None:
    for shift in (Duration(months=12 * 9000), Duration(days=9_999_999), Duration(days=10**20)):
        with pytest.raises(InputError, match="years 1 to 9999"):
            shift.before(TODAY)
        with pytest.raises(InputError, match="years 1 to 9999"):
            shift.after(TODAY)


def test_a_window_further_back_than_the_calendar_begins_with_it() -> None:
    assert Window.back(Duration.parse("P9999Y"), TODAY) == Window(date.min, TODAY)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(0, None, None), (10_000, None, None), (10**30, 1, 1), (2024, 13, None), (2024, 0, None),
     (2023, 2, 29), (2023, None, 5), (2023, 1, 0)],
)  # fmt: skip
def test_a_partial_date_that_no_calendar_has_cannot_be_made(
    year: int, month: int | None, day: int | None
) -> None:
    with pytest.raises(InputError, match=r"^date: "):
        PartialDate(year, month, day)


PARTS = st.integers(0, 9999) | st.none()


@settings(max_examples=200, deadline=None)
@given(PARTS, PARTS, PARTS, PARTS)
def test_every_duration_that_is_read_can_be_written_and_read_again(
    years: int | None, months: int | None, weeks: int | None, days: int | None
) -> None:
    parts = zip((years, months, weeks, days), "YMWD", strict=True)
    text = "P" + "".join(f"{n}{letter}" for n, letter in parts if n is not None)
    try:
        read = Duration.parse(text)
    except InputError:
        assert text == "P" or (months or 0) > 11 or (days or 0) > 6
        return
    assert Duration.parse(str(read)) == read
