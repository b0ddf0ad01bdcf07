"""From lines to items in a tree.

Depth follows the indent; at one indent it follows the marks: `1.` then `a)` goes down, a second
`1.` style goes back up. Deeper than `DEEPEST` levels, items stay on that level.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from trialwright.protocol.criteria.layout import remarks
from trialwright.protocol.criteria.layout.abstracts import begins_one
from trialwright.protocol.criteria.layout.joined import joined
from trialwright.protocol.criteria.layout.lines import BARE, Line, read_lines
from trialwright.protocol.criteria.layout.model import Item, Leftover, LeftoverKind, Role, Section
from trialwright.protocol.criteria.layout.subheaders import (
    COLONS,
    opens_a_group,
    opens_a_list,
    speaks_of_a_group,
    stands_alone,
)

DEEPEST = 16
_AS_LETTER = {1: 9, 5: 22, 10: 24}  # i, v, x by their place among the letters
_AS_ROMAN = {letter: number for number, letter in _AS_LETTER.items()}
_WRAP = 60  # characters that a line of hard-wrapped text has at least, where it runs on
_WIDEST = 110  # and at most, every line of it


@dataclass(slots=True)
class _Open:
    """An item that still grows."""

    line: Line
    role: Role = "criterion"
    words: list[str] = field(default_factory=list)
    end: int = 0  # of its own lines
    children: "list[_Open]" = field(default_factory=list)
    block: bool = False  # an unmarked line whose list stands at its own indent
    closed: bool = False  # whether the text shows where that list ends

    @classmethod
    def of(cls, line: Line, role: Role = "criterion", *, block: bool = False) -> "_Open":
        return cls(line, role, [line.words] if line.words else [], line.end, [], block)

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(slots=True)
class Place:
    """Where in the sections the reader is."""

    section: Section | None = None
    named: bool = False
    under: str | None = None


class Tree:
    """The builder: `feed` every line, then `close`; what is complete is in `found`."""

    def __init__(self, text: str, lines: Sequence[Line], *, notes_first: bool) -> None:
        self.found: list[Item | Leftover] = []
        self.place = Place()
        self._text = text
        self._root: _Open | None = None
        self._wrapped = _is_wrapped(lines)
        self._width = _width(lines) if self._wrapped else 0
        self._notes_first = notes_first  # words above the first heading introduce, and ask nothing
        self._stack: list[_Open] = []
        self._fresh = True  # no item stands yet below the heading
        self._blank = False  # whether the line before was
        self._last: Line | None = None

    def feed(self, line: Line) -> None:
        """Take one line."""
        if not line.words and not line.kind:
            self._space(line)
        elif line.heading and self._is_the_sections(line):
            self.close()
            self._fresh = True
            self.place = Place(line.heading.section, line.heading.named, line.heading.group)
            self.found.append(self._left("header", line))
        elif line.kind:
            self._marked(line)
        elif bare := self._bare(line):
            self._marked(bare)
        else:
            self._unmarked(line)
        self._blank = not line.words and not line.kind
        self._last = line

    def close(self) -> None:
        """End the item that is open."""
        if self._root:
            self.found.append(_item(self._root, self.place))
        self._root, self._stack = None, []

    def _is_the_sections(self, line: Line) -> bool:
        """A sentence never turns a named section round: it speaks of the items right below it."""
        heading, last = line.heading, self._last
        if heading is None or (heading.named and line.kind):
            return heading is not None
        if last and last.words and line.words[0].islower() and last.words[-1] not in ".:;":
            return False  # a line that runs on
        if heading.named:
            return True
        same = heading.section == self.place.section
        if line.kind:
            return same and self._fresh
        return same or not self.place.named

    def _space(self, line: Line) -> None:
        if not self._stack:
            self.found.append(self._left("blank", line))
            return
        self._grow(line)

    def _grow(self, line: Line) -> None:
        """Add a line to the item at the bottom."""
        bottom = self._stack[-1]
        if line.words:
            bottom.words.append(line.words)
        bottom.end = line.end

    def _add(self, line: Line, role: Role = "criterion", *, block: bool = False) -> None:
        """Open an item below the bottom one."""
        new = _Open.of(line, role, block=block)
        self._stack[-1].children.append(new)
        self._stack.append(new)

    # --- lines with a mark ---------------------------------------------------------------------

    def _marked(self, line: Line) -> None:
        line = self._settled(line)
        if self._stack:
            if self._below(line):
                self._add(line, _role(line, child=True))
                return
            self.close()
        if remarks.says_nothing(line.words):
            self.found.append(self._left("note", line))
        else:
            self._open(_Open.of(line))

    def _open(self, root: _Open) -> None:
        self._root, self._stack, self._fresh = root, [root], False

    def _left(self, kind: LeftoverKind, line: Line) -> Leftover:
        return Leftover(kind, (line.start, line.end), self._text[line.start : line.end])

    def _bare(self, line: Line) -> Line | None:
        """Return a line that goes on with the numbers of its list, without their point."""
        before = self._root.line.number if self._root else None
        found = BARE.match(line.words) if before is not None else None
        if not found or before is None or self._wrapped or not before < int(found[1]) <= before + 5:
            return None
        number = int(found[1])
        words = line.words[found.end() :]
        return line._replace(kind="1", number=number, order=number, words=words)

    def _settled(self, line: Line) -> Line:
        """Tell the letter i from the Roman number, by the marks that are open."""
        if line.kind not in ("i", "a", "A"):
            return line
        open_kinds = {(each.line.kind, each.line.order) for each in self._stack}
        if line.kind == "i" and line.order in _AS_LETTER:
            order = _AS_LETTER[line.order]
            kind = next((k for k in "aA" if (k, order - 1) in open_kinds), None)
            return line._replace(kind=kind, order=order) if kind else line
        if line.kind != "i" and line.order in _AS_ROMAN:
            order = _AS_ROMAN[line.order]
            goes_on = {("i", order - 1), ("i", order)} & open_kinds
            if goes_on or (order == 1 and (line.kind, line.order - 1) not in open_kinds):
                return line._replace(kind="i", order=order)
        return line

    def _below(self, line: Line) -> bool:
        """Close the items that a marked line ends; say whether it goes below the bottom one."""
        stack = self._stack
        while stack[-1].role == "paragraph" and len(stack) > 1:
            stack.pop()
        at = self._sibling(line)
        if at is not None:
            del stack[at:]
            return bool(stack)
        while len(stack) > 1 and not _goes_down(stack[-1], line):
            stack.pop()
        del stack[DEEPEST:]
        top = stack[-1]
        if top.block:
            return not _continues_numbers(top, line)
        return _goes_down(top, line)

    def _sibling(self, line: Line) -> int | None:
        """Return where on the stack an item with the same style of mark stands."""
        for at in range(len(self._stack) - 1, -1, -1):
            other = self._stack[at].line
            if not other.kind or other.kind != line.kind:
                continue
            near = abs(other.indent - line.indent) <= 1
            follows = line.order and other.order and line.order == other.order + 1
            if near or (follows and line.order != 1 and abs(other.indent - line.indent) <= 3):
                return at
        return None

    # --- lines without ---------------------------------------------------------------------------

    def _unmarked(self, line: Line) -> None:
        if self._stack:
            if self._belongs(line):
                return
            self.close()
        if (
            (self.place.section is None and self._notes_first)
            or remarks.says_nothing(line.words)
            or remarks.is_note(line.words)
        ):
            self.found.append(self._left("note", line))
        elif opens_a_list(line.words) and self._sorts(line.words):
            self.place.under = line.words
            self.found.append(self._left("subheader", line))
        else:
            self._open(_Open.of(line, block=opens_a_list(line.words)))

    def _sorts(self, words: str) -> bool:
        """Say whether words above a list are a label; beside a label of people, another is one."""
        if stands_alone(words, self.place.section):
            return True
        above = self.place.under or ""
        return opens_a_group(words) and (speaks_of_a_group(above) or opens_a_group(above))

    def _belongs(self, line: Line) -> bool:
        """Give an unmarked line to the item above it, where it is that item's."""
        stack = self._stack
        root = self._root or stack[0]
        deeper = [at for at, each in enumerate(stack) if line.indent > each.line.indent]
        if remarks.connective(line.words):
            self._grow(line)
            return True
        if not self._blank and self._runs_on(line):
            self._grow(line)
            return True
        lister = opens_a_list(line.words)
        if begins_one(line.words):
            return False
        if remarks.is_note(line.words) or (remarks.rescues(line.words) and not lister):
            role: Role = "note" if remarks.is_note(line.words) else "rescue"
            del stack[max(1, (deeper or [0])[-1] + 1) :]
            self._leaf(line, role)
            return True
        if deeper:
            del stack[min(deeper[-1] + 1, DEEPEST) :]
            self._leaf(line, "paragraph")
            return True
        if root.block and not lister:
            if self._blank and root.children:
                root.closed = True
                return False
            del stack[1:]
            self._add(line)
            return True
        if self._blank or lister or not root.line.kind:
            return False
        del stack[DEEPEST:]
        self._leaf(line, "paragraph")
        return True

    def _leaf(self, line: Line, role: Role) -> None:
        """Add a remark; no remark stands below another."""
        while len(self._stack) > 1 and self._stack[-1].role != "criterion":
            self._stack.pop()
        self._add(line, role)

    def _runs_on(self, line: Line) -> bool:
        """Say whether a line plainly goes on with the sentence above it."""
        last = self._last
        if last is None or not last.words:
            return False
        bottom = self._stack[-1]
        if line.words[0].islower() or last.words[-1] in ",(/–" or last.words[-1:] == "-":
            marked = bool(self._stack[0].line.kind) or bottom.role != "criterion"
            return marked or (self._wrapped and len(last.words) >= _WRAP)
        return self._width > 0 and _is_full(last, line, self._width)


def build(text: str) -> list[Item | Leftover]:
    """Return the items and leftovers of a text in order."""
    lines = tuple(read_lines(text))
    first = next((line.heading for line in lines if line.heading), None)
    notes_first = first is not None and first.section == "inclusion"
    tree = Tree(text, lines, notes_first=notes_first)
    for line in lines:
        tree.feed(line)
    tree.close()
    return tree.found


def _is_wrapped(lines: Sequence[Line]) -> bool:
    """Say whether lines were broken at a width: many are long, and none is longer than a page."""
    widths = [len(line.words) + line.indent for line in lines if line.words]
    return bool(widths) and max(widths) <= _WIDEST and sum(w >= _WRAP for w in widths) > 2


def _width(lines: Sequence[Line]) -> int:
    """Return the width at which sentences were broken; 0 where whole lines stand on their own.

    Of broken sentences, most go on with a small letter.
    """
    small = capital = 0
    for above, line in pairwise(lines):
        if len(above.words) >= _WRAP and line.words and not (line.kind or line.heading):
            small += line.words[0].islower()
            capital += not line.words[0].islower() and above.words[-1] not in ".:;"
    widths = (len(line.words) + line.indent for line in lines)
    return max(widths, default=0) if small > capital else 0


def _is_full(above: Line, line: Line, width: int) -> bool:
    """Say whether a line was broken because the next word had no room."""
    if len(above.words) < _WRAP or above.words[-1] in ".:;":
        return False
    return above.indent + len(above.words) + 1 + len(line.words.split(None, 1)[0]) > width


def _goes_down(top: _Open, line: Line) -> bool:
    """Say whether a mark of another style opens a list below an item."""
    if line.indent < top.line.indent:
        return False
    if line.indent > top.line.indent + 1 or not top.line.kind:
        return True
    if top.words and top.words[-1].rstrip(" *_\\")[-1:] in COLONS:
        return True
    counted, bullets = ("1", "a", "A", "i", "1.1"), line.kind not in ("1", "a", "A", "i")
    if line.order == 1 and line.kind in counted:
        return top.line.kind != line.kind
    return bullets and top.line.kind in counted


def _continues_numbers(top: _Open, line: Line) -> bool:
    first = top.children[0].line if top.children else None
    return first is not None and line.indent <= top.line.indent and first.kind != line.kind


def _role(line: Line, *, child: bool) -> Role:
    if not child:
        return "criterion"
    if remarks.is_note(line.words):
        return "note"
    return "rescue" if remarks.rescues(line.words) else "criterion"


def _has_unmarked(root: _Open) -> bool:
    return any(not child.line.kind and child.role == "criterion" for child in root.children)


def _item(root: _Open, place: Place) -> Item:
    children: tuple[Item, ...] = ()
    if root.children:
        children = tuple(joined([_item(child, place) for child in root.children]))
    head = (root.line.start, root.end)
    span = (root.line.start, children[-1].span[1] if children else root.end)
    section = place.section or "inclusion"
    stated = place.section is not None
    loose = root.block and not root.closed and _has_unmarked(root)
    return Item(
        section, span, head, root.line.number, root.text, children, place.under, stated, root.role,
        loose,
    )  # fmt: skip
