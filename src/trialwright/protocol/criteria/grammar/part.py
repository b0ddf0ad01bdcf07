"""What was read of one part of a criterion, and what is asked of it when parts are joined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.nouns import leaf
from trialwright.protocol.criteria.pieces import DEPTH, Piece
from trialwright.protocol.criteria.trees import every, mapped, tidy


@dataclass(slots=True)  # made for every part: freezing would cost more than reading
class Part:
    """What was read of a part, how completely, and what stands in it that may reach others.

    Nobody changes one.
    """

    node: nodes.Node
    text: str
    lead: str = ""  # words before that narrow this, and perhaps what follows
    tail: str = ""  # words behind that narrow this, and perhaps what precedes
    window: Piece | None = None
    own_window: bool = False  # in its own parentheses
    window_leads: bool = False
    when: nodes.When | None = None
    degree: tuple[nodes.Severity, ...] = ()
    words: str = ""  # of an open noun phrase
    hint: nodes.Domain | None = None
    unsure: bool = False  # words that may change the meaning
    clause: bool = False  # begins a clause of its own: an article, `who have`, `history of`
    tail_from: int = -1  # where a bound tail starts, if one is open at the end
    measured: bool = False
    bare: bool = False  # only words that modify: recurrent, suspected

    @property
    def coded(self) -> bool:
        """Say whether something here can be decided by a record."""
        return decidable(self.node)


def decidable(node: nodes.Node) -> bool:
    """Say whether a record can decide some part of an expression."""
    match node:
        case nodes.Has(concept=concept):
            return concept is not None
        case nodes.Compare(measure=measure):
            return measure is not None
        case nodes.Ordinal() | nodes.Demographic():
            return True
        case nodes.All(of) | nodes.Any(of) | nodes.AtLeast(_, of):
            return any(decidable(part) for part in of)
        case nodes.Not(of) | nodes.Within(of=of):
            return decidable(of)
        case nodes.Except(base, but):
            return decidable(base) or any(decidable(part) for part in but)
        case nodes.IfThen(when, then):
            return decidable(when) or decidable(then)
        case _:
            return False


def is_measured(node: nodes.Node | None) -> bool:
    """Say whether a fact is a value, a class or an age, and no diagnosis."""
    if node is None or isinstance(node, nodes.Has):
        return False
    if isinstance(node, nodes.Compare | nodes.Ordinal | nodes.Demographic):
        return True
    return isinstance(node, nodes.All | nodes.Any) and any(map(is_measured, node.of))


def concept_of(node: nodes.Node | None) -> str | None:
    """Return the concept that a fact names."""
    match node:
        case nodes.Has(concept=concept):
            return concept
        case nodes.Any(of):
            return concept_of(of[0])
        case _:
            return None


def timed(part: Part) -> nodes.Node:
    """Return the part's expression with its time applied."""
    node = part.node
    if part.window is not None:
        return within(part.window, node)
    return in_time(node, part.when) if part.when else node


def within(window: Piece, node: nodes.Node) -> nodes.Node:
    """Return an expression inside a time window."""
    anchor = window.anchor or "enrolment"
    return nodes.Within(window.last, anchor, node, window.half_lives, window.gap)


def in_time(node: nodes.Node, when: nodes.When) -> nodes.Node:
    """Let `history of` or `active` reach every fact of the history."""

    def change(leaf: nodes.Node) -> nodes.Node:
        if not isinstance(leaf, nodes.Has) or leaf.when is not None:
            return leaf
        if leaf.domain != "procedure":
            return replace(leaf, when=when)
        # what was done stays done; whether it goes on, no record of it says
        return every((leaf, nodes.Residue("current"))) if when == "current" else leaf

    return mapped(node, change)


def in_degree(node: nodes.Node, degree: tuple[nodes.Severity, ...]) -> nodes.Node:
    """Let `severe` reach every fact of an expression."""

    def change(leaf: nodes.Node) -> nodes.Node:
        if isinstance(leaf, nodes.Has) and not leaf.severity:
            return replace(leaf, severity=degree)
        return leaf

    return mapped(node, change)


def free_for(node: nodes.Node) -> nodes.Node:
    """Return what is denied: `no stroke at least 4 weeks before` is none in those weeks."""
    match node:
        case nodes.All(of) | nodes.Any(of):
            return type(node)(tuple(map(free_for, of)))
        case nodes.Within(last=None, half_lives=None, gap=gap) if gap is not None:
            return nodes.Within(gap, node.anchor, node.of)
        case _:
            return node


def degrees(words: str) -> tuple[nodes.Severity, ...]:
    """Return the degrees that words name, mildest first; from one to another where they say so."""
    low = words.lower()
    named = [degree for degree in ("mild", "moderate", "severe") if degree in low]
    if named == ["mild", "severe"] and "to" in low:
        named = ["mild", "moderate", "severe"]
    return cast("tuple[nodes.Severity, ...]", tuple(named))


def leaf_or_residue(words: str) -> nodes.Node:
    """Return an answer or a judgement where words ask for one, and residue elsewhere."""
    node = leaf(words)
    return node if isinstance(node, nodes.Attest | nodes.Judgement) else nodes.Residue(tidy(words))


def excepted(node: nodes.Node, but: nodes.Node, words: str) -> nodes.Node:
    """Return a kind without some of its members.

    A member on record does not show that there is no other: whoever has both is not cleared.
    Screening sees to that where both are facts of one domain.
    """
    if decidable(but) and not is_measured(but) and not _of_a_kind(node, but):
        but = every((but, nodes.Residue(f"that nothing else counts: {words}")))
    return nodes.Except(node, (but,))


def _of_a_kind(node: nodes.Node, but: nodes.Node) -> bool:
    """Say whether a kind and its exceptions are facts of one domain."""
    named = (*leaves(node), *leaves(but))
    domains = {leaf_.domain for leaf_ in named if isinstance(leaf_, nodes.Has)}
    return len(domains) == 1 and all(isinstance(leaf_, nodes.Has) for leaf_ in named)


def measured_by(node: nodes.Node, words: str) -> nodes.Node | None:
    """Return a comparison (or the two of a range) with the method noted; None for the rest."""
    match node:
        case nodes.Compare():
            return replace(node, method=words)
        case nodes.All(of):
            each = tuple(measured_by(part, words) for part in of)
            found = tuple(part for part in each if part is not None)
            return nodes.All(found) if len(found) == len(each) else None
        case _:
            return None


def closing(pieces: Sequence[Piece], start: int) -> int:
    """Return where the parentheses close that open at a place; the end where they do not."""
    depth = 0
    for i in range(start, len(pieces)):
        depth += DEPTH.get(pieces[i].kind, 0)
        if depth == 0:
            return i
    return len(pieces)


def leaves(node: nodes.Node | None) -> tuple[nodes.Node, ...]:
    match node:
        case None:
            return ()
        case nodes.All(of) | nodes.Any(of):
            return tuple(each for part in of for each in leaves(part))
        case _:
            return (node,)
