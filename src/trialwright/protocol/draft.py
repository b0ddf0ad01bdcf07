"""A protocol drafted from a registry record.

What is published keeps its source. What is not is assumed, with a reason that a person can judge:
nothing is filled in silently.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from trialwright.core.canonical import digest
from trialwright.core.errors import InputError
from trialwright.protocol.assumptions import assumptions
from trialwright.protocol.criteria.of_study import read_study
from trialwright.protocol.criteria.read import CriteriaReading
from trialwright.protocol.criteria_file.entries import entry_of
from trialwright.protocol.draft_dosing import DosingDraft, draft_dosing
from trialwright.protocol.draft_endpoints import draft_endpoints, draft_visits
from trialwright.protocol.draft_headings import require_headings
from trialwright.protocol.model import (
    CriterionEntry,
    DoseLimitingToxicity,
    Dosing,
    Escalation,
    Gate,
    Identity,
    Infusions,
    Protocol,
    Relatedness,
    Stated,
)
from trialwright.protocol.sources import ARMS, Sources, fact_text, from_fact, from_record
from trialwright.record.record import Record

# What publications call the escalation methods, and the name of each here.
_METHODS = (
    (r"\bTITE-? ?BOIN\b", "tite_boin"),
    (r"\bTITE-? ?CRM\b|time-to-event continual reassessment", "tite_crm"),
    (r"\bBOIN-?12\b", "boin12"),
    (r"\bBOIN\b|bayesian optimal interval", "boin"),
    (r"\b3\s*\+\s*3\b|three[\s-]plus[\s-]three", "three_plus_three"),
    (r"\bmTPI-?2\b", "mtpi2"),
    (r"\bmTPI\b|toxicity probability interval", "mtpi"),
    (r"\bkeyboard\b", "keyboard"),
    (r"\bi3\s*\+\s*3\b", "i3_plus_3"),
    (r"\bTPI\b", "tpi"),
    (r"\bBLRM\b|bayesian logistic regression", "blrm"),
    (r"\bEffTox\b", "efftox"),
    (r"\bCRM\b|continual reassessment", "crm"),
)
_AtLowest = Literal["continue", "stop"]
_USED = frozenset(
    {"escalation_method", "infusions", "infusion_days", "infusion_interval", "patients"}
)


def draft(
    record: Record, name: str = "record", answers: Mapping[str, Decimal] | None = None
) -> Protocol:
    """Draft the protocol of a record.

    `answers` settles doses whose spelling allows several readings, by their words. Raises
    InputError where the record names no trial, states no dose, leaves a dose in doubt, or claims
    arithmetic that does not hold; the message names the place.
    """
    sources = Sources(record, name, assumptions(), answers or {})
    dosing = draft_dosing(sources)
    taken = sources.assumed.taken
    return Protocol(
        trial=_identity(sources),
        version="0.1",
        enrolment_maximum=dosing.enrolment,
        dose_levels=dosing.levels,
        dosing=Dosing(
            dosing.unit,
            taken("dosing.weight_kg", tuple[float, float]),
            taken("dosing.tolerance_percent", float),
        ),
        infusions=dosing.infusions,
        cohorts=dosing.cohorts,
        escalation=_escalation(sources),
        dlt=_dlt(dosing.infusions, sources),
        gate=Gate(
            taken("gate.stagger", str),
            taken("gate.board_quorum", int),
            taken("gate.minimum_evaluable", int),
        ),
        visits=draft_visits(sources),
        follow_up=taken("follow_up", str),
        endpoints=draft_endpoints(sources),
        criteria=_criteria(sources),
        product=_product(sources, dosing),
        published=_published(sources),
    )


def _identity(sources: Sources) -> Identity:
    titles = sources.section.identification_module
    nct_id = (titles.nct_id if titles else None) or ""
    title = (titles.brief_title or titles.official_title) if titles else None
    if not re.fullmatch(r"NCT[0-9]{8}", nct_id) or not title:
        where = sources.place("protocolSection.identificationModule")
        raise InputError(where, "no NCT number or no title", "a record that names its trial")
    return Identity(nct_id, title, digest(sources.record.study))


def _escalation(sources: Sources) -> Escalation:
    taken = sources.assumed.taken
    return Escalation(
        method=_method(sources),
        target=taken("escalation.target", float),
        cutoff_eli=taken("escalation.cutoff_eli", float),
        lowest_dose_stay=_at_lowest("stay", sources),
        lowest_dose_deescalate=_at_lowest("deescalate", sources),
    )


def _at_lowest(what: str, sources: Sources) -> Stated[_AtLowest]:
    key = f"escalation.lowest_dose_{what}"
    stop = sources.assumed.values[key].value == "stop"
    reason = sources.assumed.reason(key)
    return Stated("stop" if stop else "continue", assumed=True, reason=reason)


def _method(sources: Sources) -> Stated[str]:
    fact = sources.fact("escalation_method")
    if not fact:
        return sources.assumed.taken("escalation.method", str)
    text = fact_text(fact)
    known = (name for pattern, name in _METHODS if re.search(pattern, text, re.IGNORECASE))
    name = next(known, None)
    if name is None:
        where = f"{sources.name}, design fact escalation_method"
        raise InputError(where, repr(text), f"one of {', '.join(n for _, n in _METHODS)}")
    return Stated(name, from_fact(fact))


def _dlt(infusions: Infusions, sources: Sources) -> DoseLimitingToxicity:
    """Watch every patient until some weeks after the last infusion, counted from the first."""
    taken, days = sources.assumed.taken, infusions.days.value
    after = taken("dlt.days_after_last_infusion", int)
    end = max(days) + after.value
    reason = sources.assumed.reason(
        "dlt.window", after=after.value, count=len(days), last=max(days), end=end
    )
    return DoseLimitingToxicity(
        taken("dlt.definition", str),
        taken("dlt.grade_from", int),
        _relatedness(sources),
        Stated(f"P{end}D", assumed=True, reason=reason),
        after,
        taken("dlt.minimum_exposure_percent", float),
    )


def _relatedness(sources: Sources) -> Stated[Relatedness]:
    key = "dlt.relatedness_from"
    value = msgspec.convert(sources.assumed.values[key].value, Relatedness)
    return Stated(value, assumed=True, reason=sources.assumed.reason(key))


def reading_of(record: Record) -> CriteriaReading:
    """Read the eligibility criteria of a record."""
    return read_study(record.study)


def _criteria(sources: Sources) -> tuple[CriterionEntry, ...]:
    module = sources.section.eligibility_module
    require_headings((module.eligibility_criteria if module else None) or "", sources)
    return tuple(entry_of(item) for item in reading_of(sources.record).items)


def _product(sources: Sources, dosing: DosingDraft) -> Stated[str]:
    names = [i.name for i in sources.interventions if i.name]
    if names:
        return Stated(names[0], from_record(f"{ARMS}.interventions[0].name"))
    label = next((arm.label for arm in sources.arms if arm.label), None)
    if label:
        return Stated(label, from_record(f"{ARMS}.armGroups[0].label"))
    where = sources.place(f"{ARMS}.interventions")
    raise InputError(where, f"no product is named for {dosing.unit}", "an intervention with a name")


def _published(sources: Sources) -> tuple[Stated[str], ...]:
    """Return the design facts that no other part of the protocol uses yet."""
    kept = (fact for fact in sources.record.design_facts if fact.topic not in _USED)
    said = ((fact.topic.replace("_", " "), fact_text(fact), from_fact(fact)) for fact in kept)
    return tuple(Stated(f"{topic}: {text}", source) for topic, text, source in said)
