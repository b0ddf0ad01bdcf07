"""`At least 3 weeks since prior chemotherapy`: there was none within the days before enrolment.

    since := ("at least" | ">=" | "more than" | ">") time "since" ["prior"] concept
    time  := number ("days" | "weeks")

Nothing is asked of somebody who never had it. The day at the limit itself is enough, so that the
days in which there was none are one fewer; a limit in months has no such day and is left in words.
"""

import re
from collections.abc import Iterator, Sequence

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.numbers import NUMBER_WORD, count
from trialwright.protocol.criteria.pieces import Piece

_SINCE = re.compile(
    rf"(?P<least>at\s+least|≥|>=)?(?P<more>(?:more|greater)\s+than|>)?\s*(?P<n>\d{{1,3}}|{NUMBER_WORD})\s+"
    r"(?:\(\d+\)\s+)?(?P<unit>days?|weeks?)\s+since\s+(?:the\s+)?(?:any\s+)?"
    r"(?:(?:prior|previous|last|most\s+recent)\s+)?(?:dose\s+of\s+)?",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*(?:\Z|[.;]|and\s+(?:has\s+|have\s+)?recovered\b)", re.IGNORECASE)


def times_since(text: str, found: Sequence[Piece]) -> Iterator[Piece]:
    """Find such limits among the concepts that were found in a text."""
    named = {piece.start: piece for piece in found if isinstance(piece.node, nodes.Has)}
    for since in _SINCE.finditer(text):
        piece = named.get(since.end())
        limited = (since["least"] is None) != (since["more"] is None)
        if piece is None or piece.node is None or not limited:
            continue
        if not _ENDS.match(text, piece.end):
            continue
        days = count(since["n"]) * (7 if since["unit"].lower().startswith("w") else 1)
        last = Duration(days=days - 1 if since["least"] else days)
        node = nodes.Not(nodes.Within(last, "enrolment", piece.node))
        yield Piece("atom", since.start(), piece.end, text[since.start() : piece.end], node)
