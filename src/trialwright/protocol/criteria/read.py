"""Eligibility text into criteria: layout, then the expression of each item.

Understood in part is said in part: see `compose` for what is certain and what stays residue.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.layout import Item, Leftover, Section, layout
from trialwright.protocol.criteria.numbers import COUNT, count, duration
from trialwright.protocol.criteria.phrases import DOUBTFUL_SUBHEADER, SECTION_NAME
from trialwright.protocol.criteria.trees import every, some, tidy, walk

_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|^-])")
_SECOND_MARK = re.compile(r"^\s*\(?(?:[ivx]{1,4}|[a-h]|\d{1,2})[.)]\s+")
_AGE = re.compile(r"\s*(\d{1,4})\s+(year|month|week|day)s?\s*", re.IGNORECASE)
_FIELD = (0, 0)  # the span of a criterion that a registry field states, not the text


@dataclass(frozen=True, slots=True)
class CriteriaReading:
    """The criteria that were read, and every piece of the text that is none."""

    items: tuple[nodes.Criterion, ...]
    leftover: tuple[Leftover, ...]


def read_criteria(
    text: str, min_age: str | None = None, max_age: str | None = None, sex: str | None = None
) -> CriteriaReading:
    """Read eligibility text, and the registry's own fields for age (`18 Years`) and sex (`FEMALE`).

    What the fields say and no inclusion criterion repeats becomes criterion I0.
    """
    found = layout(text)
    items = tuple(_criteria(found.items))
    stated = _stated(min_age, max_age, sex)
    repeated = stated is None or any(
        stated in tuple(walk(item.expr)) for item in items if item.section == "inclusion"
    )
    if stated and not repeated:
        words = ", ".join(filter(None, (_ages(min_age, max_age), (sex or "").lower())))
        words = f"registry fields: {words}"
        items = (nodes.Criterion("I0", "inclusion", words, _FIELD, stated), *items)
    return CriteriaReading(items, found.leftover)


def _criteria(items: Sequence[Item]) -> Iterator[nodes.Criterion]:
    numbers = _numbers(items)
    doubt: Section | None = None
    for item, number in zip(items, numbers, strict=True):
        text = unescaped(" ".join((item.text, *item.children)))
        doubt = None if doubt != item.section else doubt
        names_a_section = SECTION_NAME.search(text) is not None
        doubtful = doubt is not None or names_a_section or _under_doubt(item)
        if names_a_section:  # a heading may hide in this item: what follows has no certain side
            doubt = item.section
        expr = nodes.Residue(tidy(text) or text) if doubtful else _expression(item)
        yield nodes.Criterion(
            f"{item.section[0].upper()}{number}", item.section, text, item.span, expr
        )


def _under_doubt(item: Item) -> bool:
    return item.under is not None and DOUBTFUL_SUBHEADER.search(item.under) is not None


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


def unescaped(text: str) -> str:
    r"""Return text without the registry's markdown escapes (`\>`, `\*`, `\[`)."""
    return _ESCAPE.sub(r"\1", text)


def _words(text: str) -> str:
    """Return an item's words, without a second mark (`* iii. ...`)."""
    return _SECOND_MARK.sub("", unescaped(text), count=1)


# --- an item with items below it ---------------------------------------------------------------

_ANY_BELOW = re.compile(
    r"\W*(?:(?:patients?|subjects?|participants?)\s+(?:with|who have|having|has|have)\s+)?"
    r"(?:any(?: one)?(?: or more)?|one(?: or more)?|at least one|either)(?: of)?(?: the)?"
    r" following(?: (?:conditions|criteria|diseases))?\W*",
    re.IGNORECASE,
)
_ALL_BELOW = re.compile(r"\W*(?:all|both|each)(?: of)?(?: the)? following(?: criteria)?\W*", re.I)
_SOME_BELOW = re.compile(
    rf"\W*at least (?P<n>{COUNT})(?: of)?(?: the)? following(?: criteria)?\W*", re.IGNORECASE
)


def _expression(item: Item) -> nodes.Node:
    head = _words(item.text)
    if not item.children:
        return compose(head, item.section)
    below = tuple(compose(_words(child), item.section) for child in item.children)
    some_of = _SOME_BELOW.fullmatch(head)
    if some_of and 1 < count(some_of["n"]) <= len(below):
        return nodes.AtLeast(count(some_of["n"]), below)
    if _ANY_BELOW.fullmatch(head):
        return some(below)
    if _ALL_BELOW.fullmatch(head):
        return every(below)
    return nodes.Residue(tidy(unescaped(" ".join((item.text, *item.children)))) or "(no words)")


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
