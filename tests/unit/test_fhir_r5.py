"""What R5 says in other words, severities, limits of normal, and lines of resources."""

import json
from datetime import date
from typing import Any

import pytest

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.screening.model import Code, Patient
from trialwright.screening.patients.fhir import read_bundle, read_lines

TODAY = date(2024, 9, 2)
Json = dict[str, Any]
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
PERSON: Json = {"resourceType": "Patient", "id": "a", "gender": "female", "birthDate": "1960"}
SUBJECT = {"reference": "Patient/a"}


def coded(system: str, code: str, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": code} | more]}


def read(*resources: Json, kind: str = "collection") -> Patient:
    entries = [{"resource": each} for each in (PERSON, *resources)]
    bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
    return read_bundle(json.dumps(bundle).encode(), "b.json", TODAY)


def resource(kind: str, **fields: Any) -> Json:
    return {"resourceType": kind, "id": "x", "subject": SUBJECT} | fields


@pytest.mark.parametrize("field", ["occurenceDateTime", "occurrenceDateTime"])
def test_r5_names_a_drug_by_a_codeable_reference(field: str) -> None:
    drug = {"concept": coded("http://www.whocc.no/atc", "C01CA07")}
    given = resource("MedicationAdministration", status="completed", medication=drug,
                     **{field: "2024-08-01"})  # fmt: skip
    stated = resource("MedicationStatement", status="recorded", medication=drug,
                      effectivePeriod={"start": "2024-07"})  # fmt: skip
    first, second = read(given, stated).medications
    assert first.codes == second.codes == (Code("atc", "C01CA07"),)
    assert (first.start, first.ended) == (PartialDate(2024, 8, 1), Truth.TRUE)
    assert (second.start, second.ended) == (PartialDate(2024, 7), Truth.UNKNOWN)


def test_r5_refers_to_a_medication_of_the_bundle() -> None:
    product = {"resourceType": "Medication", "id": "m",
               "code": coded("http://www.whocc.no/atc", "C01CA07")}  # fmt: skip
    asked = resource("MedicationRequest", status="active",
                     medication={"reference": {"reference": "Medication/m"}})  # fmt: skip
    (drug,) = read(product, asked).medications
    assert drug.codes == (Code("atc", "C01CA07"),)


def test_r5_says_what_device_a_person_has() -> None:
    device = {"resourceType": "Device", "id": "d", "type": [coded(SNOMED, "72506001")]}
    link = {"reference": "Device/d"}
    has = resource("DeviceAssociation", device=link, status=coded("s", "implanted"),
                   period={"start": "2024-06-02"})  # fmt: skip
    used = resource("DeviceUsage", patient=SUBJECT, status="completed",
                    device={"reference": link}, timingDateTime="2023")  # fmt: skip
    out = resource("DeviceAssociation", id="y", device=link, status=coded("s", "explanted"))
    wrong = resource(
        "DeviceAssociation", id="z", device=link, status=coded("s", "entered-in-error")
    )
    first, second, third = read(device, has, used, out, wrong).devices
    assert {each.codes for each in (first, second, third)} == {(Code("snomed", "72506001"),)}
    assert (first.start, first.ended) == (PartialDate(2024, 6, 2), Truth.FALSE)
    assert (second.start, second.ended) == (PartialDate(2023), Truth.TRUE)
    assert third.ended is Truth.TRUE


def test_r5_a_procedure_occurs() -> None:
    done = resource("Procedure", status="completed", code=coded(SNOMED, "232717009"),
                    occurrenceDateTime="2020-05")  # fmt: skip
    assert read(done).procedures[0].start == PartialDate(2020, 5)


@pytest.mark.parametrize(
    ("severity", "degree"),
    [
        (coded(SNOMED, "255604002"), "mild"),
        (coded(SNOMED, "6736007"), "moderate"),
        (coded(SNOMED, "24484000"), "severe"),
        ({"text": " Severe "}, "severe"),
        (coded("local", "3", display="moderate"), "moderate"),
        (coded(SNOMED, "24484000", display="mild"), None),
        ({"text": "quite bad"}, None),
        (None, None),
    ],
)
def test_severity_of_a_condition(severity: Json | None, degree: str | None) -> None:
    fields = {"severity": severity} if severity else {}
    (asthma,) = read(resource("Condition", code=coded(SNOMED, "195967001"), **fields)).conditions
    assert asthma.severity == degree


def test_an_allergy_is_as_severe_as_its_worst_reaction() -> None:
    reactions = [{"severity": "mild"}, {"severity": "severe"}, {}]
    allergy = {"resourceType": "AllergyIntolerance", "patient": SUBJECT, "reaction": reactions,
               "code": {"text": "nuts"}}  # fmt: skip
    assert read(allergy).allergies[0].severity == "severe"


def test_both_limits_of_normal_and_the_parts_of_a_panel() -> None:
    unit = {"unit": "mm[Hg]", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    panel = resource(
        "Observation", status="final", code=coded(LOINC, "85354-9"), effectiveDateTime="2024-08-20",
        component=[
            {"code": coded(LOINC, "8480-6"), "valueQuantity": {"value": 120} | unit,
             "referenceRange": [{"low": {"value": 90} | unit, "high": {"value": 140} | unit}]},
            {"code": coded(LOINC, "8462-4"), "valueQuantity": {"value": 80} | unit},
        ],
    )  # fmt: skip
    systolic, diastolic = read(panel).observations
    assert (systolic.codes, diastolic.codes) == (
        (Code("loinc", "8480-6"),), (Code("loinc", "8462-4"),),
    )  # fmt: skip
    assert systolic.lower_normal == Quantity(90, "mm[Hg]")
    assert systolic.upper_normal == Quantity(140, "mm[Hg]")
    assert (diastolic.lower_normal, diastolic.upper_normal) == (None, None)


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "batch", "document"])
def test_bundles_of_every_type_are_read(kind: str) -> None:
    assert read(kind=kind).id == "a"


def test_a_history_would_count_old_versions_and_is_refused() -> None:
    with pytest.raises(InputError, match="type: 'history'; wanted a bundle of resources as they"):
        read(kind="history")


def test_a_code_system_that_is_not_known_is_said_once_with_its_place() -> None:
    local = [
        resource("Condition", code=coded("urn:local", "17", display="Stroke")) for _ in range(3)
    ]
    stroke = [{"system": "urn:other", "code": "1"}, {"system": SNOMED, "code": "230690007"}]
    both = resource("Condition", id="y", code={"coding": stroke})
    person = read(*local, both)
    assert person.conditions[0].words == "Stroke"
    (line,) = person.unread
    assert line.startswith("b.json, entry[1] Condition/x: the code system 'urn:local'; wanted one")


def lines(*resources: Json) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in resources)


def test_lines_of_resources_of_several_people() -> None:
    other = {"resourceType": "Patient", "id": "b"}
    theirs = resource("Condition", code={"text": "x"}) | {
        "subject": {"reference": "http://h/fhir/Patient/b"}
    }
    mine = resource("Condition", id="y", code={"text": "y"})
    people = [("Patient.ndjson", lines(PERSON, other)), ("Condition.ndjson", lines(theirs, mine))]
    first, second = read_lines(people, TODAY)
    assert [each.words for each in first.conditions] == ["y"]
    assert [each.words for each in second.conditions] == ["x"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (lines(resource("Condition", code={})), "x.ndjson: no Patient resource; wanted one for"),
        (lines(PERSON) + b"\n{", "x.ndjson, line[2]: broken JSON"),
        (
            lines(PERSON, resource("Condition") | {"subject": {"reference": "Patient/z"}}),
            "line[2] Condition/x subject.reference: 'Patient/z'; wanted a patient of these files",
        ),
        (
            lines(PERSON, resource("Condition", onsetDateTime="2031-01-01")),
            "line[2] Condition/x onsetDateTime: '2031-01-01'; wanted a date up to 2024-09-02",
        ),
    ],
)
def test_a_fault_in_a_line_names_it(text: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_lines([("x.ndjson", text)], TODAY)
    assert says in str(caught.value)


def refused(*resources: Json) -> str:
    with pytest.raises(InputError) as caught:
        read(*resources)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["Condition", "Procedure", "AllergyIntolerance", "Observation"])
def test_what_may_change_the_meaning_is_never_read_past(kind: str) -> None:
    negated = resource(kind, modifierExtension=[{"url": "http://h/negated", "valueBoolean": True}])
    assert f"{kind}/x modifierExtension: 'http://h/negated'; wanted none" in refused(negated)
    ruled = resource(kind, implicitRules="http://h/rules")
    assert f"{kind}/x implicitRules: 'http://h/rules'; wanted none" in refused(ruled)


def test_a_modified_component_is_not_read_past_and_a_resource_that_is_not_read_may_be() -> None:
    part = {"code": coded(LOINC, "8480-6"), "modifierExtension": [{"url": "u"}]}
    panel = resource("Observation", component=[part])
    assert "component[0].modifierExtension: 'u'; wanted none" in refused(panel)
    assert read(resource("Encounter", modifierExtension=[{"url": "u"}])).id == "a"


def test_two_versions_of_a_resource_are_refused_and_a_copy_is_not() -> None:
    stroke = resource("Condition", code=coded(SNOMED, "230690007"))
    wrong = stroke | {"verificationStatus": coded("s", "entered-in-error")}
    assert "entry[2] Condition/x: a second time, with other content" in refused(stroke, wrong)
    assert len(read(stroke, stroke).conditions) == 2
    with pytest.raises(InputError, match=r"line\[3\] Condition/x: a second time"):
        read_lines([("x.ndjson", lines(PERSON, stroke, wrong))], TODAY)


def test_statuses_that_contradict_leave_it_open() -> None:
    both = {"coding": [{"code": "confirmed"}, {"code": "refuted"}]}
    (stroke,) = read(resource("Condition", verificationStatus=both)).conditions
    assert stroke.holds is Truth.UNKNOWN


@pytest.mark.parametrize(
    "fields",
    [
        {"onsetDateTime": "2024-08-01", "abatementDateTime": "2014-08-05"},
        {"onsetDateTime": "2024-08", "abatementPeriod": {"end": "2024-07-30"}},
    ],
)
def test_an_end_before_the_start_is_refused(fields: Json) -> None:
    assert "wanted an end on 2024-08" in refused(resource("Condition", **fields))
    drug = resource("MedicationStatement", effectivePeriod={"start": "2024", "end": "2023-12-30"})
    assert "effectivePeriod.end: 2023-12-30; wanted an end on 2024 or" in refused(drug)


def test_an_end_on_the_day_before_may_be_another_time_zone() -> None:
    same = {"onsetDateTime": "2024-08-02T00:30:00+02:00", "abatementDateTime": "2024-08-01T22:50Z"}
    assert read(resource("Condition", **same)).conditions[0].end == PartialDate(2024, 8, 1)


def test_a_line_about_nobody_is_not_lost() -> None:
    for subject in ({}, {"display": "somebody"}, {"identifier": {}}):
        stroke = resource("Condition") | {"subject": subject}
        with pytest.raises(InputError, match="Condition/x subject: missing; wanted a reference"):
            read_lines([("x.ndjson", lines(PERSON, stroke))], TODAY)
    equipment = {"resourceType": "Device", "id": "d"}
    (person,) = read_lines([("x.ndjson", lines(PERSON, equipment))], TODAY)
    assert person.devices == ()


def test_a_number_names_a_person_where_it_is_the_number_of_one() -> None:
    stroke = resource("Condition") | {"subject": {"identifier": {"value": "7"}}}
    mine = PERSON | {"identifier": [{"value": "7"}]}
    other = {"resourceType": "Patient", "id": "b"}
    first, second = read_lines([("x.ndjson", lines(mine, other, stroke))], TODAY)
    assert (len(first.conditions), len(second.conditions)) == (1, 0)
    twin = other | {"identifier": [{"value": "7"}]}
    with pytest.raises(InputError, match="identifier=7', the number of two; wanted one patient"):
        read_lines([("x.ndjson", lines(mine, twin, stroke))], TODAY)


def test_a_number_of_somebody_else_is_refused_in_a_bundle() -> None:
    theirs = resource("Condition") | {"subject": {"identifier": {"value": "9"}}}
    assert "subject.reference: 'Patient?identifier=9'; wanted the patient of" in refused(theirs)
