"""A dose is the number that its text means, or a person is asked: never another number."""

import re
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.protocol.arms import doses, read_arm
from trialwright.protocol.draft import draft
from trialwright.protocol.model import Protocol
from trialwright.record.model import (
    ArmGroup,
    ArmsInterventionsModule,
    DesignModule,
    EligibilityModule,
    EnrollmentInfo,
    IdentificationModule,
    Intervention,
    ProtocolSection,
    Study,
)
from trialwright.record.record import Record


def drafted(arm: str, enrolment: int = 4, **answers: str) -> Protocol:
    """Draft a protocol whose only arm says this."""
    section = ProtocolSection(
        identification_module=IdentificationModule(nct_id="NCT00000001", brief_title="A trial"),
        design_module=DesignModule(enrollment_info=EnrollmentInfo(count=enrolment)),
        arms_interventions_module=ArmsInterventionsModule(
            arm_groups=(ArmGroup(label="Treated", description=arm),),
            interventions=(Intervention(name="Vesicles"),),
        ),
        eligibility_module=EligibilityModule(eligibility_criteria="Inclusion Criteria:\n\n* x"),
    )
    given = {words: Decimal(amount) for words, amount in answers.items()}
    return draft(Record(study=Study(protocol_section=section)), "r.json", given)


def amount(arm: str) -> float:
    return drafted(arm).dose_levels[0].amount.value


READ = [  # spellings of 20 x 10^9 particles/kg that say so
    "20x10E9 particles/kg",
    "20 x 10E9 particles/kg",
    "20x10E+9 particles/kg",
    "20x10e9 particles / kg",
    "20x10*9 particles/kg",
    r"20x10\*9 particles/kg",
    "20*10*9 particles/kg",
    "2*10*10 particles/kg",
    "20x10**9 particles/kg",
    "20x10^9 particles/kg",
    r"20x10\^9 particles/kg",
    "20x10^{9} particles/kg",
    r"20x10^\{9\} particles/kg",
    "20x10^{+9} particles/kg",
    "20x10^(9) particles/kg",
    "20x10(9) particles/kg",
    "20 × 10⁹ particles/kg",
    "20·10^9 particles/kg",
    "2.0x10^10 particles/kg",
    "2,0x10^10 particles/kg",
    "0.02x10^12 particles/kg",
    "20E9 particles/kg",
    "2e10 particles/kg",
    "2.0E+10 particles/kg",
    "20 x 10 9 particles/kg",
    "20 billion particles/kg",
    "20,000,000,000 particles/kg",
    "20000000000 particles/kg",
    "20x10E9particles/kg",
    "20x10E9 particles per kg",
    "20x10E9 particles per kilogram",
    "20x10E9 particles/kg body weight",
    "20x10E9 particles/kg/dose",
    "20x10E9 particles/kg per infusion",
    "20x10E9 (±10%) particles/kg",
    "'20x10E9 particles/kg'",
    "~20x10E9 particles/kg",
    "a dose of: 20x10E9 particles/kg",
    "\n- 20x10E9 particles/kg",
    "\n* 20x10E9 particles/kg",
    "product SK3530 20x10E9 particles/kg",
    "on day 1, 20x10E9 particles/kg",
]
REFUSED = [  # spellings that are asked about or refused
    "20x10+9 particles/kg",
    "20x10^-9 particles/kg",
    "20x10⁻⁹ particles/kg",
    "20x10E-9 particles/kg",
    "20x10-9 particles/kg",
    "20x10^(-9) particles/kg",
    "20x10 exp 9 particles/kg",
    "20 exp 9 particles/kg",
    "20x10 to the power of 9 particles/kg",
    "20x10 to the 9 particles/kg",
    "20x10 to the 9th particles/kg",
    "20 x 10’9 particles/kg",
    "20 x 10'9 particles/kg",
    "20 x 10,9 particles/kg",
    "20x109 particles/kg",
    "x10 9 particles/kg",
    "x 10^9 particles/kg",
    "-20x10E9 particles/kg",
    "−20x10E9 particles/kg",
    "(-20x10E9 particles/kg)",
    "+20x10E9 particles/kg",
    "±20x10E9 particles/kg",
    "<20x10E9 particles/kg",
    "≥ 20x10E9 particles/kg",
    "1/2 x10E9 particles/kg",
    "1/2x10E9 particles/kg",
    "20.10^9 particles/kg",
    "20.10E9 particles/kg",
    "20 . 10^9 particles/kg",
    "20 E9 particles/kg",
    "20x10^9.5 particles/kg",
    "20x10^100 particles/kg",
    "20x10^9x3 particles/kg",
    "3 x 20x10E9 particles/kg",
    "20 or 40x10E9 particles/kg",
    "20, 40x10E9 particles/kg",
    "20-40x10E9 particles/kg",
    "20 to 40x10E9 particles/kg",
    "20 ± 2x10E9 particles/kg",
    "20x10E9-40x10E9 particles/kg",
    "20 000 000 000 particles/kg",
    "20.000 particles/kg",
    "20.000.000.000 particles/kg",
    "20'000'000'000 particles/kg",
    "20 milliard particles/kg",
    "20 Mrd particles/kg",
    "20 thousand million particles/kg",
    "20 G cells/kg",
    "20 million million cells/kg",
    "10E9 particles/kg",
    "5#20x10E9 particles/kg",
    ".5x10E9 particles/kg",
    "2,500x10^6 particles/kg",
    "20x10E9 particles per mL per kg",
    "20x10E9 particles/mL/kg",
    "20x10E9 particles/kg/day",
    "20x10E9 particles/kg/h",
    "20x10E9 particles per kg per day",
    "20x10E9 particles/kg body weight per day",
    "20x10E9 particles/kg·min",
    "20x10E9 particles/kg²",
    "20x10E9 particles/10 kg",
    "20x10E9 particles/mL",
    "20x10E9 /kg",
    "20x10E9 particles/kg in total",
    "20x10E9 particles/kg, divided in 3 infusions",
    "20x10E9 particles/kg or 40x10E9 particles/kg",
]


@pytest.mark.parametrize("words", READ)
def test_a_spelling_that_is_clear_is_read(words: str) -> None:
    assert amount(f"4 patients will receive {words}, once") == 2e10


@pytest.mark.parametrize("words", REFUSED)
def test_a_spelling_that_is_not_clear_is_refused_by_its_words(words: str) -> None:
    with pytest.raises(InputError) as caught:
        amount(f"4 patients will receive {words}, once")
    assert "line 1" in caught.value.where or "armGroups[0]" in caught.value.where
    assert words.strip("()").split()[-1].rpartition("/")[0][-4:] in caught.value.what


@pytest.mark.parametrize(
    ("per", "read"),
    [
        ("/kg/h", "mg per kg per h"),
        (" per mL per kg", "mg per mL per kg"),
        ("/kg per day", "mg per kg per day"),
    ],
)
def test_a_rate_is_refused_with_what_was_read(per: str, read: str) -> None:
    with pytest.raises(InputError, match=f"{read}, not per kg"):
        drafted(f"4 patients will receive 5 mg{per}")


def test_a_count_of_a_few_per_kilogram_is_asked_about() -> None:
    with pytest.raises(InputError, match="too few for a count per kilogram"):
        drafted("4 patients will receive 20 particles/kg")


MANTISSAS = st.sampled_from([("20", "20"), ("2.5", "2.5"), ("1,5", "1.5"), ("0.5", "0.5")])
TIMES = st.sampled_from(["x", " x ", "×", " × ", "*", "·", ".", " ", "x ", "/", "-", ",", "'"])
TENS = st.sampled_from(["10", "10 ", " 10", "ten", ""])
POWERS = st.sampled_from(
    ["^{n}", "^{{{n}}}", "E{n}", "e{n}", "*{n}", "**{n}", "^({n})", "({n})", " {n}", "{n}", "+{n}",
     "-{n}", "^-{n}", " exp {n}", "exp{n}", "’{n}", "'{n}", ",{n}", ".{n}", " to the {n}", " E {n}",
     "^ {n}", "^{n}.0", " * {n}", "^{n}^2", "/{n}"]
)  # fmt: skip
LEADS = st.sampled_from(
    [
        "receive ",
        "",
        "* ",
        "- ",
        "-",
        "Cohort 1: ",
        "(",
        "dose of ",
        "2 x ",
        "x",
        "1/",
        "+",
        "~",
        "±",
    ]
)
UNITS = st.sampled_from(
    ["particles/kg", " particles/kg", " cells per kg", " EVs/kg", " particles/kg/dose", "/kg",
     " particles/kg/day", " particles per mL per kg", " mg/kg", " mg/kg/h"]
)  # fmt: skip
PER_KG = {"particles/kg", "cells per kg", "EVs/kg", "particles/kg/dose", "mg/kg"}


@settings(max_examples=400, deadline=None)
@given(LEADS, MANTISSAS, TIMES, TENS, POWERS, st.integers(5, 12), UNITS)
def test_no_composed_spelling_gives_another_number(
    lead: str, mantissa: tuple[str, str], times: str, ten: str, power: str, n: int, unit: str
) -> None:
    written, value = mantissa
    number = f"{written}{times}{ten}{power.format(n=n)}"
    assume(not re.fullmatch(r"[\d.,]+", number))  # 20,105 is that very number
    text = f"{lead}{number}{unit}"
    meant = Decimal(value) * Decimal(10) ** n
    clear = [dose for dose in doses(text) if dose.value is not None and dose.counted != "1"]
    for dose in clear:
        assert (dose.value, dose.unit.endswith("/kg")) == (meant, True), text
        assert unit.strip() in PER_KG, text
        assert lead not in ("-", "+", "±", "2 x ", "1/", "x"), text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789x×*^{}()+-'’., Ee/", min_size=1, max_size=14), UNITS)
def test_the_whole_of_a_number_is_read_or_none_of_it(piece: str, unit: str) -> None:
    """Whatever stands before the unit, no digit of it is left out of what was read."""
    text = f"{piece}{unit}"
    last = max((at for at, sign in enumerate(piece) if sign.isdigit()), default=None)
    for dose in doses(text):
        if dose.value is not None and last is not None and dose.start <= last < dose.end:
            left = piece[: dose.start]
            assert not any(sign.isdigit() for sign in left[-2:]), (text, dose)


def test_a_lost_space_after_a_sentence_does_not_hide_a_number() -> None:
    (dose,) = doses("for six weeks.1×10^9 particles/kg")
    assert dose.value == Decimal("1e9")


def test_a_number_in_a_name_is_no_dose() -> None:
    assert list(doses("infusion of the CAR-7 cells")) == []


TWO = "Cohort 1 (4 patients) receives {}; Cohort 2: 8 patients receive {}."


def test_a_cohort_whose_dose_is_not_read_is_not_dropped() -> None:
    with pytest.raises(InputError, match=r"'40x10 exp 9 particles/kg'.*follows a word"):
        drafted(TWO.format("20x10E9 particles/kg", "40x10 exp 9 particles/kg"), 12)
    with pytest.raises(InputError, match="cohort 2: no dose was read"):
        drafted(TWO.format("20x10E9 particles/kg", "forty times as many"), 12)


def test_no_dose_at_all_is_said_before_any_sum() -> None:
    with pytest.raises(InputError, match="no dose was read"):
        drafted(TWO.format("a low dose", "a high dose"), enrolment=99)


def test_a_question_names_its_answer_and_amounts_are_readable() -> None:
    with pytest.raises(InputError) as caught:
        drafted("4 patients receive 20.10^9 particles/kg")
    assert str(caught.value).endswith(
        "wanted 2e10 particles/kg, by --answer '20.10^9 particles/kg=amount'"
    )
    with pytest.raises(InputError, match="2e10"):
        drafted("8 patients get 20x10E9 particles/kg, a cumulative dose of 50x10E9 particles/kg,"
                " in 3 infusions", 8)  # fmt: skip


def test_an_answer_settles_a_dose_and_is_its_source() -> None:
    words = "20x10 exp 9 particles/kg"
    level = drafted(f"4 patients receive {words}", **{words: "2e10"}).dose_levels[0]
    assert (level.amount.value, level.amount.source) == (
        2e10, f"answered by a person: {words} = 2e10",
    )  # fmt: skip
    (published,) = drafted("4 patients receive 20x10E9 particles/kg").dose_levels
    assert str(published.amount.source).startswith("record, ")


def test_an_answer_over_two_lines_is_found_by_its_words() -> None:
    level = drafted("4 patients receive 20x10 exp 9\nparticles/kg",
                    **{"20x10 exp 9 particles/kg": "2e10"}).dose_levels[0]  # fmt: skip
    assert level.amount.value == 2e10


@pytest.mark.parametrize(
    ("arm", "words", "said"),
    [
        ("20x10E9 particles/kg", "20x10E9 particles/kg", "is read as 2e10"),
        ("20.10^9 particles/kg", "20.10^8 particles/kg", "is no dose here"),
        ("20x10E9 particles/kg/day", "20x10E9 particles/kg/day", "is no dose here"),
        ("20x10E9 /kg", "20x10E9 /kg", "--answer"),
        ("-20x10E9 particles/kg", "-20x10E9 particles/kg", "is no dose here"),
    ],
)
def test_an_answer_settles_no_clear_dose_no_unit_and_no_sign(
    arm: str, words: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        drafted(f"4 patients receive {arm}", **{words: "1e9"})
    assert said in str(caught.value)


def test_another_substance_in_doubt_does_not_stop_a_draft() -> None:
    arm = "4 patients receive 20x10E9 particles/kg after methylprednisolone 1-2 mg/kg/day"
    assert amount(arm) == 2e10
    assert not read_arm(arm).questions


@pytest.mark.parametrize(
    "piece", ["(", "x ", "1 ", "5 cells ", "20x10 exp 9 particles/kg ", "/kg "]
)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    assert read_arm(text).text == text
