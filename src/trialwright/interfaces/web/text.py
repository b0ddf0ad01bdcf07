"""The registry's text as paragraphs and lists.

The registry writes a small markup: blank lines part paragraphs, `* ` and `1. ` begin points,
deeper indentation puts a point below another, and a backslash shields a punctuation mark.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.interfaces.web.blocks import Block, Bullets, Item, Paragraph

_POINT = re.compile(r"(?P<indent>\s*)(?:(?P<mark>[*•\-–])|(?P<number>\d{1,3})[.)])\s+(?P<text>.+)")
_SHIELDED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|&^])")
_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class _Point:
    indent: int
    number: int | None
    text: str


def unshield(text: str) -> str:
    r"""Undo the markup's backslashes.

    >>> unshield(r"BNP \> 150")
    'BNP > 150'
    """
    return _SHIELDED.sub(r"\1", text)


def rich(text: str | None) -> tuple[Block, ...]:
    """Return text as paragraphs and lists; nothing for absent or blank text."""
    return tuple(_blocks(_lines(text or "")))


def _lines(text: str) -> Iterator[_Point | str]:
    """Yield points and plain lines; a line that continues a point is joined to it."""
    current: _Point | None = None
    for line in text.expandtabs(4).splitlines():
        match = _POINT.match(line)
        if match:
            if current:
                yield current
            number = match["number"]
            current = _Point(
                len(match["indent"]), int(number) if number else None, unshield(match["text"])
            )
        elif current and line.strip() and line.startswith(" " * (current.indent + 1)):
            joined = f"{current.text} {unshield(line.strip())}"
            current = _Point(current.indent, current.number, joined)
        else:
            if line.strip():
                if current:
                    yield current
                current = None
                yield unshield(line.strip())
            elif not current:
                yield ""
    if current:
        yield current


def _blocks(lines: Iterator[_Point | str]) -> Iterator[Block]:
    points: list[_Point] = []
    words: list[str] = []
    for line in lines:
        if isinstance(line, _Point):
            yield from _paragraph(words)
            points.append(line)
            continue
        yield from _list(points)
        if line:
            words.append(line)
        else:
            yield from _paragraph(words)
    yield from _paragraph(words)
    yield from _list(points)


def _paragraph(words: list[str]) -> Iterator[Block]:
    if words:
        yield Paragraph(" ".join(words))
        words.clear()


def _list(points: list[_Point]) -> Iterator[Block]:
    if points:
        yield Bullets(_nest(points, 0), numbered=points[0].number is not None)
        points.clear()


def _nest(points: list[_Point], depth: int) -> tuple[Item, ...]:
    """Put deeper points below the point before them."""
    items: list[Item] = []
    at = 0
    while at < len(points):
        head = points[at]
        end = at + 1
        while depth < _MAX_DEPTH and end < len(points) and points[end].indent > head.indent:
            end += 1
        items.append(Item(head.text, head.number, _nest(points[at + 1 : end], depth + 1)))
        at = end
    return tuple(items)
