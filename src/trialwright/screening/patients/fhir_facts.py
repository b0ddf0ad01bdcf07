"""FHIR conditions, allergies, drugs, procedures and devices as facts with a start and an end.

The statuses are read by tables: what never happened is dropped, what is only suspected stays
unknown, and a status that says neither current nor over leaves that open.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from trialwright.core.dates import PartialDate
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain, Severity
from trialwright.screening.model import ClinicalFact, Coded
from trialwright.screening.patients import fhir_types as fhir
from trialwright.screening.patients.fhir_values import Place, check_order, codes_of, concept, day

Products = Mapping[str, fhir.CodeableConcept]  # what a medication or device is, by reference
Reader = Callable[[Any, str, Place, Products], list[ClinicalFact]]

# Recorded by mistake, planned only, or expressly not done.
_NEVER = frozenset({
    "entered-in-error", "cancelled", "draft", "intended", "not-taken", "not-done", "preparation",
    "declined",
})  # fmt: skip
_OVER = {
    "active": Truth.FALSE, "recurrence": Truth.FALSE, "relapse": Truth.FALSE,
    "in-progress": Truth.FALSE, "on-hold": Truth.FALSE,
    "inactive": Truth.TRUE, "remission": Truth.TRUE, "resolved": Truth.TRUE,
    "completed": Truth.TRUE, "stopped": Truth.TRUE, "ended": Truth.TRUE,
}  # fmt: skip
_HOLDS = {
    "confirmed": Truth.TRUE, "refuted": Truth.FALSE, "unconfirmed": Truth.UNKNOWN,
    "provisional": Truth.UNKNOWN, "differential": Truth.UNKNOWN,
}  # fmt: skip


# SNOMED CT's degrees of severity, and the words for them.
_DEGREES: dict[str, Severity] = {
    "255604002": "mild", "6736007": "moderate", "24484000": "severe",
    "mild": "mild", "moderate": "moderate", "severe": "severe",
}  # fmt: skip


def product(resource: fhir.Contained) -> fhir.CodeableConcept | None:
    """Return what a Medication or Device resource is."""
    return resource.code or _first(resource.type)


def _conditions(
    resource: fhir.ConditionResource, name: str, place: Place, products: Products
) -> list[ClinicalFact]:
    verified = codes_of(resource.verification_status)
    if _NEVER.intersection(verified):
        return []
    start, _ = _moment(
        place, {"onsetDateTime": resource.onset_date_time}, {"onsetPeriod": resource.onset_period}
    )
    over_from, over_to = _moment(
        place,
        {"abatementDateTime": resource.abatement_date_time},
        {"abatementPeriod": resource.abatement_period},
    )
    end = over_to or over_from
    check_order(start, end, place.at("abatementPeriod.end" if over_to else "abatementDateTime"))
    ended = _over(codes_of(resource.clinical_status))
    said = {_HOLDS[code] for code in verified if code in _HOLDS} or {Truth.TRUE}
    holds = said.pop() if len(said) == 1 else Truth.UNKNOWN  # two codes that contradict
    what = concept(resource.code, place)
    return [replace(_fact(name, what, start, end, holds, ended), severity=_degree(resource))]


def _degree(resource: fhir.ConditionResource) -> Severity | None:
    """Return the recorded severity, by its code or word; of an allergy, its worst reaction's."""
    said = resource.severity or fhir.CodeableConcept()
    words = [*codes_of(said), said.text, *(coding.display for coding in said.coding)]
    named = {degree for word in words if word and (degree := _DEGREES.get(word.strip().lower()))}
    if named:
        return named.pop() if len(named) == 1 else None
    worst = {each.severity for each in resource.reaction}
    return next((degree for degree in ("severe", "moderate", "mild") if degree in worst), None)


def _medications(
    resource: fhir.MedicationResource, name: str, place: Place, products: Products
) -> list[ClinicalFact]:
    planned = resource.intent in ("proposal", "plan")
    if resource.status in _NEVER or planned or resource.do_not_perform:
        return []
    start, end = _moment(
        place,
        {
            "effectiveDateTime": resource.effective_date_time,
            "occurenceDateTime": resource.occurence_date_time,
            "occurrenceDateTime": resource.occurrence_date_time,
            "authoredOn": resource.authored_on,
        },
        {
            "effectivePeriod": resource.effective_period,
            "occurencePeriod": resource.occurence_period,
            "occurrencePeriod": resource.occurrence_period,
        },
    )
    drug = _drug(resource, products, place)
    return [_fact(name, drug, start, end, _certain(resource), _over((resource.status,)))]


def _dispenses(
    resource: fhir.DispenseResource, name: str, place: Place, products: Products
) -> list[ClinicalFact]:
    """Read what was handed over; how long it is taken, no dispense tells."""
    if resource.status in _NEVER:
        return []
    start = day(resource.when_handed_over, place.at("whenHandedOver"))
    handed_over = Truth.TRUE if resource.status == "completed" or start else Truth.UNKNOWN
    drug = _drug(resource, products, place)
    return [_fact(name, drug, start, None, handed_over, Truth.UNKNOWN)]


def _drug(resource: fhir.MedicationResource, products: Products, place: Place) -> Coded:
    link = resource.medication_reference
    named = resource.medication_codeable_concept
    if resource.medication is not None:
        link = link or resource.medication.reference
        named = named or resource.medication.concept
    return _named(named, link, resource.contained, products, place)


def _procedures(
    resource: fhir.ProcedureResource, name: str, place: Place, products: Products
) -> list[ClinicalFact]:
    if resource.status in _NEVER:
        return []
    start, end = _moment(
        place,
        {
            "performedDateTime": resource.performed_date_time,
            "occurrenceDateTime": resource.occurrence_date_time,
        },
        {
            "performedPeriod": resource.performed_period,
            "occurrencePeriod": resource.occurrence_period,
        },
    )
    done = concept(resource.code, place)
    return [_fact(name, done, start, end, _certain(resource), _over((resource.status,)))]


def _devices(
    resource: fhir.DeviceResource, name: str, place: Place, products: Products
) -> list[ClinicalFact]:
    """Read a device that is the patient's own; one without a patient is equipment."""
    if resource.status in _NEVER or resource.patient is None:
        return []
    device = _named(_first(resource.type), None, (), products, place)
    return [_fact(name, device, None, None, Truth.TRUE, _over((resource.status,)))]


def _device_use(
    resource: fhir.DeviceUseResource, name: str, place: Place, products: Products
) -> list[ClinicalFact]:
    if resource.status in _NEVER:
        return []
    start, end = _moment(
        place,
        {"timingDateTime": resource.timing_date_time},
        {"timingPeriod": resource.timing_period},
    )
    link = resource.device.reference
    target = fhir.Reference(link, resource.device.display) if isinstance(link, str) else link
    device = _named(resource.device.concept, target, resource.contained, products, place)
    return [_fact(name, device, start, end, _certain(resource), _over((resource.status,)))]


def _association(
    resource: fhir.DeviceAssociationResource, name: str, place: Place, products: Products
) -> list[ClinicalFact]:
    statuses = codes_of(resource.status)
    if _NEVER.intersection(statuses):
        return []
    start, end = _moment(place, {}, {"period": resource.period})
    device = _named(None, resource.device, (), products, place)
    ended = next((_IN_PLACE[each] for each in statuses if each in _IN_PLACE), Truth.UNKNOWN)
    return [_fact(name, device, start, end, Truth.TRUE, ended)]


# https://hl7.org/fhir/R5/valueset-deviceassociation-status.html
_IN_PLACE = {"implanted": Truth.FALSE, "attached": Truth.FALSE, "explanted": Truth.TRUE}

READERS: dict[str, tuple[type[fhir.About], Domain, Reader]] = {
    "Condition": (fhir.ConditionResource, "condition", _conditions),
    "AllergyIntolerance": (fhir.ConditionResource, "allergy", _conditions),
    "MedicationRequest": (fhir.MedicationResource, "drug", _medications),
    "MedicationStatement": (fhir.MedicationResource, "drug", _medications),
    "MedicationUsage": (fhir.MedicationResource, "drug", _medications),
    "MedicationAdministration": (fhir.MedicationResource, "drug", _medications),
    "MedicationDispense": (fhir.DispenseResource, "drug", _dispenses),
    "Procedure": (fhir.ProcedureResource, "procedure", _procedures),
    "Device": (fhir.DeviceResource, "device", _devices),
    "DeviceUseStatement": (fhir.DeviceUseResource, "device", _device_use),
    "DeviceUsage": (fhir.DeviceUseResource, "device", _device_use),
    "DeviceAssociation": (fhir.DeviceAssociationResource, "device", _association),
}


def _fact(
    name: str, what: Coded, start: PartialDate | None, end: PartialDate | None,
    holds: Truth, ended: Truth,
) -> ClinicalFact:  # fmt: skip
    return ClinicalFact(name, what.codes, what.words, start, end, holds, ended, what.displays)


def _moment(
    place: Place, days: Mapping[str, str | None], periods: Mapping[str, fhir.Period | None]
) -> tuple[PartialDate | None, PartialDate | None]:
    """Return start and end, from the first field that is there, a period before a single day.

    A single day has no end of its own, and the end of a period may lie ahead.
    """
    for field, period in periods.items():
        if period is not None:
            ahead = Place(place.file, place.path).at(field)
            start = day(period.start, place.at(field).at("start"))
            end = day(period.end, ahead.at("end"))
            check_order(start, end, ahead.at("end"))
            return start, end
    for field, text in days.items():
        if text is not None:
            return day(text, place.at(field)), None
    return None, None


def _over(statuses: tuple[str | None, ...]) -> Truth:
    """Say whether it is over; a status that does not say, or none at all, leaves it open."""
    return next((_OVER[status] for status in statuses if status in _OVER), Truth.UNKNOWN)


def _certain(resource: fhir.Resource) -> Truth:
    return Truth.UNKNOWN if resource.status == "unknown" else Truth.TRUE


def _first(
    kind: fhir.CodeableConcept | tuple[fhir.CodeableConcept, ...] | None,
) -> fhir.CodeableConcept | None:
    return next(iter(kind), None) if isinstance(kind, tuple) else kind


def _named(
    own: fhir.CodeableConcept | None,
    link: fhir.Reference | None,
    contained: tuple[fhir.Contained, ...],
    products: Products,
    place: Place,
) -> Coded:
    """Return what is meant, in place or by reference; a dead reference leaves its words."""
    if own is not None:
        return concept(own, place)
    if link is None:
        return Coded((), "")
    inside = {f"#{each.id}": product(each) for each in contained}
    target = inside.get(link.reference or "") or products.get(link.reference or "")
    return concept(target, place) if target else Coded((), link.display or link.reference or "")
