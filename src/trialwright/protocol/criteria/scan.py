"""A criterion's text as a row of pieces: facts first, then phrases, then words not understood."""

import re
from collections.abc import Iterator

from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.phrases import PHRASE, TABLE_KINDS
from trialwright.protocol.criteria.pieces import Kind, Piece


def scan(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text in order; only spaces and punctuation are left out."""
    pieces: list[Piece] = []
    at = 0
    for fact in found_facts(text):
        pieces += _phrases(text, at, fact.start)
        pieces.append(fact)
        at = fact.end
    pieces += _phrases(text, at, len(text))
    return tuple(pieces)


def _phrases(text: str, start: int, end: int) -> Iterator[Piece]:
    for found in PHRASE.finditer(text, start, end):
        yield Piece(_kind(found), *found.span(), found[0])


def _kind(found: "re.Match[str]") -> Kind:
    group = found.lastgroup or "word"
    return "word" if group == "word" else TABLE_KINDS[int(group.removeprefix("k"))]
