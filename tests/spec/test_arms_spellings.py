"""Doses as registry records spell them: each is one number, or a question."""

from decimal import Decimal

import pytest

from trialwright.protocol.arms import doses, read_arm

CLEAR = [  # words of real arms and interventions, amount, unit
    ("20x10E9 particles/kg", "2e10", "{particles}/kg"),
    ("120x10E9 particles/kg for each infusion", "1.2e11", "{particles}/kg"),
    ("2.0*10E8 particles/kg", "2e8", "{particles}/kg"),
    ("2 \\* 10\\^7 cells (2ml)", "2e7", "{cells}"),
    ("1x10E6 cells/kg body weight", "1e6", "{cells}/kg"),
    ("10^8 cells/kg", "1e8", "{cells}/kg"),
    ("20 x 10^9 vesicles/kg", "2e10", "{vesicles}/kg"),
    ("2 x 10⁸ EVs/kg", "2e8", "{vesicles}/kg"),
    ("8x 10 9 particles/kg", "8e9", "{particles}/kg"),
    ("2e10 particles/kg", "2e10", "{particles}/kg"),
    ("2.0E+6 MSC/kg in subject", "2e6", "{cells}/kg"),
    ("1E6cells/Kg per dose", "1e6", "{cells}/kg"),
    ("2 million cells/Kg body weight", "2e6", "{cells}/kg"),
    ("5 million UC-MSCs per kg bodyweight", "5e6", "{cells}/kg"),
    ("1 million MSCs per kg of body weight", "1e6", "{cells}/kg"),
    ("1 million cells per kg", "1e6", "{cells}/kg"),
    ("200 million HB-adMSCs", "2e8", "{cells}"),
    ("90-million cells/unit dose", "9e7", "{cells}"),
    ("18M cells in a hyaluronic acid carrier", "1.8e7", "{cells}"),
    ("3x10\\^7 JK500 cells injection /kg/ time", "3e7", "{cells}/kg"),
    ("5 x 10\\^4 CAR+ T cells/kg", "5e4", "{cells}/kg"),
    ("5×10\\^5 (±20%) CAR T cells/kg", "5e5", "{cells}/kg"),
    ("1×10\\^9 NK cells/dose", "1e9", "{cells}"),
    ("5 x 10e6 cells", "5e6", "{cells}"),
    ("1X 10^8 cells/2cc", "1e8", "{cells}"),
    ("2*10^6 cells/kg/dose", "2e6", "{cells}/kg"),
    ("8 infusions of 200 million cells", "2e8", "{cells}"),
    ("2,000,000 cells/kg", "2e6", "{cells}/kg"),
    ("a single dose of 0.5 mg/kg", "0.5", "mg/kg"),
    ("10 µg/kg", "10", "ug/kg"),
    ("six 100 mg doses", "100", "mg"),
]

ASKED = [  # words, the possible readings
    ("1.5×106 cells/kg", ["1.5e6", "159"]),
    ("2x106 MSCs per kilogram body weight", ["2e6", "212"]),
    ("60 × 106 cells", ["6e7", "6360"]),
    ("1×107STAR+T cells / kg", ["1e7", "107"]),
    ("10E6 cells/kg", ["1e6", "1e7"]),
    ("1-5x10\\^8 CART22 cells", ["1e8", "5e8"]),
    ("40-101 x 10^6 cells", ["4e7", "1.01e8"]),
]

NO_DOSE = [
    "about 93 million is infected with hepatitis B",
    "leukocytes below 1 x 109/L",
    "within 10 days of stroke",
    "The titre is 1x109 PFU/mL",
    "a 1 cc injection syringe (27G)",
]


@pytest.mark.parametrize(("words", "amount", "unit"), CLEAR)
def test_a_clear_spelling_is_one_number(words: str, amount: str, unit: str) -> None:
    (dose,) = doses(f"Patients receive {words}")
    assert (dose.value, dose.unit) == (Decimal(amount), unit)


@pytest.mark.parametrize(("words", "readings"), ASKED)
def test_an_ambiguous_spelling_is_asked_about(words: str, readings: list[str]) -> None:
    arm = read_arm(f"Patients receive {words}")
    (dose,) = doses(arm.text)
    assert dose.value is None
    assert list(dose.readings) == [Decimal(reading) for reading in readings]
    (question,) = arm.questions
    assert question.text in arm.text[question.start :]
    assert len(question.readings) == len(readings)


@pytest.mark.parametrize("text", NO_DOSE)
def test_other_numbers_are_no_dose(text: str) -> None:
    assert list(doses(text)) == []


def test_a_dose_that_counts_nothing_named_is_asked_about() -> None:
    (question,) = read_arm("MSCs (1*10^6/kg) are given").questions
    assert "what is counted" in question.why
    assert "particles/kg" in question.readings
