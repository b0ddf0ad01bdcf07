"""When the design treats nobody further in a cohort that is still running.

A gate judges whole cohorts. In between, the same design is asked about what is known already:

- a level that is eliminated even if everybody pending has no DLT is closed, enrolled places only
  (places that nobody has taken say nothing);
- a trial that the design ends whatever is still to come, free places included, is at its end. A
  trial that is merely complete, since its last cohort is being treated, is not.
"""

from dataclasses import replace
from math import prod

from trialwright.design import Design
from trialwright.design.decision.pending import MOST_CASES, completions
from trialwright.design.model import Cohort, Course, Ending, Reason


def halted(design: Design, known: Course, planned: Course, level: int) -> Reason | None:
    """Return why nobody is treated at a level now, or None.

    `known` holds everybody enrolled, `planned` the open cohort's free places as pending, too.
    """
    best = _without_more(known)
    if level in design.state(best).eliminated:
        return Reason("elimination", f"level {level} is closed: {_said(design, best)}")
    if _ends(design, planned):
        said = _said(design, _without_more(planned))
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


def _without_more(course: Course) -> Course:
    return tuple(replace(cohort, pending=0) for cohort in course)


def _ends(design: Design, course: Course) -> bool:
    if prod(cohort.pending + 1 for cohort in course) > MOST_CASES:
        return False  # too many to look at: nothing is certain
    cases = completions(course, design.method.responses)
    return all(_ending(design, case) > Ending.COMPLETE for case in cases)


def _ending(design: Design, course: Course) -> Ending:
    last = design.history(course).take([-1])
    return design.resolve(last).verdict(0).ending


def _said(design: Design, course: Course) -> str:
    """What the rules that may end a trial or close a level say."""
    rules = {rule.name for rule in design.rules} - {"cohorts"}
    return "; ".join(r.text for r in design.decide(course).reasons if r.rule in rules)
