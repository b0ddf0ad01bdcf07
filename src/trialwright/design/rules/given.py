"""The highest dose level given so far."""

import numpy as np

from trialwright.design.model import Outcomes
from trialwright.design.states import Ints, States


def highest_given(states: States) -> Ints:
    """Return the highest level that anybody was given (states,), 0 before the first cohort.

    The current level counts although nothing may be known yet of its patients.
    """
    levels = np.arange(1, states.doses + 1)
    tried: Ints = np.max(levels * (states.treated > 0), axis=1)
    return np.maximum(tried, states.current)


def highest_given_in(state: Outcomes) -> int:
    """Return the highest level given in one state."""
    tried = [level for level, n in enumerate(state.treated, 1) if n]
    return max([state.current, *tried])
