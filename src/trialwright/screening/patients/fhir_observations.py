"""FHIR observations: values with their unit, date and limits of normal."""

from decimal import Decimal
from typing import Literal

from trialwright.core.quantity import Quantity
from trialwright.screening.model import Coded, Measured, Observation
from trialwright.screening.patients import fhir_types as fhir
from trialwright.screening.patients.fhir_values import (
    Place,
    check_plain,
    concept,
    day,
    instant,
    measured,
)

# Never a result: withdrawn, or not there yet.
_NO_RESULT = frozenset({"entered-in-error", "cancelled", "registered"})


def observations(resource: fhir.ObservationResource, name: str, place: Place) -> list[Observation]:
    """Return the observation and one more for each of its components."""
    if resource.status in _NO_RESULT:
        return []
    own = _one(resource, resource, name, place)
    parts = [
        _one(part, resource, f"{name} component[{number}]", place.at(f"component[{number}]"))
        for number, part in enumerate(resource.component)
    ]
    return [own, *parts] if own.value is not None or not parts else parts


def _one(
    part: fhir.ObservationResource | fhir.Component,
    whole: fhir.ObservationResource,
    name: str,
    place: Place,
) -> Observation:
    if isinstance(part, fhir.Component):
        check_plain(part, place)
    code = concept(part.code, place)
    text, field = _effective(whole)
    at = place.at(field)
    return Observation(
        id=name,
        codes=code.codes,
        words=code.words,
        value=_value(part, place),
        effective=day(text, at),
        instant=instant(text, at),
        upper_normal=_normal("high", part, place),
        lower_normal=_normal("low", part, place),
    )


def _effective(whole: fhir.ObservationResource) -> tuple[str | None, str]:
    """Return when the value was true; a period counts by its end, when it was complete."""
    if whole.effective_period is not None:
        period = whole.effective_period
        if period.end is not None:
            return period.end, "effectivePeriod.end"
        return period.start, "effectivePeriod.start"
    if whole.effective_instant is not None:
        return whole.effective_instant, "effectiveInstant"
    return whole.effective_date_time, "effectiveDateTime"


def _value(
    part: fhir.ObservationResource | fhir.Component, place: Place
) -> Measured | Coded | None:
    if part.value_quantity is not None:
        # Panels in the field do leave out the unit of a component (blood pressure). Such a value
        # is kept and stays unknown; a result of its own without a unit is refused.
        is_component = isinstance(part, fhir.Component)
        return measured(part.value_quantity, place.at("valueQuantity"), bare=is_component)
    if part.value_codeable_concept is not None:
        return concept(part.value_codeable_concept)
    if part.value_string is not None:
        return Coded((), part.value_string)
    if part.value_integer is not None:
        return Measured(Quantity(Decimal(part.value_integer), "1"), str(part.value_integer))
    if part.value_boolean is not None:
        return Coded((), "true" if part.value_boolean else "false")
    return None


def _normal(
    side: Literal["low", "high"], part: fhir.ObservationResource | fhir.Component, place: Place
) -> Quantity | None:
    """Return a limit of normal where exactly one is given."""
    limits = [each.low if side == "low" else each.high for each in part.reference_range]
    given = [limit for limit in limits if limit is not None]
    if len(given) != 1:
        return None
    read = measured(given[0], place.at(f"referenceRange.{side}"), bare=True)
    return read.quantity if read and read.quantity.unit else None
