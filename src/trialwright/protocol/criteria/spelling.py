"""One normal form for all spellings of a word: case, plural, British or American, accents.

`Oesophageal-varices` and `esophageal varice` have the same form. Words are what letters and digits
make; spaces and hyphens only part them; every other character stands for itself.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

# A word (a possessive 's belongs to it and says nothing), or a character that is no joiner.
_TOKEN = re.compile(r"([^\W_]+(?:['’`´]s(?![^\W_]))?|[^\w\s\-‐‑‒–—]|_)")
_APOSTROPHES = "'’`´"
_OPEN, _CLOSE = "\x02", "\x03"  # around every word, so that a match covers whole words
_GREEK = {"α": "alpha", "β": "beta", "ß": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa",
          "µ": "mu", "μ": "mu"}  # fmt: skip
_BRITISH = (
    ("ae", "e"), ("oe", "e"), ("isation", "ization"), ("ising", "izing"), ("ised", "ized"),
    ("tumour", "tumor"), ("sulph", "sulf"), ("colour", "color"), ("fibre", "fiber"),
    ("behaviour", "behavior"), ("centre", "center"),
)  # fmt: skip
_BRITISH_FROM = 6  # letters: shorter words (does, toe, goes) have no American twin


class Spelled(NamedTuple):
    """A text in normal form, and the way back to its own characters."""

    text: str
    normal: str
    pieces: list[str]  # of the text, parted by single spaces
    forms: list[str]  # of the pieces: of all their tokens

    def places(self) -> "Places":
        """Return the way back."""
        ends = list(accumulate(map(len, self.forms)))
        return Places(self.pieces, ends, list(accumulate(map(len, self.pieces), initial=0)), {})


class Places(NamedTuple):
    """Where the pieces of a text end in its normal form, and begin in the text without spaces."""

    pieces: list[str]
    ends: list[int]
    own: list[int]
    long: "dict[int, _Tokens]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of whole tokens of the normal form stands in the text."""
        ends, pieces = self.ends, self.pieces
        first = bisect_right(ends, start)
        last = bisect_left(ends, end, first)
        inside = start - (ends[first - 1] if first else 0)
        begin = 0
        if inside or not pieces[first][0].isalnum():  # not where a piece begins
            here = self._tokens(first)
            begin = here.begins[bisect_right(here.forms, inside)]
        if ends[last] == end and pieces[last][-1].isalnum():
            close = len(pieces[last])
        else:
            there = self._tokens(last)
            before = ends[last - 1] if last else 0
            close = there.ends[bisect_right(there.forms, end - 1 - before)]
        return self.own[first] + first + begin, self.own[last] + last + close

    def _tokens(self, number: int) -> "_Tokens":
        piece = self.pieces[number]
        if len(piece) <= _LONGEST_MET:
            return _tokens(piece)
        if number not in self.long:
            self.long[number] = _parted(piece)
        return self.long[number]


class _Tokens(NamedTuple):
    """The tokens of a piece: where the forms of all but the first begin, and where each stands."""

    forms: list[int]
    begins: list[int]
    ends: list[int]


def _parted(piece: str) -> _Tokens:
    found = list(_TOKEN.finditer(piece))
    forms = list(accumulate(len(_form(each[0])) for each in found[:-1]))
    return _Tokens(forms, [each.start() for each in found], [each.end() for each in found])


def spelled(text: str) -> Spelled:
    """Return a text with its normal form; the last one is kept, for the next matcher."""
    return _kept(text)


def _spelled(text: str) -> Spelled:
    pieces = text.split(" ")
    forms = list(map(_FORMS.__getitem__, pieces))
    return Spelled(text, "".join(forms), pieces, forms)


_kept = lru_cache(maxsize=1)(_spelled)


def normal(name: str) -> str:
    """Return the normal form of a name: two names with the same form are one.

    >>> normal("Hypertrophic cardiomyopathies") == normal("hypertrophic  cardio-myopathy")
    False
    >>> normal("Crohn's disease, ileal") == normal("crohn diseases, ileal")
    True
    """
    return "".join(map(_FORMS.__getitem__, name.split(" ")))


class _Forms(dict[str, str]):
    """The forms of pieces that were met; forgotten where they grow too many."""

    def __missing__(self, piece: str) -> str:
        tokens = _TOKEN.findall(piece)
        form = _form(piece) if tokens == [piece] else "".join(map(self.__getitem__, tokens))
        if len(piece) <= _LONGEST_MET:
            if len(self) >= _MET:
                self.clear()
            self[piece] = form
        return form


def _form(written: str) -> str:
    if written[0].isalnum():
        return f"{_OPEN}{_stem(_american(_plain(written)))}{_CLOSE}"
    return "'" if written in _APOSTROPHES else written


_MET = 50_000
_LONGEST_MET = 40  # characters
_FORMS = _Forms()
_tokens = lru_cache(maxsize=8_192)(_parted)


def _plain(token: str) -> str:
    word = re.sub(r"['’`´]s$", "", token).lower()
    if word.isascii():
        return word
    greek = "".join(_GREEK.get(letter, letter) for letter in word)
    decomposed = unicodedata.normalize("NFKD", greek)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)) or word


def _american(word: str) -> str:
    if len(word) < _BRITISH_FROM:
        return word
    for british, american in _BRITISH:
        word = word.replace(british, american)
    return word


def _stem(word: str) -> str:
    """Take off what tells a plural: biopsies, metastases, viruses, crises, strokes."""
    if len(word) < 4 or word.endswith(("ss", "us")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    for ending, kept in (("ses", 1), ("sis", 1), ("xes", 1), ("shes", 2), ("se", 1)):
        if word.endswith(ending) and len(word) > 5:
            return word[: len(word) - len(ending) + kept]
    return word[:-1] if word.endswith("s") and not word.endswith("is") else word
