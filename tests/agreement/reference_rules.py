"""Rules written again, plainly, one course at a time: what `Design.resolve` has to agree with.

Each rule is asked whether it bars a dose level, and whether it ends the trial where the next
cohort would be treated at a level. The precedence is that of `design.rules.model`.
"""

from collections.abc import Callable
from typing import Any

from scipy.stats import beta

from trialwright.design.design import Design
from trialwright.design.model import Cohort, Course
from trialwright.design.rules import (
    Elimination,
    Ewoc,
    LowestDose,
    MaxIncrement,
    NoReescalation,
    NoSkipping,
    Precise,
    Rule,
    SafetyBoundary,
    Schedule,
    StopAt,
    StopAtDose,
    TooToxic,
    TrialBoundary,
)
from trialwright.design.rules.boundary import Boundary

Counts = dict[int, tuple[int, int]]  # level: (treated, DLTs)


def counts(course: Course, doses: int) -> Counts:
    found = dict.fromkeys(range(1, doses + 1), (0, 0))
    for cohort in course:
        n, y = found[cohort.dose]
        found[cohort.dose] = n + cohort.treated, y + cohort.dlts
    return found


def tail(rate: float, n: int, y: int, a: float = 1.0, b: float = 1.0) -> float:
    return float(beta.sf(rate, a + y, b + n - y))


def plain_next(design: Design, course: Course, wish: int) -> int:
    """Return the next dose level after a course, 0 where the trial ends."""
    aim = max(1, min(wish, design.doses))
    level = next(
        (d for d in range(aim, 0, -1) if not any(bars(r, design, course, d) for r in design.rules)),
        0,
    )
    ended = any(ends(rule, design, course, level, wish) for rule in design.rules)
    return 0 if ended else level


def bars(rule: Rule, design: Design, course: Course, level: int) -> bool:
    asked = _BARS.get(type(rule))
    return asked is not None and asked(rule, design, course, level)


def ends(rule: Rule, design: Design, course: Course, level: int, wish: int) -> bool:
    seen = counts(course, design.doses)
    treated = sum(n for n, _ in seen.values())
    match rule:
        case Schedule():
            return len(course) >= len(rule.sizes)
        case StopAt():
            return treated >= rule.patients
        case LowestDose():
            at_lowest = bool(course) and course[-1].dose == 1
            stays, comes_down = wish == 1, wish < 1
            stop = (stays and rule.stay == "stop") or (comes_down and rule.deescalate == "stop")
            return at_lowest and stop
        case StopAtDose():
            return any(seen[d][0] >= rule.n for d in _meant(rule.where, level, seen))
        case TooToxic():
            levels = _meant(rule.dose, level, seen)
            full = [d for d in levels if seen[d][0] >= rule.least]  # none of these has a model
            return any(tail(rule.rate, *seen[d]) > rule.confidence for d in full)
        case Precise():
            return any(_precise(rule, *seen[d]) for d in _meant(rule.where, level, seen))
        case TrialBoundary():
            return _crossed(rule.boundary, treated, sum(y for _, y in seen.values()))
    return False


def _meant(where: int | str, level: int, seen: Counts) -> list[int]:
    if where == "any":
        return list(seen)
    wanted = level if where == "next" else int(where)
    return [wanted] if wanted in seen else []


def _precise(rule: Precise, n: int, y: int) -> bool:
    below, above = 1 - tail(rule.low, n, y), tail(rule.high, n, y)
    if n < rule.least:
        return False
    if rule.form == "interval":
        return max(below, above) <= (1 - rule.probability) / 2
    return 1 - below - above >= rule.probability


def _was_too_toxic(
    course: Course, doses: int, level: int, crossed: Callable[[int, int, int], bool]
) -> bool:
    """Say whether a level, or one below it, was found too toxic after any cohort so far."""
    after = [counts(course[:k], doses) for k in range(len(course) + 1)]
    return any(crossed(d, *seen[d]) for seen in after for d in range(1, level + 1))


def _eliminated(rule: Any, design: Design, course: Course, level: int) -> bool:
    def crossed(d: int, n: int, y: int) -> bool:
        limit = rule.cutoff - (rule.offset if d == 1 else 0)
        return n >= rule.least and tail(rule.target, n, y) > limit

    return _was_too_toxic(course, design.doses, level, crossed)


def _closed(rule: Any, design: Design, course: Course, level: int) -> bool:
    def crossed(d: int, n: int, y: int) -> bool:
        return _crossed(rule.boundary, n, y)

    return _was_too_toxic(course, design.doses, level, crossed)


def _crossed(boundary: Boundary, n: int, y: int) -> bool:
    over = tail(boundary.rate, n, y, *boundary.prior) > boundary.confidence
    return n >= boundary.least and over


def _overdoses(rule: Any, design: Design, course: Course, level: int) -> bool:
    if not course and level <= design.start:
        return False
    return tail(rule.overdose, *counts(course, design.doses)[level]) > rule.bound


def _skips(rule: Any, design: Design, course: Course, level: int) -> bool:
    return bool(course) and level > max(cohort.dose for cohort in course) + 1


def _reenters(rule: Any, design: Design, course: Course, level: int) -> bool:
    return any(course[-1].dose < cohort.dose <= level for cohort in course)


def _leaps(rule: Any, design: Design, course: Course, level: int) -> bool:
    if not course or design.amounts is None:
        return False
    last: Cohort = course[-1]
    given = last.dose if rule.relative_to == "last" else max(cohort.dose for cohort in course)
    base = design.amounts.amounts[given - 1]
    factor = next(factor for start, factor in reversed(rule.steps) if start <= base)
    return design.amounts.amounts[level - 1] > base * factor * (1 + 1e-9)


_BARS: dict[type[Rule], Callable[[Any, Design, Course, int], bool]] = {
    Elimination: _eliminated,
    Ewoc: _overdoses,
    MaxIncrement: _leaps,
    NoReescalation: _reenters,
    NoSkipping: _skips,
    SafetyBoundary: _closed,
}
