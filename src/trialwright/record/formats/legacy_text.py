"""The legacy XML's text blocks, indented and wrapped for a printer, as the paragraphs v2 has."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_BULLET = re.compile(r"^[-*•]\s+(?=\S)")
_NUMBER = re.compile(r"^([0-9]{1,3})[.)]\s+(?=\S)")


class _Part(NamedTuple):
    indent: int
    item: bool
    text: str


def reflow(block: str, *, wrapped: bool = True) -> str:
    """Join wrapped lines; write lists with `* ` and two spaces for each level.

    Text that was not `wrapped` has one paragraph a line.

    >>> print(reflow("  Inclusion:\\n\\n   -  Adults of\\n      any sex\\n\\n        -  over 18"))
    Inclusion:
    <BLANKLINE>
    * Adults of any sex
    <BLANKLINE>
      * over 18
    """
    lines = [line.expandtabs(8) for line in block.splitlines()]
    paragraphs = _paragraphs(lines) if wrapped else [[line] for line in lines if line.strip()]
    parts = [part for paragraph in paragraphs for part in _parts(paragraph)]
    written = [_written(part, level) for part, level in zip(parts, _levels(parts), strict=True)]
    if not parts:
        return ""
    joined = [written[0]]
    for (before, after), text in zip(pairwise(parts), written[1:], strict=True):
        tight = before.item and after.item and after.indent <= before.indent
        joined.append(("\n" if tight else "\n\n") + text)
    return "".join(joined)


def _paragraphs(lines: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _parts(paragraph: list[str]) -> list[_Part]:
    """Cut a paragraph that is a list before each line that begins an item.

    A line that is indented deeper than the first one only goes on with the item above it, even
    where it happens to begin like an item.
    """
    heads: list[tuple[int, bool]] = []
    texts: list[list[str]] = []
    for line in paragraph:
        text, indent = " ".join(line.split()), len(line) - len(line.lstrip())
        item = bool(_BULLET.match(text) or _NUMBER.match(text))
        if not heads or (item and heads[0][1] and indent <= heads[0][0]):
            heads.append((indent, item))
            texts.append([])
        texts[-1].append(text)
    return [_Part(*head, " ".join(text)) for head, text in zip(heads, texts, strict=True)]


def _levels(parts: list[_Part]) -> Iterator[int]:
    """Yield each part's depth in its list; a paragraph ends the list."""
    open_at: list[int] = []
    for part in parts:
        while open_at and (not part.item or open_at[-1] > part.indent):
            open_at.pop()
        if part.item and (not open_at or open_at[-1] < part.indent):
            open_at.append(part.indent)
        yield max(0, len(open_at) - 1)


def _written(part: _Part, level: int) -> str:
    if not part.item:
        return part.text
    return "  " * level + _NUMBER.sub(r"\1. ", _BULLET.sub("* ", part.text))
