"""The numbered lists inside an eligibility text: their numbers, and one more item in place."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from trialwright.core.errors import InputError

CRITERIA = "protocolSection.eligibilityModule.eligibilityCriteria"
HEADINGS = {"inclusion": "Inclusion Criteria:", "exclusion": "Exclusion Criteria:"}
_HEADING = re.compile(r"\s*(inclusion|exclusion) criteria\s*:?\s*", re.IGNORECASE)
_NUMBERED = re.compile(r"\s{0,8}(\d{1,3})[.)]\s+(.*)")


class Item(NamedTuple):
    """A numbered line: the section it is in, its number, its text, and which line it is."""

    section: str
    number: int
    text: str
    line: int


def criterion_place(section: str, number: int) -> str:
    """Name one criterion of the eligibility text, as findings and provenance do."""
    return f"{CRITERIA}/{section}/{number}"


def section_heading(line: str) -> str | None:
    """Return `inclusion` or `exclusion` for a line that is only that heading."""
    match = _HEADING.fullmatch(line)
    return match[1].lower() if match else None


def numbered_items(text: str) -> Iterator[Item]:
    """Yield the numbered lines under the two headings, in order."""
    section = None
    for at, line in enumerate(text.split("\n")):
        section = section_heading(line) or section
        match = _NUMBERED.fullmatch(line)
        if section and match:
            yield Item(section, int(match[1]), match[2].strip(), at)


def missing_numbers(text: str, section: str) -> tuple[int, ...]:
    """Return the numbers that a list passes over; a list that starts at 2 lacks its 1.

    >>> missing_numbers("Inclusion Criteria:\\n\\n2. Adults\\n4. Consent", "inclusion")
    (1, 3)
    """
    missing: list[int] = []
    last = 0
    for item in numbered_items(text):
        if item.section == section:
            missing += range(last + 1, item.number)
            last = item.number
    return tuple(missing)


def insert_item(text: str, section: str, number: int, item: str, where: str) -> str:
    """Return the text with a numbered item in its place; the same item again changes nothing."""
    items = [i for i in numbered_items(text) if i.section == section]
    if not items:
        raise InputError(where, f"no numbered {section} list", "a record whose lists are numbered")
    present = next((i for i in items if i.number == number), None)
    if present and present.text == item:
        return text
    if present:
        raise InputError(where, f"{section} {number} is {present.text!r}", "the same text")
    return _with_line(text, _line_for(items, number), f"{number}. {item}")


def replace_item(text: str, section: str, number: int, old: str, new: str, where: str) -> str:
    """Return the text with one item's words exchanged; `old` must be what stands there."""
    for item in numbered_items(text):
        if (item.section, item.number) == (section, number):
            if item.text != old:
                raise InputError(where, f"{section} {number} is {item.text!r}", f"{old!r}")
            lines = text.split("\n")
            lines[item.line] = f"{number}. {new}"
            return "\n".join(lines)
    raise InputError(where, f"no {section} {number}", f"an item that reads {old!r}")


def _line_for(items: list[Item], number: int) -> int:
    later = [i.line for i in items if i.number > number]
    return later[0] if later else items[-1].line + 1


def _with_line(text: str, at: int, line: str) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:at], line, *lines[at:]])
