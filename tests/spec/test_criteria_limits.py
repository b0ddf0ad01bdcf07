"""Limits in the wild: where a scale, a visit, a method or a missing unit stands beside a number."""

from decimal import Decimal

import pytest
from tests.stated_facts import fact, facts

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.trees import walk


def _compared(text: str) -> list[nodes.Compare]:
    return [
        part
        for piece in facts(text)
        if piece.node is not None
        for part in walk(piece.node)
        if isinstance(part, nodes.Compare)
    ]


def _years(low: int | None = None, high: int | None = None) -> nodes.Demographic:
    least, most = (None if n is None else Duration(months=12 * n) for n in (low, high))
    return nodes.Demographic(age_min=least, age_max=most)


@pytest.mark.parametrize(
    ("text", "op"),
    [("GFR < or equal to 35", "<="), ("GFR > or equal to 35", ">="), ("GFR at or below 35", "<=")],
)
def test_or_equal_in_words_closes_a_sign(text: str, op: nodes.Operator) -> None:
    (limit,) = _compared(text)
    assert limit.op == op


def test_an_equals_sign_opens_a_range() -> None:
    assert [(each.op, each.value) for each in _compared("BMI = 18.5-29.9")] == [
        (">=", Decimal("18.5")), ("<=", Decimal("29.9"))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("QMG score >= 12 at Screening", "QMG score"),
        ("IGA score ≥3 at the Baseline visit", "IGA score"),
        ("Barthel index < 60", "Barthel index"),
        ("Erectile Function (EF) domain score < 25", "EF domain score"),
    ],
)
def test_a_scale_is_what_has_a_score_and_no_visit(text: str, words: str) -> None:
    (limit,) = _compared(text)
    assert limit.words == words


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("hematocrit at entry is less than 33%", "haematocrit"),
        ("LVEF by radionuclide angiography of less than 40%", "lvef"),
        ("LVEF measured by MUGA scan equal to or greater than 50%", "lvef"),
        ("FEV 1 < 50% of predicted", "fev1"),
        ("Low-density lipoprotein (LDL) cholesterol > 190 mg/dL", "ldl"),
        ("PT no greater than 1.3 times ULN", "prothrombin_time"),
        ("24 weeks pregnant or more", None),
    ],
)
def test_what_stands_between_a_measure_and_its_limit(text: str, measure: str | None) -> None:
    assert [each.measure for each in _compared(text)] == ([measure] if measure else [])


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Platelets at least 100,000", "/uL"), ("WBC < 3", "10*9/L"), ("ANC < 500", "/uL"),
        ("creatinine > 1.5", "mg/dL"), ("creatinine < 133", "umol/L"),
        ("PaO2/FiO2 < 300", "mm[Hg]"),
    ],
)  # fmt: skip
def test_a_number_that_fits_one_unit_alone_needs_none(text: str, unit: str) -> None:
    (limit,) = _compared(text)
    assert (limit.unit, limit.unit_fault) == (unit, None)


def test_a_number_that_fits_two_units_is_in_doubt() -> None:
    (limit,) = _compared("creatinine < 20")
    assert limit.unit_fault is not None


def test_transaminases_are_both() -> None:
    above, below = fact("transaminases > 3 x ULN"), fact("transaminases ≤ 3 x ULN")
    assert isinstance(above, nodes.Any)
    assert isinstance(below, nodes.All)
    assert {each.measure for each in _compared("transaminases ≤ 3 x ULN")} == {"alt", "ast"}


def test_limits_of_two_groups_are_one_question() -> None:
    text = "CD4 count <= 99 cells/mm3 for adults and <= 300 cells/mm3 for children"
    assert fact(text) == nodes.Residue(text)


@pytest.mark.parametrize(
    "text",
    [
        "both motor arm and motor leg scores >= 3",
        "bone mineral density less than 2.5 standard deviations below the mean",
        "at least 1,000 to 2,500 lipase units/kg/meal",
        "The MMSE score of 10 patients",
        "NV 0-35 U/L",
    ],
)
def test_what_is_no_limit_of_a_measure(text: str) -> None:
    assert _compared(text) == []


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Performance status: WHO 0-2", ("0", "1", "2")),
        ("CALGB 0-1", ("0", "1")),
        ("Karnofsky at least 80 percent", ("80", "90", "100")),
        ("Karnofsky 80 percent or more", ("80", "90", "100")),
    ],
)
def test_a_status_by_any_group(text: str, classes: tuple[str, ...]) -> None:
    found = fact(text)
    assert isinstance(found, nodes.Ordinal)
    assert found.classes == classes


def test_over_belongs_to_the_age_in_front() -> None:
    age, status = facts("Age: 12 and over Performance status: Zubrod 0-2")
    assert age.node == _years(12)
    assert isinstance(status.node, nodes.Ordinal)
    assert status.node.classes == ("0", "1", "2")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("18 ≤ age ≤ 75", 18, 75), ("18 years old ≤ age ≤ 75 years old", 18, 75),
        ("18 to 65 years inclusive", 18, 65), ("Age 18-50 (included)", 18, 50),
        ("Age equal to or between 18 and 65 years", 18, 65),
        ("of or above the age of 40 years", 40, None), ("Males 25-65", 25, 65),
    ],
)  # fmt: skip
def test_ages_as_they_are_written(text: str, low: int, high: int | None) -> None:
    (found,) = (piece.node for piece in facts(text) if isinstance(piece.node, nodes.Demographic)
                and (piece.node.age_min or piece.node.age_max))  # fmt: skip
    assert found == _years(low, high)


@pytest.mark.parametrize(
    "text",
    ["foot ulcer, older than 6 weeks", "aged five years 3 months of age and younger", "women 2-3"],
)
def test_what_is_no_age_of_a_person_or_half_of_one(text: str) -> None:
    assert not any(isinstance(piece.node, nodes.Demographic) for piece in facts(text))


@pytest.mark.parametrize("text", ["Grade 2 or higher", "of moderate or greater severity"])
def test_a_grade_with_all_above_it_is_one_question(text: str) -> None:
    assert fact(text) == nodes.Residue(text)


@pytest.mark.parametrize("text", ["creatinine >= 1.5 from the upper limit", "WBC < 3, 000"])
def test_a_number_that_goes_on_is_not_read_without_the_rest(text: str) -> None:
    assert fact(text) == nodes.Residue(text)
