"""Rows: what stays certain where the rest is left to a person, and what reaches whom."""

import pytest

from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.wording import wording

EXCLUSIONS = {
    # words in front, in the middle and behind
    "History of Pelvic trauma or surgery": (
        "(ever trauma [codes incomplete], and a person decides: 'Pelvic') or (surgery [codes "
        "incomplete], and a person decides: 'if meant here too: Pelvic')"
    ),
    "taking nitrates or nitro compounds, alpha blockers, antihypertensives": (
        "nitrates [codes incomplete] or drug 'nitro compounds' [no code known] or alpha blockers "
        "[codes incomplete] or antihypertensives [codes incomplete]"
    ),
    "History of synthetic, biologic or fascial sling": (
        "a person decides: 'History of synthetic, biologic or fascial sling' (not understood)"
    ),
    # a clause that judges, behind a row with a member not understood
    "cardiac disease, renal, hepatic, immune that may influence survival": (
        "an investigator judges: 'cardiac disease, renal, hepatic, immune that may influence "
        "survival'"
    ),
    # brackets
    "History of cancer including melanoma (with the exception of skin cancers)": (
        "a person decides: 'History of cancer including melanoma (with the exception of skin "
        "cancers)' (not understood)"
    ),
    "Creatinine > 2 mg/dL (unless on dialysis)": (
        "serum creatinine above 2 mg/dL, except a person decides: 'whether this lets in: unless "
        "on dialysis'"
    ),
    "Fever, defined as temperature above 38 F, or confusion": (
        "(fever, and a person decides: 'defined as temperature above 38 F, or confusion'), or a "
        "person decides: 'by itself: confusion'"
    ),
    "cataracts or other opacities that may affect imaging": (
        "(cataract [codes incomplete], and a person decides: 'if meant here too: that may affect "
        "imaging'), or a person decides: 'other opacities that may affect imaging'"
    ),
    "stroke or asthma and in the opinion of the investigator unstable": (
        "(stroke or asthma) and an investigator judges: 'in the opinion of the investigator "
        "unstable'"
    ),
    "Subjects with renal failure and asthma": (
        "(renal failure [codes incomplete] and asthma); short of that, a person decides whether"
        " one alone excludes"
    ),
    # sentences
    "Asthma. HIV testing will be required.": (
        "a person decides: 'Asthma. HIV testing will be required' (not understood)"
    ),
    "Patients with the following conditions are excluded: asthma, diabetes": (
        "asthma or diabetes mellitus"
    ),
    "pregnant female subjects are excluded from study participation": "pregnancy",
    "Patients whose follow-up is not available": (
        "the site confirms: 'Patients whose follow-up is not available'"
    ),
}

INCLUSIONS = {
    "Hemoglobin at least 9 g/dL (transfusion allowed)": (
        "haemoglobin at least 9 g/dL, or a person decides: 'whether this lets in: transfusion "
        "allowed'"
    ),
    "LVEF at least 40% if history of CHF": (
        "if a person decides: 'if history of CHF' (not understood), then left ventricular "
        "ejection fraction at least 40 %"
    ),
    "TRACK II AT RANDOMIZATION: ANC >= 1500/mm^3": (
        "if a person decides: 'TRACK II AT RANDOMIZATION' (not understood), then neutrophils at "
        "least 1500 /uL; otherwise a person decides: 'whether all must: TRACK II AT "
        "RANDOMIZATION' (not understood)"
    ),
    "No ulceration of the lung or duodenal ulceration of 1 cm or more": (
        "not ((ulceration [codes incomplete], and a person decides: 'of the lung or duodenal "
        "ulceration of 1 cm or more') or ('duodenal ulceration' [no code known] at least 1 cm, "
        "and a person decides: 'whether this counts without: ulceration of the lung'))"
    ),
    "Patients with asthma or stroke and epilepsy": (
        "a person decides: 'Patients with asthma or stroke and epilepsy' (not understood)"
    ),
    "there was no or low enhancement of the wall": (
        "a person decides: 'there was no or low enhancement of the wall' (not understood)"
    ),
    "Prior radiotherapy to no more than 30% of bone marrow allowed": (
        "a person decides: 'Prior radiotherapy to no more than 30% of bone marrow allowed' (not "
        "understood)"
    ),
    "No complications (no seizures)": (
        "a person decides: 'No complications (no seizures)' (not understood)"
    ),
    "Oral lesions such as herpes zoster can be enrolled": (
        "a person decides: 'Oral lesions such as herpes zoster can be enrolled' (not understood)"
    ),
    "ECOG 0-2 (if aged >=18 years)": (
        "if a person decides: 'if aged >=18 years' (not understood), then ECOG performance "
        "status 0 or 1 or 2"
    ),
    "Asthma. Patients who had a stroke were excluded": "asthma and not stroke",
}


@pytest.mark.parametrize(("text", "expected"), EXCLUSIONS.items())
def test_of_an_exclusion(text: str, expected: str) -> None:
    assert wording(compose(text, "exclusion")) == expected


@pytest.mark.parametrize(("text", "expected"), INCLUSIONS.items())
def test_of_an_inclusion(text: str, expected: str) -> None:
    assert wording(compose(text, "inclusion")) == expected
