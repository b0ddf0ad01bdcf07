"""Exceptions of a kind are about records: a person is what the records are, one by one."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.population_cases import CLOSED, ON, facts, policies

from trialwright.core.truth import Truth, any_of
from trialwright.protocol.criteria import nodes
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import Answer, ClinicalFact, Code, Patient, Verdict
from trialwright.screening.open_facts import Ask, asks_of, logic_of
from trialwright.screening.policy import OPEN_WORLD, Policy
from trialwright.screening.setting import Setting

NOBODY = Patient("p", "male", None)


def condition(name: str, **more: object) -> nodes.Has:
    return nodes.Has("condition", name, name, **more)  # type: ignore[arg-type]


def kept(base: str, *but: nodes.Node) -> nodes.Except:
    return nodes.Except(condition(base), but)


def verdict(
    node: nodes.Node, *codes: str, policy: Policy = CLOSED, answer: Answer | None = None
) -> Verdict:
    records = tuple(
        ClinicalFact(f"Condition/{code}", (Code("icd10", code),), code, None, None)
        for code in codes
    )
    at = Setting(replace(NOBODY, conditions=records), ON, policy, project_terms(), answer)
    return evaluate(node, at)


def truth(
    node: nodes.Node, *codes: str, policy: Policy = CLOSED, answer: Answer | None = None
) -> Truth:
    return verdict(node, *codes, policy=policy, answer=answer).truth


NO_DILATED = kept("cardiomyopathy", condition("dilated_cardiomyopathy"))
DILATED, HYPERTROPHIC, VAGUE = "I42.0", "I42.1", "I42"


@pytest.mark.parametrize("policy", [OPEN_WORLD, CLOSED])
def test_who_has_another_kind_beside_the_exception_is_not_cleared(policy) -> None:
    assert truth(NO_DILATED, HYPERTROPHIC, policy=policy) is Truth.TRUE
    assert truth(NO_DILATED, DILATED, HYPERTROPHIC, policy=policy) is Truth.TRUE


def test_who_has_the_exception_alone_is_cleared_by_a_closed_world_only() -> None:
    assert truth(NO_DILATED, DILATED) is Truth.FALSE
    assert truth(NO_DILATED, DILATED, policy=OPEN_WORLD) is Truth.UNKNOWN
    assert truth(NO_DILATED) is Truth.FALSE


def test_a_record_that_may_be_the_exception_leaves_it_open() -> None:
    found = verdict(NO_DILATED, VAGUE)
    assert (found.truth, found.unknown) == (Truth.UNKNOWN, "uncoded")
    assert truth(NO_DILATED, VAGUE, HYPERTROPHIC) is Truth.TRUE
    for said in (Truth.TRUE, Truth.FALSE):
        assert truth(NO_DILATED, VAGUE, answer=Answer(said, "Dr A", "2024-09-01")) is said


def test_the_record_that_does_not_count_is_named() -> None:
    rules = {each.record: each.rule for each in verdict(NO_DILATED, DILATED).evidence}
    assert "exception" in rules["Condition/I42.0"]


def test_what_a_list_of_codes_does_not_tell_apart_is_no_certain_other_kind() -> None:
    """Nobody is cleared of a malignancy by a lung cancer, and none is certain beside it."""
    other = kept("malignancy", condition("lung_cancer"))
    assert truth(other, "C34.9", "C50.9") is Truth.UNKNOWN
    assert truth(other, "C50.9") is Truth.UNKNOWN


def test_an_exception_that_is_no_kind_of_the_base_never_clears_for_certain() -> None:
    unless = kept("heart_failure", condition("stroke"))
    assert truth(unless, "I50.9") is Truth.TRUE
    assert truth(unless, "I50.9", "I63.9") is Truth.UNKNOWN
    assert truth(unless, "I63.9") is Truth.FALSE


def test_an_exception_of_another_domain_is_about_the_person() -> None:
    unless = kept("heart_failure", nodes.Judgement("it is stable"))
    assert truth(unless, "I50.9") is Truth.UNKNOWN
    assert truth(nodes.Except(condition("heart_failure"), (nodes.Demographic(sex="male"),)),
                 "I50.9") is Truth.FALSE  # fmt: skip


def test_an_exception_that_asks_for_more_than_the_kind_leaves_its_records_open() -> None:
    treated = nodes.All((condition("dilated_cardiomyopathy"), nodes.Judgement("treated")))
    node = kept("cardiomyopathy", treated)
    assert truth(node, DILATED) is Truth.UNKNOWN
    assert truth(node, DILATED, HYPERTROPHIC) is Truth.TRUE
    current = kept("cardiomyopathy", condition("dilated_cardiomyopathy", when="current"))
    assert truth(current, DILATED) is Truth.UNKNOWN


def test_the_window_of_the_base_is_the_exceptions_too() -> None:
    def recent(node: nodes.Node) -> nodes.Within:
        return nodes.Within(None, "enrolment", node, Decimal(5))

    base, kind = recent(condition("cardiomyopathy")), recent(condition("dilated_cardiomyopathy"))
    assert truth(nodes.Except(base, (kind,)), DILATED) is Truth.FALSE


def test_what_to_ask_names_what_does_not_count() -> None:
    at = Setting(NOBODY, ON, OPEN_WORLD, project_terms())
    found = set(asks_of(logic_of(NO_DILATED, at, Ask("answer", "E1"))))
    assert {ask.kind for ask in found} == {"record", "answer"}
    assert any("other than dilated cardiomyopathy" in ask.about for ask in found)


names = st.sampled_from(["dilated_cardiomyopathy", "hypertrophic_cardiomyopathy", "cardiomyopathy"])
kinds = st.lists(names.map(condition), min_size=1, max_size=2).map(tuple)
records_of_one = st.lists(facts, max_size=4).map(tuple)


@settings(max_examples=200, deadline=None)
@given(kinds, records_of_one)
def test_a_person_is_excluded_where_one_of_the_records_alone_excludes(but, records) -> None:
    node = kept("cardiomyopathy", *but)

    def of(*some: ClinicalFact) -> Truth:
        at = Setting(replace(NOBODY, conditions=some), ON, CLOSED, project_terms())
        return evaluate(node, at).truth

    assert of(*records) is any_of(of(each) for each in records)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([NO_DILATED, kept("malignancy", condition("lung_cancer"))]),
    records_of_one,
    facts,
    policies,
)
def test_one_record_more_never_clears_anybody(node, records, one, policy) -> None:
    def of(some: tuple[ClinicalFact, ...]) -> Truth:
        at = Setting(replace(NOBODY, conditions=some), ON, policy, project_terms())
        return evaluate(node, at).truth

    rank = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
    assert rank[of((*records, one))] >= rank[of(records)]
