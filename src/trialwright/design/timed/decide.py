"""The decision of one live trial while patients are in their window."""

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from trialwright.design.decision import pending as waiting
from trialwright.design.decision.explain import deviations, explained
from trialwright.design.decision.pending import without_pending
from trialwright.design.method import Method, TimedMethod
from trialwright.design.model import Cohort, Course, Decision, Outcomes, Reason
from trialwright.design.rules.backfill import Backfill
from trialwright.design.rules.min_follow_up import MinFollowUp
from trialwright.design.rules.model import Sees
from trialwright.design.states import LEVEL
from trialwright.design.timed.judge import Snapshot, holds_for_certain, judge
from trialwright.design.timed.people import People

if TYPE_CHECKING:
    from trialwright.design.design import Design


def decide(design: "Design", course: Course) -> Decision:
    """Return the decision after a course in which somebody is pending."""
    method = design.method
    awaited = any(cohort.pending for cohort in course if not cohort.beside)
    if isinstance(method, TimedMethod) or not awaited:
        decision = _hold(design, course, _decide_in_time(design, method, course))
        return _with_backfill(design, course, decision)
    decision = waiting.decide(design, course)
    if any(cohort.followed for cohort in course):
        text = f"{method.name} looks at complete outcomes: follow-up so far is not used"
        decision = replace(decision, reasons=(*decision.reasons, Reason("pending", text)))
    return _with_backfill(design, course, _hold(design, course, decision))


def people_of(course: Course) -> People:
    """Return everyone of a course, one row; nothing known of the follow-up counts as 0."""
    patients = list(chain.from_iterable(_patients(cohort) for cohort in course))
    return People(
        np.array([[dose for dose, _, _ in patients]], LEVEL).reshape(1, -1),
        np.array([[dlt for _, dlt, _ in patients]], np.bool_).reshape(1, -1),
        np.array([[share for _, _, share in patients]], np.float64).reshape(1, -1),
    )


def _patients(cohort: Cohort) -> list[tuple[int, bool, float]]:
    clean = cohort.treated - cohort.pending - cohort.dlts
    shares = cohort.followed or (0.0,) * cohort.pending
    return [
        *[(cohort.dose, False, 1.0)] * clean,
        *[(cohort.dose, True, 1.0)] * cohort.dlts,
        *[(cohort.dose, False, share) for share in shares],
    ]


def _decide_in_time(design: "Design", method: Method, course: Course) -> Decision:
    everyone = design.history(without_pending(course))
    known, people = design.history(course).take([-1]), people_of(course)
    seen = Snapshot(known, everyone.take([-1]), people)
    judged = judge(design, seen)
    certain = holds_for_certain(design, seen, judged)
    why = Reason(method.name, _why(method, known.outcomes(0), people))
    noted = deviations(design, course, design.resolve(everyone))
    state = (everyone if certain else known).outcomes(-1)
    state = replace(state, eliminated=tuple((np.flatnonzero(judged.barred[0]) + 1).tolist()))
    decision = explained(design, state, judged.resolution.verdict(0), ())
    rules = decision.reasons[1:]
    if not certain:
        rules = tuple(_by_known_outcomes(design, reason) for reason in rules)
    pending = waiting.count_pending(course)
    if judged.end_in_doubt[0]:
        rules = (_doubt(design, rules, pending),)
    decision = replace(decision, pending=pending, reasons=(why, *rules, *noted))
    return _waiting(decision) if judged.waits[0] else decision


def _why(method: Method, known: Outcomes, people: People) -> str:
    if isinstance(method, TimedMethod):
        return method.explain_in_time(known, people)
    left_out = int(people.pending.sum())
    return f"{method.explain(known)} ({left_out} backfilled pending, not waited for)"


def _by_known_outcomes(design: "Design", reason: Reason) -> Reason:
    protects = {rule.name for rule in design.rules if rule.sees is not Sees.EVERYONE}
    if reason.rule not in protects:
        return reason
    return Reason(reason.rule, f"by the known outcomes alone: {reason.text}")


def _doubt(design: "Design", reasons: tuple[Reason, ...], pending: int) -> Reason:
    """Say what would end the trial, were it not for the pending patients."""
    said = [r for r in reasons if r.text.startswith("by the known outcomes")]
    what = "; ".join(f"{r.rule}, {r.text}" for r in said)
    text = "these would end the trial, the pending ones may still prevent it"
    return Reason("pending", f"{pending} pending: wait; {what}; {text}")


def _hold(design: "Design", course: Course, decision: Decision) -> Decision:
    """Keep the next cohort back where a rule asks for more follow-up of the last one."""
    for rule in design.rules:
        goes_on = decision.next_dose is not None or decision.allocation  # one dose, or a draw
        if isinstance(rule, MinFollowUp) and not decision.stop and goes_on:
            last = [cohort for cohort in course if not cohort.beside][-1]
            short = rule.too_short(last)
            text = f"{short} of the last cohort followed for less than {rule.share:g} of the window"
            if short:
                decision = _waiting(decision, Reason(rule.name, f"{text}: wait"))
    return decision


def _with_backfill(design: "Design", course: Course, decision: Decision) -> Decision:
    """Say where a patient may be backfilled while the next cohort waits, if a rule provides so."""
    rule = next((rule for rule in design.rules if isinstance(rule, Backfill)), None)
    waits = not decision.stop and decision.next_dose is None and not decision.allocation
    if rule is None or not waits:
        return decision
    known = design.history(course).take([-1])
    everyone = design.history(without_pending(course)).take([-1])
    level = int(rule.open_level(design, known, everyone)[0])
    text = (
        f"a patient who comes now may be treated at dose {level}, where "
        f"{int(everyone.treated[0, level - 1])} of at most {rule.cap} were"
        if level
        else "no lower dose is open to a patient who comes now"
    )
    reasons = (*decision.reasons, Reason(rule.name, text))
    return replace(decision, backfill=level or None, reasons=reasons)


def _waiting(decision: Decision, *why: Reason) -> Decision:
    """Return the decision to wait; the reasons stay, the one for waiting follows the method's."""
    first, *others = decision.reasons
    return replace(
        decision,
        next_dose=None,
        stop=False,
        next_size=None,
        allocation=(),
        reasons=(first, *why, *others),
    )
