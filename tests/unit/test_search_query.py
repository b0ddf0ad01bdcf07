"""The search language: what each rule of the grammar reads, and what it refuses, where."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.registry.query import (
    MAX_DEPTH,
    MAX_LENGTH,
    AllOf,
    AnyOf,
    Everything,
    Expression,
    Not,
    Phrase,
    Words,
    parse,
)


def words(*them: str) -> Words:
    return Words(them)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("", Everything()),
        ("  \n ", Everything()),
        ("ALL", Everything()),
        ("heart", words("heart")),
        ("heart failure", words("heart", "failure")),
        ('"heart failure"', Phrase("heart failure")),
        ('" heart\tfailure "', Phrase("heart failure")),
        ("youth OR teen", AnyOf((words("youth"), words("teen")))),
        ("heart AND attack", AllOf((words("heart"), words("attack")))),
        # The registry's own example of NOT stands without AND.
        ("bethesda NOT maryland", AllOf((words("bethesda"), Not(words("maryland"))))),
        ("NOT a", Not(words("a"))),
        ("NOT NOT a", words("a")),
        ('"back pain" chronic', AllOf((Phrase("back pain"), words("chronic")))),
        ("a OR b AND c", AnyOf((words("a"), AllOf((words("b"), words("c")))))),
        ("(a OR b) AND c", AllOf((AnyOf((words("a"), words("b"))), words("c")))),
        ("a AND NOT (b OR c)", AllOf((words("a"), Not(AnyOf((words("b"), words("c"))))))),
        (r"\AND or \MISSING", words("AND", "or", "MISSING")),
        (r"\"sleep", words('"sleep')),
        (r'"a \"b\" c"', Phrase('a "b" c')),
        ("2022-001844-75", words("2022-001844-75")),
        ("AREA SEARCH", words("AREA", "SEARCH")),
    ],
)
def test_grammar(text: str, expression: Expression) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        ("a AND", "character 6", "a word, a phrase"),
        ("a OR OR b", "character 6", "a word, a phrase"),
        ("(a OR b", "character 8", "closing parenthesis for the one at 1"),
        ("a) b", "character 2", "AND, OR or the end"),
        ("()", "character 2", "a word, a phrase"),
        ('a "b', "character 3", 'a closing "'),
        ('""', "character 1", "a letter or a digit"),
        ("heart -", "character 7", "a letter or a digit"),
        ("NOT", "character 4", "a word, a phrase"),
    ],
)
def test_says_where_and_what_was_wanted(text: str, where: str, wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert where in caught.value.where
    assert wanted in caught.value.wanted


@pytest.mark.parametrize(
    "text",
    [
        "AREA[Phase]PHASE1",
        "heart AND RANGE[1, MAX]",
        "AREA[ResultsFirstPostDate]MISSING",
        "EXPANSION[None]SLE",
        "(COVERAGE[FullMatch]pain)",
        "SEARCH[Location](x)",
        "TILT[StudyFirstPostDate]x",
        "heart MISSING",
    ],
)
def test_operators_that_are_not_covered_are_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match="is not covered yet"):
        parse(text)


def test_limits() -> None:
    deep = "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1)
    with pytest.raises(InputError, match="too many parentheses"):
        parse(deep)
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == words("a")
    with pytest.raises(InputError, match="100000 characters"):
        parse("a" * 100_000)
    assert parse("NOT " * (MAX_LENGTH // 4 - 1) + "a") in (words("a"), Not(words("a")))


PIECES = ["AND", "OR", "NOT", "ALL", "(", ")", '"', "\\", "a", "heart", " ", "AREA[X]", "[", "é"]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES)).map(" ".join)))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        parse(text)
    except InputError as error:
        assert "\n" not in str(error).replace(repr(text), "")
