"""Where each criterion stands in a record's eligibility text.

Every character belongs to exactly one item or to one named leftover: `layout` returns spans that
tile the text, so that nothing can be lost unseen.

    text     := (heading | item | subheader | note | blank)*
    heading  := ["key" | "main" | ...] ("inclusion" | "exclusion" | ...) ["criteria"] [":"]
    item     := (bullet | number) words, with its continuation lines and deeper bullets
              | a line of words under a heading (a record without bullets)
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Section = Literal["inclusion", "exclusion"]
LeftoverKind = Literal["header", "subheader", "note", "blank"]

_LINE = re.compile(r"[^\n]*\n?")
_MARK = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>[-*•·‣▪◦●○–—]+(?=\s|\w)|(?P<number>\d{1,3})[.)](?=\s|[A-Z(])"
    r"|\(?[a-zA-Z][.)](?=\s)|\(\d{1,3}\)|\(?[ivx]{1,5}[.)](?=\s))\s*"
)
_KIND_OF_CRITERIA = (  # only these may stand before the word: anything else may be a criterion
    r"(?:key|main|major|general|specific|disease[- ]specific|additional|other|primary|study"
    r"|sub-?study|patients?|subjects?|participants?|donors?|recipients?|volunteers?|controls?"
    r"|(?:pre|intra|post)-?operative|clinic(?:al)?|screening|eligibility|list of|criteria for"
    r"|phase|part|cohort|arm|group|\d+|[A-Z]|[IVX]+)"
)
_HEADING = re.compile(
    rf"\W{{0,6}}(?:{_KIND_OF_CRITERIA}\W{{1,3}}){{0,3}}?"
    r"(?P<which>non-inclusion|non inclusion|inclusion|exclusion)s?"
    r"(?:\s+criteria(?:\s+(?:include|are|were as follows|are as follows))?)?\s*(?:\W{0,6}$|:)",
    re.IGNORECASE,
)
_NOT_A_HEADING = re.compile(r"\b(?:no|not|any|all|meets?|met|fulfil\w*|does|do)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion's place: its words without the mark, and its lines below as `children`."""

    section: Section
    span: tuple[int, int]
    number: int | None
    text: str  # as it stands, without the mark
    children: tuple[str, ...] = ()
    under: str | None = None  # the subheader that it stands under


@dataclass(frozen=True, slots=True)
class Leftover:
    """Characters that are no criterion, and what they are."""

    kind: LeftoverKind
    span: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Items and leftovers, in the order of the text; together they cover it."""

    items: tuple[Item, ...]
    leftover: tuple[Leftover, ...]


def layout(text: str) -> Layout:
    """Divide eligibility text into items and named leftovers."""
    items: list[Item] = []
    leftover: list[Leftover] = []
    for piece in _pieces(text):
        if isinstance(piece, Item):
            items.append(piece)
        else:
            leftover.append(piece)
    return Layout(tuple(items), tuple(_merged(leftover)))


def heading(line: str) -> Section | None:
    """Return the section that a line is the heading of."""
    return next((_heading(found) for found in _lines(line)), None)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    indent: int
    number: int | None
    marked: bool
    words: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def _lines(text: str) -> Iterator[_Line]:
    for found in _LINE.finditer(text):
        if not found[0]:
            continue
        mark = _MARK.match(found[0])
        body = found[0][mark.end() :] if mark else found[0]
        indent = len(found[0]) - len(found[0].lstrip(" \t"))
        number = int(mark["number"]) if mark and mark["number"] else None
        yield _Line(found.start(), found[0], indent, number, mark is not None, body.strip())


def _pieces(text: str) -> Iterator[Item | Leftover]:
    section: Section | None = None
    under: str | None = None
    lines: list[_Line] = []  # of the item that is open
    for line in _lines(text):
        heading = _heading(line)
        if lines and not heading and _continues(line, lines):
            lines.append(line)
            continue
        if lines and section:
            yield _item(section, lines, under)
        lines = []
        if heading:
            section, under = heading, None
        kind = _kind(line, heading, section)
        if kind == "subheader":
            under = line.words
        if kind:
            yield Leftover(kind, (line.start, line.end), line.text)
        else:
            lines = [line]
    if lines and section:
        yield _item(section, lines, under)


def _kind(line: _Line, heading: Section | None, section: Section | None) -> LeftoverKind | None:
    """Name a line that opens no item; None for one that does."""
    if not line.words:
        return "blank"
    if heading:
        return "header"
    if section is None:
        return "note"
    return "subheader" if not line.marked and line.words.endswith(":") else None


def _item(section: Section, lines: Sequence[_Line], under: str | None) -> Item:
    """Join an item's lines: those that run on, and a child for each mark below the first line."""
    groups: list[list[str]] = []
    for line in lines:
        if not line.words:
            continue
        if line.marked or not groups:
            groups.append([line.words])
        else:
            groups[-1].append(line.words)
    head, *children = (" ".join(words) for words in groups)
    span = (lines[0].start, lines[-1].end)
    return Item(section, span, lines[0].number, head, tuple(children), under)


def _heading(line: _Line) -> Section | None:
    if len(line.words) > 90 or _NOT_A_HEADING.search(line.words):
        return None
    found = _HEADING.match(line.words)
    if not found or line.words[found.end() :].strip(" *_:.-\\"):
        return None
    return "inclusion" if found["which"].lower() == "inclusion" else "exclusion"


def _continues(line: _Line, lines: Sequence[_Line]) -> bool:
    """Say whether a line belongs to the item above it: blank, deeper, or plainly running on."""
    if not line.words or line.indent > lines[0].indent:
        return True
    return lines[0].marked and not line.marked and bool(lines[-1].words)


def _merged(leftover: Iterable[Leftover]) -> Iterator[Leftover]:
    """Join blank lines that follow one another."""
    last: Leftover | None = None
    for piece in leftover:
        joins = last and last.kind == piece.kind == "blank" and last.span[1] == piece.span[0]
        if last and joins:
            last = Leftover("blank", (last.span[0], piece.span[1]), last.text + piece.text)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last
