"""Large numbers as trial records spell them, each with its span and every reading it allows.

    numeral  := mantissa [times] ten power | mantissa "E" power | ten power | mantissa scale
              | mantissa
    times    := "x" | "×" | "*" | "·"
    ten      := "10"
    power    := "^"n | "**"n | "E"n | "(n)" | superscript | " "n
    scale    := "million" | "millions" | "billion" | "thousand"

`20x10E9` is 20e9, as such records mean it. `1.5×106` lost a superscript: it may be 1.5 x 106 or
1.5e6, and so may a bare `10E6` be 1e6 or 1e7: both readings are kept, and a person is asked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MANTISSA = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_TIMES = r"\s?\\?\s?[x×✕*·∙•X]\s?"
_FORMS = {
    "caret": r"\s?\\?\^\s?\(?\+?{}\)?",
    "stars": r"\*\*{}",
    "e": r"\s?[eE]\+?{}",
    "paren": r"\({}\)",
    "super": "{}",
    "space": r"\s{}(?=\s?[a-zA-Z/])",
    "lost": r"{}(?![\d.,])",
}


def _power_pattern(prefix: str, forms: Iterable[str]) -> str:
    digits = {"super": "[⁰¹²³⁴-⁹]{1,2}"}
    named = ((form, f"(?P<{prefix}{form}>{digits.get(form, '[0-9]{1,2}')})") for form in forms)
    return "|".join(_FORMS[form].format(group) for form, group in named)


_NUMERAL = re.compile(
    rf"(?<![\w.,^])(?:(?P<mantissa>{_MANTISSA}){_TIMES}10(?:{_power_pattern('m', _FORMS)})"
    rf"|10(?:{_power_pattern('b', ('caret', 'stars', 'paren', 'super'))})"
    rf"|(?P<plain>{_MANTISSA})(?:[eE]\+?(?P<exp>[0-9]{{1,2}}))?"
    r"(?:[\s-]?(?P<scale>thousands?|millions?|billions?|M(?=\s?cells))\b)?)"
)
_SCALES = {"t": 3, "m": 6, "b": 9}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: its span, its words, and its possible values (one, where it is clear)."""

    start: int
    end: int
    text: str
    readings: tuple[Decimal, ...]
    factor: Decimal = Decimal(1)  # what the number before the power of ten is multiplied by

    @property
    def value(self) -> Decimal | None:
        """Return the value; None where the spelling allows several."""
        return self.readings[0] if len(self.readings) == 1 else None


def numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of a text in its order.

    >>> [n.readings for n in numerals("20x10E9 or 1.5×106")]
    [(Decimal('20000000000'),), (Decimal('1500000'), Decimal('159.0'))]
    """
    for found in _NUMERAL.finditer(text):
        readings = _readings(found)
        first = found["mantissa"] or found["plain"]
        factor = readings[0] / _decimal(first) if first and _decimal(first) else Decimal(1)
        yield Numeral(found.start(), found.end(), found[0], readings, factor)


def _readings(found: "re.Match[str]") -> tuple[Decimal, ...]:
    if found["mantissa"]:
        return _of_mantissa(_decimal(found["mantissa"]), found)
    if found["plain"]:
        power = int(found["exp"] or 0) + _SCALES.get((found["scale"] or " ")[0].lower(), 0)
        value = _decimal(found["plain"])
        if found["exp"] and found["plain"] == "10":  # 10E6: ten million, or 10 to the sixth?
            return (_whole(Decimal(10) ** power), _whole(value * Decimal(10) ** power))
        return (_whole(value * Decimal(10) ** power),)
    return (_whole(Decimal(10) ** _power(found, "b")),)


def _of_mantissa(mantissa: Decimal, found: "re.Match[str]") -> tuple[Decimal, ...]:
    value = _whole(mantissa * Decimal(10) ** _power(found, "m"))
    if found["mlost"]:  # 1.5×106: 1.5 x 10^6, or 1.5 x 106
        return (value, mantissa * int(f"10{found['mlost']}"))
    return (value,)


def _power(found: "re.Match[str]", prefix: str) -> int:
    groups = found.groupdict()
    digits = next(d for form in _FORMS if (d := groups.get(f"{prefix}{form}")))
    return int(digits.translate(_SUPERSCRIPTS))


def _decimal(text: str) -> Decimal:
    whole, _, rest = text.partition(".")
    groups = whole.split(",")
    if len(groups) > 1 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:]):
        return Decimal("".join(groups) + (f".{rest}" if rest else ""))
    return Decimal(text.replace(",", "."))


def _whole(value: Decimal) -> Decimal:
    return (
        value.quantize(Decimal(1))
        if value == value.to_integral_value() and value < Decimal("1e25")
        else value
    )
