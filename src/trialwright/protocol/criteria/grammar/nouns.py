"""What a phrase is that no vocabulary knows: a fact of the record, an answer, a judgement.

A plain noun phrase is a fact that was read and has no code: its domain is told by its head word.
What only the site can answer (consent, ability, plans) is no fact of a record; what a person weighs
(in the opinion of) is a judgement; what is neither was not understood.
"""

import re
from functools import lru_cache

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar import words as listed
from trialwright.protocol.criteria.trees import tidy

# What one word of a phrase tells about it: bits, joined over the phrase.
_JUDGED = 1  # may be part of a phrase of JUDGEMENT
_ASKED = 2  # only the site can answer
_ASKED_WITH = 4  # may be part of a phrase of ASKED_PHRASE
_UNSURE = 8  # no noun phrase with this in it
_PROCEDURE = 16
_DRUG = 32
_DEVICE = 64
_ALLERGY = 128
_DISEASE = 256
_DIGIT = 512
_MARK = 1024
_ENDS_HEAD = 2048  # a preposition: the head stands before it

_PATTERNS: "tuple[tuple[int, re.Pattern[str]], ...]" = (
    (_JUDGED, listed.JUDGED_WORD), (_ASKED, listed.ASKED), (_ASKED_WITH, listed.ASKED_WORD),
    (_UNSURE, listed.UNSURE), (_PROCEDURE, listed.PROCEDURE), (_DRUG, listed.DRUG),
    (_DEVICE, listed.DEVICE), (_ALLERGY, listed.ALLERGY), (_DISEASE, listed.DISEASE),
    (_ENDS_HEAD, listed.PREPOSITION),
)  # fmt: skip
_TELLS = re.compile("|".join(f"(?:{p.pattern})" for _, p in _PATTERNS), re.IGNORECASE)
_MARKS = frozenset("<>≤≥=±≦≧%~")
_STRIP = ".,;:()[]{}\"'“”’*/ "


@lru_cache(maxsize=1 << 16)
def sign_of(word: str) -> int:
    """Return what a word tells; hyphens part it."""
    sign = 0
    told = [each for each in (word, *word.split("-")[1:]) if _TELLS.fullmatch(each)]
    if told:  # hardly one word in four
        for pattern_sign, pattern in _PATTERNS:
            if any(map(pattern.fullmatch, told)):
                sign |= pattern_sign
    if any(letter.isdigit() for letter in word):
        sign |= _DIGIT
    if not _MARKS.isdisjoint(word):
        sign |= _MARK
    return sign


@lru_cache(maxsize=1 << 12)
def signs(words: str) -> tuple[int, int, tuple[str, ...]]:
    """Return the signs of all words together, those of the head word, and the words."""
    tokens = tuple([token.strip(_STRIP) for token in words.lower().split()])
    every, head, named, ended = 0, 0, False, False
    for token in tokens:
        sign = sign_of(token)
        every |= sign
        if not ended:
            if sign & _ENDS_HEAD:
                ended = named
            else:
                head, named = sign, True
    return every, head, tokens


@lru_cache(maxsize=1 << 12)
def is_judged(words: str) -> bool:
    """Say whether a person weighs what the words say."""
    every, _, _ = signs(words)
    return bool(every & _JUDGED) and listed.JUDGEMENT.search(words.lower()) is not None


def is_answered(word: str) -> bool:
    """Say whether a word asks for an answer or a judgement, and names no fact."""
    return bool(sign_of(word.lower()) & (_ASKED | _JUDGED))


def is_asked(words: str) -> bool:
    """Say whether a word of a phrase is one that only the site can answer."""
    return any(sign_of(word) & _ASKED for word in words.lower().split())


@lru_cache(maxsize=1 << 12)
def leaf(words: str, hint: nodes.Domain | None = None) -> nodes.Node:
    """Return what words are of which nothing was read."""
    words = tidy(words)
    every, head, tokens = signs(words)
    if every & _JUDGED and is_judged(words):
        return nodes.Judgement(words)
    if every & _ASKED or (every & _ASKED_WITH and listed.ASKED_PHRASE.search(words.lower())):
        return nodes.Attest(words)
    if not _plain(words, every):
        return nodes.Residue(words)
    return nodes.Has(_domain(every, head, tokens, hint), None, words)


def _plain(words: str, every: int) -> bool:
    """Say whether words are a noun phrase: no number, no sign, no verb that changes it."""
    if every & (_UNSURE | _MARK) or not 2 <= len(words) <= 300:
        return False
    if not any(letter.isalpha() for letter in words):
        return False
    return not every & _DIGIT or not listed.DIGIT.search(listed.NAMED_DIGIT.sub("", words))


def domain_of(words: str, hint: nodes.Domain | None = None) -> nodes.Domain:
    """Return the domain of a noun phrase by its head, or else by any of its words."""
    every, head, tokens = signs(words)
    return _domain(every, head, tokens, hint)


def _domain(
    every: int, head: int, tokens: tuple[str, ...], hint: nodes.Domain | None
) -> nodes.Domain:
    if every & _ALLERGY:
        return "allergy"
    if hint and not (hint == "drug" and head & _PROCEDURE):
        return hint
    if every & _DRUG and listed.PROCEDURE_THERAPY.search(" ".join(tokens)):
        return "procedure"
    if head & _DISEASE:
        return "condition"
    if head & _DEVICE:
        return "device"
    if head & _PROCEDURE:
        return "procedure"
    if head & _DRUG and not _is_serology(tokens):
        return "drug"
    return "condition"


def _is_serology(tokens: tuple[str, ...]) -> bool:
    """Say whether antibodies are those that a person has, and no drug: HIV antibodies."""
    made = ("monoclonal", "bispecific", "therapeutic", "drug")
    return any(t.startswith("antibod") for t in tokens) and not any(t in made for t in tokens)


# --- shared heads --------------------------------------------------------------------------------

_LONGEST_HEAD = 2


@lru_cache(maxsize=1 << 12)
def shares_a_head(words: str) -> bool:
    """Say whether words lack a head of their own: `renal`, `breast`."""
    if not words or words.count(" ") > 2:
        return False
    last = words.rsplit(" ", 1)[-1]
    if listed.HEAD.search(last) or (last.isupper() and len(last) > 1):  # ED is a noun
        return False
    return is_place(words) or is_place(last) or listed.ADJECTIVE.search(last) is not None


@lru_cache(maxsize=1 << 12)
def is_place(words: str) -> bool:
    """Say whether words are only a part of the body."""
    return listed.ORGAN.fullmatch(words.lower().removeprefix("the ")) is not None


def head_of(words: str) -> str | None:
    """Return the head that the adjectives before may share: `disease` of `hepatic disease`."""
    parts = words.split()
    if len(parts) < 2 or not listed.HEAD.search(parts[-1]):
        return None
    first = 2 if len(parts) > 2 and is_place(" ".join(parts[:2])) else 1
    if len(parts) - first > _LONGEST_HEAD:  # peripheral | blood stem cells transplantation
        return parts[-1] if listed.PROCEDURE.fullmatch(parts[-1]) else None
    return " ".join(parts[first:])
