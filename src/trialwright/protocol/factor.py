"""How a number in one unit becomes a number in another, or that it cannot."""

from decimal import Decimal

from trialwright.core.quantity import conversion


def factor(unit: str, target: str, molar_mass: Decimal | None = None) -> Decimal | None:
    """Return the exact factor from one unit to another; None where there is none.

    >>> factor("ng/L", "pg/mL"), factor("mL", "pg/mL")
    (Decimal('1'), None)
    """
    try:
        return conversion(unit, target, molar_mass)
    except Exception:  # pint raises many kinds for units that no factor converts: dB, pH
        return None
