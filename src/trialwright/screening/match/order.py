"""The order of a match: verdict first, then what the record says for a study, then the text.

1. Tiers: eligible, undecided, not eligible (a closed gate last of all).
2. Inside a tier, the score: the share of the best text score that this study reaches, plus a bonus
   for every inclusion criterion that a clinical record satisfies (age and sex say nothing of what
   a study is about). The bonus of the n-th one is half of that of the one before it, so that a
   long list of criteria does not beat a close one.
3. Ties go to the lower number.
"""

from collections.abc import Iterable

from trialwright.screening.match.model import MatchHit
from trialwright.screening.model import Eligible

TIERS: tuple[Eligible, ...] = ("yes", "undecided", "no")
BONUS = 0.25


def ordered(hits: Iterable[MatchHit]) -> tuple[MatchHit, ...]:
    """Return hits in the order of the match, the best first."""
    listed = tuple(hits)
    best = max((hit.text_score for hit in listed), default=0.0)
    return tuple(sorted(listed, key=lambda hit: _key(hit, best)))


def score(hit: MatchHit, best: float) -> float:
    """Return the score inside a tier: text against the best text, and what the record satisfies."""
    text = hit.text_score / best if best > 0 else 0.0
    return text + BONUS * (2 - 2.0 * 0.5**hit.speaking)


def _key(hit: MatchHit, best: float) -> tuple[int, bool, float, str]:
    return (
        TIERS.index(hit.eligible), hit.gate is not None, -score(hit, best), hit.card.nct_id,
    )  # fmt: skip
