import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.protocol.criteria.layout import layout

LINES = st.sampled_from(
    ["Inclusion Criteria:", "Exclusion criteria", "* item", "2. item two", "   * deeper", "", "  ",
     "words that run on", "Key Non-inclusion Criteria:", "Sub header:", "1) x", "(a) y", "\tx"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES | st.text(max_size=30), max_size=25).map("\n".join) | st.text(max_size=200))
def test_every_character_belongs_to_one_item_or_leftover(text: str) -> None:
    found = layout(text)
    spans = sorted([i.span for i in found.items] + [piece.span for piece in found.leftover])
    assert [start for start, _ in spans] == [0, *(end for _, end in spans)][: len(spans)]
    assert (spans[-1][1] if spans else 0) == len(text)
    assert all(start < end for start, end in spans)
    for piece in found.leftover:
        assert piece.text == text[slice(*piece.span)]


def test_lists_that_start_at_two_keep_their_numbers() -> None:
    found = layout("Inclusion Criteria\n2. Consent\n3. Age\nExclusion Criteria\n2. Stroke\n")
    assert [(i.section, i.number, i.text) for i in found.items] == [
        ("inclusion", 2, "Consent"),
        ("inclusion", 3, "Age"),
        ("exclusion", 2, "Stroke"),
    ]
    assert [piece.kind for piece in found.leftover] == ["header", "header"]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Inclusion Criteria:", "inclusion"),
        ("INCLUSION CRITERIA", "inclusion"),
        ("Key Inclusion Criteria:", "inclusion"),
        ("* Exclusion Criteria:", "exclusion"),
        ("Non-inclusion Criteria:", "exclusion"),
        ("Main Non-Inclusion Criteria:", "exclusion"),
        ("Exclusion:", "exclusion"),
        ("Exclusion criteria were as follows:", "exclusion"),
    ],
)
def test_headings_in_their_variants(heading: str, section: str) -> None:
    (item,) = layout(f"{heading}\n\n* something\n").items
    assert item.section == section


def test_deeper_marks_are_children_and_lines_run_on() -> None:
    text = (
        "Exclusion Criteria:\n* Any of the following:\n   * stroke\n   * a TIA\n     last year\n* x"
    )
    first, second = layout(text).items
    assert first.children == ("stroke", "a TIA last year")
    assert second.text == "x"


def test_text_before_any_heading_is_a_note() -> None:
    found = layout("All must hold.\nInclusion Criteria:\n- a")
    assert [piece.kind for piece in found.leftover] == ["note", "header"]


def test_a_megabyte_of_lines_takes_linear_time() -> None:
    found = layout("Inclusion Criteria:\n* a\n" + "  more words\n" * 80_000)
    assert len(found.items) == 1
    assert len(layout("Inclusion Criteria:\n" + "* a\n" * 60_000).items) == 60_000
