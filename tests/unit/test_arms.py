from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.protocol.arms import read_arm
from trialwright.protocol.numerals import numerals

TWO = """At most 9 patients:
* Cohort A (3 patients) will receive 5 x 10^6 cells/kg for each infusion, with a total of 2
  infusions, for a cumulative dose of 10^7 cells/kg;
* Cohort B: 6 patients will receive 1 x 10^7 cells/kg, two infusions."""


def test_cohorts_sizes_doses_and_infusions() -> None:
    arm = read_arm(TWO)
    first, second = arm.cohorts
    assert (first.label, second.label) == ("A", "B")
    assert first.size
    assert second.size
    assert (first.size.value, second.size.value) == (3, 6)
    assert first.dose
    assert second.dose
    assert (first.dose.value, second.dose.value) == (5_000_000, 10_000_000)
    assert first.cumulative
    assert first.cumulative.value == 10_000_000
    assert second.cumulative is None
    assert first.infusions
    assert second.infusions
    assert first.infusions.value == second.infusions.value == 2


def test_every_value_carries_its_place() -> None:
    arm = read_arm(TWO)
    dose = arm.cohorts[1].dose
    assert dose
    assert TWO[dose.start : dose.end] == "1 x 10^7 cells/kg"
    assert arm.line_of(dose.start) == 4


def test_a_dose_level_inside_a_sentence() -> None:
    arm = read_arm("3 children at dose level 1 of 2x10^6 cells/kg and 6 children at dose level 2 of"
                   " 10x10^6 cells/kg")  # fmt: skip
    assert [c.dose.value for c in arm.cohorts if c.dose] == [2_000_000, 10_000_000]


def test_text_without_cohorts_is_one() -> None:
    (cohort,) = read_arm("12 patients receive 1 mg/kg once").cohorts
    assert cohort.dose
    assert cohort.size
    assert (cohort.dose.value, cohort.size.value) == (1, 12)


def test_repeats_in_brackets_are_infusions() -> None:
    arm = read_arm("Repeated (X3) intravenous infusions")
    assert arm.infusions
    assert arm.infusions.value == 3


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.,x×*^Ee-() milonckgs/pertCohrt\n⁰⁹", max_size=120))
def test_any_text_is_read(text: str) -> None:
    for numeral in numerals(text):
        assert text[numeral.start : numeral.end] == numeral.text
        assert numeral.readings
    read_arm(text)


def test_a_long_text_takes_linear_time() -> None:
    arm = read_arm(
        "Cohort 1 (4 patients) 2x10^6 cells/kg, cumulative dose of 4x10^6 cells/kg. " * 3000
    )
    assert arm.cohorts
