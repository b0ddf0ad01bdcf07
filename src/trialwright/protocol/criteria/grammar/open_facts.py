"""Which phrases that no vocabulary knows name a medical fact, and which are only words.

    fact   := modifier* head (preposition words)?        systemic fungal infection of the lung
            | cue plain words                            history of Whiplash, treated with Zyx
    no fact := a clause, a lone abbreviation, a place of the body, a loose end

A phrase that names no fact must not be asked of a record: it is left to a person as it stands.
"""

import re
from dataclasses import replace
from functools import lru_cache
from operator import is_

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar import fact_words as listed
from trialwright.protocol.criteria.grammar.nouns import domain_of, is_place, leaf
from trialwright.protocol.criteria.trees import placed

_STRIP = ".,;:()[]{}\"'“”’*/ "
_OPENS = {"ever": "history of", "current": "current"}
_CUE = re.compile(
    r"\b(?:diagnos\w+ (?:of|with|as)|(?:patients?|subjects?|participants?|persons?|men|women"
    r"|individuals?|adults?|those|children|people) (?:with|without|suffering from)"
    r"|suffer\w* from|history of|known|treat(?:ed|ment) (?:with|for|of)|tak(?:ing|en|es?)"
    r"|receiv(?:ing|ed)|surgery for|use of|therapy with|administration of|deficiency of"
    r"|undergo\w*|underwent|allerg\w+ to)"
    r"\s+(?:(?:an?|the|any|primary|secondary|prior|previous|active|other)\s+)*$",
    re.IGNORECASE,
)
_TENSE = (
    r"(?:history of|previous(?:ly)?|prior|past|current(?:ly)?|active(?:ly)?|on-?going|present"
    r"|concurrent|concomitant|existing|severe(?:ly)?|moderate|mild)"
)
_SAID_BEFORE = re.compile(  # a time or a degree directly in front, in the words of the text
    rf"\b{_TENSE}(?:\s+(?:(?:or|to|and)\s+)?{_TENSE})*\s+(?:(?:an?|the)\s+)?$", re.IGNORECASE
)
_LONGEST_CUE = 40
_ALLERGY = re.compile(
    r"(?:hypersensitivity|intolerance|allerg(?:y|ies)|sensitivity)", re.IGNORECASE
)
_NO_HEAD = re.compile(f"{listed.PEOPLE.pattern}|{listed.NO_STATE.pattern}", re.IGNORECASE)

# What one word tells: bits.
_VERB = 1
_POINTS = 2
_PREPOSITION = 4
_STARTS_LOOSE = 8
_ENDS_LOOSE = 16
_HEAD = 32
_GENERIC = 64
_STATES = 128
_BEHIND_A_NAME = 256
_MEASURE = 512
_LEADS_ON = 1024
_TABLES = (
    (_VERB, listed.VERB), (_POINTS, listed.POINTS), (_PREPOSITION, listed.PREPOSITION),
    (_STARTS_LOOSE, listed.STARTS_LOOSE), (_ENDS_LOOSE, listed.ENDS_LOOSE),
    (_GENERIC, listed.GENERIC), (_STATES, listed.STATES),
    (_BEHIND_A_NAME, listed.BEHIND_A_NAME), (_MEASURE, listed.MEASURE),
    (_LEADS_ON, listed.LEADS_ON),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _told(word: str) -> int:
    """Return what a word tells."""
    return sum(bit for bit, table in _TABLES if table.fullmatch(word)) | _HEAD * is_head(word)


def facts_only(node: nodes.Node, text: str) -> nodes.Node:
    """Leave to a person every phrase without a code that names no medical fact.

    `text` is what the expression was read from; what is left of one clause stays in one piece.
    A criterion that is one whole phrase, and no clause, is asked as it stands.
    """
    if type(node) in _LEAVES:
        return node
    match node.of if isinstance(node, nodes.Within | nodes.Not) else node:
        case nodes.Has(concept=concept, words=words):
            if concept is not None or is_whole(words):
                return node
        case nodes.All((nodes.Has(concept=None, words=words), *rest)) if is_whole(words):
            if all(isinstance(part, nodes.Residue) for part in rest):
                return node
        case _:
            pass
    return _only(node, text)


_LEAVES = frozenset(
    (nodes.Residue, nodes.Compare, nodes.Demographic, nodes.Ordinal, nodes.Attest, nodes.Judgement)
)


def _only(node: nodes.Node, text: str) -> nodes.Node:
    if type(node) in _LEAVES:
        return node
    match node:
        case nodes.Has(concept=concept):
            return node if concept is not None else _fact_or_words(node, text)
        case nodes.Any(of) if words := _without_its_object(of, text):
            return _left(words)
        case nodes.All(of) | nodes.Any(of):
            return _joined(node, tuple(_only(part, text) for part in of), text)
        case nodes.AtLeast(n, of):
            return nodes.AtLeast(n, tuple(_only(part, text) for part in of))
        case nodes.Not(of) | nodes.Within(of=of):
            inside = _only(of, text)
            return node if inside is of else replace(node, of=inside)
        case nodes.Except(base, but):
            return nodes.Except(_only(base, text), tuple(_only(b, text) for b in but))
        case nodes.IfThen(when, then, otherwise):
            other = _only(otherwise, text) if otherwise else None
            return nodes.IfThen(_only(when, text), _only(then, text), other)
        case _:
            return node


def _without_its_object(of: tuple[nodes.Node, ...], text: str) -> str:
    """Return the whole of `an allergy or allergic to A`: the first is meant of A, too."""
    named = [part for part in of if isinstance(part, nodes.Has)]
    if len(named) < len(of) or len(named) != 2 or not _ALLERGY.fullmatch(named[0].words):
        return ""
    to = named[1].domain == "allergy" and named[1].concept is None
    return _in_one_piece([part.words for part in named], text) if to else ""


def _joined(node: nodes.All | nodes.Any, of: tuple[nodes.Node, ...], text: str) -> nodes.Node:
    """Join the parts again; where nothing but words is left of them, in one piece."""
    if all(map(is_, of, node.of)):
        return node
    if all(isinstance(part, nodes.Residue) for part in of):
        left = [part.words for part in of if isinstance(part, nodes.Residue)]
        words = _in_one_piece(left, text) or _opened(left, text)
        return _left(words) if words else type(node)(of)
    return type(node)(of)


def _in_one_piece(words: list[str], text: str) -> str:
    """Return the text from the first to the last of some words that stand in it in this order."""
    first, at = -1, 0
    for each in words:
        start = placed(each, text, at)
        if start < 0:
            return ""
        first, at = (start if first < 0 else first), start + len(each)
    return text[first : at + (text[at : at + 1] == ")")]


def _opened(words: list[str], text: str) -> str:
    """Return the same where the first stand behind a time that was said further in front."""
    opening = next((o for o in _OPENS.values() if words[0].startswith(f"{o} ")), None)
    if opening is None:
        return ""
    said = _in_one_piece([each.removeprefix(f"{opening} ") for each in words], text)
    return said and f"{opening} {said}"


def _left(words: str) -> nodes.Node:
    """Return an answer or a judgement where words ask for one, and residue elsewhere."""
    node = leaf(words)
    return nodes.Residue(node.words) if isinstance(node, nodes.Has) else node


def _fact_or_words(said: nodes.Has, text: str) -> nodes.Node:
    cued = said.when == "ever"
    if names_a_fact(said.words, said.domain, cued):
        return said
    at = text.find(said.words)
    cued = not cued and at > 0 and bool(_CUE.search(text, max(0, at - _LONGEST_CUE), at))
    if cued and names_a_fact(said.words, said.domain, cued):
        return said
    if at > 0 and (before := _SAID_BEFORE.search(text, max(0, at - _LONGEST_CUE), at)):
        return nodes.Residue(text[before.start() : at + len(said.words)])
    words = (_OPENS.get(said.when or "", ""), " or ".join(said.severity), said.words)
    return nodes.Residue(" ".join(filter(None, words)))


@lru_cache(maxsize=1 << 15)
def names_a_fact(words: str, domain: nodes.Domain, cued: bool = False) -> bool:
    """Say whether words name a medical fact; `cued`: `history of` or the like stands before."""
    tokens = _tokens(words)
    if domain == "allergy":  # intolerance to: of what?
        return len(tokens) > 1 and not _told(tokens[-1]) & _ENDS_LOOSE
    if not tokens or _is_clause(tokens) or ". " in words:
        return False
    front, behind = _parted(tokens)
    if not front or _is_loose(tokens) or is_place(" ".join(front)):
        return False
    if _told(front[-1]) & _HEAD or listed.FACT_PHRASE.search(" ".join(front)):
        alone = len(front) == 1 and not behind and bool(_told(front[-1]) & _GENERIC)
        return not alone or (cued and domain == "procedure")  # prior therapy: of which kind?
    if len(front) > 1 and any(_told(word) & _STATES for word in front[:-1]):
        return not (listed.NO_FACT.fullmatch(front[-1]) or _NO_HEAD.fullmatch(front[-1]))
    if domain == "drug" and domain_of(words) != "drug":  # treated with: whatever it is, it is one
        return not (_told(front[-1]) & _GENERIC or listed.NO_STATE.fullmatch(front[-1]))
    return cued and listed.NAME.search(words) is not None


def is_whole(words: str) -> bool:
    """Say whether several words are a noun phrase from its beginning to its end."""
    tokens = _tokens(words)
    if not tokens or _is_clause(tokens) or _is_loose(tokens):
        return False
    front, _ = _parted(tokens)
    if len(front) < 2 or is_place(" ".join(front)) or _NO_HEAD.fullmatch(front[-1]):
        return False
    last = _told(front[-1])
    if last & _MEASURE:  # salivary flow rate: no state, unless its size is told
        return any(_told(word) & _STATES for word in front)
    return not last & _LEADS_ON or bool(last & _HEAD)  # biochemical evidence: of what?


def is_head(word: str) -> bool:
    """Say whether a word names a kind of disease, finding, procedure, drug or device."""
    if listed.FACT.fullmatch(word) or listed.FACT_ENDING.search(word):
        return not listed.NO_FACT.fullmatch(word)
    return "-" in word and is_head(word.rsplit("-", 1)[1])


def _tokens(words: str) -> list[str]:
    """Return the words in small letters, without a verb that only leads on (showing, had)."""
    tokens = [token for token in (t.strip(_STRIP) for t in words.lower().split()) if token]
    return tokens[1:] if tokens and listed.LEADS_IN.fullmatch(tokens[0]) else tokens


def _parted(tokens: list[str]) -> tuple[list[str], bool]:
    """Return the words of the name itself, and whether more follows behind a preposition.

    Left out are words that only point (other, such), what only leads on (evidence of, an episode
    of) and the type or stage behind a name.
    """
    at = next((i for i, t in enumerate(tokens) if _told(t) & _PREPOSITION), len(tokens))
    goes_on = 0 < at < len(tokens) - 1 and tokens[at] == "of"
    if goes_on and listed.LEADS_ON.fullmatch(tokens[at - 1]):
        return _parted(tokens[at + 1 :])
    front = tokens[:at]
    while front and _told(front[0]) & _POINTS:
        front = front[1:]
    while len(front) > 1 and _told(front[-1]) & _BEHIND_A_NAME:
        front = front[:-1]
    return front, at < len(tokens)


def _is_clause(tokens: list[str]) -> bool:
    """Say whether a verb stands in the phrase, or a participle at its end."""
    if any(_told(word) & _VERB for word in tokens):
        return True
    return tokens[-1].endswith(("ed", "ing")) and not _told(tokens[-1]) & _HEAD


def _is_loose(tokens: list[str]) -> bool:
    """Say whether a phrase starts or ends in the middle of something."""
    first, last = _told(tokens[0]), _told(tokens[-1])
    return bool(first & _STARTS_LOOSE or last & _ENDS_LOOSE) or tokens[-1].endswith("ly")
