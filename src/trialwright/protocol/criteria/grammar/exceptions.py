"""Exceptions: `base except ...`, `base unless ...`."""

from collections.abc import Sequence

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.lists import read_list
from trialwright.protocol.criteria.grammar.open_facts import names_a_fact
from trialwright.protocol.criteria.grammar.part import (
    decidable,
    excepted,
    is_measured,
    leaf_or_residue,
    within,
)
from trialwright.protocol.criteria.grammar.results import tested
from trialwright.protocol.criteria.grammar.spans import words_of
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import either_way, every, some


def exception(pieces: Sequence[Piece], at: int, text: str, section: Section) -> nodes.Node:
    """Read `base except exceptions`, `base unless condition`."""
    while at > 1 and pieces[at - 1].kind == "join":
        pieces = (*pieces[: at - 1], *pieces[at:])
        at -= 1
    base_pieces = pieces[:at]
    words = words_of(pieces[at:], text)
    if not any(p.kind not in ("join", "glue") for p in base_pieces):
        return leaf_or_residue(words_of(pieces, text))
    behind = pieces[-1]
    alone = not any(p.kind in ("window", "open") for p in pieces[:-1])
    if behind.kind == "window" and alone and pieces[at].kind == "except" and at < len(pieces) - 2:
        return _timed_somewhere(exception(pieces[:-1], at, text, section), behind)
    base = tested(base_pieces, text, section)
    if isinstance(base, nodes.Residue | nodes.Judgement | nodes.Attest):
        return type(base)(words_of(pieces, text))
    match base:
        case nodes.Has(domain, None, named) if not names_a_fact(named, domain):
            return leaf_or_residue(words_of(pieces, text))  # agents other than steroids for ...
        case _:
            but = _exempt(pieces[at + 1 :], text, words)
    if section == "inclusion" and (pieces[at].kind == "unless" or is_measured(base)):
        return some((base, but))  # who is exempt need not meet it
    several = isinstance(base, nodes.Any) and len(base.of) > 1 and decidable(base)
    if isinstance(base, nodes.Not) and pieces[at].kind == "except":
        return nodes.Not(excepted(base.of, but, words))
    if several and pieces[at].kind == "except":
        return _of_the_last(base, but, words)
    if pieces[at].kind == "unless":
        return nodes.Except(base, (but,))
    return excepted(base, but, words)


def _timed_somewhere(node: nodes.Node, window: Piece) -> nodes.Node:
    """A time behind an exception may be that of the whole, or of the exception."""
    match node:
        case nodes.Except(base, but):
            timed_ = nodes.Except(within(window, base), but)
            return either_way(timed_, node, f"whether this is of the exception: {window.text}")
        case _:
            return every((node, nodes.Residue(window.text)))


def _of_the_last(base: nodes.Node, but: nodes.Node, words: str) -> nodes.Node:
    """An exception behind a list may belong to its last part only."""
    whole = excepted(base, but, words)
    others = some(base.of[:-1]) if isinstance(base, nodes.Any) else base
    doubt = nodes.Residue(f"whether this is of the last only: {words}")
    return some((whole, every((others, doubt))))


def _exempt(pieces: Sequence[Piece], text: str, words: str) -> nodes.Node:
    if not pieces:
        return nodes.Residue(words)
    if any(piece.kind == "example" for piece in pieces):
        return nodes.Residue(words)  # examples of the exception, or of the rest?
    node = read_list(pieces, text, "exclusion")
    if isinstance(node, nodes.Residue):
        return nodes.Residue(words)
    return node
