"""What stands behind the fact of a part, and in parentheses.

    tail := window | "(" aside ")" | method | bound words | negation part | example list

A word that may change the meaning leaves the part unread; a word that can only narrow is ANDed.
"""

from collections.abc import Sequence

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.cues import (
    MOVES_A_LIMIT,
    VALUE_NAMED,
    is_compared,
    is_kind,
    is_participle,
    is_reason,
    is_short,
    repeats,
    same_concept,
    turns_round,
)
from trialwright.protocol.criteria.grammar.nouns import domain_of, is_judged, leaf
from trialwright.protocol.criteria.grammar.part import (
    closing,
    concept_of,
    decidable,
    excepted,
    free_for,
    is_measured,
    leaves,
    measured_by,
    timed,
)
from trialwright.protocol.criteria.grammar.reading import Reading
from trialwright.protocol.criteria.pieces import DEPTH, Piece
from trialwright.protocol.criteria.trees import either_way, every, some, tidy


def read_tail(part: Reading, node: nodes.Node) -> nodes.Node:
    """Read the next piece behind the fact; return what the fact is with it."""
    piece = part.pieces[part.i]
    match piece.kind:
        case "window":
            part.window = piece
            part.i += 1
        case "open":
            return _aside(part, node)
        case "method":
            part.i += 1
            noted = measured_by(node, piece.text)
            if noted is None:
                part.behind(nodes.Residue(piece.text), piece.text)
            return noted or node
        case "close" | "glue" | "positive" | "negative" | "colon" | "sex":
            part.i += 1
        case "example":
            _examples(part, node)
        case "other" if piece.text.lower().startswith(("or ", "and ")):
            _others(part, node)
        case "restate":
            return _restated(part, node)
        case "not":
            _negated(part)
        case "neutral" if piece.text.lower() != "independent of":
            part.until_tail()
        case "current" | "ever" if part.i == len(part.pieces) - 1:
            part.when = part.when or ("current" if piece.kind == "current" else "ever")
            part.i += 1
        case "word" if _goes_on(part, node):
            return _named_on(part, node)
        case _:
            if is_compared(part.pieces, part.i) and concept_of(node) is None:
                part.unsure = True  # `liver enzymes less than ...`: a measure, no condition
            if piece.kind in ("if", "unless") and is_measured(node):
                part.unsure = True  # `ALT < 2.5 x ULN if ...`: for others it is another
            _bound(part)
    return node


def _bound(part: Reading) -> None:
    taken = part.until_tail()
    text = part.span(taken)
    if is_reason(text):  # why, and not what: nothing is asked by it
        return
    if taken[0].kind == "who" and len(taken) > 1:
        if turns_round(part.words):
            part.unsure = True  # untreated with ...: what follows is what was not given
        inner = part.inside(taken[1:])
        if not inner.unsure and not inner.window:
            part.behind(timed(inner), text)
            part.tail_from = taken[0].start
            return
    if is_judged(text):
        part.behind(nodes.Judgement(tidy(text)), text)
        return
    part.tail_from = taken[0].start
    part.behind(nodes.Residue(tidy(text)), text)


def _goes_on(part: Reading, node: nodes.Node) -> bool:
    """Say whether a name goes on behind its parentheses: `on-site (in hospital) care`."""
    before, piece = part.pieces[part.i - 1], part.pieces[part.i]
    if before.kind != "close" or part.text[before.end : piece.start].strip():
        return False
    if any(p.kind in ("positive", "negative") or is_measured(p.node) for p in part.pieces):
        return False
    said_again = concept_of(node) is not None and piece.text.lower() in repeats(node)
    return not (is_participle(piece.text) or said_again)


def _named_on(part: Reading, node: nodes.Node) -> nodes.Node:
    """Read a name to its end: of `hypertension (HTN) medication`, hypertension is only a part."""
    taken = part.until_tail()
    if not isinstance(node, nodes.Has) or node.concept is not None:
        part.unsure = True
        return node
    start = part.text.find(node.words, part.pieces[0].start)
    named = leaf(part.text[start : taken[-1].end], part.hint)
    part.unsure = part.unsure or start < 0 or not isinstance(named, nodes.Has)
    part.tail = [n for n in part.tail if n != nodes.Residue(tidy(part.tail_words[-1]))]
    return named


def _negated(part: Reading) -> None:
    """Read `asthma without stroke or diabetes`: neither of the two."""
    taken = part.until_tail()
    text = part.span(taken)
    inner = listed(part, taken[1:]) if len(taken) > 1 else None
    unread = inner is None or isinstance(inner, nodes.Residue)
    part.behind(
        nodes.Residue(tidy(text)) if inner is None or unread else nodes.Not(free_for(inner)), text
    )


def _restated(part: Reading, node: nodes.Node) -> nodes.Node:
    taken = part.until_tail()
    text = part.span(taken)
    inner = part.inside(taken[1:]) if len(taken) > 1 else None
    if inner is not None and not inner.unsure and inner.measured:
        if _defines(taken[0]) and _is_plain(part, node):
            return timed(inner)
        part.behind(timed(inner), text)
    else:
        part.behind(nodes.Residue(tidy(text)), text)
    return node


def _defines(piece: Piece) -> bool:
    """Say whether what follows is all that is meant: `hypotension (i.e., ...)`."""
    return piece.kind == "restate" and piece.text.lower().startswith(
        ("i.e", "ie", "that is", "namely", "meaning")
    )


def _is_plain(part: Reading, node: nodes.Node) -> bool:
    return concept_of(node) is not None and not part.lead and not part.degree


# --- examples ------------------------------------------------------------------------------------


def _examples(part: Reading, node: nodes.Node) -> None:
    taken = part.pieces[part.i :]
    part.i = len(part.pieces)
    if len(taken) > 2 and taken[-1].kind == "window" and taken[-2].kind == "close":
        part.window, taken = taken[-1], taken[:-1]  # behind the brackets: of the whole
    text = tidy(part.span(taken))
    part.tail_words.append(text)
    if part.tail_from >= 0:  # of the words before: due to a reversible cause, e.g. ...
        part.tail.append(nodes.Residue(text))
        return
    part.examples += _exemplified(part, node, taken[1:], text)


def _others(part: Reading, node: nodes.Node) -> None:
    """Read `or other drugs`: more of the kind than was named."""
    taken = part.until_tail()
    text = tidy(part.span(taken))
    if len(text) == len(taken[0].text):
        part.examples.append(nodes.Residue(text))
        return
    clause = next((p for p in taken if p.kind == "bound" and p.text.lower() in _CLAUSE), None)
    if clause:  # `or other bone disorders which may impair ...`: of what was named before, too?
        said = tidy(part.text[clause.start : taken[-1].end])
        part.behind(nodes.Residue(f"if meant here too: {said}"), said)
    text = text.split(" ", 1)[1] if text.lower().startswith(("or ", "and ")) else text
    kinds = {n.domain for n in leaves(node) if isinstance(n, nodes.Has)}
    named = domain_of(text)
    alike = named == "condition" and len(kinds) == 1  # other cytokines: of the kind before
    part.examples.append(nodes.Has(kinds.pop() if alike else named, None, text))


_CLAUSE = frozenset(("which", "that", "requiring", "that require", "needing"))


def _exemplified(
    part: Reading, node: nodes.Node, pieces: Sequence[Piece], words: str
) -> tuple[nodes.Node, ...]:
    """Return the examples of something: they count with it where it is not narrowed itself."""
    if isinstance(node, nodes.Has) and node.domain == "allergy":
        return (nodes.Has("allergy", None, tidy(words)),)  # an example of what is not borne
    if not any(piece.node is not None for piece in pieces):
        return (nodes.Has(domain_of(words), None, tidy(words)),)
    found = listed(part, pieces)
    if part.qualified or is_measured(node) or not (decidable(node) or is_kind(node)):
        return (every((found, nodes.Residue(f"whether this is meant: {words}"))),)
    return (found,)


# --- parentheses ---------------------------------------------------------------------------------


def _aside(part: Reading, node: nodes.Node) -> nodes.Node:
    """Say what parentheses mean: a window, a definition, examples, nothing new, or unread."""
    end = closing(part.pieces, part.i)
    inside = part.pieces[part.i + 1 : end]
    part.i = min(end + 1, len(part.pieces))
    said = [piece for piece in inside if piece.kind not in ("glue", "open", "close")]
    if not said:
        return node
    if len(said) == 1:
        alone = _one_word(part, node, said[0], closed=end < len(part.pieces))
        if alone is not None:
            return alone
    text = tidy(part.span(inside))
    match said[0].kind:
        case "join" if "or" in said[0].text.lower():
            return some((node, listed(part, inside[1:])))
        case "example":
            part.examples += _exemplified(part, node, said[1:], text)
            return node
        case "except":
            return excepted(node, listed(part, said[1:]), text)
        case "not" if len(said) > 1:
            part.behind(nodes.Not(listed(part, said[1:])), text)
            return node
        case _:
            return _explained(part, node, said, text)


def _one_word(part: Reading, node: nodes.Node, only: Piece, closed: bool) -> nodes.Node | None:
    """Read parentheses around one piece; None where it is nothing special."""
    if only.kind == "window":
        part.window, part.own_window = only, True
        return node
    if only.kind in ("positive", "negative", "current", "ever"):
        return node
    if only.kind == "method" and (noted := measured_by(node, only.text)):
        return noted
    if (closed and is_short(only.text)) or same_concept(node, only.node):
        return node
    if isinstance(only.node, nodes.Compare) and _is_a_value(part, node):
        return only.node
    return None


def _is_a_value(part: Reading, node: nodes.Node) -> bool:
    """`Anaemia (haematocrit < 25 %)`: the value is what the name means."""
    if not isinstance(node, nodes.Has) or not _is_plain(part, node):
        return False
    return VALUE_NAMED.search(node.words) is not None


def _explained(part: Reading, node: nodes.Node, said: list[Piece], text: str) -> nodes.Node:
    """Read values that say what a name means; other words narrow."""
    measured = all(is_measured(p.node) for p in said if p.kind not in ("join", "restate"))
    if measured and not is_measured(node):
        defined = _defines(said[0]) and _is_plain(part, node)
        values = _together(part, said[1:] if said[0].kind == "restate" else said)
        if defined:
            return values
        part.behind(values, text)
        return some((node, nodes.Residue("whether the value alone counts")))
    if is_measured(node) and MOVES_A_LIMIT.search(text):
        part.unsure = True  # `ALT < 2.5 x ULN (5 x ULN if ...)`: for some it is another
    part.behind(leaf(text) if is_judged(text) else nodes.Residue(text), text)
    return node


def _together(part: Reading, pieces: Sequence[Piece]) -> nodes.Node:
    """Read the values of a definition: all of them; whether one alone counts is in doubt."""
    parts = _each(part, pieces)
    if any("or" in p.text.lower() for p in pieces if p.kind == "join") or len(parts) < 2:
        return some(parts)
    if not any(isinstance(each, nodes.Any) for each in parts):
        return every(parts)
    return either_way(every(parts), some(parts), "whether one alone counts")


# --- lists inside a part -------------------------------------------------------------------------


def listed(part: Reading, pieces: Sequence[Piece]) -> nodes.Node:
    """Read a plain list: each part alone counts."""
    parts = _each(part, pieces)
    return some(parts) if parts else nodes.Residue("(no words)")


def _each(part: Reading, pieces: Sequence[Piece]) -> list[nodes.Node]:
    groups: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        depth += DEPTH.get(piece.kind, 0)
        if piece.kind in ("join", "stop", "colon") and depth == 0:
            groups.append([])
        else:
            groups[-1].append(piece)
    return [timed(part.inside(group)) for group in groups if group]
