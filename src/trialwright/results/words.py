"""How numbers, doses, units and times are written for readers."""

import re
from decimal import Decimal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.model import Protocol

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNITS = {"a": "years", "wk": "weeks", "d": "days", "mm[Hg]": "mmHg", "10*9/L": "10⁹/L"}
MINUS = "−"


def label(measure: str) -> str:
    """Return a measure's name for readers; the lexicon's label where it knows the measure."""
    return lexicon().label(measure).replace("_", " ")


def sentence(text: str) -> str:
    """Return the text with its first letter in upper case.

    >>> sentence("NT-proBNP"), sentence("ejection fraction")
    ('NT-proBNP', 'Ejection fraction')
    """
    return text[:1].upper() + text[1:]


def number(value: float | None, places: int = 1, *, signed: bool = False) -> str:
    """Return a number with a fixed number of decimals; an en dash where there is none.

    >>> number(-0.04, 1), number(3.5, 1, signed=True), number(None)
    ('0.0', '+3.5', '–')
    """
    if value is None:
        return "–"
    text = f"{value:+.{places}f}" if signed else f"{value:.{places}f}"
    is_zero = not text.strip("+-0.")
    return text.lstrip("+-") if is_zero else text.replace("-", MINUS)


def interval(
    lower: float | None, upper: float | None, places: int = 1, *, signed: bool = False
) -> str:
    """Return "lower to upper", or an en dash where there is no interval."""
    if lower is None or upper is None:
        return "–"
    return f"{number(lower, places, signed=signed)} to {number(upper, places, signed=signed)}"


def percent(value: float | None, places: int = 0) -> str:
    """Return a share in percent.

    >>> percent(0.25), percent(None)
    ('25 %', '–')
    """
    return "–" if value is None else f"{number(100 * value, places)} %"


def scientific(amount: float | Decimal, digits: int = 3) -> str:
    """Return a large amount in powers of ten.

    >>> scientific(2e10), scientific(12)
    ('2 × 10¹⁰', '12')
    """
    if amount == 0 or 1e-3 <= abs(float(amount)) < 1e5:
        return f"{amount:g}"
    mantissa, power = f"{amount:.{digits - 1}e}".split("e")
    short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{short} × 10{str(int(power)).translate(_SUPERSCRIPT)}"


def unit(text: str | None) -> str:
    """Return a UCUM unit as readers write it.

    >>> unit("{particles}/kg"), unit("a"), unit(None)
    ('particles/kg', 'years', '')
    """
    return _UNITS.get(text or "", re.sub(r"[{}]", "", text or "").replace("_", " "))


def change_unit(text: str | None) -> str:
    """Return the unit of a difference: percents differ by percentage points.

    >>> change_unit("%"), change_unit("m")
    ('percentage points', 'm')
    """
    return "percentage points" if text == "%" else unit(text)


def places_for(values: tuple[float, ...]) -> int:
    """Return how many decimals keep about three digits of the largest value.

    >>> places_for((28.33, 3.2)), places_for((1800.0,)), places_for((0.75,))
    (1, 0, 2)
    """
    largest = max((abs(value) for value in values), default=0)
    return 0 if largest >= 100 else 1 if largest >= 10 or largest == 0 else 2


def dose(protocol: Protocol, level: int) -> str:
    """Return a level's amount per infusion, for example "2 × 10¹⁰ particles/kg"."""
    return f"{scientific(protocol.amount(level))} {unit(protocol.dosing.unit)}"


def regimen(protocol: Protocol, level: int) -> str:
    """Return what a level is given, for example "3 infusions of 2 × 10¹⁰ particles/kg"."""
    count = protocol.infusions.count.value
    return f"{plural(count, 'infusion')} of {dose(protocol, level)}"


def plural(count: int, noun: str, plural_noun: str | None = None) -> str:
    """Return a count with its noun.

    >>> plural(1, "event"), plural(2, "person", "people")
    ('1 event', '2 people')
    """
    return f"{count} {noun if count == 1 else plural_noun or noun + 's'}"


def duration(text: str) -> str:
    """Return an ISO 8601 duration in words.

    >>> duration("P6M"), duration("P1Y"), duration("P70D")
    ('6 months', '12 months', '70 days')
    """
    length = Duration.parse(text)
    parts = [(length.months, "month"), (length.days, "day")]
    return " and ".join(plural(n, noun) for n, noun in parts if n) or "0 days"


def listed(items: tuple[str, ...] | list[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    head, last = items[:-1], items[-1:]
    return " and ".join(filter(None, [", ".join(head), *last]))
