"""The search language: text to an expression.

Grammar (ClinicalTrials.gov, "Constructing Complex Search Queries", 2025-04-15), precedence from
the loosest to the tightest:

    query    = either                          # an empty text finds every study
    either   = both { "OR" both }
    both     = negation { [ "AND" ] negation } # parts side by side must all be found
    negation = { "NOT" } source
    source   = "ALL" | '"' words '"' | words | "(" either ")"
    words    = word { word }

Words side by side must all be found, in whatever fields; found as a phrase they count more. A
phrase in quotes is found only as it stands. Operators are capitals; after a backslash they are
words: `\\AND`. The registry's other operators (AREA, RANGE, MISSING, EXPANSION, COVERAGE, SEARCH,
TILT) are not covered yet: a query with one is refused, never read without it.
"""

import re
from dataclasses import dataclass

from trialwright.core.errors import InputError

MAX_LENGTH = 2_000
MAX_DEPTH = 40

_WANTED = 'words, "phrases", AND, OR, NOT, ALL and parentheses'
_NOT_COVERED = ("AREA", "RANGE", "MISSING", "EXPANSION", "COVERAGE", "SEARCH", "TILT")


@dataclass(frozen=True, slots=True)
class Everything:
    """Every study."""


@dataclass(frozen=True, slots=True)
class Words:
    """All of these words, anywhere in the study."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words, one after the other, in one field."""

    text: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Studies that each part finds."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Studies that at least one part finds."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Studies that the part does not find."""

    part: "Expression"


Expression = Everything | Words | Phrase | AllOf | AnyOf | Not


def parse(text: str) -> Expression:
    """Read a query; raise InputError that says where it cannot be read and what was wanted.

    >>> parse('heart failure AND NOT "stem cells"')
    AllOf(parts=(Words(words=('heart', 'failure')), Not(part=Phrase(text='stem cells'))))
    """
    if len(text) > MAX_LENGTH:
        raise InputError("query", f"{len(text)} characters", f"at most {MAX_LENGTH}")
    tokens = _tokens(text)
    if not tokens:
        return Everything()
    reader = _Reader(tokens, len(text))
    expression = reader.either(0)
    if reader.next.kind != "end":
        raise _wrong(reader.next, "AND, OR or the end of the query")
    return expression


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "(", ")", AND, OR, NOT, ALL, word, phrase, end
    text: str
    at: int


_TOKEN = re.compile(r'(?P<space>\s+)|(?P<mark>[()])|(?P<quote>")|(?P<word>(?:\\.|[^\s()"])+)', re.S)


def _tokens(text: str) -> tuple[_Token, ...]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        token, at = _token(text, at)
        if token is not None:
            tokens.append(token)
    return tuple(tokens)


def _token(text: str, at: int) -> tuple[_Token | None, int]:
    match = _TOKEN.match(text, at)
    if match is None or match["quote"]:
        return _phrase(text, at)
    found = match[0]
    if match["space"]:
        return None, match.end()
    if match["mark"]:
        return _Token(found, found, at), match.end()
    return _word(found, at), match.end()


def _word(found: str, at: int) -> _Token:
    operator = found.split("[")[0]
    if operator in _NOT_COVERED and (operator == "MISSING" or "[" in found):
        named = operator if operator == "MISSING" else f"{operator}[..]"
        raise InputError(_place(at), f"{named} is not covered yet", _WANTED)
    if found in ("AND", "OR", "NOT", "ALL"):
        return _Token(found, found, at)
    return _Token("word", _readable(re.sub(r"\\(.)", r"\1", found, flags=re.S), at), at)


def _readable(text: str, at: int) -> str:
    """Return the text; refuse one that holds nothing that a search could look for."""
    if not any(letter.isalnum() for letter in text):
        raise InputError(_place(at), repr(text), "a letter or a digit in it")
    return text


_PHRASE = re.compile(r'"((?:\\.|[^"\\])*)"', re.S)


def _phrase(text: str, at: int) -> tuple[_Token | None, int]:
    match = _PHRASE.match(text, at)
    if match is None:
        raise InputError(_place(at), "a quotation mark that is not closed", 'a closing "')
    words = " ".join(re.sub(r"\\(.)", r"\1", match[1], flags=re.S).split())
    return _Token("phrase", _readable(words, at), at), match.end()


class _Reader:
    """Reads tokens by the grammar above, one function for each of its rules."""

    def __init__(self, tokens: tuple[_Token, ...], length: int) -> None:
        self._tokens = (*tokens, _Token("end", "the end", length))
        self._at = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self.next
        self._at += 1
        return token

    def either(self, depth: int) -> Expression:
        parts = [self._both(depth)]
        while self.next.kind == "OR":
            self._take()
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self, depth: int) -> Expression:
        parts = [self._negation(depth)]
        while self.next.kind not in ("OR", ")", "end"):
            if self.next.kind == "AND":
                self._take()
            parts.append(self._negation(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _negation(self, depth: int) -> Expression:
        negations = 0
        while self.next.kind == "NOT":
            self._take()
            negations += 1
        source = self._source(depth)
        return Not(source) if negations % 2 else source

    def _source(self, depth: int) -> Expression:
        token = self.next
        match token.kind:
            case "word":
                return self._words()
            case "phrase":
                return Phrase(self._take().text)
            case "ALL":
                self._take()
                return Everything()
            case "(":
                return self._group(depth)
            case _:
                raise _wrong(token, "a word, a phrase, ALL or an opening parenthesis")

    def _words(self) -> Words:
        words = []
        while self.next.kind == "word":
            words.append(self._take().text)
        return Words(tuple(words))

    def _group(self, depth: int) -> Expression:
        opening = self._take()
        if depth == MAX_DEPTH:
            raise InputError(_place(opening.at), "too many parentheses", f"at most {MAX_DEPTH}")
        inside = self.either(depth + 1)
        if self.next.kind != ")":
            raise _wrong(self.next, f"a closing parenthesis for the one at {opening.at + 1}")
        self._take()
        return inside


def _wrong(token: _Token, wanted: str) -> InputError:
    what = "the query ends here" if token.kind == "end" else repr(token.text)
    return InputError(_place(token.at), what, wanted)


def _place(at: int) -> str:
    return f"query, character {at + 1}"
