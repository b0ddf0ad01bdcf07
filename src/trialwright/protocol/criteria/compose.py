"""From one criterion's words to its expression.

    criterion := segment (";" segment)*           each must hold; of an exclusion, each excludes
    segment   := list [aside]                     in spite of ..., unexplained by ...
    list      := part (("," | "and" | "or") part)*

What is not certain stays residue. A connective whose reach is in doubt (`severe A or B`,
`A or B requiring C`) narrows every part that it may reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.parts import Part, read_part, timed
from trialwright.protocol.criteria.phrases import (
    ATTEST,
    CONDITION_FIRST,
    DONE_THEN,
    EXAMPLES,
    HEADING,
    JUDGEMENT,
)
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.scan import scan
from trialwright.protocol.criteria.serology import shown_by_test
from trialwright.protocol.criteria.trees import every, narrowed, some, tidy

_LONGEST = 4000  # characters of one criterion; a longer one is not read


def compose(text: str, section: Section) -> nodes.Node:
    """Return the expression of one criterion's words."""
    words = tidy(text)
    if not words or len(words) > _LONGEST:
        return nodes.Residue(words or text.strip() or "(no words)")
    if not found_facts(words):
        return _whole(words)
    heading = HEADING.match(words)
    body = words[heading.end() :] if heading else words
    colon = _colon(body)
    if colon is None:
        return _criterion(body, section)
    return _headed(body[:colon], body[colon + 1 :], body, section)


def _colon(text: str) -> int | None:
    """Return where a heading inside the criterion ends; None where the colon belongs to a fact."""
    at = text.find(":", 0, 160)
    if at < 0 or not tidy(text[at + 1 :]) or "(" in text[:at]:
        return None
    inside = any(piece.start < at < piece.end for piece in scan(text))
    return None if inside else at


def _headed(head: str, rest: str, text: str, section: Section) -> nodes.Node:
    """Read `head: list`. The head narrows the list; `such as` leaves it open."""
    pieces = scan(head)
    if any(p.kind == "atom" for p in pieces) or ATTEST.search(text) or JUDGEMENT.search(text):
        return _whole(text)
    if section == "inclusion" and any(p.kind in ("hazard", "widen") for p in pieces):
        return _whole(text)
    listed = _criterion(rest, section)
    if any(p.kind in ("hazard", "widen", "bound") for p in pieces):
        listed = some((listed, nodes.Residue("others of this kind")))
    return every((nodes.Residue(tidy(head)), listed))


def _whole(text: str) -> nodes.Node:
    """Name a criterion that is answered as a whole."""
    words = tidy(text)
    if JUDGEMENT.search(words):
        return nodes.Judgement(words)
    return nodes.Attest(words) if ATTEST.search(words) else nodes.Residue(words)


def _criterion(text: str, section: Section) -> nodes.Node:
    segments = [part for part in _segments(text) if part]
    read = [_segment(part, section) for part in segments]
    if any(part.lower().startswith(("or ", "and/or ")) for part in segments[1:]):
        return read[0] if len(read) == 1 else some((*read, nodes.Residue(tidy(text))))
    return every(read) if section == "inclusion" else some(read)


def _segments(text: str) -> list[str]:
    """Split at semicolons outside parentheses."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth = max(0, depth + (letter in "([") - (letter in ")]"))
        if letter == ";" and depth == 0:
            parts.append(tidy(text[start:at]))
            start = at + 1
    return [*parts, tidy(text[start:])]


def _segment(text: str, section: Section) -> nodes.Node:
    pieces = scan(text)
    facts = any(piece.kind == "atom" for piece in pieces)
    if not facts or JUDGEMENT.search(text) or CONDITION_FIRST.match(text):
        return _whole(text)
    node = _examples(text, section) or _with_aside(text, pieces, section)
    results = tuple(piece.text for piece in pieces if piece.kind == "test")
    return shown_by_test(node, results) if results else node


def _examples(text: str, section: Section) -> nodes.Node | None:
    """Read `X such as A or B`, where X itself was not understood: X narrows, the list is open."""
    found = EXAMPLES.search(text)
    if not found or any(p.kind in ("atom", "open") for p in scan(text[: found.start()])):
        return None
    rest = text[found.end() :]
    pieces = scan(rest)
    if not any(piece.kind == "atom" for piece in pieces):
        return None
    listed = some((_with_aside(rest, pieces, section), nodes.Residue("others of this kind")))
    return every((nodes.Residue(tidy(text[: found.end()])), listed))


def _with_aside(text: str, pieces: Sequence[Piece], section: Section) -> nodes.Node:
    cut = _first_cut(pieces)
    if cut is None:
        return _list(pieces, text, section)
    head, aside = pieces[:cut], pieces[cut:]
    if not any(p.kind == "atom" for p in head) or _reaches_further(aside):
        return nodes.Residue(tidy(text))
    return narrowed(_list(head, text, section), (text[aside[0].start :],))


def _first_cut(pieces: Sequence[Piece]) -> int | None:
    depth = 0
    for i, piece in enumerate(pieces):
        depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        if piece.kind == "cut" and depth == 0:
            return i
    return None


def _reaches_further(aside: Sequence[Piece]) -> bool:
    """Say whether an aside may hold an alternative to what precedes it."""
    joined = any(p.kind == "join" and "or" in p.text.lower() for p in aside)
    measured = (nodes.Compare, nodes.Ordinal, nodes.Demographic, nodes.All)
    return joined and any(isinstance(p.node, measured) for p in aside)


# --- lists -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    parts: tuple[Part, ...]
    joins: frozenset[str]  # "or", "and", ",", "AND"


def _list(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    row = _row(pieces, text)
    words = tidy(text[pieces[0].start : pieces[-1].end])
    if all(isinstance(part.node, nodes.Residue) for part in row.parts):
        return nodes.Residue(words)
    if len(row.parts) == 1:
        return timed(row.parts[0]).node
    if "or" in row.joins:
        return nodes.Residue(words) if row.joins & {"and", "AND"} else _any_of(row.parts, text)
    if row.joins <= {"AND"} or (section == "inclusion" and row.joins & {"and", "AND"}):
        return every(timed(part).node for part in row.parts)
    if section == "inclusion":  # commas alone join nothing for certain
        return nodes.Residue(words)
    if "," in row.joins:
        return _any_of(row.parts, text)
    together = every(timed(part).node for part in row.parts)
    return some((together, nodes.Residue(f"{words}: whether one alone excludes")))


def _row(pieces: Sequence[Piece], text: str) -> _Row:
    groups: list[list[Piece]] = [[]]
    joins: list[set[str]] = []
    depth = 0
    for piece, following in zip(pieces, (*pieces[1:], None), strict=True):
        depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        narrows = following is not None and following.kind in ("define", "bound")
        if piece.kind == "join" and piece.text == "," and narrows and groups[-1]:
            continue  # `A, defined as B` is one part
        if piece.kind != "join" or depth > 0:
            groups[-1].append(piece)
        elif groups[-1]:
            groups.append([])
            joins.append({_join(piece.text)})
        elif joins:
            joins[-1].add(_join(piece.text))
    if not groups[-1] and len(groups) > 1:
        groups.pop()
        joins.pop()
    parts = tuple(read_part(group, text) for group in groups if group)
    return _Row(parts, frozenset(kind for join in joins for kind in join))


def _join(text: str) -> str:
    if "or" in text.lower():
        return "or"
    if text == "AND":
        return "AND"
    return "and" if text.lower() in ("and", "&", "+") else ","


def _any_of(parts: Sequence[Part], text: str) -> nodes.Node:
    """Join alternatives; a window or `history of` that stands once may reach all of them."""
    last = parts[-1]
    shared = last.window if last.window and not last.own_window else None
    if shared is None:
        ever = parts[0].ever
        return _alternatives(tuple(replace(part, ever=part.ever or ever) for part in parts))
    inside = _alternatives(tuple(replace(part, window=None, ever=False) for part in parts))
    together = nodes.Within(shared.last or Duration(), shared.anchor or "enrolment", inside)
    if DONE_THEN.search(text[: shared.start]):
        return together
    return some((together, nodes.Residue(f"{last.text}: whether the time limits only this")))


def _alternatives(parts: Sequence[Part]) -> nodes.Node:
    """Join alternatives; those that the unread words of another may reach are narrowed by them."""
    reach = tuple(_reaching(parts, i) for i in range(len(parts)))
    free = [timed(part).node for part, words in zip(parts, reach, strict=True) if not words]
    held = [timed(part).node for part, words in zip(parts, reach, strict=True) if words]
    if not held:
        return some(free)
    said = tuple(dict.fromkeys(word for words in reach for word in words))
    doubt = f"whether this reaches the others: {' | '.join(said)}"
    return some((*free, narrowed(some(held), (doubt,))))


def _reaching(parts: Sequence[Part], at: int) -> tuple[str, ...]:
    """Return the parts whose unread words may also narrow the part at a place."""
    if parts[at].state == "unread":
        return ()
    return tuple(
        other.text
        for i, other in enumerate(parts)
        if i != at and (other.state in ("behind", "unsure") or (other.state == "before" and i < at))
    )
