"""Gates, what the board decided on each, and the dose at the end, in words."""

from dataclasses import dataclass
from datetime import date

from trialwright.conduct.events import BoardDecided, GateHeld
from trialwright.conduct.gate import final_recommendation
from trialwright.conduct.model import TrialState


@dataclass(frozen=True, slots=True)
class AtTheEnd:
    """The dose that the design recommends if the trial ends with what is known, and why."""

    dose: str
    reasons: tuple[str, ...]


def at_the_end(state: TrialState, on: date) -> AtTheEnd:
    """Return the final recommendation as of a day; another question than the next dose."""
    found = final_recommendation(state, on)
    if found.dose is not None:
        said = f"level {found.dose}"
    else:
        said = "not yet known" if found.pending else "no level"
    return AtTheEnd(said, tuple(f"{reason.rule}: {reason.text}" for reason in found.reasons))


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
