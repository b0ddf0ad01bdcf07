"""The conditions, drugs, procedures, devices and allergies that the vocabularies name."""

import re
from collections.abc import Iterator

from trialwright.protocol.criteria import nodes
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


def named_concepts(text: str, *more: Vocabulary) -> Iterator[Piece]:
    """Find what the lexicons and ICD-10-CM name, and what more vocabularies do.

    A concept whose codes cannot list all evaluates to unknown without one: no residue is needed.
    """
    relations: set[int] | None = None
    for found in finder(*more).mentions(text):
        if relations is None:
            relations = {at for each in _RELATION.finditer(text) for at in range(*each.span())}
        if found.end in relations:
            continue  # its last word is what the relation begins with
        words = text[found.start : found.end]
        node = nodes.Has(found.value.domain, found.value.id, words)
        yield Piece("atom", found.start, found.end, words, node)
