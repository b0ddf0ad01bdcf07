"""Eligibility text into criteria: layout, then the expression of each item.

Understood in part is said in part: see `compose` for what is certain and what stays residue, and
`lists` for items below an item.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.layout import Item, Leftover, Section, layout
from trialwright.protocol.criteria.layout.subheaders import is_label, speaks_of_a_group
from trialwright.protocol.criteria.lists import Compose, all_words, expression
from trialwright.protocol.criteria.numbers import duration
from trialwright.protocol.criteria.trees import every, tidy, walk
from trialwright.protocol.criteria.unescape import unescaped
from trialwright.protocol.criteria.vocabulary import Vocabulary

_SECTION_NAME = re.compile(r"\b(?:in|ex)clusion\s+criteria\b", re.IGNORECASE)
_REFERS = re.compile(  # to the criteria, from inside a sentence: no heading hides there
    r"\b(?:meet\w*|met|fulfil\w*|satisf\w*|per|by|in|to|with|from|of|any|all|the|these|above|other"
    r"|under|see|study)\s+(?:[\w-]+\s+){0,2}(?:in|ex)clusion criteria(?!\s*:)",
    re.IGNORECASE,
)
_STATUS = {"excluded": "exclusion", "prohibited": "exclusion", "required": "inclusion"}
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
    doubt: Section | None = None
    for item, number in zip(items, _numbers(items), strict=True):
        text = unescaped(item.words)
        doubt = doubt if doubt == item.section else None
        names_a_section = "clusion" in text.lower() and _SECTION_NAME.search(text) is not None
        if names_a_section and not _REFERS.search(text):
            doubt = item.section  # a heading may hide here: what follows has no certain side
        doubtful = doubt is not None or names_a_section or not item.stated
        expr = nodes.Residue(all_words(item)) if doubtful else _under(item, read)
        yield nodes.Criterion(
            f"{item.section[0].upper()}{number}", item.section, text, item.span, expr
        )


def _under(item: Item, read: Compose) -> nodes.Node:
    """Read an item as the subheader above it lets it be read."""
    head = tidy(unescaped(item.under or ""))
    if not head or _STATUS.get(head.lower()) == item.section:
        return expression(item, read)
    if is_label(head, item.section):
        node = expression(item, read)  # a person reads `Life expectancy: at least 12 weeks`
        return nodes.Residue(f"{head}: {node.words}") if isinstance(node, nodes.Residue) else node
    if not speaks_of_a_group(head) and not _SECTION_NAME.search(head):
        return nodes.Residue(all_words(item))
    whom, node = nodes.Residue(head), expression(item, read)
    if item.section == "exclusion":
        return every((whom, node))
    return nodes.IfThen(whom, node)


def _numbers(items: Sequence[Item]) -> list[int]:
    """Return the numbers on the page; counted where a section has none, or has one twice."""
    numbers: dict[Section, list[int]] = {"inclusion": [], "exclusion": []}
    for section, chosen in numbers.items():
        written = [item.number for item in items if item.section == section]
        given = [n for n in written if n is not None]
        usable = len(given) == len(written) and len(set(given)) == len(given) and 0 not in given
        chosen += given if usable else range(1, len(written) + 1)
    queues = {section: iter(chosen) for section, chosen in numbers.items()}
    return [next(queues[item.section]) for item in items]


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
