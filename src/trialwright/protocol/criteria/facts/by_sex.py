"""A limit for each sex: `haemoglobin ≥ 13 g/dL for men and ≥ 12 g/dL for women`.

limits := limit sex ("," | "and" | "or" | "/") limit sex
sex    := "(males)" | "in men" | "for women" | ...
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from trialwright.protocol.criteria.facts.amounts import Amount
from trialwright.protocol.criteria.facts.groups import Group, Limit
from trialwright.protocol.criteria.numbers import limiting

Sex = Literal["male", "female"]
_SEX = re.compile(
    r"\s*,?\s*[(\[]?\s*(?:(?:if|in|for|among|and)\s+)?(?:the\s+)?(?:adult\s+)?(?:(?P<male>males?|men"
    r"|man)|(?P<female>females?|women|woman))\b(?:\s+(?:subjects|patients|participants"
    r"|volunteers))?\s*[)\]]?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*[,;/]?\s*(?:and/or|and|or|&)?\s*", re.IGNORECASE)


class BySex(NamedTuple):
    """Two limits of one measure, whose each is, and where the second ends."""

    limits: tuple[tuple[Sex, Limit], tuple[Sex, Limit]]
    end: int
    last: int  # the place of the second among the amounts of the text


def by_sex(text: str, group: Group, found: Sequence[Amount], end: int, last: int) -> BySex | None:
    """Return the limit of each sex; None where a group's limit is not said of one alone."""
    one = _SEX.match(text, end) if len(group.limits) == 1 else None
    if one is None or last + 1 >= len(found):
        return None
    limit, amount = group.limits[0], found[last + 1]
    other = _SEX.match(text, amount.end)
    if other is None or _of(one) == _of(other) or limiting(amount.op) != limit.op:
        return None
    if not _JOINT.fullmatch(text, one.end(), amount.start):
        return None
    theirs = limit.unit if amount.unit.kind == "none" else amount.unit
    mine = theirs if limit.unit.kind == "none" else limit.unit
    first, second = limit._replace(unit=mine), Limit(limit.op, amount, theirs)
    return BySex(((_of(one), first), (_of(other), second)), other.end(), last + 1)


def _of(found: "re.Match[str]") -> Sex:
    return "male" if found["male"] else "female"
