"""The facts of a criterion: what each written form of a number, a unit and an operator means."""

from decimal import Decimal

import pytest
from tests.stated_facts import fact, facts, limit, named

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes

# --- operators -------------------------------------------------------------------------------

OPERATORS: dict[nodes.Operator, tuple[str, ...]] = {
    ">=": (
        "≥ 40%", ">= 40%", "= or > 40%", "=> 40%", "> = 40%", ">/= 40%", "> or = 40%", "&gt;= 40%",
        "at least 40%", "of at least 40%", "a minimum of 40%", "minimum 40%", "not less than 40%",
        "no less than 40%", "not lower than 40%", "greater than or equal to 40%",
        "greater or equal to 40%", "equal to or greater than 40%", "equal or higher than 40%",
        "more than or equal to 40%", "not below 40%", "above or equal to 40%",
        "40% or more", "40% or higher", "40% or greater", "40% and above", "of 40% or above",
        "is at least 40%", "must be ≥ 40%", "(EF) ≥ 40%", ": ≥ 40%", "at screening ≥ 40%",
    ),
    "<=": (
        "≤ 40%", "<= 40%", "=< 40%", "</= 40%", "&le; 40%", "at most 40%", "no more than 40%",
        "not more than 40%", "not exceeding 40%", "does not exceed 40%", "no greater than 40%",
        "less than or equal to 40%", "lower or equal to 40%", "equal to or less than 40%",
        "up to 40%", "a maximum of 40%", "not above 40%", "40% or less", "40% or lower",
        "40% or below", "of 40% and below", "under or equal to 40%",
    ),
    ">": (
        "> 40%", "&gt; 40%", "greater than 40%", "more than 40%", "higher than 40%", "above 40%",
        "over 40%", "exceeds 40%", "exceeding 40%", "in excess of 40%", "was > 40%",
    ),
    "<": ("< 40%", "less than 40%", "lower than 40%", "below 40%", "under 40%", "of < 40%"),
    "=": ("= 40%", "equal to 40%", "of exactly 40%"),
}  # fmt: skip


@pytest.mark.parametrize(("op", "words"), [(op, w) for op in OPERATORS for w in OPERATORS[op]])
def test_operators(op: nodes.Operator, words: str) -> None:
    assert fact(f"LVEF {words}") == limit("lvef", op, "40", "%")


@pytest.mark.parametrize(
    "words",
    [
        "between 20 and 40%", "between 20% and 40%", "20-40%", "20% - 40%", "20 to 40%",
        "from 20 to 40%", "20–40 %", "of 20~40%", "≥ 20 and ≤ 40%", "≥20% and ≤40%",
        "range 20-40%", "ranging from 20 to 40%", "at least 20% and at most 40%",
        "≥ 20% - ≤ 40%", "≥ 20%, ≤ 40%", "≥ 20% but ≤ 40%", "from 20% up to 40%",
    ],
)  # fmt: skip
def test_a_range_includes_both_ends(words: str) -> None:
    both = (limit("lvef", ">=", "20", "%"), limit("lvef", "<=", "40", "%"))
    assert fact(f"LVEF {words}") == nodes.All(both)


def test_a_range_around_its_measure() -> None:
    both = (limit("bmi", ">=", "18", "kg/m2"), limit("bmi", "<", "30", "kg/m2"))
    assert fact("18 ≤ BMI < 30 kg/m2") == nodes.All(both)


@pytest.mark.parametrize(
    "words", ["< 90 or > 140 mmHg", "less than 90 mmHg or exceeds 140 mmHg", "<90, >140 mmHg"]
)
def test_two_limits_that_leave_the_middle_out(words: str) -> None:
    outside = (limit("sbp", "<", "90", "mm[Hg]"), limit("sbp", ">", "140", "mm[Hg]"))
    assert fact(f"SBP {words}") == nodes.Any(outside)


@pytest.mark.parametrize("words", ["40-20 mmHg", "40 mmHg to 20 mmHg", "> 90 or < 140 mmHg"])
def test_limits_that_nothing_or_everything_meets_are_no_fact(words: str) -> None:
    assert not any(isinstance(p.node, nodes.All | nodes.Any) for p in facts(f"SBP {words}"))


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("100,000/mm3", "100000", "/uL"),
        ("100 000/mm3", "100000", "/uL"),
        ("100.000/mm3", "100000", "/uL"),  # no one has 100 per microlitre
        ("100,000 cells/µL", "100000", "/uL"),
        ("100,000 per cubic millimeter", "100000", "/uL"),
        ("100,000 /cumm", "100000", "/uL"),
        ("100,000/mm(3)", "100000", "/uL"),
        ("100 x 10^9/L", "100", "10*9/L"),
        ("100 x 109/L", "100", "10*9/L"),
        ("100x109/L", "100", "10*9/L"),
        ("100 ×10 9/L", "100", "10*9/L"),
        ("100 x 10e9/L", "100", "10*9/L"),
        ("100 10*9/L", "100", "10*9/L"),
        ("100 × 10⁹/L", "100", "10*9/L"),
        ("100 * 10^9 / l", "100", "10*9/L"),
        ("100 x 10(9)/L", "100", "10*9/L"),
        ("100 x 10^9 cells/L", "100", "10*9/L"),
        ("100 x 10^9 per liter", "100", "10*9/L"),
        ("100 G/L", "100", "10*9/L"),
        ("100 Giga/L", "100", "10*9/L"),
        ("100 K/uL", "100", "10*3/uL"),
        ("100 K/mm3", "100", "10*3/uL"),
        ("100 x10^3/uL", "100", "10*3/uL"),
        ("100 x 103/µL", "100", "10*3/uL"),
        ("100 thousand/mm3", "100", "10*3/uL"),
    ],
)
def test_counts_per_volume(written: str, value: str, unit: str) -> None:
    assert fact(f"Platelet count ≥ {written}") == limit("thrombocytes", ">=", value, unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ANC ≥1,5 x 109/L", limit("neutrophils", ">=", "1.5", "10*9/L")),
        ("ANC ≥ 1.500/mm3", limit("neutrophils", ">=", "1500", "/uL")),
        ("ANC ≥ 1,500/mm3", limit("neutrophils", ">=", "1500", "/uL")),
        ("creatinine ≤ 1,5 mg/dL", limit("creatinine", "<=", "1.5", "mg/dL")),
        ("creatinine ≤ 1.500 mg/dL", limit("creatinine", "<=", "1.500", "mg/dL")),
        ("hsCRP > .5 mg/L", limit("crp", ">", "0.5", "mg/L")),
        ("ferritin < 1.000.000 ng/L", limit("ferritin", "<", "1000000", "ng/L")),
        ("NT-proBNP ≥ 1·5 ng/mL", limit("nt_probnp", ">=", "1.5", "ng/mL")),
        ("life expectancy of less than three (3) years", named("life expectancy", "<", "3", "a")),
        ("life expectancy of at least twelve weeks", named("life expectancy", ">=", "12", "wk")),
    ],
)
def test_decimal_marks_and_thousands(text: str, expected: nodes.Node) -> None:
    assert fact(text) == expected


def test_a_number_with_two_possible_readings_is_flagged() -> None:
    node = fact("ferritin > 1,500 ng/mL")
    assert isinstance(node, nodes.Compare)
    assert node.unit_fault == "the number may mean 1500 or 1.500"


# --- units -----------------------------------------------------------------------------------

UNITS = [
    ("creatinine > 2.0 mg / dl", "creatinine", "2.0", "mg/dL"),
    ("creatinine > 133 µmol/L", "creatinine", "133", "umol/L"),
    ("creatinine > 133 micromol/L", "creatinine", "133", "umol/L"),
    ("haemoglobin > 90 g/L", "haemoglobin", "90", "g/L"),
    ("Hgb > 9 gm/dl", "haemoglobin", "9", "g/dL"),
    ("NT-proBNP > 125 pg/ml", "nt_probnp", "125", "pg/mL"),
    ("NT-proBNP > 125 ng/L", "nt_probnp", "125", "ng/L"),
    ("NT-proBNP > 47 pmol/L", "nt_probnp", "47", "pmol/L"),
    ("fasting glucose > 7 mmol/L", "fasting_glucose", "7", "mmol/L"),
    ("TSH > 4 mIU/L", "tsh", "4", "m[IU]/L"),
    ("ALT > 100 IU/L", "alt", "100", "U/L"),
    ("SBP > 180 mm Hg", "sbp", "180", "mm[Hg]"),
    ("heart rate > 110 bpm", "heart_rate", "110", "/min"),
    ("heart rate > 110 beats per minute", "heart_rate", "110", "/min"),
    ("QTc > 480 msec", "qtc", "480", "ms"),
    ("QTcF > 480 ms", "qtc", "480", "ms"),
    ("BMI > 40 kg/m²", "bmi", "40", "kg/m2"),
    ("BMI > 40 kg / m2", "bmi", "40", "kg/m2"),
    ("BMI > 40 kilograms per square meter", "bmi", "40", "kg/m2"),
    ("eGFR > 30 ml/min/1.73 m2", "egfr", "30", "mL/min/{1.73_m2}"),
    ("eGFR > 30 mL/min/1.73m^2", "egfr", "30", "mL/min/{1.73_m2}"),
    ("creatinine clearance > 50 ml per minute", "creatinine_clearance", "50", "mL/min"),
    ("body temperature > 38.5 °C", "temperature", "38.5", "Cel"),
    ("body temperature > 101.3 °F", "temperature", "38.5", "Cel"),
    ("body weight > 100 kilograms", "weight", "100", "kg"),
    ("SpO2 > 92 percent", "oxygen_saturation", "92", "%"),
    ("6MWD > 150 metres", "six_minute_walk", "150", "m"),
    ("INR > 1.5", "inr", "1.5", None),
    ("potassium > 5.5 mEq/L", "potassium", "5.5", "mmol/L"),  # an ion with one charge
    ("creatinine > 2 milligrams per deciliter", "creatinine", "2", "mg/dL"),
    ("weight > 100 kg", "weight", "100", "kg"),
    ("patients who weigh > 220 lbs", "weight", "220", "[lb_av]"),
    ("a systolic blood pressure > 170 millimeters of mercury (mm Hg)", "sbp", "170", "mm[Hg]"),
]


@pytest.mark.parametrize(("text", "measure", "value", "unit"), UNITS)
def test_units(text: str, measure: str, value: str, unit: str | None) -> None:
    assert fact(text) == limit(measure, ">", value, unit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FEV1 < 1 L/min", "measured in L, not L/min"),
        ("creatinine > 2 /uL", "not /uL"),
        ("LVEF < 40", "no unit"),
        ("haemoglobin < 90 g/dL", "outside what"),
        ("LVEF < 140%", "outside what"),
        ("LVEF ≥ 80% of normal", "a share of normal"),
        ("body temperature > 101 °F", "degrees Fahrenheit"),
    ],
)
def test_a_unit_or_value_that_cannot_be_right_is_flagged(text: str, said: str) -> None:
    node = fact(text)
    assert isinstance(node, nodes.Compare)
    assert said in str(node.unit_fault)


@pytest.mark.parametrize(
    "words",
    [
        "3 x ULN", "3xULN", "3 × ULN", "3 times ULN", "3 times the upper limit of normal",
        "3 x upper limit of normal (ULN)", "3 times the institutional upper limit of normal",
        "3 times the upper normal limit", "3-fold the upper limit of normal", "3 ULN",
        "3 x the upper limit of the normal range", "3 times normal", "3.0 X UNL",
    ],
)  # fmt: skip
def test_multiples_of_the_upper_limit_of_normal(words: str) -> None:
    expected = nodes.Compare("alt", ">", times_uln=Decimal(words.split()[0].strip("xULN-fold")))
    assert fact(f"ALT > {words}") == expected


def test_limits_of_normal_without_a_number() -> None:
    one = Decimal(1)
    assert fact("TSH greater than the ULN") == nodes.Compare("tsh", ">", times_uln=one)
    assert fact("ANC below the lower limit of normal") == nodes.Compare(
        "neutrophils", "<", times_lln=one
    )
    assert fact("haemoglobin ≥ 0.8 x LLN") == nodes.Compare(
        "haemoglobin", ">=", times_lln=Decimal("0.8")
    )
    assert fact("TSH above the normal range") == nodes.Compare("tsh", ">", times_uln=one)
    normal = (
        nodes.Compare("tsh", ">=", times_lln=one),
        nodes.Compare("tsh", "<=", times_uln=one),
    )
    assert fact("TSH within normal limits") == nodes.All(normal)
    outside = (
        nodes.Compare("calcium", ">", times_uln=Decimal("1.2")),
        nodes.Compare("calcium", "<", times_lln=Decimal("0.8")),
    )
    assert fact("calcium more than 1.2 x ULN or less than 0.8 x LLN") == nodes.Any(outside)


@pytest.mark.parametrize(
    "words",
    [
        "FEV1 < 50% of predicted value", "FEV1 < 50% predicted", "FEV1 < 50 % of the predicted",
        "FEV1 % predicted < 50%", "FEV1 < 50% of normal", "FEV1 < 50 percent of predicted normal",
    ],
)  # fmt: skip
def test_shares_of_predicted(words: str) -> None:
    assert fact(words) == nodes.Compare("fev1", "<", percent_predicted=Decimal(50))


# --- what is measured ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ejection fraction (EF) less than 40%", limit("lvef", "<", "40", "%")),
        ("Plasma level of BNP > 150 pg/mL", limit("bnp", ">", "150", "pg/mL")),
        ("A serum creatinine concentration of > 110 μmol/L",
         limit("creatinine", ">", "110", "umol/L")),
        ("HbA1c at screening > 7%", limit("hba1c", ">", "7", "%")),
        ("severe anaemia: haemoglobin (< 8 g/dL)", limit("haemoglobin", "<", "8", "g/dL")),
        ("glycosylated haemoglobin, haemoglobin (HbA1c) > 7%", limit("hba1c", ">", "7", "%")),
        ("Fridericia's formula (QTcF) > 480 msec", limit("qtc", ">", "480", "ms")),
        ("LVEF should not be less than 40%", limit("lvef", ">=", "40", "%")),
        ("INR (international normalised ratio) > 2", limit("inr", ">", "2", None)),
        ("haemoglobin（Hb） > 8 g/dL", limit("haemoglobin", ">", "8", "g/dL")),
        ("≥ 40% LVEF", limit("lvef", ">=", "40", "%")),
        ("Serum glutamic pyruvic transaminase (SGPT) > 100 U/L", limit("alt", ">", "100", "U/L")),
    ],
)  # fmt: skip
def test_a_measure_beside_its_limit(text: str, expected: nodes.Node) -> None:
    assert fact(text) == expected


def test_a_method_in_brackets_is_noted() -> None:
    node = fact("creatinine clearance (Cockcroft-Gault) > 50 mL/min")
    assert isinstance(node, nodes.Compare)
    assert (node.measure, node.method) == ("creatinine_clearance", "Cockcroft-Gault")


def test_measures_that_share_a_limit() -> None:
    ast, alt = (nodes.Compare(m, "<=", times_uln=Decimal("2.5")) for m in ("ast", "alt"))
    assert fact("AST and ALT ≤ 2.5 x ULN") == nodes.All((ast, alt))
    long = "aspartate aminotransferase (AST) and alanine aminotransferase (ALT) ≤ 2.5 × ULN"
    assert fact(long) == nodes.All((ast, alt))
    assert fact("AST or ALT ≤ 2.5 x ULN") == nodes.Any((ast, alt))
    assert fact("AST/ALT ≤ 2.5 x ULN") == nodes.All((ast, alt))  # below: both must be
    above = tuple(nodes.Compare(m, ">", times_uln=Decimal(3)) for m in ("ast", "alt"))
    assert fact("AST/ALT > 3 x ULN") == nodes.Any(above)  # above: one is enough


def test_a_limit_restated_in_another_unit_is_one_fact() -> None:
    assert fact("creatinine > 1.5 mg/dL (133 µmol/L)") == limit("creatinine", ">", "1.5", "mg/dL")
    assert fact("creatinine > 1.5 mg/dL (or > 133 µmol/L)") == limit(
        "creatinine", ">", "1.5", "mg/dL"
    )
    assert len(facts("creatinine > 1.5 mg/dL (creatinine > 500 µmol/L)")) == 2


def test_a_blood_pressure_in_one_word() -> None:
    high = (limit("sbp", ">", "140", "mm[Hg]"), limit("dbp", ">", "90", "mm[Hg]"))
    assert fact("blood pressure > 140/90 mmHg") == nodes.Any(high)
    low = (limit("sbp", "<", "90", "mm[Hg]"), limit("dbp", "<", "60", "mm[Hg]"))
    assert fact("BP < 90/60 mmHg") == nodes.All(low)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("commuting distance > 10 km", named("commuting distance", ">", "10", "km")),
        ("QUUX-BANG score ≥ 3", named("QUUX-BANG score", ">=", "3")),
        ("≥ 3 QUUX-BANG", named("QUUX-BANG", ">=", "3")),
        ("a score of 5 or more on the QUUX-9", named("QUUX-9", ">=", "5")),
        ("tumour bed diameter > 1.5 mm", named("tumour bed diameter", ">", "1.5", "mm")),
        ("QUUX score of 4 points or more", named("QUUX score", ">=", "4")),
        ("Zurich Walking Index < 12", named("Zurich Walking Index", "<", "12")),
        ("Low T-QUUX score (<20)", named("Low T-QUUX score", "<", "20")),
        ("ulcer size > 2 cm2", named("ulcer size", ">", "2", "cm2")),
        ("masses greater than 30 mm", named("masses", ">", "30", "mm")),
        ("Q/X ratio ≤ 300", named("Q/X ratio", "<=", "300")),
        ("diameter of the lesion > 2 cm", named("diameter of the lesion", ">", "2", "cm")),
        ("urine creatinine > 3 mg/dL", named("urine creatinine", ">", "3", "mg/dL")),
    ],
)  # fmt: skip
def test_a_measure_that_no_vocabulary_knows(text: str, expected: nodes.Node) -> None:
    assert fact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "change in LVEF > 5%",
        "increase in creatinine ≥ 0.3 mg/dL",
        "a drop of ≥ 20 mmHg in systolic blood pressure",
        "testosterone level > 10% below the lower limit of normal",
        "PSA measurement ≥ 1 week",  # a time, and no value of it
        "BAY 38-9456",
        "a score of ≥ 3",  # of what?
        "expression in ≥ 1%",
        "heart rate at visit",
        "prednisone > 10 mg/day",
        "Grade ≥ 2 neuropathy",
        "more than 3 prior lines of therapy",
        "at least 2 measurable lesions",
        "Cohort 2: NSCLC",
        "RECIST 1.1",
        "COVID-19 within the study",
        "EGFR T790M mutation",
        "ASA 81 mg daily",
        "12-lead ECG",
        "Visit 3",
        "80 Finnish men",
        "between January 1st, 2009 and March 31st, 2009",
        "> 3 extranodal sites",
        "use of < 80% of the pills",
        "IHC 3+",
        "Type 2 diabetes > 6 months in duration",
    ],
)
def test_a_number_that_is_no_limit_of_a_measure_is_no_fact(text: str) -> None:
    assert [p.node for p in facts(text)] == []


# --- limits that are not the same for all ------------------------------------------------------


def times(measure: str, op: nodes.Operator, uln: str) -> nodes.Compare:
    return nodes.Compare(measure, op, times_uln=Decimal(uln))


@pytest.mark.parametrize(
    ("text", "male", "female", "measure", "op", "unit"),
    [
        ("Hb < 8 g/dL in females, and < 9 g/dL in males", "9", "8", "haemoglobin", "<", "g/dL"),
        ("QTcF > 450 msec for men or > 470 msec for women", "450", "470", "qtc", ">", "ms"),
        ("QTc >450 ms (men) or >470 ms (women)", "450", "470", "qtc", ">", "ms"),
        ("hemoglobin <12 (female) or <13 g/dL (male)", "13", "12", "haemoglobin", "<", "g/dL"),
    ],
)
def test_a_limit_for_each_sex(
    text: str, male: str, female: str, measure: str, op: nodes.Operator, unit: str
) -> None:
    node = fact(text)
    assert isinstance(node, nodes.Any)
    assert set(node.of) == {
        nodes.All((nodes.Demographic(sex="male"), limit(measure, op, male, unit))),
        nodes.All((nodes.Demographic(sex="female"), limit(measure, op, female, unit))),
    }


def test_two_limits_of_one_sex_are_not_limits_of_both() -> None:
    assert not isinstance(fact("QTc > 450 ms in men"), nodes.Any)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ALT ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)", "if liver metastases"),
        ("ALT <= 2.5 x ULN (5 x ULN if liver metastases)", "if liver metastases"),
        ("ALT ≤ 2.5 × ULN, or ≤ 5 × ULN for those with metastases", "for those with metastases"),
        ("SGPT no greater than 2.5 times ULN (no greater than 5 times ULN with metastasis)",
         "with metastasis"),
    ],
)  # fmt: skip
def test_a_wider_limit_for_some_leaves_only_values_between_the_two_open(
    text: str, words: str
) -> None:
    wider = nodes.All((times("alt", "<=", "5"), nodes.Residue(words)))
    assert fact(text) == nodes.Any((times("alt", "<=", "2.5"), wider))


def test_a_narrower_limit_for_some_does_not_exclude_for_certain_below_it() -> None:
    narrower = nodes.Any((times("alt", ">", "5"), nodes.Residue("in patients with metastases")))
    assert fact("ALT > 3 x ULN (> 5 x ULN in patients with metastases)") == nodes.All(
        (times("alt", ">", "3"), narrower)
    )


def test_a_limit_of_another_time_is_no_limit_for_some() -> None:
    assert fact("bilirubin < 2 mg/dL, or < 3 in the next week") == limit(
        "bilirubin", "<", "2", "mg/dL"
    )


# --- ranges turned inside out ------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["outside the range of 50 to 100 bpm", "outside 50-100 bpm", "< 50 and > 100 bpm"]
)
def test_outside_a_range_is_below_it_or_above_it(words: str) -> None:
    assert fact(f"heart rate {words}") == nodes.Any(
        (limit("heart_rate", "<", "50", "/min"), limit("heart_rate", ">", "100", "/min"))
    )


def test_under_one_age_and_over_another_is_either() -> None:
    node = fact("under the age of 18 and over the age of 40")
    assert isinstance(node, nodes.Any)
    assert node.of[0] == nodes.Demographic(age_max=Duration(months=12 * 17))


# --- which measures share a limit --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("AST, ALT > 3 x ULN", nodes.Any),
        ("ALT/AST ≤ 3 x ULN", nodes.All),
        ("FEV1, FVC ≥ 50% predicted", nodes.All),
        ("platelets/neutrophils < 1 x 10^9/L", nodes.Any),
        ("platelets/neutrophils ≥ 1 x 10^9/L", nodes.All),
    ],
)
def test_one_is_enough_on_the_bad_side_and_all_must_be_on_the_good_one(
    text: str, kind: type
) -> None:
    assert type(fact(text)) is kind


# --- scores, ages in words, units that go without saying ---------------------------------------


def test_a_score_that_is_listed_is_one_of_the_list() -> None:
    words = "Clinical Frailty Scale score"
    assert fact(f"{words} of 5 or 6") == nodes.Any((named(words, "=", "5"), named(words, "=", "6")))
    assert fact("Gleason score of 6, 7 or 9") == nodes.Any(
        tuple(nodes.Compare("gleason", "=", value=Decimal(n)) for n in (6, 7, 9))
    )


@pytest.mark.parametrize("words", ["score of 6, 7,8 or 9", "score of 26 ≥"])
def test_a_score_that_goes_on_is_no_fact(words: str) -> None:
    assert facts(f"Gleason {words}") == ()


@pytest.mark.parametrize(
    "text", ["Age of eighteen or older", "at least eighteen years of age", "Age 18yr and older"]
)
def test_ages_in_words(text: str) -> None:
    assert fact(text) == nodes.Demographic(age_min=Duration(months=216))


def test_tens_and_ones_in_words() -> None:
    assert fact("age of sixty-five or older") == nodes.Demographic(age_min=Duration(months=780))


def test_a_range_with_both_units_written_to_its_numbers() -> None:
    assert fact("Age 8yr-18yrs") == nodes.Demographic(Duration(months=96), Duration(months=216))


def test_an_end_that_is_said_to_be_included_is_included() -> None:
    assert fact("IIEF less than 21( including 21)") == named("IIEF", "<=", "21")
    assert fact("IIEF less than 21( including 22)") != named("IIEF", "<=", "21")


@pytest.mark.parametrize(
    ("text", "measure", "unit"),
    [("BMI > 35", "bmi", "kg/m2"), ("SBP > 160", "sbp", "mm[Hg]"), ("HbA1c > 8", "hba1c", "%")],
)
def test_a_measure_with_one_unit_in_the_world_needs_none_written(
    text: str, measure: str, unit: str
) -> None:
    node = fact(text)
    assert isinstance(node, nodes.Compare)
    assert (node.measure, node.unit, node.unit_fault) == (measure, unit, None)


@pytest.mark.parametrize("measure", ["FEV1", "FVC", "DLCO"])
def test_a_lung_function_in_percent_is_that_of_predicted(measure: str) -> None:
    assert fact(f"{measure} at least 50%") == nodes.Compare(
        measure.lower(), ">=", percent_predicted=Decimal(50)
    )


@pytest.mark.parametrize(
    "text", ["PT > ULN + 4 seconds", "HIV RNA titer above the lower limit of detection"]
)
def test_a_limit_of_something_else_is_no_limit_of_normal(text: str) -> None:
    assert facts(text) == ()


def test_over_the_months_before_is_all_of_them() -> None:
    (window,) = facts("Stroke over the 3 months prior to randomisation")
    assert (window.last, window.gap, window.anchor) == (Duration(months=3), None, "randomisation")
    (gap,) = facts("Stroke more than 3 months prior to randomisation")
    assert (gap.last, gap.gap) == (None, Duration(months=3))


@pytest.mark.parametrize("text", ["SWOG 0-2", "SWOG performance status 0-2"])
def test_other_names_of_a_scale(text: str) -> None:
    assert fact(text) == nodes.Ordinal("ecog", ("0", "1", "2"))
    assert fact("Child's Grade A or B") == nodes.Ordinal("child_pugh", ("A", "B"))


@pytest.mark.parametrize(
    ("text", "scale", "wanted"),
    [
        ("GMFCS level II-V", "gmfcs", ("II", "III", "IV", "V")),
        ("Gross Motor Function Classification System (GMFCS) levels 1 to 3", "gmfcs",
            ("I", "II", "III")),
        ("ASIA Impairment Scale A-C", "asia", ("A", "B", "C")),
        ("ASIA A, B, C and D", "asia", ("A", "B", "C", "D")),
        ("American Spinal Injury Association (ASIA) grade A or B", "asia", ("A", "B")),
    ],
)  # fmt: skip
def test_scales_of_movement(text: str, scale: str, wanted: tuple[str, ...]) -> None:
    assert fact(text) == nodes.Ordinal(scale, wanted)


@pytest.mark.parametrize("text", ["the child's birth weight", "ASIA motor score 20", "SWOG trial"])
def test_a_short_name_of_a_scale_counts_only_beside_a_class(text: str) -> None:
    assert not [each for each in facts(text) if isinstance(each, nodes.Ordinal)]


def test_years_after_something_are_no_age() -> None:
    assert facts("Men who are 1 to 3 years post radical prostatectomy") == ()


def test_a_unit_behind_the_words_of_an_operator() -> None:
    assert fact("HIV RNA level of 10,000 or more copies/mL") == limit(
        "hiv_rna", ">=", "10000", "{copies}/mL"
    )
    assert fact("HIV RNA > 10^5 copies/mL") == limit("hiv_rna", ">", "1e5", "{copies}/mL")
    assert fact("platelet count of 200 or more x 10^9/L") == limit(
        "thrombocytes", ">=", "200", "10*9/L"
    )


def test_above_a_pair_of_pressures_one_is_enough() -> None:
    assert isinstance(fact("Hypertension (blood pressure >140/90 mm Hg)"), nodes.Any)
    assert isinstance(fact("blood pressure < 140/90 mm Hg"), nodes.All)
