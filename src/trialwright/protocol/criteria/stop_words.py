"""Names in public vocabularies that are ordinary words, and why each is no fact (stop_words.yaml).

The project's own lexicons are edited by hand and are not held back by it.
"""

from functools import cache

from trialwright.protocol.criteria.measures import Entry, load_yaml
from trialwright.protocol.criteria.spelling import normal


class Stopped(Entry, frozen=True):
    """Words that are held back together, and the reason."""

    why: str
    words: tuple[str, ...]


class StopWords(Entry, frozen=True):
    """All words that are held back, and the version of the list."""

    version: str
    stopped: tuple[Stopped, ...]


def is_stopped(name: str) -> bool:
    """Say whether a vocabulary's name is an ordinary word.

    >>> is_stopped("Death"), is_stopped("heart failure")
    (True, False)
    """
    return normal(name) in _forms()


@cache
def _forms() -> frozenset[str]:
    listed = load_yaml("stop_words.yaml", StopWords)
    return frozenset(normal(word) for group in listed.stopped for word in group.words)
