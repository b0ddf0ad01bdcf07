"""Results of tests: positive, negative, and whose result it is."""

import re
from collections.abc import Sequence

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.asides import with_aside
from trialwright.protocol.criteria.grammar.clause_words import NEGATIVE, REQUIRED
from trialwright.protocol.criteria.grammar.part import decidable, is_measured, leaf_or_residue
from trialwright.protocol.criteria.grammar.spans import outside, words_of
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.pieces import Piece, kinds_of
from trialwright.protocol.criteria.serology import Tested, shown_by_test
from trialwright.protocol.criteria.trees import every

_DENIED = re.compile(r"(?:is |are |be )?(?:not|no)\s+", re.IGNORECASE)


def tested(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    words = words_of(pieces, text)
    named = any(p.node is not None and _is_named(p.node) for p in pieces)
    if section == "exclusion" and named and REQUIRED.match(words):
        return nodes.Residue(words)  # what an exclusion forbids to lack, or to have?
    kinds = kinds_of(pieces)
    if "colon" in kinds and any(piece.kind == "colon" for piece in outside(pieces)):
        return leaf_or_residue(words)  # a label in the middle: what does it stand over?
    results: tuple[str, ...] = ()
    if "positive" in kinds:
        if "negative" in kinds:
            return nodes.Residue(words)  # which of them is negative?
        results = tuple(piece.text for piece in outside(pieces) if piece.kind == "positive")
    if named and "negative" in kinds and _is_negative(pieces):
        apart = sum(p.kind == "who" for p in pieces) > 1  # whose result is negative?
        if results or section == "exclusion" or apart or any(_unlike(p) for p in pieces):
            return nodes.Residue(words)
        unread = any(isinstance(p.node, nodes.Attest | nodes.Judgement) for p in pieces)
        tested = with_aside(pieces, text, "exclusion")
        if unread or not decidable(tested):
            return leaf_or_residue(words)  # `negative` stands in the words
        asked = NEGATIVE.sub("positive", words)
        return nodes.Not(shown_by_test(tested, ("positive test",), asked))
    if named and "negative" in kinds:  # the result of one of them, and not of all
        return _first_demand(pieces, text, section) or leaf_or_residue(words)
    node = with_aside(pieces, text, section)
    if not (results and named):
        return node
    if isinstance(node, nodes.Not) and (denied := _DENIED.match(words)):
        return nodes.Not(shown_by_test(node.of, results, words[denied.end() :]))
    return shown_by_test(node, results, words, _of_the_results(pieces, text))


def _of_the_results(pieces: Sequence[Piece], text: str) -> Tested:
    """Tell the facts that a positive result is of: those behind it, or all before `positive`.

    `HIV positive or an AIDS-related illness`, `pregnant or a positive pregnancy test`: not both.
    """
    said = [(i, piece) for i, piece in enumerate(pieces) if piece.kind == "positive"]
    first, last = said[0][1], said[-1][1]
    closes, opens = _is_behind(pieces, said[-1][0]), not _is_behind(pieces, said[0][0])
    low = text.lower()

    def tested(fact: nodes.Has) -> bool:
        words = fact.words.lower()
        if closes and low.find(words, pieces[0].start) > last.start:
            return False
        return not opens or low.find(words, first.start) >= 0 or words not in low

    return tested


def _is_behind(pieces: Sequence[Piece], at: int) -> bool:
    """Say whether a name stands directly before a place: `HIV`, `virus (HIV)`."""
    return at > 0 and (pieces[at - 1].node is not None or pieces[at - 1].kind == "close")


def _first_demand(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node | None:
    """Read `A and ...`, where A is a demand of its own, whatever the rest of the row says."""
    joins = [i for i, piece in enumerate(pieces) if piece.kind == "join"]
    said = [pieces[i].text.lower() for i in joins]
    if section == "exclusion" or not joins or any("or" in word or word == "/" for word in said):
        return None
    demand = [piece for piece in pieces[: joins[0]] if piece.kind != "glue"]
    if len(demand) != 1 or not isinstance(demand[0].node, nodes.Not | nodes.Compare):
        return None
    rest = leaf_or_residue(words_of(pieces[joins[0] + 1 :], text))
    return every((demand[0].node, rest))


def _is_negative(pieces: Sequence[Piece]) -> bool:
    """Say whether a negative result opens or closes the segment."""
    said = [piece for piece in pieces if piece.kind not in ("glue", "who", "close", "open")]
    return bool(said) and "negative" in (said[0].kind, said[-1].kind)


def _unlike(piece: Piece) -> bool:
    return is_measured(piece.node) or piece.kind in ("not", "dont")


def _is_named(node: nodes.Node | None) -> bool:
    return node is not None and not is_measured(node)
