"""A closed world reads silence as absence, but never past a record that may be what is asked.

Every case is one record that is added to somebody who has none of it, under the policy that takes
the record as complete. `None` as the expected kind means that the record is a hit, "apart" that it
clears nobody of nothing: the thing asked stays absent.
"""

from dataclasses import replace
from datetime import date

import pytest

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.read import read_criteria
from trialwright.screening.evaluate import evaluate
from trialwright.screening.explain import headline
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    DOMAINS,
    Answer,
    ClinicalFact,
    Code,
    Coded,
    Domain,
    Observation,
    Patient,
    Verdict,
)
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.screen import screen
from trialwright.screening.setting import Setting

ON = date(2024, 9, 2)
CLOSED = Policy(ClosedWorld(frozenset(DOMAINS)))
NOBODY = Patient("p", "female", PartialDate(1960, 1, 1))
UNRELATED = ClinicalFact("Condition/u", (Code("snomed", "72704001"),), "Fracture of bone", None)
FIELDS: dict[Domain, str] = {
    "condition": "conditions", "procedure": "procedures", "device": "devices",
    "drug": "medications", "allergy": "allergies",
}  # fmt: skip
QUARTER = Duration(months=3)


def record(domain: Domain, system: str, code: str, words: str = "", **more: object) -> Patient:
    codes = (Code(system, code),) if system else ()
    fact = ClinicalFact(f"{domain}/x", codes, words or code, PartialDate(2024, 8, 20), **more)
    before = (UNRELATED,) if domain == "condition" else ()
    return replace(NOBODY, **{FIELDS[domain]: (*before, fact)})


def asked(concept: str, patient: Patient, window: Duration | None = None) -> Verdict:
    node: nodes.Node = nodes.Has(concepts().concepts[concept].domain, concept, concept)
    if window:
        node = nodes.Within(window, "enrolment", node)
    return evaluate(node, Setting(patient, ON, CLOSED, project_terms()))


HITS = [
    ("resynchronisation_device", "device", "snomed", "704707009", QUARTER),
    ("defibrillator", "device", "snomed", "704707009", QUARTER),
    ("resynchronisation_device", "device", "snomed", "704708004", QUARTER),
    ("resynchronisation_device", "procedure", "snomed", "447365002", QUARTER),
    ("defibrillator", "procedure", "snomed", "447365002", QUARTER),
    ("stroke", "condition", "snomed", "432504007", QUARTER),
    ("stroke", "condition", "snomed", "21454007", QUARTER),
    ("dialysis_dependence", "condition", "snomed", "236435004", None),
    ("dialysis", "procedure", "snomed", "265764009", None),
    ("dialysis", "condition", "icd10", "Z99.2", None),
    ("myeloproliferative_disorder", "condition", "snomed", "425333006", None),
    ("hiv", "condition", "snomed", "165816005", None),
    ("organ_transplant", "procedure", "snomed", "32413006", None),
    ("organ_transplant", "condition", "icd10", "Z94.1", None),
    ("heart_failure", "condition", "icd10", "I13.2", None),
    ("pregnancy", "condition", "snomed", "72892002", None),
    ("pregnancy", "condition", "icd10", "O26.9", None),
    ("atrial_fibrillation", "condition", "icd10", "I48.1", None),
    ("inotropes", "drug", "atc", "C01CE02", None),
    ("anticoagulants", "drug", "atc", "B01AF02", None),
    ("aortic_aneurysm", "condition", "snomed", "233985008", None),
]


@pytest.mark.parametrize(("concept", "domain", "system", "code", "window"), HITS)
def test_a_listed_code_is_a_hit(
    concept: str, domain: Domain, system: str, code: str, window: Duration | None
) -> None:
    assert asked(concept, record(domain, system, code), window).truth is Truth.TRUE


# A neighbouring code, a code that is too coarse, words that resemble, a code without words.
OPEN = [
    ("stroke", "condition", "snomed", "371041009", "Embolic cerebrovascular event"),
    ("stroke", "condition", "snomed", "1234567", "Infarctus cérébral"),
    ("stroke", "condition", "snomed", "1234567", "Intracranial haemorrhage, traumatic"),
    ("stroke", "condition", "icd10", "I62.9", ""),
    ("stroke", "condition", "icd10", "I6", ""),
    ("stroke", "condition", "", "", "Ischaemic stroke, left MCA"),
    ("stroke", "condition", "", "", "bobo à la tête"),
    ("stroke", "condition", "snomed", "1234567", ""),
    ("resynchronisation_device", "device", "snomed", "14106009", "Cardiac pacemaker"),
    ("resynchronisation_device", "procedure", "snomed", "1234567", "Biventricular ICD implant"),
    ("resynchronisation_device", "procedure", "snomed", "1234567", ""),
    ("resynchronisation_device", "condition", "icd10", "Z95.0", ""),
    ("defibrillator", "procedure", "snomed", "1234567", "Pose d'un défibrillateur"),
    ("dialysis_dependence", "condition", "snomed", "265764009", ""),
    ("dialysis_dependence", "procedure", "snomed", "302497006", ""),
    ("dialysis_dependence", "condition", "snomed", "46177005", ""),
    ("dialysis_dependence", "condition", "icd10", "N18.6", ""),
    ("organ_transplant", "condition", "snomed", "161663000", ""),
    ("organ_transplant", "condition", "icd10", "Z94.8", ""),
    ("dilated_cardiomyopathy", "condition", "icd10", "I42.7", ""),
    ("dilated_cardiomyopathy", "condition", "snomed", "85898001", "Cardiomyopathy"),
    ("lv_thrombus", "condition", "icd10", "I51.3", ""),
    ("lv_thrombus", "condition", "snomed", "1234567", "Apical mural thrombus"),
    ("claudication", "condition", "icd10", "I73.9", ""),
    ("claudication", "condition", "icd10", "I70.21", ""),  # differs from country to country
    ("morbid_obesity", "condition", "icd10", "E66.01", ""),
    ("myeloproliferative_disorder", "condition", "snomed", "1234567", "Polycythaemia vera"),
    ("leukaemia", "condition", "snomed", "63364005", "Chronic myeloid leukemia"),
    ("leukaemia", "condition", "snomed", "363346000", "Malignant neoplastic disease"),
    ("hiv", "condition", "snomed", "1234567", "AIDS"),
    ("type_2_diabetes", "condition", "snomed", "73211009", "Diabetes mellitus"),
    ("atrial_fibrillation", "condition", "snomed", "195080001", ""),
    ("inotropes", "drug", "rxnorm", "1234567", "milrinone lactate 1 MG/ML Injection"),
    ("inotropes", "drug", "atc", "C01AA05", "digoxin"),
    ("anticoagulants", "drug", "rxnorm", "1234567", "apixaban 5 MG Oral Tablet"),
    ("penicillin_allergy", "allergy", "rxnorm", "1234567", "Amoxicillin"),
]


@pytest.mark.parametrize(("concept", "domain", "system", "code", "words"), OPEN)
def test_a_record_that_may_be_it_is_asked_about_by_name(
    concept: str, domain: Domain, system: str, code: str, words: str
) -> None:
    found = asked(concept, record(domain, system, code, words))
    assert (found.truth, found.unknown) == (Truth.UNKNOWN, "uncoded")
    assert found.evidence[0].record == f"{domain}/x"
    assert "a person decides" in found.evidence[0].rule


APART = [
    ("stroke", "condition", "snomed", "233604007", "Pneumonia"),
    ("stroke", "condition", "icd10", "S72.0", ""),  # the list of ICD-10 codes is closed
    ("stroke", "condition", "snomed", "22298006", ""),  # another concept of the lexicon
    ("aortic_aneurysm", "condition", "snomed", "1234567", "Aortic valve stenosis"),
    ("resynchronisation_device", "procedure", "snomed", "232717009", "Coronary bypass"),
    ("resynchronisation_device", "device", "snomed", "1234567", "Hearing aid"),
    ("dilated_cardiomyopathy", "condition", "icd10", "I42.1", ""),
    ("dialysis_dependence", "condition", "snomed", "709044004", "Chronic kidney disease"),
    ("organ_transplant", "condition", "icd10", "Z94.7", ""),  # a cornea
    ("cirrhosis", "condition", "icd10", "K74.0", ""),  # fibrosis
    ("transient_ischaemic_attack", "condition", "icd10", "G45.4", ""),  # amnesia
    ("atrial_fibrillation", "condition", "icd10", "I48.3", ""),  # flutter
    ("inotropes", "drug", "atc", "C07AB07", ""),
    ("inotropes", "drug", "rxnorm", "310325", "bisoprolol 5 MG Oral Tablet"),
    ("anticoagulants", "drug", "atc", "B01AC06", ""),  # aspirin
]


@pytest.mark.parametrize(("concept", "domain", "system", "code", "words"), APART)
def test_a_record_that_means_something_else_keeps_nothing_open(
    concept: str, domain: Domain, system: str, code: str, words: str
) -> None:
    assert asked(concept, record(domain, system, code, words)).truth is Truth.FALSE


def test_forty_unrelated_diagnoses_clear_every_exclusion() -> None:
    words = ("Otitis media", "Sprain of ankle", "Laceration of hand", "Acute viral pharyngitis")
    facts = tuple(
        ClinicalFact(f"Condition/{n}", (Code("snomed", str(10**8 + n)),), words[n % 4], None)
        for n in range(40)
    )
    patient = replace(NOBODY, conditions=facts)
    closed = [name for name, each in concepts().concepts.items() if each.complete]
    assert {name for name in closed if asked(name, patient).truth is not Truth.FALSE} == set()


def test_the_words_of_a_known_code_still_count_where_they_name_what_is_asked() -> None:
    said = record("condition", "snomed", "38341003", "Hypertension, s/p stroke in August")
    assert asked("stroke", said).unknown == "uncoded"
    assert asked("aortic_dissection", said).truth is Truth.FALSE


def test_every_display_of_a_record_is_looked_at() -> None:
    fact = record("condition", "snomed", "1234567", "Event", displays=("Cerebral infarction",))
    assert asked("stroke", fact).unknown == "uncoded"


def test_records_outside_the_window_or_ruled_out_raise_no_doubt() -> None:
    patient = record("condition", "snomed", "1234567", "Cerebral infarct")
    (_, fact) = patient.conditions
    old = replace(patient, conditions=(replace(fact, start=PartialDate(2020)),))
    assert asked("stroke", old, QUARTER).truth is Truth.FALSE
    assert asked("stroke", patient, QUARTER).truth is Truth.UNKNOWN
    refuted = replace(patient, conditions=(replace(fact, holds=Truth.FALSE),))
    assert asked("stroke", refuted).truth is Truth.FALSE


def test_an_implantation_tells_the_day_and_a_status_tells_the_device() -> None:
    implanted = record("procedure", "snomed", "447365002", ended=Truth.TRUE)
    assert asked("defibrillator", implanted, QUARTER).truth is Truth.TRUE
    still = asked("defibrillator", implanted)
    assert (still.truth, still.unknown) == (Truth.UNKNOWN, "stale")
    status = record("condition", "icd10", "Z95.810")
    assert asked("defibrillator", status).truth is Truth.TRUE
    assert asked("defibrillator", status, QUARTER).unknown == "stale"


def test_hiv_is_for_life() -> None:
    unsaid = record("condition", "snomed", "86406008", ended=Truth.UNKNOWN)
    assert asked("hiv", unsaid).truth is Truth.TRUE
    passing = record("condition", "snomed", "91302008", ended=Truth.UNKNOWN)
    assert asked("sepsis", passing).truth is Truth.UNKNOWN


# --- laboratory tests ----------------------------------------------------------------------------

(E23,) = read_criteria(
    "Exclusion Criteria:\n* Serum positivity for HIV, hepatitis BsAg, or viremic hepatitis C"
).items
POSITIVE, NEGATIVE = (
    Coded((Code("snomed", code),), words)
    for code, words in (("10828004", "Positive"), ("260385009", "Negative"))
)


def serology(loinc: str, *values: Coded) -> Patient:
    code = (Code("loinc", loinc),)
    observations = tuple(
        Observation(f"Observation/{month}", code, "test", value, PartialDate(2024, month))
        for month, value in enumerate(values, start=1)
    )
    return replace(NOBODY, observations=observations)


def serum(patient: Patient) -> Truth:
    return evaluate(E23.expr, Setting(patient, ON, CLOSED, project_terms())).truth


@pytest.mark.parametrize("loinc", ["5195-3", "5196-1", "56888-1", "7918-6"])
def test_a_positive_serum_excludes_and_a_negative_one_clears_nobody(loinc: str) -> None:
    assert serum(serology(loinc, POSITIVE)) is Truth.TRUE
    assert serum(serology(loinc, Coded((), "Reactive"))) is Truth.TRUE
    assert serum(serology(loinc, NEGATIVE)) is Truth.UNKNOWN
    assert serum(serology(loinc, Coded((), "Non-reactive"))) is Truth.UNKNOWN
    assert serum(serology(loinc, Coded((), "haemolysed"))) is Truth.UNKNOWN
    assert serum(serology(loinc, POSITIVE, NEGATIVE)) is Truth.UNKNOWN  # the latest counts


def test_serum_positivity_is_more_than_a_diagnosis() -> None:
    assert serum(NOBODY) is Truth.UNKNOWN
    assert serum(record("condition", "icd10", "B20")) is Truth.TRUE
    assert serum(record("condition", "icd10", "B18.1")) is Truth.UNKNOWN
    assert serum(record("condition", "icd10", "B18.2")) is Truth.UNKNOWN


# --- what the answer rests on --------------------------------------------------------------------

STROKE = nodes.Criterion("E1", "exclusion", "Stroke", (0, 6), nodes.Has("condition", "stroke", "s"))


def test_an_answer_settles_a_record_in_doubt_and_the_headline_says_so() -> None:
    patient = record("condition", "snomed", "1234567", "Cerebral infarct")
    open_ = screen(patient, [STROKE], ON, CLOSED, terms=project_terms())
    assert headline(open_).startswith(
        "undecided: E1 unknown; Cerebral infarct on 2024-08-20: is it"
    )
    no = {"E1": Answer(Truth.FALSE, "Dr A", "2024-09-01")}
    settled = screen(patient, [STROKE], ON, CLOSED, terms=project_terms(), answers=no)
    assert settled.eligible == "yes"
    assert headline(settled).endswith("answered over records in doubt: E1 (Cerebral infarct)")


def test_the_policy_says_what_it_assumes() -> None:
    said = str(ClosedWorld(frozenset({"condition"})))
    assert said.startswith("closed world for condition: what is not on record there is taken as")
    assert "unless a record whose code is not listed may mean it" in said
