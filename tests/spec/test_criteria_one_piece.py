"""Phrases that must not be parted, and sentences that tell, permit or define: nothing of the kind
is a demand or an alternative with facts of its own."""

import pytest

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.criteria.wording import wording

_ASKED = (nodes.Residue, nodes.Judgement, nodes.Attest)


@pytest.mark.parametrize("text", [
    "Are taking drugs to prevent or dissolve blood clots",
    "Neoplastic disease either active or without complete remission",
    "history of allergies or hypersensitivity to the investigational product",
    "mixed neuroendocrine and non-neuroendocrine neoplasms",
    "Alcoholism or drug abuse (including heroin) that would preclude participation",
    "Any condition such as diabetes or renal failure that would preclude participation",
    "Zidovudine therapy may not be initiated and the dose may not be increased",
    "Asthma. Standard management includes albuterol and prednisone",
    "Medical co-morbidity hampering the administration of radiation or chemotherapy",
    "History of myocardial infarction without ST-segment elevation within the previous week",
    "Metallic implants in the head will be excluded from participating in the fMRI studies",
])  # fmt: skip
def test_an_exclusion_that_cannot_be_parted_is_one_question(text: str) -> None:
    assert isinstance(compose(text, "exclusion"), _ASKED)


@pytest.mark.parametrize("text", [
    "sarcoma or carcinosarcoma not amenable to resection or radiotherapy",
    "RA patients with no other rheumatologic disorders and inflammatory diseases",
    "multiple sclerosis as defined either by 1 outbreak or at least one lesion",
    "Suspension of cognitive-enhancing drugs and ginkgo",
    "Vitamin B12 and folate deficiency",
    "Maximal tolerable angina and heart failure medication",
    "Patients with asymptomatic CNS disease are eligible",
    "Applicable disorders include but are not limited to dystonia, tremor and tics",
    "Postmenopausal females and males at least 18 years old with breast cancer",
    "Minors must be accompanied by a guardian legally permitted to give consent",
])  # fmt: skip
def test_an_inclusion_that_cannot_be_parted_is_one_question(text: str) -> None:
    assert isinstance(compose(text, "inclusion"), _ASKED)


@pytest.mark.parametrize("second", [
    "Treatment should not be delayed", "HIV testing is not mandatory",
    "Advised for men during therapy", "Standard management includes aspirin and statins",
    "Subject recruitment will take place at the stroke unit",
])  # fmt: skip
def test_a_sentence_that_tells_demands_no_fact(second: str) -> None:
    node = compose(f"Hypertension. {second}.", "inclusion")
    assert wording(node) == f"hypertension, and a person decides: '{second}'"


def test_a_demand_on_the_patients_is_still_read() -> None:
    node = compose("Weight at least 50 kg. Women must not be pregnant.", "inclusion")
    assert wording(node) == "body weight at least 50 kg and not pregnancy"


def test_who_is_exempt_from_a_test_is_no_demand() -> None:
    text = "Adults must be tested. Women who are postmenopausal do not require this test."
    assert not any(isinstance(n, nodes.Demographic) for n in walk(compose(text, "inclusion")))


def test_how_bounds_are_meant_is_no_alternative() -> None:
    node = compose("BMI between 19-25 kg/m2, including boundary value", "inclusion")
    assert isinstance(node, nodes.All)
    assert all(isinstance(part, nodes.Compare) for part in node.of)


def test_a_judgement_behind_and_narrows_an_exclusion() -> None:
    text = "PTT > 32 seconds and in the opinion of the PI and physician it would be dangerous"
    node = compose(text, "exclusion")
    assert isinstance(node, nodes.All)


def test_both_objects_of_a_treatment_required_narrow_the_condition() -> None:
    node = compose("radiculopathy requiring anterior fusion and discectomy", "inclusion")
    assert wording(node).count("discectomy") == 1
    assert "a person decides: 'requiring anterior fusion and discectomy'" in wording(node)


def test_an_alternative_that_somebody_defines_widens_what_the_facts_say() -> None:
    said = "Myocardial infarction within 6 months or as defined by the investigator"
    node = compose(said, "exclusion")
    assert isinstance(node, nodes.Any)
    assert isinstance(node.of[0], nodes.Within)
    assert isinstance(node.of[1], _ASKED)


def test_a_remark_about_whom_a_criterion_applies_to_narrows_it() -> None:
    said = "Asthma; (this criterion applies only to patients of cohort A)"
    assert isinstance(compose(said, "exclusion"), nodes.All)
    assert isinstance(compose(said, "inclusion"), nodes.IfThen)
