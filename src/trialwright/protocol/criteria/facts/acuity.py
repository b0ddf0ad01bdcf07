"""Visual acuity as a fraction: `BCVA of 20/40 or better`, `visual acuity worse than 6/60`.

What a record holds may be a fraction, a decimal, letters or logMAR, and which way is better differs
between them: the whole phrase is left to a person.
"""

import re
from collections.abc import Iterator

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts.places import closed
from trialwright.protocol.criteria.pieces import Piece

_FRACTION = r"(?:20\s?/\s?\d{2,3}|6\s?/\s?\d{1,3}(?:\.\d)?)"
_ACUITY = re.compile(
    r"(?:(?:(?:ETDRS\s+(?:letters-measured\s+)?)?(?:best|un)[\s-]?corrected\s+|Snellen\s+)?"
    r"(?:distance\s+)?(?:visual\s+acuity|vision)|\bBC[DS]?VA|\bUCVA|\bVA)\b"
    rf"[^;.:]{{0,70}}?(?<![\d/]){_FRACTION}(?![\d/])"
    rf"(?:[^;.:,]{{1,12}}?(?<![\d/]){_FRACTION}(?![\d/]))?"
    r"(?:\s+Snellen(?:\s+equivalent)?)?(?:\s+(?:or|and)\s+(?:better|worse|less|more|greater|above"
    r"|below)(?!\s+than))?",
    re.IGNORECASE,
)


def acuities(text: str) -> Iterator[Piece]:
    """Find limits of visual acuity; each is one question."""
    for found in _ACUITY.finditer(text):
        start, end = found.start(), closed(text, *found.span())
        yield Piece("atom", start, end, text[start:end], nodes.Residue(text[start:end]))
