"""Gates and what the board decided on each, in words."""

from trialwright.conduct.events import BoardDecided, GateHeld
from trialwright.conduct.model import TrialState


def decision_of(state: TrialState, gate: GateHeld) -> BoardDecided | None:
    """Return the board's last decision on a gate; None while it is pending."""
    found = [decision for decision in state.decisions if decision.gate == gate.gate]
    return found[-1] if found else None


def board_short(decision: BoardDecided | None) -> str:
    """Return the board's decision in a few words."""
    if decision is None:
        return "not decided yet"
    if decision.stops_trial:
        return "trial stopped"
    if decision.opens_level is None:
        return "no further cohort"
    return f"level {decision.opens_level} opened"


def recommendation(gate: GateHeld) -> str:
    """Return what the design recommended at a gate."""
    if gate.recommended_stop:
        return "stop"
    if gate.recommended_dose is None:
        return "no further cohort"
    return f"next cohort at level {gate.recommended_dose}"
