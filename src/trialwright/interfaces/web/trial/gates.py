"""Gates: what the design recommended on its data cut, beside what the board decided."""

from dataclasses import dataclass

from trialwright.conduct.events import BoardDecided, GateHeld
from trialwright.conduct.model import TrialState
from trialwright.results.decisions import board_short, decision_of, recommendation
from trialwright.results.words import sentence


@dataclass(frozen=True, slots=True)
class GateView:
    """One gate with both sides."""

    title: str
    outcomes: str
    cut: str
    recommended: str
    reasons: tuple[str, ...]
    pending: tuple[str, ...]
    decided: str  # empty while the board has not decided
    signed_by: tuple[str, ...]
    meaning: str
    override_reason: str
    departs: bool


def gates(state: TrialState) -> tuple[GateView, ...]:
    """Return every gate in order."""
    return tuple(_gate(gate, decision_of(state, gate)) for gate in state.gates)


def _gate(gate: GateHeld, decision: BoardDecided | None) -> GateView:
    return GateView(
        title=f"Gate {gate.gate}, after cohort {gate.cohort}",
        outcomes=gate.outcomes,
        cut=f"Data cut at journal entry {gate.cut_seq}, {gate.cut_sha256[:12]}",
        recommended=sentence(recommendation(gate)),
        reasons=gate.reasons,
        pending=gate.pending,
        decided=sentence(board_short(decision)) if decision else "",
        signed_by=decision.signed_by if decision else (),
        meaning=decision.meaning if decision else "",
        override_reason=(decision.override_reason or "") if decision else "",
        departs=decision is not None and _departs(gate, decision),
    )


def _departs(gate: GateHeld, decision: BoardDecided) -> bool:
    same_dose = gate.recommended_dose == decision.opens_level
    return gate.recommended_stop != decision.stops_trial or not same_dose
