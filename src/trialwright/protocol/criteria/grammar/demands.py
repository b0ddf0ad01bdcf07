"""A demand on some: `patients taking A must B`, `for patients with A, B`, `if A, B`.

demand := ("patients" | "women" | ...) pieces ("must" | "should" | "need to") pieces
        | "for" who "," pieces
        | "if" pieces "," pieces
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from trialwright.protocol.criteria.pieces import DEPTH, Piece

_FOR_SOME = re.compile(
    r"for\s+(?:\w+\s+){0,4}(?:patients|subjects|participants|those|women|men)\b[^,]*,",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"(?:all\s+|any\s+)?(?:patients|subjects|participants|individuals|those|women|men|females|males)\s+"
    r"(?!who\s+must)(?:with|who|whose|taking|receiving|on|using|treated|under|over|aged|younger|older|having"
    r"|diagnosed|previously|currently)\b.*\b(?:must|should|need\s+to|have\s+to)\b",
    re.IGNORECASE,
)
_ON_SOME = re.compile(
    r"(?:all\s+|any\s+)?\w+\s+(?:(?:who\s+(?:are\s+)?)?(?:currently\s+)?(?:taking|receiving|on|using|take|use)"
    r"|under|over|aged|younger|older)\b",
    re.IGNORECASE,
)
_GOES_ON = frozenset(
    ("they", "then", "he", "she", "it", "these", "must", "the patient", "the subject",
     "the patients", "the participant", "the subjects", "the participants",
     "patients", "subjects", "participants")
)  # fmt: skip
_MUST_NOW = re.compile(r"(?:must|should|need\s+to|have\s+to)\b", re.IGNORECASE)


class Demand(NamedTuple):
    """Of whom something is asked, and what; `of_all` where `with A` may be asked of everybody."""

    whom: Sequence[Piece]
    what: Sequence[Piece]
    of_all: bool


def demand_on_some(pieces: Sequence[Piece], words: str) -> Demand | None:
    """Part a demand on some from those it is on; None where a segment holds none."""
    if _FOR_SOME.match(words) and (comma := end_of_condition(pieces)):
        open_ = any(piece.kind in ("unless", "except", "if") for piece in pieces)
        return None if open_ else Demand(pieces[1:comma], pieces[comma + 1 :], of_all=False)
    if not _DEMAND.match(words):
        return None
    at = next((i for i, p in enumerate(pieces) if i and _MUST_NOW.match(p.text)), None)
    if at is None or at == len(pieces) - 1 or not any(p.node for p in pieces[:at]):
        return None
    return Demand(pieces[:at], pieces[at:], of_all=_ON_SOME.match(words) is None)


def end_of_condition(pieces: Sequence[Piece]) -> int | None:
    """Return where the condition ends that opens a segment; None where several commas may be it."""
    ends = _commas(pieces)
    marked = [i for i in ends if pieces[i].text == ":" or pieces[i + 1].text.lower() in _GOES_ON]
    if marked:
        return marked[0]
    listed = any(p.kind == "join" and "," in p.text and p.text != "," for p in pieces)
    return None if listed and len(ends) > 1 else next(iter(ends), None)


def _commas(pieces: Sequence[Piece]) -> list[int]:
    found: list[int] = []
    depth = 0
    for i, piece in enumerate(pieces):
        depth += DEPTH.get(piece.kind, 0)
        if (
            depth == 0
            and piece.kind in ("join", "colon")
            and piece.text in (",", ":")
            and 1 < i < len(pieces) - 1
        ):
            found.append(i)
    return found
