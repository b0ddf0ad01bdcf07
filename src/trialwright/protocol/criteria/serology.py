"""`Serum positivity for`, `HBsAg positive`: a test's result, which is more than a diagnosis.

A diagnosis on record decides only where it says that the test is positive (HIV, the antigen
itself); hepatitis B in the history does not. No record of one says nothing about the test.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.trees import every, narrowed, some, tidy, walk

Tested = Callable[[nodes.Has], bool]

_ENDING = re.compile(r"\s+(?:of|for)$", re.IGNORECASE)


def shown_by_test(
    node: nodes.Node, results: Sequence[str], asked: str, tested: Tested = lambda _: True
) -> nodes.Node:
    """Return the expression of words that ask for a test's result, as in `results`.

    Where no record says so, a person is `asked` the words themselves. `tested` tells which of the
    facts the results are of.
    """
    if not any(isinstance(part, nodes.Has) and tested(part) for part in walk(node)):
        return node
    words = "; ".join(dict.fromkeys(_ENDING.sub("", tidy(result)) for result in results))
    return some((_by_record(node, words, tested), nodes.Residue(asked)))


def _by_record(node: nodes.Node, words: str, tested: Tested) -> nodes.Node:
    match node:
        case nodes.Has() if not tested(node):
            return node
        case nodes.Has(concept=str(concept)) if _by_test(concept):
            return node
        case nodes.Has():
            return narrowed(node, (words,))
        case nodes.All(of):
            return every(_by_record(part, words, tested) for part in of)
        case nodes.Any(of):
            return some(_by_record(part, words, tested) for part in of)
        case nodes.Within(of=of):
            return replace(node, of=_by_record(of, words, tested))
        case _:
            return node


def _by_test(concept: str) -> bool:
    known = concepts().concepts.get(concept)
    return known is not None and known.by_test
