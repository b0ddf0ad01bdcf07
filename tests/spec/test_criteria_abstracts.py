"""Old abstracts of cancer trials: lists that lost their line breaks, labels with nothing below."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.layout import accounted, layout
from trialwright.protocol.criteria.read import read_criteria

PATIENT = (
    "PATIENT CHARACTERISTICS: Age: 18 and over Menopausal status: Not specified"
    " Performance status: ECOG 0-2 Hematopoietic: Absolute neutrophil count at least 1,500/mm3"
    " Platelet count at least 100,000/mm3 Hematocrit at least 30% Renal: Creatinine less than"
    " 2.0 mg/dL Other: Not pregnant No heart failure HIV negative"
)


def items(text: str) -> list[str]:
    """Return the words of the items of a text, after the proof that nothing was lost."""
    found = layout(text)
    assert accounted(found, text) == len(text)
    return [item.words for item in found.items]


def kinds(text: str) -> list[tuple[str, str]]:
    """Return the leftovers of a text that are not blank."""
    found = layout(text)
    assert accounted(found, text) == len(text)
    return [(each.kind, each.text.strip()) for each in found.leftover if each.kind != "blank"]


def test_each_sentence_of_an_abstract_on_one_line_is_a_criterion() -> None:
    assert items(PATIENT) == [
        "Age: 18 and over",
        "Performance status: ECOG 0-2",
        "Absolute neutrophil count at least 1,500/mm3",
        "Platelet count at least 100,000/mm3",
        "Hematocrit at least 30%",
        "Creatinine less than 2.0 mg/dL",
        "Not pregnant",
        "No heart failure",
        "HIV negative",
    ]
    assert kinds(PATIENT) == [
        ("subheader", "PATIENT CHARACTERISTICS:"),
        ("note", "Menopausal status: Not specified"),
        ("subheader", "Hematopoietic:"),
        ("subheader", "Renal:"),
        ("subheader", "Other:"),
    ]


def test_each_part_of_an_abstract_must_hold() -> None:
    read = [item.expr for item in read_criteria(PATIENT).items]
    compared = [node.measure for node in read if isinstance(node, nodes.Compare)]
    assert compared == ["neutrophils", "thrombocytes", "haematocrit", "creatinine"]
    assert nodes.Ordinal("ecog", ("0", "1", "2")) in read
    assert nodes.Not(nodes.Has("condition", "heart_failure", "heart failure")) in read


def test_headings_between_dashes_part_an_abstract() -> None:
    text = (
        "--Disease Characteristics-- Measurable disease --Prior/Concurrent Therapy--"
        " No chemotherapy --Patient Characteristics-- Age: Over 18"
    )
    assert items(text) == ["Measurable disease", "No chemotherapy", "Age: Over 18"]
    assert [kind for kind, _ in kinds(text)] == ["subheader"] * 3


@pytest.mark.parametrize("run_together", [
    "Stroke Metastatic disease",  # a capital that may begin anything
    "Measurable disease with PSA OR Nonmeasurable disease No metastasis",
    "At least one of the following: stroke No metastasis Diabetes",
])  # fmt: skip
def test_what_runs_together_is_left_to_a_person(run_together: str) -> None:
    (item,) = read_criteria(f"DISEASE CHARACTERISTICS: {run_together}").items
    assert item.expr == nodes.Residue(run_together) or (
        isinstance(item.expr, nodes.Residue) and run_together in item.expr.words
    )


@pytest.mark.parametrize("whole", [
    "No prior or concurrent malignancy except Hodgkin lymphoma",
    "No arrhythmia (ventricular tachycardia No block) at rest",
    "No known HIV positive test",
    "No heart failure or No stroke",
])  # fmt: skip
def test_no_sentence_ends_in_brackets_or_before_what_goes_on(whole: str) -> None:
    assert items(f"PATIENT CHARACTERISTICS: Other: {whole}") == [whole]


def test_what_is_allowed_widens_the_sentence_before_it_alone() -> None:
    text = "PRIOR CONCURRENT THERAPY: Surgery: No surgery Prior biopsy allowed Other: No aspirin"
    surgery, aspirin = (item.expr for item in read_criteria(text).items)
    assert isinstance(surgery, nodes.Any)
    assert nodes.Residue("whether this lets in: Prior biopsy allowed") in surgery.of
    assert isinstance(aspirin, nodes.Not)


def test_what_is_allowed_before_anything_is_asked_asks_for_nothing() -> None:
    text = "PRIOR CONCURRENT THERAPY: Surgery: Prior biopsy allowed No surgery"
    assert items(text) == ["No surgery"]
    assert ("note", "Prior biopsy allowed") in kinds(text)


def test_in_an_exclusion_nothing_is_divided() -> None:
    (item,) = layout(f"Exclusion Criteria:\n\n* {PATIENT}").items
    assert item.children == ()


@pytest.mark.parametrize(("text", "left"), [
    ("* Biologic therapy: Not specified\n* Stroke", ("note", "* Biologic therapy: Not specified")),
    ("Radiotherapy\n\n* See Disease Characteristics\n\nStroke",
     ("note", "Radiotherapy\n\n* See Disease Characteristics")),
    ("* Stroke\n* Male or female", ("note", "* Male or female")),
    ("--Patient Characteristics--\n\n* Stroke", ("subheader", "--Patient Characteristics--")),
    ("Risk Behavior:\n\nRequired:\n\n* Stroke", ("subheader", "Risk Behavior:")),
    ("Co-existing Condition:\n\nRequired:\n\n* Stroke", ("subheader", "Co-existing Condition:")),
])  # fmt: skip
def test_labels_and_empty_answers_are_no_criteria(text: str, left: tuple[str, str]) -> None:
    assert left in kinds(f"Inclusion Criteria:\n\n{text}")
    (item,) = layout(f"Inclusion Criteria:\n\n{text}").items
    assert item.text == "Stroke"


def test_what_stands_under_a_time_of_exclusion_is_not_read_without_it() -> None:
    text = "Exclusion Criteria:\n\n* Stroke\n* Excluded within 30 days of entry:\n* Aspirin"
    stroke, aspirin = read_criteria(text).items
    assert isinstance(stroke.expr, nodes.Has)
    assert isinstance(aspirin.expr, nodes.Residue)


def test_exclusions_that_a_line_of_an_inclusion_lists_are_exclusions() -> None:
    text = "Inclusion Criteria:\n\n* Diabetes\n\nExclusion criteria include the following: stroke."
    assert [(i.section, i.text) for i in layout(text).items] == [
        ("inclusion", "Diabetes"), ("exclusion", "stroke."),
    ]  # fmt: skip


WORDS = st.sampled_from(
    ["PATIENT CHARACTERISTICS:", "--Disease Characteristics--", "Age:", "18 and over", "Other:",
     "No stroke", "(", ")", "OR", "WBC at least 3,000", "Not specified", "Platelets", "allowed",
     "  ", "Surgery: ", "PRIOR CONCURRENT THERAPY:", "of", "\n", "* ", "HIV negative", "See Other"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS | st.text(max_size=8), max_size=25).map(" ".join))
def test_any_abstract_is_laid_out_whole(text: str) -> None:
    text = "PATIENT CHARACTERISTICS: " + text
    found = layout(text)
    assert accounted(found, text) == len(text)
    assert len(read_criteria(text).items) <= len(found.items) + 1
