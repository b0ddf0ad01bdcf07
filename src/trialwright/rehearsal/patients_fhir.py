"""Simulated patients as FHIR R4 bundles, marked as test data; equal patients give equal bytes.

`read_bundle(simulated_bundle(patient))` gives the patient back.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from trialwright.core.truth import Truth
from trialwright.screening.model import ClinicalFact, Code, Coded, Measured, Observation, Patient
from trialwright.screening.patients.code_systems import SYSTEMS

Json = dict[str, Any]

_BASE = "http://example.org/fhir"  # a name that is reserved for examples (RFC 2606)
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_TEST_DATA: Json = {
    "tag": [{
        "system": f"{_TERMINOLOGY}/v3-ActReason",
        "code": "HTEST",
        "display": "test health data: a simulated patient, not a person",
    }]
}  # fmt: skip
_ADDRESSES = {name: address for address, name in reversed(SYSTEMS.items())}
_encoder = msgspec.json.Encoder(decimal_format="number")


def simulated_bundle(patient: Patient) -> bytes:
    """Return the bundle of a simulated patient; refuse one that is not marked as simulated."""
    if not patient.simulated:
        raise ValueError(f"patient {patient.id} is not marked as simulated")
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "meta": _TEST_DATA,
        "entry": [
            {"fullUrl": f"{_BASE}/{each['resourceType']}/{each['id']}", "resource": each}
            for each in _resources(patient)
        ],
    }
    return msgspec.json.format(_encoder.encode(bundle), indent=2) + b"\n"


def _resources(patient: Patient) -> Iterator[Json]:
    yield _person(patient)
    about = {"reference": f"Patient/{patient.id}"}
    for observation in patient.observations:
        yield _observation(observation, about)
    for fact in patient.conditions:
        yield _condition(fact, "Condition", about)
    for fact in patient.allergies:
        yield _condition(fact, "AllergyIntolerance", about)
    for fact in patient.medications:
        yield _medication(fact, about)
    for fact in patient.procedures:
        yield _procedure(fact, about)
    for fact in patient.devices:
        yield _device_use(fact, about)


def _person(patient: Patient) -> Json:
    person: Json = {
        "resourceType": "Patient",
        "id": patient.id,
        "meta": _TEST_DATA,
        "identifier": [{"system": "urn:trialwright:simulated", "value": patient.id}],
        "name": [{"text": f"Simulated patient {patient.id}"}],
        "gender": patient.sex,
    }
    if patient.birth:
        person["birthDate"] = str(patient.birth)
    if patient.died:
        person["deceasedDateTime"] = str(patient.died)
    elif patient.deceased:
        person["deceasedBoolean"] = True
    return person


def _observation(observation: Observation, about: Json) -> Json:
    resource = _start("Observation", observation.id) | {
        "status": "final",
        "code": _concept(observation.codes, observation.words),
        "subject": about,
    }
    if observation.effective:
        resource["effectiveDateTime"] = str(observation.effective)
    match observation.value:
        case Measured() as measured:
            resource["valueQuantity"] = _quantity(measured)
        case Coded(codes=codes, words=words):
            resource["valueCodeableConcept"] = _concept(codes, words)
        case None:
            resource["dataAbsentReason"] = {"text": "not measured"}
    return resource


def _quantity(measured: Measured) -> Json:
    bound = {"comparator": measured.bound} if measured.bound else {}
    unit = measured.quantity.unit
    ucum = {"unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    return {"value": measured.quantity.value} | bound | ucum


def _condition(fact: ClinicalFact, kind: str, about: Json) -> Json:
    """Return a condition or an allergy: both have the same two statuses."""
    word = "condition" if kind == "Condition" else "allergyintolerance"
    resource = _start(kind, fact.id)
    clinical = {Truth.FALSE: "active", Truth.TRUE: "resolved"}.get(fact.ended)
    if clinical:
        resource["clinicalStatus"] = _status(f"{word}-clinical", clinical)
    verified = {Truth.TRUE: "confirmed", Truth.FALSE: "refuted", Truth.UNKNOWN: "unconfirmed"}
    code = "condition-ver-status" if kind == "Condition" else "allergyintolerance-verification"
    resource["verificationStatus"] = _status(code, verified[fact.holds])
    resource["code"] = _concept(fact.codes, fact.words)
    resource["subject" if kind == "Condition" else "patient"] = about
    if fact.start:
        resource["onsetDateTime"] = str(fact.start)
    if fact.end and kind == "Condition":
        resource["abatementDateTime"] = str(fact.end)
    return resource


def _medication(fact: ClinicalFact, about: Json) -> Json:
    return _start("MedicationStatement", fact.id) | {
        "status": "active" if fact.ended is Truth.FALSE else "completed",
        "medicationCodeableConcept": _concept(fact.codes, fact.words),
        "subject": about,
        **_period("effectivePeriod", fact),
    }


def _procedure(fact: ClinicalFact, about: Json) -> Json:
    return _start("Procedure", fact.id) | {
        "status": "in-progress" if fact.ended is Truth.FALSE else "completed",
        "code": _concept(fact.codes, fact.words),
        "subject": about,
        **_period("performedPeriod", fact),
    }


def _device_use(fact: ClinicalFact, about: Json) -> Json:
    device = {"resourceType": "Device", "id": "device", "type": _concept(fact.codes, fact.words)}
    return _start("DeviceUseStatement", fact.id) | {
        "contained": [device],
        "status": "active" if fact.ended is Truth.FALSE else "completed",
        "subject": about,
        **_period("timingPeriod", fact),
        "device": {"reference": "#device"},
    }


def _period(field: str, fact: ClinicalFact) -> Json:
    ends = {name: str(day) for name, day in (("start", fact.start), ("end", fact.end)) if day}
    return {field: ends} if ends else {}


def _start(kind: str, id_: str) -> Json:
    return {"resourceType": kind, "id": id_.removeprefix(f"{kind}/")}


def _status(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{_TERMINOLOGY}/{system}", "code": code}]}


def _concept(codes: tuple[Code, ...], words: str) -> Json:
    coding = [{"system": _ADDRESSES[code.system], "code": code.code} for code in codes]
    return ({"coding": coding} if coding else {}) | {"text": words}
