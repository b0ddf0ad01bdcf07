"""Whether the words of a record resemble a thing, so that a person should look.

Words are compared without case, accents, hyphens and the spellings that differ between British and
American English (haemorrhage, tumour, leucocyte); Latin stems then meet across languages too. A
resemblance proves nothing: it only forbids to read a silence as absence.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_APART = re.compile(r"[^a-z0-9]+")
_LETTERS = re.compile(r"[a-z]{3}")
_SPELLINGS = (
    ("ae", "e"), ("oe", "e"), ("leuc", "leuk"), ("tumour", "tumor"), ("isation", "ization"),
)  # fmt: skip
_GLUE = frozenset({
    "a", "an", "and", "by", "disease", "diseases", "disorder", "disorders", "for", "illness", "in",
    "of", "or", "the", "to", "with",
})  # fmt: skip
_SHORT = 4  # a name of at most so many letters, all capitals, is a short form: ICD, HIV


@dataclass(frozen=True, slots=True)
class Mark:
    """Stems and short forms that must all occur in a record's words."""

    stems: tuple[str, ...]
    wholes: tuple[str, ...] = ()

    @staticmethod
    def of_name(name: str) -> "Mark":
        """Return the mark of a full name: its words without their endings."""
        if _is_short_form(name):
            return Mark((), (name.lower(),))
        words = folded(name).split()
        telling = [word for word in words if word not in _GLUE] or words
        return Mark(tuple(_stem(word) for word in telling))

    @staticmethod
    def of_fragments(fragments: str) -> "Mark":
        """Return the mark of fragments, which stand anywhere in a word: `cerebr infarct`."""
        if _is_short_form(fragments):
            return Mark((), (fragments.lower(),))
        return Mark(tuple(folded(fragments).split()))

    def fits(self, words: str) -> bool:
        """Say whether folded words carry the mark."""
        return all(stem in words for stem in self.stems) and all(
            f" {whole} " in f" {words} " for whole in self.wholes
        )


def fit(marks: Iterable[Mark], words: str) -> bool:
    """Say whether folded words carry one of the marks."""
    return any(mark.fits(words) for mark in marks)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return words in the form in which they are compared.

    >>> folded("Hémorragie sous-arachnoïdienne"), folded("Leucocytes / Haemoglobin")
    ('hemorragie sous arachnoidienne', 'leukocytes hemoglobin')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for british, american in _SPELLINGS:
        letters = letters.replace(british, american)
    return _APART.sub(" ", letters).strip()


def says_something(words: str) -> bool:
    """Say whether folded words are words: a bare code or a question mark is none."""
    return _LETTERS.search(words) is not None


def _stem(word: str) -> str:
    """Return a word without its ending: dialysis and dialyse share `dialys`."""
    return word[: max(5, len(word) - 2)] if len(word) > 5 else word


def _is_short_form(text: str) -> bool:
    return len(text) <= _SHORT and text.isupper()
