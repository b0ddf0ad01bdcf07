"""Eligibility text into criteria: layout, then the expression of each item.

Understood in part is said in part: see `compose` for what is certain and what stays residue, and
`lists` for items below an item.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.layout import Item, Leftover, Section, layout
from trialwright.protocol.criteria.layout.open_lists import members
from trialwright.protocol.criteria.layout.sides import without_refusal
from trialwright.protocol.criteria.layout.subheaders import (
    is_label,
    opens_a_group,
    speaks_of_a_group,
)
from trialwright.protocol.criteria.lists import Compose, all_words, expression
from trialwright.protocol.criteria.numbers import duration
from trialwright.protocol.criteria.trees import every, some, tidy, walk
from trialwright.protocol.criteria.unescape import unescaped
from trialwright.protocol.criteria.unheaded import own_readings
from trialwright.protocol.criteria.vocabulary import Vocabulary

_SECTION_NAME = re.compile(r"\b(?:in|ex)clusion\s+criteria\b", re.IGNORECASE)
_REFERS = re.compile(  # to the criteria, from inside a sentence: no heading hides there
    r"\b(?:meet\w*|met|fulfil\w*|satisf\w*|per|by|in|to|with|from|of|any|all|the|these|above|other"
    r"|under|see|study)\s+(?:[\w-]+\s+){0,2}(?:in|ex)clusion criteria(?!\s*:)",
    re.IGNORECASE,
)
_ROW = re.compile(r"\W*1[,、]\s.*?[;,]\s*2[,、]\s", re.DOTALL)  # `1, men; 2, women`: several
_DEFINES = re.compile(  # what a word means, and nothing that anybody must have
    r"\b(?:do|does|are|is|will|would) not (?:be )?(?:qualify|considered|count\w*|constitute)\b",
    re.IGNORECASE,
)
_GROUP_FIRST = re.compile(  # `(Phase 3) ...`
    r"\W{0,3}[（(\[](?P<whom>(?:[^()（）\[\]]{0,60}\W)?"
    r"(?:cohorts?|phases?|parts?|arms?|groups?|lead-in|strat(?:um|a))\b[^()（）\[\]]{0,60})[)）\]]\s*"
    r"(?=\S)",
    re.IGNORECASE,
)
_ADMITS = re.compile(
    r"\b(?:may|can|will|are|is)\b.*\b(?:eligible|enrol\w*|participate|included?|join)\b",
    re.IGNORECASE,
)
_STATUS = {
    "excluded": "exclusion",
    "prohibited": "exclusion",
    "included": "inclusion",
    "required": "inclusion",
}
_AGE = re.compile(r"\s*(\d{1,4})\s+(year|month|week|day)s?\s*", re.IGNORECASE)
_FIELD = (0, 0)  # the span of a criterion that a registry field states, not the text


@dataclass(frozen=True, slots=True)
class CriteriaReading:
    """The criteria that were read, and every piece of the text that is none."""

    items: tuple[nodes.Criterion, ...]
    leftover: tuple[Leftover, ...]


def read_criteria(
    text: str,
    min_age: str | None = None,
    max_age: str | None = None,
    sex: str | None = None,
    *,
    vocabulary: Sequence[Vocabulary] = (),
) -> CriteriaReading:
    """Read eligibility text, and the registry's own fields for age (`18 Years`) and sex (`FEMALE`).

    What the fields say and no inclusion criterion repeats becomes criterion I0. `vocabulary` knows
    more names than those that come with the program: the words of the record, say.
    """
    found = layout(text)
    items = tuple(_criteria(found.items, _composing(vocabulary)))
    stated = _stated(min_age, max_age, sex)
    repeated = stated is None or any(
        stated in tuple(walk(item.expr)) for item in items if item.section == "inclusion"
    )
    if stated and not repeated:
        words = ", ".join(filter(None, (_ages(min_age, max_age), (sex or "").lower())))
        words = f"registry fields: {words}"
        items = (nodes.Criterion("I0", "inclusion", words, _FIELD, stated), *items)
    return CriteriaReading(items, found.leftover)


def _composing(vocabulary: Sequence[Vocabulary]) -> Compose:
    if not vocabulary:
        return compose
    return lambda words, section: compose(words, section, *vocabulary)


def _criteria(items: Sequence[Item], read: Compose) -> Iterator[nodes.Criterion]:
    doubts = list(map(any, zip(_hidden_headings(items), members(items), strict=True)))
    own = own_readings(items, read)
    told = [None if doubt else said for doubt, said in zip(doubts, own, strict=True)]
    sides = [said[0] if said else item.section for said, item in zip(told, items, strict=True)]
    numbers = _numbers(items, sides)
    for item, doubt, said, side, number in zip(items, doubts, told, sides, numbers, strict=True):
        if said:
            expr = said[1]
        elif doubt or not item.stated:
            expr = nodes.Residue(all_words(item))
        else:
            expr = _under(item, read)
        yield nodes.Criterion(
            f"{side[0].upper()}{number}", side, unescaped(item.words), item.span, expr
        )


def _hidden_headings(items: Sequence[Item]) -> Iterator[bool]:
    """Say of each item whether a heading hides in it or above it: then its side is not certain."""
    hidden: Section | None = None
    for item in items:
        hidden = hidden if hidden == item.section else None
        text = item.words
        if "clusion" in text.lower() and _SECTION_NAME.search(text) and not _REFERS.search(text):
            hidden = item.section
        yield hidden is not None


def _under(item: Item, read: Compose) -> nodes.Node:
    """Read an item as the subheader above it lets it be read."""
    text = item.text
    if ("1" in text and _ROW.match(text)) or (item.children and _DEFINES.search(text)):
        return nodes.Residue(all_words(item))
    if item.section == "exclusion" and item.children:
        item = replace(item, text=without_refusal(item.text))
    start = item.text[:4]
    bracketed = "(" in start or "[" in start or "（" in start
    if bracketed and (found := _GROUP_FIRST.match(item.text)):
        whom = nodes.Residue(tidy(found["whom"]))
        rest = replace(item, text=item.text[found.end() :])
        return _of_group(whom, _under(rest, read), item.section)
    head = tidy(unescaped(item.under)) if item.under else ""
    if not head or _STATUS.get(head.lower()) == item.section:
        return expression(item, read)
    if is_label(head, item.section):
        node = expression(item, read)  # a person reads `Life expectancy: at least 12 weeks`
        return nodes.Residue(f"{head}: {node.words}") if isinstance(node, nodes.Residue) else node
    if not speaks_of_a_group(head) and not _SECTION_NAME.search(head):
        return nodes.Residue(all_words(item))
    if opens_a_group(item.text):
        return nodes.Residue(all_words(item))  # of another group than the subheader names
    return _of_group(nodes.Residue(head), expression(item, read), item.section)


def _of_group(whom: nodes.Residue, node: nodes.Node, section: Section) -> nodes.Node:
    """Ask a criterion of the people of one group only."""
    if section == "exclusion":
        return every((whom, node))
    if _ADMITS.search(whom.words):  # one way in: who has none of the others must take it
        return some((node, nodes.Residue(f"whether there is another way in than: {whom.words}")))
    return nodes.IfThen(whom, node)


def _numbers(items: Sequence[Item], sides: Sequence[Section]) -> list[int]:
    """Return the numbers on the page; counted where a section has none, or has one twice."""
    numbers: dict[Section, list[int]] = {"inclusion": [], "exclusion": []}
    for section, chosen in numbers.items():
        written = [item.number for item, side in zip(items, sides, strict=True) if side == section]
        given = [n for n in written if n is not None]
        usable = len(given) == len(written) and len(set(given)) == len(given) and 0 not in given
        chosen += given if usable else range(1, len(written) + 1)
    queues = {section: iter(chosen) for section, chosen in numbers.items()}
    return [next(queues[side]) for side in sides]


# --- the registry's own fields -----------------------------------------------------------------


def _stated(min_age: str | None, max_age: str | None, sex: str | None) -> nodes.Demographic | None:
    low, high = _age(min_age), _age(max_age)
    only: Literal["male", "female"] | None = None
    match (sex or "").upper():
        case "MALE":
            only = "male"
        case "FEMALE":
            only = "female"
    return nodes.Demographic(low, high, only) if low or high or only else None


def _age(text: str | None) -> Duration | None:
    found = _AGE.fullmatch(text or "")
    return duration(int(found[1]), found[2]) if found else None


def _ages(min_age: str | None, max_age: str | None) -> str:
    return " to ".join(filter(None, (min_age or "", max_age or "")))
