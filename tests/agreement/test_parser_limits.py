"""Readers that were made linear mean what their slow, plain forms mean, and end in time."""

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import read_tree
from trialwright.record import service
from trialwright.record.formats.legacy_text import reflow
from trialwright.record.formats.page_split import split
from trialwright.record.formats.sections import SECTIONS
from trialwright.registry.json_lists import BrokenList, items

PAGE = (Path(__file__).parents[2] / "examples/secret_hf/record.page.txt").read_text("utf-8")
SENTENCE = re.compile(r".*\S\s+\S.*[.!?]")  # what follows a heading; slow where it does not match
FIRST = SECTIONS[0].heading


def seconds(of: Callable[[], object]) -> float:
    """Return the processor's time of a call that may end in an InputError."""
    start = time.process_time()
    with suppress(InputError):
        of()
    return time.process_time() - start


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab .!?\t", max_size=12))
def test_a_heading_counts_where_the_pattern_of_a_sentence_matches_the_next_line(line: str) -> None:
    known = SENTENCE.fullmatch(line.strip()) is not None
    # Without its first heading a page has no section, and says so.
    with pytest.raises(InputError) as caught:
        split(f"title\n{FIRST}\n{line}", "page")
    assert (f"'{FIRST}'" not in str(caught.value)) is known


@pytest.mark.parametrize(
    "grown",
    [
        PAGE.replace("Brief Summary\n", "Brief Summary\n" + "a " * 24_000 + "\n", 1),
        PAGE.replace("Brief Summary\n", "Brief Summary\n" + "a  " * 16_000 + "\n", 1),
        PAGE.replace("Brief Summary\n", "Brief Summary\n" + "x y.\n" * 60_000, 1),
        PAGE + "\nLocations\n" * 40_000,
    ],
    ids=["a line of words", "a line of gaps", "many lines", "many headings"],
)
def test_a_page_is_read_in_time(grown: str) -> None:
    assert len(grown) > 4 * len(PAGE)
    assert seconds(lambda: service.read(grown.encode(), "page")) < 1.5


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="ab-*12. ", min_size=1, max_size=9), max_size=12))
def test_wrapped_lines_are_joined_with_single_spaces(lines: list[str]) -> None:
    words = " ".join(lines).split()
    written = reflow("\n".join(lines)).split()
    marks = {"-", "*"}  # a list's mark is written in one way
    assert [w for w in written if w not in marks] == [w for w in words if w not in marks]


def test_a_long_wrapped_paragraph_is_joined_in_time() -> None:
    assert seconds(lambda: reflow("word\n" * 160_000)) < 1.5
    assert reflow("word\n" * 3) == "word word word"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\{}[],\n é', max_size=6),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]), st.booleans())
def test_a_list_falls_into_the_items_that_a_decoder_finds(
    value: list[object], indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert [json.loads(item) for item in items(data)] == value


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=30) | st.text(alphabet='[]{}",\\ 1a', max_size=30).map(str.encode))
def test_any_bytes_are_a_list_or_a_broken_one(data: bytes) -> None:
    try:
        found = list(items(b"[" + data))
    except BrokenList:
        return
    assert all(item and item in data for item in found)


def test_a_broken_list_gives_what_came_before_and_ends_in_time() -> None:
    def read() -> None:
        with pytest.raises(BrokenList):
            list(items(b'[{"a": 1}, "' + b"x" * 2_000_000))

    assert seconds(read) < 1
    first = items(b'[{"a": 1}, {"b": ')
    assert next(first) == b'{"a": 1}'
    with pytest.raises(BrokenList):
        next(first)


FACT = b"facts:\n- field: x\n  source: s\n  seen_on: d\n  value: "


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (FACT + b"&a [1]\n- *a\n", "line 5: an anchor or alias"),
        (FACT + b"[" * 2000 + b"]" * 2000, "nested too deeply"),
        (b"- " * 20_000, "nested too deeply"),
        (b"? " * 20_000, "plain keys"),
        (b"? [a, [b]]\n: 1\n", "plain keys"),
        (FACT + b"9" * 5000, "a finite number"),
        (FACT + b"!!python/object/apply:os.system [x]", "without tags"),
        (b"facts:\n- {field: x, field: y}\n", "'field' a second time"),
        (b"k" * 500 + b": 1\n", "a key of 500 characters"),
        (b"x" * 600_000, "600000 bytes"),
        (
            b"facts:\n- criterion: {section: inclusion, number: 0x" + b"f" * 5000
            + b"}\n  source: s\n  seen_on: d\n  value: x\n",
            "a whole number from 1 to 999",
        ),
    ],
)  # fmt: skip
def test_hostile_facts_are_refused_in_one_short_line_and_in_time(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        service.read_facts(data, "facts.yaml")
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)
    assert seconds(lambda: service.read_facts(data, "facts.yaml")) < 1


def test_a_value_of_any_length_is_shown_short() -> None:
    record = service.read(PAGE.encode(), "page")
    place = b"protocolSection.designModule.enrollmentInfo.count"
    for field, value in ((place, b"0x" + b"f" * 50_000), (b"a" * 50_000, b"1")):
        fact = b"facts:\n- field: %b\n  source: s\n  seen_on: d\n  value: %b\n" % (field, value)
        with pytest.raises(InputError) as caught:
            service.complete(record, service.read_facts(fact, "facts.yaml"))
        assert len(str(caught.value)) < 600


def test_lines_are_those_of_the_keys_whatever_the_keys_are_called() -> None:
    data = b"a:\n  b.c: 1\n  d:\n    - x\n    - {e: 2,\n       f: 3}\n  g: |\n    text\n"
    tree = read_tree(data, "x")
    lines = {
        "$": 1, "$.a": 1, "$.a.b.c": 2, "$.a.d": 3, "$.a.d[0]": 4, "$.a.d[1]": 5, "$.a.d[1].e": 5,
        "$.a.d[1].f": 6, "$.a.g": 7, "$.a.d[7]": 3, "$.a.nothing": 1, "$.other": 1, "$.a.g.h": 7,
        "$[0]": 1, "$.a.d[1][...]": 5,
    }  # fmt: skip
    assert {path: tree.line(path) for path in lines} == lines


def test_what_a_tree_holds_grows_with_the_text_alone() -> None:
    data = b"k" * 200 + b":\n" + b"".join(b"  a%d: 1\n" % n for n in range(3000))
    tree = read_tree(data, "x")
    assert tree.line(f"$.{'k' * 200}.a2999") == 3001
    assert len(repr(tree.lines)) < 2 * len(data)  # no path is kept written out
