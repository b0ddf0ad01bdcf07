"""The lines of a text with their marks; a line that holds several items is cut into them.

line := indent [mark] words
mark := bullet | number ("2." "2)" "(2)") | letter ("a)") | Roman number ("iv.") | "3.1."
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from trialwright.protocol.criteria.layout.headings import Heading, cuts, find_heading

_LINE = re.compile(r"(?:[ \t]*\n)+|[^\n]+\n?")  # blank lines that follow one another are one
_BULLETS = r"*•·‣▪◦●○–—■□▫➢➤✓❖★☐∙⁃\uf0b7\uf0a7"
_MARK = re.compile(
    rf"[ \t]*(?:\\?(?P<bullet>[-{_BULLETS}]+(?=\s|$)|[{_BULLETS}]+(?=\w)|-+(?=[^\W\d])"
    r"|[o§](?=\s))"
    r"|\(?(?P<number>\d{1,3})\\?[.)](?=\s|[A-Z(]|$)"
    r"|(?P<dotted>(?:\d{1,2}\.){2,4}(?=\s)|\d{1,2}\.\d{1,2}(?=\s+[A-Z][a-z]))"
    r"|\(?(?P<roman>[ivx]{1,5}|[IVX]{2,5})\\?[.)](?=\s)"
    r"|\(?(?P<letter>[a-zA-Z])(?:\)|\\?\.(?=\s+[A-Z0-9<>≥≤(])|(?<=[a-z])\.)(?=\s))\s*"
)
BARE = re.compile(r"(\d{1,2})\s+(?=[A-Z])")  # `5 Uncontrolled asthma`: a number that lost its point
_SECOND = re.compile(r"\(?(\d{1,2})[.)]\s+(?=\S)")
_ORDER = re.compile(r"(?:(?<=[\s.;:,])|(?<=[\s.;:,]\())(\d{1,3}|[a-z])[.)]\s+(?=[^\W\d]|[≥≤<>(])")
_FIRST = re.compile(r":\s*\(?[1a][.)]\s")
_ENDS = ".;:,"


_Part = tuple[int, int, int | None, bool]  # offset, length of the mark, number, whether below


class Line(NamedTuple):
    """One line, or one item of a line: its span, and its words without indent and mark."""

    start: int
    end: int
    indent: int
    kind: str  # "" unmarked; "-" a bullet's letter; "1", "a", "i", "1.1": what its mark counts by
    number: int | None  # of a numbered line
    order: int | None  # its place by its mark: 1 of `1.`, `a)`, `i.`
    words: str
    heading: Heading | None


def read_lines(text: str) -> Iterator[Line]:
    """Yield the lines of a text in order; together they cover it."""
    for found in _LINE.finditer(text):
        line, start = found[0], found.start()
        inside = cuts(line)
        if not inside:
            yield from _line(line, start)
            continue
        at = 0
        for cut in (*inside, len(line)):
            yield from _line(line[at:cut], start + at)
            at = cut


def _line(line: str, start: int) -> Iterable[Line]:
    body = line.strip()
    if not body:
        return (Line(start, start + len(line), 0, "", None, None, "", None),)
    indent = len(line) - len(line.lstrip(" \t"))
    mark = _MARK.match(line)
    kind, number, order = _counted(mark) if mark else ("", None, None)
    words = line[mark.end() :].strip() if mark else body
    heading = find_heading(words)
    if heading and mark and (heading.source == "eligibility" or heading.group):
        heading = None
    parts = [] if heading or len(words) < 8 else _several(words, number)
    if not parts:
        return (Line(start, start + len(line), indent, kind, number, order, words, heading),)
    return _cut(line, start, parts, mark, Line(0, 0, indent, kind, number, order, words, None))


def _cut(
    line: str, start: int, parts: Sequence[_Part], mark: "re.Match[str] | None", whole: Line
) -> Iterator[Line]:
    """Yield the items of one line; `whole` is what the line would be as one."""
    indent, kind, words = whole.indent, whole.kind, whole.words
    base = line.index(words, mark.end() if mark else 0)
    ends = [base + at for at, *_ in parts] + [len(line)]
    first = line[mark.end() if mark else 0 : ends[0]].strip()
    yield whole._replace(start=start, end=start + ends[0], words=first)
    for (_, skip, value, below), at, end in zip(parts, ends, ends[1:], strict=False):
        own = kind if not below else ("1" if value is not None else "a")
        deep = indent + 4 if below else indent
        counted = value if own == "1" else None
        yield Line(
            start + at, start + end, deep, own, counted, value, line[at + skip : end].strip(), None
        )


def _counted(mark: "re.Match[str]") -> tuple[str, int | None, int | None]:
    match mark.lastgroup:
        case "bullet":
            return mark["bullet"][0], None, None
        case "number":
            number = int(mark["number"])
            return "1", number, number
        case "dotted":
            return "1" + ".1" * mark["dotted"].strip(".").count("."), None, None
        case "roman":
            return "i", None, roman(mark["roman"])
        case _:
            letter = mark["letter"]
            kind = "a" if letter.islower() else "A"
            return kind, None, ord(letter.lower()) - ord("a") + 1


def roman(text: str) -> int:
    """Return a Roman number's value.

    >>> roman("iv"), roman("ix")
    (4, 9)
    """
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in text.lower()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(value if value >= following else -value for value, following in pairs)


def _several(words: str, number: int | None) -> list[_Part]:
    """Return the places of further items in a line.

    `1. A. 2. B` holds two items; `any of: 1) A; 2) B` holds two below the first words.
    """
    second = _SECOND.match(words) if words[0] in "(0123456789" else None
    first = int(second[1]) if second else number
    if first is not None and (after := _run(words, first + 1, second.end() if second else 0)):
        sure = len(after) > 1 or words[: after[0][0]].rstrip(" (")[-1:] in _ENDS
        if sure:
            return [(at, skip, value, False) for at, skip, value in after]
    return _listed(words)


def _run(words: str, wanted: int, at: int) -> list[tuple[int, int, int | None]]:
    found: list[tuple[int, int, int | None]] = []
    if f"{wanted}." not in words and f"{wanted})" not in words:
        return found
    for mark in _ORDER.finditer(words, at):
        if mark[1].isdigit() and int(mark[1]) == wanted:
            start = mark.start() - (words[mark.start() - 1 : mark.start()] == "(")
            found.append((start, mark.end() - start, wanted))
            wanted += 1
    return found


def _listed(words: str) -> list[_Part]:
    """Return the items of a list that a colon opens inside the line."""
    first = _FIRST.search(words) if ":" in words else None
    if not first:
        return []
    colon = first.start()
    found: list[_Part] = []
    letters: bool | None = None
    wanted = 1
    for mark in _ORDER.finditer(words, colon):
        start = mark.start() - (words[mark.start() - 1 : mark.start()] == "(")
        is_letter = not mark[1].isdigit()
        value = ord(mark[1]) - ord("a") + 1 if is_letter else int(mark[1])
        if value != wanted or letters not in (None, is_letter):
            continue
        if wanted == 1 and words[:start].rstrip()[-1:] != ":":
            continue
        letters = is_letter
        found.append((start, mark.end() - start, None if is_letter else value, True))
        wanted += 1
    return found if len(found) > 1 else []
