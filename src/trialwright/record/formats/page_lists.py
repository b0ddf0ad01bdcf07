"""What a text's lists show of lines that its capture lost."""

import re
from collections.abc import Iterator, Sequence

from trialwright.record.formats.notes import Notes

_BULLET = re.compile(r"[*•-]\s+\S")
_NUMBERED = re.compile(r"(\d{1,2})[.)]\s+\S")
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ANNOUNCED = re.compile(
    rf"\b(?P<count>{'|'.join(_COUNTS)})\s+(?!(?:days?|weeks?|months?|years?)\b)(?:[\w-]+\s+){{0,2}}"
    r"[\w-]+\s*:$",
    re.IGNORECASE,
)
Run = tuple[str, ...]  # the lines of one list


def note_lists(text: str, where: str, name: str, notes: Notes) -> None:
    """Note a list without its introduction, with a gap, of one item, or not of the stated count."""
    before = ""
    for lead, run in _runs(text.split("\n")):
        before = lead
        if not before:
            notes.add("lost", where, f"{name} begins with a list; what introduces it is missing")
        for number in _missing(run):
            notes.add("lost", where, f"{name}: item {number} of a list is missing")
        if len(run) == 1 and _BULLET.match(run[0]):
            notes.add("lost", where, f"{name}: a list has one item, where others may be missing")
        _note_count(before, run, where, name, notes)


def _note_count(before: str, run: Run, where: str, name: str, notes: Notes) -> None:
    announced = _ANNOUNCED.search(before)
    if announced:
        count = _COUNTS.index(announced["count"].lower()) + 2
        if count != len(run):
            text = f"{name}: {announced[0].rstrip(':')!r} is followed by {len(run)}"
            notes.add("mismatch", where, text)


def _runs(lines: Sequence[str]) -> Iterator[tuple[str, Run]]:
    """Yield each list with the line above it; blank lines part nothing."""
    before, run = "", list[str]()
    for line in (line.strip() for line in lines if line.strip()):
        if _BULLET.match(line) or _NUMBERED.match(line):
            run.append(line)
            continue
        if run:
            yield before, tuple(run)
        before, run = line, []
    if run:
        yield before, tuple(run)


def _missing(run: Run) -> Iterator[int]:
    numbers = [int(found[1]) for line in run if (found := _NUMBERED.match(line))]
    last = 0
    for number in numbers:
        yield from range(last + 1, number)
        last = number
