"""The reference trial's criteria: what each says, and that nothing is read that is not there."""

from decimal import Decimal
from pathlib import Path

import pytest

from trialwright.core.dates import Duration
from trialwright.interfaces.web.study.reading import criterion_view
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.trees import residue, walk
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.service import criteria_of, load


@pytest.fixture(scope="module")
def criteria(example: Path) -> dict[str, nodes.Criterion]:
    data = (example / "protocol.yaml").read_bytes()
    return {item.id: item for item in criteria_of(load(data, "protocol.yaml"))}


READINGS = {
    "I1": "age at least 18 years and at most 80 years",
    "I2": "the site confirms: 'Signed written informed consent'",
    "I3": "the site confirms: 'French Social Security affiliation'",
    "I4": ("dilated cardiomyopathy and condition 'dilated LV' [no code known] and left "
           "ventricular ejection fraction at most 40 % (any recorded value counts; the text "
           "says 'on echocardiography and/or CMR imaging') and (if (cardiomyopathy, and a "
           "person decides: 'chemotherapy-induced'), then (not (malignant disease [codes "
           "incomplete], except ((condition 'carcinoma in situ' [no code known] or condition"
           " 'fully resected basal and squamous cell cancer of the skin' [no code known]), "
           "and a person decides: 'that no other cancer counts: carcinoma in situ or fully "
           "resected basal and squamous cell cancer of the skin')) within 2 years before "
           "enrolment and an investigator judges: 'a low estimated likelihood of recurrence "
           "(≤30% at 5 years), as determined by an oncologist, based on tumor type, response to "
           "therapy, and negative metastatic work-up at the time of diagnosis')), and a person "
           "decides: 'unexplained by pressure or volume overload "
           "(severe arterial hypertension or significant valve disease), coronary artery "
           "disease (as assessed by coronary angiography) or a systemic disease'"),
    "I5": ("NYHA class III, and a person decides: 'in spite of optimal heart failure "
           "maximally tolerated guideline-directed medical therapy, including cardiac "
           "resynchronization if needed, without other treatment options'"),
    "I6": "B-type natriuretic peptide above 150 pg/mL or NT-proBNP at least 400 pg/mL",
    "I7": ("the site confirms: 'For child-bearing aged women, efficient contraception such "
           "as combined (estrogen and progestogen containing) hormonal contraception or "
           "progestogen-only hormonal contraception associated with inhibition of ovulation "
           "and for men efficient contraception such as condom, during treatment and until "
           "the end of the relevant systemic exposure, i.e. until 3 months after the end of "
           "treatment'"),
    "E1": ("(cardiac resynchronisation device or implantable cardioverter defibrillator) "
           "within 3 months before enrolment"),
    "E2": ("an investigator judges: 'End-stage heart failure with reduced EF (HFrEF) "
           "defined as patients with American College of Cardiology "
           "Foundation/American Heart Association (ACCF/AHA) stage D (candidates for "
           "specialized interventions, including heart transplantation and mechanical "
           "assistance) or terminal HF (advanced HF with poor response to all forms of "
           "treatment, frequent hospitalizations and life expectancy < 12 months)'"),
    "E3": "inotropic agents within 1 month before enrolment",
    "E4": "acute heart failure [codes incomplete]",
    "E5": ("(heart failure, and a person decides: 'caused by cardiac valve disease or "
           "untreated hypertension or documented coronary artery disease with lesions which "
           "could explain the cardiomyopathy') or (((hypertension, and a person decides: "
           "'untreated') or (coronary artery disease and condition 'lesions' [no code "
           "known], and a person decides: 'which could explain the cardiomyopathy')), and a "
           "person decides: 'whether this counts without: Heart failure caused by cardiac "
           "valve disease')"),
    "E6": ("cardiomyopathy, and a person decides: 'due to a reversible cause'; 'e.g. "
           "endocrine disease, alcohol or drug abuse, myocarditis, Tako-Tsubo, or "
           "arrhythmias'"),
    "E7": ("cardiomyopathy, and a person decides: \"due a syndromic/systemic disease (e.g. "
           "Duchenne's muscular dystrophy, immune/inflammatory/infiltrative disorders "
           "[amyloidosis, hemochromatosis])\""),
    "E8": ("cardiomyopathy and ((radiation therapy [codes incomplete] and condition "
           "'constrictive physiology' [no code known]) or trastuzumab within 3 months before "
           "enrolment, or a person decides: 'a baseline computerized tomography scan or CMR "
           "showing new tumor or suspicious lymphadenopathy raising concern of malignancy'), "
           "and a person decides: 'post-chemotherapy'"),
    "E9": "cardiac surgery [codes incomplete]",
    "E10": "stroke within 3 months before enrolment",
    "E11": "left ventricular thrombus or aortic dissection or aortic aneurysm",
    "E12": ("(ventricular tachycardia, and a person decides: 'Uncontrolled'; 'defined by "
           "sustained ventricular tachycardia, including electrical storm and incessant "
           "ventricular tachycardia with no response to antiarrhythmic medication') or shock"
           " delivered by an implanted defibrillator [codes incomplete] within 30 days "
           "before the first infusion"),
    "E13": ("(ever allergic reaction [codes incomplete], and a person decides: "
           "'drug-induced') or ever allergy 'allergy of any type having required treatment' "
           "[no code known]"),
    "E14": ("an investigator judges: 'Contraindication to corticosteroids or anti-histaminic "
           "agents'"),
    "E15": ("an investigator judges: 'Contraindication to gadoterate meglumine if it will be "
           "used with CMR'"),
    "E16": ("haematocrit below 25 % or leucocytes below 2500 /uL or thrombocytes below 100000"
           " /uL or myeloproliferative disorder or myelodysplastic syndrome or leukaemia or "
           "plasma cell dyscrasia"),
    "E17": "coagulopathy, and a person decides: 'not due to a reversible cause'",
    "E18": ("((chronic obstructive pulmonary disease and forced expiratory volume in 1 s "
           "below 1 L/min [unit in doubt: forced expiratory volume in 1 s is measured in L, "
           "not L/min]) or ((moderate or severe intermittent claudication or morbid "
           "obesity), and a person decides: 'whether this counts without: Chronic "
           "Obstructive Pulmonary Disease (COPD) with Forced Expiratory Volume (FEV) <1 "
           "L/min'), or a person decides: 'others of this kind'), and a person decides: "
           "'Diminished functional capacity for other reasons such as'"),
    "E19": ("(diabetes mellitus and condition 'poorly controlled blood glucose' [no code "
           "known]) or (proliferative retinopathy [codes incomplete], and a person decides: "
           "'whether this counts without: Diabetes with poorly controlled blood glucose "
           "levels')"),
    "E20": "dialysis-dependent renal failure",
    "E21": ("autoimmune disease [codes incomplete] or current immunosuppressive therapy "
           "[codes incomplete]"),
    "E22": "organ transplant or cell-based treatment [codes incomplete]",
    "E23": ("HIV infection or hepatitis B surface antigen in the blood [codes incomplete] or "
           "(hepatitis C, and a person decides: 'Serum positivity'; 'viremic'), or a person "
           "decides: 'Serum positivity for HIV, hepatitis BsAg, or viremic hepatitis C'"),
    "E24": ("pregnancy or breastfeeding [codes incomplete] or the site confirms: 'of "
           "child-bearing potential and not using effective birth control'"),
    "E25": "current infection [codes incomplete]",
    "E26": "allergy to aminoglycosides [codes incomplete]",
    "E27": "the site confirms: 'Patient under legal protection (guardianship)'",
    "E28": "the site confirms: 'Participation in another interventional trial'",
    "E29": "'Life expectancy' [no code known] below 1 years",
    "E30": "an investigator judges: 'Contraindication to 18FDG-PETscan'",
}  # fmt: skip


@pytest.mark.parametrize("name", READINGS)
def test_the_whole_reading(criteria: dict[str, nodes.Criterion], name: str) -> None:
    assert wording(criteria[name].expr) == READINGS[name]


def test_every_criterion_has_a_reading(criteria: dict[str, nodes.Criterion]) -> None:
    assert set(criteria) == set(READINGS)


FULLY_READ = (
    "I1", "I6", "E1", "E3", "E4", "E9", "E10", "E11", "E16", "E20", "E21", "E22", "E25", "E26",
)  # fmt: skip


@pytest.mark.parametrize("name", FULLY_READ)
def test_read_in_full(criteria: dict[str, nodes.Criterion], name: str) -> None:
    assert not residue(criteria[name].expr)


@pytest.mark.parametrize("name", ["I2", "I3", "I7", "E27", "E28"])
def test_the_site_answers(criteria: dict[str, nodes.Criterion], name: str) -> None:
    assert isinstance(criteria[name].expr, nodes.Attest)


@pytest.mark.parametrize("name", ["E2", "E14", "E15", "E30"])
def test_an_investigator_judges(criteria: dict[str, nodes.Criterion], name: str) -> None:
    assert isinstance(criteria[name].expr, nodes.Judgement)


def test_ejection_fraction_is_at_most_forty_by_two_methods(
    criteria: dict[str, nodes.Criterion],
) -> None:
    (lvef,) = (n for n in walk(criteria["I4"].expr) if isinstance(n, nodes.Compare))
    method = "on echocardiography and/or CMR imaging"
    assert lvef == nodes.Compare("lvef", "<=", Decimal(40), "%", method=method)


def test_two_years_free_of_cancer_are_asked_of_some_only(
    criteria: dict[str, nodes.Criterion],
) -> None:
    """If the cardiomyopathy came from chemotherapy: no cancer in two years, but for three kinds."""
    (clause,) = (n for n in walk(criteria["I4"].expr) if isinstance(n, nodes.IfThen))
    named = {n.concept for n in walk(clause.when) if isinstance(n, nodes.Has)}
    assert named == {"cardiomyopathy"}
    (free,) = (n for n in walk(clause.then) if isinstance(n, nodes.Not))
    assert isinstance(free.of, nodes.Within)
    assert free.of.last == Duration(months=24)
    assert isinstance(free.of.of, nodes.Except)
    assert free.of.of.base == nodes.Has("condition", "malignancy", "cancer")


def test_nyha_is_three_exactly(criteria: dict[str, nodes.Criterion]) -> None:
    expr = criteria["I5"].expr
    assert isinstance(expr, nodes.All)
    assert expr.of[0] == nodes.Ordinal("nyha", ("III",))


def test_the_peptides_keep_their_strictness(criteria: dict[str, nodes.Criterion]) -> None:
    assert criteria["I6"].expr == nodes.Any(
        (
            nodes.Compare("bnp", ">", Decimal(150), "pg/mL"),
            nodes.Compare("nt_probnp", ">=", Decimal(400), "pg/mL"),
        )
    )


@pytest.mark.parametrize("name", ["E1", "E8", "E10"])
def test_within_the_last_three_months(criteria: dict[str, nodes.Criterion], name: str) -> None:
    (window,) = (n for n in walk(criteria[name].expr) if isinstance(n, nodes.Within))
    assert (window.last, window.anchor) == (Duration(months=3), "enrolment")


def test_the_faulty_unit_of_fev_is_flagged(criteria: dict[str, nodes.Criterion]) -> None:
    (fev,) = (n for n in walk(criteria["E18"].expr) if isinstance(n, nodes.Compare))
    assert (fev.measure, fev.unit) == ("fev1", "L/min")
    assert fev.unit_fault


def test_a_condition_on_a_subgroup_never_excludes_everybody(
    criteria: dict[str, nodes.Criterion],
) -> None:
    """E8 speaks of cardiomyopathy after chemotherapy: without it, nothing below excludes."""
    expr = criteria["E8"].expr
    assert isinstance(expr, nodes.All)
    assert isinstance(expr.of[0], nodes.Has)
    assert expr.of[0].concept == "cardiomyopathy"


def test_a_serum_result_is_more_than_a_diagnosis(criteria: dict[str, nodes.Criterion]) -> None:
    """HIV on record excludes; hepatitis B in the history does not, and nobody is cleared by it."""
    expr = criteria["E23"].expr
    assert isinstance(expr, nodes.Any)
    alone = [part.concept for part in expr.of if isinstance(part, nodes.Has)]
    assert alone == ["hiv", "hbsag"]
    whole = "Serum positivity for HIV, hepatitis BsAg, or viremic hepatitis C"
    assert nodes.Residue(whole) in expr.of
    (narrow,) = (part for part in expr.of if isinstance(part, nodes.All))
    assert {"viremic", "Serum positivity"} <= set(residue(narrow))


def test_the_page_lists_all_that_was_not_understood(criteria: dict[str, nodes.Criterion]) -> None:
    for item in criteria.values():
        page = criterion_view(item)
        for words in residue(item.expr):
            assert words[:100] in page.open or page.open.startswith("Not understood")
