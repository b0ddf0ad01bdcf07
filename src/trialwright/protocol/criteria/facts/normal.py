"""Measures within, above or below their normal range, without a number.

normal := measures ("within normal limits" | "above the normal range" | ["is"] "normal")
        | "normal" measures
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts.filler import left_of
from trialwright.protocol.criteria.facts.named import names_in
from trialwright.protocol.criteria.facts.subjects import Subject, subject_at_left
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import every, some

_ENDS = r"(?=\s*(?:\Z|[.;,)\]]|\b(?:and|or)\b))"
_NORMAL = re.compile(
    r"\b(?:(?:is|are|be)\s+)?(?:(?P<within>(?:within|in)\s+(?:the\s+)?(?:(?:institutional"
    r"|laboratory|local|institution's)\s+)?"
    r"(?:normal\s+(?:institutional\s+|laboratory\s+|reference\s+)?(?:limits?|ranges?)"
    r"|limits\s+of\s+normal|reference\s+ranges?))"
    r"|(?P<above>(?:above|greater than|higher than|exceeding)\s+(?:the\s+)?normal(?:\s+(?:range"
    r"|limits?|values?))?)"
    r"|(?P<below>(?:below|less than|lower than)\s+(?:the\s+)?normal(?:\s+(?:range|limits?"
    r"|values?))?))"
    r"(?!\s*(?:upper|lower|limit))\b"
    rf"|\b(?:(?:is|are|be)\s+)?(?P<plain>normal){_ENDS}",
    re.IGNORECASE,
)
# In front of a measure it says that the value is normal, unless it says how far from normal it is.
_IN_FRONT = re.compile(
    r"(?<!of )(?<!the )(?<!than )(?<!near )(?<!upper )(?<!lower )(?<!not )(?<!times )(?<![x\d-] )"
    r"(?<![\w-])normal\s+(?=\w)",
    re.IGNORECASE,
)
_IS_ALL = re.compile(r"(?:\s+(?:levels?|values?|counts?))?" + _ENDS, re.IGNORECASE)
_ONE = Decimal(1)


def normal_ranges(text: str) -> Iterator[Piece]:
    """Find `bilirubin within normal limits`, `TSH above the normal range`, `normal INR`."""
    names = names_in(text)
    if not names.by_end:
        return
    for found in _NORMAL.finditer(text):
        subject = subject_at_left(text, left_of(text, found.start(), 0, names), 0, names)
        if subject is None or not subject.measures:
            continue
        node = _node(subject, found)
        yield Piece("atom", subject.start, found.end(), text[subject.start : found.end()], node)
    for found in _IN_FRONT.finditer(text):
        named = names.by_start.get(found.end())
        ends = _IS_ALL.match(text, named.end) if named else None
        if named and ends:
            start, end = found.start(), ends.end()
            yield Piece("atom", start, end, text[start:end], every(_within((named.value,))))


def _node(subject: Subject, found: "re.Match[str]") -> nodes.Node:
    if found["above"]:
        return some(nodes.Compare(name, ">", times_uln=_ONE) for name in subject.measures)
    if found["below"]:
        return some(nodes.Compare(name, "<", times_lln=_ONE) for name in subject.measures)
    parts = _within(subject.measures)
    if subject.joint == "or" and found["plain"]:
        return some(every(parts[i : i + 2]) for i in range(0, len(parts), 2))
    return every(parts)


def _within(measures: tuple[str, ...]) -> list[nodes.Node]:
    return [
        limit
        for name in measures
        for limit in (
            nodes.Compare(name, ">=", times_lln=_ONE),
            nodes.Compare(name, "<=", times_uln=_ONE),
        )
    ]
