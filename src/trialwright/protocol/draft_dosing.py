"""The part of a draft that says who gets what and when: cohorts, dose levels, infusions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from trialwright.core.errors import InputError
from trialwright.protocol.arms import ArmReading, CohortText, Dose, read_arm
from trialwright.protocol.claims import check_cohort, check_infusions, check_people
from trialwright.protocol.criteria.numbers import COUNT, count
from trialwright.protocol.draft_doubts import answered, require_answered
from trialwright.protocol.model import Cohort, DoseLevel, Infusions, Stated
from trialwright.protocol.numerals import readable
from trialwright.protocol.sources import ARMS, Sources, from_fact, from_record, whole_fact

_DAYS_LISTED = re.compile(r"\bdays?\s+(-?\d+(?:\s*(?:,|and)\s*-?\d+)+)", re.IGNORECASE)
_APART = re.compile(
    rf"(?:every\s+)?\b(?P<n>{COUNT})[\s-]+(?P<unit>days?|weeks?)\b(?:\s+apart)?", re.IGNORECASE
)
_ROUTES = (
    "intravenous", "intracoronary", "intramyocardial", "transendocardial", "intrathecal",
    "intra-arterial", "intra-articular", "intramuscular", "subcutaneous", "intradermal",
    "intravitreal", "intratracheal", "inhaled", "oral", "topical",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """One arm's reading and the field that holds it."""

    field: str
    label: str
    reading: ArmReading


@dataclass(frozen=True, slots=True)
class _Planned:
    """One cohort with the place that states it; its dose is settled."""

    place: _Place
    text: CohortText
    dose: Dose
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class DosingDraft:
    """Dose levels in ascending order, the cohorts at them, their unit, and the infusions."""

    unit: str
    levels: tuple[DoseLevel, ...]
    cohorts: tuple[Cohort, ...]
    enrolment: Stated[int]
    infusions: Infusions


def draft_dosing(sources: Sources) -> DosingDraft:
    """Read doses, cohorts and infusions; refuse what is missing, ambiguous, or does not add up."""
    planned = tuple(_planned(sources))
    unit = _unit(planned, sources)
    amounts = sorted({cohort.amount for cohort in planned})
    sizes = tuple(_sizes(planned, sources))
    _check(planned, [size.value for size in sizes], sources)
    return DosingDraft(
        unit,
        tuple(_level(n, amount, planned) for n, amount in enumerate(amounts, 1)),
        tuple(
            Cohort(n, size, Stated(amounts.index(p.amount) + 1, from_record(p.place.field)))
            for n, (p, size) in enumerate(zip(planned, sizes, strict=True), 1)
        ),
        _enrolment(planned, [size.value for size in sizes], sources),
        _infusions(planned, sources),
    )


def _places(sources: Sources) -> Iterator[_Place]:
    if not sources.arms and not sources.interventions:
        raise InputError(
            sources.place(ARMS), "no arm", "an arm group that states doses and cohorts"
        )
    for i, arm in enumerate(sources.arms):
        field = f"{ARMS}.armGroups[{i}].description"
        yield _Place(field, arm.label or "", read_arm(arm.description or ""))
    for i, intervention in enumerate(sources.interventions):
        field = f"{ARMS}.interventions[{i}].description"
        yield _Place(field, intervention.name or "", read_arm(intervention.description or ""))


def _planned(sources: Sources) -> Iterator[_Planned]:
    places = tuple(_places(sources))
    stated = [(p, c) for p in places for c in p.reading.cohorts if c.dose]
    in_arms = [(p, c) for p, c in stated if ".armGroups[" in p.field]
    if not stated:
        raise InputError(sources.place(places[0].field), "no dose was read", f"{_A_DOSE} in an arm")
    chosen = in_arms or stated[:1]
    counted = {"1", *(cohort.dose.counted for _, cohort in chosen if cohort.dose)}
    require_answered([(p.field, p.reading) for p in places], counted, sources)
    for place in dict.fromkeys(place for place, _ in chosen):
        _require_every_dose(place, sources)
    for place, cohort in chosen:
        yield _plan(place, cohort, sources)


_A_DOSE = "a dose such as `20x10E9 particles/kg` or `5 mg/kg`"


def _require_every_dose(place: _Place, sources: Sources) -> None:
    """Refuse a cohort that states its size and no dose beside cohorts that do, or two doses."""
    for cohort in place.reading.cohorts:
        line = place.reading.line_of(cohort.start)
        where = f"{sources.place(place.field)}, line {line}"
        if cohort.labelled and cohort.size and not cohort.dose:
            raise InputError(where, f"cohort {cohort.label}: no dose was read", _A_DOSE)
        if cohort.dose and cohort.others:
            both = f"{cohort.dose.words!r} and {cohort.others[0].words!r}"
            raise InputError(where, f"{both} in one cohort", "one dose for each cohort")


def _plan(place: _Place, cohort: CohortText, sources: Sources) -> _Planned:
    dose = cohort.dose
    assert dose  # noqa: S101 - chosen above
    amount = _amount(dose, place, sources)
    total = cohort.cumulative
    sum_of = answered(total, sources) if total else None
    if total and sum_of:
        total = replace(total, readings=(sum_of,), doubt=None)
    settled = replace(dose, readings=(amount,), doubt=None)
    said = answered(dose, sources)
    source = f"answered by a person: {dose.words} = {readable(said)}" if said else None
    text = replace(cohort, dose=settled, cumulative=total)
    return _Planned(place, text, settled, amount, source or from_record(place.field))


def _amount(dose: Dose, place: _Place, sources: Sources) -> Decimal:
    amount = answered(dose, sources) or dose.value
    if amount is None or amount <= 0:
        line = place.reading.line_of(dose.start)
        where = f"{sources.place(place.field)}, line {line}"
        raise InputError(where, dose.words, "a dose above 0")
    return amount


def _unit(planned: Sequence[_Planned], sources: Sources) -> str:
    first = planned[0]
    for cohort in planned:
        if cohort.dose.unit != first.dose.unit:
            raise InputError(
                sources.place(cohort.place.field),
                f"{cohort.dose.words!r} beside {first.dose.words!r}",
                "doses in one unit",
            )
    if not first.dose.unit.endswith("/kg"):
        wanted = "a dose per kilogram (a flat dose is not covered yet)"
        raise InputError(sources.place(first.place.field), repr(first.dose.words), wanted)
    return first.dose.unit


def _sizes(planned: Sequence[_Planned], sources: Sources) -> Iterator[Stated[int]]:
    for cohort in planned:
        if cohort.text.size:
            yield Stated(cohort.text.size.value, from_record(cohort.place.field))
        elif len(planned) == 1 and sources.enrolment:
            yield Stated(sources.enrolment, from_record(_ENROLMENT))
        else:
            line = cohort.place.reading.line_of(cohort.text.start)
            raise InputError(
                f"{sources.place(cohort.place.field)}, line {line}",
                f"cohort {cohort.text.label} states no number of patients",
                "a size such as `(4 patients)`",
            )


_ENROLMENT = "protocolSection.designModule.enrollmentInfo.count"


def _check(planned: Sequence[_Planned], sizes: Sequence[int], sources: Sources) -> None:
    for cohort in planned:
        check_cohort(cohort.place.reading, cohort.text, sources.place(cohort.place.field))
    first = planned[0].place
    check_people(first.reading, sizes, sources.enrolment, sources.place(first.field))


def _level(number: int, amount: Decimal, planned: Sequence[_Planned]) -> DoseLevel:
    source = next(p.source for p in planned if p.amount == amount)
    return DoseLevel(number, Stated(float(amount), source))


def _enrolment(planned: Sequence[_Planned], sizes: Sequence[int], sources: Sources) -> Stated[int]:
    if sources.enrolment is not None:
        return Stated(sources.enrolment, from_record(_ENROLMENT))
    return Stated(sum(sizes), from_record(planned[0].place.field))


# --- infusions -------------------------------------------------------------------------------


def _infusions(planned: Sequence[_Planned], sources: Sources) -> Infusions:
    number = _count(planned, sources)
    days = _days(number.value, sources)
    return Infusions(
        number,
        days,
        sources.assumed.taken("infusions.window_days", int),
        _least_interval(days.value, sources),
        sources.assumed.taken("infusions.stop_after_dlt", bool),
        _route(sources),
    )


def _least_interval(days: tuple[int, ...], sources: Sources) -> Stated[int]:
    """Take the customary least interval, or the planned one where that is shorter."""
    key = "infusions.minimum_interval_days"
    gaps = [later - earlier for earlier, later in pairwise(days)]
    least = max(min([int(str(sources.assumed.values[key].value)), *gaps]), 0)
    return Stated(least, assumed=True, reason=sources.assumed.reason(key, days=least))


def _count(planned: Sequence[_Planned], sources: Sources) -> Stated[int]:
    """Return the number of infusions; every place of the record that states it must agree."""
    first = planned[0].place
    said = [(p.text.infusions or p.place.reading.infusions, p.place.field) for p in planned]
    said += [(p.reading.infusions, p.field) for p in _places(sources) if p.field != first.field]
    stated = [(found.value, field) for found, field in said if found]
    fact = whole_fact(sources, "infusions")
    if not stated:
        return fact or sources.assumed.taken("infusions.count", int)
    number, field = stated[0]
    others = [*stated[1:], *([(fact.value, fact.source or "")] if fact else [])]
    for other, source in others:
        check_infusions(first.reading, other, number, source, sources.place(first.field))
    return Stated(number, from_record(field))


def _days(number: int, sources: Sources) -> Stated[tuple[int, ...]]:
    if number == 1:
        return Stated((0,), assumed=True, reason=sources.assumed.reason("infusions.single_day"))
    if listed := sources.fact("infusion_days"):
        days = _listed_days(listed.value)
        if len(days) != number:
            where = f"{sources.name}, design fact infusion_days"
            raise InputError(where, repr(listed.value), f"{number} days, one for each infusion")
        return Stated(days, from_fact(listed))
    if (apart := sources.fact("infusion_interval")) and (step := _step(str(apart.value))):
        return Stated(tuple(step * i for i in range(number)), from_fact(apart))
    step = int(str(sources.assumed.values["infusions.interval_days"].value))
    reason = sources.assumed.reason("infusions.interval_days", count=number)
    return Stated(tuple(step * i for i in range(number)), assumed=True, reason=reason)


def _listed_days(value: object) -> tuple[int, ...]:
    if isinstance(value, tuple):
        return tuple(day for day in value if isinstance(day, int))
    found = _DAYS_LISTED.search(str(value))
    return tuple(int(day) for day in re.findall(r"-?\d+", found[1])) if found else ()


def _step(text: str) -> int | None:
    found = _APART.search(text)
    if not found:
        return None
    return count(found["n"]) * (7 if found["unit"].lower().startswith("week") else 1)


def _route(sources: Sources) -> Stated[str]:
    for place in _places(sources):
        text = f"{place.label} {place.reading.text}".lower()
        named = [route for route in _ROUTES if re.search(rf"\b{route}(?:ly)?\b", text)]
        if len(named) == 1:
            return Stated(named[0], from_record(place.field))
    return sources.assumed.taken("infusions.route", str)
