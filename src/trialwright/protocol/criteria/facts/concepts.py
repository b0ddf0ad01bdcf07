"""The conditions, drugs, procedures, devices and allergies that the vocabularies name."""

import re
from collections.abc import Iterator
from functools import lru_cache

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
_MARKS = frozenset(("", ",", ".", ";", ")", "/", ":", "("))  # with one behind it, none ends there
_LONGEST = 80  # characters of a relation


def named_concepts(text: str, *more: Vocabulary) -> Iterator[Piece]:
    """Find what the lexicons and ICD-10-CM name, and what more vocabularies do.

    A concept whose codes cannot list all evaluates to unknown without one: no residue is needed.
    """
    for found in finder(*more).mentions(text):
        start, end, concept = found
        if (
            text[end : end + 1] not in _MARKS
            and _RELATES.match(text, end)
            and _in_relation(text, end)
        ):
            continue  # its last word is what the relation begins with
        words = text[start:end]
        yield Piece("atom", start, end, words, _has(concept.domain, concept.id, words))


@lru_cache(maxsize=1 << 14)
def _has(domain: nodes.Domain, concept: str, words: str) -> nodes.Has:
    return nodes.Has(domain, concept, words)


def _in_relation(text: str, at: int) -> bool:
    """Say whether a relation begins at or before a place and ends behind it."""
    begin = word_start(text, at, max(0, at - _LONGEST))
    return any(
        each.start() <= at < each.end() for each in _RELATION.finditer(text, begin, at + _LONGEST)
    )
