"""A clinical note as a patient: what is said, denied, suspected, past, or of a relative."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.patients.narrative import LARGEST, Note, read_note
from trialwright.screening.patients.narrative_age import stated_person
from trialwright.screening.patients.narrative_clauses import clauses
from trialwright.screening.patients.narrative_terms import note_terms
from trialwright.screening.patients.narrative_values import values
from trialwright.screening.policy import OPEN_WORLD
from trialwright.screening.setting import Setting

ON = date(2024, 9, 2)
TERMS = note_terms(project_terms())


def read(text: str) -> Note:
    return read_note(text, ON)


def conditions(text: str) -> set[str]:
    return {fact.codes[0].code for fact in read(text).patient.conditions}


def truth(text: str, node: nodes.Node) -> Truth:
    return evaluate(node, Setting(read(text).patient, ON, OPEN_WORLD, TERMS)).truth


def years(n: int) -> Duration:
    return Duration(months=12 * n)


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("A 36-year-old woman presents.", years(36), "female"),
        ("48 M with hypertension", years(48), "male"),
        ("71F admitted with fever", years(71), "female"),
        ("Pt is a 74yo male", years(74), "male"),
        ("A 4 month old girl", Duration(months=4), "female"),
        ("3-day-old newborn boy", Duration(days=3), "male"),
        ("Patient aged 50. He smokes.", years(50), "male"),
        ("The patient, age 22, says she is tired.", years(22), "female"),
        ("A 60-year-old patient. She came with her husband; he drove.", years(60), "unknown"),
        ("Fever for 3 days. No more is known.", Duration(days=3), "unknown"),
        ("No number stands here.", None, "unknown"),
    ],
)
def test_age_and_sex_as_stated(text: str, age: Duration | None, sex: str) -> None:
    person = stated_person(text)
    assert (person.age, person.sex) == (age, sex)


def test_the_stated_age_is_right_at_every_limit() -> None:
    def within(low: int, high: int) -> Truth:
        return truth("A 58-year-old woman.", nodes.Demographic(years(low), years(high)))

    assert read("A 58-year-old woman.").patient.birth == PartialDate(1966, 9, 2)
    assert within(58, 58) is Truth.TRUE
    assert within(59, 80) is within(18, 57) is Truth.FALSE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She has heart failure.", {"heart_failure"}),
        ("No heart failure.", set()),
        ("She denies stroke or heart failure.", set()),
        ("No stroke, but heart failure since May.", {"heart_failure"}),
        ("Heart failure was ruled out.", set()),
        ("Without stroke. Heart failure is known.", {"heart_failure"}),
        ("Family history of heart failure.", set()),
        ("Her father died of a stroke.", set()),
        ("Her mother reports that the girl has heart failure.", {"heart_failure"}),
    ],
)
def test_what_is_denied_or_of_a_relative_is_left_out(text: str, found: set[str]) -> None:
    assert conditions(text) & {"heart_failure", "stroke"} == found


def test_what_is_past_or_suspected_stays_open() -> None:
    stroke = nodes.Has("condition", "stroke", "stroke")
    heart_failure = nodes.Has("condition", "heart_failure", "heart failure")
    ever = nodes.Has("condition", "heart_failure", "heart failure", when="ever")
    assert truth("Known heart failure.", heart_failure) is Truth.TRUE
    assert truth("History of heart failure.", heart_failure) is Truth.UNKNOWN
    assert truth("History of heart failure.", ever) is Truth.TRUE
    assert truth("Possible heart failure.", heart_failure) is Truth.UNKNOWN
    assert truth("Known heart failure.", stroke) is Truth.UNKNOWN


def test_a_narrower_word_satisfies_the_wider_one() -> None:
    wider = nodes.Has("condition", "cardiomyopathy", "cardiomyopathy")
    narrower = nodes.Has("condition", "dilated_cardiomyopathy", "dilated cardiomyopathy")
    assert truth("She has dilated cardiomyopathy.", wider) is Truth.TRUE
    assert truth("She has cardiomyopathy.", narrower) is not Truth.FALSE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("EF was 25%.", [("lvef", "25", "%", None)]),
        ("LVEF of approximately 35.5 %", [("lvef", "35.5", "%", None)]),
        ("NT-proBNP: 1,200 pg/mL", [("nt_probnp", "1200", "pg/mL", None)]),
        ("eGFR >60 mL/min", [("egfr", "60", "mL/min", ">")]),
        ("TSH was 3 and more", [("tsh", "3", None, None)]),
        ("BP 150/90 mmHg", [("sbp", "150", "mm[Hg]", None), ("dbp", "90", "mm[Hg]", None)]),
        ("BP: 130/80", [("sbp", "130", None, None), ("dbp", "80", None, None)]),
        ("LVEF 30-35 %", []),
        ("creatinine was normal", []),
        ("91% HbS 6%", []),
    ],
)
def test_values_as_written(text: str, found: list[tuple[str, str, str | None, str | None]]) -> None:
    read_values = [(v.measure, str(v.number), v.unit, v.bound) for v in values(text)]
    assert read_values == found


def test_a_value_without_its_unit_decides_nothing() -> None:
    low = nodes.Compare("potassium", "<", Decimal(3), "mmol/L")
    assert truth("Potassium 2 mmol/L", low) is Truth.TRUE
    assert truth("Potassium 2", low) is Truth.UNKNOWN


def test_a_value_told_as_past_has_no_day() -> None:
    low = nodes.Compare("lvef", "<=", Decimal(40), "%")
    recent = nodes.Within(Duration(months=3), "enrolment", low)
    assert truth("LVEF 35 %.", recent) is Truth.TRUE
    assert truth("Prior LVEF 35 %.", recent) is Truth.UNKNOWN


def test_a_note_says_how_it_was_read() -> None:
    said = read("A 58-year-old woman. No stroke. Her father had asthma.").said
    assert said[0] == "read from words: nothing here is coded, and nothing counts as absent"
    assert "58-year-old" in said[2]
    assert said[3].endswith("rule out something: 1 passages")
    assert said[4].endswith("about relatives: 1 passages")


@pytest.mark.parametrize("text", ["", "   \n", "12 34", "a\0b"])
def test_what_is_no_note_is_one_clear_line(text: str) -> None:
    with pytest.raises(InputError, match="wanted a clinical note"):
        read(text)


def test_a_note_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="at most 1,000,000"):
        read("a" * (LARGEST + 1))


PIECES = st.sampled_from(
    [
        "heart failure", "stroke", "no", "denies", "history of", "her mother", "possible", ".", ",",
        "but", "LVEF", "35 %", "A 58-year-old woman", "diabetes", "was ruled out", "\n", "asthma",
    ]
)  # fmt: skip
CONDITIONS = st.sampled_from([key for key in TERMS.concepts if key[0] == "condition"])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14).map(" ".join), CONDITIONS)
def test_a_note_never_proves_that_something_is_absent(
    text: str, concept: tuple[nodes.Domain, str]
) -> None:
    try:
        patient = read(f"note {text}").patient
    except InputError as error:
        pytest.fail(str(error))
    node = nodes.Has(concept[0], concept[1], "x")
    at = Setting(patient, ON, OPEN_WORLD, TERMS)
    assert evaluate(node, at).truth is not Truth.FALSE


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_a_note_or_an_input_error(text: str) -> None:
    try:
        patient = read(text).patient
    except InputError:
        return
    facts = (*patient.conditions, *patient.medications, *patient.observations)
    for fact in facts:
        begin, end = map(int, fact.id.removeprefix("Note/").split("-"))
        assert 0 <= begin < end <= len(text)


@given(st.text(max_size=200) | st.lists(PIECES, max_size=20).map(" ".join))
def test_clauses_lose_no_character(text: str) -> None:
    found = list(clauses(text))
    assert "".join(each.text for each in found) == text
    assert all(text[each.start :].startswith(each.text) for each in found)


def test_a_long_note_takes_time_in_proportion() -> None:
    def spent(times: int) -> float:
        text = "She has heart failure, LVEF 35 %, no stroke; her father had asthma. " * times
        begun = time.process_time()
        read(text)
        return time.process_time() - begun

    spent(10)
    assert spent(1600) < 16 * max(spent(400), 0.02)
