"""Decisions while patients are still in their window: unknown is not "no toxicity".

Every possible outcome of the pending patients is decided. Where all lead to the same answer, that
is the answer; otherwise the trial waits, and the reasons list what it depends on.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from trialwright.design.cohort import cohort_outcomes, count_outcomes
from trialwright.design.model import Cohort, Course, Decision, Reason, Recommendation

if TYPE_CHECKING:
    from trialwright.design.design import Design

MOST_CASES = 512  # beyond it the trial waits without looking at each case


def decide(design: "Design", course: Course) -> Decision:
    """Return what every outcome of the pending patients agrees on, or the decision to wait."""
    pending = count_pending(course)
    if _cases(course, design.method.responses) > MOST_CASES:
        return Decision(None, False, (), None, (_too_many(pending),), pending)
    decisions = {case: design.decide(case) for case in completions(course, design.method.responses)}
    answers = {case: _answer(decision) for case, decision in decisions.items()}
    every = list(decisions.values())
    wishes = {decision.method_wish for decision in every}
    agreed = len({(d.stop, d.next_dose, d.allocation) for d in every}) == 1
    return Decision(
        next_dose=every[0].next_dose if agreed else None,
        stop=every[0].stop if agreed else False,
        admissible=_in_all([decision.admissible for decision in every]),
        method_wish=wishes.pop() if len(wishes) == 1 else None,
        reasons=(
            _depends(course, answers, agreed),
            *_shared_reasons([decision.reasons for decision in every]),
        ),
        pending=pending,
        overruled=agreed and all(decision.overruled for decision in every),
        next_size=every[0].next_size if agreed else None,
        allocation=every[0].allocation if agreed else (),
    )


def recommend(design: "Design", course: Course) -> Recommendation:
    """Return the dose that every outcome of the pending patients agrees on, or None."""
    pending = count_pending(course)
    if _cases(course, design.method.responses) > MOST_CASES:
        return Recommendation(None, (_too_many(pending),), pending)
    doses = {
        case: design.recommend(case).dose for case in completions(course, design.method.responses)
    }
    answers = {case: f"dose {dose}" if dose else "no dose" for case, dose in doses.items()}
    distinct = set(doses.values())
    agreed = len(distinct) == 1
    dose = distinct.pop() if agreed else None
    return Recommendation(dose, (_depends(course, answers, agreed),), pending)


def count_pending(course: Course) -> int:
    """Count the patients whose outcome is not known yet."""
    return sum(cohort.pending for cohort in course)


def without_pending(course: Course) -> Course:
    """Return the course with its pending patients as treated, without a DLT so far."""
    return tuple(replace(cohort, pending=0, followed=()) for cohort in course)


def completions(course: Course, responses: bool = False) -> Iterator[Course]:
    """Yield the course with every possible outcome of its pending patients, fewest DLTs first."""
    yield from product(*(_completions(cohort, responses) for cohort in course))


def _completions(cohort: Cohort, responses: bool) -> list[Cohort]:
    more = cohort_outcomes(cohort.pending, responses)
    counts = zip(more.dlts.tolist(), more.responses.tolist(), more.both.tolist(), strict=True)
    return [
        replace(
            cohort,
            pending=0,
            followed=(),
            dlts=cohort.dlts + dlts,
            responses=cohort.responses + answers,
            both=cohort.both + both,
        )
        for dlts, answers, both in counts
    ]


def _cases(course: Course, responses: bool) -> int:
    return prod(count_outcomes(cohort.pending, responses) for cohort in course)


def _answer(decision: Decision) -> str:
    if decision.allocation:
        levels = [str(level) for level, p in enumerate(decision.allocation, 1) if p]
        return f"a draw of dose {' or '.join(levels)}"
    return "the trial ends" if decision.next_dose is None else f"dose {decision.next_dose}"


def _in_all(sets: list[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted(set(sets[0]).intersection(*sets[1:])))


def _shared_reasons(lists: list[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    return tuple(reason for reason in lists[0] if all(reason in other for other in lists[1:]))


def _depends(course: Course, answers: dict[Course, str], agreed: bool) -> Reason:
    pending = f"{count_pending(course)} pending"
    distinct = list(dict.fromkeys(answers.values()))
    if agreed:
        return Reason("pending", f"{pending}: whatever their outcomes, {distinct[0]}")
    cases = [f"{answer} with {_more(course, answers, answer)}" for answer in distinct]
    return Reason("pending", f"{pending}: wait; {', '.join(cases)}")


def _more(course: Course, answers: dict[Course, str], answer: str) -> str:
    cases = [case for case, given in answers.items() if given == answer]
    dlts = {_dlts(case) - _dlts(course) for case in cases}
    text = f"{_listed(dlts)} more DLT"
    responses = {_responses(case) - _responses(course) for case in cases}
    if len({_responses(case) for case in answers}) == 1:
        return text
    return f"{text} and {_listed(responses)} more responses"


def _listed(totals: set[int]) -> str:
    return "/".join(str(total) for total in sorted(totals))


def _dlts(course: Course) -> int:
    return sum(cohort.dlts for cohort in course)


def _responses(course: Course) -> int:
    return sum(cohort.responses for cohort in course)


def _too_many(pending: int) -> Reason:
    return Reason("pending", f"{pending} pending in too many combinations to list: wait")
