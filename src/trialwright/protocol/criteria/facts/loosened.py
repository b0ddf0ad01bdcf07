"""A second limit for some: `AST ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)`.

    second := ["(" | "," | "or"] limit ("if" | "in" | "for" | ...) words [")"]

Whom it is for stays residue, so that only a value between the two limits is left open.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts.amounts import Amount
from trialwright.protocol.criteria.facts.groups import Group, Limit
from trialwright.protocol.criteria.numbers import limiting
from trialwright.protocol.criteria.trees import every, some

_JOINT = re.compile(r"\s*[,;]?\s*(?P<open>[(\[])?\s*(?:or|and|but)?\s*,?\s*", re.IGNORECASE)
_FOR_WHOM = re.compile(
    r"\s*,?\s*(?:(?:is\s+|are\s+)?(?:allowed|acceptable|permitted)\s+)?(?P<words>(?:if|in|for|with"
    r"|when|where)\s+[^;()\[\]]{3,120}?)(?P<close>\s*[)\]]|(?=\s*(?:[.;,]|\Z)))",
    re.IGNORECASE,
)
_OF_A_GROUP = re.compile(
    r"\s*[,(]?\s*(?:for|in)\s+(?:the\s+)?(?:healthy\s+|pa?ediatric\s+)?(?:adults?|children"
    r"|adolescents?|infants?|patients|subjects|participants|smokers|non-?smokers)\b\)?",
    re.IGNORECASE,
)
_OF_A_DISEASE = re.compile(r"metasta|involve|gilbert|lesion|malignan|leuk", re.IGNORECASE)


class Second(NamedTuple):
    """The second limit, for whom it is, and where its words end."""

    limit: Limit
    words: str
    end: int
    last: int  # its place among the amounts of the text


def second_limit(
    text: str, group: Group, found: Sequence[Amount], end: int, last: int
) -> Second | None:
    """Return the limit that holds for some only; None where there is none."""
    if len(group.limits) != 1 or last + 1 >= len(found):
        return None
    limit, amount = group.limits[0], found[last + 1]
    joint = _JOINT.fullmatch(text, end, amount.start)
    if not joint or limiting(amount.op or limit.op) is None or not _is_same_side(limit, amount):
        return None
    for_whom = _FOR_WHOM.match(text, amount.end)
    if for_whom is None:
        return None
    bracketed = joint["open"] is not None
    if bracketed != bool(for_whom["close"].strip()):
        return None
    if not bracketed and not _OF_A_DISEASE.search(for_whom["words"]):
        return None
    unit = limit.unit if amount.unit.kind == "none" else amount.unit
    theirs = Limit(limiting(amount.op) or limit.op, amount, unit)
    return Second(theirs, for_whom["words"].strip(), for_whom.end(), last + 1)


def of_two_groups(
    text: str, group: Group, found: Sequence[Amount], end: int, last: int
) -> tuple[int, int] | None:
    """Return where `≤ 99 for adults and ≤ 300 for children` ends, and its last amount.

    Neither limit holds for everyone, so that both are one question.
    """
    if len(group.limits) != 1 or last + 1 >= len(found):
        return None
    other = found[last + 1]
    if not _is_same_side(group.limits[0], other) or limiting(other.op) is None:
        return None
    one, two = _OF_A_GROUP.match(text, end), _OF_A_GROUP.match(text, other.end)
    if not one or not two or not _JOINT.fullmatch(text, one.end(), other.start):
        return None
    return two.end(), last + 1


def _is_same_side(limit: Limit, amount: Amount) -> bool:
    op = limiting(amount.op) or limit.op
    same_kind = amount.unit.kind in ("none", limit.unit.kind)
    same_unit = amount.unit.unit in (None, limit.unit.unit)
    return op[0] == limit.op[0] and op != "=" and same_kind and same_unit


def for_some(first: nodes.Node, second: nodes.Node, limit: Limit, other: Second) -> nodes.Node:
    """Return the first limit with the second, which is wider or narrower, for some."""
    doubt = nodes.Residue(other.words)
    above = limit.op in (">", ">=")
    wider = (other.limit.amount.value < limit.amount.value) == above
    if wider:  # it lets in more people, where it holds
        return some((first, every((second, doubt))))
    return every((first, some((second, doubt))))
