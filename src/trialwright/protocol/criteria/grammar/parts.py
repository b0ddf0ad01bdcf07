"""One part of a criterion (between the connectives): its facts, and the words that narrow them.

    part := lead* core tail*

What stands where is read in `leads`, `core` and `tails`; here it is put together. Sound in both
directions: a word that may change the meaning turns the part into residue; a word that can only
narrow is ANDed, so that the part is never wrongly true.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.core import meaning, take_core
from trialwright.protocol.criteria.grammar.cues import (
    DEEPEST,
    SEX_IMPLIED,
    SIGNIFICANT,
    TAILS,
    WANTS_AN_OBJECT,
)
from trialwright.protocol.criteria.grammar.leads import read_leads
from trialwright.protocol.criteria.grammar.part import (
    Part,
    decidable,
    in_degree,
    is_measured,
    leaf_or_residue,
    leaves,
)
from trialwright.protocol.criteria.grammar.reading import Reading
from trialwright.protocol.criteria.grammar.tails import read_tail
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import every, some, tidy

_STOPPED = re.compile(
    r"\b(?:not|cannot|unable|stop\w*|discontinu\w+|wash\w*|withdr\w+|interrupt\w*|paus\w+|held)\b",
    re.IGNORECASE,
)
_COURSE = re.compile(r"dialysis|therap|treatment|transfusion|apheresis", re.IGNORECASE)
_UNREAD = (nodes.Attest, nodes.Judgement, nodes.Residue)


def read_part(pieces: Sequence[Piece], text: str, depth: int = 0) -> Part:
    """Read the pieces of one part; `text` is what they were scanned from.

    Parts stand inside parts (with ..., that ...); what stands too deep is not read.
    """
    if len(pieces) == 1 and (node := pieces[0].node) is not None and not isinstance(node, _UNREAD):
        if pieces[0].text.lower() in WANTS_AN_OBJECT:
            return whole(pieces, text, depth)
        return lone(pieces[0], node, text)
    return whole(pieces, text, depth)


def lone(piece: Piece, node: nodes.Node, text: str) -> Part:
    """Read a fact that stands alone, as `whole` does, and faster: the most frequent part."""
    return Part(node, tidy(text[piece.start : piece.end]), measured=is_measured(node))


def whole(pieces: Sequence[Piece], text: str, depth: int = 0) -> Part:
    """Read what stands before the fact, the fact, and what stands behind it."""
    words = tidy(text[pieces[0].start : pieces[-1].end])
    if depth > DEEPEST:
        return Part(leaf_or_residue(words), words, unsure=True)
    part = Reading(tuple(pieces), text, depth + 1, words, read_part)
    read_leads(part)
    core = take_core(part)
    if not core and part.left and part.pieces[part.i].kind in TAILS:
        return Part(leaf_or_residue(words), words, unsure=True)
    node, open_words = meaning(part, core)
    while part.left:
        node = read_tail(part, node)
    if part.unsure or _is_to_come(part, node) or _is_sentence(part, node) or _lacks(part, node):
        return Part(leaf_or_residue(words), words, unsure=True)
    if part.past and is_measured(node) and not isinstance(node, nodes.Demographic):
        return Part(nodes.Residue(words), words, unsure=True)
    if isinstance(node, _UNREAD):
        shared = "" if part.examples or isinstance(node, nodes.Residue) else open_words
        limits = () if isinstance(node, nodes.Residue) else filter(is_measured, part.tail)
        left = every((*limits, type(node)(words)))  # healthy volunteers aged 21 to 65
        return Part(left, words, unsure=True, clause=part.clause, words=shared)
    return _finished(part, node, open_words)


def _finished(part: Reading, node: nodes.Node, words: str) -> Part:
    lead = tidy(" ".join(part.lead)) if part.lead else ""
    _doubt_the_window(part)
    if part.degree:
        graded = in_degree(node, part.degree)
        if graded == node:
            lead = tidy(f"{' '.join(part.degree)} {lead}")
        node = graded
    if part.sex and not SEX_IMPLIED.search(part.words):
        node = _of_one_sex(_with_result(part, node), part.sex)
    if lead or part.tail:
        narrowing = nodes.Judgement if lead.endswith(SIGNIFICANT) else nodes.Residue
        node = every((node, *((narrowing(lead),) if lead else ()), *part.tail))
    node = _exemplified(part, node)
    return Part(
        node, part.words, lead, tidy(" ".join(part.tail_words)), part.window,
        part.own_window, part.window_leads, part.when, part.degree,
        "" if part.examples else words,  # what goes on is no head that neighbours share
        part.hint, clause=part.clause, tail_from=part.tail_from, measured=is_measured(node),
        bare=part.bare and not part.tail,
    )  # fmt: skip


def _doubt_the_window(part: Reading) -> None:
    """Leave to a person a window that is not that of the fact: of its end, or of its diagnosis."""
    window = part.window
    if window is None:
        return
    if window.gap and not window.last and _STOPPED.search(part.words):
        part.tail.append(nodes.Residue(window.text))  # the pause is meant, no past use
        part.window = None
        return
    glue = (piece.text for piece in part.pieces if piece.kind in ("glue", "word"))
    if said := next((text for text in glue if "iagnos" in text), None):
        part.tail.append(nodes.Residue(said))  # a state goes on; its beginning is meant


def _with_result(part: Reading, node: nodes.Node) -> nodes.Node:
    """Keep the result of a test in the words of what has no code: `examination positive women`."""
    open_phrase = isinstance(node, nodes.Has) and node.concept is None and node.words != "(sex)"
    tested = any(piece.kind in ("positive", "negative") for piece in part.pieces)
    return nodes.Residue(part.words) if open_phrase and tested else node


def _of_one_sex(node: nodes.Node, sex: str) -> nodes.Node:
    female = sex.lower().startswith(("f", "w"))
    asked = nodes.Demographic(sex="female" if female else "male")
    alone = isinstance(node, nodes.Has) and node.words == "(sex)"
    return asked if alone else every((asked, node))


def _exemplified(part: Reading, node: nodes.Node) -> nodes.Node:
    """Add the examples; in words alone they only add words to a phrase without a code."""
    examples = part.examples
    if isinstance(node, nodes.Has) and node.concept is None:
        if examples and _only_words(node, examples):
            return replace(node, words=_with_examples(part, node))
        if any(piece.kind == "positive" for piece in part.pieces):
            node = replace(node, words=part.words)
    return some((node, *examples)) if examples else node


def _with_examples(part: Reading, node: nodes.Has) -> str:
    """Return the words of a phrase and its examples, without what leads up and the time behind."""
    pieces = part.pieces[:-1] if part.pieces[-1].kind == "window" else part.pieces
    words = tidy(part.span(pieces))
    return words[max(0, words.find(node.words)) :]


def _only_words(node: nodes.Has, examples: Sequence[nodes.Node]) -> bool:
    named = [leaf for example in examples for leaf in leaves(example)]
    alike = all(isinstance(leaf, nodes.Has) and leaf.domain == node.domain for leaf in named)
    return alike and not any(map(decidable, examples))


def _lacks(part: Reading, node: nodes.Node) -> bool:
    """Say whether a result or an object is missing: `negative for HAMA`, `allergic`.

    `Intolerance with aspirin` is no aspirin.
    """
    if part.pieces[-1].text.lower() in WANTS_AN_OBJECT:
        return True
    if _NOT_BORNE.search(part.words):
        named = [each for said in (node, *part.tail) for each in leaves(said)]
        return any(isinstance(each, nodes.Has) and each.domain == "drug" for each in named)
    if isinstance(node, nodes.Has) and node.concept is None:
        return any(piece.kind == "negative" for piece in part.pieces)
    return False


_NOT_BORNE = re.compile(r"\b(?:allerg|hypersensitiv|intoleran)", re.IGNORECASE)
_FINITE = frozenset(("is", "are", "was", "were", "will be", "has been", "have been", "must be"))


def _is_sentence(part: Reading, node: nodes.Node) -> bool:
    """`The lesion level will be confirmed`: what is said of a thing, and not of the person."""
    if not isinstance(node, nodes.Has) or node.concept is not None:
        return False
    named = False
    for piece in part.pieces:
        if piece.kind not in ("glue", "word", "modifier"):
            return False
        if named and piece.text.lower() in _FINITE:
            return True
        named = named or piece.kind == "word"
    return False


def _is_to_come(part: Reading, node: nodes.Node) -> bool:
    """`Undergoing surgery`: no record of the past shows or denies it; a course goes on."""
    if "ndergoing" not in part.words or _COURSE.search(part.words):
        return False
    said = any("undergoing" in p.text.lower() for p in part.pieces if p.node is None)
    return said and any(isinstance(n, nodes.Has) and n.domain == "procedure" for n in leaves(node))
