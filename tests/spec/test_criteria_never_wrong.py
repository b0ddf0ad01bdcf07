"""What a reading must never say of a patient: short criteria whose words are easy to take wrongly.

Each row is a criterion, a patient with a whole record (closed world), and the truth of the
expression that would be wrong for that patient. `Unknown` is never wrong; where the words do
decide, the other tests say so.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from trialwright.core.dates import PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.layout import Section
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import DOMAINS, ClinicalFact, Code, Measured, Observation, Patient
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.setting import Setting

ON = date(2026, 6, 1)
RECENT = PartialDate(2026, 5, 20)
CLOSED = Policy(ClosedWorld(frozenset(DOMAINS)))
INCLUDES: Section = "inclusion"
EXCLUDES: Section = "exclusion"
T, F = Truth.TRUE, Truth.FALSE


def person(
    *codes: str,
    sex: Literal["male", "female"] = "female",
    year: int = 1976,
    day: PartialDate = RECENT,
) -> Patient:
    """A patient whose record holds these codes, `kind system:code`, and nothing else."""
    facts: dict[str, list[ClinicalFact]] = {"c": [], "d": [], "p": []}
    values: list[Observation] = []
    for i, each in enumerate(codes):
        kind, _, rest = each.partition(" ")
        system, _, code = rest.partition(":")
        if kind == "v":
            loinc, value, unit = rest.split(" ")
            measured = Measured.of(Quantity(Decimal(value), unit))
            values.append(Observation(f"v{i}", (Code("loinc", loinc),), loinc, measured, day))
        else:
            facts[kind].append(ClinicalFact(f"r{i}", (Code(system, code),), code, day))
    return Patient(
        "p", sex, PartialDate(year, 1, 1), conditions=tuple(facts["c"]),
        medications=tuple(facts["d"]), procedures=tuple(facts["p"]), observations=tuple(values),
    )  # fmt: skip


def truth(section: Section, text: str, patient: Patient) -> Truth:
    return evaluate(compose(text, section), Setting(patient, ON, CLOSED, project_terms())).truth


MAN = person(sex="male")
NOBODY = person()
STROKE, DIABETES, HYPERTENSION = "c icd10:I63.9", "c icd10:E11.9", "c icd10:I10"
ASTHMA, CANCER, PREGNANT = "c icd10:J45.9", "c icd10:C16.9", "c icd10:Z33.1"
CHEMOTHERAPY, CORTISONE = "d atc:L01BC02", "d atc:H02AB06"
BYPASS = "p snomed:232717009"
LONG_AGO = PartialDate(2018, 3, 1)


def pressure(high: int, low: int) -> Patient:
    return person(f"v 8480-6 {high} mm[Hg]", f"v 8462-4 {low} mm[Hg]")


NEVER: tuple[tuple[Section, str, Patient, Truth], ...] = (
    # the cancer under study is no other one
    (INCLUDES, "No other prior or concurrent malignancy", person(CANCER), F),
    (INCLUDES, "No other previous or concurrent cancers", person(CANCER), F),
    (EXCLUDES, "Other prior malignancy", person(CANCER), T),
    # a denial among women asks nobody to be a woman
    (INCLUDES, "No pregnant or lactating women", MAN, F),
    (INCLUDES, "No pregnant women", MAN, F),
    (INCLUDES, "No history of cancer in women", MAN, F),
    (INCLUDES, "No pregnant or lactating women", person(PREGNANT), T),
    (INCLUDES, "Women must be non-pregnant, non-lactating, or sterilised", person(PREGNANT), T),
    (INCLUDES, "Women without diabetes", MAN, T),
    # with or without: nothing is asked
    (INCLUDES, "Adults with or without diabetes", person(DIABETES), F),
    (INCLUDES, "Adults with or without diabetes", NOBODY, F),
    # a time without something reaches up to enrolment
    (INCLUDES, "No chemotherapy at least 4 weeks before enrolment", person(CHEMOTHERAPY), T),
    (INCLUDES, "No coronary artery bypass graft at least 4 weeks before enrolment",
     person(BYPASS, day=LONG_AGO), F),
    (INCLUDES, "Free of stroke for 6 months prior to enrolment", person(STROKE), T),
    (INCLUDES, "No stroke over the 3 months prior to enrolment", person(STROKE), T),
    (EXCLUDES, "Stroke over the 3 months prior to enrolment", person(STROKE), F),
    (EXCLUDES, "Corticosteroids not stopped at least 1 week before infusion",
     person(CORTISONE), F),
    # a demand on some asks nothing of the others
    (INCLUDES, "Patients taking corticosteroids must have a stable dose", NOBODY, F),
    (INCLUDES, "For patients with diabetes, HbA1c below 8 % is required", NOBODY, F),
    (INCLUDES, "Subjects with hypertension must have a blood pressure < 160/100 mmHg", NOBODY, F),
    (INCLUDES, "Subjects with hypertension must have a blood pressure < 160/100 mmHg", NOBODY, T),
    (INCLUDES, "Patients under 6 years must weigh at least 7 kg. "
     "Patients over 6 years must weigh at least 10 kg", person("v 29463-7 50 kg"), F),
    (INCLUDES, "Lymphoma for which a stem cell transplantation is standard",
     person("c icd10:C83.3"), F),
    # a demand among exclusions excludes who does not meet it, if anybody
    (EXCLUDES, "Patients must have had no prior radiotherapy", NOBODY, T),
    (EXCLUDES, "Women must have a negative pregnancy test", NOBODY, T),
    (EXCLUDES, "If hypertensive, the participant must be treated", person(HYPERTENSION), T),
    (EXCLUDES, "No known allergy to egg", NOBODY, T),
    (EXCLUDES, "Participants with hypertension can enrol if it is stable", person(HYPERTENSION), T),
    # what may stand alone does not narrow
    (EXCLUDES, "Fracture of the hip or any other injury", person("c icd10:T14.9"), F),
    (EXCLUDES, "Severe hepatic-and renal insufficiency", person("c icd10:K72.9"), F),
    (EXCLUDES, "Hypertension treated with diuretics or is not controlled", NOBODY, F),
    # diseases in a row: a person may have one of them
    (INCLUDES, "Patients with asthma, stroke and diabetes", person(ASTHMA), F),
    (INCLUDES, "Acute lymphoblastic leukemia (ALL), chronic lymphocytic leukemia (CLL) and "
     "non-hodgkin lymphoma", person("c icd10:C91.0"), F),
    (INCLUDES, "Women, over 18 years, with stroke, or asthma", person(year=1976), T),
    (INCLUDES, "Diabetes, hypertension and stroke or asthma", person(STROKE), T),
    # one of two pressures
    (EXCLUDES, "Hypertension (blood pressure > 140/90 mmHg)", pressure(170, 80), F),
    (EXCLUDES, "Blood pressure > 170/110 mmHg", pressure(180, 100), F),
    (EXCLUDES, "Blood pressure < 90/50 mmHg", pressure(80, 60), F),
    (INCLUDES, "Blood pressure >= 90/60 mmHg", pressure(120, 50), T),
    (EXCLUDES, "Hypertension or hypotension (SBP > 170 mmHg or < 90 mmHg, and DBP > 100 mmHg or "
     "< 50 mmHg)", pressure(190, 80), F),
    # a sex in front of a list reaches all of it
    (EXCLUDES, "Women with stroke or diabetes", NOBODY, T),
    (EXCLUDES, "Women with alcohol or drug dependence", NOBODY, T),
    (EXCLUDES, "Women with diabetes or stroke", person(STROKE, sex="male"), T),
    (INCLUDES, "Men with asthma or stroke", person(STROKE), T),
    (INCLUDES, "Men with asthma as defined by FEV1 < 80 % predicted", NOBODY, T),
    # what is to come is on no record
    (EXCLUDES, "Patients not undergoing prostatectomy", MAN, T),
    (INCLUDES, "Adults undergoing open surgery", NOBODY, F),
    # what stands before the first of a list may be of all
    (INCLUDES, "Without serious heart, lung, or liver disease", person("c icd10:J45.2"), F),
    (EXCLUDES, "Serious heart, lung, or liver disease", person("c icd10:J45.2"), T),
    (INCLUDES, "Mild to severe asthma", person(ASTHMA), F),
    # a limit that is another one for some
    (INCLUDES, "ALT < 2.5 x ULN if no liver metastases or < 5 x ULN with them",
     person("v 1742-6 120 U/L"), F),
    (EXCLUDES, "ALT, AST > 3 x ULN", NOBODY, F),
    # words that name no condition
    (INCLUDES, "Adequate organ function", NOBODY, F),
    (INCLUDES, "Sufficient lung function defined by oxygen saturation >= 92 %", NOBODY, F),
    (INCLUDES, "Low mood. (Asked of 900 of the 1200 patients; 300 patients have none.)", NOBODY, F),
    (EXCLUDES, "Urine screen for drugs is positive", NOBODY, F),
    # an exception and its time
    (EXCLUDES, "Malignancy other than skin cancer within the last 5 years",
     person(CANCER, day=LONG_AGO), T),
)  # fmt: skip


@pytest.mark.parametrize(("section", "text", "patient", "wrong"), NEVER)
def test_never(section: Section, text: str, patient: Patient, wrong: Truth) -> None:
    assert truth(section, text, patient) is not wrong


DECIDED: tuple[tuple[Section, str, Patient, Truth], ...] = (
    (INCLUDES, "No pregnant or lactating women", MAN, T),
    (INCLUDES, "No pregnant women", person(PREGNANT), F),
    (INCLUDES, "No chemotherapy at least 4 weeks before enrolment", person(CHEMOTHERAPY), F),
    (EXCLUDES, "Blood pressure > 170/110 mmHg", pressure(180, 100), T),
    (EXCLUDES, "Blood pressure < 90/50 mmHg", pressure(80, 45), T),
    (EXCLUDES, "Women with diabetes or stroke", person(STROKE), T),
    (EXCLUDES, "Women with diabetes or stroke", NOBODY, F),
    (INCLUDES, "Patients with asthma, stroke and diabetes", NOBODY, F),
    (INCLUDES, "Patients with asthma, stroke and diabetes", person(ASTHMA, STROKE, DIABETES), T),
    (INCLUDES, "Subjects with hypertension must have a blood pressure < 160/100 mmHg",
     person(HYPERTENSION, "v 8480-6 170 mm[Hg]", "v 8462-4 80 mm[Hg]"), F),
)  # fmt: skip


@pytest.mark.parametrize(("section", "text", "patient", "right"), DECIDED)
def test_what_the_words_do_decide(
    section: Section, text: str, patient: Patient, right: Truth
) -> None:
    assert truth(section, text, patient) is right


@pytest.mark.parametrize(
    "text", ["Negative pregnancy test", "Documented negative pregnancy test for women"]
)
def test_a_negative_test_is_asked_once(text: str) -> None:
    """Whoever answers `yes, negative` must let the patient in."""
    node = compose(text, INCLUDES)
    assert isinstance(node, nodes.Residue | nodes.Attest)
    assert node.words == text
