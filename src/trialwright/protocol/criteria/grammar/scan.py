"""A criterion's text as a row of pieces: facts first, then phrases, then words not understood."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.grammar.freedom import freedom
from trialwright.protocol.criteria.grammar.nouns import is_answered, is_asked
from trialwright.protocol.criteria.grammar.phrases import phrases
from trialwright.protocol.criteria.pieces import Kind, Piece
from trialwright.protocol.criteria.trees import every, some, tidy, walk
from trialwright.protocol.criteria.vocabulary import Vocabulary

_TOKEN = re.compile(
    r"(?<=[a-z])\((?:s|es|ies)\)|[ei]\.\s?[ge]\.?(?![^\W_])"
    r"|[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]"
)
_REPEATS = 48  # characters of a stretch that other criteria are likely to hold, too
_AND_OR = re.compile(r"\band\s*/\s*or\b", re.IGNORECASE)
_METHOD_NAME = (
    r"(?:transthoracic\s+)?echocardiograph?[a-z]*|echo|TTE|cardiac magnetic resonance(?: imaging)?"
    r"|(?:cardiac\s+)?MRI|CMR(?: imaging)?|MUGA(?: scan)?|radionuclide ventriculography"
    r"|multi(?:ple)?[\s-]*gated acquisition(?:\s*\(MUGA\))?(?: scan)?"
)
_METHOD = re.compile(
    r"\b(?:as\s+)?(?:measured\s+|assessed\s+|determined\s+|documented\s+)?(?:on|by|using|via)\s+"
    rf"(?:{_METHOD_NAME})(?:\s*(?:,|and/or|or|and)\s*(?:{_METHOD_NAME}))*\b",
    re.IGNORECASE,
)
_METHOD_SIGNS = ("cho", "CHO", "TTE", "MRI", "CMR", "MUGA", "agnetic", "adionuclide")
_COUNT = re.compile(
    r"\b(?:at least |any )?(?P<n>two|three|four|five|[2-5])(?: or more)?(?: of)?(?: the)? following"
    r"(?: \w+)?(?= ?:)?|\bat least (?P<m>two|three|four|five|[2-5]) of(?: the following| these)?\b",
    re.IGNORECASE,
)
_IS_NOT = re.compile(
    r"\bnon[-\s]?(?P<what>pregnant|lactating|breast-?feeding|diabetics?|smok(?:ers?|ing)|nursing)\b",
    re.IGNORECASE,
)
_LOW = re.compile(r"\b(?:reduced|decreased|diminished|depressed)\s+(?=\S+\s*[<≤])", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[a-z)\]%])\.\s+(?=[A-Z])")


def scan(text: str, *more: Vocabulary) -> tuple[Piece, ...]:
    """Return the pieces of a text in order; only spaces and punctuation are left out."""
    special = [*_special(text)]
    taken = sorted(special, key=lambda piece: piece.start)
    pieces: list[Piece] = []
    at, n = 0, 0
    for fact in _facts(text, *more):
        if any(piece.start < fact.end and fact.start < piece.end for piece in taken):
            continue
        if _goes_on(text, fact) or _is_structure(text, fact):
            continue
        while n < len(taken) and taken[n].start < fact.start:
            _phrases(text, at, taken[n].start, pieces)
            pieces.append(taken[n])
            at = max(at, taken[n].end)
            n += 1
        _phrases(text, at, fact.start, pieces)
        pieces.append(fact)
        at = fact.end
    for piece in taken[n:]:
        _phrases(text, at, piece.start, pieces)
        pieces.append(piece)
        at = piece.end
    _phrases(text, at, len(text), pieces)
    pieces = _parted(pieces)
    return _grown_up(pieces) if "dult" in text or "hild" in text else tuple(pieces)


_OPENS = frozenset(("No", "Not", "Must", "Patients", "Patient", "Subjects", "Participants"))


def _parted(pieces: list[Piece]) -> list[Piece]:
    """Part sentences that no full stop parts: `... disease No prior therapy`."""
    opening = [
        i
        for i, piece in enumerate(pieces)
        if i and piece.text[0].isupper() and piece.text.split(None, 1)[0] in _OPENS
        and pieces[i - 1].kind not in ("join", "stop", "open", "colon", "glue", "who", "not")
        and piece.node is None
    ]  # fmt: skip
    if not opening or sum(p.text[:1].isupper() for p in pieces) * 2 > len(pieces):
        return pieces
    for i in reversed(opening):
        pieces.insert(i, Piece("stop", pieces[i].start, pieces[i].start, "."))
    return pieces


def _grown_up(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """`Adults` and `children` say nothing beside an age; without one, they narrow what follows."""
    aged = any(isinstance(part, nodes.Demographic)
               for piece in pieces if piece.node for part in walk(piece.node))  # fmt: skip
    return tuple(
        replace(piece, kind="glue" if aged else "modifier") if _says_age(piece, aged) else piece
        for piece in pieces
    )


def _says_age(piece: Piece, aged: bool) -> bool:
    low = piece.text.lower()
    if low.startswith("adult"):
        return piece.kind in ("glue", "who")
    return aged and low in ("child", "children", "adult") and piece.kind == "word"


def _facts(text: str, *more: Vocabulary) -> tuple[Piece, ...]:
    """Find the facts; `a reduced EF <= 40 %` is a low value, and no change of one."""
    if "ed " not in text or not ("<" in text or "≤" in text) or not _LOW.search(text):
        return found_facts(text, *more)
    blank = _LOW.sub(lambda found: " " * len(found[0]), text)
    lows = {found.end(): found.start() for found in _LOW.finditer(text)}
    facts: list[Piece] = []
    for fact in found_facts(blank, *more):
        start = lows.get(fact.start)
        below = isinstance(fact.node, nodes.Compare) and fact.node.op in ("<", "<=")
        facts.append(replace(fact, start=start) if below and start is not None else fact)
    return tuple(facts)


def _goes_on(text: str, fact: Piece) -> bool:
    """Say whether a named concept is only the front of a longer word: stroke-like."""
    named = isinstance(fact.node, nodes.Has | nodes.Any)
    return (
        named
        and text[fact.end : fact.end + 1] == "-"
        and text[fact.end + 1 : fact.end + 2].isalpha()
        and text[fact.end + 1 : fact.end + 9].lower() not in ("positive", "negative", "infected")
    )


_STRUCTURE = frozenset(("relation", "not", "ever", "except", "example", "unless", "count"))


def _is_structure(text: str, fact: Piece) -> bool:
    """Say whether a vocabulary names what the grammar reads: `contraindication to`."""
    if not isinstance(fact.node, nodes.Has | nodes.Any):
        return False
    low = fact.text.lower()
    if is_asked(low) or (" " not in low and is_answered(low)):
        return True
    first = low.split(None, 1)[0]
    for rest, kind in phrases().get(first, ()):
        if kind in _STRUCTURE or (kind == "glue" and rest[-1:] in (("with",), ("by",))):
            phrase = " ".join((first, *rest))
            if (
                len(phrase) >= len(low)
                and text[fact.start : fact.start + len(phrase)].lower() == phrase
            ):
                return True
    return False


def _special(text: str) -> list[Piece]:
    found: list[Piece] = []
    if "ollowing" in text or " of" in text:
        for match in _COUNT.finditer(text):
            found.append(Piece("count", *match.span(), match[0]))
    if ". " in text:
        for match in _SENTENCE.finditer(text):
            found.append(Piece("stop", match.start(), match.start() + 1, "."))
    if any(map(text.__contains__, _METHOD_SIGNS)):
        for match in _METHOD.finditer(text):
            found.append(Piece("method", *match.span(), match[0]))
    if "on" in text:
        for match in _IS_NOT.finditer(text):
            known = next((f.node for f in found_facts(match["what"]) if f.node), None)
            what = known or nodes.Has("condition", None, match["what"])
            found.append(Piece("atom", *match.span(), match[0], nodes.Not(what)))
    if "ree" in text:
        found += freedom(text, _exceptions)
    return [piece for piece in found if not any(_inside(piece, other) for other in found)]


def _inside(one: Piece, other: Piece) -> bool:
    return one is not other and other.start <= one.start and one.end <= other.end


def _exceptions(text: str) -> nodes.Node:
    """Read the exceptions that a footnote lists; each of them alone is one."""
    listed = [piece for piece in scan(text) if piece.kind != "glue"]
    named = some(
        nodes.Has("condition", None, tidy(text[run[0].start : run[-1].end]))
        for run in _runs(listed)
    )
    return every((named, nodes.Residue(f"that no other cancer counts: {tidy(text)}")))


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    runs: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.kind == "join" and "or" in piece.text.lower():
            runs.append([])
        else:
            runs[-1].append(piece)
    return [run for run in runs if run] or [list(pieces)]


def _phrases(text: str, start: int, end: int, into: list[Piece]) -> None:
    """Add the phrases and words of a stretch between facts."""
    if start >= end:
        return
    before = start - 1 if start else 0  # a mark may belong to the word in front
    stretch = text[before:end]
    found = _known(stretch, start - before) if end - start <= _REPEATS else None
    for kind, first, last in found or _named(stretch, start - before):
        into.append(Piece(kind, before + first, before + last, stretch[first:last]))


def _named(text: str, start: int) -> tuple[tuple[Kind, int, int], ...]:
    """Return the phrases of a text from a place on: what each is, and its span."""
    rows = phrases()
    tokens = list(_TOKEN.finditer(text, start))
    low = tuple([token[0].lower() for token in tokens])
    found: list[tuple[Kind, int, int]] = []
    i, n = 0, len(tokens)
    while i < n:
        kind: Kind = "word"
        size = 1
        for rest, named in rows.get(low[i], ()):
            if not rest or low[i + 1 : i + 1 + len(rest)] == rest:
                kind, size = named, 1 + len(rest)
                break
        first = tokens[i].start()
        kind_here = _kind(kind, size, text, first)
        if kind_here:
            found.append((kind_here, first, tokens[i + size - 1].end()))
        i += size
    return tuple(found)


_known = lru_cache(maxsize=1 << 14)(_named)  # ` or `, `history of `: most stretches repeat


def _kind(kind: Kind, size: int, text: str, at: int) -> Kind | None:
    """Return what a token is, None where it says nothing: the s of patient's, the + of Ph+."""
    mark = text[at]
    if size == 1 and at and (
        (mark in "sS" and text[at - 1] in "'’") or (mark == "+" and text[at - 1].isalnum())
    ):  # fmt: skip
        return None
    if kind != "word" or mark.isalnum():
        return kind
    return "hazard" if mark in "<>≤≥=±~≦≧" else None
