"""The registry's text as paragraphs and lists."""

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.interfaces.web.blocks import Bullets, Item, Paragraph
from trialwright.interfaces.web.text import rich, unshield


def words(blocks) -> str:
    """Return every word of blocks, in order."""
    found = []

    def of(item: Item) -> None:
        found.append(item.text)
        for below in item.below:
            of(below)

    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        else:
            for item in block.items:
                of(item)
    return " ".join(found)


def test_blank_lines_part_paragraphs_and_single_breaks_do_not():
    assert rich("one\ntwo\n\nthree") == (Paragraph("one two"), Paragraph("three"))


def test_a_list_keeps_the_numbers_that_it_was_written_with():
    assert rich("2. Consent\n4. Adults") == (
        Bullets((Item("Consent", 2), Item("Adults", 4)), numbered=True),
    )


def test_deeper_points_stand_below_the_point_before_them():
    text = "1. Outer\n   * inner\n   * inner two\n2. Next"
    inner = (Item("inner"), Item("inner two"))
    assert rich(text) == (Bullets((Item("Outer", 1, inner), Item("Next", 2)), numbered=True),)


def test_an_indented_line_continues_its_point():
    assert rich("* BNP\n  above 150") == (Bullets((Item("BNP above 150"),)),)


def test_a_minus_before_a_number_is_a_value_only_where_no_space_follows():
    assert rich("-80 degrees") == (Paragraph("-80 degrees"),)


def test_backslashes_before_marks_are_undone_and_others_stay():
    assert unshield(r"a\*b \> c \[d\] C:\temp") == r"a*b > c [d] C:\temp"


def test_absent_text_is_no_block():
    assert rich(None) == rich("  \n ") == ()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab 12.)*-•\n\t"), max_size=80))
def test_no_letter_is_lost(text):
    kept = words(rich(text))
    assert sorted(c for c in text if c in "ab") == sorted(c for c in kept if c in "ab")
