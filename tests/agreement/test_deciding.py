"""The smallest list of facts against brute force; a criterion's logic against `evaluate`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.agreement.test_screen_soundness import CLOSED, ON, expressions, patients

from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.deciding import Demand, deciding
from trialwright.screening.evaluate import evaluate
from trialwright.screening.fact_values import values_of
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import Answer, Patient
from trialwright.screening.open_facts import (
    ANSWERED,
    Ask,
    Found,
    Open,
    Value,
    leaves,
    logic_of,
    truth_of,
)
from trialwright.screening.policy import OPEN_WORLD, Policy
from trialwright.screening.screen import screen
from trialwright.screening.setting import Setting

quick = settings(max_examples=150, deadline=None)
policies = st.sampled_from([OPEN_WORLD, CLOSED])
Values = Mapping[Ask, tuple[Value, ...]]


def setting(patient: Patient, policy: Policy) -> Setting:
    return Setting(patient, ON, policy, project_terms())


def demands_of(criteria: Sequence[nodes.Criterion], at: Setting) -> tuple[list[Demand], Values]:
    demands = [
        Demand.of(
            each.id, logic_of(each.expr, at, Ask("answer", each.id)),
            Truth.of(each.section == "inclusion"),
        )
        for each in criteria
    ]  # fmt: skip
    found = [d for d in demands if d.met({}) is Truth.UNKNOWN]
    hanging: dict[Ask, list[Open]] = {ask: [] for d in found for ask in d.asks}
    for demand in found:
        for leaf in leaves(demand.logic):
            if leaf.ask is not None:
                hanging[leaf.ask].append(leaf)
    return found, {ask: values_of(ask, each, at) for ask, each in hanging.items()}


def cases(asks: Sequence[Ask], values: Values) -> Iterator[Found]:
    for each in product(*(values[ask] for ask in asks)):
        yield dict(zip(asks, each, strict=True))


def smallest_by_force(demands: Sequence[Demand], values: Values) -> int | None:
    """Try every list of facts, the short ones first, with all that they may turn out to be."""
    for length in range(len(values) + 1):
        for asks in combinations(values, length):
            for found in cases(asks, values):
                if all(d.met(found) is Truth.TRUE for d in demands):
                    return length
    return None


criteria = st.lists(
    st.tuples(st.sampled_from(["inclusion", "exclusion"]), expressions), min_size=1, max_size=3
).map(
    lambda each: tuple(
        nodes.Criterion(f"C{n}", section, "text", (0, 4), expr)
        for n, (section, expr) in enumerate(each)
    )
)


@quick
@given(criteria, patients, policies)
def test_no_list_is_shorter_and_the_list_suffices(
    asked: tuple[nodes.Criterion, ...], patient: Patient, policy: Policy
) -> None:
    demands, values = demands_of(asked, setting(patient, policy))
    assume(len(values) <= 6)
    found = deciding(demands, values)
    least = smallest_by_force(demands, values)
    assert found.exact
    assert found.suffice is (least is not None)
    if least is not None:
        assert len(found.smallest) == least
        assert any(
            all(d.met(case) is Truth.TRUE for d in demands)
            for case in cases(found.smallest, values)
        )


@quick
@given(criteria, patients, policies)
def test_each_fact_that_could_exclude_does_and_no_other(
    asked: tuple[nodes.Criterion, ...], patient: Patient, policy: Policy
) -> None:
    demands, values = demands_of(asked, setting(patient, policy))
    found = set(deciding(demands, values).could_exclude)
    for ask in values:
        ends = any(d.met({ask: v}) is Truth.FALSE for v in values[ask] for d in demands)
        assert (ask in found) is ends


@quick
@given(expressions, patients, policies, st.sampled_from([Truth.TRUE, Truth.FALSE]))
def test_the_logic_means_what_evaluate_means(
    node: nodes.Node, patient: Patient, policy: Policy, said: Truth
) -> None:
    """With nothing found out, and with a person's answer to the whole criterion."""
    at = setting(patient, policy)
    ask = Ask("answer", "C")
    logic = logic_of(node, at, ask)
    assert truth_of(logic, {}) is evaluate(node, at).truth
    answered = evaluate(node, replace(at, answer=Answer(said, "Dr A", "2024-09-01"))).truth
    assert truth_of(logic, {ask: {ANSWERED: said}}) is answered


@quick
@given(criteria, patients, policies)
def test_a_list_names_open_criteria_and_only_undecided_patients_have_one(
    asked: tuple[nodes.Criterion, ...], patient: Patient, policy: Policy
) -> None:
    screening = screen(patient, asked, ON, policy, terms=project_terms())
    for fact in (*screening.facts, *screening.could_exclude):
        assert fact.name
        assert set(fact.criteria) <= set(screening.would_decide)
    if screening.eligible != "undecided":
        assert screening.facts == screening.could_exclude == ()
    elif screening.facts_suffice:
        assert screening.facts
