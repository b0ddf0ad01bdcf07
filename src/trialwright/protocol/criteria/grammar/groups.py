"""Where a clause falls into groups: at its connectives, outside parentheses.

row   := group (join group)*
group := ["no" | "without" | "neither"] pieces
join  := "and" | "or" | "and/or" | "," | "/"        a comma is what the next word is
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.nouns import domain_of
from trialwright.protocol.criteria.grammar.part import is_measured
from trialwright.protocol.criteria.pieces import Piece, kinds_of

Join = Literal["and", "or", ","]


class Group(NamedTuple):
    """The pieces of one part, and whether a negation opens it."""

    pieces: tuple[Piece, ...]
    negation: Piece | None = None
    both: bool = False


class Row(NamedTuple):
    """Groups and what joins each to the next; `after_comma` marks `, or` and `, and`."""

    groups: tuple[Group, ...]
    joins: tuple[Join, ...]
    after_comma: tuple[bool, ...]


def split(pieces: Sequence[Piece]) -> Row:
    """Split a clause at its connectives, outside parentheses."""
    if "join" not in kinds_of(pieces):
        return Row((_group(pieces),), (), ()) if pieces else Row((), (), ())
    groups: list[list[Piece]] = [[]]
    joins: list[tuple[Join, bool]] = []
    depth = 0
    holds = ""  # the kind of phrase that takes what follows as its object
    capital = _capital(pieces)
    for i, piece in enumerate(pieces):
        kind_ = piece.kind
        if kind_ in _PLAIN:
            groups[-1].append(piece)
            continue
        if kind_ == "open":
            depth += 1
        elif kind_ == "close":
            holds = "" if depth == 0 and holds == "example" else holds  # `(including` opened it
            depth = max(0, depth - 1)
        if depth == 0 and (kind_ in ("relation", "example", "neutral") or _says_how(piece)):
            holds = kind_
        elif depth == 0 and kind_ == "not" and any(p.kind != "glue" for p in groups[-1]):
            holds = "not"
        elif depth == 0 and kind_ == "bound" and (held := _held_by(pieces, i)):
            holds = held
        if piece.kind != "join" or depth > 0 or _inside_a_word(pieces, i):
            groups[-1].append(piece)
            continue
        if groups[-1] and _goes_on(pieces, i, holds):
            groups[-1].append(piece)
            continue
        holds = ""
        kind, comma = _join(piece.text), "," in piece.text or i in capital
        if groups[-1]:
            groups.append([])
            joins.append((kind, comma))
        elif joins:
            before, had_comma = joins[-1]
            joins[-1] = (kind if kind != "," else before, had_comma or comma)
    if not groups[-1]:
        groups.pop()
        joins = joins[: len(groups) - 1] if groups else []
    at = 0
    while at < len(groups) - 1:  # `known or suspected stroke`: nothing is said before the word
        if _BEFORE.issuperset(kinds_of(groups[at])):
            groups[at : at + 2] = [_one_time(groups[at], groups[at + 1])]
            del joins[at]
        else:
            at += 1
    named = tuple(_group(group) for group in groups)
    return Row(named, tuple(join for join, _ in joins), tuple(comma for _, comma in joins))


_BEFORE = frozenset(("glue", "who", "current", "ever", "not"))


_DENIES_EARLIER = re.compile(r"^no\s+(?:prior|previous|history)\b", re.IGNORECASE)


def _one_time(front: Sequence[Piece], behind: Sequence[Piece]) -> list[Piece]:
    """Join a front to what it stands before, with one time.

    `Prior or concurrent` is at any time; of `active or local infection` one of both is asked.
    """
    now = next((piece for piece in front if piece.kind == "current"), None)
    if now and behind[0].kind == "modifier":
        words = f"{now.text} or {behind[0].text}"
        either = Piece("modifier", now.start, behind[0].end, words)
        return [*(piece for piece in front if piece is not now), either, *behind[1:]]
    ever = any(p.kind == "ever" or _DENIES_EARLIER.search(p.text) for p in (*front, *behind))
    return [p for p in (*front, *behind) if not (ever and p.kind == "current")]


_PLAIN = frozenset(("atom", "word", "glue", "modifier", "hazard", "degree", "window", "who"))
_JUDGES = re.compile(
    r"(?:compromis|impact|affect|increas|interfer|preclud|prevent|impair|jeopardi|confound|endanger"
    r"|alter|influenc|limit|hinder|complicat|contraindicat|opinion|judg|investigator|reduc)",
    re.IGNORECASE,
)
_TAKES_BOTH = frozenset(("requiring", "needing", "between"))  # requiring fusion and discectomy
_CLAUSE = 6  # pieces in which a relative clause says that it judges


def _held_by(pieces: Sequence[Piece], i: int) -> str:
    """Return what takes the words behind it as its objects: a judging clause, a method."""
    low = pieces[i].text.lower()
    if low in _TAKES_BOTH:
        return "object"
    if low in ("that", "which"):
        ahead = pieces[i + 1 : i + _CLAUSE]
        return "judged" if any(_JUDGES.match(piece.text) for piece in ahead) else ""
    return "method" if low in ("by", "via") else ""


def _capital(pieces: Sequence[Piece]) -> frozenset[int]:
    """Return where AND or OR stands in capitals beside small ones: it is the outer connective."""
    said = [i for i, p in enumerate(pieces) if p.kind == "join" and p.text[-1:].isalpha()]
    large = frozenset(i for i in said if pieces[i].text.isupper())
    return large if len(large) < len(said) else frozenset()


def _says_how(piece: Piece) -> bool:
    """Say whether what follows is only how something was found: `based on A, B or C`."""
    return piece.kind == "restate" and piece.text.lower() in _HOW


_HOW = frozenset(
    ("based on", "as evidenced by", "evidenced by", "confirmed by", "documented by",
     "as documented by", "as determined by", "determined by", "assessed by", "as assessed by",
     "diagnosed by", "verified by", "as shown by", "as demonstrated by", "demonstrated by")
)  # fmt: skip


def _inside_a_word(pieces: Sequence[Piece], i: int) -> bool:
    """Say whether a slash stands inside one word that no vocabulary knows: immune/inflammatory."""
    if pieces[i].text != "/" or not 0 < i < len(pieces) - 1:
        return False
    before, after = pieces[i - 1], pieces[i + 1]
    tight = before.end == pieces[i].start and pieces[i].end == after.start
    bound = any(piece.kind == "bound" for piece in pieces[max(0, i - 4) : i])
    return tight and before.node is None and (after.node is None or bound)


def _goes_on(pieces: Sequence[Piece], i: int, holds: str) -> bool:
    """Say whether a connective joins only words inside one part."""
    following = pieces[i + 1] if i + 1 < len(pieces) else None
    if following is None:
        return False
    if pieces[i].text == "," and (_leans(following) or _adds_a_clause(pieces, i)):
        return True  # `A, defined as B` is one part
    if pieces[i - 1].kind == "bound" and following.kind in ("bound", "window"):
        return True  # on or after
    if not holds:
        return False
    if holds == "neutral":
        since = max(n for n in range(i) if pieces[n].kind == "neutral")
        over = any(p.kind in ("restate", "who", "aside", "bound") for p in pieces[since:i])
        return not over and pieces[i].text.lower() in ("or", "/")
    group = _next_group(pieces, i + 1)
    if holds == "object":
        one = all(p.kind not in ("who", "not", "ever", "relation", "if") for p in group[:1])
        taken = not any(is_measured(p.node) or _is_illness(p.node) for p in group)
        return one and taken and pieces[i].text.lower() == "and"
    if holds == "judged":
        return not ("," in pieces[i].text and any(_is_condition(p.node) for p in group))
    if holds == "method":
        return all(_is_method(p) for p in group) and "," not in pieces[i].text
    if any(p.kind in ("who", "not", "ever", "relation", "if") for p in group[:1]):
        return False
    if any(is_measured(p.node) for p in group):
        return False
    if holds == "not":  # `asthma without stroke or diabetes`
        return "or" in pieces[i].text.lower() and "," not in pieces[i].text
    if holds == "relation":
        start = max((n for n in range(i) if pieces[n].kind == "relation"), default=0)
        allergic = domain_of(pieces[start].text) == "allergy"
        return not (allergic and any(_is_condition(p.node) for p in group))
    return (
        "and" not in pieces[i].text.lower()
        or "or" in pieces[i].text.lower()
        or not any(p.kind == "bound" for p in group[:1])
    )


def _adds_a_clause(pieces: Sequence[Piece], i: int) -> bool:
    """Say whether all that follows is a relative clause: `patients with A, who are ...`."""
    following = pieces[i + 1]
    if following.kind != "who" or not following.text.lower().startswith("who"):
        return False
    return not any(p.kind == "join" and "," in p.text for p in (*pieces[:i], *pieces[i + 1 :]))


def _next_group(pieces: Sequence[Piece], start: int) -> Sequence[Piece]:
    end = start
    while end < len(pieces) and pieces[end].kind != "join":
        end += 1
    return pieces[start:end]


def _is_method(piece: Piece) -> bool:
    """Say whether a piece may name how something is found: by self-report or urine test."""
    if piece.node is not None:
        return isinstance(piece.node, nodes.Has) and piece.node.domain == "procedure"
    return piece.kind in ("word", "glue", "modifier", "hazard", "method", "bound")


def _is_condition(node: nodes.Node | None) -> bool:
    match node:
        case nodes.Has(domain=domain):
            return domain != "drug"
        case nodes.Any(of) | nodes.All(of):
            return any(_is_condition(part) for part in of)
        case _:
            return False


def _is_illness(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Has) and node.domain == "condition"


def _leans(piece: Piece) -> bool:
    low = piece.text.lower()
    return piece.kind in ("restate", "example", "aside") or (
        piece.kind == "bound"
        and low not in ("of", "to", "at", "or", "in", "on", "for", "by", "from")
    )


def _join(text: str) -> Join:
    low = text.lower()
    if "or" in low or low == "/":
        return "or"
    return "," if low == "," else "and"


def _group(pieces: Sequence[Piece]) -> Group:
    both = pieces[0].kind == "both"
    for i, piece in enumerate(pieces):
        if piece.kind in ("not", "dont") and i + 1 < len(pieces):
            return Group((*pieces[:i], *pieces[i + 1 :]), piece, both)
        if piece.kind not in ("glue", "who", "sex"):
            break
    return Group(tuple(pieces), None, both)


def settled(row: Row) -> tuple[tuple[Join, ...], tuple[bool, ...]]:
    """Let a comma be what the next word that joins is."""
    if not row.joins:
        return (), ()
    joins: list[Join] = list(row.joins)
    following: Join = ","
    for i in range(len(joins) - 1, -1, -1):
        if joins[i] == ",":
            joins[i] = following
        else:
            following = joins[i]
    plain = tuple(comma and row.joins[i] != "," for i, comma in enumerate(row.after_comma))
    return tuple(joins), plain


def _is_value(piece: Piece) -> bool:
    return is_measured(piece.node)


def _is_sized(node: nodes.Node | None) -> bool:
    """Say whether a value is the size of a finding, and no demand: an ulcer of 1 cm or more."""
    return isinstance(node, nodes.Compare) and node.measure is None


def scope(
    groups: Sequence[Group], joins: Sequence[Join], commas: Sequence[bool], start: int
) -> int:
    """Return where the scope of a negation ends: at a clause of its own, or at a value."""
    negation = groups[start].negation
    for end in range(start + 1, len(groups)):
        group = groups[end]
        if group.negation is not None:
            return end
        first = group.pieces[0] if group.pieces else None
        if negation is not None and negation.kind == "dont" and joins[end - 1] == "and":
            return end
        own = first is not None and (
            first.kind in ("who", "if", "sex")
            or (
                first.kind == "glue"
                and first.text.lower()
                in ("a", "an", "must have", "must be", "is", "are", "has", "have")
            )
        )
        measured = any(is_measured(p.node) and not _is_sized(p.node) for p in group.pieces)
        if own or measured or (joins[end - 1] != "or" and any(map(_is_value, group.pieces))):
            return end
    return len(groups)
