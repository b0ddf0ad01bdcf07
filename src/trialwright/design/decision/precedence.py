"""Two rules that disagree, in words: who won, over whom, by what precedence.

The precedence itself is in `rules.model`, and `Design.resolve` applies it; here it is told. Rules
are named in alphabetical order, so that the text does not depend on the order they were added in.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialwright.design.model import Ending, Outcomes, Resolved
from trialwright.design.rules.model import Rule
from trialwright.design.states import one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design

ORDER = (
    "precedence: an ending, of two the graver; then barred doses, of two rules the stricter; "
    "then the method's wish"
)
_ENDS = {
    Ending.COMPLETE: "ends the trial as complete",
    Ending.STOPPED: "ends the trial early",
    Ending.NO_DOSE: "ends the trial without a dose",
}


@dataclass(frozen=True, slots=True)
class Stance:
    """What one rule asks for in one state, were it the only one.

    `most` is the highest level it allows that is not above the wish, 0 where it allows none.
    """

    rule: str
    ending: Ending
    most: int
    keeps: bool


def stances(
    design: "Design", state: Outcomes, verdict: Resolved, spoke: Collection[str]
) -> tuple[Stance, ...]:
    """Return the stance of each rule that spoke, by name."""
    rules = sorted((r for r in design.rules if r.name in spoke), key=lambda r: r.name)
    return tuple(_stance(rule, design, state, verdict) for rule in rules)


def is_overruled(design: "Design", verdict: Resolved) -> bool:
    """Say whether a rule keeps the trial from following the method's wish."""
    if verdict.ending is Ending.COMPLETE:
        return False
    if verdict.next_dose == 0:
        return verdict.wish >= 1
    if verdict.draws and not verdict.allocation:
        return True
    return verdict.highest_next != _aim(design, verdict)


def told(design: "Design", verdict: Resolved, asked: Sequence[Stance]) -> str | None:
    """Return who won over whom; None where the rules and the method agree."""
    if verdict.next_dose == 0:
        return _told_ending(design, verdict, asked)
    if is_overruled(design, verdict):
        return _told_bars(design, verdict, asked)
    return None


def _stance(rule: Rule, design: "Design", state: Outcomes, verdict: Resolved) -> Stance:
    one = one_state(state)
    wish, proposed = np.array([verdict.wish]), np.array([verdict.proposed])
    stops, bars = rule.stops(design, one, wish, proposed), rule.bars(design, one)
    aim = _aim(design, verdict)
    free = [] if bars is None else (np.flatnonzero(~bars[0]) + 1).tolist()
    most = aim if bars is None else max((level for level in free if level <= aim), default=0)
    ending = Ending.GOES_ON if stops is None else Ending(int(stops[0]))
    return Stance(rule.name, ending, most, rule.keeps(design, state, verdict))


def _told_ending(design: "Design", verdict: Resolved, asked: Sequence[Stance]) -> str | None:
    winners = [s.rule for s in asked if s.ending is verdict.ending]
    weaker = [s for s in asked if s.ending is not verdict.ending]
    lost = [_lost(s, verdict, _aim(design, verdict)) for s in weaker]
    over = [text for text in lost if text]
    overruled = is_overruled(design, verdict)
    if not over and not overruled:
        return None
    if not winners:
        barring = [s.rule for s in asked if s.most < _aim(design, verdict)]
        won = f"{_and(barring)} {'bars' if len(barring) == 1 else 'bar'} every dose"
        return f"{_wished(design, verdict)}; {won} up to it, and the trial ends ({ORDER})"
    won = f"{_and(winners)} {_ends(verdict.ending, len(winners))}"
    rules = f", over {_and(over)}" if over else ""
    return f"{_wished(design, verdict)}; {won}{rules} ({ORDER})"


def _lost(stance: Stance, verdict: Resolved, aim: int) -> str:
    """Return a rule that an ending overrules with what it asked for; empty where it asked none."""
    if stance.ending is not Ending.GOES_ON:
        return f"{stance.rule} ({_ends(stance.ending, 1)})"
    if verdict.ending is Ending.COMPLETE:
        return ""
    if stance.keeps:
        return f"{stance.rule} (lets it go on)"
    lower = 0 < stance.most < aim
    return _allowance(stance) if lower else ""


def _told_bars(design: "Design", verdict: Resolved, asked: Sequence[Stance]) -> str:
    next_dose, aim = verdict.highest_next, _aim(design, verdict)
    barring = [s for s in asked if s.most < aim]
    strictest = [s.rule for s in barring if s.most <= next_dose]
    others = [s for s in barring if s.most > next_dose]
    text = f"dose {next_dose} is the highest admissible that is not above it"
    if strictest:
        won = f"{_and(strictest)} {'allow' if strictest[1:] else 'allows'} no higher one"
        over = f", over {_and(map(_allowance, others))}" if others else ""
    else:
        won, over = f"{_and(map(_allowance, others))} together", ""
    return f"{_wished(design, verdict)}; {text}: {won}{over} ({ORDER})"


def _allowance(stance: Stance) -> str:
    return f"{stance.rule} (allows dose {stance.most})"


def _wished(design: "Design", verdict: Resolved) -> str:
    if verdict.wish < 1:
        return design.method.wished_none
    if verdict.draws:
        return f"the method would draw a dose up to dose {_aim(design, verdict)}"
    return f"the method wished dose {_aim(design, verdict)}"


def _aim(design: "Design", verdict: Resolved) -> int:
    return max(1, min(verdict.wish, design.doses))


def _ends(ending: Ending, rules: int) -> str:
    text = _ENDS[ending]
    return text if rules == 1 else text.replace("ends", "end", 1)


def _and(names: Iterable[str]) -> str:
    *most, last = list(names) or ["the rules"]
    return f"{', '.join(most)} and {last}" if most else last
