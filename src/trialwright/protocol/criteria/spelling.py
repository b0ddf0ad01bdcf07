"""One normal form for all spellings of a word: case, plural, British or American, accents.

`Oesophageal-varices` and `esophageal varice` have the same form. Words are what letters and digits
make; spaces and hyphens only part them; every other character stands for itself.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
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
    parts: list[str]  # what stands before a token, the token, what stands before the next ..
    forms: list[str]  # of the tokens

    def spans(self, found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return where spans of the normal form stand in the text, spaces outside left out."""
        normal = list(accumulate(map(len, self.forms), initial=0))
        own = list(accumulate(map(len, self.parts), initial=0))
        return [
            (own[2 * bisect_right(normal, start) - 1], own[2 * bisect_right(normal, end - 1)])
            for start, end in found
        ]


def spelled(text: str) -> Spelled:
    """Return a text with its normal form; that of a short one is kept, for the next matcher."""
    return _kept(text) if len(text) < _SHORT else _spelled(text)


def _spelled(text: str) -> Spelled:
    parts = _TOKEN.split(text)
    forms = list(map(_FORMS.__getitem__, parts[1::2]))
    return Spelled(text, "".join(forms), parts, forms)


_SHORT = 4_000  # characters
_kept = lru_cache(maxsize=256)(_spelled)


def normal(name: str) -> str:
    """Return the normal form of a name: two names with the same form are one.

    >>> normal("Hypertrophic cardiomyopathies") == normal("hypertrophic  cardio-myopathy")
    False
    >>> normal("Crohn's disease, ileal") == normal("crohn diseases, ileal")
    True
    """
    return "".join(map(_FORMS.__getitem__, _TOKEN.findall(name)))


class _Forms(dict[str, str]):
    """The forms of tokens that were met; forgotten where they grow too many."""

    def __missing__(self, token: str) -> str:
        form = _form(token)
        if len(token) <= _LONGEST_MET:
            if len(self) >= _MET:
                self.clear()
            self[token] = form
        return form


def _form(written: str) -> str:
    if written[0].isalnum():
        return f"{_OPEN}{_stem(_american(_plain(written)))}{_CLOSE}"
    return "'" if written in _APOSTROPHES else written


_MET = 50_000
_LONGEST_MET = 40  # characters
_FORMS = _Forms()


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
