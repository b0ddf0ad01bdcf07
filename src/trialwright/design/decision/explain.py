"""A resolved state in words: the decision or the recommendation with every reason."""

from typing import TYPE_CHECKING

from trialwright.design.decision.precedence import is_overruled, stances, told
from trialwright.design.method import TimedMethod
from trialwright.design.model import (
    Course,
    Decision,
    Outcomes,
    Reason,
    Recommendation,
    Verdict,
)
from trialwright.design.states import DRAWN, Resolution

if TYPE_CHECKING:
    from trialwright.design.design import Design


def explained(
    design: "Design", state: Outcomes, verdict: Verdict, noted: tuple[Reason, ...]
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
        method_wish=None if verdict.allocation else min(verdict.wish, design.doses) or None,
        reasons=(
            _method_reason(design, state, verdict),
            *fired,
            *settled,
            *_drawn(verdict.allocation),
            *noted,
        ),
        overruled=is_overruled(design, verdict),
        next_size=_next_size(design, state) if verdict.next_dose else None,
        allocation=verdict.allocation,
    )


def _drawn(allocation: tuple[float, ...]) -> tuple[Reason, ...]:
    shares = [f"dose {level} with {p:.3f}" for level, p in enumerate(allocation, 1) if p]
    return (Reason("randomise", f"the next dose is drawn: {', '.join(shares)}"),) if shares else ()


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
    for row, cohort in enumerate(course):
        if cohort.beside:
            continue
        due = int(resolution.next_dose[row])
        given = f"cohort {row + 1} was treated at dose {cohort.dose}"
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


def _said(design: "Design") -> str:
    """Patients may have been pending when a method that looks at time decided."""
    in_time = isinstance(design.method, TimedMethod)
    return "the outcomes known now lead to" if in_time else "the design said"


def _undue_backfill(design: "Design", course: Course) -> list[Reason]:
    beside = any(cohort.beside for cohort in course)
    if not beside or any(rule.name == "backfill" for rule in design.rules):
        return []
    text = "patients were backfilled, which no rule of the design provides for"
    return [Reason("deviation", text)]


def _size_deviations(schedule: tuple[int, ...], course: Course) -> list[Reason]:
    cohorts = [cohort for cohort in course if not cohort.beside]
    return [
        Reason(
            "deviation",
            f"outcomes of {cohort.treated} of the {size} patients planned for cohort {number}",
        )
        for number, (cohort, size) in enumerate(zip(cohorts, schedule, strict=False), 1)
        if cohort.treated != size
    ]


def _fired(design: "Design", state: Outcomes, verdict: Verdict) -> tuple[Reason, ...]:
    """Return what each rule has to say, by name."""
    said = [(rule.name, rule.explain(design, state, verdict)) for rule in design.rules]
    return tuple(Reason(name, text) for name, text in sorted(said) if text is not None)


def _method_reason(design: "Design", state: Outcomes, verdict: Verdict) -> Reason:
    if state.current == 0:
        return Reason("start", f"the trial starts at dose {design.start}")
    text = design.method.explain(state)
    if verdict.wish > design.doses:
        text += f"; dose {design.doses} is the highest, so it means staying there"
    return Reason(design.method.name, text)


def _next_size(design: "Design", state: Outcomes) -> int | None:
    schedule = design.schedule
    return schedule[state.cohorts] if state.cohorts < len(schedule) else None
