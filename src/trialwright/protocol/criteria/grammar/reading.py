"""One part while it is read: where the reader stands, and what was found so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.cues import ends_neutral
from trialwright.protocol.criteria.grammar.part import Part, closing, is_measured
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import tidy

ReadPart = Callable[[Sequence[Piece], str, int], Part]
_BEFORE_A_WINDOW = frozenset(("who", "bound", "dont", "neutral", "other"))


@dataclass(slots=True)
class Reading:
    """The pieces of one part, read from left to right."""

    pieces: tuple[Piece, ...]
    text: str
    depth: int
    words: str  # all of the part
    read_part: ReadPart  # of parts inside this one: with ..., that ...
    i: int = 0  # the piece that is read next

    when: nodes.When | None = None
    degree: tuple[nodes.Severity, ...] = ()
    sex: str | None = None
    window: Piece | None = None
    own_window: bool = False
    window_leads: bool = False
    hint: nodes.Domain | None = None
    clause: bool = False
    past: bool = False
    unsure: bool = False
    bare: bool = False

    lead: list[str] = field(default_factory=list)  # words before that narrow
    tail: list[nodes.Node] = field(default_factory=list)  # what stands behind and narrows
    tail_words: list[str] = field(default_factory=list)
    tail_from: int = -1
    examples: list[nodes.Node] = field(default_factory=list)  # each of them alone counts

    @property
    def left(self) -> bool:
        """Say whether a piece is left to read."""
        return self.i < len(self.pieces)

    @property
    def qualified(self) -> bool:
        """Say whether something narrows the fact so far."""
        return bool(self.lead or self.degree or self.tail)

    def inside(self, pieces: Sequence[Piece]) -> Part:
        """Read a part that stands inside this one."""
        return self.read_part(pieces, self.text, self.depth)

    def span(self, taken: Sequence[Piece]) -> str:
        """Return the text from the first to the last of some pieces."""
        return self.text[taken[0].start : taken[-1].end]

    def behind(self, node: nodes.Node, text: str) -> None:
        """Narrow the part by what stands behind its fact."""
        if tidy(text):
            self.tail.append(node)
            self.tail_words.append(text)

    def until_tail(self) -> tuple[Piece, ...]:
        """Take the pieces up to the next window, aside or clause of the same level."""
        start = self.i
        kind = self.pieces[start].kind
        self.i += 1
        while self.left and not self._ends(kind, start):
            if self.pieces[self.i].kind == "open":
                self.i = closing(self.pieces, self.i)
            self.i += 1
        return self.pieces[start : self.i]

    def _ends(self, kind: str, start: int) -> bool:
        piece = self.pieces[self.i]
        if piece.kind == "window" and kind in _BEFORE_A_WINDOW:
            return True
        if piece.kind == "example" or (piece.kind == "not" and self.i > start + 1):
            return True
        return kind == "neutral" and (ends_neutral(piece) or is_measured(piece.node))
