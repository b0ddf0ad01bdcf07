"""A unit whose text and code contradict each other: kept, shown, and never converted."""

import json
from datetime import date
from decimal import Decimal

import pytest

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.explain import headline, state
from trialwright.screening.model import Measured, PatientScreening
from trialwright.screening.patients import fhir_types as fhir
from trialwright.screening.patients.fhir import read_bundle
from trialwright.screening.patients.fhir_values import Place, measured
from trialwright.screening.service import screen_all

TODAY = date(2024, 9, 2)
UCUM = "http://unitsofmeasure.org"


def value(unit: str, code: str, system: str = UCUM) -> Measured:
    quantity = fhir.Quantity(value=b"300", unit=unit, code=code, system=system)  # type: ignore[arg-type]
    read = measured(quantity, Place("b.json"))
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("pmol/L", "pg/mL"), ("ng/mL", "pg/mL"), ("mg/dL", "mmol/L"), ("K/uL", "10*6/uL"),
        ("G/L", "g/L"), ("mm[Hg]", "%"), ("g/L", "g/dL"),
    ],
)  # fmt: skip
def test_a_unit_that_contradicts_its_code_converts_to_nothing(unit: str, code: str) -> None:
    read = value(unit, code)
    assert read.quantity.value == Decimal(300)
    assert read.recorded == f"300 {unit} (coded {code})"
    for wanted in (unit, code):
        with pytest.raises(InputError):
            read.quantity.to(wanted)


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("pg/mL", "pg/mL"), ("ng/L", "pg/mL"), ("mmHg", "mm[Hg]"), ("K/uL", "10*3/uL"),
        ("percent", "%"), ("mcg/mL", "ug/mL"), ("degC", "Cel"), ("C", "Cel"), ("M/uL", "10*6/uL"),
        ("Mg/dL", "mg/dL"), ("beats/min", "/min"), ("years", "a"), ("cells/uL", "/uL"),
    ],
)  # fmt: skip
def test_another_spelling_of_one_unit_is_read_by_its_code(unit: str, code: str) -> None:
    read = value(unit, code)
    assert read.quantity == Quantity(Decimal(300), code)
    assert read.recorded == f"300 {unit}"


def test_a_code_of_another_system_is_not_held_against_the_unit() -> None:
    assert value("pmol/L", "pg/mL", "http://example.org/units").quantity.unit == "pmol/L"


def observation(loinc: str, **quantity: object) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "id": f"o{loinc}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "subject": {"reference": "Patient/a"},
        "effectiveDateTime": "2024-08-20",
        "valueQuantity": {"value": 300, "system": UCUM} | quantity,
    }


def screened(*resources: dict[str, object]) -> PatientScreening:
    """Screen one person for LVEF to 40, BNP above 150 or NT-proBNP from 400, and the last alone."""
    person = {"resourceType": "Patient", "id": "a", "gender": "male", "birthDate": "1960"}
    entries = [{"resource": resource} for resource in (person, *resources)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    patient = read_bundle(json.dumps(bundle).encode(), "b.json", TODAY)
    lvef = nodes.Compare("lvef", "<=", Decimal(40), "%")
    nt_probnp = nodes.Compare("nt_probnp", ">=", Decimal(400), "pg/mL")
    peptides = nodes.Any((nodes.Compare("bnp", ">", Decimal(150), "pg/mL"), nt_probnp))
    criteria = [
        nodes.Criterion(name, "inclusion", name, (0, 1), expr, "auto")
        for name, expr in (("I1", lvef), ("I2", peptides), ("I3", nt_probnp))
    ]
    (found,) = screen_all(criteria, [patient], TODAY)
    return found


def test_a_contradictory_unit_is_unknown_and_its_evidence_says_both() -> None:
    found = screened(observation("33762-6", unit="pmol/L", code="pg/mL"))
    verdict = found.criteria[2].verdict
    assert (verdict.truth, verdict.unknown) == (Truth.UNKNOWN, "unit")
    (piece,) = (each for each in verdict.evidence if each.record)
    assert piece.recorded == "300 pmol/L (coded pg/mL)"
    assert "pmol/L (coded pg/mL) does not convert to pg/mL" in piece.rule
    assert state(found.criteria[1]) == "unknown (a value on record cannot be used)"


def test_a_value_that_cannot_be_used_is_in_the_one_line_answer() -> None:
    lvef = observation("10230-1", unit="%", code="%", value=35)
    told = headline(screened(lvef, observation("33762-6", unit="pmol/L", code="pg/mL")))
    assert told.startswith(
        "undecided: I2 unknown; NT-proBNP on record but not usable: 300 pmol/L (coded pg/mL)"
    )
    assert "nothing on record" not in told


def test_it_is_there_also_where_another_criterion_comes_first() -> None:
    told = headline(screened(observation("33762-6", unit="pmol/L", code="pg/mL")))
    assert "I1 unknown" in told
    assert "I2 NT-proBNP on record but not usable" in told


def test_where_nothing_is_on_record_the_answer_says_so() -> None:
    told = headline(screened())
    assert "nothing on record" in told
    assert "not usable" not in told
