"""Make the reference trial's simulated patients and the investigator's answers about them.

Each patient is the first one with one thing changed, so that one criterion is at its boundary.
Run again, it writes the same bytes: `.venv/bin/python tools/example_patients.py`.
"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from trialwright.core.dates import PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.rehearsal.patients_fhir import simulated_bundle
from trialwright.screening.model import ClinicalFact, Code, Coded, Measured, Observation, Patient

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "secret_hf"
SCREENED_ON = date(2024, 9, 2)

# What no record settles: consent, judgement, and words that were not understood. One answer per
# criterion, the same for every patient: all that is asked for holds, nothing that excludes does.
HOLDS = ("I2", "I3", "I4", "I5", "I7")
DOES_NOT_HOLD = (
    "E2", "E4", "E5", "E6", "E7", "E8", "E9", "E12", "E13", "E14", "E15", "E17", "E18", "E19",
    "E21", "E22", "E23", "E24", "E25", "E26", "E27", "E28", "E29", "E30",
)  # fmt: skip
INVESTIGATOR = "Dr Simulated Investigator"


def lab(name: str, loinc: str, value: str, unit: str, day: str = "2024-08-20") -> Observation:
    """Return a measurement."""
    return Observation(
        id=f"Observation/{name.lower().replace(' ', '-')}",
        codes=(Code("loinc", loinc),),
        words=name,
        value=Measured.of(Quantity(Decimal(value), unit)),
        effective=PartialDate.parse(day),
    )


def lvef(value: str) -> Observation:
    """Return an ejection fraction."""
    return lab("LVEF", "10230-1", value, "%", "2024-08-14")


def nyha(name: str, loinc: str, snomed: str) -> Observation:
    """Return a class, coded in both systems."""
    return Observation(
        id="Observation/nyha",
        codes=(Code("loinc", "88020-3"),),
        words="NYHA class",
        value=Coded((Code("loinc", loinc), Code("snomed", snomed)), f"NYHA class {name}"),
        effective=PartialDate.parse("2024-08-28"),
    )


def condition(name: str, snomed: str, icd10: str, start: str, end: str = "") -> ClinicalFact:
    """Return a condition, over where it has an end."""
    return ClinicalFact(
        id=f"Condition/{name.lower().replace(' ', '-')}",
        codes=(Code("snomed", snomed), Code("icd10", icd10)),
        words=name,
        start=PartialDate.parse(start),
        end=PartialDate.parse(end) if end else None,
        ended=Truth.of(bool(end)),
    )


def drug(name: str, atc: str, start: str) -> ClinicalFact:
    """Return a drug that is being taken."""
    start_date = PartialDate.parse(start)
    return ClinicalFact(f"MedicationStatement/{name}", (Code("atc", atc),), name, start_date)


NT_PROBNP = ("NT-proBNP", "33762-6")
BNP = ("BNP", "30934-4")
HAEMATOCRIT = ("Haematocrit", "4544-3")

ELIGIBLE = Patient(
    id="sim-01",
    sex="male",
    birth=PartialDate(1966, 3, 14),
    observations=(
        lvef("28"),
        nyha("III", "LA28406-9", "420913000"),
        lab(*NT_PROBNP, "2150", "pg/mL"),
        lab(*BNP, "610", "pg/mL"),
        lab(*HAEMATOCRIT, "41", "%"),
        lab("Leukocytes", "6690-2", "6.8", "10*9/L"),
        lab("Platelets", "777-3", "231", "10*9/L"),
        lab("Creatinine", "2160-0", "98", "umol/L"),
        lab("Body mass index", "39156-5", "27.4", "kg/m2"),
    ),
    conditions=(
        condition("Dilated cardiomyopathy", "399020009", "I42.0", "2019-11-05"),
        condition("Heart failure", "84114007", "I50.9", "2019-11-05"),
    ),
    medications=(
        drug("sacubitril-valsartan", "C09DX04", "2021-02"),
        drug("bisoprolol", "C07AB07", "2019-11"),
        drug("eplerenone", "C03DA04", "2020-01"),
        drug("dapagliflozin", "A10BK01", "2022-06"),
    ),
    devices=(
        ClinicalFact(
            "DeviceUseStatement/icd", (Code("snomed", "72506001"),),
            "Implantable cardioverter defibrillator", PartialDate(2021, 5, 11),
        ),
    ),
    simulated=True,
)  # fmt: skip


def changed(number: int, *labs: Observation, without: str = "", **more: object) -> Patient:
    """Return the eligible patient with other values, or without some."""
    new = {observation.id: observation for observation in labs}
    dropped = {f"Observation/{name}" for name in without.split()}
    kept = (new.pop(o.id, o) for o in ELIGIBLE.observations if o.id not in dropped)
    observations = (*kept, *new.values())
    return replace(ELIGIBLE, id=f"sim-{number:02}", observations=observations, **more)


def with_stroke(number: int, start: str, end: str) -> Patient:
    """Return the eligible patient with a stroke."""
    stroke = condition("Stroke", "230690007", "I63.9", start, end)
    return changed(number, conditions=(*ELIGIBLE.conditions, stroke))


PATIENTS = {
    "01-eligible": ELIGIBLE,
    "02-lvef-40": changed(2, lvef("40")),
    "03-nt-probnp-47-pmol": changed(3, lab(*NT_PROBNP, "47", "pmol/L"), without="bnp"),
    "04-bnp-150": changed(4, lab(*BNP, "150", "pg/mL"), without="nt-probnp"),
    "05-age-80": changed(5, birth=PartialDate(1943, 9, 3), sex="female"),
    "06-age-81": changed(6, birth=PartialDate(1943, 9, 2)),
    "07-haematocrit-0.24": changed(7, lab(*HAEMATOCRIT, "0.24", "L/L")),
    "08-no-lvef": changed(8, without="lvef"),
    "09-stroke-2-months": with_stroke(9, "2024-07-02", "2024-07-16"),
    "10-stroke-4-months": with_stroke(10, "2024-05-02", "2024-05-16"),
    "11-nyha-2": changed(11, nyha("II", "LA28405-1", "421704003")),
    "12-nt-probnp-400": changed(12, lab(*NT_PROBNP, "400", "pg/mL"), lab(*BNP, "120", "pg/mL")),
    "13-both-peptides-low": changed(13, lab(*NT_PROBNP, "47", "pmol/L"), lab(*BNP, "150", "ng/L")),
}


def bundles() -> dict[str, bytes]:
    """Return each file's name and bytes."""
    return {f"{name}.json": simulated_bundle(patient) for name, patient in PATIENTS.items()}


def answers() -> bytes:
    """Return the investigator's answers about every patient."""
    stated = [(criterion, True) for criterion in HOLDS]
    stated += [(criterion, False) for criterion in DOES_NOT_HOLD]
    given = {
        criterion: {"holds": holds, "by": INVESTIGATOR, "at": SCREENED_ON.isoformat()}
        for criterion, holds in stated
    }
    everyone = {patient.id: given for patient in PATIENTS.values()}
    return json.dumps(everyone, indent=1).encode() + b"\n"


def main() -> None:
    """Write the patients and the answers into the example."""
    folder = EXAMPLE / "patients"
    folder.mkdir(exist_ok=True)
    for name, data in bundles().items():
        (folder / name).write_bytes(data)
    (EXAMPLE / "answers.json").write_bytes(answers())
    print(f"{len(PATIENTS)} patients in {folder}")


if __name__ == "__main__":
    main()
