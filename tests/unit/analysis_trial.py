"""A small invented trial, written down as the state of its journal.

Two levels (1e9 and 2e9 particles/kg), cohorts of 2 and 3, three infusions, visits at baseline and
months 3 and 6. `subject(...)` builds one person; `trial(...)` puts people into a state.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from trialwright.conduct.events import (
    AdverseEventReported,
    AssessmentRecorded,
    BoardDecided,
    DltAdjudicated,
    GateHeld,
    InfusionGiven,
    InfusionMissed,
    InfusionPrepared,
    PatientEnrolled,
    PatientLeft,
    PatientScreened,
)
from trialwright.conduct.model import Infusion, OpenCohort, Subject, TrialState
from trialwright.protocol.model import Protocol

START = date(2031, 3, 3)
HEAD = "ab" * 32
UNITS = {"pump": "%", "marker": "pg/mL"}


def stated(value: Any) -> dict[str, Any]:
    """Return a value with a source."""
    return {"value": value, "source": "invented"}


def assumed(value: Any) -> dict[str, Any]:
    """Return a value that nobody published."""
    return {"value": value, "assumed": True, "reason": "invented for the tests"}


def _visit(name: str, day: int) -> dict[str, Any]:
    taken = ["pump", "marker", "class"]
    return {"name": name, "day": assumed(day), "window_days": 14, "assessments": taken}


def _endpoint(
    name: str, role: str, measure: str, summary: str, visit: str | None
) -> dict[str, Any]:
    question = assumed(f"What happens to {measure}?")
    asked = {"id": name, "role": role, "question": question, "measure": measure}
    return asked | {"summary": summary} | ({"visit": visit} if visit else {})


def protocol(**changes: Any) -> Protocol:
    """Return the invented trial's protocol with some keys changed."""
    document = {
        "trial": {"nct_id": "NCT99999999", "title": "An invented trial", "record_sha256": "0" * 64},
        "version": "1",
        "enrolment_maximum": stated(5),
        "dose_levels": [
            {"level": 1, "amount": stated(1e9)},
            {"level": 2, "amount": stated(2e9)},
        ],
        "dosing": {
            "unit": "{particles}/kg",
            "weight_kg": assumed([40, 150]),
            "tolerance_percent": assumed(10),
        },
        "infusions": {
            "count": stated(3),
            "days": stated([0, 21, 42]),
            "window_days": assumed(3),
            "minimum_interval_days": assumed(14),
            "stop_after_dlt": assumed(True),
            "route": stated("intravenous"),
        },
        "cohorts": [
            {"number": 1, "size": stated(2), "planned_level": stated(1)},
            {"number": 2, "size": stated(3), "planned_level": stated(2)},
        ],
        "escalation": {
            "method": stated("boin"),
            "target": assumed(0.25),
            "cutoff_eli": assumed(0.95),
            "lowest_dose_stay": assumed("continue"),
            "lowest_dose_deescalate": assumed("continue"),
        },
        "dlt": {
            "definition": assumed("grade 3 or higher, related"),
            "grade_from": assumed(3),
            "relatedness_from": assumed("possible"),
            "window": assumed("P70D"),
            "days_after_last_infusion": assumed(28),
            "minimum_exposure_percent": assumed(80),
        },
        "gate": {
            "stagger": assumed("P7D"),
            "board_quorum": assumed(1),
            "minimum_evaluable": assumed(2),
        },
        "visits": [_visit("baseline", -7), _visit("month 3", 91), _visit("month 6", 182)],
        "follow_up": assumed("P6M"),
        "endpoints": [
            _endpoint("dlt", "primary", "dlt", "proportion", None),
            _endpoint("safety", "primary", "adverse_events", "counts", None),
            _endpoint("pump", "secondary", "pump", "mean_change", "month 6"),
            _endpoint("marker", "secondary", "marker", "geometric_ratio", "month 6"),
            _endpoint("class", "secondary", "class", "shift", "month 6"),
        ],
        "criteria": [],
        "product": stated("invented vesicles"),
    }
    return msgspec.convert(document | changes, Protocol)


def event(number: int = 1, subject: str = "S01", **changes: Any) -> AdverseEventReported:
    """Return a mild, unrelated, resolved headache ten days after the start, unless changed."""
    said = {
        "event_id": f"AE{number}", "subject": subject, "term": "Headache",
        "organ_system": "Nervous system disorders", "onset": START + timedelta(10),
        "resolved": START + timedelta(12), "grade": 1, "serious": False,
        "relatedness": "unlikely", "expected": None, "infusion": 1, "meets_dlt": False,
        "outcome": "resolved",
    }  # fmt: skip
    return AdverseEventReported(**(said | changes))


def ruling(event_id: str, subject: str, is_dlt: bool) -> DltAdjudicated:
    """Return an adjudication."""
    return DltAdjudicated(event_id, subject, is_dlt, "by the definition")


def infusion(subject: str, number: int, per_kg: float, first: date = START) -> Infusion:
    """Return an infusion of a person of 70 kg, given as planned."""
    day = first + timedelta(21 * (number - 1))
    amount = Decimal(str(per_kg)) * 70
    volume = amount / Decimal("5e9")
    prepared = InfusionPrepared(
        subject, number, "L1", Decimal(70), Decimal(str(per_kg)), amount, volume, 15, "second"
    )
    started = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    given = InfusionGiven(subject, number, started, volume, Decimal(0), amount)
    return Infusion(number, prepared, given)


def missed(subject: str, number: int) -> Infusion:
    """Return an infusion that was not given."""
    return Infusion(number, missed=InfusionMissed(subject, number, START, "fever"))


def assessments(
    subject: str, values: Mapping[str, Sequence[str | None]], first: date = START
) -> tuple[AssessmentRecorded, ...]:
    """Return records of each measure at baseline, month 3 and month 6; None is a missing one."""
    visits = (("baseline", -7), ("month 3", 91), ("month 6", 182))
    return tuple(
        AssessmentRecorded(
            subject, visit, measure, value, UNITS.get(measure), first + timedelta(day),
            None if value is not None else "visit missed",
        )
        for measure, row in values.items()
        for (visit, day), value in zip(visits, row, strict=False)
    )  # fmt: skip


def subject(
    number: int,
    level: int = 1,
    *,
    infusions: int = 3,
    values: Mapping[str, Sequence[str | None]] | None = None,
    events: Sequence[AdverseEventReported] = (),
    rulings: Sequence[DltAdjudicated] = (),
    left: tuple[int, str] | None = (190, "completed"),
    first: date = START,
    sex: Any = "male",
) -> Subject:
    """Return a person; `left` is the study day and how, None for still in follow-up."""
    name = f"S{number:02d}"
    screened = PatientScreened(
        f"P{number:02d}", sex, 1970, first - timedelta(20), 55 + number, "yes", (), {}, "1"
    )
    enrolled = PatientEnrolled(name, f"P{number:02d}", level, level, first - timedelta(10))
    gone = left and PatientLeft(name, first + timedelta(left[0]), left[1], "")  # type: ignore[arg-type]
    return Subject(
        enrolled,
        screened,
        tuple(infusion(name, k, level * 1e9, first) for k in range(1, infusions + 1)),
        tuple(events),
        tuple(rulings),
        assessments(name, values or {}, first),
        left=gone or None,
    )


def trial(
    *subjects: Subject, simulated: bool = True, plan: Protocol | None = None, **changes: Any
) -> TrialState:
    """Return the state of a trial with these people."""
    return TrialState(
        protocol=plan or protocol(),
        protocol_sha256="cd" * 32,
        simulated=simulated,
        seq=99,
        head=HEAD,
        screened={s.screened.screening_no: s.screened for s in subjects},
        subjects={s.number: s for s in subjects},
        **changes,
    )


PUMP = (("30", "33", "35"), ("25", "26", "29"), ("28", "30", None), ("20", "27", "30"), ("33",))
MARKER = (("2000", "1500", "1000"), ("900", "900", "450"), ("1200", "1100", None))
CLASS = (("III", "II", "II"), ("III", "III", "III"), ("III", "II", "IV"), ("III", "II", "II"))


def example(*, simulated: bool = True) -> TrialState:
    """Return five people: one DLT, one withdrawal, one serious event, missing values, a gate."""

    def values(k: int) -> dict[str, Sequence[str | None]]:
        rows = (("pump", PUMP), ("marker", MARKER), ("class", CLASS))
        return {name: row[k] for name, row in rows if k < len(row)}

    later = START + timedelta(100)
    fever = event(3, "S03", term="Fever", grade=3, relatedness="probable", meets_dlt=True,
                  onset=later + timedelta(1), resolved=later + timedelta(3))  # fmt: skip
    shock = event(4, "S04", term="Shock", grade=4, serious=True, onset=later + timedelta(50),
                  resolved=None, outcome="not_resolved")  # fmt: skip
    people = (
        subject(1, values=values(0), events=(event(1), event(2, term=" head  ACHE"))),
        subject(2, values=values(1), sex="female"),
        subject(3, 2, values=values(2), events=(fever,), first=later,
                rulings=(ruling("AE3", "S03", True),)),
        subject(4, 2, values=values(3), events=(shock,), first=later, sex="female"),
        subject(5, 2, values=values(4), infusions=1, first=later, left=(30, "withdrawn")),
    )  # fmt: skip
    gates = (
        GateHeld(1, 1, 40, "ef" * 32, "1NN", 2, False, ("0 of 2 had a DLT: escalate",), ()),
        GateHeld(2, 2, 90, "ef" * 32, "1NN 2TN", None, True, ("all cohorts are complete",), ()),
    )
    board = (BoardDecided(1, 2, False, None, ("B. Member",), "agreed to open level 2"),)
    cohorts = (OpenCohort(1, 1, 2), OpenCohort(2, 2, 3))
    return trial(*people, simulated=simulated, gates=gates, decisions=board, cohorts=cohorts)
