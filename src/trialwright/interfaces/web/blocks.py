"""What a page is made of: a closed union of blocks, each drawn by one template macro.

View models turn records and trial states into blocks; templates know nothing of either.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

Tone = Literal["plain", "good", "wait", "stop", "note"]


@dataclass(frozen=True, slots=True)
class Word:
    """Plain words, and the registry's code that they stand for."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads somewhere: a path of this site, or an http(s) address."""

    text: str
    href: str

    @property
    def outside(self) -> bool:
        """Say whether the link leaves this machine."""
        return not self.href.startswith(("/", "#"))


@dataclass(frozen=True, slots=True)
class Badge:
    """A short mark; its meaning is in its words, the tone only supports it."""

    text: str
    tone: Tone = "plain"
    code: str = ""


Inline = str | Word | Link | Badge


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list: its text, the number it was written with, points below it."""

    text: str
    number: int | None = None
    below: "tuple[Item, ...]" = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list as it was written; numbers are kept, so a list that starts at 2 shows it."""

    kind: ClassVar[str] = "bullets"
    items: tuple[Item, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its values; `added` says where the value came from, if not from the record."""

    label: str
    values: tuple[Inline, ...]
    added: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values."""

    kind: ClassVar[str] = "facts"
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; numbers are set right-aligned in tabular figures."""

    value: Inline
    number: bool = False
    note: str = ""
    inset: bool = False  # the row belongs to the one above it


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names its rows."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a list of things: a title, marks, lines, and blocks that belong to it."""

    title: Inline
    badges: tuple[Badge, ...] = ()
    lines: tuple[Inline, ...] = ()
    body: "tuple[Block, ...]" = ()


@dataclass(frozen=True, slots=True)
class Entries:
    """Several things of one kind."""

    kind: ClassVar[str] = "entries"
    entries: tuple[Entry, ...]
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """An eligibility criterion as written, beside what the program read in it."""

    id: str
    text: str
    reading: str = ""
    open: str = ""  # what was not understood, or is for a person to judge
    added: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """One section of the eligibility criteria."""

    kind: ClassVar[str] = "criteria"
    heading: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: its SVG, made by this program with every text in it escaped, and its caption."""

    kind: ClassVar[str] = "drawing"
    title: str
    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part of a section; a folded one opens when its heading is chosen."""

    kind: ClassVar[str] = "part"
    heading: str
    blocks: "tuple[Block, ...]"
    explanation: str = ""
    level: int = 3
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader should know about what is above or below it."""

    kind: ClassVar[str] = "note"
    text: str
    tone: Tone = "note"


@dataclass(frozen=True, slots=True)
class Absent:
    """What the record does not say."""

    kind: ClassVar[str] = "absent"
    text: str = "not published"


Block = (
    Bullets | Paragraph | Facts | Table | Entries | Criteria | Drawing | Part | Note | Absent
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a page: its anchor, heading, one line of explanation, and what it says."""

    key: str
    heading: str
    explanation: str
    blocks: tuple[Block, ...] = field(default=(Absent(),))

    @property
    def empty(self) -> bool:
        """Say whether the section has nothing to say."""
        return all(isinstance(block, Absent) for block in self.blocks)


def facts(*pairs: tuple[str, Inline | tuple[Inline, ...] | None]) -> tuple[Block, ...]:
    """Return labelled values, leaving out those that are absent; nothing when all are."""
    kept = tuple(
        Fact(label, value if isinstance(value, tuple) else (value,))
        for label, value in pairs
        if value not in (None, "", ())
    )
    return (Facts(kept),) if kept else ()
