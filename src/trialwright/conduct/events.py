"""Everything that can happen in a trial: a closed union of events.

An event says what happened in the trial; the journal's entry around it says who recorded it,
when (server time, UTC), in which role and why. Dates inside an event are the day it happened.
Amounts are exact decimals. People are named by screening and subject number only.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from trialwright.protocol.model import Relatedness as Relatedness

Role = Literal[
    "sponsor", "investigator", "study_nurse", "pharmacist", "qualified_person",
    "data_manager", "board_member", "system",
]  # fmt: skip
Grade = Literal[1, 2, 3, 4, 5]


class Event(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What every event is: a frozen value with its kind in the JSON."""


class TrialOpened(Event, frozen=True):
    """The journal's first event: the protocol in force, whole, and whether this is a rehearsal."""

    protocol: dict[str, Any]
    protocol_sha256: str
    simulated: bool


class StaffAppointed(Event, frozen=True):
    """A person may act in these roles from now on."""

    person: str
    roles: tuple[Role, ...]


class LotReceived(Event, frozen=True):
    """A lot arrived; it may be used only after its release and before its expiry."""

    lot: str
    concentration: Decimal  # in the dose's unit per mL, for example particles/mL
    concentration_unit: str  # UCUM, for example {particles}/mL
    vial_volume_ml: Decimal
    vials: int
    expires: date


class LotReleased(Event, frozen=True):
    """A qualified person released a lot."""

    lot: str


class PatientScreened(Event, frozen=True):
    """A person was screened: the verdict and its reasons as screening computed them."""

    screening_no: str
    sex: Literal["male", "female", "other", "unknown"]
    birth_year: int
    screened_on: date
    age_years: int
    eligible: Literal["yes", "no", "undecided"]
    deciding: tuple[str, ...]  # criteria that decided, or that stay open
    verdicts: dict[str, str]  # criterion id: true, false or unknown
    protocol_version: str


class ConsentSigned(Event, frozen=True):
    """A person consented to one version of the information."""

    screening_no: str
    version: str
    signed_on: date


class PatientEnrolled(Event, frozen=True):
    """A person entered a cohort at its dose level."""

    subject: str
    screening_no: str
    cohort: int
    level: int
    enrolled_on: date


class InfusionPrepared(Event, frozen=True):
    """A dose was computed and prepared: the arithmetic is stored with its inputs."""

    subject: str
    infusion: int  # 1, 2, 3
    lot: str
    weight_kg: Decimal
    dose_per_kg: Decimal
    planned_amount: Decimal  # dose_per_kg x weight_kg
    planned_volume_ml: Decimal  # planned_amount / concentration
    vials: int
    verified_by: str  # a second person


class InfusionGiven(Event, frozen=True):
    """A prepared dose was given; given + residual is what was prepared."""

    subject: str
    infusion: int
    started: datetime  # UTC
    given_volume_ml: Decimal
    residual_ml: Decimal
    given_amount: Decimal


class InfusionMissed(Event, frozen=True):
    """An infusion of the schedule was not given."""

    subject: str
    infusion: int
    on: date
    why: str


class DeviationOpened(Event, frozen=True):
    """Something left its promised range; opened by the rules themselves."""

    subject: str
    what: str
    affects_evaluability: bool  # too little can be received now to be evaluable without a DLT


class AdverseEventReported(Event, frozen=True):
    """An adverse event; any number per person, also after lock."""

    event_id: str
    subject: str
    term: str  # as reported
    organ_system: str  # as reported; "" where not stated
    onset: date
    resolved: date | None
    grade: Grade
    serious: bool
    relatedness: Relatedness
    expected: bool | None
    infusion: int | None  # the last infusion before onset
    meets_dlt: bool  # the investigator's view; adjudication may differ
    outcome: Literal["resolved", "resolving", "not_resolved", "sequelae", "fatal", "unknown"]


class DltAdjudicated(Event, frozen=True):
    """The safety board ruled whether an adverse event was a dose-limiting toxicity; never too late.

    A later ruling on the same event replaces the earlier one; the journal keeps both.
    """

    event_id: str
    subject: str
    is_dlt: bool
    why: str


class AssessmentRecorded(Event, frozen=True):
    """A measure taken at a visit, or known to be missing (value None, with why)."""

    subject: str
    visit: str
    measure: str
    value: str | None  # a decimal number, or a class such as "III"
    unit: str | None
    measured_on: date
    missing_why: str | None = None


class PatientLeft(Event, frozen=True):
    """A person left the trial: completed follow-up, withdrew, was lost, or died."""

    subject: str
    on: date
    how: Literal["completed", "withdrawn", "lost_to_follow_up", "died"]
    why: str


class GateHeld(Event, frozen=True):
    """A data cut and the design's decision on it, before the board decides."""

    gate: int
    cohort: int  # the cohort that was judged
    cut_seq: int  # the last event that the cut contains
    cut_sha256: str
    outcomes: str  # "1NNNN"
    recommended_dose: int | None
    recommended_stop: bool
    reasons: tuple[str, ...]
    pending: tuple[str, ...]  # subjects still in their window


class BoardDecided(Event, frozen=True):
    """The safety board's signed decision on a gate, stored apart from the recommendation."""

    gate: int
    opens_level: int | None  # None: no further cohort
    stops_trial: bool
    override_reason: str | None  # wanted where it departs from the recommendation
    signed_by: tuple[str, ...]
    meaning: str  # what the signatures mean


class TrialStopped(Event, frozen=True):
    """The trial was stopped outside a gate: from now on nobody is enrolled and nobody is dosed."""

    why: str


class TrialEnded(Event, frozen=True):
    """The last visit was made and the database was locked."""

    why: str
    no_gate: str | None = None  # why a cohort that was opened was never judged, where one was not


AnyEvent = (
    TrialOpened | StaffAppointed | LotReceived | LotReleased | PatientScreened | ConsentSigned
    | PatientEnrolled | InfusionPrepared | InfusionGiven | InfusionMissed | DeviationOpened
    | AdverseEventReported | DltAdjudicated | AssessmentRecorded | PatientLeft | GateHeld
    | BoardDecided | TrialStopped | TrialEnded
)  # fmt: skip


class Entry(msgspec.Struct, frozen=True):
    """One line of the journal."""

    seq: int  # from 1, without gaps
    at: datetime  # UTC, from the clock that the application was given
    actor: str
    role: Role
    reason: str
    event: AnyEvent
    previous: str  # hash of the entry before; 64 zeros for the first
    hash: str  # SHA-256 of this entry's canonical JSON without its hash
