"""The part of a draft that says what is asked, and at which visits it is measured."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from trialwright.protocol.assumptions import Effects
from trialwright.protocol.criteria.facts import named_concepts
from trialwright.protocol.criteria.matcher import Matcher
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.nodes import Has
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.model import Endpoint, Stated, Summary, Visit
from trialwright.protocol.sources import Sources, from_record
from trialwright.record.model import Outcome

_TOXICITY = re.compile(r"\bdose[\s-]limiting\b|\bDLTs?\b|\bmaximum tolerated dose\b", re.IGNORECASE)
_SAFETY = re.compile(r"\badverse\b|\bsafety\b|\btoxicit|\btolerab|\bSAEs?\b", re.IGNORECASE)
_TIME = re.compile(r"(?P<n>\d+)\s*-?\s*(?P<unit>months?|weeks?|years?|days?)", re.IGNORECASE)
_DAYS = {"m": 30.4, "w": 7.0, "y": 365.0, "d": 1.0}


def draft_visits(sources: Sources) -> tuple[Visit, ...]:
    """Return the customary visits, with the measures that the condition calls for."""
    reason = sources.assumed.reason("visits")
    taken = _measures(sources)
    return tuple(
        Visit(plan.name, Stated(plan.day, assumed=True, reason=reason), plan.window_days, taken)
        for plan in sources.assumed.visits
    )


def draft_endpoints(sources: Sources) -> tuple[Endpoint, ...]:
    """Return the record's outcome measures where it has any, else what is customary."""
    published = tuple(_published(sources))
    if published:
        return published
    return (*_safety(sources), *_effect(sources))


def conditions(sources: Sources) -> tuple[str, ...]:
    """Return the concepts that the record names as its condition, else those of its titles."""
    module = sources.section.conditions_module
    titles = sources.section.identification_module
    listed = (*module.conditions, *module.keywords) if module else ()
    named = (titles.brief_title, titles.official_title) if titles else ()
    return _concepts(listed) or _concepts(filter(None, named))


def _concepts(texts: "Sequence[str] | Iterator[str] | filter[str]") -> tuple[str, ...]:
    pieces = (piece for text in texts for piece in named_concepts(text))
    found = (n.concept for p in pieces if p.node for n in walk(p.node) if isinstance(n, Has))
    return tuple(dict.fromkeys(concept for concept in found if concept))


def _effects(sources: Sources) -> tuple[str, Effects] | None:
    table = sources.assumed.effects
    return next(((name, table[name]) for name in conditions(sources) if name in table), None)


def _measures(sources: Sources) -> tuple[str, ...]:
    found = _effects(sources)
    customary = (
        (*(plan.measure for plan in found[1].endpoints), *found[1].also_taken) if found else ()
    )
    asked = (endpoint.measure for endpoint in _published(sources))
    known = (name for name in (*customary, *asked) if lexicon().knows(name))
    return tuple(dict.fromkeys(known))


def _safety(sources: Sources) -> Iterator[Endpoint]:
    reason = sources.assumed.reason("endpoints.safety")
    questions: tuple[tuple[str, str, Summary, str], ...] = (
        ("dlt", "dlt", "proportion", "What proportion of patients has a dose-limiting toxicity?"),
        (
            "adverse_events",
            "adverse_events",
            "counts",
            "Which adverse events occur, and how often?",
        ),
    )
    for name, measure, summary, question in questions:
        stated = Stated(question, assumed=True, reason=reason)
        yield Endpoint(name, "primary", stated, measure, None, summary)


def _effect(sources: Sources) -> Iterator[Endpoint]:
    found = _effects(sources)
    if not found:
        return
    condition, effects = found
    reason = sources.assumed.reason("endpoints.effect", condition=condition.replace("_", " "))
    for plan in effects.endpoints:
        stated = Stated(plan.question, assumed=True, reason=reason)
        visit = sources.assumed.effect_visit
        yield Endpoint(plan.measure, "secondary", stated, plan.measure, visit, plan.summary)


# --- outcome measures that the record publishes ------------------------------------------------


def _published(sources: Sources) -> Iterator[Endpoint]:
    module = sources.section.outcomes_module
    if not module:
        return
    listed = (("primary", module.primary_outcomes), ("secondary", module.secondary_outcomes))
    seen: set[str] = set()
    for role, outcomes in listed:
        for i, outcome in enumerate(outcomes):
            field = f"protocolSection.outcomesModule.{role}Outcomes[{i}]"
            endpoint = _endpoint(outcome, role == "primary", field, sources)
            if endpoint and endpoint.id not in seen:
                seen.add(endpoint.id)
                yield endpoint


def _endpoint(outcome: Outcome, primary: bool, field: str, sources: Sources) -> Endpoint | None:
    text = outcome.measure or ""
    measure, summary = _measure(text)
    if not measure:
        return None
    visit = _visit(outcome.time_frame or "", sources) if lexicon().knows(measure) else None
    question = Stated(text, from_record(field))
    name = f"{measure}_{visit.lower().replace(' ', '_')}" if visit else measure
    return Endpoint(name, "primary" if primary else "secondary", question, measure, visit, summary)


def _measure(text: str) -> tuple[str | None, Summary]:
    if _TOXICITY.search(text):
        return "dlt", "proportion"
    if found := _names().find(text):
        name = found[0].value
        ratio = name in ("nt_probnp", "bnp")
        scale = name in lexicon().scales
        return name, "shift" if scale else "geometric_ratio" if ratio else "mean_change"
    return ("adverse_events", "counts") if _SAFETY.search(text) else (None, "counts")


@cache
def _names() -> Matcher[str]:
    known = lexicon()
    measures = ((name, key) for key, each in known.measures.items() for name in each.names)
    scales = ((name, key) for key, each in known.scales.items() for name in each.names)
    return Matcher((*measures, *scales))


def _visit(time_frame: str, sources: Sources) -> str | None:
    """Return the planned visit that a time frame names, within that visit's window."""
    found = _TIME.search(time_frame)
    if not found:
        return None
    day = int(found["n"]) * _DAYS[found["unit"][0].lower()]
    near = (p for p in sources.assumed.visits if abs(p.day - day) <= p.window_days and p.day > 0)
    return next((plan.name for plan in near), None)
