"""The example's simulated patients: each stands at one boundary of one criterion.

The same table, with the reasons, is in examples/secret_hf/patients/README.md.
"""

import importlib.util
import re
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from trialwright.protocol.service import criteria_of, load
from trialwright.screening.answers import read_answers
from trialwright.screening.explain import headline
from trialwright.screening.model import PatientScreening
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
