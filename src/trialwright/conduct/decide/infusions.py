"""Infusions: prepared from weight and lot, given, or missed.

What a dose may be is refused beforehand, and nobody is dosed whom the design or their own safety
bars; what did happen is recorded, and the rules open the deviation by themselves.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from trialwright.conduct import dosing, exposure
from trialwright.conduct.clocks import infusion_due, infusion_not_before
from trialwright.conduct.decide.fitness import may_dose
from trialwright.conduct.decide.late import came_between
from trialwright.conduct.events import (
    AnyEvent,
    DeviationOpened,
    InfusionGiven,
    InfusionMissed,
    InfusionPrepared,
    Role,
)
from trialwright.conduct.model import Infusion, Lot, Subject, TrialState
from trialwright.conduct.rules import (
    happened,
    lot_of,
    named,
    not_ended,
    require,
    subject_in_trial,
    subject_of,
)
from trialwright.conduct.signature import Signed
from trialwright.core.errors import InputError, Refused

_VERIFIERS: frozenset[Role] = frozenset({
    "pharmacist", "qualified_person", "study_nurse", "investigator",
})  # fmt: skip


def prepare(
    state: TrialState,
    signed: Signed,
    subject: str,
    infusion: int,
    lot: str,
    weight_kg: Decimal,
    verified_by: str,
) -> tuple[InfusionPrepared]:
    """Compute and prepare a dose at the level of the subject's cohort, from a usable lot."""
    may_dose(state, subject, signed.at.date())
    person = subject_in_trial(state, subject)
    _next_infusion(state, person, infusion)
    _not_too_early(state, person, infusion, signed.at.date())
    _second_person(state, signed, verified_by)
    held = usable_lot(state, lot, signed.at.date())
    dose = dosing.compute(state.protocol, person.enrolled.level, weight_kg, held.received)
    left = held.received.vials - held.used_vials
    require(
        dose.vials <= left, "lot",
        f"the dose takes {dose.vials} vials, lot {lot} has {left}", "a lot with enough vials",
    )  # fmt: skip
    return (
        InfusionPrepared(
            subject, infusion, lot, weight_kg, dose.dose_per_kg, dose.amount,
            dose.volume_ml, dose.vials, verified_by,
        ),
    )  # fmt: skip


def usable_lot(state: TrialState, name: str, on: date) -> Lot:
    """Return a lot that is released and not expired on a day; its expiry day is too late."""
    lot = lot_of(state, name)
    require(lot.released, "release", f"lot {name} is not released", "a qualified person's release")
    expires = lot.received.expires
    require(
        on < expires, "expiry", f"lot {name} expires on {expires}, the dose is for {on}",
        "a lot that has not expired",
    )  # fmt: skip
    return lot


def give(
    state: TrialState,
    signed: Signed,
    subject: str,
    infusion: int,
    started: datetime,
    given_volume_ml: Decimal,
) -> tuple[AnyEvent, ...]:
    """Record a prepared dose as given; the residual and any deviation follow by themselves.

    One that was given before the person left or died, or before the trial was stopped, can still
    be recorded; a deviation says that it was recorded late.
    """
    not_ended(state)
    person = subject_of(state, subject)
    started = _in_utc(started)
    between = came_between(state, person, started)
    if between is None:
        may_dose(state, subject, signed.at.date())
    prepared = _prepared(person, infusion)
    _started(state, person, infusion, started, signed)
    # The day that is told and the server's day: neither alone lets an expired lot pass.
    usable_lot(state, prepared.lot, signed.at.date())
    lot = usable_lot(state, prepared.lot, started.date())
    dosing.positive(given_volume_ml, "given_volume_ml")
    require(
        given_volume_ml <= prepared.planned_volume_ml, "dose",
        f"{given_volume_ml} mL given of {prepared.planned_volume_ml} mL prepared",
        "no more than was prepared",
    )  # fmt: skip
    given = InfusionGiven(
        subject,
        infusion,
        started,
        given_volume_ml,
        prepared.planned_volume_ml - given_volume_ml,
        dosing.given_amount(state.protocol.dosing, lot.received, given_volume_ml),
    )
    deviations = _deviations(state, person, prepared, given)
    return (given, *deviations, *_recorded_late(signed, given, between))


def _in_utc(started: datetime) -> datetime:
    if started.tzinfo is None:
        raise InputError("started", f"{started} without a zone", "a time in UTC")
    return started.astimezone(UTC)


def _recorded_late(
    signed: Signed, given: InfusionGiven, between: str | None
) -> Iterator[DeviationOpened]:
    if between is not None:
        text = (
            f"infusion {given.infusion}: given on {given.started.date()}, recorded late on "
            f"{signed.at.date()}: {between}"
        )
        yield DeviationOpened(given.subject, text, affects_evaluability=False)


def _deviations(
    state: TrialState, person: Subject, prepared: InfusionPrepared, given: InfusionGiven
) -> Iterator[DeviationOpened]:
    what = f"infusion {given.infusion}"
    received = exposure.shares(state.protocol, person)
    received[given.infusion] = exposure.share_given(prepared, given)
    off = dosing.percent_off(given.given_amount, prepared.planned_amount)
    tolerance = Decimal(str(state.protocol.dosing.tolerance_percent.value))
    if off > tolerance:
        text = f"{what}: {off} % from the planned amount (tolerance {tolerance} %)"
        yield DeviationOpened(person.number, text, _too_little(state, received))
    due, day = infusion_due(state.protocol, person, given.infusion), given.started.date()
    if due is not None and not due.first <= day <= due.last:
        timing = "early" if day < due.first else "late"
        text = f"{what}: {timing}, given on {day}; its window was {due.first} to {due.last}"
        yield DeviationOpened(person.number, text, affects_evaluability=False)


def _too_little(state: TrialState, received: exposure.Shares) -> bool:
    """Say whether a subject can no longer receive enough to be evaluable without a DLT."""
    return exposure.is_short(state.protocol, exposure.most_percent(received))


def miss(
    state: TrialState, signed: Signed, subject: str, infusion: int, on: date, why: str
) -> tuple[AnyEvent, ...]:
    """Record that an infusion of the schedule was not given; a deviation opens by itself."""
    named(why, "why")
    happened(on, signed, f"infusion {infusion} of {subject}")
    person = subject_in_trial(state, subject)
    entered = person.enrolled.enrolled_on
    require(
        on >= entered, "date",
        f"infusion {infusion} on {on} is before the enrolment of {subject}",
        f"a day from {entered}",
    )  # fmt: skip
    _in_order(state, person, infusion)
    what = f"infusion {infusion}: not given on {on} ({why})"
    received = exposure.shares(state.protocol, person) | {infusion: Decimal(0)}
    return (
        InfusionMissed(subject, infusion, on, why),
        DeviationOpened(subject, what, _too_little(state, received)),
    )


def _next_infusion(state: TrialState, person: Subject, infusion: int) -> None:
    _in_order(state, person, infusion)
    held = _held(person, infusion)
    require(
        held is None or held.prepared is None, "infusion",
        f"infusion {infusion} of {person.number} is already prepared",
        "the prepared dose given, or recorded as missed",
    )  # fmt: skip


def _in_order(state: TrialState, person: Subject, infusion: int) -> None:
    count = state.protocol.infusions.count.value
    if not 1 <= infusion <= count:
        raise InputError("infusion", str(infusion), f"a number from 1 to {count}")
    done = {i.number for i in person.infusions if i.given or i.missed}
    expected = next((n for n in range(1, count + 1) if n not in done), None)
    require(
        infusion == expected, "infusion",
        f"infusion {infusion} of {person.number} is out of order",
        f"infusion {expected}" if expected else "nothing: all infusions are done",
    )  # fmt: skip


def _not_too_early(state: TrialState, person: Subject, infusion: int, on: date) -> None:
    due = infusion_due(state.protocol, person, infusion)
    first = due.first if due else person.enrolled.enrolled_on
    require(
        on >= first, "window",
        f"infusion {infusion} of {person.number} is not due on {on}", f"a day from {first}",
    )  # fmt: skip
    _far_enough(state, person, infusion, on)


def _far_enough(state: TrialState, person: Subject, infusion: int, on: date) -> None:
    first = infusion_not_before(state.protocol, person)
    least = state.protocol.infusions.minimum_interval_days.value
    require(
        first is None or on >= first, "interval",
        f"infusion {infusion} of {person.number} on {on} is less than {least} days after the last",
        f"a day from {first}",
    )  # fmt: skip


def _second_person(state: TrialState, signed: Signed, verified_by: str) -> None:
    require(
        verified_by != signed.actor, "verification",
        f"{verified_by} prepared the dose", "a second person",
    )  # fmt: skip
    roles = state.staff.get(verified_by, ())
    require(
        bool(_VERIFIERS.intersection(roles)), "verification",
        f"{verified_by} may not verify a dose", "an appointed " + " or ".join(sorted(_VERIFIERS)),
    )  # fmt: skip


def _prepared(person: Subject, infusion: int) -> InfusionPrepared:
    held = _held(person, infusion)
    if held is None or held.prepared is None or held.given or held.missed:
        raise Refused(
            "infusion",
            f"no dose is ready for infusion {infusion} of {person.number}",
            "a dose that is prepared, and neither given nor missed",
        )
    return held.prepared


def _started(
    state: TrialState, person: Subject, infusion: int, started: datetime, signed: Signed
) -> None:
    require(
        started <= signed.at, "date", f"infusion {infusion} at {started} is still to come",
        f"a time up to {signed.at}",
    )  # fmt: skip
    held = _held(person, infusion)
    ready = held.prepared_at if held else None
    require(
        ready is None or started >= ready, "infusion",
        f"infusion {infusion} of {person.number} at {started} is before its dose was prepared",
        f"a time from {ready}",
    )  # fmt: skip
    _far_enough(state, person, infusion, started.date())


def _held(person: Subject, infusion: int) -> Infusion | None:
    return next((i for i in person.infusions if i.number == infusion), None)
