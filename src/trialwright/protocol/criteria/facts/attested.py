"""What only the site can answer although it names facts: child-bearing potential."""

import re
from collections.abc import Iterator

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.pieces import Piece

_CHILDBEARING = re.compile(
    r"\b(?:wom[ae]n\s+|females?\s+)?(?:who (?:is|are)\s+)?of\s+child-?\s?bearing"
    r"\s+(?:potential|age|capacity)\b(?:\bi\.\s?e\.|\be\.\s?g\.|(?<=\d)\.(?=\d)|[^;.])*",
    re.IGNORECASE,
)


def childbearing(text: str) -> Iterator[Piece]:
    """Find `of child-bearing potential and not using ...`: one question, answered by the site."""
    if "bearing" not in text.lower():
        return
    for found in _CHILDBEARING.finditer(text):
        yield Piece("atom", *found.span(), found[0], nodes.Attest(found[0].strip()))
