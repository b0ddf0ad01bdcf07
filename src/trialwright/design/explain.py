"""A resolved state in words: the decision or the recommendation with every reason."""

from typing import TYPE_CHECKING

from trialwright.design.model import (
    Course,
    Decision,
    Ending,
    Outcomes,
    Reason,
    Recommendation,
    Verdict,
)
from trialwright.design.states import Resolution

if TYPE_CHECKING:
    from trialwright.design.design import Design


def explained(
    design: "Design", state: Outcomes, verdict: Verdict, noted: tuple[Reason, ...]
) -> Decision:
    """Return the decision in a state; `noted` are reasons about how the state came about."""
    overruled = _is_overruled(design, verdict)
    reasons = [_method_reason(design, state, verdict)]
    for rule in design.rules:
        text = rule.explain(design, state, verdict)
        if text is not None:
            reasons.append(Reason(rule.name, text))
    if overruled:
        reasons.append(Reason("precedence", _precedence(verdict)))
    return Decision(
        next_dose=verdict.next_dose or None,
        stop=verdict.next_dose == 0,
        admissible=verdict.admissible,
        method_wish=min(verdict.wish, design.doses) or None,
        reasons=(*reasons, *noted),
        overruled=overruled,
        next_size=_next_size(design, state) if verdict.next_dose else None,
    )


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
    found: list[Reason] = []
    for row, cohort in enumerate(course):
        due = int(resolution.next_dose[row])
        given = f"cohort {row + 1} was treated at dose {cohort.dose}"
        if due == 0:
            found.append(Reason("deviation", f"{given} after the design had ended the trial"))
        elif due != cohort.dose:
            found.append(Reason("deviation", f"{given} where the design said dose {due}"))
    return (*found, *_size_deviations(design.schedule, course))


def _size_deviations(schedule: tuple[int, ...], course: Course) -> list[Reason]:
    return [
        Reason(
            "deviation",
            f"outcomes of {cohort.treated} of the {size} patients planned for cohort {number}",
        )
        for number, (cohort, size) in enumerate(zip(course, schedule, strict=False), 1)
        if cohort.treated != size
    ]


def _method_reason(design: "Design", state: Outcomes, verdict: Verdict) -> Reason:
    if state.current == 0:
        return Reason("start", f"the trial starts at dose {design.start}")
    text = design.method.explain(state)
    if verdict.wish > design.doses:
        text += f"; dose {design.doses} is the highest, so it means staying there"
    return Reason(design.method.name, text)


def _is_overruled(design: "Design", verdict: Verdict) -> bool:
    if verdict.ending is Ending.COMPLETE:
        return False
    if verdict.next_dose == 0:
        return verdict.wish >= 1
    return verdict.next_dose != max(1, min(verdict.wish, design.doses))


def _precedence(verdict: Verdict) -> str:
    wish = f"the method wished dose {verdict.wish}"
    order = "precedence: an ending, then barred doses, then the method's wish"
    if verdict.next_dose == 0:
        return f"{wish}, and the trial ends ({order})"
    return (
        f"{wish}; dose {verdict.next_dose} is the highest admissible that is not above it ({order})"
    )


def _next_size(design: "Design", state: Outcomes) -> int | None:
    schedule = design.schedule
    return schedule[state.cohorts] if state.cohorts < len(schedule) else None
