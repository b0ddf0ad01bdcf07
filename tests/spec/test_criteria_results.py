"""Whose result a test's result is, and words that are no fact by themselves."""

import pytest

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.criteria.wording import wording


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("HIV positive", "HIV infection, or a person decides: 'HIV positive'"),
        (
            "Human Immunodeficiency Virus (HIV) positive",
            "HIV infection, or a person decides: 'Human Immunodeficiency Virus (HIV) positive'",
        ),
        (
            "pregnant, lactating or have a positive pregnancy test",
            "pregnancy or breastfeeding [codes incomplete] or the site confirms: "
            "'have a positive pregnancy test'",
        ),
        (
            "HIV, hepatitis B or hepatitis C positive",
            "HIV infection or (hepatitis B, and a person decides: 'positive') or "
            "(hepatitis C, and a person decides: 'positive'), or a person decides: "
            "'HIV, hepatitis B or hepatitis C positive'",
        ),
    ],
)
def test_a_result_is_of_the_names_before_or_behind_it(text: str, reading: str) -> None:
    assert wording(compose(text, "exclusion")) == reading


def test_a_positive_test_that_is_denied_is_denied_for_a_person_too() -> None:
    read = wording(compose("Not HIV positive", "inclusion"))
    assert read == "not (HIV infection, or a person decides: 'HIV positive')"


@pytest.mark.parametrize(
    "text",
    [
        "clinical opinion",
        "High risk individuals",
        "Clinical symptoms",
        "taking drugs to prevent blood clots",
        "Subjects who are allergic or have a hypersensitive reaction to bovine proteins",
        "Using one or more apps",
        "Have an allergy or are allergic to any of the ingredients",
    ],
)
def test_what_is_no_fact_by_itself_is_left_to_a_person(text: str) -> None:
    assert not [part for part in walk(compose(text, "exclusion")) if isinstance(part, nodes.Has)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Heavy smokers", "Heavy"),
        ("Clinical breast examination positive women", "positive"),
        ("history of concurrent or previously treated malignancies", "concurrent or previously"),
    ],
)
def test_a_word_that_narrows_is_asked(text: str, kept: str) -> None:
    left = [part for part in walk(compose(text, "exclusion")) if isinstance(part, nodes.Residue)]
    assert any(kept in part.words for part in left)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (
            "Syphilis, leprosy, tuberculosis and other specific infections",
            "syphilis or leprosy or tuberculosis or condition 'other specific infections' "
            "[no code known]",
        ),
        (
            "peripheral neuropathy grade 2 or higher",
            "peripheral neuropathy [codes incomplete], and a person decides: 'grade 2 or higher'",
        ),
        ("Pregnant or nursing", "pregnancy or breastfeeding [codes incomplete]"),
    ],
)
def test_each_member_is_a_fact_of_its_own(text: str, reading: str) -> None:
    assert wording(compose(text, "exclusion")) == reading
