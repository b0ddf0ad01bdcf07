"""The example's simulated patients: each stands at one boundary of one criterion.

The same table, with the reasons, is in examples/secret_hf/patients/README.md.
"""

import importlib.util
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from trialwright.core.dates import PartialDate
from trialwright.core.truth import Truth
from trialwright.protocol.service import criteria_of, load
from trialwright.screening.answers import read_answers
from trialwright.screening.explain import headline
from trialwright.screening.model import (
    ClinicalFact,
    Code,
    Coded,
    Observation,
    Patient,
    PatientScreening,
)
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.service import screen_all

ON = date(2024, 9, 2)
POLICY = Policy(ClosedWorld.parse("condition,drug,procedure,allergy,device"))
AGE = "I1"  # the criterion of age

# patient: answer, the criterion that decides or would decide, what its evidence says
EXPECTED = {
    "sim-01": ("yes", None, ""),
    "sim-02": ("yes", None, ""),
    "sim-03": ("undecided", "I6", "47 pmol/L with 8460 g/mol = 397.62 pg/mL"),
    "sim-04": ("undecided", "I6", "150 pg/mL on 2024-08-20: > 150 pg/mL: does not hold"),
    "sim-05": ("yes", None, ""),
    "sim-06": ("no", AGE, "81 years on 2024-09-02"),
    "sim-07": ("no", "E16", "0.24 L/L = 24 %"),
    "sim-08": ("undecided", "I4", "ejection fraction: nothing on record"),
    "sim-09": ("no", "E10", "Stroke on 2024-07-02: in 2024-06-02 to 2024-09-02"),
    "sim-10": ("yes", None, ""),
    "sim-11": ("no", "I5", "NYHA class II on 2024-08-28"),
    "sim-12": ("yes", None, ""),
    "sim-13": ("no", "I6", "150 ng/L = 150 pg/mL"),
}


@pytest.fixture(scope="module")
def criteria(example: Path) -> tuple:
    file = example / "protocol.yaml"
    return criteria_of(load(file.read_bytes(), str(file)))


@pytest.fixture(scope="module")
def answered(example: Path, criteria: tuple) -> dict[str, PatientScreening]:
    data = (example / "answers.json").read_bytes()
    answers = read_answers(data, "answers.json", [each.id for each in criteria])
    people = read_patients([example / "patients"], ON)
    return {s.id: s for s in screen_all(criteria, people, ON, POLICY, answers=answers)}


@pytest.fixture(scope="module")
def unanswered(example: Path, criteria: tuple) -> dict[str, PatientScreening]:
    people = read_patients([example / "patients"], ON)
    return {s.id: s for s in screen_all(criteria, people, ON, POLICY)}


@pytest.mark.parametrize("patient", EXPECTED)
def test_each_patient_gets_the_answer_that_the_boundary_gives(
    patient: str, answered: dict[str, PatientScreening]
) -> None:
    answer, decides, says = EXPECTED[patient]
    screening = answered[patient]
    assert screening.eligible == answer
    assert screening.deciding == ((decides,) if answer == "no" else ())
    assert screening.would_decide == ((decides,) if answer == "undecided" else ())
    assert says in headline(screening)
    assert screening.simulated


@pytest.mark.parametrize("patient", EXPECTED)
def test_without_the_investigators_answers_nobody_is_eligible(
    patient: str, unanswered: dict[str, PatientScreening]
) -> None:
    answer, decides, _ = EXPECTED[patient]
    screening = unanswered[patient]
    assert screening.eligible == ("no" if answer == "no" else "undecided")
    assert answer != "undecided" or decides in screening.would_decide
    people = {"pending_answer", "judgement", "residue", "uncoded"}
    kinds = {c.id: c.verdict.unknown for c in screening.criteria}
    assert {kinds[each] for each in screening.would_decide if each != decides} <= people


def test_in_an_open_world_no_record_clears_no_exclusion(criteria: tuple, example: Path) -> None:
    (eligible,) = read_patients([example / "patients" / "01-eligible.json"], ON)
    (screening,) = screen_all(criteria, [eligible], ON)
    assert screening.eligible == "undecided"
    assert {"E10", "E11", "E16"} <= set(screening.would_decide)


def with_more(example: Path, **more: object) -> Patient:
    """Return the eligible patient with something else on record."""
    (eligible,) = read_patients([example / "patients" / "01-eligible.json"], ON)
    return replace(eligible, **more)


def screened(patient: Patient, example: Path, criteria: tuple) -> PatientScreening:
    data = (example / "answers.json").read_bytes()
    answers = read_answers(data, "answers.json", [each.id for each in criteria])
    return screen_all(criteria, [patient], ON, POLICY, answers=answers)[0]


ADDED = {
    "a CRT-D": ("devices", "snomed", "704707009", "no", "E1"),
    "a biventricular ICD put in": ("procedures", "snomed", "447365002", "no", "E1"),
    "a cerebral infarction": ("conditions", "snomed", "432504007", "no", "E10"),
    "a subarachnoid haemorrhage": ("conditions", "snomed", "21454007", "no", "E10"),
    "renal failure on dialysis": ("conditions", "snomed", "236435004", "no", "E20"),
    "renal dialysis": ("conditions", "snomed", "265764009", "undecided", "E20"),
    "haemodialysis": ("procedures", "snomed", "302497006", "undecided", "E20"),
    "a myeloproliferative neoplasm": ("conditions", "snomed", "425333006", "no", "E16"),
    "HIV positive": ("conditions", "snomed", "165816005", "no", "E23"),
    "a thrombus somewhere in the heart": ("conditions", "icd10", "I51.3", "undecided", "E11"),
    "a code that nobody knows": ("conditions", "snomed", "1234567", "undecided", "E10"),
}


@pytest.mark.parametrize("added", ADDED)
def test_one_record_more_is_never_overlooked(added: str, example: Path, criteria: tuple) -> None:
    field, system, code, eligible, decides = ADDED[added]
    fact = ClinicalFact("Record/x", (Code(system, code),), code, PartialDate(2024, 8, 20))
    had = getattr(with_more(example), field)
    screening = screened(with_more(example, **{field: (*had, fact)}), example, criteria)
    assert screening.eligible == eligible
    assert decides in (screening.deciding or screening.would_decide)


@pytest.mark.parametrize("loinc", ["5196-1", "56888-1"])
def test_a_positive_serum_excludes_in_spite_of_an_answer(
    loinc: str, example: Path, criteria: tuple
) -> None:
    code, positive = (Code("loinc", loinc),), Coded((Code("snomed", "10828004"),), "Positive")
    test = Observation("Observation/t", code, "a test", positive, PartialDate(2024, 8))
    had = with_more(example).observations
    screening = screened(with_more(example, observations=(*had, test)), example, criteria)
    assert screening.deciding == ("E23",)


def test_another_cardiomyopathy_leaves_the_dilated_one_open(example: Path, criteria: tuple) -> None:
    code = (Code("icd10", "I42.7"),)
    toxic = ClinicalFact("Condition/x", code, "Cardiomyopathy due to drugs", PartialDate(2019))
    patient = with_more(example, conditions=(toxic,))
    (screening,) = screen_all(criteria, [patient], ON, POLICY)
    verdicts = {each.id: each.verdict for each in screening.criteria}
    assert verdicts["I4"].truth is Truth.UNKNOWN
    assert "is it dilated cardiomyopathy?" in headline(screening)


def test_somebody_who_has_died_is_not_eligible(example: Path, criteria: tuple) -> None:
    assert screened(with_more(example, deceased=True), example, criteria).deciding == ("alive",)


def test_the_evidence_says_that_the_method_is_not_checked(
    answered: dict[str, PatientScreening],
) -> None:
    (lvef,) = (each for each in answered["sim-01"].criteria if each.id == "I4")
    rules = " ".join(piece.rule for piece in lvef.verdict.evidence)
    assert "on echocardiography and/or CMR imaging" in rules
    assert "how the value was measured is not checked" in rules


def test_the_readme_states_these_answers(example: Path) -> None:
    text = (example / "patients" / "README.md").read_text()
    rows = re.findall(r"^\| `(sim-\d+)` \|[^|]*\| ([a-z ]+)(?:, ([IE]\d+))? \|", text, re.MULTILINE)
    names = {"eligible": "yes", "not eligible": "no", "undecided": "undecided"}
    stated = {patient: (names[answer], decides or None) for patient, answer, decides in rows}
    assert stated == {patient: row[:2] for patient, row in EXPECTED.items()}
    assert "2024-09-02" in text


def generator() -> ModuleType:
    file = Path(__file__).resolve().parents[2] / "tools" / "example_patients.py"
    spec = importlib.util.spec_from_file_location("example_patients", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generator_gives_the_files_that_are_kept(example: Path) -> None:
    tool = generator()
    kept = {file.name: file.read_bytes() for file in (example / "patients").glob("*.json")}
    assert kept == tool.bundles()
    assert (example / "answers.json").read_bytes() == tool.answers()


def test_every_bundle_is_marked_as_simulated(example: Path) -> None:
    for file in (example / "patients").glob("*.json"):
        text = file.read_text()
        assert text.count('"HTEST"') == 2, file.name  # the bundle and the patient
        assert "urn:trialwright:simulated" in text
