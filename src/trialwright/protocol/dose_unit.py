"""The unit of a dose: an amount per kilogram of body weight, in a unit that doses are computed in.

A dose becomes a volume through a lot's concentration, so an amount is what such a concentration
can hold: particles, cells, a mass, a substance, enzyme units, radioactivity.
"""

import re

from trialwright.protocol.factor import factor

_AMOUNTS = ("{particles}", "{cells}", "mg", "mol", "U")
_ACTIVITY = re.compile(r"[kMG]?Bq")  # by name: its dimension alone is that of any frequency
_QUOTES = "\"'`´‘’‚‛“”„«»‹›"
_SUCH_AS = "an amount per kilogram, such as {particles}/kg, {cells}/kg or mg/kg"


def unit_wanted(unit: str) -> str | None:
    """Return what was wanted in place of a dose's unit; None where it is one.

    >>> unit_wanted("{particles}/kg"), unit_wanted("mg")
    (None, 'an amount per kilogram, such as mg/kg; flat doses are not covered yet')
    """
    if any(mark in unit for mark in _QUOTES):
        return f"{_SUCH_AS}, without the quotation marks in it"
    amount, _, per = unit.rpartition("/")
    if per.strip() == "kg" and _is_amount(amount):
        return None
    if _is_amount(unit):
        return f"an amount per kilogram, such as {unit}/kg; flat doses are not covered yet"
    return _SUCH_AS


def _is_amount(unit: str) -> bool:
    if _ACTIVITY.fullmatch(unit):
        return True
    return any(factor(f"{unit}/mL", f"{amount}/mL") for amount in _AMOUNTS)
