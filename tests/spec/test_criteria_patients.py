"""The reference trial from the patients' side: each criterion, each boundary, each missing fact.

What is expected is what the criterion's text demands of these facts, whatever the expression that
was read from it. `T` is "as eligibility demands": the inclusion is met, the exclusion does not
apply. The record is taken as complete (a closed world) except where a fact is missing.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trialwright.core.dates import PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.service import criteria_of, load
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    DOMAINS,
    ClinicalFact,
    Code,
    Coded,
    CriterionVerdict,
    Measured,
    Observation,
    Patient,
)
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.screen import screen

ON = date(2024, 9, 2)
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
INFUSION = {"first_infusion": ON}
CLOSED = Policy(ClosedWorld(frozenset(DOMAINS)), anchors=INFUSION)
OPEN = replace(OPEN_WORLD, anchors=INFUSION)
NOBODY = Patient("p", "female", PartialDate(1960, 1, 1))
FIELDS = {
    "condition": "conditions", "drug": "medications", "procedure": "procedures",
    "allergy": "allergies", "device": "devices",
}  # fmt: skip
Part = tuple[str, Any]


def lab(loinc: str, value: str, unit: str, day: str = "2024-08-20") -> Part:
    """A measured value of the record."""
    quantity = Measured.of(Quantity(Decimal(value), unit))
    return "observations", Observation(
        f"Observation/{loinc}", (Code("loinc", loinc),), loinc, quantity, PartialDate.parse(day)
    )


def nyha(name: str) -> Part:
    return "observations", Observation(
        "Observation/nyha", (Code("loinc", "88020-3"),), "NYHA", Coded((), f"NYHA class {name}"),
        PartialDate(2024, 8, 20),
    )  # fmt: skip


def on_record(
    domain: str, code: str, words: str, start: str | None = "2020", **more: object
) -> Part:
    """A fact of the history: `snomed 230690007`, `icd10 I63`, `atc C01CA07`."""
    system, number = code.split()
    day = PartialDate.parse(start) if start else None
    fact = ClinicalFact(f"Record/{number}", (Code(system, number),), words, day)
    return FIELDS[domain], replace(fact, **more)  # type: ignore[arg-type]


def patient(*parts: Part, **more: object) -> Patient:
    fields: dict[str, Any] = dict(more)
    for field, part in parts:
        fields[field] = (*fields.get(field, ()), part)
    return replace(NOBODY, **fields)


LVEF, BNP, NT = "10230-1", "30934-4", "33762-6"
HCT, WBC, PLT = "4544-3", "6690-2", "777-3"
DCM = on_record("condition", "snomed 399020009", "Dilated cardiomyopathy")
BLOOD = (lab(HCT, "25", "%"), lab(WBC, "2500", "/uL"), lab(PLT, "100000", "/uL"))


def stroke(day: str | None) -> Part:
    return on_record("condition", "snomed 230690007", "Stroke", day, ended=T)


def inotrope(start: str, end: str) -> Part:
    return on_record("drug", "atc C01CA07", "dobutamine", start, end=PartialDate.parse(end))


def device(code: str, words: str, day: str | None) -> Part:
    return on_record("device", code, words, day)


CRT, ICD = ("snomed 704707009", "CRT-P"), ("snomed 72506001", "Cardioverter defibrillator")

# criterion, what is on record, the patient, how silence is read, what the text demands
ROWS: list[tuple[str, str, Patient, Policy, Truth]] = [
    ("I1", "18 today", patient(birth=PartialDate(2006, 9, 2)), CLOSED, T),
    ("I1", "18 tomorrow", patient(birth=PartialDate(2006, 9, 3)), CLOSED, F),
    ("I1", "81 tomorrow", patient(birth=PartialDate(1943, 9, 3)), CLOSED, T),
    ("I1", "81 today", patient(birth=PartialDate(1943, 9, 2)), CLOSED, F),
    ("I1", "80 or 81", patient(birth=PartialDate(1943)), CLOSED, U),
    ("I1", "no birth date", patient(birth=None), CLOSED, U),
    ("I2", "nobody said", NOBODY, CLOSED, U),
    ("I3", "nobody said", NOBODY, CLOSED, U),
    ("I4", "LVEF 40", patient(DCM, lab(LVEF, "40", "%")), CLOSED, U),
    ("I4", "LVEF 0.4", patient(DCM, lab(LVEF, "0.4", "1")), CLOSED, U),
    ("I4", "LVEF 40.1", patient(DCM, lab(LVEF, "40.1", "%")), CLOSED, F),
    ("I4", "by CMR 41", patient(DCM, lab("8806-2", "41", "%")), CLOSED, F),
    ("I4", "no LVEF", patient(DCM), CLOSED, U),
    ("I4", "no cardiomyopathy", patient(lab(LVEF, "35", "%")), CLOSED, F),
    ("I4", "nothing known", patient(lab(LVEF, "35", "%")), OPEN, U),
    ("I5", "NYHA II", patient(nyha("II")), CLOSED, F),
    ("I5", "NYHA III", patient(nyha("III")), CLOSED, U),
    ("I5", "NYHA IV", patient(nyha("IV")), CLOSED, F),
    ("I5", "no NYHA", NOBODY, CLOSED, U),
    ("I6", "BNP 150", patient(lab(BNP, "150", "pg/mL"), lab(NT, "399", "pg/mL")), CLOSED, F),
    ("I6", "BNP 150.01", patient(lab(BNP, "150.01", "pg/mL")), CLOSED, T),
    ("I6", "BNP 151 ng/L", patient(lab(BNP, "151", "ng/L")), CLOSED, T),
    ("I6", "NT-proBNP 400", patient(lab(NT, "400", "pg/mL")), CLOSED, T),
    ("I6", "NT-proBNP 47.3 pmol/L", patient(lab(NT, "47.3", "pmol/L")), CLOSED, T),
    ("I6", "NT-proBNP 47 pmol/L",
     patient(lab(BNP, "100", "pg/mL"), lab(NT, "47", "pmol/L")), CLOSED, F),
    ("I6", "BNP 150 alone", patient(lab(BNP, "150", "pg/mL")), CLOSED, U),
    ("I6", "NT-proBNP 399 alone", patient(lab(NT, "399", "pg/mL")), CLOSED, U),
    ("I6", "none", NOBODY, CLOSED, U),
    ("I7", "nobody said", NOBODY, CLOSED, U),
    ("E1", "CRT 3 months ago", patient(device(*CRT, "2024-06-02")), CLOSED, F),
    ("E1", "CRT longer ago", patient(device(*CRT, "2024-06-01")), CLOSED, T),
    ("E1", "ICD 3 months ago", patient(device(*ICD, "2024-06-02")), CLOSED, F),
    ("E1", "ICD longer ago", patient(device(*ICD, "2024-06-01")), CLOSED, T),
    ("E1", "ICD some day of 2024", patient(device(*ICD, "2024")), CLOSED, U),
    ("E1", "ICD of no date", patient(device(*ICD, None)), CLOSED, U),
    ("E1", "nothing known", NOBODY, OPEN, U),
    ("E2", "nobody judged", NOBODY, CLOSED, U),
    ("E3", "until a month ago", patient(inotrope("2024-07-01", "2024-08-02")), CLOSED, F),
    ("E3", "until the day before", patient(inotrope("2024-07-01", "2024-08-01")), CLOSED, T),
    ("E3", "until some day of August", patient(inotrope("2024-07-01", "2024-08")), CLOSED, U),
    ("E3", "nothing known", NOBODY, OPEN, U),
    ("E4", "acute",
     patient(on_record("condition", "icd10 I50.21", "Acute systolic HF")), CLOSED, F),
    ("E4", "nothing known", NOBODY, OPEN, U),
    ("E5", "valve disease, cause open",
     patient(on_record("condition", "icd10 I50.9", "Heart failure"),
             on_record("condition", "icd10 I05", "Mitral stenosis")), CLOSED, U),
    ("E5", "nothing known", NOBODY, OPEN, U),
    ("E6", "cardiomyopathy, cause open", patient(DCM), CLOSED, U),
    ("E7", "cardiomyopathy, cause open", patient(DCM), CLOSED, U),
    ("E8", "nothing known", NOBODY, OPEN, U),
    ("E9", "bypass surgery",
     patient(on_record("procedure", "snomed 232717009", "CABG")), CLOSED, F),
    ("E9", "nothing known", NOBODY, OPEN, U),
    ("E10", "3 months ago", patient(stroke("2024-06-02")), CLOSED, F),
    ("E10", "the day before", patient(stroke("2024-06-01")), CLOSED, T),
    ("E10", "some day of June", patient(stroke("2024-06")), CLOSED, U),
    ("E10", "of no date", patient(stroke(None)), CLOSED, U),
    ("E10", "none on record", NOBODY, CLOSED, T),
    ("E10", "nothing known", NOBODY, OPEN, U),
    ("E11", "thrombus",
     patient(on_record("condition", "snomed 15960981000119105", "LV thrombus")), CLOSED, F),
    ("E11", "dissection",
     patient(on_record("condition", "icd10 I71.0", "Aortic dissection")), CLOSED, F),
    ("E11", "aneurysm",
     patient(on_record("condition", "icd10 I71.4", "Aortic aneurysm")), CLOSED, F),
    ("E11", "none on record", NOBODY, CLOSED, T),
    ("E11", "nothing known", NOBODY, OPEN, U),
    ("E12", "tachycardia, control open",
     patient(on_record("condition", "icd10 I47.2", "Ventricular tachycardia")), CLOSED, U),
    ("E12", "nothing known", NOBODY, OPEN, U),
    ("E13", "nothing known", NOBODY, OPEN, U),
    ("E14", "nobody judged", NOBODY, CLOSED, U),
    ("E15", "nobody judged", NOBODY, CLOSED, U),
    ("E16", "every value at its limit", patient(*BLOOD), CLOSED, T),
    ("E16", "haematocrit 24.9", patient(lab(HCT, "24.9", "%"), *BLOOD[1:]), CLOSED, F),
    ("E16", "haematocrit 0.24 L/L", patient(lab(HCT, "0.24", "L/L"), *BLOOD[1:]), CLOSED, F),
    ("E16", "leucocytes 2.499 G/L",
     patient(BLOOD[0], lab(WBC, "2.499", "10*9/L"), BLOOD[2]), CLOSED, F),
    ("E16", "leucocytes 2.5 G/L",
     patient(BLOOD[0], lab(WBC, "2.5", "10*9/L"), BLOOD[2]), CLOSED, T),
    ("E16", "thrombocytes 99,999", patient(*BLOOD[:2], lab(PLT, "99999", "/uL")), CLOSED, F),
    ("E16", "thrombocytes 99 K/uL", patient(*BLOOD[:2], lab(PLT, "99", "K/uL")), CLOSED, F),
    ("E16", "myeloproliferative",
     patient(*BLOOD, on_record("condition", "icd10 D45", "Polycythaemia vera")), CLOSED, F),
    ("E16", "myelodysplastic",
     patient(*BLOOD, on_record("condition", "icd10 D46", "MDS")), CLOSED, F),
    ("E16", "leukaemia", patient(*BLOOD, on_record("condition", "icd10 C91.1", "CLL")), CLOSED, F),
    ("E16", "myeloma",
     patient(*BLOOD, on_record("condition", "icd10 C90.0", "Multiple myeloma")), CLOSED, F),
    ("E16", "no thrombocytes", patient(*BLOOD[:2]), CLOSED, U),
    ("E16", "nothing known", patient(*BLOOD), OPEN, U),
    ("E17", "coagulopathy, cause open",
     patient(on_record("condition", "icd10 D66", "Haemophilia A")), CLOSED, U),
    ("E17", "none on record", NOBODY, CLOSED, T),
    ("E17", "nothing known", NOBODY, OPEN, U),
    ("E18", "COPD, FEV1 0.9 L", patient(on_record("condition", "icd10 J44", "COPD"),
                                        lab("20150-9", "0.9", "L")), CLOSED, U),
    ("E18", "nothing known", NOBODY, OPEN, U),
    ("E19", "diabetes, control open",
     patient(on_record("condition", "icd10 E11", "Type 2 diabetes")), CLOSED, U),
    ("E19", "nothing known", NOBODY, OPEN, U),
    ("E20", "on dialysis",
     patient(on_record("condition", "icd10 Z99.2", "Dependence on dialysis")), CLOSED, F),
    ("E20", "none on record", NOBODY, CLOSED, T),
    ("E20", "nothing known", NOBODY, OPEN, U),
    ("E21", "rheumatoid arthritis",
     patient(on_record("condition", "icd10 M05", "Rheumatoid arthritis")), CLOSED, F),
    ("E21", "tacrolimus",
     patient(on_record("drug", "atc L04AD02", "tacrolimus", "2024-01-01")), CLOSED, F),
    ("E21", "nothing known", NOBODY, OPEN, U),
    ("E22", "kidney transplant",
     patient(on_record("procedure", "icd10 Z94.0", "Kidney transplant")), CLOSED, F),
    ("E22", "nothing known", NOBODY, OPEN, U),
    ("E23", "HIV", patient(on_record("condition", "icd10 B20", "HIV disease")), CLOSED, F),
    ("E23", "hepatitis C, viraemia open",
     patient(on_record("condition", "icd10 B18.2", "Chronic hepatitis C")), CLOSED, U),
    ("E23", "nothing known", NOBODY, OPEN, U),
    ("E24", "pregnant",
     patient(on_record("condition", "snomed 77386006", "Pregnant", "2024-05")), CLOSED, F),
    ("E24", "nothing known", NOBODY, OPEN, U),
    ("E25", "nothing known", NOBODY, OPEN, U),
    ("E26", "nothing known", NOBODY, OPEN, U),
    ("E27", "nobody said", NOBODY, CLOSED, U),
    ("E28", "nobody said", NOBODY, CLOSED, U),
    ("E29", "nobody judged", NOBODY, CLOSED, U),
    ("E30", "nobody judged", NOBODY, CLOSED, U),
]  # fmt: skip


# Where the text decides more than every reading of it does yet: open is allowed, wrong is not.
MORE: list[tuple[str, str, Patient, Policy, Truth]] = [
    ("E6", "takotsubo",
     patient(DCM, on_record("condition", "icd10 I51.81", "Takotsubo")), CLOSED, F),
    ("E9", "none on record", NOBODY, CLOSED, T),
    ("E12", "shock in the last 30 days",
     patient(on_record("condition", "snomed 418818005", "Defibrillator shock", "2024-08-20")),
     CLOSED, F),
    ("E19", "proliferative retinopathy",
     patient(on_record("condition", "icd10 E11.3", "Type 2 diabetes with retinopathy"),
             on_record("condition", "snomed 59276001", "Proliferative retinopathy")), CLOSED, F),
    ("E21", "immunosuppression is over",
     patient(on_record("drug", "atc L04AD02", "tacrolimus", "2020", end=PartialDate(2021))),
     CLOSED, T),
    ("E22", "none on record", NOBODY, CLOSED, T),
    ("E23", "none on record", NOBODY, CLOSED, T),
    ("E24", "a man", replace(NOBODY, sex="male"), CLOSED, T),
    ("E25", "sepsis", patient(on_record("condition", "icd10 A41.9", "Sepsis")), CLOSED, F),
    ("E26", "gentamicin allergy",
     patient(on_record("allergy", "snomed 294520002", "Allergy to gentamicin")), CLOSED, F),
]  # fmt: skip


@pytest.fixture(scope="module")
def criteria(example: Path) -> tuple[Criterion, ...]:
    file = example / "protocol.yaml"
    return criteria_of(load(file.read_bytes(), str(file)))


def verdict(
    criteria: tuple[Criterion, ...], name: str, person: Patient, policy: Policy
) -> CriterionVerdict:
    (criterion,) = (each for each in criteria if each.id == name)
    return screen(person, [criterion], ON, policy, terms=project_terms()).criteria[-1]


@pytest.mark.parametrize(
    ("name", "what", "person", "policy", "expected"), ROWS, ids=[f"{r[0]} {r[1]}" for r in ROWS]
)
def test_the_verdict_is_what_the_text_demands(
    criteria: tuple[Criterion, ...],
    name: str,
    what: str,
    person: Patient,
    policy: Policy,
    expected: Truth,
) -> None:
    found = verdict(criteria, name, person, policy)
    assert found.verdict.truth is expected, [piece.rule for piece in found.verdict.evidence]
    assert found.verdict.evidence


@pytest.mark.parametrize(
    ("name", "what", "person", "policy", "expected"), MORE, ids=[f"{r[0]} {r[1]}" for r in MORE]
)
def test_the_verdict_is_never_the_opposite(
    criteria: tuple[Criterion, ...],
    name: str,
    what: str,
    person: Patient,
    policy: Policy,
    expected: Truth,
) -> None:
    found = verdict(criteria, name, person, policy)
    assert found.verdict.truth in (expected, U), [p.rule for p in found.verdict.evidence]


def test_every_criterion_has_a_patient_with_its_fact_missing(
    criteria: tuple[Criterion, ...],
) -> None:
    open_rows = {name for name, _, _, _, expected in ROWS if expected is U}
    assert {criterion.id for criterion in criteria} - open_rows == set()


def test_silence_never_clears_an_exclusion_and_never_meets_an_inclusion(
    criteria: tuple[Criterion, ...],
) -> None:
    """Of a person of whom nothing but sex is known, no criterion at all is decided."""
    stranger = replace(NOBODY, birth=None)
    screening = screen(stranger, criteria, ON, OPEN, terms=project_terms())
    assert {each.verdict.truth for each in screening.criteria} == {U}
