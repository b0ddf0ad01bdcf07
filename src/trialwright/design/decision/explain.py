"""A resolved state in words: the decision or the recommendation with every reason."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trialwright.design.decision.precedence import is_overruled, stances, told
from trialwright.design.method import TimedMethod
from trialwright.design.model import (
    Cohort,
    CohortShort,
    Course,
    Decision,
    Outcomes,
    Reason,
    Recommendation,
    Resolved,
)
from trialwright.design.rules.backfill import Backfill
from trialwright.design.states import DRAWN, Resolution

if TYPE_CHECKING:
    from trialwright.design.design import Design


def explained(
    design: "Design", state: Outcomes, verdict: Resolved, noted: tuple[Reason, ...]
) -> Decision:
    """Return the decision in a state; `noted` are reasons about how the state came about."""
    fired = _fired(design, state, verdict)
    asked = stances(design, state, verdict, [reason.rule for reason in fired])
    disagreement = told(design, verdict, asked)
    settled = (Reason("precedence", disagreement),) if disagreement else ()
    return Decision(
        next_dose=None if verdict.allocation else verdict.next_dose or None,
        stop=verdict.next_dose == 0,
        admissible=verdict.admissible,
        method_wish=None if verdict.draws else min(verdict.wish, design.doses) or None,
        reasons=(
            _method_reason(design, state, verdict),
            *fired,
            *settled,
            *_drawn(verdict),
            *noted,
        ),
        overruled=is_overruled(design, verdict),
        next_size=_next_size(design, state) if verdict.next_dose else None,
        allocation=verdict.allocation,
    )


def _drawn(verdict: Resolved) -> tuple[Reason, ...]:
    if not verdict.draws or not verdict.next_dose:
        return ()
    shares = [f"dose {level} with {p:.3f}" for level, p in enumerate(verdict.allocation, 1) if p]
    drawn = f"the next dose is drawn: {', '.join(shares)}"
    only = f"nothing is drawn: dose {verdict.next_dose} is the only one left"
    return (Reason("randomise", drawn if shares else only),)


def recommended(design: "Design", state: Outcomes, dose: int) -> Recommendation:
    """Return the recommendation that selects `dose` (0: none), with its reasons."""
    name = design.method.name
    reasons = [Reason(name, design.method.explain_selection(state))]
    decision = design.explain_state(state)
    if dose == 0:
        rules = [rule.name for rule in design.rules if rule.name != "cohorts"]
        reasons += [reason for reason in decision.reasons if reason.rule in rules]
    reasons.append(
        Reason(name, f"dose {dose} is recommended" if dose else "no dose is recommended")
    )
    if not decision.stop:
        reasons.append(Reason("cohorts", "the design has not ended the trial yet"))
    return Recommendation(dose or None, tuple(reasons))


def deviations(design: "Design", course: Course, resolution: Resolution) -> tuple[Reason, ...]:
    """Name each cohort that the design would not have produced; a row of `resolution` per cohort.

    Row i is the state before cohort i + 1.
    """
    found = _undue_backfill(design, course)
    for number, row, cohort in _numbered(course):
        due = int(resolution.next_dose[row])
        given = f"cohort {number} was treated at dose {cohort.dose}"
        if due == 0:
            found.append(Reason("deviation", f"{given} after the design had ended the trial"))
        elif due == DRAWN and resolution.verdict(row).allocation[cohort.dose - 1]:
            continue
        elif due == DRAWN:
            found.append(Reason("deviation", f"{given}, which the design would not have drawn"))
        elif due != cohort.dose:
            barred = "" if resolution.admissible[row, cohort.dose - 1] else ", which was barred,"
            found.append(Reason("deviation", f"{given}{barred} where {_said(design)} dose {due}"))
    return (*found, *_size_deviations(design.schedule, course))


def short_of(schedule: tuple[int, ...], course: Course) -> CohortShort | None:
    """Return the last cohort where it has fewer patients than were planned for it."""
    cohorts = list(_numbered(course))
    if not cohorts or cohorts[-1][0] > len(schedule):
        return None
    number, _, last = cohorts[-1]
    planned = schedule[number - 1]
    return CohortShort(number, last.treated, planned) if last.treated < planned else None


def _numbered(course: Course) -> Iterator[tuple[int, int, Cohort]]:
    """Yield each cohort with its number and its place in the course; backfilled ones are none."""
    cohorts = ((row, cohort) for row, cohort in enumerate(course) if not cohort.beside)
    for number, (row, cohort) in enumerate(cohorts, 1):
        yield number, row, cohort


def _said(design: "Design") -> str:
    """Patients may have been pending when a method that looks at time decided."""
    in_time = isinstance(design.method, TimedMethod)
    return "the outcomes known now lead to" if in_time else "the design said"


def _undue_backfill(design: "Design", course: Course) -> list[Reason]:
    """Name each backfilled group that the design would not have had."""
    rule = next((rule for rule in design.rules if isinstance(rule, Backfill)), None)
    treated: Counter[int] = Counter()
    current, found = 0, []
    for cohort in course:
        treated[cohort.dose] += cohort.treated
        if not cohort.beside:
            current = cohort.dose
            continue
        who = f"{_patients(cohort.treated)} backfilled at dose {cohort.dose}"
        if rule is None:
            found.append(f"{who}: no rule of the design provides for it")
        elif cohort.dose >= current:
            found.append(f"{who}, which is not below dose {current}")
        elif treated[cohort.dose] > rule.cap:
            found.append(f"{who}: {treated[cohort.dose]} are treated there, {rule.cap} at most")
    return [Reason("deviation", text) for text in found]


def _size_deviations(schedule: tuple[int, ...], course: Course) -> list[Reason]:
    return [
        Reason("deviation", f"cohort {number} has {_patients(cohort.treated)}; {were_planned}")
        for (number, _, cohort), size in zip(_numbered(course), schedule, strict=False)
        if cohort.treated != size
        for were_planned in [f"{size} {'was' if size == 1 else 'were'} planned"]
    ]


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count} patients"


def _fired(design: "Design", state: Outcomes, verdict: Resolved) -> tuple[Reason, ...]:
    """Return what each rule has to say, by name."""
    said = [(rule.name, rule.explain(design, state, verdict)) for rule in design.rules]
    return tuple(Reason(name, text) for name, text in sorted(said) if text is not None)


def _method_reason(design: "Design", state: Outcomes, verdict: Resolved) -> Reason:
    if state.current == 0:
        return Reason("start", f"the trial starts at dose {design.start}")
    text = design.method.explain(state)
    if verdict.wish > design.doses:
        text += f"; dose {design.doses} is the highest, so it means staying there"
    return Reason(design.method.name, text)


def _next_size(design: "Design", state: Outcomes) -> int | None:
    schedule = design.schedule
    return schedule[state.cohorts] if state.cohorts < len(schedule) else None
