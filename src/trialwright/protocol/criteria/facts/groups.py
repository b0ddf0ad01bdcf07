"""Amounts that limit one thing together: `18 to 80`, `≥ 18 and ≤ 75`, `< 2 or > 5`.

group := limit | amount joint amount | limit connective limit
joint := "-" | "to" | "and" (behind "between")
connective := "and" | "or" | "," | "-"
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from trialwright.protocol.criteria.facts.amounts import Amount
from trialwright.protocol.criteria.nodes import Operator
from trialwright.protocol.criteria.numbers import limiting
from trialwright.protocol.criteria.units import UnitFound

_DASH = re.compile(r"\s*(?:-|–|—|−|‐|~|～|to|through|thru|until)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:and|&|to|-|–|—|~)\s*(?:up\s+to\s*)?", re.IGNORECASE)
_CONNECTIVE = re.compile(
    r"\s*,?\s*(?P<joint>and/or|and|or|but|to|-|–|&|,|;)?\s*(?:(?:is|are|be|must be|also"
    r"|age[ds]?)\s*)?"
    r"[(\[]?\s*",
    re.IGNORECASE,
)
_SCORE_OF = re.compile(r"\bscores?\s+(?:of|is|was|are|=|:)\s*\Z", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:,\s*(?:or\s+)?|/|or\s+)\s*", re.IGNORECASE)
# Behind a score these say that the number is no score: another number, or people.
_GOES_ON = re.compile(
    r"\s*(?:[,/]\s*)?(?:[\d<>≥≤=~±-]|(?:patients|subjects|participants|people)\b)"
)
_CLOSING = (None, "<=", "<")  # operators with which the upper end of a range may stand
_NEAR = 16  # characters between two limits of one thing
_LOWER: frozenset[str] = frozenset({">", ">="})
_UPPER: frozenset[str] = frozenset({"<", "<="})


class Limit(NamedTuple):
    """One side of a group: an operator, the amount that states it, and its unit."""

    op: Operator
    amount: Amount
    unit: UnitFound


class Group(NamedTuple):
    """The limits of one thing, and whether all of them must hold or any."""

    limits: tuple[Limit, ...]
    joint: Literal["all", "any"]
    start: int
    end: int
    first: int  # the place of its first amount among those of the text
    last: int

    @property
    def about_age(self) -> bool:
        """Say whether the words of an operator are those of an age."""
        return any(limit.amount.about_age for limit in self.limits)


def groups(text: str, found: Sequence[Amount]) -> Iterator[Group]:
    """Yield the groups of a text; an amount that nothing compares is in none."""
    i = 0
    while i < len(found):
        group = None
        if i + 1 < len(found):
            group = _range(text, found, i) or _pair(text, found, i)
        group = group or _single(found[i], i) or _scored(text, found, i)
        if group:
            yield group
        i = group.last + 1 if group else i + 1


def _single(amount: Amount, at: int) -> Group | None:
    op = limiting(amount.op)
    if op is None:
        return None
    limit = Limit(op, amount, amount.unit)
    return Group((limit,), "all", amount.start, amount.end, at, at)


def _range(text: str, found: Sequence[Amount], at: int) -> Group | None:
    """Read `18 to 80 years`, `between 20 and 40%`, `from 2 up to 6 points`: both ends are in."""
    low, high = found[at], found[at + 1]
    opened = low.op in ("between", "from", "outside")
    said = low.op == "=" and high.op is None  # BMI = 18.5-29.9
    if not (opened or said or low.op is None) or high.op not in _CLOSING or high.second is not None:
        return None
    if high.start - low.end > 12:
        return None
    between = text[low.end : high.start]
    plain = between.strip()
    closes = high.op is not None and (not plain or plain in ("-", "–", "to", "and"))
    if not (closes or (_AND if opened else _DASH).fullmatch(between)):
        return None
    if high.op is None and not plain:
        return None
    start, end = low.start, high.end
    if high.op is None and low.value > high.value and high.value < 0:  # between -1 and -2.5
        low, high = high._replace(op=low.op), low._replace(op=None)
    closing = Limit("<" if high.op == "<" else "<=", high, _shared(high, low))
    limits = (Limit(">=", low, _shared(low, high)), closing)
    same = limits[0].unit.unit == closing.unit.unit and limits[0].unit.times == closing.unit.times
    if _overlap(limits) is False or (high.value == low.value and same):
        return None
    if low.op == "outside":
        limits = (limits[0]._replace(op="<"), closing._replace(op=">"))
        return Group(limits, "any", start, end, at, at + 1)
    return Group(limits, "all", start, end, at, at + 1)


def _scored(text: str, found: Sequence[Amount], at: int) -> Group | None:
    """Read `a score of 5`, `score of 5, 6 or 7`: what a score is, and not a limit of it."""
    first = found[at]
    if first.op is not None or first.unit.unit not in (None, "{score}") or first.unit.times != 1:
        return None
    if not _SCORE_OF.search(text, max(0, first.start - _NEAR), first.start):
        return None
    limits, last = [Limit("=", first, first.unit)], at
    while last + 1 < len(found):
        other = found[last + 1]
        joint = _LISTED.fullmatch(text, found[last].end, other.start)
        plain = other.op is None and "," not in text[other.at : other.end]
        if not joint or not plain or other.unit.unit not in (None, "{score}"):
            break
        limits.append(Limit("=", other, other.unit))
        last += 1
    if _GOES_ON.match(text, found[last].end):
        return None
    return Group(tuple(limits), "any", first.start, found[last].end, at, last)


def _pair(text: str, found: Sequence[Amount], at: int) -> Group | None:
    """Read two limits of one thing, from below and from above."""
    one, other = found[at], found[at + 1]
    if not (_are_opposite(one, other) or _is_closed_by(text, one, other)):
        return None
    joint = _CONNECTIVE.fullmatch(text[one.end : other.start])
    if not joint or not joint[0].strip():
        return None
    first, second = limiting(one.op), limiting(other.op or "<=")
    if first is None or second is None:
        return None
    limits = (Limit(first, one, _shared(one, other)), Limit(second, other, _shared(other, one)))
    listed = "," if "," in text[one.end : other.start] else "and"
    word = (joint["joint"] or listed).lower()
    meets = _overlap(limits)
    if "or" in word or (word in (",", ";") and meets is False):
        return None if meets else Group(limits, "any", one.start, other.end, at, at + 1)
    if meets is False:  # `under 18 and over 65`: nothing is both, so either is meant
        return Group(limits, "any", one.start, other.end, at, at + 1) if word == "and" else None
    return Group(limits, "all", one.start, other.end, at, at + 1)


def _are_opposite(one: Amount, other: Amount) -> bool:
    both = {one.op, other.op}
    near = other.start - one.end <= _NEAR
    return near and bool(both & _LOWER) and bool(both & _UPPER)


def _is_closed_by(text: str, one: Amount, other: Amount) -> bool:
    """Say whether a bare number closes a range that a sign opens: `≥ 18 - 75 years`."""
    joint = _DASH.fullmatch(text, one.end, other.at) if other.op is None else None
    return one.op in _LOWER and joint is not None


def _shared(one: Amount, other: Amount) -> UnitFound:
    """Return the unit of an amount; where it has none, the one beside it states it for both."""
    if one.unit.unit == "%" and other.unit.kind == "predicted":  # from 40% to 90% of predicted
        return other.unit
    return other.unit if one.unit.kind == "none" and one.unit.times == 1 else one.unit


_DAYS = {"a": 365, "mo": 30, "wk": 7, "d": 1}


def _days(limit: Limit) -> Decimal:
    """Return about how many days a limit of time is; one in hours is a part of one."""
    return limit.amount.value * Decimal(_DAYS.get(limit.unit.unit or "", 0) or "0.04")


def _overlap(limits: tuple[Limit, Limit]) -> bool | None:
    """Say whether a value can be inside both limits; None where their units differ."""
    low, high = limits if limits[0].op in _LOWER else limits[::-1]
    if {low.unit.kind, high.unit.kind} == {"uln", "lln"}:
        return low.unit.kind == "lln"
    if low.unit.is_time and high.unit.is_time:
        return _days(low) <= _days(high)
    if low.unit.unit != high.unit.unit or low.unit.kind != high.unit.kind:
        return None
    return low.amount.value * low.unit.times <= high.amount.value * high.unit.times
