"""Partial dates stand for every day they cover."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.dates import Duration, PartialDate, age_range
from trialwright.core.errors import InputError
from trialwright.core.truth import Truth


def test_a_month_is_not_its_last_day() -> None:
    may = PartialDate.parse("2023-05")
    assert may.between(date(2023, 5, 15), date(2023, 6, 30)) is Truth.UNKNOWN
    assert may.between(date(2023, 5, 1), date(2023, 5, 31)) is Truth.TRUE
    assert may.between(date(2023, 6, 1), date(2023, 6, 30)) is Truth.FALSE


@pytest.mark.parametrize("text", ["", "2023-13", "2023-02-30", "0000", "2023-5-1", "May 2023"])
def test_what_is_no_date_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError, match="wanted a date as yyyy, yyyy-mm or yyyy-mm-dd") as caught:
        PartialDate.parse(text, "record, startDate")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [("2024-02-30", "no such day"), ("2023-13-01", "no such month"), ("0000-01", "no such year")],
)
def test_a_date_that_does_not_exist_is_told(text: str, said: str) -> None:
    with pytest.raises(InputError, match=f"'{text}', {said}; wanted"):
        PartialDate.parse(text)


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_a_date_and_its_text_are_the_same(day: date, length: int) -> None:
    text = day.isoformat()[:length]
    assert str(PartialDate.parse(text)) == text
    assert PartialDate.parse(text).earliest() <= day <= PartialDate.parse(text).latest()


@given(st.text(max_size=60))
def test_no_text_breaks_the_parsers(text: str) -> None:
    for parse in (PartialDate.parse, Duration.parse):
        try:
            parse(text)
        except InputError as error:
            assert "wanted" in str(error)


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_duration_and_its_text_are_the_same(months: int, days: int) -> None:
    duration = Duration(months, days)
    assert Duration.parse(str(duration)) == duration


def test_three_months_before_the_end_of_may_is_the_end_of_february() -> None:
    assert Duration.parse("P3M").before(date(2023, 5, 31)) == date(2023, 2, 28)
    assert Duration.parse("P28D").after(date(2024, 2, 1)) == date(2024, 2, 29)


def test_an_age_from_a_birth_year_is_a_range() -> None:
    assert age_range(PartialDate(1944), date(2024, 6, 1)) == (79, 80)
    assert age_range(PartialDate(1944, 6, 1), date(2024, 6, 1)) == (80, 80)
    assert age_range(PartialDate(1944, 6, 2), date(2024, 6, 1)) == (79, 79)
