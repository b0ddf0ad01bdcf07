"""Grades of a finding that no scale of the lexicon has: `grade 2 or higher`, `moderate or worse`.

They are kept in one piece, for a person to judge, because `or higher` joins no two facts.
"""

import re
from collections.abc import Iterator

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.pieces import Piece

_THAN = r"(?:or|and)\s+(?:higher|greater|above|more|worse|over|lower|less|below)\b"
_GRADED = re.compile(
    rf"\b(?:(?:CTCAE\s+)?grades?\s*[≥>=]*\s*(?:[0-5]|I{{1,3}}|IV|V)\s*(?:\(\w+\)\s*)?{_THAN}"
    rf"|(?:of\s+)?(?:minimal|mild|moderate|severe)\s+{_THAN})(?:\s+(?:in\s+)?severity\b)?(?!\s+than\b)",
    re.IGNORECASE,
)


def grades(text: str) -> Iterator[Piece]:
    """Find grades with all that is above or below them."""
    for found in _GRADED.finditer(text):
        yield Piece("atom", *found.span(), found[0], nodes.Residue(found[0]))
