"""The words by which trials are compared: folded, counted, and weighed by their rarity."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
_NEGATED = re.compile(r"\bnon[\s-]+(?=[a-z])")
_VOWELS = (("aemi", "emi"), ("oedem", "edem"), ("oesoph", "esoph"), ("aeti", "eti"))

# Words that say that a text is about a trial, not what the trial is about.
_EVERYWHERE = frozenset(
    """
    a about after all also among an and any are as assess assessment at be been before being
    between both but by can clinical compare compared comparison controlled day days did do does
    double blind dose during each effect effective effectiveness effects efficacy either enrolled
    evaluate evaluating evaluation feasibility first following for from given group groups had has
    have how human if ii iii in into is it its label may month months more multicenter new no not
    of on open or other outcome outcomes over participants patient patients people phase pilot
    placebo primary prospective purpose randomised randomized receive receiving safety secondary
    single study studies subject subjects such than that the their them there these they this those
    through to tolerability treat treated treating treatment treatments trial trials two under using
    versus via vs was we week weeks were what when whether which who will with without year years
    """.split()  # noqa: SIM905
)


def folded(text: str) -> str:
    """Return a text in lower case, without accents, in American spelling, `non-x` as one word.

    >>> folded("Non-ischaemic Œdema")
    'nonischemic edema'
    """
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for british, american in _VOWELS:
        plain = plain.replace(british, american)
    return _NEGATED.sub("non", plain)


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """Return a folded word without its plural ending.

    >>> [singular(word) for word in ("cardiomyopathies", "cells", "sinus", "illness")]
    ['cardiomyopathy', 'cell', 'sinus', 'illness']
    """
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def telling_words(text: str) -> list[str]:
    """Return the words of a text that can tell one trial from another, in order."""
    words = (singular(word) for word in _WORD.findall(folded(text)) if word not in _EVERYWHERE)
    return [word for word in words if len(word) > 1 and not word.isdigit()]


Weights = Mapping[str, float]


def rarity(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """Return how much each term tells: the logarithm of 1 + documents / documents with it."""
    with_term: Counter[str] = Counter()
    total = 0
    for terms in documents:
        total += 1
        with_term.update(set(terms))
    return {term: math.log1p(total / count) for term, count in with_term.items()}


def weighted(counts: Weights, tells: Weights) -> dict[str, float]:
    """Return a vector of length 1: each term by how often (damped) and by how much it tells."""
    raw = {
        term: (1 + math.log(count) if count > 1 else count) * tells.get(term, 0.0)
        for term, count in counts.items()
    }
    length = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {term: weight / length for term, weight in raw.items()} if length else {}


def cosine(one: Weights, other: Weights) -> float:
    """Return how alike two vectors of length 1 are: 0 for nothing in common, 1 for the same."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return min(sum(weight * large.get(term, 0.0) for term, weight in small.items()), 1.0)


def shared(one: Weights, other: Weights) -> list[str]:
    """Return the terms that two vectors share, those that make them alike the most first."""
    both = {term: weight * other[term] for term, weight in one.items() if term in other}
    return sorted(both, key=lambda term: (-both[term], term))
