"""Which rule speaks for eliminated dose levels: found too toxic now, or at an earlier decision.

A state says which levels are eliminated, not which rule found them so: states that agree on the
rest merge. Each rule speaks for what it finds now, and one of them for what none finds any more.
"""

from typing import TYPE_CHECKING

import numpy as np

from trialwright.design.model import Outcomes
from trialwright.design.rules.model import Rule
from trialwright.design.states import one_state

if TYPE_CHECKING:
    from trialwright.design.design import Design


def lowest_found(rule: Rule, design: "Design", state: Outcomes) -> int | None:
    """Return the lowest eliminated level that a rule finds too toxic now, None where none."""
    found = rule.eliminates(design, one_state(state))
    levels = [] if found is None else (np.flatnonzero(found[0]) + 1).tolist()
    return min((level for level in levels if level in state.eliminated), default=None)


def lowest_earlier(rule: Rule, design: "Design", state: Outcomes) -> int | None:
    """Return the lowest level eliminated at an earlier decision, where the rule speaks for it.

    It speaks when it is the first by name of the rules that eliminate.
    """
    lowest: dict[str, int | None] = {
        other.name: lowest_found(other, design, state)
        for other in design.rules
        if type(other).eliminates is not Rule.eliminates
    }
    if rule.name != min(lowest, default=""):
        return None
    now = min((level for level in lowest.values() if level), default=len(state.treated) + 1)
    return min((level for level in state.eliminated if level < now), default=None)


def levels_from(lowest: int, doses: int) -> str:
    """Return the eliminated levels, the lowest and all above, in words.

    >>> levels_from(2, 3), levels_from(3, 3)
    ('doses 2 to 3 are eliminated', 'dose 3 is eliminated')
    """
    if lowest == 1:
        return "every dose is eliminated, the trial ends without a dose"
    if lowest == doses:
        return f"dose {lowest} is eliminated"
    return f"doses {lowest} to {doses} are eliminated"


EARLIER = "eliminated at an earlier decision, and not entered again"
