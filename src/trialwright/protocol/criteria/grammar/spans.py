"""Where pieces stand: the words that they cover, and what is outside parentheses."""

from collections.abc import Sequence

from trialwright.protocol.criteria.pieces import DEPTH, Piece
from trialwright.protocol.criteria.trees import tidy


def words_of(pieces: Sequence[Piece], text: str) -> str:
    return tidy(text[pieces[0].start : pieces[-1].end]) if pieces else ""


def outside(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces outside parentheses."""
    outside: list[Piece] = []
    depth = 0
    for piece in pieces:
        depth = max(0, depth + DEPTH.get(piece.kind, 0))
        if depth == 0:
            outside.append(piece)
    return outside


def first_outside(pieces: Sequence[Piece], kind: str) -> int | None:
    depth = 0
    for i, piece in enumerate(pieces):
        depth = max(0, depth + DEPTH.get(piece.kind, 0))
        if piece.kind == kind and depth == 0:
            return i
    return None
