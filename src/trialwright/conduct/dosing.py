"""The dose arithmetic: amount per kg x weight / concentration = volume and vials.

Decimals throughout. The planned amount is exact; a volume is rounded to 0.001 mL, finer than any
syringe reads; vials are counted from the exact volume, so that rounding never saves one.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal, localcontext

from trialwright.conduct.events import LotReceived
from trialwright.core.errors import InputError, Refused
from trialwright.core.quantity import UnitMismatch, conversion
from trialwright.protocol.model import Dosing, Protocol

_ML = Decimal("0.001")
_ARITHMETIC = Context(prec=50)  # wide enough that amounts of 1e30 are still exact


@dataclass(frozen=True, slots=True)
class Dose:
    """One computed dose; amounts are in the dose's unit without its "per kg"."""

    dose_per_kg: Decimal
    amount: Decimal
    volume_ml: Decimal
    vials: int


def compute(protocol: Protocol, level: int, weight_kg: Decimal, lot: LotReceived) -> Dose:
    """Return the dose of a level for a weight from a lot; Refused outside the weight's range."""
    dosing = protocol.dosing
    _check_weight(dosing, weight_kg)
    per_kg = protocol.amount(level)
    with localcontext(_ARITHMETIC):
        amount = per_kg * weight_kg
        exact = amount / per_ml(dosing, lot)
        vials = int((exact / lot.vial_volume_ml).to_integral_value(ROUND_CEILING))
        volume = exact.quantize(_ML, ROUND_HALF_EVEN)
    if volume <= 0:
        raise Refused("dose", f"{exact:.3g} mL cannot be drawn up", "a weaker concentration")
    return Dose(per_kg, amount, volume, vials)


def per_ml(dosing: Dosing, lot: LotReceived) -> Decimal:
    """Return a lot's concentration in the dose's own unit per mL.

    Particles do not cancel with cells, nor with milligrams: such a lot is Refused.
    """
    unit = f"{amount_unit(dosing)}/mL"
    try:
        factor = conversion(lot.concentration_unit, unit)
    except UnitMismatch as error:
        raise Refused(
            "units",
            f"lot {lot.lot} is in {lot.concentration_unit}, doses are in {dosing.unit}",
            f"a lot whose concentration converts to {unit}",
        ) from error
    return _ARITHMETIC.multiply(lot.concentration, factor)


def amount_unit(dosing: Dosing) -> str:
    """Return the unit of an amount: the dose's unit without "per kg".

    InputError for a dose that is not per kilogram.
    """
    stem, slash, per = dosing.unit.rpartition("/")
    if not slash or per.strip() != "kg":
        raise InputError("dosing.unit", dosing.unit, "a unit per kilogram, such as mg/kg")
    return stem


def given_amount(dosing: Dosing, lot: LotReceived, volume_ml: Decimal) -> Decimal:
    """Return the amount in a volume of a lot."""
    return _ARITHMETIC.multiply(volume_ml, per_ml(dosing, lot))


def percent_off(given: Decimal, planned: Decimal) -> Decimal:
    """Return how far what was given is from what was planned, in percent, rounded to 0.01."""
    off = _ARITHMETIC.divide(abs(given - planned) * 100, planned)
    return off.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def positive(value: Decimal, what: str) -> Decimal:
    """Return the value; InputError unless it is a finite number above 0."""
    if not value.is_finite() or value <= 0:
        raise InputError(what, str(value), "a number above 0")
    return value


def _check_weight(dosing: Dosing, weight_kg: Decimal) -> None:
    positive(weight_kg, "weight_kg")
    low, high = (Decimal(str(limit)) for limit in dosing.weight_kg.value)
    if not low <= weight_kg <= high:
        raise Refused(
            "weight",
            f"{weight_kg} kg is outside the protocol's range",
            f"a weight from {low} to {high} kg, measured again",
        )
