"""Which side a criterion without a heading has, whom a label speaks of, and where a list ends."""

import pytest

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.layout import accounted, layout
from trialwright.protocol.criteria.read import read_criteria
from trialwright.protocol.criteria.wording import wording


def readings(text: str) -> list[tuple[str, str]]:
    assert accounted(layout(text), text) == len(text)
    return [(item.section, wording(item.expr)) for item in read_criteria(text).items]


def unread(text: str) -> list[bool]:
    return [isinstance(item.expr, nodes.Residue) for item in read_criteria(text).items]


@pytest.mark.parametrize(("words", "section", "read"), [
    ("Patients must have asthma.", "inclusion", "asthma"),
    ("Must not have asthma.", "inclusion", "not asthma"),
    ("No asthma.", "inclusion", "not asthma"),
    ("Not pregnant.", "inclusion", "not pregnancy"),
    ("Age 18-65 years.", "inclusion", "age at least 18 years and at most 65 years"),
    ("Patients with asthma will be excluded.", "exclusion", "asthma"),
    ("Patients with asthma are not eligible for this study.", "exclusion", "asthma"),
    ("Exclude patients with asthma.", "exclusion", "asthma"),
])  # fmt: skip
def test_words_that_name_their_side_need_no_heading(words: str, section: str, read: str) -> None:
    assert readings(f"* Stroke\n* {words}\n")[1] == (section, read)


@pytest.mark.parametrize("words", [
    "Asthma", "History of stroke", "Pregnant women", "Age less than 18 years",
    "No informed consent", "No effective contraception", "Patients with asthma are eligible",
    "If asthma is present, patients must be stable", "These patients must be excluded",
    "Patients with asthma may be excluded", "WBC greater than 3,000/mm3",
])  # fmt: skip
def test_other_words_may_stand_on_either_side(words: str) -> None:
    assert unread(f"* Must not have stroke\n* {words}\n") == [False, True]


def test_a_text_of_one_item_names_whom_it_wants() -> None:
    text = "Men and women with asthma are eligible for the study."
    assert readings(text) == [("inclusion", "asthma")]
    assert readings("Men and women with asthma.") == [("inclusion", "asthma")]
    assert unread("Patients without asthma.") == [True]
    assert unread("* Adults with asthma\n* Adults with stroke") == [True, True]


def test_sentences_without_a_heading_must_all_hold() -> None:
    text = "No asthma. Patients with stroke will be excluded. Blood is drawn."
    (read,) = readings(text)
    assert read == (
        "inclusion",
        "not asthma and not stroke, and a person decides: 'Blood is drawn'",
    )
    assert unread("No asthma. However, mild asthma is allowed.") == [True]


def test_where_a_text_speaks_of_groups_nothing_is_asked_of_everybody() -> None:
    assert unread("* Patients must have asthma\n* Healthy volunteers must be 18\n") == [True, True]
    assert unread("Controls:\n\n* No asthma\n") == [True]


def test_a_list_below_words_that_refuse_is_an_exclusion() -> None:
    text = "* Patients with any of the following are excluded:\n  * Asthma\n  * Stroke\n"
    assert readings(text) == [("exclusion", "asthma or stroke")]


def test_a_refusal_above_a_list_of_exclusions_asks_for_nothing() -> None:
    head = "Patients with the following symptoms or conditions are excluded:"
    text = f"Exclusion Criteria\n\n{head}\n\n* Asthma\n* Stroke"
    assert readings(text) == [("exclusion", "asthma or stroke")]


@pytest.mark.parametrize("label", ["Donors:", "CONTROL GROUP", "Cohort B:", "Healthy volunteers:"])
def test_what_stands_behind_a_label_of_people_is_asked_of_them(label: str) -> None:
    asked = [
        wording(item.expr)
        for item in read_criteria(f"Inclusion Criteria:\n* {label}\n* No asthma").items
    ]
    group = label.strip(":")
    assert asked == [f"if a person decides: '{group}' (not understood), then not asthma"]


def test_a_second_label_of_people_ends_the_first() -> None:
    text = "Inclusion Criteria:\n\nNormal Volunteers:\n\n* Adult\n\nObese Subjects:\n\n* Asthma"
    under = [item.under for item in layout(text).items]
    assert under == ["Normal Volunteers:", "Obese Subjects:"]


def test_one_way_in_leaves_the_others_open() -> None:
    text = "Inclusion Criteria:\n\nWomen may be eligible for this study if they:\n\n* Have asthma"
    ((_, read),) = readings(text)
    assert read.startswith("asthma, or a person decides: 'whether there is another way in")


def test_a_list_at_the_depth_of_its_first_words_ends_where_another_kind_begins() -> None:
    text = (
        "Inclusion Criteria:\n* One of the following:\n* Asthma\n* Stroke\n* Age 18 and over\n* HIV"
    )
    assert unread(text) == [True, True, True, False, False]
    text = "Exclusion Criteria:\n* Cancer, except:\n* Asthma\n* Stroke"
    assert unread(text) == [True, True, True]
    text = (
        "Exclusion Criteria:\n* Are above 55 years of age AND have\n* Asthma, OR\n* Stroke\n* HIV"
    )
    assert unread(text)[:2] == [True, True]


@pytest.mark.parametrize(("heading", "section"), [
    ("Exclusion Criteria and Rationale:", "exclusion"),
    ("EXCLUSION CRITERIA FOR ALL SUBJECTS:", "exclusion"),
    ("Exclusion criteria at the screening visit include any of the following:", "exclusion"),
    ("Inclusion Criteria (All Cohorts):", "inclusion"),
    ("Conditions for Patient Ineligibility:", "exclusion"),
])  # fmt: skip
def test_headings_with_words_around_them(heading: str, section: str) -> None:
    (item,) = layout(f"{heading}\n\n* Asthma\n").items
    assert (item.section, item.stated, item.text) == (section, True, "Asthma")


def test_a_pointer_to_other_criteria_is_a_note() -> None:
    pointer = "Other protocol-defined Inclusion/Exclusion criteria apply."
    text = f"Exclusion Criteria:\n* Asthma\n* {pointer}"
    assert [piece.kind for piece in layout(text).leftover] == ["header", "note"]
    assert readings(text) == [("exclusion", "asthma")]


def test_numbers_with_commas_leave_a_row_whole() -> None:
    assert unread(
        "Inclusion Criteria:\n* 1, men with asthma; 2, men with stroke; and 3, adult"
    ) == [True]
