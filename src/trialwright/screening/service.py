"""Screening as a use case: a protocol's criteria, patients, a day and a policy in; answers out."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from trialwright.core.errors import InputError
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.service import criteria_of
from trialwright.screening.explain import headline, sentence
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    Answers,
    CriterionVerdict,
    OpenFact,
    Patient,
    PatientScreening,
)
from trialwright.screening.policy import OPEN_WORLD, Policy
from trialwright.screening.screen import NO_ANSWERS, check_told, screen
from trialwright.screening.terms import Terms

__all__ = ["check_lifetime", "criteria_of", "document", "screen_all"]

NOBODY: Mapping[str, Answers] = MappingProxyType({})


def screen_all(
    criteria: Iterable[Criterion],
    patients: Iterable[Patient],
    on: date,
    policy: Policy = OPEN_WORLD,
    *,
    answers: Mapping[str, Answers] = NOBODY,
    terms: Terms | None = None,
) -> tuple[PatientScreening, ...]:
    """Screen patients; `answers` are by patient id, `terms` the project's where none are given.

    Raises InputError where the policy closes a domain of which somebody's source has no table.
    """
    patients = tuple(patients)
    check_told(patients, policy)
    known = terms or project_terms()
    each = tuple(criteria)
    return tuple(
        screen(p, each, on, policy, terms=known, answers=answers.get(p.id, NO_ANSWERS))
        for p in patients
    )


def check_lifetime(patients: Iterable[Patient], on: date, where: str = "on") -> None:
    """Refuse a day of screening before somebody's birth; `where` names what gave the day."""
    for patient in patients:
        if patient.birth and patient.birth.earliest() > on:
            wanted = f"a day after the birth of patient {patient.id} ({patient.birth})"
            raise InputError(where, str(on), wanted)


def document(screenings: Iterable[PatientScreening]) -> dict[str, Any]:
    """Return the document that `screen --json` prints."""
    return {"patients": [_patient(screening) for screening in screenings]}


def _patient(screening: PatientScreening) -> dict[str, Any]:
    return {
        "id": screening.id,
        "simulated": screening.simulated,
        "on": screening.on.isoformat(),
        "policy": screening.policy,
        "eligible": screening.eligible,
        "summary": headline(screening),
        "deciding": list(screening.deciding),
        "would_decide": list(screening.would_decide),
        "facts": [_fact(each) for each in screening.facts],
        "facts_exact": screening.facts_exact,
        "facts_suffice": screening.facts_suffice,
        "could_exclude": [_fact(each) for each in screening.could_exclude],
        "criteria": [_criterion(criterion) for criterion in screening.criteria],
    }


def _fact(fact: OpenFact) -> dict[str, Any]:
    asked = {} if fact.question is None else {"question": fact.question}
    return {"kind": fact.kind, "name": fact.name, "criteria": list(fact.criteria)} | asked


def _criterion(criterion: CriterionVerdict) -> dict[str, Any]:
    verdict = criterion.verdict
    return {
        "id": criterion.id,
        "section": criterion.section,
        "verdict": verdict.truth.value,
        "unknown": verdict.unknown,
        "evidence": [
            {
                "record": piece.record,
                "what": piece.what,
                "recorded": piece.recorded,
                "conversion": piece.conversion,
                "date": piece.date,
                "rule": piece.rule,
                "truth": piece.truth.value,
                "text": sentence(piece),
            }
            for piece in verdict.evidence
        ],
    }
