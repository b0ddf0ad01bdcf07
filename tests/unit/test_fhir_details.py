"""What FHIR allows and few records have: ages at an onset, dispenses; and ambiguous JSON."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.test_fhir import SNOMED, TODAY, bundle, concept, condition, fault, lvef, read

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.screening.patients.fhir import read_bundle, read_lines

Json = dict[str, Any]


def aged(value: object, unit: str = "a", birth: str | None = "1960-04-20") -> tuple[Any, Any]:
    """Return the start of a condition that began at an age, and what was said."""
    resource = condition(onsetAge={"value": value, "unit": unit, "code": unit})
    del resource["onsetDateTime"]
    person = {"resourceType": "Patient", "id": "a"} | ({"birthDate": birth} if birth else {})
    patient = read_bundle(bundle(resource, person=person), "b.json", TODAY)
    return patient.conditions[0].start, patient.unread


@pytest.mark.parametrize(
    ("age", "birth", "start"),
    [
        ((45, "a"), "1960-01-01", PartialDate(2005)),
        ((0, "d"), "1960-04-20", PartialDate(1960, 4, 20)),
        ((9, "d"), "1960-04-20", PartialDate(1960, 4, 29)),
        ((1, "wk"), "1960-04-01", PartialDate(1960, 4)),
        ((1, "wk"), "1960-04-20", PartialDate(1960)),  # from 27 April to 3 May
        ((2, "mo"), "1960-04-20", PartialDate(1960)),
        ((64, "years"), "1960-04-20", PartialDate(2024)),  # at most until today
        ((6, "mo"), "1960", None),
    ],
)
def test_an_age_at_the_onset_and_a_birth_date_tell_a_date(
    age: tuple[int, str], birth: str, start: PartialDate | None
) -> None:
    found, said = aged(*age, birth=birth)
    assert found == start
    assert bool(said) is (start is None)


@pytest.mark.parametrize(
    ("age", "birth", "why"),
    [
        ((45, "a"), "1960-04-20", "'45 a' may be any day from 2005-04-20 to 2006-04-19"),
        ((45, "a"), None, "'45 a', and no date of birth"),
        ((45.5, "a"), "1960-01-01", "'45.5 a' is no age in whole years"),
        ((3, "kg"), "1960-01-01", "'3 kg' is no age in whole years"),
    ],
)
def test_an_age_that_tells_no_date_is_said(
    age: tuple[float, str], birth: str | None, why: str
) -> None:
    found, (said,) = aged(*age, birth=birth)
    assert found is None
    assert said.startswith(f"b.json, entry[1] Condition/c onsetAge: {why}")
    assert "read without a date" in said


def test_an_age_that_is_still_to_come_is_refused() -> None:
    with pytest.raises(InputError, match="onsetAge: '70 a'; wanted an age reached by 2024-09-02"):
        aged(70)


@given(
    birth=st.dates(date(1930, 1, 1), date(2024, 9, 1)),
    years=st.integers(0, 90),
    day=st.integers(0, 365),
)
def test_the_date_of_an_age_covers_the_day_of_the_onset(birth: date, years: int, day: int) -> None:
    began = min(date.fromordinal(Duration(months=12 * years).after(birth).toordinal() + day), TODAY)
    whole_years = began.year - birth.year - ((began.month, began.day) < (birth.month, birth.day))
    if began < birth:
        return
    found, said = aged(whole_years, birth=str(birth))
    assert (found is None) is bool(said)
    assert found is None or found.earliest() <= began <= found.latest()


def dispense(**more: Any) -> Json:
    return {
        "resourceType": "MedicationDispense", "id": "m", "status": "completed",
        "subject": {"reference": "Patient/a"}, "whenHandedOver": "2024-05-06T10:00:00Z",
        "medicationCodeableConcept": concept(SNOMED, "372756006", "Warfarin"),
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({}, Truth.TRUE),
        ({"status": "in-progress", "whenHandedOver": None}, Truth.UNKNOWN),
        ({"status": "stopped", "whenHandedOver": None}, Truth.UNKNOWN),
        ({"status": "unknown", "whenHandedOver": None}, Truth.UNKNOWN),
    ],
)
def test_a_dispense_proves_a_drug_and_not_its_end(more: Json, holds: Truth) -> None:
    (fact,) = read(dispense(**more)).medications
    handed = PartialDate(2024, 5, 6) if "whenHandedOver" not in more else None
    assert (fact.words, fact.start, fact.end) == ("Warfarin", handed, None)
    assert (fact.holds, fact.ended) == (holds, Truth.UNKNOWN)


@pytest.mark.parametrize("status", ["declined", "cancelled", "preparation", "entered-in-error"])
def test_a_dispense_that_never_was_is_left_out(status: str) -> None:
    assert read(dispense(status=status)).medications == ()


def test_a_dispense_of_r5_names_its_drug_otherwise() -> None:
    resource = dispense(medication={"concept": {"text": "Warfarin"}})
    del resource["medicationCodeableConcept"]
    assert read(resource).medications[0].words == "Warfarin"


# --- JSON that is ambiguous ----------------------------------------------------------------------


def twice(key: str, value: object) -> tuple[bytes, bytes]:
    """Return a pair of JSON, and the same pair after another of its key."""
    pair = f'"{key}": {json.dumps(value)}'.encode()
    return pair, b'"%s": null, ' % key.encode() + pair


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("resourceType", "Bundle", "resourceType"),
        ("birthDate", "1960-04", "entry[0].resource.birthDate"),
        ("unit", "percent", "entry[1].resource.valueQuantity.unit"),
        ("effectiveDateTime", "2024-08-20T09:30:00+02:00", "entry[1].resource.effectiveDateTime"),
    ],
)
def test_a_key_twice_in_one_object_is_refused(key: str, value: str, path: str) -> None:
    once, again = twice(key, value)
    data = bundle(lvef()).replace(once, again, 1)
    said = fault(data)
    assert said == (f"b.json, {path}: the key a second time in one object; wanted each key once")


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_a_number_that_is_none_is_refused(number: bytes) -> None:
    data = bundle(lvef()).replace(b"40.0", number)
    path = "entry[1].resource.valueQuantity.value"
    assert fault(data) == f"b.json, {path}: {number.decode()}; wanted a JSON number"


def test_a_key_twice_in_a_line_is_refused() -> None:
    once, again = twice("unit", "percent")
    person = json.dumps({"resourceType": "Patient", "id": "a"}).encode()
    line = json.dumps(lvef()).encode().replace(once, again)
    with pytest.raises(InputError) as caught:
        read_lines([("p.ndjson", person + b"\n" + line)], TODAY)
    assert str(caught.value).startswith("p.ndjson, line[2] valueQuantity.unit: the key a second")


def test_one_key_in_two_objects_is_no_fault() -> None:
    assert len(read(lvef(), lvef(id="other")).observations) == 2


def test_deep_json_is_one_line() -> None:
    data = bundle(lvef()).replace(b"40.0", b"[" * 100_000 + b"NaN" + b"]" * 100_000)
    assert "nested too deeply" in fault(data) or "broken JSON" in fault(data)
