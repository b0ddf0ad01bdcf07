"""What a study is compared by: whom it treats, with what, who runs it, how, and all its words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trialwright.record.model import Study
from trialwright.registry.fields import values
from trialwright.registry.kinds import WORDS_OF_GIVING, kinds, routes
from trialwright.registry.words import Weights, telling_words

_P = "protocol_section."
_TITLES = (
    _P + "identification_module.brief_title",
    _P + "identification_module.official_title",
)
_CONDITIONS = _P + "conditions_module.conditions"
_KEYWORDS = _P + "conditions_module.keywords"
_CONDITION_MESH = "derived_section.condition_browse_module.meshes.term"
_CONDITION_ANCESTORS = "derived_section.condition_browse_module.ancestors.term"
_INTERVENTION_MESH = "derived_section.intervention_browse_module.meshes.term"
_SUMMARY = _P + "description_module.brief_summary"
_ARMS = _P + "arms_interventions_module."
_NAMES = (_ARMS + "interventions.name", _ARMS + "interventions.other_names")
_DESCRIPTIONS = (_ARMS + "interventions.description",)
_TYPES = _ARMS + "interventions.type"
_TEAM = (
    _P + "sponsor_collaborators_module.lead_sponsor.name",
    _P + "sponsor_collaborators_module.collaborators.name",
    _P + "contacts_locations_module.overall_officials.name",
    _P + "contacts_locations_module.overall_officials.affiliation",
)
# What a term counts in each place. A title's words count as words of the condition, unless they
# name what is given or how: many records say nowhere else which form of the disease they mean.
_KEYWORD, _ANCESTOR = 0.5, 0.3
_KIND, _ROUTE, _TYPE = 2.0, 1.5, 1.0

# label of a characteristic of the design: where it stands
DESIGN: dict[str, str] = {
    "phase": _P + "design_module.phases",
    "purpose": _P + "design_module.design_info.primary_purpose",
    "intervention model": _P + "design_module.design_info.intervention_model",
    "allocation": _P + "design_module.design_info.allocation",
    "age groups": _P + "eligibility_module.std_ages",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A study, taken apart for comparison: what each of its terms counts.

    condition, intervention: terms are folded words, `mesh:..`, `kind:..`, `route:..`, `type:..`.
    names: the conditions as the record writes them, by their words. team: by folded name.
    """

    nct_id: str
    brief_title: str
    condition: Weights
    intervention: Weights
    text: Weights
    names: dict[tuple[str, ...], str]
    team: dict[str, str]
    design: dict[str, frozenset[str]]


def profile(study: Study) -> Profile:
    """Take a study apart for comparison; what the record does not say is left out of it."""
    return Profile(
        nct_id=next(iter(values(study, _P + "identification_module.nct_id")), ""),
        brief_title=next(iter(values(study, _TITLES[0])), ""),
        condition=_condition(study),
        intervention=_intervention(study),
        text=Counter(telling_words(_joined(study, *_TITLES, _CONDITIONS, _SUMMARY, *_NAMES))),
        names={
            tuple(sorted(telling_words(name))): name
            for name in (*values(study, _CONDITION_MESH), *values(study, _CONDITIONS))
        },
        team={name.casefold(): name for path in _TEAM for name in values(study, path)},
        design={label: frozenset(values(study, path)) - {"NA"} for label, path in DESIGN.items()},
    )


def key_words(study: Study) -> tuple[str, ...]:
    """Return the words to look for studies that may be related, for a catalogue to search by."""
    one = profile(study)
    words = (*one.condition, *one.intervention)
    return tuple(dict.fromkeys(word for word in words if ":" not in word))


def _condition(study: Study) -> Weights:
    terms: dict[str, float] = {}
    _count(terms, telling_words(_joined(study, _CONDITIONS, _CONDITION_MESH)), 1)
    _count(terms, telling_words(_joined(study, _KEYWORDS)), _KEYWORD)
    _count(terms, _title_words(study), 1)
    _count(terms, (f"mesh:{name}" for name in values(study, _CONDITION_MESH)), 1)
    _count(terms, (f"mesh:{name}" for name in values(study, _CONDITION_ANCESTORS)), _ANCESTOR)
    return terms


def _intervention(study: Study) -> Weights:
    terms: dict[str, float] = {}
    what = _joined(study, *_NAMES, *_TITLES)
    said = _joined(study, *_NAMES, *_TITLES, *_DESCRIPTIONS, _SUMMARY)
    _count(terms, telling_words(_joined(study, *_NAMES, _INTERVENTION_MESH)), 1)
    _count(terms, (f"kind:{name}" for name in kinds(what)), _KIND)
    _count(terms, (f"route:{name}" for name in routes(said)), _ROUTE)
    _count(terms, (f"type:{name}" for name in values(study, _TYPES)), _TYPE)
    _count(terms, (f"mesh:{name}" for name in values(study, _INTERVENTION_MESH)), 1)
    return terms


def _title_words(study: Study) -> Iterator[str]:
    """Yield the words of the titles that do not name what is given, or how."""
    given = {*telling_words(_joined(study, *_NAMES)), *WORDS_OF_GIVING}
    return (word for word in telling_words(_joined(study, *_TITLES)) if word not in given)


def _count(terms: dict[str, float], found: Iterable[str], worth: float) -> None:
    """Give each term what it is worth in its best place; saying it twice is not more of it."""
    for term in found:
        terms[term] = max(terms.get(term, 0.0), worth)


def _joined(study: Study, *paths: str) -> str:
    return " . ".join(text for path in paths for text in values(study, path))
