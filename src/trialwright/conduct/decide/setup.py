"""The trial's opening, stop and end, its staff, and its lots."""

import msgspec

from trialwright.conduct.dosing import amount_unit, per_ml, positive
from trialwright.conduct.escalation import design_of
from trialwright.conduct.events import (
    LotReceived,
    LotReleased,
    Role,
    StaffAppointed,
    TrialEnded,
    TrialOpened,
    TrialStopped,
)
from trialwright.conduct.gate import is_decided
from trialwright.conduct.legible import exact
from trialwright.conduct.model import TrialState
from trialwright.conduct.rules import lot_of, named, not_ended, not_stopped, require
from trialwright.conduct.signature import SYSTEM, Signed
from trialwright.core.canonical import canonical_json, sha256
from trialwright.core.errors import InputError
from trialwright.protocol.model import Protocol
from trialwright.protocol.service import faults, require_confirmed


def open_trial(protocol: Protocol, simulated: bool) -> TrialOpened:
    """Open a trial on a protocol that can work; InputError names the key that cannot.

    A real one is Refused while an assumption of its protocol is unconfirmed.
    """
    protocol = exact(protocol, Protocol, "protocol")
    if not simulated:
        require_confirmed(protocol)
    _refuse_impossible(protocol)
    text = canonical_json(protocol)
    return TrialOpened(msgspec.json.decode(text), sha256(text), simulated)


def _refuse_impossible(protocol: Protocol) -> None:
    """Refuse what would only show when somebody is to be dosed, or when a gate is to be held."""
    found = faults(protocol)
    if found:
        first = found[0]
        key = first.path.removeprefix("$.")
        raise InputError(f"protocol, {key}", first.what, first.wanted)
    amount_unit(protocol.dosing)
    if design_of(protocol).method.responses:
        stated = protocol.escalation.method.value
        wanted = "a method of DLTs alone; no response is recorded at the gate yet"
        raise InputError("protocol, escalation.method", stated, wanted)


def appoint(
    state: TrialState, signed: Signed, person: str, roles: tuple[Role, ...]
) -> tuple[StaffAppointed]:
    """Let a person act in these roles, and in no others, from now on."""
    not_ended(state)
    named(person, "person")
    require(
        person != SYSTEM and "system" not in roles, "staff",
        "the rules' own role is nobody's", "a role that a person holds",
    )  # fmt: skip
    require(bool(roles), "staff", f"{person} has no role", "at least one role")
    return (StaffAppointed(person, tuple(dict.fromkeys(roles))),)


def receive_lot(state: TrialState, signed: Signed, lot: LotReceived) -> tuple[LotReceived]:
    """Take a lot into stock; it stays closed until its release."""
    not_ended(state)
    named(lot.lot, "lot")
    require(lot.lot not in state.lots, "lot", f"lot {lot.lot} is already in stock", "a new lot")
    positive(lot.concentration, f"lot {lot.lot}, concentration")
    positive(lot.vial_volume_ml, f"lot {lot.lot}, vial_volume_ml")
    if lot.vials < 1:
        raise InputError(f"lot {lot.lot}, vials", str(lot.vials), "at least 1 vial")
    per_ml(state.protocol.dosing, lot)
    require(
        signed.at.date() < lot.expires, "expiry",
        f"lot {lot.lot} expires on {lot.expires}", "a lot that has not expired",
    )  # fmt: skip
    return (lot,)


def release_lot(state: TrialState, signed: Signed, lot: str) -> tuple[LotReleased]:
    """Release a lot for use until its expiry."""
    not_ended(state)
    held = lot_of(state, lot)
    require(not held.released, "release", f"lot {lot} is already released", "an unreleased lot")
    require(
        signed.at.date() < held.received.expires, "expiry",
        f"lot {lot} expired on {held.received.expires}", "a lot that has not expired",
    )  # fmt: skip
    return (LotReleased(lot),)


def stop_trial(state: TrialState, signed: Signed, why: str) -> tuple[TrialStopped]:
    """Stop enrolment and dosing at once, without a gate; everything else goes on."""
    not_stopped(state)
    named(why, "why")
    return (TrialStopped(why),)


def end_trial(
    state: TrialState, signed: Signed, why: str, no_gate: str | None = None
) -> tuple[TrialEnded]:
    """Close the trial's data once everybody has left; adverse events and rulings stay open.

    Every cohort that was opened was judged at a gate, or `no_gate` says why one was not.
    """
    not_ended(state)
    named(why, "why")
    inside = [s.number for s in state.subjects.values() if s.left is None]
    require(
        not inside, "end", f"{', '.join(inside)} did not leave the trial yet",
        "the end of study of everybody",
    )  # fmt: skip
    unjudged = [str(c.number) for c in state.cohorts if not is_decided(state, c.number)]
    if not unjudged:
        return (TrialEnded(why),)
    require(
        bool(no_gate and no_gate.strip()), "end",
        f"cohort {', '.join(unjudged)} was never judged at a gate",
        "a gate with the board's decision, or the reason why none was held",
    )  # fmt: skip
    return (TrialEnded(why, no_gate),)
