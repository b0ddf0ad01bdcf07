"""The noun phrase that ends at a place: `PDA diameter`, `duration of the pain`."""

import re

from trialwright.protocol.criteria.facts.places import rstrip, word_start
from trialwright.protocol.criteria.facts.words import HEADS, PEOPLE, STOP, TIME_HEADS

_REACH = 160  # characters
_MOST_WORDS = 9
_CUT = re.compile(r"(?<=[a-z]{4}):|\)/|[;,()\[\]{}•，；：（）\\\n<>=≥≤?!]|\.\s|:\s|\s[-–—]\s")


def phrase_start(text: str, at: int, least: int) -> int | None:
    """Return where the noun phrase that ends at a place begins."""
    if at > least and text[at - 1] == ".":
        return None
    if text[word_start(text, at, least) : at].lower() in STOP:
        return None
    begin = max(least, at - _REACH)
    cut = max((found.end() for found in _CUT.finditer(text, begin, at)), default=begin)
    start, words = at, 0
    while start > cut and words < _MOST_WORDS:
        end = rstrip(text, start, cut)
        word_at = word_start(text, end, cut)
        word = text[word_at:end].lower().strip(".:")
        if (
            not word
            or not any(c.isalpha() for c in word)
            or word in PEOPLE
            or (word in STOP and not _is_inside(text, word, word_at, cut))
        ):
            break
        start, words = word_at, words + 1
    return start if 0 < words < _MOST_WORDS else None


def _is_inside(text: str, word: str, at: int, cut: int) -> bool:
    """Say whether `of`, `the` stands inside a phrase such as `diameter of the tumour`."""
    if word not in ("of", "the", "in", "for"):
        return False
    end = rstrip(text, at, cut)
    word_at = word_start(text, end, cut)
    before = text[word_at:end].lower()
    if before in ("of", "in", "for") and word == "the":
        end = rstrip(text, word_at, cut)
        before = text[word_start(text, end, cut) : end].lower()
    return before in HEADS or before in TIME_HEADS
