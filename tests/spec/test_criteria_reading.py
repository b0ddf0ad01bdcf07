"""How criteria are read: what is understood, and what stays residue."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import Duration
from trialwright.core.truth import Truth, all_of, any_of, at_least
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.criteria.read import read_criteria
from trialwright.protocol.criteria.trees import residue, walk
from trialwright.protocol.criteria.wording import wording


def inclusion(text: str) -> nodes.Node:
    (item,) = read_criteria(f"Inclusion Criteria:\n* {text}").items
    return item.expr


def exclusion(text: str) -> nodes.Node:
    (item,) = read_criteria(f"Exclusion Criteria:\n* {text}").items
    return item.expr


COMPARISONS = [
    ("LVEF ≤ 40%", "lvef", "<=", "40", "%"),
    ("LVEF \\<= 40 %", "lvef", "<=", "40", "%"),
    ("Ejection fraction (LVEF) of less than or equal to 40%", "lvef", "<=", "40", "%"),
    ("LVEF of 40% or less", "lvef", "<=", "40", "%"),
    ("Plasma level of B-type natriuretic peptide (BNP) \\> 150 pg/mL", "bnp", ">", "150", "pg/mL"),
    ("NT-proBNP ≥ 400 pg/mL", "nt_probnp", ">=", "400", "pg/mL"),
    ("leucocytes < 2,500/μL", "leucocytes", "<", "2500", "/uL"),
    ("Platelet count < 100 000/mm3", "thrombocytes", "<", "100000", "/uL"),
    ("Platelets ≥ 100 x 109/L", "thrombocytes", ">=", "100", "10*9/L"),
    ("ANC < 1,5 x 10^9/L", "neutrophils", "<", "1.5", "10*9/L"),
    ("WBC < 3 K/uL", "leucocytes", "<", "3", "10*3/uL"),
    ("serum creatinine > 2.0 mg / dl", "creatinine", ">", "2.0", "mg/dL"),
    ("eGFR below 30 ml/min/1.73 m2", "egfr", "<", "30", "mL/min/{1.73_m2}"),
    ("systolic blood pressure above 180 mmHg", "sbp", ">", "180", "mm[Hg]"),
    ("BMI greater than 40 kg/m²", "bmi", ">", "40", "kg/m2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "measure", "op", "value", "unit"), COMPARISONS)
def test_a_comparison(text: str, measure: str, op: nodes.Operator, value: str, unit: str) -> None:
    expected = nodes.Compare(measure, op, Decimal(value), unit)
    assert exclusion(text) == expected
    assert inclusion(text) == expected


def test_multiples_of_normal_and_shares_of_predicted() -> None:
    assert exclusion("ALT > 3 x ULN") == nodes.Compare("alt", ">", times_uln=Decimal(3))
    assert exclusion("AST > 2.5 times the upper limit of normal") == nodes.Compare(
        "ast", ">", times_uln=Decimal("2.5")
    )
    assert exclusion("FEV1 < 50% of predicted value") == nodes.Compare(
        "fev1", "<", percent_predicted=Decimal(50)
    )


def test_a_range_includes_its_ends() -> None:
    assert inclusion("BMI between 18.5 and 30 kg/m2") == nodes.All(
        (
            nodes.Compare("bmi", ">=", Decimal("18.5"), "kg/m2"),
            nodes.Compare("bmi", "<=", Decimal(30), "kg/m2"),
        )
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FEV <1 L/min", "measured in L, not L/min"),
        ("creatinine > 2 /uL", "not /uL"),
        ("LVEF < 40", "no unit"),
        ("haemoglobin < 90 g/dL", "outside what"),
    ],
)
def test_a_unit_or_value_that_cannot_be_right_is_flagged(text: str, said: str) -> None:
    node = exclusion(text)
    assert isinstance(node, nodes.Compare)
    assert said in str(node.unit_fault)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("age 18 to 80 years", 18, 80),
        ("Age ≥ 18 years", 18, None),
        ("Male or female patients aged 18 years or older", 18, None),
        ("Between 20 and 50 years of age (inclusive)", 20, 50),
        ("Less than 18 years old", None, 17),
        ("At most 75 years of age", None, 75),
    ],
)
def test_ages_are_completed_years(text: str, low: int | None, high: int | None) -> None:
    least, most = (Duration(months=12 * n) if n is not None else None for n in (low, high))
    assert inclusion(text) == nodes.Demographic(least, most)


def test_over_eighteen_does_not_say_whether_eighteen_is_in() -> None:
    node = inclusion("Aged over 18 years")
    assert nodes.Demographic(Duration(months=216)) in tuple(walk(node))
    assert residue(node)


@pytest.mark.parametrize(
    ("text", "scale", "classes"),
    [
        ("NYHA Class III", "nyha", ("III",)),
        ("NYHA class II-IV", "nyha", ("II", "III", "IV")),
        ("New York Heart Association (NYHA) functional class III or IV", "nyha", ("III", "IV")),
        ("ECOG performance status ≤ 2", "ecog", ("0", "1", "2")),
        ("ECOG 3 or more", "ecog", ("3", "4", "5")),
    ],
)
def test_classes(text: str, scale: str, classes: tuple[str, ...]) -> None:
    assert inclusion(text) == nodes.Ordinal(scale, classes)


STROKE = nodes.Has("condition", "stroke", "stroke")


@pytest.mark.parametrize(
    "text",
    [
        "Recent stroke (within the last 3 months)",
        "stroke in the preceding 3 months",
        "stroke within 3 months before inclusion",
        "stroke less than 3 months ago",
        "stroke within 3 months of enrollment",
    ],
)
def test_time_windows(text: str) -> None:
    assert exclusion(text) == nodes.Within(Duration(months=3), "enrolment", STROKE)


def test_history_is_any_time_before() -> None:
    node = exclusion("History of stroke")
    assert node == replace(STROKE, when="ever")
    assert wording(node) == "ever stroke"


def test_alternatives_each_exclude() -> None:
    node = exclusion("stroke, HIV infection or dilated cardiomyopathy")
    assert isinstance(node, nodes.Any)
    assert [part.concept for part in node.of if isinstance(part, nodes.Has)] == [
        "stroke", "hiv", "dilated_cardiomyopathy",
    ]  # fmt: skip


def test_alternatives_of_an_inclusion() -> None:
    node = inclusion("BNP > 150 pg/mL or, NT-proBNP ≥ 400 pg/mL")
    assert isinstance(node, nodes.Any)
    assert len(node.of) == 2


def test_a_window_in_front_may_reach_every_alternative() -> None:
    node = exclusion("Recent (within previous six months of the inclusion) stroke or asthma")
    asthma = next(n for n in walk(node) if isinstance(n, nodes.All))
    assert isinstance(asthma.of[0], nodes.Has)
    assert residue(asthma)


def test_a_value_that_defines_stands_for_what_it_defines() -> None:
    """Whoever has the value has the condition, written down or not; the name alone is a doubt."""
    node = exclusion("Morbid obesity, defined as BMI greater than 40 kg/m2")
    assert isinstance(node, nodes.Any)
    value, name = node.of
    assert value == nodes.Compare("bmi", ">", Decimal(40), "kg/m2")
    assert residue(name)


def test_parentheses_that_define() -> None:
    assert exclusion("anaemia (haematocrit < 25%)") == nodes.Compare(
        "haematocrit", "<", Decimal(25), "%"
    )


def test_how_a_value_is_to_be_measured_is_noted() -> None:
    echo = nodes.Compare("lvef", "<=", Decimal(40), "%", method="by echocardiography")
    assert inclusion("LVEF ≤ 40% by echocardiography") == echo
    assert inclusion("LVEF ≤ 40% (by echocardiography)") == echo
    assert "any recorded value counts; the text says 'by echocardiography'" in wording(echo)
    between = inclusion("LVEF between 20 and 40% on CMR")
    assert isinstance(between, nodes.All)
    assert {part.method for part in between.of if isinstance(part, nodes.Compare)} == {"on CMR"}
    other = exclusion("LV thrombus on echocardiography")  # no value: the method narrows
    assert isinstance(other, nodes.All)
    assert residue(other) == ("on echocardiography",)


@pytest.mark.parametrize("text", ["HIV positive", "Positive for HIV", "Seropositivity for HIV"])
def test_a_positive_test_is_shown_by_a_record_that_implies_it(text: str) -> None:
    node = exclusion(text)
    assert isinstance(node, nodes.Any)
    assert nodes.Has("condition", "hiv", "HIV") in node.of
    assert residue(node)


def test_a_positive_test_is_not_shown_by_a_disease_that_may_be_over() -> None:
    assert certain_true(exclusion("Hepatitis B positive"), True) is None
    assert certain_true(exclusion("Hepatitis B positive"), False) is None
    assert certain_true(exclusion("Hepatitis B"), True) is True


def test_site_answers_and_judgements() -> None:
    assert isinstance(inclusion("Signed written informed consent"), nodes.Attest)
    assert isinstance(exclusion("Participation in another interventional trial"), nodes.Attest)
    assert isinstance(exclusion("Life expectancy in the opinion of the site"), nodes.Judgement)
    assert isinstance(exclusion("Contraindication to gadolinium"), nodes.Judgement)


# --- soundness: a half-read criterion decides nothing that it does not say -----------------------


def certain_true(node: nodes.Node, hold: bool) -> bool | None:
    """Kleene value when every fact that a record can decide holds (or not), all else unknown."""
    value = _truth(node, Truth.of(hold))
    return None if value is Truth.UNKNOWN else value is Truth.TRUE


def _truth(node: nodes.Node, hold: Truth) -> Truth:
    match node:
        case nodes.All(of):
            return all_of(_truth(part, hold) for part in of)
        case nodes.Any(of):
            return any_of(_truth(part, hold) for part in of)
        case nodes.Not(of):
            return ~_truth(of, hold)
        case nodes.AtLeast(n, of):
            return at_least(n, (_truth(part, hold) for part in of))
        case nodes.Except(base, but):
            return _truth(base, hold) & ~any_of(_truth(part, hold) for part in but)
        case nodes.IfThen(when, then, _):
            return ~_truth(when, hold) | _truth(then, hold)
        case nodes.Within(of=of):
            return _truth(of, hold)
        case nodes.Residue() | nodes.Judgement() | nodes.Attest():
            return Truth.UNKNOWN
        case nodes.Has(concept=None) | nodes.Compare(measure=None):
            return Truth.UNKNOWN
        case _:
            return hold


@pytest.mark.parametrize(
    "text",
    [
        "Recent (within the last six months) HIV infection or stroke which left a deficit",
        "Stroke, or seizure within 30 days of diagnosis",
        "Stroke, requiring treatment",
        "uncontrolled hypertension",
        "Stroke requiring treatment",
        "HIV or hepatitis C requiring treatment",
        "Diabetes with poorly controlled blood glucose levels",
        "Coagulopathy not due to a reversible cause",
        "Heart failure caused by valve disease or hypertension",
        "Any of the following within 6 months: stroke; myocardial infarction",
        "Family history of stroke",
        "No history of stroke",
        "HIV negative",
        "stroke unless fully recovered",
        "change in LVEF > 5%",
        "history of LVEF < 20%",
        "Risk of stroke",
        "malignancy (other than a small one)",
    ],
)
def test_words_not_understood_never_make_it_true(text: str) -> None:
    assert certain_true(exclusion(text), True) is None


@pytest.mark.parametrize(
    "text",
    [
        "stroke, or any other condition of the brain",
        "Family history of stroke",
        "No history of stroke",
        "HIV test available",
        "change in LVEF > 5%",
        "history of LVEF < 20%",
        "Diminished capacity such as: COPD or morbid obesity",
        "vaccination against hepatitis B",
        "Candidate for cardiac surgery",
        "HIV positive",
        "Serum positivity for hepatitis C",
    ],
)
def test_words_not_understood_never_make_it_false(text: str) -> None:
    assert certain_true(exclusion(text), False) is None


@pytest.mark.parametrize(
    "text",
    [
        "LVEF ≤ 40% in spite of therapy, or NYHA class III",
        "Either stroke or a TIA-like episode",
    ],
)
def test_an_inclusion_with_an_unread_alternative_is_never_false(text: str) -> None:
    assert certain_true(inclusion(text), False) is None


def test_an_unread_heading_leaves_the_side_in_doubt() -> None:
    text = "Inclusion Criteria:\n* LVEF ≤ 40% Exclusion Criteria:\n* stroke"
    assert all(isinstance(i.expr, nodes.Residue) for i in read_criteria(text).items)
    under = "Inclusion Criteria:\n\nSubjects must not have:\n\n* stroke"
    assert [type(i.expr) for i in read_criteria(under).items] == [nodes.Residue]


def test_items_below_a_parent() -> None:
    text = "Exclusion Criteria:\n* Any of the following:\n  * stroke\n  * HIV infection"
    (item,) = read_criteria(text).items
    assert isinstance(item.expr, nodes.Any)
    text = text.replace("Any of the following", "At least two of the following")
    (item,) = read_criteria(text).items
    assert isinstance(item.expr, nodes.AtLeast)
    text = text.replace("At least two of the following", "Cardiac events within a year")
    (item,) = read_criteria(text).items
    assert isinstance(item.expr, nodes.Residue)


def test_the_registry_fields_are_a_criterion_of_their_own() -> None:
    (item,) = read_criteria("", "18 Years", "80 Years", "FEMALE").items
    assert item.id == "I0"
    assert item.expr == nodes.Demographic(Duration(216), Duration(960), "female")
    repeated = read_criteria(
        "Inclusion Criteria:\n1. age 18 to 80 years", "18 Years", "80 Years", "ALL"
    )
    assert [i.id for i in repeated.items] == ["I1"]


WORDS = (
    "stroke", "HIV", "LVEF", "NYHA", "III", "≤", "<", "40", "%", "or", "and", ",", ";", "(",
    ")", ":", "not", "no", "with", "severe", "within", "the", "last", "3", "months", "age", "≥",
    "18", "years", "2,500/µL", "10^9/L", "unless", "such", "as", "due", "to", "ULN", "history",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS) | st.text(max_size=4),
        max_size=25,
    ).map(" ".join)
)
def test_any_words_are_read_without_a_fault(words: str) -> None:
    reading = read_criteria(f"Inclusion Criteria:\n* {words}\nExclusion Criteria:\n1. {words}")
    for item in reading.items:
        assert decode(encode(item.expr)) == item.expr
        assert wording(item.expr)
        assert any(not isinstance(node, nodes.Any | nodes.All) for node in walk(item.expr))


def test_a_megabyte_in_one_criterion_is_residue_at_once() -> None:
    (item,) = read_criteria("Exclusion Criteria:\n* " + "LVEF < 40 % or " * 70_000).items
    assert isinstance(item.expr, nodes.Residue)
