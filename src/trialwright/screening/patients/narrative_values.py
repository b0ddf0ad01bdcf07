"""Measured values in a note: `EF was 25%`, `creatinine of 1.8 mg/dL`, `BP 150/90 mmHg`.

A number counts only where it follows the measure's name with nothing but filler between. A unit
that is not written stays missing; it is never supplied from what is usual.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from trialwright.protocol.criteria.matcher import Matcher
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.numbers import NUMBER, number
from trialwright.protocol.criteria.units import unit_at

Bound = Literal["<", "<=", ">", ">="]

_FILLER = re.compile(
    r"(?:\s|[:=,(]|\b(?:of|is|was|at|to|level|count|score|about|approximately|around|estimated|currently"
    r"|elevated|decreased|reduced|increased|low|high|from|found|be|noted|measured|showed|revealed|with"
    r"|an?|the)\b|~)*",
    re.IGNORECASE,
)
_SIGN = re.compile(r"(?P<sign><=|>=|<|>|≤|≥)\s*")
_SIGNS: dict[str, Bound] = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">="}
_PRESSURE = re.compile(
    r"\b(?:BP|blood pressure)\b(?:\s|[:=,(]|\b(?:of|is|was|at)\b)*"
    r"(?P<sbp>\d{2,3})\s?/\s?(?P<dbp>\d{2,3})(?P<unit>\s?mm ?Hg)?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:-|–|to)\s*\d")
_LONGEST_FILLER = 40


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its measure, number, unit as UCUM (None where none is written), and place."""

    measure: str
    number: Decimal
    unit: str | None
    words: str
    start: int
    end: int
    bound: Bound | None = None


def values(text: str, offset: int = 0) -> Iterator[Value]:
    """Yield the values of a text in order; `offset` is the text's place in the note.

    >>> [(v.measure, str(v.number), v.unit) for v in values("EF was 25%, BP 150/90 mmHg")]
    [('lvef', '25', '%'), ('sbp', '150', 'mm[Hg]'), ('dbp', '90', 'mm[Hg]')]
    """
    for start, end, measure in _names().find(text):
        if value := _value(text, start, end, measure, offset):
            yield value
    for found in _PRESSURE.finditer(text):
        unit = "mm[Hg]" if found["unit"] else None
        for measure in ("sbp", "dbp"):
            yield Value(
                measure,
                Decimal(found[measure]),
                unit,
                found[0].strip(),
                offset + found.start(),
                offset + found.end(),
            )


def _value(text: str, start: int, end: int, measure: str, offset: int) -> Value | None:
    filler = _FILLER.match(text, end, min(len(text), end + _LONGEST_FILLER))
    at = filler.end() if filler else end
    sign = _SIGN.match(text, at)
    digits = NUMBER.match(text, sign.end() if sign else at)
    if digits is None or _RANGE.match(text, digits.end()) or text[digits.end() :][:1] == "/":
        return None
    unit = unit_at(text, digits.end())
    if unit.kind not in ("unit", "none", "unread"):
        return None
    written = unit.kind == "unit"
    close = unit.end if written else digits.end()
    amount = number(digits[0]) * (unit.times if written else 1)
    bound = _SIGNS[sign["sign"]] if sign else None
    words = text[start:close].strip()
    named = unit.unit if written else None
    return Value(measure, amount, named, words, offset + start, offset + close, bound)


@cache
def _names() -> Matcher[str]:
    measures = lexicon().measures.items()
    return Matcher((said, name) for name, measure in measures for said in measure.names)
