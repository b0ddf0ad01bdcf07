"""What a reading may not decide for certain, looked at once more when a criterion has been read.

Of an exclusion, words with `or` in them must not narrow: they may name something that excludes by
itself. A pair of pressures counts by one of them or by both, as the section and its signs go.
"""

import re
from typing import assert_never

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.trees import either_way, every, some

_BRACKETS = re.compile(r"\([^()]*\)")
_OTHERS = re.compile(
    r"(?:^|[\s,;])or\s+(?:(?:to|for)\s+)?(?:an?|the|any|other|another|is|are|was|were|has|have|had"
    r"|who|with|patients?|subjects?|participants?|those|history|current\w*|prior|previous\w*"
    r"|active|known|un\w+|severe|serious|significant|evidence|presence|requir\w+)\b"
    r"|^or\s|\w-(?:or|and)$",
    re.IGNORECASE,
)
_CAUSES = re.compile(
    r"(?:likely\s+)?(?:due\s+to|caused\s+by|secondary\s+to|resulting\s+from|attributable\s+to)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?:whether|how|that nothing else|what else|if meant here too|by itself)\b", re.IGNORECASE
)
_LEAVES = (
    nodes.Has, nodes.Residue, nodes.Compare, nodes.Attest, nodes.Judgement, nodes.Demographic,
    nodes.Ordinal,
)  # fmt: skip
_PAIR = frozenset(("sbp", "dbp"))


def settled(node: nodes.Node, section: Section) -> nodes.Node:
    """Return a criterion's expression with what its words leave open left open."""
    if isinstance(node, _LEAVES):
        return node
    return _opened(node, narrows=section == "exclusion")


def _opened(node: nodes.Node, *, narrows: bool) -> nodes.Node:
    """Open an expression; `narrows` where a false here clears the person."""
    if isinstance(node, _LEAVES):
        return node
    match node:
        case nodes.All(of) if narrows:
            return _with_others(tuple(_opened(part, narrows=narrows) for part in of))
        case nodes.All(of):
            return every(_opened(part, narrows=narrows) for part in of)
        case nodes.Any(of):
            read = some(_opened(part, narrows=narrows) for part in of)
            return read if narrows else _pair(read)
        case nodes.Not(of):
            return nodes.Not(_opened(of, narrows=not narrows))
        case nodes.Within(last, anchor, of, half_lives, gap):
            return nodes.Within(last, anchor, _opened(of, narrows=narrows), half_lives, gap)
        case nodes.Except(base, but):
            left = tuple(_opened(part, narrows=not narrows) for part in but)
            return nodes.Except(_opened(base, narrows=narrows), left)
        case nodes.IfThen(when, then, otherwise):
            first = _opened(when, narrows=not narrows)
            other = _opened(otherwise, narrows=narrows) if otherwise else None
            return nodes.IfThen(first, _opened(then, narrows=narrows), other)
        case nodes.AtLeast(n, of):
            return nodes.AtLeast(n, tuple(_opened(part, narrows=narrows) for part in of))
        case _:
            assert_never(node)


def _with_others(parts: tuple[nodes.Node, ...]) -> nodes.Node:
    """Let words that may name an alternative stand beside what they would narrow."""
    also = tuple(p for p in parts if isinstance(p, nodes.Residue) and _names_more(p.words))
    node = every(parts)
    if also and len(also) < len(parts):
        asked = (nodes.Residue(f"by itself: {p.words}") for p in also)
        return some((node, *asked))
    return _pair(node)


def _names_more(words: str) -> bool:
    if _OWN.match(words) or _CAUSES.match(words):  # causes of what is named, none of it alone
        return False
    return _OTHERS.search(_BRACKETS.sub("", words)) is not None


def _pair(node: nodes.Node) -> nodes.Node:
    """Return a pair of pressures that one of them may meet: `BP < 90/60` excludes by either."""
    match node:
        case nodes.All(of) | nodes.Any(of) if len(of) == 2:
            named = {part.measure for part in of if isinstance(part, nodes.Compare)}
            if named == _PAIR:
                return either_way(nodes.All(of), nodes.Any(of), "whether one alone counts")
    return node
