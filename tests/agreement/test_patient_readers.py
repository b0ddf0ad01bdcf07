"""No file of patients crashes a reader: damage gives a patient, or one clear line."""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.test_patients_omop import as_files, cdm

from trialwright.app.people import warehouse
from trialwright.core.errors import InputError
from trialwright.screening.model import Patient
from trialwright.screening.patients.csv_patients import FACT_COLUMNS, KINDS, read_csv
from trialwright.screening.patients.fhir import read_bundle, read_lines
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.patients.own_names import own_names

TODAY = date(2024, 9, 2)
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
many = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def survives(read: Callable[[], Iterable[Patient]]) -> None:
    """Read, and let nothing pass but patients or an InputError of one line."""
    try:
        people = tuple(read())
    except InputError as error:
        assert "\n" not in str(error)
        assert error.wanted
    else:
        assert all(isinstance(person, Patient) for person in people)


PLACES = st.integers(0, 10_000)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes cut short, with some changed, doubled, or replaced by a piece of elsewhere."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(PLACES) % max(1, len(data))
        match draw(st.integers(0, 4)):
            case 0:
                del data[at:]
            case 1:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=3))
            case 2:
                data[at:at] = data[: draw(PLACES) % 200]
            case 3:
                del data[at : at + draw(st.integers(1, 20))]
            case _:
                data[at:at] = draw(
                    st.sampled_from([b'"', b"{", b"]", b",", b"\n", b"\x00", b"-1e9"])
                )
    return bytes(data)


RESOURCES: list[dict[str, Any]] = [
    {"resourceType": "Patient", "id": "a", "gender": "male", "birthDate": "1960-04"},
    {"resourceType": "Observation", "id": "o", "status": "final",
     "code": {"coding": [{"system": "http://loinc.org", "code": "10230-1"}]},
     "subject": {"reference": "Patient/a"}, "effectiveDateTime": "2024-08-20T09:30:00+02:00",
     "valueQuantity": {"value": 40, "unit": "%"},
     "referenceRange": [{"low": {"value": 50, "unit": "%"}}]},
    {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/a"},
     "code": {"coding": [{"system": "http://snomed.info/sct", "code": "230690007"}]},
     "severity": {"coding": [{"code": "24484000"}]}, "onsetPeriod": {"start": "2020-01"}},
    {"resourceType": "DeviceAssociation", "id": "d", "subject": {"reference": "Patient/a"},
     "status": {"coding": [{"code": "implanted"}]}, "device": {"display": "ICD"}},
]  # fmt: skip
BUNDLE = json.dumps(
    {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in RESOURCES]}
).encode()
LINES = "\n".join(json.dumps(resource) for resource in RESOURCES).encode()
CSV = (
    ",".join(FACT_COLUMNS) + "\n"
    "p1,birth,,,,,1960-05,,,,,,\n"
    "p1,measurement,LVEF,loinc:10230-1,35.0,%,2024-08-20,,,,50,70,e1\n"
    "p1,condition,Asthma,icd10:J45|snomed:195967001,,,2019,,over,severe,,,\n"
).encode()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@many
@given(damaged(BUNDLE))
def test_bundles(data: bytes) -> None:
    survives(lambda: [read_bundle(data, "b.json", TODAY)])


@many
@given(st.sampled_from(RESOURCES), st.data(), json_values)
def test_fields_of_any_type(resource: dict[str, Any], data: st.DataObject, value: object) -> None:
    """Any value anywhere in a resource."""
    copy = json.loads(json.dumps(resource))
    at = copy
    key = data.draw(st.sampled_from(sorted(at)))
    while isinstance(at[key], dict) and at[key] and data.draw(st.booleans()):
        at, key = at[key], data.draw(st.sampled_from(sorted(at[key])))
    at[key] = value
    others = [each for each in RESOURCES if each is not resource]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": r} for r in (*others, copy)]}
    survives(lambda: [read_bundle(json.dumps(bundle).encode(), "b.json", TODAY)])


@many
@given(damaged(LINES))
def test_lines_of_resources(data: bytes) -> None:
    survives(lambda: read_lines([("b.ndjson", data)], TODAY))


@many
@given(damaged(CSV))
def test_damaged_csv(data: bytes) -> None:
    survives(lambda: read_csv(("facts.csv", data), TODAY, own_names))


cells = st.sampled_from(["", "p1", "35", "<5", "%", "2024-08", "1960", "loinc:1-1", "x", *KINDS])
rows = st.lists(st.lists(cells | st.text(max_size=5), max_size=14), max_size=5)


@many
@given(rows)
def test_any_csv_rows(table: list[list[str]]) -> None:
    body = "\n".join(",".join(row) for row in table)
    text = ",".join(FACT_COLUMNS) + "\n" + body
    survives(lambda: read_csv(("facts.csv", text.encode("utf-8", "replace")), TODAY, own_names))


@many
@given(data=st.data(), whole=st.sampled_from([BUNDLE, LINES, CSV, gzip.compress(BUNDLE)]))
def test_any_file_is_recognised_or_refused(
    data: st.DataObject, whole: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "patients"
    file.write_bytes(data.draw(damaged(whole)))
    survives(lambda: read_patients([file], TODAY))


@settings(many, max_examples=40)
@given(data=st.data(), ending=st.sampled_from(["csv", "parquet"]))
def test_damaged_tables_of_a_warehouse(
    data: st.DataObject, ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = as_files(cdm(), tmp_path_factory.mktemp("cdm"), ending)
    file = data.draw(st.sampled_from(sorted(folder.iterdir())))
    file.write_bytes(data.draw(damaged(file.read_bytes())))
    survives(lambda: read_patients([folder], TODAY, warehouse))


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "[[[[", '{"resourceType":"Patient"}', "a,b\n1,2"]
)
def test_files_that_hold_no_patient_are_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "patients"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_patients([file], TODAY)
    assert "\n" not in str(caught.value)
