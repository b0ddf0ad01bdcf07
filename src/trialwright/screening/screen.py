"""One patient against all criteria: the section's polarity, the overall answer, what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.screening.asking import Asking, asking
from trialwright.screening.evaluate import evaluate, opposite
from trialwright.screening.model import (
    Answer,
    Answers,
    CriterionVerdict,
    Eligible,
    Evidence,
    Patient,
    PatientScreening,
    Verdict,
)
from trialwright.screening.policy import OPEN_WORLD, Policy
from trialwright.screening.setting import Setting
from trialwright.screening.terms import Terms

NO_ANSWERS: Answers = MappingProxyType({})
ALIVE = "alive"  # the standing criterion that no record needs to write down


def screen(
    patient: Patient,
    criteria: Iterable[Criterion],
    on: date,
    policy: Policy = OPEN_WORLD,
    *,
    terms: Terms,
    answers: Mapping[str, Answer] = NO_ANSWERS,
) -> PatientScreening:
    """Screen a patient on a day.

    `answers` are a person's answers by criterion id. They settle what a record cannot: judgement,
    attestation, words that were not understood, history that is not recorded. They never replace
    a measurement, and never overrule the record. A patient known to have died by then is not
    eligible, whatever the criteria say.
    """
    criteria = tuple(criteria)
    setting = Setting(patient, on, policy, terms).indexed()
    verdicts = _living(patient, on) + tuple(
        _demanded(criterion, replace(setting, answer=answers.get(criterion.id)))
        for criterion in criteria
    )
    failed = tuple(v.id for v in verdicts if v.verdict.truth is Truth.FALSE)
    open_ids = tuple(v.id for v in verdicts if v.verdict.truth is Truth.UNKNOWN)
    undecided = bool(open_ids) and not failed
    next_asked = asking(criteria, verdicts, setting, answers) if undecided else Asking()
    return PatientScreening(
        id=patient.id,
        eligible=_overall(failed, open_ids),
        criteria=verdicts,
        deciding=failed,
        would_decide=() if failed else open_ids,
        on=on,
        policy=str(policy),
        simulated=patient.simulated,
        facts=next_asked.facts,
        could_exclude=next_asked.could_exclude,
        facts_exact=next_asked.exact,
        facts_suffice=next_asked.suffice,
    )


def check_told(patients: Iterable[Patient], policy: Policy) -> None:
    """Refuse a closed world for what somebody's source has no place to record."""
    for patient in patients:
        policy.closed_world.check_told(patient.untold, f"the source of patient {patient.id}")


def _overall(failed: tuple[str, ...], open_ids: tuple[str, ...]) -> Eligible:
    if failed:
        return "no"
    return "undecided" if open_ids else "yes"


def _demanded(criterion: Criterion, at: Setting) -> CriterionVerdict:
    """Evaluate a criterion as eligibility demands it: here, once, an exclusion is turned round."""
    excludes = criterion.section == "exclusion"
    read = _with_disagreement(evaluate(criterion.expr, at), at.answer)
    verdict = opposite(read) if excludes else read
    return CriterionVerdict(criterion.id, criterion.section, criterion.text, verdict)


def _with_disagreement(verdict: Verdict, answer: Answer | None) -> Verdict:
    """Note where a person answered otherwise than the record decides; the record stands."""
    if answer is None or answer.truth is Truth.UNKNOWN or verdict.truth is Truth.UNKNOWN:
        return verdict
    if answer.truth is verdict.truth:
        return verdict
    rule = f"{answer.by} answered otherwise; the record stands until it is corrected"
    note = Evidence(None, "answer", None, None, answer.at, rule, verdict.truth)
    return Verdict(verdict.truth, None, (*verdict.evidence, note))


def _living(patient: Patient, on: date) -> tuple[CriterionVerdict, ...]:
    """Return the standing criterion only where a death is on record; one without a date counts."""
    if not patient.deceased:
        return ()
    died = patient.died.between(date.min, on) if patient.died else Truth.TRUE
    day = str(patient.died) if patient.died else None
    record = f"Patient/{patient.id}"
    evidence = Evidence(record, "death", "deceased", None, day, "death on record", died)
    verdict = Verdict(~died, "no_data" if died is Truth.UNKNOWN else None, (evidence,))
    return (CriterionVerdict(ALIVE, "inclusion", "Alive on the day of screening", verdict),)
