"""The amounts of a text: each number with its operator in front or behind, and its unit.

    amount := [operator] number ["(" restated ")"] [unit] [after]
            | operator limit-of-normal                 "> ULN", "below the lower limit of normal"
    number := digits | number-word time-unit           "six months"

Only digits (and number words before a unit of time) are looked at, so that a text without them
costs next to nothing. A number inside a word or a name is no amount: `PD-1`, `T790M`, `3-vessel`,
`1st`, `RECIST 1.1.2`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from trialwright.protocol.criteria.numbers import (
    AFTER,
    COUNTED,
    IN_WORDS,
    LONGEST_IN_WORDS,
    NUMBER,
    NUMBER_WORD,
    OLDER,
    Words,
    after,
    count,
    number,
    readings,
    sign,
    sign_before,
)
from trialwright.protocol.criteria.units import (
    LIMIT_BEGINS,
    LIMIT_OF_NORMAL,
    WHOSE,
    UnitFound,
    unit_at,
)

_DIGIT = re.compile(r"\d")
_IN_WORDS = re.compile(
    rf"(?<![\w-])(?P<word>{NUMBER_WORD})(?=[\s-]*(?:\(\s*\d+\s*\)[\s-]*)?"
    r"(?:calendar\s+|full\s+|consecutive\s+)?(?:(?:years?|yrs?|months?|weeks?|wks?|days?|hours?"
    r"|half)\b|(?:or|and)\s+(?:older|above|over|younger)\b))",
    re.IGNORECASE,
)
_RESTATED = re.compile(
    rf"\s*\(\s*(?:(?P<digits>\d{{1,3}})|(?P<word>{NUMBER_WORD}))\s*\)", re.IGNORECASE
)
_ADJECTIVE = re.compile(r"[\s-]*(?:calendar|full|consecutive|completed)\s+(?=[a-z])", re.IGNORECASE)
_ADJECTIVES = ("ca", "fu", "co")
_MAY_FOLLOW = re.compile(r"[\s,(]*[oai+mOAM]")
_MULTIPLIES = re.compile(r"[\s-]*(?:[x×✕]|times|folds?)(?![^\W\d])", re.IGNORECASE)
_MULTIPLICATION = frozenset("xX×✕tTfF")
# Behind a limit: that of an assay, or a limit that something is added to (`> ULN + 4 seconds`).
_MORE_THAN_LIMIT = re.compile(r"\s*(?:\+|plus\b|of\s+(?:the\s+)?(?:detect|quanti))", re.IGNORECASE)
_ABOVE = re.compile(r"\b(?:above|over|exceeding|(?:higher|greater|more)\s+than)\b", re.IGNORECASE)
_OPENED = re.compile(r"\(\s*\d[\d.,]*\s*(?:-|–|to|and)\s*\Z")
_OLD = re.compile(r"[\s-]*(?:of\s+age|old)\b", re.IGNORECASE)
_PAIRED = re.compile(r"\s?/\s?(\d{2,3})(?![\d/.])")
_TO_ONE = re.compile(r"\s?:\s?1(?!\d)")
_OUT_OF = re.compile(
    r"\s+(?:out\s+of|of)\s+(?:a\s+(?:possible|maximum|total)\s+(?:of\s+)?)?\d{1,3}(?![\d.])"
)
_EMPTY = str.maketrans("([{,;:*•\t\n\xa0", " " * 11)
_BEFORE_NUMBER = frozenset({"the", "a", "an", "of", "age", "ages"})
_LAST_WORDS = frozenset(words.split()[-1] for words in IN_WORDS)
_CLOSED = re.compile(
    r"\s*,?\s*[(（]?\s*includ(?:ing|es|ed)\s+(?:the\s+)?(?:(?P<n>\d+(?:\.\d+)?)|cut-?\s?off(?:\s+(?:value"
    r"|point)s?)?|boundary\s+values?|both\s+ends|end\s?points?)(?:\s?[%a-zA-Z/]{1,8})?\s*[)）]",
    re.IGNORECASE,
)
_TO_THE = re.compile(r"\^\s?\(?(?P<n>\d{1,2})(?!\d)\)?(?!\s?/)")
_MINUS = frozenset("-−–")
_LONGEST = 20  # characters of a number that a measurement can have
_JOINED = frozenset("_^#")
_PARTS = frozenset("./:")
_BESIDE = _PARTS | frozenset("-‐,")
_GOES_ON = frozenset(".:_")
_NEAREST = 14  # characters, in which the last word of an operator stands
_REACH = 60  # characters in front of a number in which an operator in words may begin


class Amount(NamedTuple):
    """One amount and its span; `op` is None where nothing compares it with anything."""

    start: int  # where the operator begins
    at: int  # where the number begins
    end: int
    op: Words | None
    values: tuple[Decimal, ...]  # what the number may mean, the likelier first
    unit: UnitFound
    about_age: bool = False  # "under the age of 18", "18 or older"
    second: Decimal | None = None  # the 90 of 140/90

    @property
    def value(self) -> Decimal:
        """Return what the number most likely means."""
        return self.values[0]


def amounts(text: str) -> tuple[Amount, ...]:
    """Return the amounts of a text in its order, none overlapping another."""
    first = _DIGIT.search(text)
    found = list(_numbers(text, first)) if first else []
    lower = text.lower()
    if _may_count(lower):
        found += _number_words(text)
    if _may_limit(lower):
        found += _limits_of_normal(text, {amount.end for amount in found})
    if len(found) < 2:
        return tuple(found)
    kept: list[Amount] = []
    for amount in sorted(found, key=lambda each: each.at):
        if not kept or amount.at >= kept[-1].end:
            kept.append(amount)
    return tuple(kept)


def _may_count(lower: str) -> bool:
    """Say whether a text may hold a number word with a unit of time behind it."""
    if not (names_time(lower) or "age" in lower or "older" in lower):
        return False
    return not COUNTED.isdisjoint(lower.replace("-", " ").split())


def _may_limit(lower: str) -> bool:
    """Say whether a text may speak of a limit of normal."""
    if "uln" in lower or "lln" in lower or "unl" in lower or "limit" in lower:
        return True
    return "normal" in lower and ("upper" in lower or "lower" in lower or "max" in lower)


def names_time(lower: str) -> bool:
    """Say whether a text in lower case may name a unit of time."""
    return (
        "day" in lower or "month" in lower or "week" in lower or "year" in lower
        or "hour" in lower or "half" in lower or "yr" in lower or "wk" in lower
    )  # fmt: skip


def _numbers(text: str, found: "re.Match[str] | None") -> Iterator[Amount]:
    """Yield the amounts in digits, of which the first is found."""
    end = 0
    while found:
        at = _start(text, found.start(), end)
        written = NUMBER.match(text, at)
        if written is None:  # a digit of another script
            end = found.end()
        elif written.end() - at > _LONGEST:
            end = written.end()
        elif _stands_alone(text, at, written.end(), end):
            amount = _amount(text, end, at, written.end(), readings(written[0]))
            end = written.end() if amount is None else amount.end
            if amount:
                yield amount
        else:
            end = _past_word(text, written.end())
        found = _DIGIT.search(text, end)


def _start(text: str, at: int, least: int) -> int:
    """Include the point of `.5`."""
    behind_point = at > least and text[at - 1] == "."
    return at - 1 if behind_point and (at < 2 or text[at - 2] in " <>=≥≤(") else at


def _stands_alone(text: str, at: int, end: int, least: int) -> bool:
    """Say whether the number is no part of a word, a name, a version or a ratio.

    At `least` another amount ended: `8yr-18yrs` is a range.
    """
    before = text[at - 1 : at]
    if before.isalnum() or before in _JOINED:
        return False
    if before == " " and text[at : at + 2] == "1 " and text[max(0, at - 4) : at] == "FEV ":
        return False
    if at > 1 and before in _BESIDE:
        front = text[at - 2]
        if at - 1 > least and before != ":" and front.isalnum() and not front.isdigit():
            return before == "," and front.isalpha()
        if before in _PARTS and front.isdigit():
            return False
    if text[end : end + 1] not in _GOES_ON:
        return True
    return not text[end + 1 : end + 2].isdigit() or _TO_ONE.match(text, end) is not None


def _past_word(text: str, at: int) -> int:
    while at < len(text) and (text[at].isalnum() or text[at] == "_"):
        at += 1
    return at


def _amount(text: str, least: int, at: int, end: int, values: tuple[Decimal, ...]) -> Amount | None:
    second = None
    if text[end : end + 1] == "^" and (power := _TO_THE.match(text, end)):  # 10^5
        if values[0] != 10:
            return None
        values, end = (Decimal(10) ** int(power["n"]),), power.end()
    behind_it = text[end : end + 8]
    if "/" in behind_it and (paired := _PAIRED.match(text, end)):
        second, end = Decimal(paired[1]), paired.end()
    elif behind_it[:1] == "/" and behind_it[1:2].isdigit():
        return None
    if "(" in behind_it:
        end = _past_restated(text, end, values[0])
    if ":" in behind_it and (more := _TO_ONE.match(text, end)):
        end = more.end()
    if " o" in behind_it and (more := _OUT_OF.match(text, end)):
        end = more.end()
    minus = text[at - 1 : at] in _MINUS and _is_negative(text, least, at)
    signed = at - 1 if minus or (at > least and text[at - 1] == "+") else at  # RASS +1 or greater
    op, start, about_age = operator_before(text, least, signed)
    plus = text[end : end + 1] == "+" and not (text[end + 1 : end + 2].isalnum())
    unit = _unit(text, end + 1 if plus else end, at)
    if plus:
        if op is not None or not (unit.is_time or "age" in text[max(least, at - 12) : at].lower()):
            return None
        op = ">="
    if (
        unit.kind == "none"
        and unit.end == end
        and (_is_inside_word(text, end) or _multiplies(text, end))
    ):
        return None
    if minus and not unit.is_time:  # T-score < -2.5; but no time: `Day -28`, `criteria: -18 years`
        at, values = signed, tuple(-value for value in values)
    if op is None and unit.kind in ("uln", "lln") and _ABOVE.search(text, end, unit.end):
        op = ">"
    end = unit.end
    old = _OLD.match(text, end) if unit.is_time else None
    if old and (behind := AFTER.match(text, old.end())) and op in (None, after(behind)):
        op, end, about_age = after(behind), behind.end(), True
    elif (
        _MAY_FOLLOW.match(text, end)
        and (behind := AFTER.match(text, end))
        and op in (None, after(behind), "between")
    ):
        op, end = after(behind), behind.end()
        about_age = about_age or OLDER.search(behind[0]) is not None
        if unit.kind == "none" and not about_age:  # 10,000 or more copies/mL
            behind_them = unit_at(text, end)
            if behind_them.kind == "unit":
                unit, end = behind_them, behind_them.end
    if (
        "nclud" in text[end : end + 12]
        and (closes := _CLOSED.match(text, end))
        and (closes["n"] is None or number(closes["n"]) == values[0])
    ):
        op, end = _closing(op), closes.end()
    return Amount(start, at, end, op, values, unit, about_age, second)


def _is_negative(text: str, least: int, at: int) -> bool:
    """Say whether a minus stands in front of a number, and no dash of a list or a range."""
    if at < 2 or text[at - 2] not in " (<>≤≥=":
        return False
    before = text[least : at - 1].rstrip(" (")
    return before[-1:].isalpha() or before[-1:] in ("<", ">", "=", "≤", "≥", ")")


def _closing(op: Words | None) -> Words | None:
    """Return an operator with its end included: `less than 21 (including 21)`."""
    return "<=" if op == "<" else ">=" if op == ">" else op


def _past_restated(text: str, at: int, value: Decimal) -> int:
    """Step over the number said again: `six (6) months`."""
    found = _RESTATED.match(text, at)
    return found.end() if found and count(found["digits"] or found["word"]) == value else at


def _unit(text: str, at: int, number_at: int) -> UnitFound:
    if text[at + 1 : at + 3] in _ADJECTIVES and (between := _ADJECTIVE.match(text, at)):
        unit = unit_at(text, between.end())
        if unit.is_time:
            return unit
    if text[at : at + 1] == ")" and _OPENED.search(text, max(0, at - 20), number_at):
        unit = unit_at(text, at + 1)  # (16-24) weeks
        return unit if unit.kind == "unit" else UnitFound("none", at)
    unit = unit_at(text, at)
    if text[unit.end : unit.end + 2] == " (" and unit.unit:  # millimetres of mercury (mm Hg)
        again = unit_at(text, unit.end + 2)
        if again.unit == unit.unit and text[again.end : again.end + 1] == ")":
            return unit._replace(end=again.end + 1)
    return unit


def _multiplies(text: str, at: int) -> bool:
    """Say whether a number is so many times something."""
    near = text[at : at + 3].lstrip(" -")[:1]
    return near in _MULTIPLICATION and _MULTIPLIES.match(text, at) is not None


def _is_inside_word(text: str, at: int) -> bool:
    """Say whether letters follow the number at once: `2D`, `1st`, `12-lead`."""
    if text[at : at + 1].isalpha():
        return True
    return (
        text[at : at + 1] == "-"
        and text[at + 1 : at + 2].isalpha()
        and text[at + 1 : at + 3] != "to"
    )


def operator_before(text: str, least: int, at: int) -> tuple[Words | None, int, bool]:
    """Return the operator in front of a place, where it begins, and whether it is about age."""
    if found := sign_before(text, at, least):
        return sign(found), found.start(), False
    near = text[max(least, at - _NEAREST) : at].translate(_EMPTY).lower().split()
    if not near or (near[-1] not in _LAST_WORDS and near[-1] not in _BEFORE_NUMBER):
        return None, at, False
    begin = max(least, at - _REACH)
    tail = text[begin:at].translate(_EMPTY).lower()
    if not tail.isascii() and len(tail) != at - begin:
        return None, at, False
    words = tail.split()
    about_age = False
    while words:  # `under the age of 18`: what stands between the operator and the number goes
        if words[-1] in _LAST_WORDS:
            for n in range(min(LONGEST_IN_WORDS, len(words)), 0, -1):
                said = words[-n:]
                if op := IN_WORDS.get(" ".join(said)):
                    older = about_age or said[0] in ("older", "younger")
                    return op, begin + _place(tail, words, n), older
        if words[-1] not in _BEFORE_NUMBER:
            break
        about_age = about_age or words[-1] in ("age", "ages")
        words.pop()
    return None, at, False


def _place(tail: str, words: list[str], n: int) -> int:
    """Return where the last n words begin in what they were split from."""
    at = 0
    for word in words[: len(words) - n]:
        at = tail.index(word, at) + len(word)
    return tail.index(words[-n], at)


def _number_words(text: str) -> Iterator[Amount]:
    for found in _IN_WORDS.finditer(text):
        amount = _amount(text, 0, found.start(), found.end(), (Decimal(count(found["word"])),))
        if amount:
            yield amount


def _limits_of_normal(text: str, taken: set[int]) -> Iterator[Amount]:
    """Find limits of normal that no number multiplies: `greater than the ULN`."""
    end = 0
    for begin in LIMIT_BEGINS.finditer(text):
        found = LIMIT_OF_NORMAL.match(text, begin.start()) if begin.start() >= end else None
        if found is None:
            continue
        end = found.end()
        if end in taken or _MORE_THAN_LIMIT.match(text, end):
            continue
        start = _past_whose(text, found.start())
        op, begins, _ = operator_before(text, max(0, start - _REACH), start)
        if op in ("<", "<=", ">", ">="):
            unit = UnitFound("uln" if found["upper"] else "lln", found.end())
            yield Amount(begins, start, found.end(), op, (Decimal(1),), unit)


def _past_whose(text: str, at: int) -> int:
    """Step over `the institutional` in front of a limit of normal."""
    words = text[max(0, at - 40) : at].split()
    for word in reversed(words):
        if word.lower() not in WHOSE:
            break
        at = text.rindex(word, 0, at)
    return at


def whole(value: Decimal) -> int | None:
    """Return a whole number as an int."""
    return int(value) if value == value.to_integral_value() and abs(value) < 10**6 else None


def named(text: str) -> Decimal:
    """Return a number in digits or in words."""
    return number(text) if text[:1].isdigit() else Decimal(count(text))
