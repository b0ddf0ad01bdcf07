import sys
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.protocol.criteria.layout import DEEPEST, Item, Layout, accounted, layout, walk

LINES = st.sampled_from(
    ["Inclusion Criteria:", "Exclusion criteria", "* item", "2. item two", "   * deeper", "", "  ",
     "words that run on", "Key Non-inclusion Criteria:", "Sub header:", "1) x", "(a) y", "\tx",
     "OR", "* a or", "and b", "1. A. 2. B. 3. C", "any of: 1) a; 2) b", "NOTE: see below", "i. one",
     "Patients who meet any of the following will be excluded:", "      - very deep", "iv) four",
     "Smokers may be eligible after a year.", "None", "| a | b |", "Consent. Exclusion Criteria: c",
     "5 Asthma", "At least two of the following:", "Cohort A:", "\\* escaped", "&lt;5"]
)  # fmt: skip
TEXTS = st.lists(LINES | st.text(max_size=30), max_size=25).map("\n".join) | st.text(max_size=200)


def depth(item: Item) -> int:
    return 1 + max((depth(child) for child in item.children), default=0)


def compact(text: str) -> str:
    return "".join(text.split())


def work(call: Callable[[], Layout]) -> int:
    """Count the function calls, built-in ones too, that a call makes."""
    count = 0

    def tick(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tick)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_every_character_belongs_to_one_item_or_leftover(text: str) -> None:
    found = layout(text)
    assert accounted(found, text) == len(text)
    spans = sorted([i.span for i in found.items] + [piece.span for piece in found.leftover])
    assert [start for start, _ in spans] == [0, *(end for _, end in spans)][: len(spans)]
    assert (spans[-1][1] if spans else 0) == len(text)
    for piece in found.leftover:
        assert piece.text == text[slice(*piece.span)]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_no_word_of_an_item_is_lost(text: str) -> None:
    """What stands in an item's head is its mark and its words, and nothing else."""
    for item in layout(text).items:
        for part in walk(item):
            head, words = compact(text[slice(*part.head)]), compact(part.text)
            assert head.endswith(words)
            assert len(head) - len(words) <= 12


def test_what_is_counted_twice_or_not_at_all_is_not_accounted_for() -> None:
    text = "Inclusion Criteria:\n* a\n  * b\n"
    found = layout(text)
    (item,) = found.items
    twice = Layout((item, item), found.leftover)
    assert accounted(twice, text) == len("Inclusion Criteria:\n")
    assert accounted(Layout((), found.leftover), text) == len("Inclusion Criteria:\n")


def test_lists_that_start_at_two_keep_their_numbers() -> None:
    found = layout("Inclusion Criteria\n2. Consent\n3. Age\nExclusion Criteria\n2. Stroke\n")
    assert [(i.section, i.number, i.text) for i in found.items] == [
        ("inclusion", 2, "Consent"),
        ("inclusion", 3, "Age"),
        ("exclusion", 2, "Stroke"),
    ]
    assert [piece.kind for piece in found.leftover] == ["header", "header"]


def test_text_before_any_heading_is_a_note() -> None:
    found = layout("All must hold.\nInclusion Criteria:\n- a")
    assert [piece.kind for piece in found.leftover] == ["note", "header"]


@pytest.mark.parametrize("unit", [
    "* a\n", "  more words\n", "1. a or\n", "a; \n", "Any of the following:\n* a\n", "1. ", "\n",
    "Inclusion Criteria: ", "(", "* ", "i) x\n", "| a | b |\n", "a" * 50, ": 1) a 2) b ", " ",
    "Patients may be eligible. ", "NOTE: x\n", "or\n", "\\* ", "1. a. 2. b. ", "Exclusion ",
])  # fmt: skip
def test_work_grows_with_the_length_of_the_text(unit: str) -> None:
    texts = ["Inclusion Criteria:\n* a\n" + unit * n for n in (2_000, 4_000)]
    once, twice = (work(partial(layout, text)) for text in texts)
    assert twice <= 2.3 * once + 200


@pytest.mark.parametrize("text", [
    "Inclusion Criteria:\n* a\n" + "  more words\n" * 80_000,
    "Inclusion Criteria:\n" + "* a\n" * 250_000,
    "* " * 500_000,
    "(" * 1_000_000,
    " " * 1_000_000,
    "\n" * 1_000_000,
    " ".join(f"{n}. Word" for n in range(1, 100_001)),
    "any of: " + " ".join(f"{n}) word;" for n in range(1, 100_001)),
    "\x00\xff\x01" * 300_000,
    "a" * 1_000_000,
    "Patients " * 100_000 + ":",
])  # fmt: skip
def test_a_megabyte_of_anything_is_laid_out(text: str) -> None:
    assert accounted(layout(text), text) == len(text)


def test_lists_deeper_than_any_page_stay_on_the_deepest_level() -> None:
    text = "Inclusion Criteria:\n" + "".join(f"{' ' * 2 * n}* level {n}\n" for n in range(1_000))
    found = layout(text)
    assert max(depth(item) for item in found.items) <= DEEPEST + 1
    assert accounted(found, text) == len(text)
