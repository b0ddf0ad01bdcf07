"""Units convert exactly, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity, UnitMismatch, _registry, conversion

_registry()  # pint loads here, and not within a timed example
NT_PROBNP = Decimal(8460)  # g/mol
BNP = Decimal(3464)


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "target"),
    [
        ("0.24", "L/L", "24", "%"),
        ("2500", "/uL", "2.5", "10*9/L"),
        ("2.5", "K/uL", "2500", "/uL"),
        ("2.5", "10^9/L", "2.5", "10*9/L"),
        ("2.5", "x10^9/L", "2500", "/mm3"),
        ("100", "K/µL", "100", "10*9/L"),
        ("6.5", "G/L", "6500", "/uL"),
        ("6.5", "10^3/mm3", "6.5", "10*9/L"),
        ("6.5", "/nL", "6500", "/uL"),
        ("1e9", "{particles}/L", "1e6", "{particles}/mL"),
        ("4.5", "10*12/L", "4500000", "/uL"),
        ("1", "g/dL", "10", "g/L"),
        ("400", "ng/L", "400", "pg/mL"),
        ("2e10", "{particles}/kg", "2e10", "{particles}/kg"),
    ],
)
def test_clinical_spellings(value: str, unit: str, wanted: str, target: str) -> None:
    assert Quantity(Decimal(value), unit).to(target).value == Decimal(wanted)


def test_a_substance_concentration_meets_a_mass_concentration_by_its_molar_mass() -> None:
    # 1 pg/mL is 0.1182 pmol/L of NT-proBNP and 0.2887 pmol/L of BNP
    assert round(conversion("pg/mL", "pmol/L", NT_PROBNP), 4) == Decimal("0.1182")
    assert round(conversion("pg/mL", "pmol/L", BNP), 4) == Decimal("0.2887")
    assert Quantity(Decimal(47), "pmol/L").to("pg/mL", NT_PROBNP).value == Decimal("397.62")


@pytest.mark.parametrize(
    ("unit", "target"),
    [
        ("{particles}/kg", "{cells}/kg"),
        ("{particles}/mL", "{cells}/mL"),
        ("pg/mL", "pmol/L"),  # without a molar mass no substance amount is guessed
        ("mg/dL", "%"),
        ("K/uL", "K"),
        ("g/L", "10*9/L"),
        ("G/L", "g/L"),
    ],
)
def test_what_does_not_measure_the_same_thing_never_converts(unit: str, target: str) -> None:
    with pytest.raises(UnitMismatch):
        conversion(unit, target)


@given(st.text(max_size=50))
def test_no_text_breaks_the_unit_parser(text: str) -> None:
    try:
        conversion(text, "mg/dL")
    except InputError as error:
        assert "wanted" in str(error)


@pytest.mark.parametrize(
    "unit", ["9**9**9**9", "10^999999999/L", "kg" * 100, "", "__import__", "m 3"]
)
def test_arithmetic_and_nonsense_are_refused(unit: str) -> None:
    with pytest.raises(InputError):
        conversion(unit, "mg/dL")


@given(st.decimals(min_value="0.001", max_value="1e6", places=3))
def test_there_and_back_is_the_same_number(value: Decimal) -> None:
    there = Quantity(value, "g/dL").to("mg/L")
    assert there.to("g/dL").value == value
