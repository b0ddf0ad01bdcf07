"""A criterion's text as a row of pieces: facts first, then phrases, then words not understood."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from operator import attrgetter

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.grammar.freedom import freedom
from trialwright.protocol.criteria.grammar.nouns import is_answered, is_asked
from trialwright.protocol.criteria.grammar.phrases import kinds, phrases
from trialwright.protocol.criteria.pieces import Kind, Piece
from trialwright.protocol.criteria.trees import every, some, tidy, walk
from trialwright.protocol.criteria.vocabulary import Vocabulary

_TOKEN = re.compile(
    r"(?<=[a-z])\((?:s|es|ies)\)|[ei]\.\s?[ge]\.?(?![^\W_])"
    r"|[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]"
)
_ACROSS = re.compile(r"[eiEI]\.\s[geGE]")  # the one token that may hold a space
_REPEATS = 48  # characters of a stretch that other criteria are likely to hold, too
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
_SENTENCE = re.compile(  # `assessed by. CT abdomen` goes on
    r"(?<=[a-z)\]%])(?<!\s(?:by|of|in|on|to|at))(?<!\s(?:for|via))(?<!\s(?:with|from|than))"
    r"\.\s+(?=[A-Z])"
)


_START = attrgetter("start")


def scan(text: str, *more: Vocabulary) -> tuple[Piece, ...]:
    """Return the pieces of a text in order; only spaces and punctuation are left out."""
    taken = sorted(_special(text), key=_START)
    pieces: list[Piece] = []
    at, n = 0, 0
    for fact in _facts(text, *more):
        if taken and any(piece.start < fact.end and fact.start < piece.end for piece in taken):
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
    if _MAY_OPEN.search(text, 1):
        pieces = _parted(pieces)
    return _grown_up(pieces) if "dult" in text or "hild" in text else tuple(pieces)


_MAY_OPEN = re.compile(r"[NMPS](?:ot?|ust|atients?|ubjects|articipants)\b")
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


_NAMED = (nodes.Has, nodes.Any)


def _goes_on(text: str, fact: Piece) -> bool:
    """Say whether a named concept is only the front of a longer word: stroke-like."""
    return (
        text[fact.end : fact.end + 1] == "-"
        and isinstance(fact.node, _NAMED)
        and text[fact.end + 1 : fact.end + 2].isalpha()
        and text[fact.end + 1 : fact.end + 9].lower() not in ("positive", "negative", "infected")
    )


_STRUCTURE = frozenset(("relation", "not", "ever", "except", "example", "unless", "count"))


@cache
def _structure() -> dict[str, tuple[str, ...]]:
    """Return the phrases of structure by their first word."""
    listed: dict[str, list[str]] = {}
    for tokens, kind in kinds().items():
        takes_an_object = kind == "glue" and len(tokens) > 1 and tokens[-1] in ("with", "by")
        if kind in _STRUCTURE or takes_an_object:
            listed.setdefault(tokens[0], []).append(" ".join(tokens))
    return {first: tuple(found) for first, found in listed.items()}


def _is_structure(text: str, fact: Piece) -> bool:
    """Say whether a vocabulary names what the grammar reads: `contraindication to`."""
    if not isinstance(fact.node, _NAMED):
        return False
    low = fact.text.lower()
    if _asks(low):
        return True
    for phrase in _structure().get(low.split(None, 1)[0], ()):
        if len(phrase) >= len(low):
            written = text[fact.start : fact.start + len(phrase)]
            if written.lower() == phrase:
                return True
    return False


@lru_cache(maxsize=1 << 13)
def _asks(low: str) -> bool:
    """Say whether a name asks for an answer or a judgement."""
    return is_asked(low) or (" " not in low and is_answered(low))


def _special(text: str) -> list[Piece]:
    found: list[Piece] = []
    if "ollowing" in text or (
        " of" in text and ("east" in text or "LEAST" in text or "OLLOWING" in text)
    ):
        for match in _COUNT.finditer(text):
            found.append(Piece("count", *match.span(), match[0]))
    if ". " in text:
        for match in _SENTENCE.finditer(text):
            found.append(Piece("stop", match.start(), match.start() + 1, "."))
    if (
        "cho" in text or "MRI" in text or "TTE" in text or "CMR" in text or "MUGA" in text
        or "agnetic" in text or "adionuclide" in text or "CHO" in text
    ):  # fmt: skip
        for match in _METHOD.finditer(text):
            found.append(Piece("method", *match.span(), match[0]))
    if "non" in text or "Non" in text or "NON" in text:
        for match in _IS_NOT.finditer(text):
            known = next((f.node for f in found_facts(match["what"]) if f.node), None)
            what = known or nodes.Has("condition", None, match["what"])
            found.append(Piece("atom", *match.span(), match[0], nodes.Not(what)))
    if "ree" in text or "nclu" in text:
        found += freedom(text, _exceptions)
    if len(found) < 2:
        return found
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
    if start >= end or text[start:end] == " ":
        return
    before = start - 1 if start else 0  # a mark may belong to the word in front
    stretch = text[before:end]
    find = _known if end - start <= _REPEATS else _named
    for kind, first, last, words in find(stretch, start - before):
        into.append(Piece(kind, before + first, before + last, words))


def _named(text: str, start: int) -> tuple[tuple[Kind, int, int, str], ...]:
    """Return the phrases of a text from a place on: what each is, its span and its words."""
    first_words = phrases()
    tokens = _tokens(text, start)
    found: list[tuple[Kind, int, int, str]] = []
    i, n = 0, len(tokens)
    while i < n:
        low, first, last = tokens[i]
        kind: Kind = "word"
        size = 1
        step = first_words.get(low)
        at = i
        while step is not None:  # the longest phrase from here
            at += 1
            if step.kind is not None:
                kind, size = step.kind, at - i
            step = step.then.get(tokens[at][0]) if at < n else None
        if size > 1:
            last = tokens[i + size - 1][2]
        plain = low[0].isalnum() and low[0] != "s"
        if kind_here := kind if plain else _kind(kind, size, text, first):
            found.append((kind_here, first, last, text[first:last]))
        i += size
    return tuple(found)


_known = lru_cache(maxsize=1 << 14)(_named)  # ` or `, `history of `: most stretches repeat

Token = tuple[str, int, int]  # in small letters, and where it stands


def _tokens(text: str, start: int) -> list[Token]:
    """Return the tokens of a text from a place on; words parted by spaces are met again."""
    if (". " in text and _ACROSS.search(text)) or text.startswith("(", start):
        return [(each[0].lower(), *each.span()) for each in _TOKEN.finditer(text, start)]
    found: list[Token] = []
    at = start
    for word in text[start:].split(" "):
        for low, first, last in _of_word(word):
            found.append((low, at + first, at + last))
        at += len(word) + 1
    return found


@lru_cache(maxsize=1 << 13)
def _of_word(word: str) -> tuple[Token, ...]:
    return tuple((each[0].lower(), *each.span()) for each in _TOKEN.finditer(word))


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
