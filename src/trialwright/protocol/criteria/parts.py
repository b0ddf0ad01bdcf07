"""One part of a criterion (between the connectives): its facts, and the words that narrow them.

Sound in both directions: a word that may change the meaning turns the whole part into residue; a
word that can only narrow is ANDed as residue, so that the part is never wrongly true.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.phrases import ABBREVIATION, ATTEST, EARLIER, EVER, RECENT, TIME
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import every, narrowed, tidy

# clean: fully read. before, behind: words in front of or behind the facts narrow them.
# unread: a plain phrase of which nothing was read. unsure: words that may change the meaning.
State = Literal["clean", "before", "behind", "unread", "unsure"]
_PLAIN = ("word", "glue", "modifier", "method", "test")


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of a part, how completely, and the time window that it stands in."""

    node: nodes.Node
    state: State
    text: str
    window: Piece | None = None
    own_window: bool = False  # in its own parentheses
    ever: bool = False


def read_part(pieces: Sequence[Piece], text: str) -> Part:
    """Read the pieces of one part; `text` is what they were scanned from."""
    words = tidy(text[pieces[0].start : pieces[-1].end])
    flat, asides, own_window = _without_parentheses(pieces, text)
    facts, left, state = _facts_and_words(flat)
    facts = facts or ()
    if not facts:
        return _without_facts(flat, words)
    if state == "unsure" or _is_about_the_past(facts, words):
        return Part(nodes.Residue(words), "unsure", words)
    window = own_window or next((p for p in flat if p.kind == "window"), None)
    if window:
        left = tuple(word for word in left if not RECENT.fullmatch(tidy(word)))
    if state == "before" and not left:
        state = "clean"
    node = narrowed(every(facts), (*left, *asides))
    if asides:
        state = "behind"
    elif window and state == "clean" and _leads(window, flat):
        state = "before"
    ever = window is None and EVER.search(words) is not None
    return Part(node, state, words, window, own_window is not None, ever)


def _leads(window: Piece, pieces: Sequence[Piece]) -> bool:
    """Say whether a time window stands in front of the facts, so that it may reach further."""
    return all(window.start < piece.start for piece in pieces if piece.kind == "atom")


def in_time(node: nodes.Node, window: Piece | None, ever: bool) -> nodes.Node:
    """Put a fact of the history in its time window (any time before, for `history of`)."""
    if window and window.last:
        return nodes.Within(window.last, window.anchor or "enrolment", node)
    return _ever(node) if ever and _is_history(node) else node


def _ever(node: nodes.Node) -> nodes.Node:
    """Let every fact of the history count that is over."""
    match node:
        case nodes.Has():
            return replace(node, when="ever")
        case nodes.Any(of) | nodes.All(of):
            return type(node)(tuple(_ever(part) for part in of))
        case _:
            return node


def timed(part: Part) -> Part:
    """Return the part with its time window applied."""
    return replace(part, node=in_time(part.node, part.window, part.ever), window=None, ever=False)


def _is_history(node: nodes.Node) -> bool:
    match node:
        case nodes.Has(domain="condition" | "drug"):
            return True
        case nodes.Any(of) | nodes.All(of):
            return any(_is_history(part) for part in of)
        case _:
            return False


def _without_facts(pieces: Sequence[Piece], words: str) -> Part:
    plain = all(piece.kind in _PLAIN for piece in pieces)
    state: State = "unread" if plain and not TIME.search(words) else "unsure"
    answered = ATTEST.search(words) is not None
    return Part(nodes.Attest(words) if answered else nodes.Residue(words), state, words)


def _is_about_the_past(facts: Sequence[nodes.Node], words: str) -> bool:
    """A past value is not the latest one."""
    measured = any(isinstance(n, nodes.Compare | nodes.Ordinal) for n in _each(facts))
    return measured and EARLIER.search(words) is not None


def _each(facts: Sequence[nodes.Node]) -> tuple[nodes.Node, ...]:
    parts = (fact.of if isinstance(fact, nodes.All) else (fact,) for fact in facts)
    return tuple(node for part in parts for node in part)


def _facts_and_words(
    pieces: Sequence[Piece],
) -> tuple[tuple[nodes.Node, ...], tuple[str, ...], State]:
    """Collect the facts that are certain, and the words around them that narrow."""
    facts: list[nodes.Node] = []
    left: list[str] = []
    state: State = "clean"
    defined = False
    pieces = _with_methods(pieces)
    for i, piece in enumerate(pieces):
        match piece.kind:
            case "atom" if piece.node and not (defined and left and _is_named(piece.node)):
                facts.append(piece.node)
            case "hazard" | "widen":
                return tuple(facts), (), "unsure"
            case "define":
                defined = bool(facts)
            case "modifier" if not defined:
                left.append(piece.text)
                state = "behind" if facts else "before" if state == "clean" else state
            case "bound" if facts:
                left.append(_run(pieces[i:]))
                return tuple(facts), tuple(left), "behind"
            case "word" | "modifier" | "atom" | "method" if defined:
                left.append(piece.text)
                state = "behind"
            case "method":
                left.append(piece.text)
                state = "behind" if facts else "before" if state == "clean" else state
            case "word" | "bound" | "atom":
                if _later_named(pieces, facts):
                    return tuple(facts), (), "unsure"
                left.append(piece.text)
                state = "behind" if facts else state if state == "behind" else "before"
            case _:
                pass
    return tuple(facts), tuple(_joined(left)), state


def _with_methods(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Note `on echocardiography` on the value that it stands beside; elsewhere it stays."""
    noted: list[Piece] = []
    for piece in pieces:
        said = [each for each in noted if each.kind != "glue"]
        before = said[-1] if said else None
        if piece.kind == "method" and before and (node := _measured_by(before.node, piece.text)):
            noted[noted.index(before)] = replace(before, node=node)
        else:
            noted.append(piece)
    return tuple(noted)


def _measured_by(node: nodes.Node | None, words: str) -> nodes.Node | None:
    """Return a comparison (or the two of a range) with the method noted; None for the rest."""
    match node:
        case nodes.Compare():
            return replace(node, method=words)
        case nodes.All(of):
            each = tuple(_measured_by(part, words) for part in of)
            found = tuple(part for part in each if part is not None)
            return nodes.All(found) if len(found) == len(each) else None
        case _:
            return None


def _is_named(node: nodes.Node) -> bool:
    return not isinstance(node, nodes.Compare | nodes.Ordinal | nodes.All)


def _later_named(pieces: Sequence[Piece], facts: Sequence[nodes.Node]) -> bool:
    """Words beside a named condition or an age may change what it means; beside a number not."""
    found = [piece.node for piece in pieces if piece.kind == "atom" and piece.node]
    return any(_is_named(node) for node in (*facts, *found))


def _joined(words: Sequence[str]) -> tuple[str, ...]:
    return (" ".join(words),) if words else ()


def _run(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


# --- parentheses -----------------------------------------------------------------------------


def _without_parentheses(
    pieces: Sequence[Piece], text: str
) -> tuple[tuple[Piece, ...], tuple[str, ...], Piece | None]:
    """Return the pieces outside parentheses, the asides not understood, and a window in one.

    `anaemia (haematocrit < 25%)` is the comparison that defines the anaemia.
    """
    outside: list[Piece] = []
    asides: list[str] = []
    window: Piece | None = None
    i = 0
    while i < len(pieces):
        if pieces[i].kind != "open":
            outside.append(pieces[i])
            i += 1
            continue
        end = _closing(pieces, i)
        inside = [p for p in pieces[i + 1 : end] if p.kind not in ("open", "close")]
        meaning = _aside(inside, outside)
        if isinstance(meaning, Piece) and meaning.kind == "window":
            window = meaning
        elif isinstance(meaning, Piece):
            outside[-1] = meaning
        elif meaning is None and inside:
            asides.append(text[inside[0].start : inside[-1].end])
        i = end + 1
    return tuple(outside), tuple(asides), window


def _closing(pieces: Sequence[Piece], start: int) -> int:
    depth = 0
    for i in range(start, len(pieces)):
        depth += {"open": 1, "close": -1}.get(pieces[i].kind, 0)
        if depth == 0:
            return i
    return len(pieces)


def _aside(inside: Sequence[Piece], outside: Sequence[Piece]) -> "Piece | bool | None":
    """Say what parentheses mean: a window, a definition, nothing new (True), or unread (None)."""
    said = [piece for piece in inside if piece.kind != "glue"]
    if not said:
        return True
    if len(said) > 1:
        return None
    only, before = said[0], outside[-1] if outside else None
    if only.kind == "window":
        return only
    if only.kind == "test":
        return True
    if only.kind == "method" and before and (node := _measured_by(before.node, only.text)):
        return replace(before, node=node)
    if (
        only.kind == "word"
        and ABBREVIATION.fullmatch(only.text)
        and only.text[1:].upper() == only.text[1:]
    ):
        return True
    if only.kind != "atom" or before is None or before.kind != "atom":
        return None
    if (named := _concept(before.node)) and named in _names_of(_concept(only.node)):
        return True  # the same, or an example of it: plasma cell dyscrasia (multiple myeloma)
    if isinstance(only.node, nodes.Compare) and _concept(before.node):
        return only
    return None


def _names_of(concept: str | None) -> tuple[str | None, ...]:
    known = concepts().concepts.get(concept) if concept else None
    return (concept, known.broader if known else None)


def _concept(node: nodes.Node | None) -> str | None:
    match node:
        case nodes.Has(concept=concept):
            return concept
        case nodes.Any(of):
            return _concept(of[0])
        case _:
            return None
