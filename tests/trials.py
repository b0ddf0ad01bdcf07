"""Small trials of the project's own making, for tests of the live trial.

One product, `levels` dose levels of 1e9, 2e9, ... {particles}/kg, cohorts of the given sizes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from trialwright.conduct import decide
from trialwright.conduct.events import AdverseEventReported, LotReceived, PatientScreened, Role
from trialwright.conduct.ports import Journal
from trialwright.conduct.service import TrialService
from trialwright.conduct.signature import Signature
from trialwright.protocol.model import Protocol
from trialwright.store.memory import MemoryJournal

START = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)


def stated(value: Any, **more: Any) -> dict[str, Any]:
    return {"value": value, "source": "made for a test"} | more


def assumed(value: Any) -> dict[str, Any]:
    return {"value": value, "assumed": True, "reason": "nothing is published"}


def protocol(
    sizes: Sequence[int] = (2, 3),
    levels: int = 2,
    days: Sequence[int] = (0, 14),
    visits: Sequence[tuple[str, int, Sequence[str]]] = (
        ("baseline", -1, ("lvef", "nyha")),
        ("month 2", 60, ("lvef", "nyha", "peak_vo2")),
    ),
    **changes: Any,
) -> Protocol:
    """Return a protocol; `changes` replace its top-level keys, or keys of its sections."""
    planned = [min(number, levels) for number in range(1, len(sizes) + 1)]
    value: dict[str, Any] = {
        "trial": {"nct_id": "NCT99999991", "title": "A test", "record_sha256": "0" * 64},
        "version": "1.0",
        "enrolment_maximum": stated(sum(sizes)),
        "dose_levels": [{"level": n, "amount": stated(n * 1e9)} for n in range(1, levels + 1)],
        "dosing": {
            "unit": "{particles}/kg",
            "weight_kg": stated([40, 150]),
            "tolerance_percent": stated(10),
        },
        "infusions": {
            "count": stated(len(days)),
            "days": stated(list(days)),
            "window_days": stated(2),
            "minimum_interval_days": stated(5),
            "stop_after_dlt": stated(True),
            "route": stated("intravenous"),
        },
        "cohorts": [
            {"number": n, "size": stated(size), "planned_level": stated(level)}
            for n, (size, level) in enumerate(zip(sizes, planned, strict=True), start=1)
        ],
        "escalation": {
            "method": stated("boin"),
            "target": stated(0.25),
            "cutoff_eli": stated(0.95),
            "lowest_dose_stay": stated("continue"),
            "lowest_dose_deescalate": stated("continue"),
        },
        "dlt": {
            "definition": stated("grade 3 or more, at least possibly related"),
            "grade_from": stated(3),
            "relatedness_from": stated("possible"),
            "window": stated(f"P{max(28, *days)}D"),  # never over before the last infusion
            "days_after_last_infusion": stated(14),
            "minimum_exposure_percent": stated(80),
        },
        "gate": {
            "stagger": stated("P7D"),
            "board_quorum": stated(2),
            "minimum_evaluable": stated(1),
        },
        "visits": [
            {"name": name, "day": stated(day), "window_days": 5, "assessments": list(measures)}
            for name, day, measures in visits
        ],
        "follow_up": stated("P60D"),
        "endpoints": [
            {
                "id": "dlt",
                "role": "primary",
                "question": stated("Is it tolerated?"),
                "measure": "dlt",
                "summary": "proportion",
            }
        ],
        "criteria": [],
        "product": stated("vesicles"),
    }
    sections = {
        key: value[key] | new
        for key, new in changes.items()
        if isinstance(new, dict) and "value" not in new
    }
    return msgspec.convert(value | changes | sections, Protocol)


class TestClock:
    """A clock that stands where a test put it."""

    __test__ = False

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


STAFF: dict[str, tuple[Role, ...]] = {
    "ines": ("investigator",),
    "nora": ("study_nurse",),
    "paul": ("pharmacist",),
    "petra": ("pharmacist",),
    "quentin": ("qualified_person",),
    "dana": ("data_manager",),
    "bea": ("board_member",),
    "ben": ("board_member",),
    "bo": ("board_member",),
}


def sign(actor: str, role: Role | None = None, reason: str = "test") -> Signature:
    return Signature(actor, role or STAFF[actor][0], reason)


def lot(name: str = "L1", **changes: Any) -> LotReceived:
    values = {
        "lot": name,
        "concentration": Decimal("5e9"),
        "concentration_unit": "{particles}/mL",
        "vial_volume_ml": Decimal(10),
        "vials": 100,
        "expires": date(2032, 3, 3),
    }
    return LotReceived(**(values | changes))


def screened(number: str, on: date, **changes: Any) -> PatientScreened:
    values: dict[str, Any] = {
        "screening_no": number,
        "sex": "female",
        "birth_year": 1970,
        "screened_on": on,
        "age_years": 61,
        "eligible": "yes",
        "deciding": (),
        "verdicts": {},
        "protocol_version": "1.0",
    }
    return PatientScreened(**(values | changes))


def adverse_event(event_id: str, subject: str, onset: date, **changes: Any) -> AdverseEventReported:
    values: dict[str, Any] = {
        "event_id": event_id,
        "subject": subject,
        "term": "Fever",
        "organ_system": "General disorders",
        "onset": onset,
        "resolved": None,
        "grade": 2,
        "serious": False,
        "relatedness": "possible",
        "expected": None,
        "infusion": None,
        "meets_dlt": False,
        "outcome": "not_resolved",
    }
    return AdverseEventReported(**(values | changes))


@dataclass
class Trial:
    """An opened trial with staff, one released lot, and the steps that tests repeat."""

    journal: Journal = field(default_factory=MemoryJournal)
    clock: TestClock = field(default_factory=TestClock)
    protocol: Protocol = field(default_factory=protocol)

    def __post_init__(self) -> None:
        self.service = TrialService(self.journal, self.clock)
        self.service.open(sign("sven", "sponsor"), self.protocol, simulated=True)
        for person, roles in STAFF.items():
            self.service.act(sign("sven", "sponsor"), decide.appoint, person, roles)
        self.service.act(sign("paul"), decide.receive_lot, lot())
        self.service.act(sign("quentin"), decide.release_lot, "L1")

    @property
    def state(self):
        return self.service.state

    @property
    def today(self) -> date:
        return self.clock.at.date()

    def consented(self, number: str) -> None:
        self.service.act(sign("nora"), decide.screen, screened(number, self.today))
        self.service.act(sign("ines"), decide.consent, number, "1.0", self.today)

    def enrolled(self, subject: str) -> None:
        self.consented(f"SC-{subject}")
        self.service.act(sign("ines"), decide.enrol, subject, f"SC-{subject}", self.today)

    def prepared(self, subject: str, infusion: int = 1, weight: str = "70", lot: str = "L1"):
        return self.service.act(
            sign("paul"), decide.prepare, subject, infusion, lot, Decimal(weight), "petra"
        )

    def given(self, subject: str, infusion: int = 1, volume: str | None = None):
        if volume is None:
            held = next(i for i in self.state.subjects[subject].infusions if i.number == infusion)
            volume = str(held.prepared.planned_volume_ml)
        return self.service.act(
            sign("nora"), decide.give, subject, infusion, self.clock.at, Decimal(volume)
        )

    def dosed(self, subject: str, infusion: int = 1) -> None:
        self.prepared(subject, infusion)
        self.given(subject, infusion)

    def cohort(self, *subjects: str) -> None:
        """Enrol and dose everyone once, with the stagger after the first."""
        for index, subject in enumerate(subjects):
            self.enrolled(subject)
            self.dosed(subject)
            if index == 0:
                self.clock.forward(days=7)

    def dlt(self, subject: str, event_id: str) -> None:
        event = adverse_event(event_id, subject, self.today, grade=3, serious=True, meets_dlt=True)
        self.service.act(sign("ines"), decide.report, event)
        self.ruled(event_id, subject, True)

    def ruled(self, event_id: str, subject: str, is_dlt: bool, why: str = "by the definition"):
        return self.service.act(sign("bea"), decide.adjudicate, event_id, subject, is_dlt, why)

    def ill(self, event_id: str, subject: str, **changes: Any):
        """Report an adverse event of grade 4, definitely related, from today on."""
        values = {"grade": 4, "serious": True, "relatedness": "definite", "onset": self.today}
        event = adverse_event(event_id, subject, **(values | changes))
        return self.service.act(sign("ines"), decide.report, event)

    def left(self, subject: str, how: str = "withdrawn", on: date | None = None):
        return self.service.act(sign("ines"), decide.leave, subject, on or self.today, how, "moved")

    def missed(self, subject: str, infusion: int = 1):
        day = self.today
        return self.service.act(sign("nora"), decide.miss, subject, infusion, day, "fever")

    def stop(self, why: str = "three people fell ill"):
        return self.service.act(sign("bea"), decide.stop_trial, why)

    def gate(self) -> int:
        return self.service.act(sign("dana"), decide.hold_gate)[0].event.gate

    def board(self, gate: int, level: int | None, stops: bool = False, override: str | None = None):
        return self.service.act(
            sign("bea"), decide.decide_gate, gate, level, stops, override,
            ("bea", "ben"), "I agree with the decision",
        )  # fmt: skip
