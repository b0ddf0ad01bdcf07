"""A file of patients is what its content says, whatever its name."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from trialwright.core.errors import InputError
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.patients.recognise import kind_of

TODAY = date(2024, 9, 2)
PERSON = {"resourceType": "Patient", "id": "a"}
BUNDLE = json.dumps({"resourceType": "Bundle", "entry": [{"resource": PERSON}]})
PRETTY = json.dumps({"resourceType": "Bundle", "entry": [{"resource": PERSON}]}, indent=2)
LINES = json.dumps(PERSON) + "\n" + json.dumps(PERSON | {"id": "b"}) + "\n"
FACTS = "patient,kind,date\np1,birth,1960\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (BUNDLE, "bundle"),
        (PRETTY, "bundle"),
        ("\ufeff" + BUNDLE, "bundle"),
        (LINES, "lines"),
        (BUNDLE + "\n" + BUNDLE.replace('"a"', '"b"'), "lines"),
        (FACTS, "facts"),
        ('"kind";"patient"\n', "facts"),
        ("patient\tsex\n", "people"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_by_content(text: str, kind: str, packed: bool) -> None:
    data = gzip.compress(text.encode()) if packed else text.encode()
    assert kind_of(data, "patients.dat") == kind


def test_one_resource_a_line_may_be_a_single_line_where_the_name_says_so() -> None:
    assert kind_of(json.dumps(PERSON).encode(), "Patient.ndjson") == "lines"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PAR1xxxx", "one Parquet file; wanted the folder of all OMOP tables"),
        (b"SQLite format 3\x00", "an SQLite file; wanted a FHIR bundle"),
        (b"person_id,year_of_birth\n", "one OMOP table; wanted the folder of all OMOP tables"),
        (b"name,age\n", "p.csv, line 1: no column 'patient'; wanted columns patient, kind"),
        (b"", "p.csv: is empty; wanted a CSV with the columns patient"),
        (b"%PDF-1.7\n", "p.csv: a PDF file; wanted a FHIR bundle"),
        (b"PK\x03\x04xx", "p.csv: a zip file"),
    ],
)
def test_what_holds_no_patients_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        kind_of(data, "p.csv")
    assert says in str(caught.value)


def test_a_protocol_among_the_patients_is_named() -> None:
    with pytest.raises(InputError, match=r"a YAML file; wanted .*protocol stands first"):
        kind_of(b"trial:\n  nct_id: x\n", "protocol.yaml")


def test_a_folder_may_hold_several_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(BUNDLE.replace('"a"', '"x"'))
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(LINES.encode()))
    (tmp_path / "c.csv").write_text(FACTS)
    people = read_patients([tmp_path, tmp_path / "a.json"], TODAY)
    assert [person.id for person in people] == ["x", "a", "b", "p1"]


def test_a_patient_of_two_formats_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(BUNDLE.replace('"a"', '"p1"'))
    (tmp_path / "c.csv").write_text(FACTS)
    with pytest.raises(InputError, match=r"c\.csv: patient p1 again; wanted each patient once"):
        read_patients([tmp_path], TODAY)


def test_tables_of_a_warehouse_need_one_who_opens_it(tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text("person_id\n1\n")
    with pytest.raises(InputError, match="OMOP tables; wanted files of patients"):
        read_patients([tmp_path], TODAY)


@pytest.mark.parametrize("beside", ["a.json", "sub/a.ndjson", "facts.csv"])
def test_patients_beside_omop_tables_are_not_passed_by(tmp_path: Path, beside: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "person.csv").write_text("person_id\n1\n")
    (tmp_path / beside).write_text(FACTS if beside.endswith("csv") else BUNDLE)
    with pytest.raises(InputError, match="beside OMOP tables; wanted a folder for each kind"):
        read_patients([tmp_path], TODAY)


def test_a_note_named_person_makes_no_warehouse(tmp_path: Path) -> None:
    (tmp_path / "person.txt").write_text("a list of people")
    (tmp_path / "a.json").write_text(BUNDLE)
    assert [each.id for each in read_patients([tmp_path], TODAY)] == ["a"]
