"""The conditions, drugs, procedures, devices and allergies that the vocabularies name."""

import re
from collections.abc import Iterator

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts.places import word_start
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.vocabulary import Vocabulary, finder

# `vaccination against hepatitis B`, `surgery for cancer`: what follows is not what the person has,
# or not that alone. The grammar reads such words as what they are, a relation to what follows.
_RELATION = re.compile(
    r"\b(?:(?:allerg|hypersensitiv|intoleran|anaphyla|vaccin|immuni[sz]ation|contra-?indicat)\w*"
    r"|sensitivity|reactions?|complications?|symptoms?|surgery|medications?|drugs?|therapy"
    r"|treatments?|tests?)\s+(?:to|of|against|for)\b",
    re.IGNORECASE,
)
_RELATES = re.compile(r"[\w-]*\s+(?:to|of|against|for)\b", re.IGNORECASE)  # what one ends with
_LONGEST = 80  # characters of a relation


def named_concepts(text: str, *more: Vocabulary) -> Iterator[Piece]:
    """Find what the lexicons and ICD-10-CM name, and what more vocabularies do.

    A concept whose codes cannot list all evaluates to unknown without one: no residue is needed.
    """
    for found in finder(*more).mentions(text):
        if _RELATES.match(text, found.end) and _in_relation(text, found.end):
            continue  # its last word is what the relation begins with
        words = text[found.start : found.end]
        node = nodes.Has(found.value.domain, found.value.id, words)
        yield Piece("atom", found.start, found.end, words, node)


def _in_relation(text: str, at: int) -> bool:
    """Say whether a relation begins at or before a place and ends behind it."""
    begin = word_start(text, at, max(0, at - _LONGEST))
    return any(
        each.start() <= at < each.end() for each in _RELATION.finditer(text, begin, at + _LONGEST)
    )
