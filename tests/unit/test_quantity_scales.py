"""A scale with an offset or a logarithm has no factor; a letter's case is part of a unit."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity, UnitMismatch, conversion


@pytest.mark.parametrize("unit", ["degC", "degF", "Cel", "dB", "dBm", "Np", "degC*1", "Cel/L"])
@pytest.mark.parametrize("other", ["K", "1", "mg/dL", "degR", "mW"])
def test_degrees_and_decibels_convert_to_nothing(unit: str, other: str) -> None:
    for source, target in ((unit, other), (other, unit)):
        with pytest.raises(UnitMismatch):
            conversion(source, target)
        with pytest.raises(UnitMismatch):
            conversion(source, target, Decimal(100))


def test_a_temperature_is_kept_and_is_equal_to_itself() -> None:
    assert Quantity(Decimal("37.5"), "Cel").to("Cel") == Quantity(Decimal("37.5"), "Cel")
    assert conversion("K", "mK") == 1000  # kelvin begin at nothing: a factor is right


@pytest.mark.parametrize(
    ("capital", "small"), [("A", "a"), ("D", "d"), ("H", "h"), ("T", "t"), ("WK", "wk")]
)
def test_a_capital_is_another_unit(capital: str, small: str) -> None:
    with pytest.raises(InputError):
        conversion(capital, small)


def test_a_year_is_a_year_and_an_ampere_an_ampere() -> None:
    assert conversion("a", "mo") == 12
    assert conversion("A", "mA") == 1000


@pytest.mark.parametrize(
    ("one", "other"),
    [("K/UL", "k/ul"), ("10*9/L", "10*9/l"), ("MM[HG]", "mm[Hg]"), ("{Cells}/KG", "{cells}/kg")],
)
def test_the_listed_spellings_are_read_in_any_case(one: str, other: str) -> None:
    assert conversion(one, other) == 1


@pytest.mark.parametrize("value", ["sNaN", "1e999999999999999999"])
def test_what_is_no_finite_number_is_refused(value: str) -> None:
    with pytest.raises(InputError):
        Quantity(Decimal(value), "g/dL").to("mg/dL")


NAMES = st.sampled_from(
    ("degC", "dB", "dBm", "Np", "Cel", "K", "A", "a", "mg", "dL", "L", "e", "pi", "c", "1", "m2",
     "bel", "cell", "particle", "kg", "mol", "ppm", "percent", "octave", "delta", "count")
)  # fmt: skip
UNITS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@settings(max_examples=200, deadline=None)
@given(UNITS, UNITS)
def test_any_units_have_a_factor_that_leads_back_or_an_input_error(one: str, other: str) -> None:
    try:
        there = conversion(one, other)
    except InputError:
        return
    assert abs(there * conversion(other, one) - 1) < Decimal("1e-20")
