"""How the layout of a text makes criteria: headings, marks, lists in lists, rescues and notes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.layout import Item, Section, heading, layout
from trialwright.protocol.criteria.read import read_criteria
from trialwright.protocol.criteria.trees import every, some, walk


def outline(text: str) -> list[object]:
    """Return the items as nested lists of words, those of an exclusion behind an `x`."""

    def shape(item: Item) -> object:
        words = item.text if item.role == "criterion" else f"({item.role}) {item.text}"
        return [words, *map(shape, item.children)] if item.children else words

    found = layout(text).items
    return [shape(i) if i.section == "inclusion" else ["x", shape(i)] for i in found]


def kinds(text: str) -> list[str]:
    return [piece.kind for piece in layout(text).leftover]


def read(text: str, section: Section = "inclusion") -> nodes.Node:
    """Read one criterion of a section."""
    (item,) = read_criteria(f"{section.title()} Criteria:\n\n{text}").items
    return item.expr


def said(words: str, section: Section = "inclusion") -> nodes.Node:
    return compose(words, section)


def residue(node: nodes.Node) -> str:
    return " ".join(each.words for each in walk(node) if isinstance(each, nodes.Residue))


# --- headings --------------------------------------------------------------------------------


@pytest.mark.parametrize(("line", "section"), [
    ("Inclusion Criteria:", "inclusion"),
    ("INCLUSION CRITERIA", "inclusion"),
    ("Key Inclusion Criteria:", "inclusion"),
    ("1) Inclusion Criteria", "inclusion"),
    ("* Exclusion Criteria:", "exclusion"),
    ("Non-inclusion Criteria:", "exclusion"),
    ("Main Non-Inclusion Criteria:", "exclusion"),
    ("Exclusionary Criteria:", "exclusion"),
    ("Exclusion:", "exclusion"),
    ("Exclusion criteria were as follows:", "exclusion"),
    ("Exclusion Criteria (in brief):", "exclusion"),
    ("Inclusion criteria for trial entry", "inclusion"),
    ("CF Subject Exclusion Criteria:", "exclusion"),
    ("EXCLUSION CRITERIA COMMON TO THE TWO COHORTS", "exclusion"),
    ("Subjects must meet all of the following criteria to be eligible:", "inclusion"),
    ("Patients must have:", "inclusion"),
    ("Patients who meet any of the following criteria will be excluded from the study:",
     "exclusion"),
    ("A participant will not be eligible for study entry if any of the following criteria are met:",
     "exclusion"),
    ("In order to participate in this study, a patient must not:", "exclusion"),
    # not the heading of a side
    ("Exclusion of stroke", None),
    ("Meets the inclusion criteria", None),
    ("Patients with diabetes are excluded if any of the following apply:", None),
    ("Patients will be excluded if all of the following criteria are met:", None),
    ("Patients must meet at least one of the following criteria:", None),
    ("Patients who meet any of the following criteria will not be excluded:", None),
    ("Patients must meet all inclusion criteria and no exclusion criteria:", None),
    ("Eligibility Criteria:", None),
])  # fmt: skip
def test_what_is_the_heading_of_a_side(line: str, section: Section | None) -> None:
    assert heading(line) == section


@pytest.mark.parametrize("text", [
    "Inclusion Criteria: a\nExclusion Criteria: b",
    "Inclusion Criteria:1. a\nExclusion:\n* b",
    "Inclusion Criteria:\nAdults. Exclusion Criteria: b",
    "* Inclusion Criteria:\n  * a\n* Exclusion Criteria:\n  * b",
    "Patients must:\n* a\n\nPatients must not:\n* b",
])  # fmt: skip
def test_a_heading_may_share_its_line(text: str) -> None:
    first, second = outline(text)
    assert first in ("a", "Adults.")
    assert second == ["x", "b"]


def test_no_item_changes_sides_in_silence() -> None:
    """What stands under no heading, or under words that may hide one, is not read."""
    unheaded = read_criteria("* Stroke\n* Diabetes").items
    assert [item.section for item in unheaded] == ["inclusion", "inclusion"]
    assert all(isinstance(item.expr, nodes.Residue) for item in unheaded)
    before = read_criteria("* Diabetes\n\nExclusion Criteria:\n* Stroke").items
    assert isinstance(before[0].expr, nodes.Residue)
    assert before[1].expr == said("Stroke", "exclusion")
    hidden = read_criteria("Inclusion Criteria:\n* Adults, exclusion criteria:\n* Stroke").items
    assert [type(item.expr) for item in hidden] == [nodes.Residue, nodes.Residue]


def test_a_sentence_inside_a_named_section_does_not_turn_it_round() -> None:
    text = "Inclusion Criteria:\n* Adults\n\nPatients must not have any of the following:\n* Stroke"
    assert outline(text) == ["Adults", ["Patients must not have any of the following:", "Stroke"]]


def test_criteria_of_other_people_do_not_bind_the_patient() -> None:
    """Of donors, a rule that holds proves nothing, and one that fails excludes nobody."""
    donor = "Inclusion Criteria:\n* Diabetes\n\nDonor Exclusion Criteria:\n* Stroke"
    expr = read_criteria(donor).items[1].expr
    assert isinstance(expr, nodes.All)
    assert said("Stroke", "exclusion") in expr.of
    assert "Donor" in residue(expr)


# --- marks and lines -------------------------------------------------------------------------


@pytest.mark.parametrize(("lines", "wanted"), [
    ("* a\n* b", ["a", "b"]),
    ("1. a\n2. b", ["a", "b"]),
    ("2. a\n3. b", ["a", "b"]),
    ("a\nb", ["a", "b"]),
    ("1\\. a\n2\\. b", ["a", "b"]),
    ("\\* a\n\\- b", ["a", "b"]),
    ("1. A. 2. B. 3. C", ["A.", "B.", "C"]),
    ("1. Adults 2. Stroke 3. Consent", ["Adults", "Stroke", "Consent"]),
    ("1. ECOG of at most 2. Patients must consent\n2. Adults",
     ["ECOG of at most 2. Patients must consent", "Adults"]),
    ("* a line\n  that runs on", ["a line that runs on"]),
    ("* a line\nthat runs on", ["a line that runs on"]),
    ("* one:\n  * two\n     * three\n  * four\n* five",
     [["one:", ["two", "three"], "four"], "five"]),
    ("1. one\n   a. two\n      i. three\n      ii. four\n   b. five\n2. six",
     [["one", ["two", "three", "four"], "five"], "six"]),
    ("1. one\na) two\nb) three\n2. four", [["one", "two", "three"], "four"]),
    ("1. one:\n* two\n* three\n2. four", [["one:", "two", "three"], "four"]),
    ("* Any of: 1) a; 2) b\n* c", [["Any of:", "a;", "b"], "c"]),
    ("h) one\ni) two\nj) three", ["one", "two", "three"]),
    ("i. one\nii. two", ["one", "two"]),
    ("2. one\n5 Two\n6 Three", ["one", "Two", "Three"]),
    ("* a\n\nAny of the following:\n\n* b\n* c\n\nd", ["a", ["Any of the following:", "b", "c"],
                                                      "d"]),
])  # fmt: skip
def test_marks_and_indents_make_the_items(lines: str, wanted: list[object]) -> None:
    assert outline(f"Inclusion Criteria:\n{lines}") == wanted


def test_hard_wrapped_lines_run_on() -> None:
    text = (
        "Inclusion Criteria:\n"
        "Patients who have a diagnosis of heart failure with reduced ejection fraction, as\n"
        "documented by echocardiography within the last twelve months before the screening\n"
        "Visit of this study.\n"
        "Adults who consent and who are able to come to each of the visits of this\n"
        "protocol\n"
    )
    assert [str(each)[:8] for each in outline(text)] == ["Patients", "Adults w"]


def test_lines_that_only_happen_to_be_long_do_not_run_on() -> None:
    text = (
        "Exclusion Criteria:\n\n"
        "Clinical diagnosis of Wilson's Disease with neuropsychiatric presentation\n"
        "Current alcohol consumption\n"
        "Pregnancy or planned pregnancy within one year after the study procedure\n"
        "Breastfeeding\n"
        "Known chronic disease associated with metabolism malfunction or poor healing\n"
        "Pacemakers or other implanted foreign objects\n"
    )
    assert len(outline(text)) == 6


def test_what_is_left_to_a_person_keeps_the_label_above_it() -> None:
    found = read_criteria("Inclusion Criteria:\n\nLife expectancy:\n\n* Longer than may be\n")
    assert [each.expr for each in found.items] == [
        nodes.Residue("Life expectancy: Longer than may be")
    ]


def test_what_is_no_criterion_is_named() -> None:
    text = (
        "Inclusion Criteria:\n\nLaboratory values:\n* a\n\nNote: see the protocol.\n\n"
        "Cohort A:\n* b\n\nExclusion Criteria:\n* None\n* See Disease Characteristics\n"
    )
    assert outline(text) == [["a", "(note) Note: see the protocol."], "b"]
    assert kinds(text) == [
        "header", "blank", "subheader", "subheader", "header", "note", "note",
    ]  # fmt: skip


# --- items below an item ---------------------------------------------------------------------

STROKE, LVEF, DIABETES = "stroke", "LVEF < 40 %", "diabetes"


def below(head: str, *items: str) -> str:
    return "\n".join([f"* {head}", *(f"  * {item}" for item in items)])


@pytest.mark.parametrize("head", [
    "Any of the following:", "One or more of the following conditions:", "Either:", "One of:",
    "Patients with at least one of the following", "Must meet one of the following criteria:",
])  # fmt: skip
def test_one_of_the_items_is_enough(head: str) -> None:
    assert read(below(head, STROKE, LVEF)) == some((said(STROKE), said(LVEF)))


@pytest.mark.parametrize("head", [
    "All of the following:", "Both:", "Each of the following criteria:", "Organ function:",
    "Must meet the following criteria:", "Adequate organ function as defined below:",
])  # fmt: skip
def test_every_item_is_asked_for(head: str) -> None:
    assert read(below(head, STROKE, LVEF)) == every((said(STROKE), said(LVEF)))


@pytest.mark.parametrize("head", [
    "At least two of the following:", "2 of the 3:", "Two or more of the following criteria:",
    "Patients with ≥ 2 of the following 3 conditions:",
])  # fmt: skip
def test_so_many_of_the_items_are_asked_for(head: str) -> None:
    three = tuple(map(said, (STROKE, LVEF, DIABETES)))
    assert read(below(head, STROKE, LVEF, DIABETES)) == nodes.AtLeast(2, three)


def test_more_than_there_are_is_not_read() -> None:
    assert isinstance(read(below("At least 4 of the following:", STROKE, LVEF)), nodes.Residue)


def test_a_plain_heading_asks_for_all_and_excludes_by_each() -> None:
    listed = below("Laboratory values:", STROKE, LVEF)
    assert read(listed) == every((said(STROKE), said(LVEF)))
    assert read(listed, "exclusion") == some((said(STROKE, "exclusion"), said(LVEF, "exclusion")))


def test_words_around_the_list_go_with_every_item() -> None:
    head = "History of any of the following within 6 months:"
    wanted = some(
        said(f"History of {each} within 6 months", "exclusion") for each in (STROKE, DIABETES)
    )
    assert read(below(head, STROKE, DIABETES), "exclusion") == wanted
    leading = "Within 6 months before inclusion, any of the following:"
    wanted = some(
        said(f"{each} Within 6 months before inclusion", "exclusion") for each in (STROKE, DIABETES)
    )
    assert read(below(leading, STROKE, DIABETES), "exclusion") == wanted


def test_a_negation_reaches_every_item() -> None:
    head = "No history of any of the following:"
    wanted = every(said(f"No history of {each}") for each in (STROKE, DIABETES))
    assert read(below(head, STROKE, DIABETES)) == wanted


def test_what_stands_beside_the_list_is_asked_for_too() -> None:
    head = "Heart failure with at least one of the following:"
    wanted = every((said("Heart failure"), some((said(STROKE), said(LVEF)))))
    assert read(below(head, STROKE, LVEF)) == wanted


def test_exceptions_stand_below_what_they_limit() -> None:
    found = read(below("Diabetes, except for:", STROKE, LVEF), "exclusion")
    but = some((said(STROKE, "exclusion"), said(LVEF, "exclusion")))
    base = said("Diabetes", "exclusion")
    assert isinstance(found, nodes.Any)
    assert found.of[0] == nodes.Except(base, (but,))


def test_who_has_an_exception_may_have_more_than_that() -> None:
    """Cancer of the lung and of the skin: the exception alone does not clear the patient."""
    found = read(below("Diabetes, except for:", STROKE, LVEF), "exclusion")
    assert isinstance(found, nodes.Any)
    assert isinstance(found.of[1], nodes.All)
    assert said("Diabetes", "exclusion") in found.of[1].of
    assert "more than the exception" in residue(found)


def test_a_list_for_some_people_is_a_condition() -> None:
    found = read(below("For patients with diabetes:", STROKE, LVEF))
    then = every((said(STROKE), said(LVEF)))
    assert found == nodes.IfThen(said("patients with diabetes"), then)


@pytest.mark.parametrize("head", ["Part 1", "Groups 1 and 2", "Phase II (Cohorts A to C)"])
def test_a_list_for_a_part_of_the_trial_binds_only_there(head: str) -> None:
    found = read(below(head, STROKE, LVEF))
    assert found == nodes.IfThen(nodes.Residue(head), every((said(STROKE), said(LVEF))))


def test_a_list_that_does_not_say_all_or_any_is_certain_only_where_both_agree() -> None:
    found = read(below("Patients with:", STROKE, LVEF))
    assert isinstance(found, nodes.Any)
    assert "whether all or any" in residue(found)
    both, mixed = every((said(STROKE), said(LVEF))), some((said(STROKE), said(LVEF)))
    assert found.of[0] == both
    assert isinstance(found.of[1], nodes.All)
    assert mixed in found.of[1].of


def test_first_words_that_are_not_read_leave_the_list_to_a_person() -> None:
    found = read(below("Recovered from the acute effects of", STROKE, "a thing (mild)"))
    unread = read(below("Only one of the following:", STROKE, LVEF))
    assert isinstance(unread, nodes.Residue)
    assert "stroke" in unread.words.lower()
    assert "stroke" in (residue(found) or str(found)).lower()


def test_lists_in_lists() -> None:
    text = (
        "* All of the following:\n  * diabetes\n  * one of the following:\n"
        "    * stroke\n    * LVEF < 40 %"
    )
    assert read(text) == every((said(DIABETES), some((said(STROKE), said(LVEF)))))


@pytest.mark.parametrize("lines", [
    "* stroke\n\nOR\n\n* LVEF < 40 %", "* stroke or\n* LVEF < 40 %", "* stroke; OR\n* LVEF < 40 %",
    "* stroke\n* or LVEF < 40 %",
])  # fmt: skip
def test_items_that_or_joins_are_one_criterion(lines: str) -> None:
    assert read(lines) == some((said(STROKE), said(LVEF)))


def test_an_or_inside_a_list_joins_only_what_it_stands_between() -> None:
    text = below("Adequate organ function:", DIABETES, "stroke OR", LVEF)
    assert read(text) == every((said(DIABETES), some((said(STROKE), said(LVEF)))))


def test_or_at_the_end_of_an_exclusion_joins_nothing() -> None:
    found = read_criteria("Exclusion Criteria:\n1. stroke; or\n2. diabetes").items
    assert [item.id for item in found] == ["E1", "E2"]


def test_items_under_one_item_are_one_criterion_and_numbers_stay() -> None:
    text = "Exclusion Criteria:\n2. Stroke\n4. Any of the following:\n   * a\n   * b\n5. c"
    found = read_criteria(text).items
    assert [item.id for item in found] == ["E2", "E4", "E5"]
    assert found[1].text == "Any of the following: a b"


# --- rescues and notes -------------------------------------------------------------------------


@pytest.mark.parametrize("rescue", [
    "* stroke\n  * Patients with an old scar may be included.",
    "* stroke\n\nPatients with an old scar may be included.",
    "* stroke. Patients with an old scar may be included.",
    "* stroke\n  Prior aspirin is allowed.",
])  # fmt: skip
def test_a_rescue_limits_the_exclusion_above_it(rescue: str) -> None:
    found = read(rescue, "exclusion")
    assert isinstance(found, nodes.Except)
    assert found.base == said("stroke", "exclusion")
    assert all(isinstance(each, nodes.Residue) for each in found.but)


def test_a_rescue_widens_an_inclusion() -> None:
    found = read("* LVEF < 40 %\n\nPatients with an old scan may be included.")
    assert isinstance(found, nodes.Any)
    assert found.of[0] == said(LVEF)


def test_a_requirement_is_no_rescue() -> None:
    text = "Inclusion Criteria:\n* diabetes\n* LVEF < 40 % (inotropes are permitted)\n"
    assert len(read_criteria(text).items) == 2


def test_a_note_that_binds_leaves_its_criterion_to_a_person() -> None:
    assert isinstance(read("* stroke\n  * Note: only within 6 months."), nodes.Residue)
    assert read("* stroke\n  * Note: described elsewhere.") == said(STROKE)


def test_escapes_and_entities_are_signs() -> None:
    assert read(r"* LVEF \< 40 %") == said(LVEF)
    assert read("* LVEF &lt; 40 %") == said(LVEF)


def test_a_table_is_left_to_a_person() -> None:
    assert isinstance(read("* | stroke | LVEF |"), nodes.Residue)


@pytest.mark.parametrize("head", [
    "Regimens 1 and 2", "Only one of the following:", "Visit 2", "Patients agree, for example:",
])  # fmt: skip
def test_what_only_looks_like_a_quantity_is_none(head: str) -> None:
    assert isinstance(read(below(head, STROKE, LVEF)), nodes.Residue)


def test_a_label_with_a_note_asks_for_nothing_that_was_read() -> None:
    text = "Inclusion Criteria:\n\n* Radiotherapy\n  * See Disease Characteristics"
    assert read_criteria(text).items == ()
    assert isinstance(read("* Radiotherapy\n  * Note: as in the protocol"), nodes.Residue)


def test_a_long_sentence_of_admission_is_a_heading() -> None:
    text = (
        "Inclusion Criteria:\n* In order to be eligible to participate in this study, an individual"
        " must meet all of the following criteria:\n  * stroke\n  * diabetes"
    )
    assert outline(text) == ["stroke", "diabetes"]


def test_a_sentence_among_exclusions_that_lets_people_in_excludes_nobody() -> None:
    alone = "* Patients with treated stroke are eligible for inclusion"
    assert isinstance(read(alone, "exclusion"), nodes.Residue)
    behind = "* Stroke. Patients with treated stroke will be eligible if they have recovered."
    assert read(behind, "exclusion") == nodes.Except(
        read("* Stroke", "exclusion"),
        (nodes.Residue("whether this lets in: " + behind.removeprefix("* Stroke. ").strip(".")),),
    )


# --- any text ------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["Inclusion Criteria:", "* Any of the following:", "  * stroke or", "  * LVEF < 40 %", "OR",
     "1. History of the following within 6 months:", "   a) stroke", "Patients must have:",
     "* No history of:", "Note: only adults", "Diabetes may be allowed.", "For women:", "Part 1",
     "At least two of: 1) stroke; 2) diabetes", "* Diabetes, except for:", "Age:", "| a | b |",
     "Exclusion Criteria", "* Groups 1 and 2", "either", "unless the following:"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS | st.text(max_size=20), max_size=12).map("\n".join))
def test_any_text_is_read(text: str) -> None:
    reading = read_criteria(text)
    spans = [i.span for i in reading.items] + [piece.span for piece in reading.leftover]
    assert sum(end - start for start, end in spans) == len(text)


@pytest.mark.parametrize("text", [
    "Exclusion Criteria:\n* " + "Patients may be allowed. " * 40_000,
    "Exclusion Criteria:\n* " + "x with " * 140_000 + "\n  * a\n  * b",
    "Exclusion Criteria:\n* " + "except " * 140_000 + ":\n  * a\n  * b",
    "Inclusion Criteria:\n* any of the inclusion " * 20_000,
    "Inclusion Criteria:\n" + "".join(f"{' ' * 2 * n}* any of:\n" for n in range(900)),
])  # fmt: skip
def test_a_megabyte_is_read_or_left_to_a_person(text: str) -> None:
    assert read_criteria(text).items
