import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.protocol.criteria.matcher import Matcher, Mention
from trialwright.protocol.criteria.spelling import normal

HEART = Matcher(
    (
        ("heart failure", "heart_failure"),
        ("failure of the kidney", "kidney"),
        ("Crohn's disease", "crohn"),
        ("multiple sclerosis", "ms"),
        ("MS", "ms"),
        ("esophageal varices", "varices"),
        ("metastasis", "metastasis"),
        ("beta-blocker", "beta_blockers"),
        ("diabetes", "diabetes"),
        ("type 2 diabetes", "type_2"),
        ("CRT-D", "crt"),
        ("5'-nucleotidase", "nucleotidase"),
    )
)


def found(text: str, matcher: Matcher[str] = HEART) -> list[tuple[str, str]]:
    return [(text[each.start : each.end], each.value) for each in matcher.find(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Heart failures", "heart_failure"),
        ("heart-failure", "heart_failure"),
        ("HEART  FAILURE", "heart_failure"),
        ("heart\n   failure", "heart_failure"),
        ("oesophageal varices", "varices"),
        ("Esophageal varix", None),
        ("metastases", "metastasis"),
        ("Crohn disease", "crohn"),
        ("Crohn’s disease", "crohn"),
        ("Crohns diseases", "crohn"),
        ("β-blockers", "beta_blockers"),
        ("betablocker", None),
        ("MS", "ms"),
        ("ms", None),
        ("Ms", None),
        ("sweetheart failure", None),
        ("heart, failure", None),
        ("crt-d", "crt"),
        ("5'-Nucleotidase", "nucleotidase"),
        ("5’-nucleotidase", "nucleotidase"),
    ],
)
def test_one_name_has_many_spellings(text: str, value: str | None) -> None:
    assert found(f"({text})") == ([(text, value)] if value else [])
    assert HEART.whole(text) == value


def test_the_longest_name_from_the_left_is_kept() -> None:
    assert found("type 2 diabetes, heart failure of the kidney") == [
        ("type 2 diabetes", "type_2"),
        ("heart failure", "heart_failure"),
    ]
    assert [each.value for each in HEART.every("type 2 diabetes")] == ["type_2", "diabetes"]


def test_a_name_does_not_begin_behind_a_hyphen() -> None:
    assert found("non-diabetes, pre-diabetes") == []
    assert found("-diabetes - diabetes; diabetes-free") == [("diabetes", "diabetes")] * 3


def test_names_side_by_side_are_both_found() -> None:
    assert found("MS MS/diabetes heart failure") == [
        ("MS", "ms"), ("MS", "ms"), ("diabetes", "diabetes"), ("heart failure", "heart_failure"),
    ]  # fmt: skip


def test_the_first_name_keeps_a_spelling() -> None:
    assert Matcher((("tumour", 1), ("tumors", 2))).whole("TUMOR") == 1


def test_a_capital_form_and_a_word_stand_beside_each_other() -> None:
    both = Matcher((("AIDS", "hiv"), ("aid", "help")))
    assert found("AIDS and aids", both) == [("AIDS", "hiv"), ("aids", "help")]


def test_no_name_finds_nothing() -> None:
    assert Matcher[str](()).find("heart failure") == []
    assert Matcher((("", 1), ("  ", 2), ("- -", 3))).find("- - ") == []


WORDS = st.sampled_from(
    ["heart", "Heart", "failures", "failure", "HF", "hf", "HFs", "anaemias", "anemia", "ß", "é",
     "é", "type", "2", "'", "’s", ",", "-", " ", "  ", "\n", "İ", "²", "_", "\x02", "ﬁ", "sis"]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=14).map("".join) | st.text(max_size=30)


@given(TEXTS, st.lists(TEXTS, max_size=8))
def test_finds_what_a_plain_search_finds(text: str, names: list[str]) -> None:
    pairs = list(enumerate(names))
    matcher = Matcher((name, number) for number, name in pairs)
    assert matcher.find(text) == plain_search(text, names)


def plain_search(text: str, names: list[str]) -> list[Mention[int]]:
    """Try every span of whole words, from the left, the longest first."""
    words = [m.span() for m in re.finditer(r"[^\W_]+(?:['’`´]s(?![^\W_]))?|[^\w\s\-‐‑‒–—]|_", text)]
    kept: list[Mention[int]] = []
    first = 0
    while first < len(words):
        for last in range(len(words) - 1, first - 1, -1):
            start, end = words[first][0], words[last][1]
            value = plain_value(text[start:end], names)
            hyphen = start > 1 and text[start - 1] in "-‐‑" and text[start - 2].isalnum()
            if value is not None and not hyphen:
                kept.append(Mention(start, end, value))
                first = last
                break
        first += 1
    return kept


def plain_value(words: str, names: list[str]) -> int | None:
    same = [(number, name) for number, name in enumerate(names) if normal(name) == normal(words)]
    same = [(number, name) for number, name in same if normal(name)]
    capitals = [(n, name) for n, name in same if len(name) <= 4 and name.isupper()]
    for written in (words, words.removesuffix("s")):
        for number, name in capitals:
            if written == name:
                return number
    return next((number for number, name in same if (number, name) not in capitals), None)


def test_time_is_linear_in_the_text() -> None:
    def seconds(length: int) -> float:
        text = "heart failure of the heart, " * length
        start = time.process_time()
        assert len(HEART.find(text)) == length
        return time.process_time() - start

    seconds(100)
    assert seconds(40_000) < 40 * max(seconds(2_000), 0.001)
