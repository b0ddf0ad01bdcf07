"""The safety board's decision on a gate: signed, and never above what the design recommends.

The board may go down, open no further cohort, or stop the trial, each with its reason; it may not
go up.
"""

from trialwright.conduct.decide.gates import more_planned
from trialwright.conduct.escalation import design_of
from trialwright.conduct.events import BoardDecided, GateHeld
from trialwright.conduct.gate import is_decided, outcomes_on
from trialwright.conduct.model import TrialState
from trialwright.conduct.rules import named, not_ended, require
from trialwright.conduct.signature import Signed
from trialwright.core.errors import InputError, Refused


def decide_gate(
    state: TrialState,
    signed: Signed,
    gate: int,
    opens_level: int | None,
    stops_trial: bool,
    override_reason: str | None,
    signed_by: tuple[str, ...],
    meaning: str,
) -> tuple[BoardDecided]:
    """Record the board's decision: the level of the next cohort, none, or the trial's stop."""
    not_ended(state)
    named(meaning, "meaning")
    held = _undecided_gate(state, gate)
    _quorum(state, signed, signed_by)
    _still_true(state, signed, held)
    _opens(state, held, opens_level, stops_trial)
    _departure(held, opens_level, stops_trial, override_reason)
    return (BoardDecided(gate, opens_level, stops_trial, override_reason, signed_by, meaning),)


def _undecided_gate(state: TrialState, number: int) -> GateHeld:
    held = state.gates[-1] if state.gates else None
    if held is None or held.gate != number:
        last = f"gate {held.gate}" if held else "a gate that was held"
        raise Refused("gate", f"gate {number} is not the one to decide", last)
    require(
        not is_decided(state, held.cohort), "gate",
        f"cohort {held.cohort} is already decided", "a gate on the next cohort",
    )  # fmt: skip
    return held


def _quorum(state: TrialState, signed: Signed, signed_by: tuple[str, ...]) -> None:
    quorum = state.protocol.gate.board_quorum.value
    if len(set(signed_by)) != len(signed_by):
        raise InputError("signed_by", ", ".join(signed_by), "each member once")
    strangers = [p for p in signed_by if "board_member" not in state.staff.get(p, ())]
    require(
        not strangers, "board",
        f"{', '.join(strangers)} is not on the safety board", "signatures of board members",
    )  # fmt: skip
    require(
        len(signed_by) >= quorum, "board",
        f"{len(signed_by)} of {quorum} signatures", f"{quorum - len(signed_by)} more",
    )  # fmt: skip
    require(
        signed.actor in signed_by, "board",
        f"{signed.actor} records the decision without signing it", "the recorder's signature",
    )  # fmt: skip


def _still_true(state: TrialState, signed: Signed, held: GateHeld) -> None:
    now = outcomes_on(state, signed.at.date())
    require(
        now == held.outcomes, "gate",
        f"the outcomes were {held.outcomes} at the cut and are {now} now", "a new gate",
    )  # fmt: skip


def _opens(state: TrialState, held: GateHeld, level: int | None, stops: bool) -> None:
    if level is None:
        return
    require(not state.stopped, "stop", "the trial was stopped", "nothing: no cohort opens any more")
    require(not stops, "gate", "the decision stops the trial and opens a cohort", "one of the two")
    require(
        more_planned(state), "gate",
        "every planned cohort was opened", "an amendment that plans one more",
    )  # fmt: skip
    most = held.recommended_dose
    require(
        most is not None and level <= most, "gate",
        f"level {level} is above the recommendation after {held.outcomes} ({_recommended(held)})",
        f"a level up to {most}, no further cohort, or a stop"
        if most else "no further cohort, or a stop",
    )  # fmt: skip
    admissible = design_of(state.protocol).decide(held.outcomes).admissible
    levels = ", ".join(str(dose) for dose in admissible) or "none"
    require(
        level in admissible, "gate",
        f"level {level} is not admissible after {held.outcomes}",
        f"an admissible level ({levels})",
    )  # fmt: skip


def _departure(held: GateHeld, level: int | None, stops: bool, reason: str | None) -> None:
    departs = (level, stops) != (held.recommended_dose, held.recommended_stop)
    require(
        not departs or bool(reason and reason.strip()), "gate",
        f"the decision departs from the recommendation ({_recommended(held)})",
        "an override reason",
    )  # fmt: skip


def _recommended(held: GateHeld) -> str:
    if held.recommended_dose is not None:
        return f"level {held.recommended_dose}"
    return "stop" if held.recommended_stop else "no further cohort"
