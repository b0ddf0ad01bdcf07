"""Where each criterion stands in a record's eligibility text.

Every character belongs to exactly one item's head or to one named leftover: the spans tile the
text, and `accounted` proves it, so that nothing can be lost unseen.

    text    := (heading | item | subheader | note | blank)*
    item    := [mark] words, with the lines that run on, and the items below it
             | item connective item        one criterion: `a`, `OR`, `b`
    abstract := heading (label | item)*    a list that lost its line breaks (see `abstracts`)
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from trialwright.protocol.criteria.layout.abstracts import divided
from trialwright.protocol.criteria.layout.joined import joined
from trialwright.protocol.criteria.layout.labels import sorted_out
from trialwright.protocol.criteria.layout.lines import read_lines
from trialwright.protocol.criteria.layout.model import (
    Item,
    Layout,
    Leftover,
    LeftoverKind,
    Role,
    Section,
    accounted,
    walk,
)
from trialwright.protocol.criteria.layout.tree import DEEPEST, build

__all__ = [
    "DEEPEST",
    "Item",
    "Layout",
    "Leftover",
    "LeftoverKind",
    "Role",
    "Section",
    "accounted",
    "heading",
    "layout",
    "walk",
]


_SPAN = attrgetter("span")


def layout(text: str) -> Layout:
    """Divide eligibility text into items and named leftovers. Time grows with the text's length."""
    read: list[Item] = []
    items: list[Item] = []
    leftover: list[Leftover] = []
    for piece in sorted_out(build(text), text):
        if isinstance(piece, Item):
            read.append(piece)
        else:
            leftover.append(piece)
    for item in joined(read):
        for part in divided(item, text):
            if isinstance(part, Item):
                items.append(part)
            else:
                leftover.append(part)
    leftover.sort(key=_SPAN)
    return Layout(tuple(items), tuple(_merged(leftover)))


def heading(line: str) -> Section | None:
    """Return the section that a line is the heading of; only where it names a side."""
    found = next((each.heading for each in read_lines(line) if each.words), None)
    return found.section if found and found.source != "eligibility" else None


def _merged(leftover: Iterable[Leftover]) -> Iterator[Leftover]:
    """Join blank lines that follow one another."""
    last: Leftover | None = None
    texts: list[str] = []
    for piece in leftover:
        if last and last.kind == piece.kind == "blank" and last.span[1] == piece.span[0]:
            last = Leftover("blank", (last.span[0], piece.span[1]), "")
            texts.append(piece.text)
            continue
        if last:
            yield _with_text(last, texts)
        last, texts = piece, [piece.text]
    if last:
        yield _with_text(last, texts)


def _with_text(piece: Leftover, texts: list[str]) -> Leftover:
    return piece if len(texts) == 1 else Leftover(piece.kind, piece.span, "".join(texts))
