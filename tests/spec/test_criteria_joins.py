"""How far the words of one member of a list reach, and what is left in one piece.

Where a join may be read wrongly, one question with all words of its clause is better than a guess;
a doubt is a question whose truthful yes makes its member count.
"""

import pytest

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.grammar.groups import split
from trialwright.protocol.criteria.grammar.lists import read_list
from trialwright.protocol.criteria.grammar.scan import scan
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.trees import residue
from trialwright.protocol.criteria.wording import wording

LEFT_WHOLE: list[tuple[Section, str]] = [
    ("inclusion", "Solid tumor refractory to chemotherapy or for which no standard therapy exists"),
    ("inclusion", "LVEF >= 50% or normal by MUGA scan"),
    ("inclusion", "Refractory or intolerant to acyclovir"),
    ("inclusion", "Normal kidneys and ureters on imaging study within the past 9 months"),
    ("inclusion", "Prior radiotherapy allowed if completed"),
    ("exclusion", "Known or suspected abuse of alcohol or narcotics"),
    ("exclusion", "Midodrine and beta blockers will be withdrawn 48 hours before"),
    ("exclusion", "breastfeeding should be discontinued"),
    ("exclusion", "Requires fusion at 2 adjacent or non-adjacent levels"),
    ("exclusion", "In the opinion of the investigator, stroke or asthma that is not stable"),
    (
        "inclusion",
        "No other severe medical problems unrelated to malignancy that would preclude compliance",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("section", "text"), LEFT_WHOLE)
def test_a_join_that_may_be_read_wrongly_is_one_question(section: Section, text: str) -> None:
    node = compose(text, section)
    assert isinstance(node, nodes.Residue | nodes.Judgement | nodes.Attest)
    assert node.words == text


REACH = {
    "uncontrolled infection, arrhythmia or hypertension":
        "(infection [codes incomplete] or cardiac arrhythmia [codes incomplete] or hypertension), "
        "and a person decides: 'uncontrolled'",
    "stroke or HIV infection (with a detectable viral load)":
        "stroke or (HIV infection, and a person decides: 'with a detectable viral load')",
    "stroke or asthma requiring hospitalization":
        "(asthma, and a person decides: 'requiring hospitalization') or (stroke, and a person "
        "decides: 'if meant here too: requiring hospitalization')",
    "pelvic surgery or trauma":
        "pelvic surgery [codes incomplete] or (trauma [codes incomplete], and a person decides: "
        "'if meant here too: pelvic')",
    "stroke or asthma within the last 6 months":
        "(stroke or asthma) within 6 months before enrolment; short of that, a person decides "
        "whether this is of the last only: within the last 6 months",
    "bacteremia related to a peripheral or central catheter":
        "bacteremia, and a person decides: 'related to a peripheral or central catheter'",
    "active or local systemic infection":
        "systemic infection [codes incomplete], and a person decides: 'active or local'",
    "stroke or asthma AND diabetes":
        "((stroke or asthma) and diabetes mellitus); short of that, a person decides whether one "
        "of these alone excludes",
    "seizures within 3 months prior to informed consent, dementia or stroke":
        "seizure within 3 months before the consent or dementia or stroke",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REACH.items())
def test_how_far_words_reach(text: str, said: str) -> None:
    assert wording(compose(text, "exclusion")) == said


def test_one_no_stands_before_two_times() -> None:
    node = compose("No prior or concurrent chemotherapy", "inclusion")
    assert isinstance(node, nodes.Not)
    assert residue(node) == ()


def test_a_demand_on_some_stands_in_brackets() -> None:
    node = compose("LVEF at least 45% (for patients who received doxorubicin)", "inclusion")
    assert isinstance(node, nodes.IfThen)
    assert node.when == nodes.Residue("for patients who received doxorubicin")


def test_an_exception_of_the_last_only_clears_nobody_of_the_last() -> None:
    node = compose("stroke or asthma, except asthma in childhood", "exclusion")
    assert isinstance(node, nodes.Any)
    others = node.of[1]
    assert isinstance(others, nodes.All)
    assert others.of[0] == compose("stroke", "exclusion")


@pytest.mark.parametrize("text", ["stroke", "no stroke", "severe asthma (on treatment, or not)"])
def test_words_without_a_connective_are_one_group(text: str) -> None:
    """The straight path reads what the long one reads: a connective at the end joins nothing."""
    pieces = tuple(scan(text))
    longer = tuple(scan(f"{text}, or"))
    assert len(split(pieces).groups) == 1
    assert read_list(pieces, text, "exclusion") == read_list(longer[:-1], text, "exclusion")
    assert split(longer).groups == split(pieces).groups
