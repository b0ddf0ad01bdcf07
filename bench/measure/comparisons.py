"""Comparisons as annotators wrote them beside comparisons as they were read.

Both sides become the same plain value: whose (age, or words), operator, number, unit. The gold
names no unit but those of time, so other units are not compared. An age below 18 and an age of at
most 17 completed years are the same; so are `over 18` and a lower limit of 18 with its doubt. What
is said of a scale's classes (ECOG at most 2; ECOG 0, 1 or 2) becomes the list of its classes.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import ceil
from typing import TypeGuard

from measure.logic_pairs import Call, Chain, Pair
from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.trees import walk

_OPS = {"GTEQ": ">=", "GT": ">", "LTEQ": "<=", "LT": "<", "EQ": "="}
_WORD = re.compile(r"[a-z0-9]+")
_TIMES = {"YEAR": "year", "MONTH": "month", "WEEK": "week", "DAY": "day", "HOUR": "hour"}
_UP_TO_TWELVE = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
_NUMBERS = {word: Decimal(n) for n, word in enumerate(_UP_TO_TWELVE)}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}


@dataclass(frozen=True, slots=True)
class Stated:
    """One limit: of what, on which side, how much."""

    names: frozenset[str]  # every name it may go by; words without order
    op: str
    value: Decimal | str
    unit: str | None = None  # of time

    def same(self, other: "Stated") -> bool:
        """Say whether both state the same limit, under names that share a telling word."""
        units = {self.unit, other.unit} - {None}
        return (
            (self.op, self.value) == (other.op, other.value)
            and len(units) < 2
            and any(_akin(a, b) for a in self.names for b in other.names)
        )


def gold(pair: Pair) -> tuple[Stated, ...]:
    """Return the limits of a pair's form."""
    return _by_scale(dict.fromkeys(_stated(pair.form, pair.text)))


def read(node: nodes.Node) -> tuple[Stated, ...]:
    """Return the limits of an expression that was read."""
    parts = list(walk(node))
    certain = {id(part.of[0]) for part in parts if _is_one_age(part)}
    found = (each for part in parts if id(part) not in certain for each in _limits(part))
    return tuple(dict.fromkeys(found))


def _is_one_age(node: nodes.Node) -> TypeGuard[nodes.Any]:
    """Say whether two limits are one: over 40, from 41 on for certain and at 40 in doubt."""
    match node:
        case nodes.Any((nodes.Demographic(), nodes.All((nodes.Demographic(), nodes.Residue())))):
            return True
        case _:
            return False


def score(wanted: tuple[Stated, ...], found: tuple[Stated, ...]) -> tuple[int, int, int]:
    """Return how many are right, of how many found and how many wanted."""
    left = list(wanted)
    right = 0
    for each in found:
        match = next((i for i, gold in enumerate(left) if gold.same(each)), None)
        if match is not None:
            left.pop(match)
            right += 1
    return right, len(found), len(wanted)


# --- the annotators' side ------------------------------------------------------------------------


def _stated(chain: Chain, text: str) -> Iterator[Stated]:
    for at, call in enumerate(chain):
        if call.name == "num_filter":
            subject = _subject(chain[:at])
            for arg in call.args:
                if isinstance(arg, tuple) and subject:
                    yield from _filter(arg, subject, text)
        else:
            for arg in call.args:
                if isinstance(arg, tuple):
                    yield from _stated(arg, text)


def _subject(chain: Chain) -> str | None:
    names = [str(call.args[0]) for call in chain if call.name == "name" and call.args]
    if any(call.name == "age" for call in chain):
        return "age"
    return names[-1] if names else None


def _filter(chain: Chain, subject: str, text: str) -> Iterator[Stated]:
    names = frozenset({_words(subject)})
    values = [v for call in chain if call.name == "val" for v in (_number(str(call.args[0])),)]
    op = next((str(call.args[0]) for call in chain if call.name == "op"), None)
    unit = next((_TIMES.get(str(c.args[0])) for c in chain if _is_time(c)), None)
    if len(values) == 2 and (op == "BETWEEN" or (op is None and _is_range(values, text))):
        low, high = sorted(values, key=_order)
        yield from (_plain(names, ">=", low, unit), _plain(names, "<=", high, unit))
    elif op in _OPS and values:
        yield from (_plain(names, _OPS[op], value, unit) for value in values)
    elif op is None:
        yield from (_plain(names, "=", value, unit) for value in values)


def _is_range(values: list[Decimal | str], text: str) -> bool:
    """Say whether two values without an operator stand in the text as `1-4` or `1 to 4`."""
    low, high = map(_written, values)
    return re.search(rf"\b(?:{low})\s*(?:-|–|to)\s*(?:{high})", text) is not None


def _written(value: Decimal | str) -> str:
    """Return a pattern of a number as texts write it, in Arabic or Roman figures."""
    if isinstance(value, str):
        return re.escape(value)
    return "|".join([re.escape(f"{value:f}"), *(r for r, n in _ROMAN.items() if n == value)])


def _is_time(call: Call) -> bool:
    return call.name == "temporal_unit" and bool(call.args)


def _number(text: str) -> Decimal | str:
    word = text.strip().strip("%").replace(" ", "")
    if word.lower() in _NUMBERS:
        return _NUMBERS[word.lower()]
    try:
        return Decimal(re.sub(r"(?<=\d),(?=\d{3}\b)", "", word)).normalize()
    except InvalidOperation:
        return Decimal(_ROMAN[word]) if word in _ROMAN else word


def _order(value: Decimal | str) -> tuple[int, Decimal]:
    return (0, value) if isinstance(value, Decimal) else (1, Decimal(0))


def _plain(names: frozenset[str], op: str, value: Decimal | str, unit: str | None) -> Stated:
    if names == {"age"} and isinstance(value, Decimal):
        return _age(op, value, unit or "year")
    return Stated(names, op, value, unit)


def _age(op: str, value: Decimal, unit: str) -> Stated:
    """Return a limit of age in whole months or days, both ends in.

    A part of a day counts as the day, and a limit of twelve months as one of a year, because a
    reading says so, with its doubt.
    """
    if unit == "hour":
        op, value, unit = "<=" if op == "<" else op, Decimal(ceil(value / 24)), "day"
    if op == "<":
        op, value = "<=", value - 1
    months = {"year": 12, "month": 1}.get(unit)
    days = {"week": 7, "day": 1}.get(unit, 1)
    scaled = value * (months or days)
    if months and op == "<=" and scaled % 12 == 0:
        scaled += 11  # the whole of the last year
    return Stated(
        frozenset({"age"}),
        ">=" if op == ">" else op,
        scaled.normalize(),
        "month" if months else "day",
    )


def _by_scale(limits: Iterable[Stated]) -> tuple[Stated, ...]:
    """Return the limits with those of one scale joined to a list of its classes."""
    others: list[Stated] = []
    chosen: dict[str, frozenset[int]] = {}
    for each in limits:
        scale = next((n for n in lexicon().scales if each.names & _scale_names(n)), None)
        if scale is None or not isinstance(each.value, Decimal):
            others.append(each)
            continue
        places = _places(scale, each)
        chosen[scale] = chosen[scale] & places if scale in chosen and each.op != "=" else (
            chosen.get(scale, frozenset()) | places
        )  # fmt: skip
    listed = (
        Stated(_scale_names(scale), "in", ",".join(map(str, sorted(places))))
        for scale, places in chosen.items()
    )
    return (*others, *listed)


def _scale_names(scale: str) -> frozenset[str]:
    known = lexicon().scales[scale]
    return frozenset(map(_words, (scale, known.label, *known.names)))


def _places(scale: str, limit: Stated) -> frozenset[int]:
    """Return the places on a scale that a limit allows; a class is known by its number."""
    numbers = [_number(name) for name in lexicon().scales[scale].classes]
    compare = _COMPARE[limit.op]
    return frozenset(
        i
        for i, n in enumerate(numbers)
        if isinstance(n, Decimal) and isinstance(limit.value, Decimal) and compare(n, limit.value)
    )


_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


# --- what was read -------------------------------------------------------------------------------


def _limits(node: nodes.Node) -> Iterator[Stated]:
    match node:
        case nodes.Compare():
            names = _names(node.measure) if node.measure else frozenset({_words(node.words or "")})
            value = next(
                v for v in (node.value, node.times_uln, node.times_lln, node.percent_predicted)
                if v is not None
            )  # fmt: skip
            yield Stated(names, node.op, value.normalize(), _time_unit(node.unit))
        case nodes.Demographic():
            yield from _ages(node)
        case nodes.Ordinal(scale, classes):
            yield _classes(scale, classes)
        case _:
            pass


def _names(measure: str) -> frozenset[str]:
    known = lexicon().measures.get(measure)
    spelt = (known.label, *known.names) if known else ()
    return frozenset(map(_words, (measure, *spelt)))


def _time_unit(unit: str | None) -> str | None:
    return {"a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour"}.get(unit or "")


def _ages(node: nodes.Demographic) -> Iterator[Stated]:
    for op, age in ((">=", node.age_min), ("<=", node.age_max)):
        if age is not None:
            yield _span(op, age)


def _span(op: str, age: Duration) -> Stated:
    if age.days:
        return Stated(frozenset({"age"}), op, Decimal(age.days).normalize(), "day")
    months = age.months + (11 if op == "<=" and age.months % 12 == 0 else 0)
    return Stated(frozenset({"age"}), op, Decimal(months).normalize(), "month")


def _classes(scale: str, classes: tuple[str, ...]) -> Stated:
    places = sorted(lexicon().scales[scale].classes.index(each) for each in classes)
    return Stated(_scale_names(scale), "in", ",".join(map(str, places)))


# --- names ---------------------------------------------------------------------------------------

_NO_NAME = frozenset(
    {
        "score", "scale", "level", "levels", "count", "value", "total", "test",
        "serum", "plasma", "blood", "body", "status", "the", "of", "a", "an",
    }
)  # fmt: skip


def _words(name: str) -> str:
    return " ".join(_WORD.findall(name.lower()))


def _akin(one: str, other: str) -> bool:
    """Say whether two names share their telling words, or one is the other's spelling."""
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    mine, theirs = (set(name.split()) - _NO_NAME for name in (one, other))
    if not mine or not theirs:
        return False
    return bool(mine & theirs) and (mine <= theirs or theirs <= mine or len(mine & theirs) > 1)
