"""Large numbers as trial records spell them, each with its span and every reading it allows.

    numeral  := mantissa [times] ten power | mantissa "E" power | ten power | mantissa scale
              | mantissa
    times    := "x" | "×" | "*" | "·"
    ten      := "10"
    power    := "^"n | "^{"n"}" | "**"n | "*"n | "E"n | "(n)" | superscript | " "n
    scale    := "million" | "millions" | "billion" | "thousand"
    doubtful := mantissa ("." | ",") ten power | mantissa " E" n

`20x10E9` is 20e9, as such records mean it, and `20x10*9` too, as UCUM writes it. `1.5×106` lost a
superscript: it may be 1.5 x 106 or 1.5e6, and so may a bare `10E6` be 1e6 or 1e7: both readings
are kept, and a person is asked. So is one where a doubtful form has but one likely reading.
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
    "latex": r"\s?\\?\^\s?\\?\{{\s?\+?{}\s?\\?\}}",
    "stars": r"\\?\*\\?\*{}",
    "star": r"\\?\*{}",
    "e": r"\s?[eE]\+?{}",
    "paren": r"\({}\)",
    "super": "{}",
    "space": r"\s{}(?=\s?[a-zA-Z/])",
    "lost": r"{}(?![\d.,])",
}
_BARE = ("caret", "latex", "stars", "star", "paren", "super")


def _power_pattern(prefix: str, forms: Iterable[str]) -> str:
    digits = {"super": "[⁰¹²³⁴-⁹]{1,2}"}
    named = ((form, f"(?P<{prefix}{form}>{digits.get(form, '[0-9]{1,2}')})") for form in forms)
    return "|".join(_FORMS[form].format(group) for form, group in named)


_NUMERAL = re.compile(
    r"(?:(?<![\w.,^])|(?<=[A-Za-z]{2},)|(?<=[A-Za-z]{3}\.))"  # `six weeks.1x10E9`: a lost space
    rf"(?:(?P<mantissa>{_MANTISSA}){_TIMES}10(?:{_power_pattern('m', _FORMS)})"
    rf"|(?P<pointed>\d{{1,4}})[.,]10(?:{_power_pattern('p', (*_BARE, 'e'))})"
    rf"|10(?:{_power_pattern('b', _BARE)})"
    rf"|(?P<spaced>{_MANTISSA})\s[eE]\+?(?P<apart>[0-9]{{1,2}})(?!\w)"
    rf"|(?P<plain>{_MANTISSA})(?:[eE]\+?(?P<exp>[0-9]{{1,2}}))?"
    r"(?:[\s-]?(?P<scale>thousands?|millions?|billions?|M(?=\s?cells))\b)?)"
)
_SCALES = {"t": 3, "m": 6, "b": 9}
_THOUSANDS_OR_DECIMALS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_POINT = "the point or comma before 10 may be a decimal point or a multiplication"
_APART = "a space stands before the exponent"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: its span, its words, and its possible values (one, where it is clear)."""

    start: int
    end: int
    text: str
    readings: tuple[Decimal, ...]
    factor: Decimal = Decimal(1)  # what the number before the power of ten is multiplied by
    doubt: str | None = None  # why a person is asked although one reading is the likely one

    @property
    def value(self) -> Decimal | None:
        """Return the value; None where the spelling allows several."""
        return self.readings[0] if len(self.readings) == 1 and not self.doubt else None


def numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of a text in its order.

    >>> [n.readings for n in numerals("20x10E9 or 1.5×106")]
    [(Decimal('20000000000'),), (Decimal('1500000'), Decimal('159.0'))]
    """
    for found in _NUMERAL.finditer(text):
        readings = _readings(found)
        first = found["mantissa"] or found["plain"]
        factor = readings[0] / _decimal(first) if first and _decimal(first) else Decimal(1)
        doubt = _POINT if found["pointed"] else _APART if found["spaced"] else None
        yield Numeral(found.start(), found.end(), found[0], readings, factor, doubt)


def readable(amount: Decimal) -> str:
    """Write an amount as people read it: digits, from a million on with an exponent.

    >>> readable(Decimal("20000000000")), readable(Decimal("159.0"))
    ('2e10', '159')
    """
    value = amount.normalize()
    return f"{value:f}" if abs(value) < 10**6 else f"{value:e}".replace("e+", "e")


def _readings(found: "re.Match[str]") -> tuple[Decimal, ...]:
    if found["mantissa"]:
        return _of_mantissa(found["mantissa"], found)
    if found["pointed"]:
        return _of_pointed(found)
    if found["spaced"]:
        return (_scaled(_decimal(found["spaced"]), int(found["apart"])),)
    if found["plain"]:
        return _of_plain(found["plain"], found)
    return (_scaled(Decimal(1), _power(found, "b")),)


def _of_plain(text: str, found: "re.Match[str]") -> tuple[Decimal, ...]:
    power = int(found["exp"] or 0) + _SCALES.get((found["scale"] or " ")[0].lower(), 0)
    value = _decimal(text)
    if found["exp"] and text == "10":  # 10E6: ten million, or 10 to the sixth?
        return (_scaled(Decimal(1), power), _scaled(value, power))
    if not power and "." in text and _THOUSANDS_OR_DECIMALS.fullmatch(text):  # 20.000: 20, 20,000?
        return (_whole(value), _whole(value * 1000))
    return (_scaled(value, power),)


def _of_mantissa(text: str, found: "re.Match[str]") -> tuple[Decimal, ...]:
    mantissa = _decimal(text)
    value = _scaled(mantissa, _power(found, "m"))
    if found["mlost"]:  # 1.5×106: 1.5 x 10^6, or 1.5 x 106
        return (value, mantissa * int(f"10{found['mlost']}"))
    if "," in text and _THOUSANDS_OR_DECIMALS.fullmatch(text):  # 2,500x10E6: 2.5, or 2500?
        return (value / 1000, value)
    return (value,)


def _of_pointed(found: "re.Match[str]") -> tuple[Decimal, ...]:
    power = _power(found, "p")
    times = _scaled(Decimal(found["pointed"]), power)
    if found["pe"]:  # 20.10E9: 20 x 10E9, or 20.10 with an exponent
        return (times, _scaled(Decimal(f"{found['pointed']}.10"), power))
    return (times,)


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


def _scaled(value: Decimal, power: int) -> Decimal:
    return _whole(value * Decimal(10) ** power)


def _whole(value: Decimal) -> Decimal:
    return (
        value.quantize(Decimal(1))
        if value == value.to_integral_value() and value < Decimal("1e25")
        else value
    )
