"""Dose levels with their amounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.design import boin
from trialwright.design.doses import DoseSet, read_doses


@pytest.mark.parametrize(
    ("text", "amounts", "unit"),
    [
        ("2e10,4e10 particles/kg", (2e10, 4e10), "particles/kg"),
        ("2e10, 4e10 {particles}/kg", (2e10, 4e10), "{particles}/kg"),
        ("1,2.5,5 mg", (1, 2.5, 5), "mg"),
        ("1, 2.5 ,5", (1, 2.5, 5), ""),
        ("1E-3,1 mg/kg", (0.001, 1), "mg/kg"),
        ("10, 20 mg/m2", (10, 20), "mg/m2"),
        ("0.5,1 µg/kg", (0.5, 1), "µg/kg"),
        ("1,2 MBq/kg", (1, 2), "MBq/kg"),
    ],
)
def test_amounts_with_their_unit(text: str, amounts: tuple[float, ...], unit: str) -> None:
    assert read_doses(text) == (len(amounts), DoseSet(amounts, unit))
    assert boin(target=0.3, doses=text).amounts == DoseSet(amounts, unit)


def test_a_number_of_levels() -> None:
    assert read_doses("5") == read_doses(5) == (5, None)
    assert read_doses([1, 2]) == (2, DoseSet((1, 2)))


@pytest.mark.parametrize(
    ("doses", "message"),
    [
        ("", "'' *; wanted a number of levels, or amounts"),
        ("0", "parameter doses: 0; wanted a whole number from 1 to 20"),
        ("21", "a whole number from 1 to 20"),
        ("five", "'five'; wanted"),
        ("2,1 mg", "level 2: 1 after 2; wanted amounts above 0 that rise"),
        ("1,1", "level 2: 1 after 1"),
        ("0,1 mg", "level 1: 0; wanted amounts above 0"),
        ("1,2,mg", "'1,2,mg'"),
        ("1,,2 mg", "'1,,2 mg'"),
        ("1,2 mgg/kgg", "unit: 'mgg/kgg'"),
        ("1 2 mg", "'1 2 mg'"),
        ("1.2.3 mg", "'1.2.3 mg'"),
        ("1e999,2 mg", "level 1: inf"),
        (-3, "whole number"),
        (2.5, "whole number"),
        (True, "whole number"),
    ],
)
def test_doses_that_are_none(doses: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_doses(doses)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert message.partition(" *")[0] in str(caught.value)


@given(st.text(max_size=40) | st.text("0123456789eE.,+- mgk/", max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        count, amounts = read_doses(text)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert amounts is None or len(amounts) == count
