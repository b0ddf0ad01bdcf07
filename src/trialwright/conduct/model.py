"""The trial's state: what a fold over the journal's events gives; read by all, edited by none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TypeVar

from trialwright.conduct.events import (
    AdverseEventReported,
    AssessmentRecorded,
    BoardDecided,
    ConsentSigned,
    DeviationOpened,
    DltAdjudicated,
    GateHeld,
    InfusionGiven,
    InfusionMissed,
    InfusionPrepared,
    LotReceived,
    PatientEnrolled,
    PatientLeft,
    PatientScreened,
    Role,
)
from trialwright.protocol.model import Protocol

K = TypeVar("K")
V = TypeVar("V")


LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)  # for a state that no journal told: nothing is earlier


def _empty() -> "Mapping[K, V]":
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot, whether it is released, and how many vials were used."""

    received: LotReceived
    released: bool = False
    used_vials: int = 0


@dataclass(frozen=True, slots=True)
class Infusion:
    """One infusion of a subject: prepared, given or missed."""

    number: int
    prepared: InfusionPrepared | None = None
    given: InfusionGiven | None = None
    missed: InfusionMissed | None = None
    prepared_at: datetime | None = None  # UTC; a dose is not given before


@dataclass(frozen=True, slots=True)
class Subject:
    """One enrolled person and everything recorded about them, in the order it was recorded."""

    enrolled: PatientEnrolled
    screened: PatientScreened
    infusions: tuple[Infusion, ...] = ()  # by number
    adverse_events: tuple[AdverseEventReported, ...] = ()
    adjudications: tuple[DltAdjudicated, ...] = ()
    assessments: tuple[AssessmentRecorded, ...] = ()
    deviations: tuple[DeviationOpened, ...] = ()
    left: PatientLeft | None = None
    reopened: tuple[str, ...] = ()  # events that changed after their last ruling

    @property
    def number(self) -> str:
        """The subject number."""
        return self.enrolled.subject

    @property
    def given(self) -> tuple[InfusionGiven, ...]:
        """Infusions that were given, in order."""
        return tuple(i.given for i in self.infusions if i.given is not None)

    @property
    def first_infusion(self) -> date | None:
        """The day of the first infusion given: study day 0."""
        return self.given[0].started.date() if self.given else None

    @property
    def has_dlt(self) -> bool:
        """Say whether any adverse event was adjudicated as dose-limiting (the last word counts)."""
        last = {a.event_id: a.is_dlt for a in self.adjudications}
        return any(last.values())


@dataclass(frozen=True, slots=True)
class OpenCohort:
    """A cohort that may enrol, and at which level: by the protocol (the first) or by the board."""

    number: int
    level: int
    size: int
    opened: datetime = LONG_AGO  # server time, UTC


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stopped the trial, when (server time, UTC), and why."""

    by: tuple[str, ...]
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class TrialState:
    """The whole trial after `seq` events."""

    protocol: Protocol
    protocol_sha256: str
    simulated: bool
    seq: int
    head: str  # hash of the last entry
    opened: datetime = LONG_AGO  # when the first entry was recorded, UTC
    latest: datetime = LONG_AGO  # when the last entry was recorded, UTC
    staff: Mapping[str, tuple[Role, ...]] = field(default_factory=_empty)
    lots: Mapping[str, Lot] = field(default_factory=_empty)
    screened: Mapping[str, PatientScreened] = field(default_factory=_empty)
    consents: Mapping[str, tuple[ConsentSigned, ...]] = field(default_factory=_empty)  # all of them
    subjects: Mapping[str, Subject] = field(default_factory=_empty)  # in order of enrolment
    gates: tuple[GateHeld, ...] = ()
    decisions: tuple[BoardDecided, ...] = ()
    cohorts: tuple[OpenCohort, ...] = ()
    stop: Stop | None = None
    ended: bool = False

    @property
    def stopped(self) -> bool:
        """Nobody is enrolled and nobody is dosed any more."""
        return self.stop is not None
