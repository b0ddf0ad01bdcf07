"""When the design treats nobody further in a cohort that is still running.

A gate judges whole cohorts. In between, the same design is asked about what is known already:

- a level that is eliminated even if everybody pending has no DLT is closed, enrolled places only
  (places that nobody has taken say nothing);
- a trial that the design ends whatever is still to come, free places included, is at its end. A
  trial that is merely complete, since its last cohort is being treated, is not.
"""

from collections.abc import Set
from dataclasses import replace
from math import prod

from trialwright.design import Design
from trialwright.design.decision.pending import MOST_CASES, completions, without_pending
from trialwright.design.model import Cohort, Course, Ending, Reason
from trialwright.design.rules import Rule


def halted(design: Design, known: Course, planned: Course, level: int) -> Reason | None:
    """Return why nobody is treated at a level now, or None.

    `known` holds everybody enrolled, `planned` the open cohort's free places as pending, too.
    """
    best = without_pending(known)
    closing = _closing(design, best, level)
    if closing:
        said = _said(design, best, {rule.name for rule in design.rules if _eliminates(rule)})
        return Reason(" and ".join(closing), f"level {level} is closed: {said}")
    if _ends(design, planned):
        rules = {rule.name for rule in design.rules} - {"cohorts"}
        said = _said(design, without_pending(planned), rules)
        return Reason("design", f"whatever is still to come, the design ends the trial: {said}")
    return None


def with_free_places(known: Course, level: int, started: bool, free: int) -> Course:
    """Return the course with a cohort's free places as pending; `started`: somebody is in it."""
    if not free:
        return known
    if not started:
        return (*known, Cohort(level, free, pending=free))
    *before, last = known
    return (*before, replace(last, treated=last.treated + free, pending=last.pending + free))


def _ends(design: Design, course: Course) -> bool:
    if prod(cohort.pending + 1 for cohort in course) > MOST_CASES:
        return False  # too many to look at: nothing is certain
    cases = completions(course, design.method.responses)
    return all(_ending(design, case) > Ending.COMPLETE for case in cases)


def _ending(design: Design, course: Course) -> Ending:
    last = design.history(course).take([-1])
    return design.resolve(last).verdict(0).ending


def _closing(design: Design, course: Course, level: int) -> list[str]:
    """Return the names of the rules that found a level too toxic, now or at an earlier cohort."""
    states = design.history(course)
    found = ((rule.name, rule.eliminates(design, states)) for rule in design.rules)
    return [name for name, levels in found if levels is not None and levels[:, level - 1].any()]


def _eliminates(rule: Rule) -> bool:
    return type(rule).eliminates is not Rule.eliminates


def _said(design: Design, course: Course, rules: Set[str]) -> str:
    """Return what some of the rules say of a course."""
    return "; ".join(r.text for r in design.decide(course).reasons if r.rule in rules)
