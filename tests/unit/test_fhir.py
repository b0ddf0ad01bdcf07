"""FHIR bundles become patients; every fault is one line that names file, place and wish."""

import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.screening.model import Code, Coded, Measured, Patient
from trialwright.screening.patients.fhir import read_bundle

TODAY = date(2024, 9, 2)
Json = dict[str, Any]
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
PERSON: Json = {"resourceType": "Patient", "id": "a", "gender": "male", "birthDate": "1960-04"}


def bundle(*resources: Json, person: Json | None = PERSON, **more: Any) -> bytes:
    every = ([person] if person else []) + list(resources)
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate(every)]
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": entries} | more
    ).encode()


def read(*resources: Json, **more: Any) -> Patient:
    return read_bundle(bundle(*resources, **more), "b.json", TODAY)


def fault(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_bundle(data, "b.json", TODAY)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def concept(system: str, code: str, text: str = "") -> Json:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def lvef(**more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": "abc",
        "status": "final",
        "code": concept(LOINC, "10230-1", "LVEF"),
        "subject": {"reference": "Patient/a"},
        "effectiveDateTime": "2024-08-20T09:30:00+02:00",
        "valueQuantity": {
            "value": 40.0,
            "unit": "percent",
            "system": "http://unitsofmeasure.org",
            "code": "%",
        },
    } | more


def test_a_person_and_a_value_are_read_exactly() -> None:
    patient = read(lvef())
    assert (patient.id, patient.sex, patient.birth) == ("a", "male", PartialDate(1960, 4))
    (value,) = patient.observations
    assert value.id == "Observation/abc"
    assert value.codes == (Code("loinc", "10230-1"),)
    assert value.value == Measured(Quantity(Decimal("40.0"), "%"), "40.0 percent")
    assert value.effective == PartialDate(2024, 8, 20)
    assert value.instant == datetime(2024, 8, 20, 7, 30, tzinfo=UTC)


def test_gzip_reads_the_same() -> None:
    plain = bundle(lvef())
    assert read_bundle(gzip.compress(plain), "b.json.gz", TODAY) == read_bundle(plain, "b", TODAY)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueCodeableConcept": concept(LOINC, "LA28406-9", "III")},
         Coded((Code("loinc", "LA28406-9"),), "III")),
        ({"valueString": "class III"}, Coded((), "class III")),
        ({"valueInteger": 2}, Measured(Quantity(Decimal(2), "1"), "2")),
        ({"valueBoolean": True}, Coded((), "true")),
        ({"valueQuantity": {"value": 5, "comparator": "<", "unit": "pg/mL"}},
         Measured(Quantity(Decimal(5), "pg/mL"), "< 5 pg/mL", "<")),
        ({"valueQuantity": {"unit": "pg/mL"}}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_every_kind_of_value(value: Json, expected: object) -> None:
    resource = {k: v for k, v in lvef().items() if k != "valueQuantity"} | value
    assert read(resource).observations[0].value == expected


def test_what_is_no_result_is_left_out() -> None:
    for status in ("entered-in-error", "cancelled", "registered"):
        assert read(lvef(status=status)).observations == ()


def test_components_are_values_of_their_own_and_may_lack_a_unit() -> None:
    pressure = lvef(
        code=concept(LOINC, "85354-9"),
        component=[
            {"code": concept(LOINC, "8480-6"), "valueQuantity": {"value": 120, "unit": "mm[Hg]"}},
            {"code": concept(LOINC, "8462-4"), "valueQuantity": {"value": 80}},
        ],
    )
    del pressure["valueQuantity"]
    systolic, diastolic = read(pressure).observations
    assert systolic.id == "Observation/abc component[0]"
    assert systolic.effective == PartialDate(2024, 8, 20)
    assert diastolic.value == Measured(Quantity(Decimal(80), ""), "80")


def test_the_upper_limit_of_normal_where_exactly_one_is_given() -> None:
    high = {"high": {"value": 40, "unit": "U/L"}}
    assert read(lvef(referenceRange=[high])).observations[0].upper_normal == Quantity(
        Decimal(40), "U/L"
    )
    assert read(lvef(referenceRange=[high, high])).observations[0].upper_normal is None


def test_unknown_code_systems_leave_their_words() -> None:
    (value,) = read(lvef(code=concept("http://local", "EF", "Ejection fraction"))).observations
    assert (value.codes, value.words) == ((), "Ejection fraction")
    (value,) = read(
        lvef(code=concept("http://snomed.info/sct/731000124108", "70822001"))
    ).observations
    assert value.codes == (Code("snomed", "70822001"),)


def condition(**more: Any) -> Json:
    return {
        "resourceType": "Condition",
        "id": "c",
        "clinicalStatus": concept("x", "active"),
        "code": concept(SNOMED, "230690007", "Stroke"),
        "subject": {"reference": "urn:uuid:0"},
        "onsetDateTime": "2024-02",
    } | more


@pytest.mark.parametrize(
    ("more", "holds", "ended"),
    [
        ({}, Truth.TRUE, Truth.FALSE),
        ({"clinicalStatus": concept("x", "resolved")}, Truth.TRUE, Truth.TRUE),
        ({"clinicalStatus": None}, Truth.TRUE, Truth.UNKNOWN),
        ({"verificationStatus": concept("x", "provisional")}, Truth.UNKNOWN, Truth.FALSE),
        ({"verificationStatus": concept("x", "refuted")}, Truth.FALSE, Truth.FALSE),
    ],
)
def test_the_two_statuses_of_a_condition(more: Json, holds: Truth, ended: Truth) -> None:
    resource = {k: v for k, v in condition(**more).items() if v is not None}
    (fact,) = read(resource).conditions
    assert (fact.holds, fact.ended, fact.start) == (holds, ended, PartialDate(2024, 2))


def test_a_condition_entered_in_error_is_left_out() -> None:
    assert read(condition(verificationStatus=concept("x", "entered-in-error"))).conditions == ()


DRUG = concept("http://www.whocc.no/atc", "C01CA07", "dobutamine")
MEDICATION = {"resourceType": "Medication", "id": "m", "code": DRUG}


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "MedicationRequest", "status": "active", "medicationCodeableConcept": DRUG,
         "authoredOn": "2024-08-01"},
        {"resourceType": "MedicationStatement", "status": "active",
         "medicationReference": {"reference": "Medication/m"},
         "effectivePeriod": {"start": "2024-08-01", "end": "2099-01-01"}},
        {"resourceType": "MedicationStatement", "status": "recorded",
         "medication": {"concept": DRUG}, "effectiveDateTime": "2024-08-01"},
        {"resourceType": "MedicationAdministration", "status": "completed",
         "medication": {"reference": {"reference": "urn:uuid:2"}},
         "occurenceDateTime": "2024-08-01"},
        {"resourceType": "MedicationRequest", "status": "stopped", "authoredOn": "2024-08-01",
         "contained": [MEDICATION], "medicationReference": {"reference": "#m"}},
    ],
)  # fmt: skip
def test_drugs_of_both_releases_in_place_or_by_reference(resource: Json) -> None:
    (fact,) = read(resource, MEDICATION).medications
    assert fact.codes == (Code("atc", "C01CA07"),)
    assert fact.start == PartialDate(2024, 8, 1)
    over = {"active": Truth.FALSE, "recorded": Truth.UNKNOWN}.get(resource["status"], Truth.TRUE)
    assert fact.ended is over


@pytest.mark.parametrize(
    "more",
    [
        {"status": "draft"},
        {"status": "entered-in-error"},
        {"intent": "plan"},
        {"doNotPerform": True},
    ],
)
def test_drugs_that_were_never_given_are_left_out(more: Json) -> None:
    request = {"resourceType": "MedicationRequest", "status": "active"} | more
    assert read(request | {"medicationCodeableConcept": DRUG}).medications == ()


def test_a_dead_reference_to_a_drug_keeps_its_words_uncoded() -> None:
    link = {"reference": "Medication/9", "display": "milrinone"}
    request = {"resourceType": "MedicationRequest", "status": "active", "medicationReference": link}
    (fact,) = read(request).medications
    assert (fact.codes, fact.words) == ((), "milrinone")


def test_procedures_allergies_and_devices() -> None:
    device = {"resourceType": "Device", "id": "d", "type": concept(SNOMED, "72506001", "ICD")}
    patient = read(
        {"resourceType": "Procedure", "status": "completed", "code": concept(SNOMED, "64915003"),
         "performedPeriod": {"start": "2019-01-02T08:00:00Z", "end": "2019-01-02T12:00:00Z"}},
        {"resourceType": "Procedure", "status": "not-done", "code": concept(SNOMED, "64915003")},
        {"resourceType": "AllergyIntolerance", "code": concept(SNOMED, "91936005"),
         "patient": {"reference": "Patient/a"}, "clinicalStatus": concept("x", "active")},
        device,
        device | {"id": "own", "status": "active", "patient": {"reference": "Patient/a"}},
        {"resourceType": "DeviceUseStatement", "status": "active",
         "device": {"reference": "Device/d"}, "timingDateTime": "2021-05-11"},
        {"resourceType": "DeviceUsage", "status": "active",
         "device": {"reference": {"reference": "Device/d"}}},
    )  # fmt: skip
    (operation,) = patient.procedures
    assert (operation.start, operation.end) == (PartialDate(2019, 1, 2), PartialDate(2019, 1, 2))
    assert operation.id == "entry[1] Procedure"  # where it has no id of its own
    assert patient.allergies[0].ended is Truth.FALSE
    codes = [fact.codes for fact in patient.devices]
    assert codes == [(Code("snomed", "72506001"),)] * 3


def test_death_and_the_mark_of_test_data() -> None:
    tag = {"tag": [{"code": "HTEST"}]}
    assert not read().simulated
    assert read(person=PERSON | {"meta": tag}).simulated
    assert read(meta=tag).simulated
    patient = read(person=PERSON | {"deceasedDateTime": "2020-01-05"})
    assert (patient.deceased, patient.died) == (True, PartialDate(2020, 1, 5))
    assert read(person=PERSON | {"deceasedBoolean": True}).deceased
    assert not read(person=PERSON | {"deceasedBoolean": False}).deceased


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "b.json: is empty; wanted a FHIR bundle (JSON)"),
        (bundle(lvef())[:-30], "b.json: broken JSON"),
        (b"\xff\xfe\x00", "b.json: broken JSON"),
        (b"[1, 2]", "b.json: array; wanted object here"),
        (b'{"resourceType": "Patient"}', "b.json, resourceType: 'Patient'; wanted 'Bundle'"),
        (b"{}", "b.json, resourceType: missing; wanted 'Bundle'"),
        (b'{"meta": ' + b'{"x": ' * 100_000, "b.json: JSON nested too deeply"),
        (gzip.compress(bundle())[:-9], "b.json: broken gzip data"),
        (bundle(person=None), "b.json: no Patient resource; wanted a bundle of exactly one"),
        (
            bundle(lvef(), PERSON | {"id": "b"}, lvef(status="final", valueQuantity={})),
            "b.json: two patients (Patient/a, Patient/b); wanted a bundle of exactly one",
        ),
        (bundle(PERSON), "b.json, entry[1] Patient/a: 2 Patient resources; wanted"),
        (bundle({"id": "x"}), "b.json, entry[1] resource.resourceType: missing"),
        (bundle(person={"resourceType": "Patient"}), "b.json, entry[0] Patient id: missing"),
        (bundle(person=PERSON | {"gender": "m"}), "entry[0] Patient/a gender: 'm'; wanted male,"),
        (bundle(person=PERSON | {"birthDate": "1960-13-01"}), "Patient/a birthDate: '1960-13-01'"),
        (bundle(person=PERSON | {"birthDate": "2099"}), "a date up to 2024-09-02, not one in the"),
        (bundle(lvef(valueQuantity={"value": 40})),
         "b.json, entry[1] Observation/abc valueQuantity.unit: missing; wanted a unit"),
        (bundle(lvef(valueQuantity={"value": 40, "unit": " "})), "valueQuantity.unit: missing"),
        (bundle(lvef(valueQuantity={"value": "40", "unit": "%"})),
         "valueQuantity.value: \"40\"; wanted a JSON number"),
        (bundle(lvef(valueQuantity={"value": 40, "unit": 7})),
         "Observation/abc valueQuantity.unit: int; wanted str here"),
        (bundle(lvef(valueQuantity={"value": 4, "unit": "%", "comparator": "~"})),
         "valueQuantity.comparator: '~'; wanted <, <=, > or >="),
        (bundle(lvef(effectiveDateTime="2024-09-04")), "effectiveDateTime: '2024-09-04'; wanted"),
        (bundle(lvef(effectiveDateTime="yesterday")), "effectiveDateTime: 'yesterday'; wanted"),
        (bundle(lvef(effectiveDateTime="2024-08-20T99:00:00Z")), "a date and time as"),
        (bundle(lvef(subject={"reference": "Patient/b"})),
         "subject.reference: 'Patient/b'; wanted the patient of this bundle"),
        (bundle(condition(onsetDateTime="2031-01-01")), "Condition/c onsetDateTime: '2031-01-01'"),
        (bundle({"resourceType": "Procedure", "id": "p", "occurrencePeriod": {"start": "2031"}}),
         "Procedure/p occurrencePeriod.start: '2031'"),
    ],
)  # fmt: skip
def test_faults_name_the_file_the_place_and_the_wish(data: bytes, says: str) -> None:
    assert says in fault(data)


def test_numbers_beyond_a_clinic_are_refused() -> None:
    raw = bundle(lvef()).replace(b"40.0", b"1e999999999")
    assert "a JSON number" in fault(raw)


def test_references_to_the_patient_in_every_spelling() -> None:
    person = PERSON | {"identifier": [{"value": "77"}]}
    for name in ("Patient/a", "urn:uuid:0", "https://h.example/fhir/Patient/a",
                 "Patient/a/_history/2", "Patient?identifier=77"):  # fmt: skip
        assert read(lvef(subject={"reference": name}), person=person).observations
    assert read(lvef(subject={"display": "somebody"})).observations


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "resourceType", "id", "code", "coding", "system", "value", "unit", "valueQuantity",
            "effectiveDateTime", "subject", "reference", "status", "entry", "resource", "component",
        ]),
        inner, max_size=5,
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from([
        "Observation", "Condition", "MedicationRequest", "Procedure", "Device",
        "DeviceUseStatement", "AllergyIntolerance", "Medication", "Other",
    ]),
    body=st.dictionaries(st.sampled_from([*lvef(), "component", "medication", "onsetPeriod"]),
                         JSON_VALUES, max_size=6),
)  # fmt: skip
def test_any_json_is_read_or_refused_in_one_line(kind: str, body: Json) -> None:
    data = bundle(lvef(), body | {"resourceType": kind})
    try:
        assert read_bundle(data, "b.json", TODAY).id == "a"
    except InputError as error:
        assert str(error).startswith("b.json")


@settings(max_examples=200, deadline=None)
@given(cut=st.integers(0, 600), noise=st.binary(max_size=6))
def test_any_bytes_are_read_or_refused_in_one_line(cut: int, noise: bytes) -> None:
    data = bundle(lvef(), condition())
    for damaged in (data[:cut] + noise + data[cut + len(noise) :], gzip.compress(data)[:cut]):
        try:
            read_bundle(damaged, "b.json", TODAY)
        except InputError as error:
            assert str(error).startswith("b.json")
