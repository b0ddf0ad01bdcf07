"""What stands beside a list: in spite of ..., unexplained by ..., defined as ..."""

from collections.abc import Sequence

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.clause_words import OR_BEHIND_A_COMMA
from trialwright.protocol.criteria.grammar.groups import split
from trialwright.protocol.criteria.grammar.lists import read_list
from trialwright.protocol.criteria.grammar.nouns import is_judged
from trialwright.protocol.criteria.grammar.part import decidable, is_measured, leaf_or_residue
from trialwright.protocol.criteria.grammar.spans import first_outside, words_of
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.pieces import Piece, kinds_of
from trialwright.protocol.criteria.trees import every, some, tidy


def with_aside(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    """Read `list aside`: in spite of ..., unexplained by ..., defined as ..."""
    pieces = _without_brackets(pieces)
    at = first_outside(pieces, "aside") if "aside" in kinds_of(pieces) else None
    if not at or at == len(pieces) - 1:
        return read_list(pieces, text, section)
    head, aside = pieces[:at], pieces[at:]
    or_else = False
    while head and head[-1].kind == "join":
        or_else = or_else or "or" in head[-1].text.lower()
        head = head[:-1]
    words = words_of(aside, text)
    if not head or _reaches_further(aside) or any(p.kind in ("not", "dont") for p in head):
        return leaf_or_residue(words_of(pieces, text))
    node = read_list(head, text, section)
    if isinstance(node, nodes.Residue):
        return nodes.Residue(words_of(pieces, text))
    if or_else:  # `A, or as defined by the investigator` widens what A alone says
        return some((node, nodes.Judgement(words) if is_judged(words) else nodes.Residue(words)))
    if "defined" in aside[0].text.lower() or "character" in aside[0].text.lower():
        return _defined(node, head, aside, text, section)
    judged = is_judged(words)
    return every((node, nodes.Judgement(words) if judged else nodes.Residue(words)))


def _without_brackets(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Read `A (defined as B)` as `A defined as B`."""
    if pieces[-1].kind != "close":
        return pieces
    opens = [i for i, piece in enumerate(pieces) if piece.kind == "open"]
    if len(opens) != 1 or pieces[opens[0] + 1].kind != "aside":
        return pieces
    alone = all(piece.kind != "join" for piece in pieces[: opens[0]])
    return (*pieces[: opens[0]], *pieces[opens[0] + 1 : -1]) if alone else pieces


def _defined(
    node: nodes.Node, head: Sequence[Piece], aside: Sequence[Piece], text: str, section: Section
) -> nodes.Node:
    """Read `A defined as B`: values say what is meant by A, other words narrow it."""
    at = first_outside(aside[1:], "aside")
    rest, further = (aside[1:], ()) if at is None else (aside[1 : at + 1], aside[at + 1 :])
    more = (nodes.Residue(words_of(further, text)),) if further else ()
    words = words_of((aside[0], *rest), text)
    listed = any(p.kind == "join" and "or" in p.text.lower() for p in rest)
    inexact = any(p.kind in ("example", "except", "unless", "not", "dont") for p in rest)
    plain = [p for p in rest if p.kind not in ("glue", "join", "open", "close")]
    if all(is_measured(p.node) for p in plain) and plain:
        what = read_list(rest, text, "inclusion")
        if section == "exclusion" and len(split(head).groups) == 1:
            if not decidable(node):
                return every((what, *more))
            doubt = nodes.Residue("whether this alone counts: " + words_of(head, text))
            return every((some((what, every((node, doubt)))), *more))
        return every((node, what, *more)) if decidable(node) else every((what, *more))
    if listed or inexact or not any(is_measured(p.node) for p in rest):
        judged = is_judged(words)
        if judged:  # a diagnosis on record neither meets what a person judges, nor is it needed
            return nodes.Judgement(words_of((*head, *aside), text))
        left = every((node, nodes.Residue(words), *more))
        ends = [p for p in rest if p.kind == "join" and OR_BEHIND_A_COMMA.fullmatch(p.text)]
        if not ends:
            return left
        if section == "inclusion":
            return nodes.Residue(words_of((*head, *aside), text))
        behind = tidy(text[ends[-1].end : aside[-1].end])
        return some((left, nodes.Residue(f"by itself: {behind}")))  # where does it end?
    return every((node, read_list(rest, text, "inclusion"), *more))


def _reaches_further(aside: Sequence[Piece]) -> bool:
    """Say whether an aside may hold an alternative to what precedes it."""
    if "defined" in aside[0].text.lower():
        return False
    joined = any(p.kind == "join" and "or" in p.text.lower() for p in aside)
    return joined and any(is_measured(p.node) for p in aside)
