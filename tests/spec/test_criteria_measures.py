"""Limits of measures in forms of their own: ratios, what is smoked, normal values, signs."""

from decimal import Decimal

import pytest
from tests.stated_facts import fact, facts, limit

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.trees import walk

_ONE = Decimal(1)


def _normal(name: str) -> nodes.Node:
    return nodes.All(
        (nodes.Compare(name, ">=", times_lln=_ONE), nodes.Compare(name, "<=", times_uln=_ONE))
    )


@pytest.mark.parametrize(
    "text",
    ["Creatinine normal", "creatinine is normal.", "Normal creatinine", "normal creatinine level"],
)
def test_a_normal_value_is_within_both_limits(text: str) -> None:
    assert fact(text) == _normal("creatinine")


def test_pt_beside_ptt_is_the_prothrombin_time() -> None:
    found = fact("PT and PTT normal")
    assert isinstance(found, nodes.All)
    measures = {part.measure for part in walk(found) if isinstance(part, nodes.Compare)}
    assert measures == {"prothrombin_time", "aptt"}


@pytest.mark.parametrize(
    "text", ["normal creatinine kinase isoforms", "no abnormal INR", "near normal INR"]
)
def test_what_is_not_said_to_be_normal_is_no_limit(text: str) -> None:
    assert not any(isinstance(piece.node, nodes.All) for piece in facts(text))


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("T-score of -2.5 or less", "<=", "-2.5"),
        ("T-score < -2.5", "<", "-2.5"),
        ("T-score ≥ −1", ">=", "-1"),
    ],
)
def test_a_minus_belongs_to_its_number(text: str, op: nodes.Operator, value: str) -> None:
    assert fact(text) == limit("bone_t_score", op, value, None)


def test_a_range_of_negative_numbers_in_either_order() -> None:
    for text in ("T-score between -1 and -2.5", "T-score from -2.5 to -1"):
        low = limit("bone_t_score", ">=", "-2.5", None)
        assert fact(text) == nodes.All((low, limit("bone_t_score", "<=", "-1", None)))


def test_a_dash_of_a_range_or_a_list_is_no_minus() -> None:
    both = (limit("bmi", ">=", "18", "kg/m2"), limit("bmi", "<=", "30", "kg/m2"))
    assert fact("BMI: 18 -30 kg/m2") == nodes.All(both)
    assert fact("Age: -18 to 75 years") == nodes.Demographic(
        Duration(months=216), Duration(months=900)
    )


@pytest.mark.parametrize(
    "text",
    ["smoking an average ≥ 5 cigarettes per day", "smokes at least 5 cigarettes a day",
     "≥ 5 cigarettes/day"],
)  # fmt: skip
def test_cigarettes_per_day(text: str) -> None:
    assert fact(text) == limit("cigarettes_per_day", ">=", "5", "{cigarettes}/d")


def test_a_bracket_around_what_is_smoked_is_no_part_of_it() -> None:
    (found,) = facts("heavy use (>20 cigarettes/day)")
    assert found.text == ">20 cigarettes/day"


@pytest.mark.parametrize(
    "text", ["smoking history of at least 10 pack-years", "≥ 10 pack year smoking history"]
)
def test_pack_years(text: str) -> None:
    assert fact(text) == limit("pack_years", ">=", "10", "{pack}.a")


def test_a_flow_ratio_to_one() -> None:
    assert fact("Qp/Qs ratio ≥ 1.5:1") == limit("qp_qs", ">=", "1.5", None)


def test_a_unit_behind_the_bracket_of_its_range() -> None:
    both = (limit("gestational_age", ">=", "16", "wk"), limit("gestational_age", "<=", "24", "wk"))
    assert fact("Gestational age between (16-24) weeks") == nodes.All(both)


def test_a_range_said_again_in_another_unit_with_both_ends() -> None:
    both = (limit("hba1c", ">=", "7.5", "%"), limit("hba1c", "<=", "10", "%"))
    (found,) = facts("HbA1c 7.5-10% (58-86 mmol/mol) (both inclusive)")
    assert found.node == nodes.All(both)
    assert found.text.endswith("(both inclusive)")


@pytest.mark.parametrize("name", ["GOG", "performance status", "PS", "GOG performance status"])
def test_the_grades_of_gog_who_and_ecog_are_the_same(name: str) -> None:
    assert fact(f"{name} 0-2") == nodes.Ordinal("ecog", ("0", "1", "2"))


def test_times_higher_than_the_limit_of_normal() -> None:
    assert fact("ALT was 2.5 times higher than ULN") == nodes.Compare(
        "alt", ">", times_uln=Decimal("2.5")
    )


def test_a_score_on_a_scale_takes_its_words_with_it() -> None:
    (found,) = facts("score of >= 11 on the Widget scale")
    assert found.text == "score of >= 11 on the Widget scale"


def test_visual_acuity_as_a_fraction_is_one_question() -> None:
    text = "visual acuity worse than 20/200"
    assert fact(text) == nodes.Residue(text)


def test_weeks_since_a_treatment_ask_that_there_was_none_in_them() -> None:
    (found,) = facts("At least 3 weeks since prior chemotherapy")
    assert isinstance(found.node, nodes.Not)
    assert isinstance(found.node.of, nodes.Within)
    assert found.node.of.last == Duration(days=20)


@pytest.mark.parametrize(
    "text",
    ["At least 3 months since prior chemotherapy",
     "At least 3 weeks since prior chemotherapy and radiotherapy"],
)  # fmt: skip
def test_a_time_since_that_is_not_certain_stays_in_words(text: str) -> None:
    assert not any(isinstance(piece.node, nodes.Not) for piece in facts(text))


def test_an_age_that_is_all_a_text_says() -> None:
    assert fact("Under 18") == nodes.Demographic(age_max=Duration(months=12 * 17))
    assert facts("over 18 patients") == ()


def test_what_is_done_to_a_thing_names_no_measure() -> None:
    assert facts("ridges to be augmented must have a minimum of 4 mm of gingiva") == ()
