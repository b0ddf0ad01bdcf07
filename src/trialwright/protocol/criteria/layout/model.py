"""What a layout is: items in a tree, named leftovers, and the proof that both cover the text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Section = Literal["inclusion", "exclusion"]
LeftoverKind = Literal["header", "subheader", "note", "blank"]
# criterion: something to hold or not. rescue: a line that lets some people in after all. note: a
# remark on the criterion. paragraph: a line of words below an item, whose part in it is not said.
# several: words of more than one criterion, with nothing that tells where one ends.
Role = Literal["criterion", "rescue", "note", "paragraph", "several"]


@dataclass(slots=True, unsafe_hash=True)  # made for every line: freezing would cost as much again
class Item:
    """One criterion's place: its words without the mark, and the items below it; nobody changes it.

    `span` reaches over the children; `head` is the part of it before the first child. Items that a
    connective on their own level joins (`a`, `OR`, `b`) stand below an item without words.
    """

    section: Section
    span: tuple[int, int]
    head: tuple[int, int]
    number: int | None
    text: str  # as it stands, without the mark
    children: "tuple[Item, ...]" = ()
    under: str | None = None  # the subheader that it stands under
    stated: bool = True  # whether a heading names the section
    role: Role = "criterion"
    loose: bool = False  # nothing shows where the list below these words ends

    @property
    def words(self) -> str:
        """All words of the item and of the items below it, in order, without marks."""
        if not self.children:
            return self.text
        return " ".join(item.text for item in walk(self) if item.text)


@dataclass(slots=True, unsafe_hash=True)  # as Item
class Leftover:
    """Characters that are no criterion, and what they are; nobody changes it."""

    kind: LeftoverKind
    span: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Items and leftovers, in the order of the text; together they cover it."""

    items: tuple[Item, ...]
    leftover: tuple[Leftover, ...]


def walk(item: Item) -> Iterator[Item]:
    """Yield the item and every item below it, in the order of the text."""
    yield item
    for child in item.children:
        yield from walk(child)


def accounted(found: Layout, text: str) -> int:
    """Return how many characters of the text belong to exactly one item head or leftover.

    The layout lost nothing where this is `len(text)`: the heads of all items (children too) and
    the leftovers tile the text, and every item's span is that of its head and its children.

    >>> piece = Leftover("blank", (0, 1), " ")
    >>> accounted(Layout((), (piece,)), " "), accounted(Layout((), (piece, piece)), " ")
    (1, 0)
    """
    parts = [part for item in found.items for part in walk(item)]
    spans = sorted([*(part.head for part in parts), *(piece.span for piece in found.leftover)])
    owners = [0] * (len(text) + 1)  # differences of the number of owners
    for start, end in spans:
        owners[start] += 1
        owners[end] -= 1
    whole = sum(part.span == _extent(part) for part in parts) == len(parts)
    return _counted(owners[:-1]) if whole else 0


def _extent(item: Item) -> tuple[int, int]:
    return item.head[0], item.children[-1].span[1] if item.children else item.head[1]


def _counted(changes: list[int]) -> int:
    count = owners = 0
    for change in changes:
        owners += change
        count += owners == 1
    return count
