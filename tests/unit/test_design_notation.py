"""Outcome notation and cohort schedules: what is read, and what is refused with one clear line."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.design import Cohort, boin, cohorts
from trialwright.design.notation import read_course, write_course


def test_a_cohort_is_counted_whatever_the_order_of_its_patients() -> None:
    assert read_course("1NTN  2PTN\n", 3) == (Cohort(1, 3, 1), Cohort(2, 3, 1, 1))
    assert write_course(read_course("1TNP 12N", 12)) == "1NTP 12N"
    assert read_course("  ", 1) == ()


@pytest.mark.parametrize(
    ("text", "cohort", "found"),
    [
        ("1NNN 4NNN", "cohort 2", "'4NNN'"),
        ("1NNX", "cohort 1", "'1NNX'"),
        ("1NNN 2", "cohort 2", "'2'"),
        ("NNN", "cohort 1", "'NNN'"),
        ("0NNN", "cohort 1", "'0NNN'"),
        ("1nnn", "cohort 1", "'1nnn'"),
        ("1N 1N ²N", "cohort 3", "'²N'"),
    ],
)
def test_an_unreadable_cohort_is_named_with_what_was_wanted(
    text: str, cohort: str, found: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_course(text, 3)
    assert cohort in caught.value.where
    assert caught.value.what == found
    assert caught.value.wanted == (
        "a dose level (from 1 to 3), then N, T or P for each patient, such as 1NNT "
        "(P0.45: pending, followed for 45 % of the window)"
    )


def test_a_course_beyond_any_trial_is_refused() -> None:
    with pytest.raises(InputError, match="1001 patients; wanted at most 1000"):
        read_course("1" + "N" * 1001, 1)


@pytest.mark.parametrize("outcomes", [None, ["1NNN"], 3, (Cohort(1, 3), "2NNN"), {1: 2}, b"1N"])
def test_what_is_neither_text_nor_cohorts_is_refused(outcomes: Any) -> None:
    design = boin(target=0.25, doses=3)
    for ask in (design.decide, design.recommend, design.state):
        with pytest.raises(InputError, match=r'outcomes: .*; wanted text such as "1NNN 2NTN", or'):
            ask(outcomes)


def test_cohorts_may_come_in_a_list() -> None:
    design = boin(target=0.25, doses=3)
    listed: Any = [Cohort(1, 3)]
    assert design.decide(listed) == design.decide("1NNN")


@pytest.mark.parametrize(
    "cohort", [Cohort(4, 3), Cohort(1, 0), Cohort(1, 3, 2, 2), Cohort(1, 3, -1)]
)
def test_an_impossible_cohort_is_refused(cohort: Cohort) -> None:
    with pytest.raises(InputError, match="outcomes, cohort 2"):
        boin(target=0.25, doses=3).decide((Cohort(1, 3), cohort))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text("0123NTP ×²\t", max_size=40)))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        course = read_course(text, 3)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert read_course(write_course(course), 3) == course


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("4,8", (4, 8)), ("3x10", (3,) * 10), ("1, 3x2", (1, 3, 3)), ("2 x 2", (2, 2)), ("5", (5,))],
)
def test_schedules_are_read(text: str, sizes: tuple[int, ...]) -> None:
    assert cohorts(text).sizes == sizes
    assert cohorts(sizes) == cohorts(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "cohorts, item 1"),
        ("4,,8", "cohorts, item 2"),
        ("4,8.5", "cohorts, item 2"),
        ("0", "cohorts, item 1"),
        ("-3x10", "cohorts, item 1"),
        ("3x", "cohorts, item 1"),
        ("9999x9999", "cohorts"),
        ("999,2", "cohorts"),
    ],
)
def test_a_schedule_that_is_none_is_refused(text: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        cohorts(text)
    assert caught.value.where == where


@pytest.mark.parametrize("sizes", [(), (4, 0), (4, 8.0), (True,)])
def test_sizes_are_whole_numbers_above_0(sizes: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="cohorts"):
        cohorts(sizes)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=20), st.text("0123456789x,× ", max_size=20)))
def test_any_schedule_is_read_or_refused(text: str) -> None:
    try:
        sizes = cohorts(text).sizes
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(size > 0 for size in sizes)
