"""Who may do what: a table from each kind of event to the roles that may record it."""

from collections.abc import Mapping
from types import MappingProxyType

from trialwright.conduct.events import (
    AdverseEventReported,
    AnyEvent,
    AssessmentRecorded,
    BoardDecided,
    ConsentSigned,
    DeviationOpened,
    DltAdjudicated,
    Event,
    GateHeld,
    InfusionGiven,
    InfusionMissed,
    InfusionPrepared,
    LotReceived,
    LotReleased,
    PatientEnrolled,
    PatientLeft,
    PatientScreened,
    Role,
    StaffAppointed,
    TrialEnded,
    TrialOpened,
    TrialStopped,
)
from trialwright.conduct.model import TrialState
from trialwright.conduct.signature import Signed
from trialwright.core.errors import InputError, Refused

_BEDSIDE: frozenset[Role] = frozenset({"investigator", "study_nurse"})

PERMITTED: Mapping[type[Event], frozenset[Role]] = MappingProxyType({
    TrialOpened: frozenset({"sponsor"}),
    StaffAppointed: frozenset({"sponsor"}),
    LotReceived: frozenset({"pharmacist"}),
    LotReleased: frozenset({"qualified_person"}),
    PatientScreened: _BEDSIDE,
    ConsentSigned: frozenset({"investigator"}),
    PatientEnrolled: frozenset({"investigator"}),
    InfusionPrepared: frozenset({"pharmacist"}),
    InfusionGiven: _BEDSIDE,
    InfusionMissed: _BEDSIDE,
    DeviationOpened: frozenset({"system"}),
    AdverseEventReported: _BEDSIDE,
    DltAdjudicated: frozenset({"board_member"}),
    AssessmentRecorded: _BEDSIDE,
    PatientLeft: frozenset({"investigator"}),
    GateHeld: frozenset({"data_manager", "sponsor"}),
    BoardDecided: frozenset({"board_member"}),
    TrialStopped: frozenset({"board_member", "sponsor"}),
    TrialEnded: frozenset({"sponsor", "data_manager"}),
})  # fmt: skip


def is_of_the_rules(event: AnyEvent) -> bool:
    """Say whether only the rules themselves record this event."""
    return PERMITTED[type(event)] == {"system"}


def check(state: TrialState, signed: Signed, event: AnyEvent) -> None:
    """Raise Refused unless the signer holds the role and the role may record this event."""
    held_role(state, signed)
    may_record(signed, type(event))


def check_opening(signed: Signed, event: AnyEvent) -> None:
    """The same for a journal's first entry: nobody is appointed yet, so the role alone counts."""
    _signed_in_full(signed)
    may_record(signed, type(event))


def held_role(state: TrialState, signed: Signed) -> None:
    """Raise Refused unless the signer was appointed in the role they sign in."""
    _signed_in_full(signed)
    if signed.role not in state.staff.get(signed.actor, ()):
        raise Refused(
            "permission",
            f"{signed.actor} does not act as {signed.role} in this trial",
            f"an appointment of {signed.actor} as {signed.role}",
        )


def may_record(signed: Signed, kind: type[Event]) -> None:
    """Raise Refused unless the role that is signed in may record this kind of event."""
    allowed = PERMITTED[kind]
    if signed.role not in allowed:
        wanted = " or ".join(sorted(allowed))
        why = f"a {signed.role} does not record {kind.__name__}"
        raise Refused("permission", why, f"a {wanted}")


def _signed_in_full(signed: Signed) -> None:
    for name, text in (("actor", signed.actor), ("reason", signed.reason)):
        if not text.strip():
            raise InputError("signature", f"an empty {name}", f"who signs and why ({name})")
