"""Related trials, in two lists that say why: by characteristics, and by the text alone.

By characteristics, a trial is close that treats the same people with the same kind of thing; the
two count together more than their sum, because a device for the same disease and the same product
for another organ are both weak relatives. A team counts for itself; a design only
orders what is close already. How
much a shared word or heading counts is how rare it is among the candidates.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from trialwright.record.model import Study
from trialwright.registry.fields import in_words
from trialwright.registry.model import RelatedEntry, RelatedTrials
from trialwright.registry.profile import Profile, profile
from trialwright.registry.words import Weights, cosine, rarity, shared, weighted

# How much each part of the likeness counts; together 1.
CONDITION, INTERVENTION, BOTH = 0.25, 0.15, 0.45
TEAM, DESIGN = 0.08, 0.07

_WORDS_SHOWN = 4
_DIGITS = 4

_Judged = tuple[float, tuple[str, ...]]  # the score and the reasons


@dataclass(frozen=True, slots=True)
class _Compared:
    """A profile and its three vectors, each of length 1."""

    profile: Profile
    condition: Weights
    intervention: Weights
    text: Weights


_Judge = Callable[["_Compared", "_Compared"], _Judged]


def related(
    study: Study, candidates: Iterable[Study], named: Sequence[str] = (), limit: int = 10
) -> RelatedTrials:
    """Compare a study with candidates and return the closest of them, each with its reasons.

    `named` are the numbers that the study's own page lists. Ties go to the lower number.
    """
    own = profile(study)
    profiles = [profile(candidate) for candidate in candidates]
    others = [one for one in profiles if one.nct_id != own.nct_id]
    compared = _compared([own, *others])
    return RelatedTrials(
        by_characteristics=_list(compared, _by_characteristics, limit),
        by_text=_list(compared, _by_text, limit),
        named_on_the_page=tuple(named),
    )


def _compared(profiles: Sequence[Profile]) -> list[_Compared]:
    condition = rarity(one.condition for one in profiles)
    intervention = rarity(one.intervention for one in profiles)
    text = rarity(one.text for one in profiles)
    return [
        _Compared(
            one,
            weighted(one.condition, condition),
            weighted(one.intervention, intervention),
            weighted(one.text, text),
        )
        for one in profiles
    ]


def _list(
    compared: Sequence[_Compared], judge: Callable[[_Compared, _Compared], _Judged], limit: int
) -> tuple[RelatedEntry, ...]:
    own, *others = compared
    judged = ((other.profile, *judge(own, other)) for other in others)
    entries = [
        RelatedEntry(one.nct_id, one.brief_title, round(score, _DIGITS), reasons)
        for one, score, reasons in judged
        if round(score, _DIGITS) > 0
    ]
    return tuple(sorted(entries, key=lambda entry: (-entry.score, entry.nct_id))[:limit])


def _by_text(own: _Compared, other: _Compared) -> _Judged:
    words = shared(own.text, other.text)[:_WORDS_SHOWN]
    return cosine(own.text, other.text), (f"words in common: {', '.join(words)}",)


def _by_characteristics(own: _Compared, other: _Compared) -> _Judged:
    condition = cosine(own.condition, other.condition)
    intervention = cosine(own.intervention, other.intervention)
    team = _same_team(own.profile, other.profile)
    design = _same_design(own.profile, other.profile)
    both = math.sqrt(condition * intervention)
    score = CONDITION * condition + INTERVENTION * intervention + BOTH * both
    score += TEAM * bool(team)
    if both:  # many trials are alike in design alone
        score += DESIGN * len(design) / len(own.profile.design)
    reasons = (*_condition_reasons(own, other), *_intervention_reasons(own, other))
    return score, (*reasons, *team, *design)


def _condition_reasons(own: _Compared, other: _Compared) -> tuple[str, ...]:
    names = other.profile.names
    same = [names[words] for words in own.profile.names if words in names]
    if same:
        return tuple(f"same condition: {name}" for name in same)
    words = _plain(shared(own.condition, other.condition))
    return (f"condition in common: {', '.join(words)}",) if words else ()


def _intervention_reasons(own: _Compared, other: _Compared) -> tuple[str, ...]:
    terms = shared(own.intervention, other.intervention)
    labels = {"kind": "also gives", "route": "same route", "type": "same type of intervention"}
    told = tuple(
        f"{label}: {in_words(name)}"
        for kind, label in labels.items()
        for name in _of_kind(terms, kind)
    )
    words = [word for word in _plain(terms) if word not in other.condition]
    return (*told, f"intervention in common: {', '.join(words)}") if words else told


def _same_team(own: Profile, other: Profile) -> tuple[str, ...]:
    return tuple(f"same team: {name}" for key, name in own.team.items() if key in other.team)


def _same_design(own: Profile, other: Profile) -> tuple[str, ...]:
    both = {label: own.design[label] & other.design[label] for label in own.design}
    return tuple(
        f"same {label}: {', '.join(in_words(value) for value in sorted(values))}"
        for label, values in both.items()
        if values
    )


def _of_kind(terms: Iterable[str], kind: str) -> list[str]:
    return [term.removeprefix(f"{kind}:") for term in terms if term.startswith(f"{kind}:")]


def _plain(terms: Iterable[str]) -> list[str]:
    return [term for term in terms if ":" not in term][:_WORDS_SHOWN]
