"""The numbered lists inside an eligibility text: their numbers, and one more item in place."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from trialwright.core.errors import InputError

CRITERIA = "protocolSection.eligibilityModule.eligibilityCriteria"
HEADINGS = {"inclusion": "Inclusion Criteria:", "exclusion": "Exclusion Criteria:"}
_HEADING = re.compile(r"\s*(inclusion|exclusion) criteria\s*:?\s*", re.IGNORECASE)
_HEADING_LIKE = re.compile(
    r"\W*(?:[\w-]+\W+){0,4}?(?P<non>non[- ])?(?P<which>inclusion|exclusion)"
    r"(?:\s+criteri\w+[^.;]{0,40}|\s*\W{0,3})",
    re.IGNORECASE,
)
_MARKED = re.compile(r"(?P<indent>[ \t]*)(?:(?P<number>\d{1,3})[.)]|[-*•])\s+\S")
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


def heading_like(line: str) -> str | None:
    """Return `inclusion` or `exclusion` for a heading in its wider forms.

    >>> heading_like("Key Non-inclusion Criteria:"), heading_like("2. Exclusion of stroke")
    ('exclusion', None)
    """
    match = _HEADING_LIKE.fullmatch(line.strip()) if len(line) <= 90 else None
    if not match or _NUMBERED.fullmatch(line):
        return None
    return "exclusion" if match["non"] else match["which"].lower()


class Unheaded(NamedTuple):
    """A line of a list that no heading of its own introduces.

    after: the number that the line's own falls back from; None where no heading stands before it.
    """

    line: int  # of the criteria's text, from 1
    text: str
    after: int | None

    @property
    def why(self) -> str:
        """Say what is wrong with the line, naming it."""
        words = self.text if len(self.text) <= 60 else f"{self.text[:60].rsplit(' ', 1)[0]} …"
        if self.after is None:
            return f"line {self.line} ({words!r}) stands under no heading"
        return f"line {self.line} ({words!r}) follows number {self.after} without a heading"


def unheaded(
    text: str, heading: Callable[[str], str | None] = heading_like
) -> tuple[Unheaded, ...]:
    """Return the lines that show a lost heading: one of a list before any, and falling numbers.

    Only a number that directly follows a higher or equal one of the same list counts. Registry
    texts restart their numbers rightly below a line of words, in a deeper list, or after bullets.

    >>> unheaded("Inclusion Criteria:\\n2. Adults\\n3. Consent\\n2. Stroke")[0].after
    3
    """
    found: list[Unheaded] = []
    section: str | None = None
    last: int | None = None
    for at, line in enumerate(text.split("\n"), 1):
        mark = _MARKED.match(line)
        if new := heading(line):
            section, last = new, None
        elif mark and section is None and not found:
            found.append(Unheaded(at, line.strip(), None))
        elif mark and not mark["indent"]:
            number = int(mark["number"]) if mark["number"] else None
            if section and last is not None and number is not None and number <= last:
                found.append(Unheaded(at, line.strip(), last))
            last = number
        elif line.strip() and not line[0].isspace():
            last = None
    return tuple(found)


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
