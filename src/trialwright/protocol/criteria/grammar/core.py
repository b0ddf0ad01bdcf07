"""The core of a part: a fact with the words around it, a value, or a noun phrase.

core := fact | modifier* fact | value words | noun phrase
"""

from collections.abc import Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.cues import (
    EARLIER,
    EMPTY,
    OF_ITS_OWN,
    SAYS_TAKEN,
    TAILS,
    is_compared,
    is_laboratory,
    is_participle,
    modifies,
    repeats,
    turns_round,
)
from trialwright.protocol.criteria.grammar.nouns import leaf
from trialwright.protocol.criteria.grammar.part import is_measured, leaf_or_residue
from trialwright.protocol.criteria.grammar.reading import Reading
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import every, tidy

_ENDS = TAILS | {"open", "close", "window", "method", "colon"}
_MAY_END = _ENDS | {"other", "word"}
_NO_CORE = frozenset(("glue", "who", "positive", "negative", "current", "sex"))
_PLAIN = frozenset(("word", "glue", "modifier", "bound", "hazard", "degree"))


def take_core(part: Reading) -> tuple[Piece, ...]:
    """Take the pieces up to the first that stands behind the fact."""
    start = part.i
    while part.left and not (part.pieces[part.i].kind in _MAY_END and _ends_core(part, start)):
        part.i += 1
    core = part.pieces[start : part.i]
    while core and core[-1].kind in _NO_CORE and not _is_active(core):
        part.sex = core[-1].text if core[-1].kind == "sex" else part.sex
        core = core[:-1]
    return core


def _ends_core(part: Reading, start: int) -> bool:
    piece = part.pieces[part.i]
    if part.i > start:
        if piece.kind == "other" and piece.text.lower().startswith(("or ", "and ")):
            return True
        if piece.kind == "word" and is_compared(part.pieces, part.i):
            return True
    if piece.kind not in _ENDS:
        return False
    of = piece.kind == "bound" and piece.text.lower() in ("of", "in", "for", "to")
    plain = all(p.node is None for p in part.pieces[start : part.i])
    return not (of and plain and part.i > start and _plain_ahead(part))


def _is_active(core: Sequence[Piece]) -> bool:
    """`Sexually active`: how somebody is, and no time."""
    return len(core) > 1 and core[-1].kind == "current" and core[-2].text.lower().endswith("ly")


def _plain_ahead(part: Reading) -> bool:
    """Say whether only plain words follow up to the next boundary: `pain in the back`."""
    for piece in part.pieces[part.i + 1 :]:
        if piece.node is not None:
            return False
        if piece.kind not in _PLAIN:
            return True
    return True


def meaning(part: Reading, core: Sequence[Piece]) -> tuple[nodes.Node, str]:
    """Return what the core says, and its words where they are an open noun phrase."""
    said = [piece for piece in core if piece.kind != "glue"]
    if not said:
        return _nothing(part), ""
    words = tidy(part.span(core))
    kinds = {piece.kind for piece in said}
    facts = [piece.node for piece in said if piece.node is not None]
    if "relation" in kinds:
        return _relation(part, said, words), ""
    if not facts:
        if words.lower() in EMPTY:
            part.unsure = True
        part.bare = all(map(modifies, said))
        return leaf(words, part.hint), words
    measured = any(map(is_measured, facts))
    if not measured and is_laboratory(core) and not _is_tested(part):  # no drug taken: its level
        return leaf(part.words, part.hint), ""
    if "hazard" in kinds:
        part.unsure = True
        return leaf_or_residue(part.words), ""
    return (_values(part, said) if measured else _named(part, said, words)), ""


def _is_tested(part: Reading) -> bool:
    return any(piece.kind in ("positive", "negative") for piece in part.pieces)


def _nothing(part: Reading) -> nodes.Node:
    """Return what a part without a core says."""
    if part.sex and not part.left:
        return nodes.Has("condition", None, "(sex)")
    if part.window or part.when or part.degree or part.hint:
        return leaf_or_residue(part.words)
    return leaf(part.words, part.hint)


def _relation(part: Reading, said: Sequence[Piece], words: str) -> nodes.Node:
    """Read `allergy to A`, `symptoms of B`: what is named is not what the person has."""
    to = next(piece.text.lower() for piece in said if piece.kind == "relation")
    named = [piece.node for piece in said if piece.node is not None]
    drugs = bool(named) and all(isinstance(n, nodes.Has) and n.domain == "drug" for n in named)
    node = leaf(words, "allergy" if drugs and to == "sensitivity to" else part.hint)
    if not (named and isinstance(node, nodes.Has)) or node.domain == "allergy":
        return node
    whole = part.words == tidy(part.text) and not any(p.kind == "example" for p in part.pieces)
    whole = whole and to in OF_ITS_OWN and not turns_round(words)
    return node if whole else nodes.Residue(words)


def _values(part: Reading, said: Sequence[Piece]) -> nodes.Node:
    """Read numbers with words around them: the words narrow."""
    said = _without_method(said)
    facts = [piece.node for piece in said if piece.node is not None]
    first = next(i for i, piece in enumerate(said) if piece.node is not None)
    before = [p.text for p in said[:first]]
    behind = [p.text for p in said[first:] if p.node is None]
    if any(word.lower() in EARLIER for word in (*before, *behind)):
        part.unsure = True
    if any(isinstance(n, nodes.Demographic) for n in facts) and (before or behind):
        only_words = [leaf(" ".join(words), part.hint) for words in (before, behind) if words]
        return every((*facts, *only_words))
    part.lead += before
    if behind:
        part.behind(nodes.Residue(" ".join(behind)), " ".join(behind))
    return every(facts)


def _without_method(said: Sequence[Piece]) -> list[Piece]:
    """Return the pieces of a value; a procedure in front says how it is found: `X-ray grade 2`."""
    done = [isinstance(p.node, nodes.Has) and p.node.domain == "procedure" for p in said]
    return [
        replace(piece, node=None) if by and is_measured(after.node) else piece
        for piece, by, after in zip(said, done, (*said[1:], said[-1]), strict=True)
    ]


def _named(part: Reading, said: Sequence[Piece], words: str) -> nodes.Node:
    """Read a named concept with words around it."""
    named = [i for i, piece in enumerate(said) if piece.node is not None]
    told = [i for i in named if not isinstance(said[i].node, nodes.Residue)]  # of grade 2 or higher
    at = max(told or named)
    head = said[at].node or leaf(words, part.hint)
    trailing = said[at + 1 :]
    if trailing:
        same = repeats(head)
        while trailing and trailing[0].text.lower() in same:
            trailing = trailing[1:]
    if trailing and not (trailing[0].node or is_participle(trailing[0].text)):
        return leaf(words, part.hint)  # a compound: its head is another word
    if trailing:
        text = part.span(trailing)
        part.behind(nodes.Residue(tidy(text)), text)
    given = isinstance(head, nodes.Has) and head.domain == "drug"
    before = [p.text for p in said[:at]]
    part.lead += [text for text in before if not (given and text.lower() in SAYS_TAKEN)]
    part.unsure = part.unsure or "off" in map(str.lower, part.lead)  # off antiviral therapy
    return head
