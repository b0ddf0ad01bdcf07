"""The dose arithmetic: exact, with units, refused where it does not add up."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trials import lot, protocol

from trialwright.conduct import dosing
from trialwright.core.errors import InputError, Refused

PROTOCOL = protocol()


def with_unit(unit: str):
    return msgspec.structs.replace(
        PROTOCOL, dosing=msgspec.structs.replace(PROTOCOL.dosing, unit=unit)
    )


def test_amount_volume_and_vials():
    """2e9 /kg x 70.4 kg = 1.408e11; / 5e9 per mL = 28.16 mL: three vials of 10 mL."""
    dose = dosing.compute(PROTOCOL, 2, Decimal("70.4"), lot())
    assert dose == dosing.Dose(Decimal("2e9"), Decimal("1.408e11"), Decimal("28.160"), 3)


def test_vials_are_counted_from_the_exact_volume():
    """100 kg: 2e11 / (5e9 - 1) is a hair above 40 mL, which four vials of 10 mL do not hold."""
    tight = lot(concentration=Decimal("4999999999"))
    dose = dosing.compute(PROTOCOL, 2, Decimal(100), tight)
    assert dose.volume_ml == Decimal("40.000")
    assert dose.vials == 5


def test_a_whole_number_of_vials_takes_no_vial_more():
    assert dosing.compute(PROTOCOL, 2, Decimal(100), lot()).vials == 4


@pytest.mark.parametrize(
    ("unit", "concentration", "same"),
    [
        ("particle/L", "5e12", "{particles}/mL"),
        ("particle/uL", "5e6", "{particles}/mL"),
    ],
)
def test_a_lot_in_another_unit_of_the_same_kind_is_converted(unit, concentration, same):
    converted = lot(concentration=Decimal(concentration), concentration_unit=unit)
    plain = lot(concentration_unit=same)
    assert dosing.compute(PROTOCOL, 1, Decimal(70), converted) == dosing.compute(
        PROTOCOL, 1, Decimal(70), plain
    )


@pytest.mark.parametrize("unit", ["{cells}/mL", "mg/mL", "1/mL", "mL", "{particles}/kg"])
def test_particles_cancel_with_nothing_else(unit):
    with pytest.raises(Refused, match=r"units: lot L1 is in .*doses are in \{particles\}/kg"):
        dosing.compute(PROTOCOL, 1, Decimal(70), lot(concentration_unit=unit))


def test_a_unit_that_is_none_is_an_input_error():
    with pytest.raises(InputError, match="wanted a unit such as"):
        dosing.compute(PROTOCOL, 1, Decimal(70), lot(concentration_unit="5 per spoon"))


def test_mass_doses_work_the_same_way():
    dose = dosing.compute(
        with_unit("mg/kg"),
        1,
        Decimal(70),
        lot(concentration=Decimal("2e6"), concentration_unit="g/L"),
    )
    assert dose.volume_ml == Decimal("35000.000")


@pytest.mark.parametrize("unit", ["mg", "mg/m2", "kg"])
def test_a_dose_that_is_not_per_kilogram_is_not_guessed(unit):
    with pytest.raises(InputError, match=r"dosing\.unit"):
        dosing.compute(with_unit(unit), 1, Decimal(70), lot())


@pytest.mark.parametrize("weight", ["39.9", "150.1", "7000"])
def test_a_weight_outside_the_hard_range_is_refused(weight):
    with pytest.raises(Refused, match="outside the protocol's range"):
        dosing.compute(PROTOCOL, 1, Decimal(weight), lot())


@pytest.mark.parametrize("weight", ["40", "150"])
def test_both_ends_of_the_range_are_inside(weight):
    assert dosing.compute(PROTOCOL, 1, Decimal(weight), lot()).vials > 0


@pytest.mark.parametrize("weight", ["0", "-70", "NaN", "Infinity"])
def test_a_weight_that_is_no_weight_is_an_input_error(weight):
    with pytest.raises(InputError, match="a number above 0"):
        dosing.compute(PROTOCOL, 1, Decimal(weight), lot())


def test_a_volume_that_nobody_can_draw_is_refused():
    with pytest.raises(Refused, match="cannot be drawn up"):
        dosing.compute(PROTOCOL, 1, Decimal(70), lot(concentration=Decimal("1e16")))


@given(
    weight=st.decimals(40, 150, places=1),
    concentration=st.decimals(10**8, 10**12, places=3),
    level=st.integers(1, 2),
)
def test_what_is_drawn_is_what_was_planned(weight, concentration, level):
    held = lot(concentration=concentration)
    dose = dosing.compute(PROTOCOL, level, weight, held)
    assert dose.amount == PROTOCOL.amount(level) * weight
    drawn = dosing.given_amount(PROTOCOL.dosing, held, dose.volume_ml)
    assert abs(drawn - dose.amount) <= Decimal("0.0005") * concentration
    assert (dose.vials - 1) * 10 < dose.amount / concentration <= dose.vials * 10


def test_percent_off_is_two_sided():
    assert dosing.percent_off(Decimal(90), Decimal(100)) == Decimal("10.00")
    assert dosing.percent_off(Decimal(110), Decimal(100)) == Decimal("10.00")
