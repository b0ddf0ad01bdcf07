"""A clause: its groups read, negation applied to its scope, the parts joined.

list    := group (join group)*
group   := ["no" | "without" | "neither"] part        negation reaches the list behind it
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.alternatives import alternatives
from trialwright.protocol.criteria.grammar.cues import SEX_IMPLIED
from trialwright.protocol.criteria.grammar.groups import Group, Join, Row, scope, settled, split
from trialwright.protocol.criteria.grammar.heads import heads
from trialwright.protocol.criteria.grammar.joining import joined
from trialwright.protocol.criteria.grammar.nouns import is_judged, leaf
from trialwright.protocol.criteria.grammar.part import Part, free_for, is_measured, timed
from trialwright.protocol.criteria.grammar.parts import read_part
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import either_way, every, some, tidy

_PERMITS = frozenset(("allowed", "permitted", "acceptable", "allowable", "eligible"))
_GOES_ON = re.compile(r"\b(?:concurrent|current|active|on-?going)\b", re.IGNORECASE)


def read_list(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    """Read the pieces of a clause."""
    row = split(pieces)
    if not row.groups:
        return nodes.Residue(tidy(text[pieces[0].start : pieces[-1].end]) or "(no words)")
    words = tidy(text[pieces[0].start : pieces[-1].end])
    if len(row.groups) > 1 and _of_one_sex(pieces):
        rest = read_list(pieces[1:], text, section)
        implied = SEX_IMPLIED.search(words)
        return rest if implied else every((read_part(pieces[:1], text).node, rest))
    if section == "exclusion" and _whose_time(pieces):
        return leaf(words) if is_judged(words) else nodes.Residue(words)
    parts, joins, commas = _parts(row, text, section)
    if len(parts) == 1:
        return timed(parts[0])
    both = any(group.both for group in row.groups) or any(p.text == "AND" for p in pieces)
    if section == "inclusion":  # of an exclusion, one may be enough
        both = both or (pieces[0].kind == "who" and len(parts) == 2)  # patients with A and B
    return joined(parts, joins, commas, section, text, words, both)


def _whose_time(pieces: Sequence[Piece]) -> bool:
    """Say whether a time stands behind examples, or behind what is denied: it is of the head.

    infarction without ST elevation within a week; chemotherapy including A within a week
    """
    if pieces[-1].kind != "window" or any(piece.kind == "open" for piece in pieces):
        return False
    kinds = [piece.kind for piece in pieces]
    at = next((i for i, kind in enumerate(kinds) if kind in ("not", "example")), 0)
    named = any(piece.node is not None for piece in pieces[:at])
    return named and "join" not in kinds and "window" not in kinds[:-1]


def _of_one_sex(pieces: Sequence[Piece]) -> bool:
    """`Women with A or B`: the sex reaches both."""
    if pieces[0].kind != "sex" or pieces[1].kind in ("join", "not", "dont"):
        return False
    reaches = pieces[0].text.lower().endswith(("with", "who", "who are")) or (
        pieces[1].kind in ("who", "ever", "current")
    )
    return reaches and all(piece.kind != "sex" for piece in pieces[1:])


def _parts(
    row: Row, text: str, section: Section
) -> tuple[tuple[Part, ...], tuple[Join, ...], tuple[bool, ...]]:
    """Read each group; apply negation to its scope, and heads and relations to theirs."""
    joins, commas = settled(row)
    groups = row.groups
    parts: list[Part] = []
    left: list[Join] = []
    marks: list[bool] = []
    i = 0
    while i < len(groups):
        if parts:
            left.append(joins[i - 1])
            marks.append(commas[i - 1])
        if groups[i].negation is None:
            pieces = groups[i].pieces
            parts.append(_loosened(pieces, text, section) or read_part(pieces, text))
            i += 1
            continue
        end = scope(groups, joins, commas, i)
        parts.append(
            _negated(groups[i:end], joins[i : end - 1], commas[i : end - 1], text, section)
        )
        i = end
    return heads(parts, left, marks, text)


def _loosened(pieces: Sequence[Piece], text: str, section: Section) -> Part | None:
    """Read `limit (unless ...)`, `limit (transfusion allowed)`: it may not hold for all."""
    if pieces[-1].kind != "close" or not any(is_measured(piece.node) for piece in pieces):
        return None
    at = max((i for i, piece in enumerate(pieces) if piece.kind == "open"), default=0)
    if not at or not any(_loosens(piece) for piece in pieces[at:]):
        return None
    part = read_part(pieces[:at], text)
    if not part.measured or part.unsure:
        return None
    said = tidy(text[pieces[at].end : pieces[-1].start])
    asked = nodes.Residue(f"whether this lets in: {said}")
    limit = timed(part)
    node: nodes.Node = nodes.Except(limit, (asked,))
    if section == "inclusion":
        on_some = pieces[at + 1].kind == "if"
        node = nodes.IfThen(nodes.Residue(said), limit) if on_some else some((limit, asked))
    words = tidy(text[pieces[0].start : pieces[-1].end])
    return replace(part, node=node, text=words, window=None, when=None)


def _loosens(piece: Piece) -> bool:
    return piece.kind in ("unless", "except", "if") or piece.text.lower() in _PERMITS


def _negated(
    groups: Sequence[Group],
    joins: Sequence[Join],
    commas: Sequence[bool],
    text: str,
    section: Section,
) -> Part:
    pieces = [p for group in groups for p in group.pieces]
    negation = groups[0].negation
    if negation is None:
        raise AssertionError("a group without a negation")
    first = min((p.start for p in pieces), default=negation.start)
    words = tidy(text[min(first, negation.start) : max(p.end for p in (*pieces, negation))])
    if any(p.kind == "restate" for p in pieces) and not any(is_measured(p.node) for p in pieces):
        return _unread(words)  # what a restatement grants, or takes?
    if not pieces or (negation.kind == "dont" and not _nominal(groups[0].pieces)):
        return _unread(words)
    if any(piece.kind in ("not", "dont") for piece in pieces) and pieces[-1].kind == "close":
        return _unread(words)  # no A (no B): examples of A, or exceptions?
    if "undergoing" in negation.text.lower():
        return _unread(words)  # what is to come is on no record
    sexes = [piece for piece in groups[0].pieces if piece.kind == "sex"]
    bare = tuple(piece for piece in groups[0].pieces if piece.kind != "sex")
    groups = (groups[0]._replace(pieces=bare), *groups[1:])
    read = [read_part(group.pieces, text) for group in groups if group.pieces]
    if not read or any(part.unsure for part in read):
        return _unread(words)
    negated_history = (
        "history" in negation.text.lower()
        or "prior" in negation.text.lower()
        or "previous" in negation.text.lower()
    )
    if negated_history:
        read[0] = replace(read[0], when="ever")
    elif _GOES_ON.search(negation.text):
        read = [part if part.when else replace(part, when="current") for part in read]
    inside, left, _ = heads(read, list(joins), list(commas), text)
    if len(inside) == 1:
        inner = timed(inside[0])
    elif set(left) == {"and"} and len(inside) == 2:
        plain = tuple(timed(part) for part in inside)
        inner = either_way(every(plain), some(plain), "whether one alone counts")
        if not any(part.coded for part in inside):
            inner = some(plain)
    else:
        inner = alternatives(inside, text)
    sex = read_part(sexes[:1], text).node if sexes else None
    if sex is None or SEX_IMPLIED.search(words):
        return Part(nodes.Not(free_for(inner)), words)
    if sexes[0].start < negation.start:  # women without ...
        return Part(every((sex, nodes.Not(free_for(inner)))), words)
    return Part(nodes.Not(every((sex, free_for(inner)))), words)  # no women with ...


def _nominal(pieces: Sequence[Piece]) -> bool:
    """Say whether `not` stands before what a person is or has: `not pregnant`, `not diabetic`."""
    first = next((piece for piece in pieces if piece.kind not in ("glue", "current", "sex")), None)
    return first is not None and (first.node is not None or first.kind in ("ever", "degree"))


def _unread(words: str) -> Part:
    node = leaf(words)
    if not isinstance(node, nodes.Attest | nodes.Judgement):
        node = nodes.Residue(words)
    return Part(node, words, unsure=True)
