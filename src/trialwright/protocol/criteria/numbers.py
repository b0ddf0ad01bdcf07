"""Numbers, signs of comparison and durations as clinical texts write them.

number   := 2,500 | 100 000 | 1.000.000 | 1.5 | 1,5 | .5
sign     := "≥" | ">=" | "=>" | ">/=" | "> or =" | "&gt;" | ...
operator := sign | "at least" | "greater than or equal to" | "not exceeding" | ...   (in front)
after    := "or more" | "and above" | "+" | "or less" | "maximum" | ...             (behind)

Three digits behind a comma are thousands and behind a point decimals, unless there is evidence for
the other convention: `readings` gives both, and the measure decides.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria.nodes import Operator

_GROUPED = r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?"
_SPACED = r"[1-9]\d{0,2}(?:[\u202f\u2009\u00a0 ]\d{3})+(?![\d,])(?:\.\d+)?"
NUMBER = re.compile(rf"(?:{_GROUPED}|{_SPACED}|\d{{1,3}},\d{{3}}(?:\.\d+)?|\d+(?:[.,·]\d+)?|\.\d+)")

# --- operators ---------------------------------------------------------------------------------

_EQUAL = r"(?:=|equal(?:\s+to)?\b)"
_SIGNS: tuple[tuple[str, Operator], ...] = (
    (rf"≥|⩾|≧|>\s*/?\s*=|>\s*or\s*{_EQUAL}|{_EQUAL}\s*or\s*>|=\s*>|&ge;|&gt;\s*=", ">="),
    (rf"≤|⩽|≦|<\s*/?\s*=|<\s*or\s*{_EQUAL}|{_EQUAL}\s*or\s*<|=\s*<|&le;|&lt;\s*=", "<="),
    (r">|˃|＞|&gt;", ">"),
    (r"<|˂|＜|&lt;", "<"),
    (r"=", "="),
)
_SIGN = "|".join(f"(?P<s{i}>{pattern})" for i, (pattern, _) in enumerate(_SIGNS))
SIGN = re.compile(rf"\s*(?:{_SIGN})\s*", re.IGNORECASE)
_SIGN_BEFORE = re.compile(rf"(?:{_SIGN})(?:\s*or\s+equal\s+to)?\s*\Z", re.IGNORECASE)
_SIGN_REACH = 22  # characters in front of a number in which a sign may stand
_SIGN_ENDS = frozenset("≥⩾≧≤⩽≦>˃＞<˂＜=;")
_IN_WORDS_TOO = ("equal to", "or equal")

_UP = "greater more higher larger longer older bigger further"
_DOWN = "less lower smaller fewer shorter younger lesser"
_OPPOSITE: dict[Operator, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "="}
FLIPPED: dict[Operator, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}

Words = Operator | Literal["between", "from", "outside"]
_FIXED: dict[Words, tuple[str, ...]] = {
    ">=": ("of or above", "at or above", "at or over", "equal to or above", "equal or above",
           "equal to or over", "at least", "at minimum", "at a minimum", "at the least", "minimum",
           "minimum of", "a minimum", "a minimum of", "minimally", "min", "not below",
           "not under", "no below", "starting at", "starting from"),
    "<=": ("of or below", "at or below", "at or under", "equal to or below", "equal or below",
           "equal to or under", "at most", "at the most", "maximum", "maximum of", "a maximum",
           "a maximum of", "max", "up to", "up to and including", "not exceed", "not exceeding",
           "not to exceed", "not exceeds", "not above", "not over", "no above", "does not exceed",
           "do not exceed", "must not exceed", "should not exceed", "not in excess of"),
    ">": ("above", "over", "exceed", "exceeds", "exceeding", "exceeded",
          "in excess of", "beyond"),
    "<": ("below", "under", "beneath"),
    "=": ("equal to", "equals", "equal", "exactly"),
    "between": ("between", "equal to or between", "equal or between"),
    "outside": ("outside", "outside of", "outside range of", "outside the range of",
                "outside the range", "outside the limits", "outside the limits of",
                "outside the limits/range", "out of the range", "out of the range of"),
    "from": ("from", "ranging from", "ranges from", "range from", "ranging between",
             "range between", "range of", "a range of", "in the range of", "range", "ranging",
             "ranged from", "within the range of", "in a range of"),
}  # fmt: skip


_CLOSED_FORMS = (
    "{} than or equal to", "{} than or equal", "{} than or equals", "{} than or equal than",
    "{} than or equals to", "{} then or equal to", "{} than and equal to", "{} than/equal to",
    "{} or equal to", "{} or equal", "{} or equal than", "{}/equal to", "{}/equal",
    "equal to or {} than", "equals to or {} than", "equals or {} than", "{} or equals to",
    "equal or {} than", "equal to or {}", "equal or {}", "at or {} than", "of or {} than",
    "equal and {} than", "equal and {} to",
)  # fmt: skip


def _comparatives(words: str, strict: Operator, closed: Operator) -> "Iterator[tuple[str, Words]]":
    for word in words.split():
        for form in (f"{word} than", f"{word} then"):
            yield form, strict
            for no in ("no", "not", "not any", "not be", "no any"):
                yield f"{no} {form}", _OPPOSITE[strict]
        for form in _CLOSED_FORMS:
            yield form.format(word), closed


_CLOSED: tuple[tuple[Words, str], ...] = (
    (">=", "above"), (">=", "over"), ("<=", "below"), ("<=", "under"),
)  # fmt: skip

# Every operator in words, single-spaced, lower case.
IN_WORDS: dict[str, Words] = {
    **{words: op for op, forms in _FIXED.items() for words in forms},
    **dict(_comparatives(_UP, ">", ">=")),
    **dict(_comparatives(_DOWN, "<", "<=")),
    **{f"{word} or equal to": op for op, word in _CLOSED},
}
LONGEST_IN_WORDS = max(len(words.split()) for words in IN_WORDS)

_MORE = "more|greater|higher|above|over|older|up|upwards?|beyond|longer|larger|elder"
_LESS = "less|lower|below|under|younger|fewer|shorter|smaller"
AFTER = re.compile(
    rf"\s*(?:,\s*)?(?:\(?inclusive\)?\s*)?(?:or|and|and/or)\s+(?:is\s+)?"
    rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b(?!\s+(?:than|to|the)\b)"
    r"|(?P<plus>\s?\+(?![\w(]))"
    r"|\s*,?\s*(?:(?P<least>minimum)|(?P<most>maximum))\b(?!\s+of\b)",
    re.IGNORECASE,
)
OLDER = re.compile(r"\b(?:older|younger|elder)\b", re.IGNORECASE)


def sign_before(text: str, at: int, start: int) -> "re.Match[str] | None":
    """Return the sign that ends where a number begins; `start` is as far back as it may stand."""
    front = text[max(start, at - _SIGN_REACH) : at].rstrip()
    if front[-1:] not in _SIGN_ENDS and front[-8:].lower() not in _IN_WORDS_TOO:
        return None
    return _SIGN_BEFORE.search(text, max(start, at - _SIGN_REACH), at)


def sign(found: "re.Match[str]") -> Operator:
    """Return the operator that a sign stands for."""
    return next(op for i, (_, op) in enumerate(_SIGNS) if found[f"s{i}"] is not None)


def limiting(op: Words | None) -> Operator | None:
    """Return the operator where words set one limit; None for those of a range."""
    return None if op is None or op == "between" or op == "from" or op == "outside" else op


def after(found: "re.Match[str]") -> Operator:
    """Return the operator that words behind a number stand for."""
    return ">=" if found["more"] or found["plus"] or found["least"] else "<="


# --- numbers -----------------------------------------------------------------------------------

_GAPS = re.compile(r"[\u202f\u2009\u00a0 ]")
_BY_COMMA = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_BY_POINT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def number(text: str) -> Decimal:
    """Return the value of a number as written.

    >>> number("2,500"), number("1,5"), number("100 000"), number("0,125"), number("1.000.000")
    (Decimal('2500'), Decimal('1.5'), Decimal('100000'), Decimal('0.125'), Decimal('1000000'))
    """
    text = _GAPS.sub("", text).replace("·", ".")
    if _BY_COMMA.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _BY_POINT.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", "."))


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[Decimal, ...]:
    """Return what a number may mean, the likelier first.

    >>> readings("100.000"), readings("1,500")
    ((Decimal('100.000'), Decimal('100000')), (Decimal('1500'), Decimal('1.500')))
    """
    if not _EITHER.fullmatch(text):
        return (number(text),)
    thousands, decimals = Decimal(re.sub("[.,]", "", text)), Decimal(text.replace(",", "."))
    if text.endswith(",000"):  # nobody writes three noughts of decimals behind a comma
        return (thousands,)
    return (thousands, decimals) if "," in text else (decimals, thousands)


_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "eighteen": 18, "twenty": 20, "twenty-one": 21, "twenty-four": 24,
    "twenty-eight": 28, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "a": 1, "an": 1,
}  # fmt: skip
_WORDS.update(
    (f"{tens}-{one}", _WORDS[tens] + _WORDS[one])
    for tens in ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    for one in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
)
COUNTED = frozenset(_WORDS) - {"a", "an"}
NUMBER_WORD = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five"
    r"|six|seven|eight|nine))?|"
    + "|".join(sorted((w for w in _WORDS if len(w) > 2 and "-" not in w), key=len, reverse=True))
    + ")"
)
COUNT = rf"(?:\d{{1,4}}|{NUMBER_WORD}|an?)"
TIME_UNIT = r"(?:years?|yrs?|months?|weeks?|wks?|days?)"


def count(text: str) -> int:
    """Return a small whole number written in digits or as a word."""
    return int(text) if text.isdigit() else _WORDS[text.lower()]


def duration(n: int, unit: str) -> Duration:
    """Return n years, months, weeks or days."""
    match unit.lower()[0]:
        case "y":
            return Duration(months=12 * n)
        case "m":
            return Duration(months=n)
        case "w":
            return Duration(days=7 * n)
        case _:
            return Duration(days=n)
