"""Matching as a use case: narrow by status and text, close gates, read criteria, order.

A catalogue is never read whole: the search narrows it to candidates, and only these are read. What
is left out on the way is counted, by reason.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from itertools import islice

from trialwright.protocol.criteria.of_study import read_study, study_vocabulary
from trialwright.protocol.criteria.read import CriteriaReading
from trialwright.record.model import EligibilityModule, ProtocolSection, Study
from trialwright.registry.model import Card, Filters, Hit
from trialwright.registry.ports import Catalogue, ignore
from trialwright.screening.explain import shortened
from trialwright.screening.match.gates import closed
from trialwright.screening.match.model import (
    USUAL_REACH,
    Gate,
    MatchHit,
    MatchResult,
    Reach,
    Sought,
)
from trialwright.screening.match.order import TIERS, ordered
from trialwright.screening.match.query import query_text
from trialwright.screening.model import Eligible
from trialwright.screening.policy import OPEN_WORLD
from trialwright.screening.screen import check_told, screen
from trialwright.screening.setting import Setting
from trialwright.screening.terms import Terms

_BATCH = 50  # studies held in memory at a time

_HEADINGS = frozenset({"header", "subheader", "blank"})

Reader = Callable[[Study], CriteriaReading]


def match_patient(
    catalogue: Catalogue,
    sought: Sought,
    on: date,
    terms: Terms,
    reach: Reach = USUAL_REACH,
    progress: Callable[[int], None] = ignore,
) -> MatchResult:
    """Match one patient on a day; `progress` hears how many more candidates were judged.

    Silence is never read as absence here: nobody asked about these studies before.
    """
    query = query_text(sought.terms)
    studies = catalogue.search(limit=0).total
    with_status = catalogue.search(filters=Filters(status=reach.statuses), limit=0).total
    found = catalogue.search(query, Filters(status=reach.statuses), reach.candidates)
    at = Setting(sought.patient, on, OPEN_WORLD, terms)
    hits = tuple(_judged(catalogue, found.hits, at, cached_reader(), progress))
    return MatchResult(
        patient=sought.patient.id,
        hits=ordered(hits)[: reach.limit],
        studies=studies,
        considered=len(hits),
        left_out={
            "status": studies - with_status,
            "text": with_status - found.total,
            "beyond_candidates": found.total - len(hits),
        },
        tiers=_tiers(hits),
        gates=Counter(hit.gate.name for hit in hits if hit.gate),
        query=query,
        words_left_out=sought.words_left_out,
        notes=sought.notes,
    )


def cached_reader() -> Reader:
    """Return a reader that reads once in a run what studies share: text, fields, own words."""
    known: dict[tuple[Hashable, ...], CriteriaReading] = {}

    def read(study: Study) -> CriteriaReading:
        fields = _fields(study)
        key = (
            fields.eligibility_criteria,
            fields.minimum_age,
            fields.maximum_age,
            fields.sex,
            *(each.names for each in study_vocabulary(study)),
        )
        if key not in known:
            known[key] = read_study(study)
        return known[key]

    return read


def judged(study: Study, card: Card, text_score: float, at: Setting, read: Reader) -> MatchHit:
    """Judge one study: its gates, and where they are open its criteria.

    Raises InputError where the policy closes a domain of which the patient's source has no table.
    """
    check_told((at.patient,), at.policy)
    gate: Gate | None = closed(_fields(study), at)
    if gate is not None:
        return MatchHit(card, text_score, gate, None)
    reading = read(study)
    screening = screen(at.patient, reading.items, at.on, at.policy, terms=at.terms)
    return MatchHit(card, text_score, None, screening, _unread(reading))


def _fields(study: Study) -> EligibilityModule:
    section = study.protocol_section or ProtocolSection()
    return section.eligibility_module or EligibilityModule()


def _unread(reading: CriteriaReading) -> str | None:
    """Say what of the text stands outside the criteria; a fit cannot be told without it."""
    if all(item.span == (0, 0) for item in reading.items):  # at most what the fields say
        return "no criteria could be read in the record"
    passages = [piece.text.strip() for piece in reading.leftover if piece.kind not in _HEADINGS]
    if not any(passages):
        return None
    return f"{len(passages)} passages were read as no criterion: {shortened(passages[0], 60)!r}"


def _judged(
    catalogue: Catalogue,
    found: Sequence[Hit],
    at: Setting,
    read: Reader,
    progress: Callable[[int], None],
) -> Iterator[MatchHit]:
    waiting = iter(found)
    while batch := tuple(islice(waiting, _BATCH)):
        studies = {_number(each): each for each in catalogue.studies(h.nct_id for h in batch)}
        for hit in batch:
            if study := studies.get(hit.nct_id):  # gone meanwhile: then it is not counted as read
                yield judged(study, hit.card, hit.score, at, read)
            progress(1)


def _number(study: Study) -> str:
    section = study.protocol_section or ProtocolSection()
    return (section.identification_module and section.identification_module.nct_id) or ""


def _tiers(hits: Sequence[MatchHit]) -> dict[Eligible, int]:
    counts = Counter[Eligible](hit.eligible for hit in hits)
    return {tier: counts[tier] for tier in TIERS}
