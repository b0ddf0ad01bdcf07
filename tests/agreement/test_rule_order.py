"""Rules compose alike in any order, every decision obeys every one, and each can only restrict."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.reference_rules import plain_next

from trialwright.design import Cohort, Course, Design, boin, cohorts, crm
from trialwright.design.behaviour.graph import compile_graph
from trialwright.design.behaviour.simulate import simulate_directly
from trialwright.design.model import Ending
from trialwright.design.rules import (
    RULES,
    Rule,
    elimination,
    ewoc,
    lowest_dose,
    max_increment,
    no_reescalation,
    no_skipping,
    precise,
    safety_boundary,
    stop_at,
    stop_at_dose,
    too_toxic,
    trial_boundary,
)
from trialwright.design.states import one_state

FEW = settings(max_examples=60, deadline=None)
AMOUNTS = (1.0, 2.0, 3.0, 10.0)
# Rules that ask about the level after all bars: a further bar may change what they are asked.
ASK_NEXT = ("precise", "stop_at_dose", "too_toxic")
# Rules on a calendar: with complete outcomes they say nothing.
TIMED = {"backfill", "min_follow_up", "stagger"}
MODEL = {"ewoc"}  # needs a method with a model of all doses

RATES = st.floats(0.1, 0.6)
SURE = st.sampled_from([0.6, 0.75, 0.9, 0.95])
LEAST = st.integers(1, 6)
MEANINGS = st.sampled_from(["continue", "stop"])


def where(doses: int) -> st.SearchStrategy[int | str]:
    return st.one_of(st.sampled_from(["next", "any"]), st.integers(1, doses))


def one_rule(doses: int) -> dict[str, st.SearchStrategy[Rule]]:
    steps = st.sampled_from(["0:2", "0:3 2:1.5", "0:1.5", "1:4 3:2"])
    return {
        "cohorts": st.lists(st.integers(1, 4), min_size=1, max_size=4).map(cohorts),
        "elimination": st.builds(elimination, RATES, SURE, LEAST, st.sampled_from([0.0, 0.1])),
        "lowest_dose": st.builds(lowest_dose, MEANINGS, MEANINGS),
        "max_increment": st.builds(max_increment, steps, st.sampled_from(["highest", "last"])),
        "no_reescalation": st.builds(no_reescalation),
        "no_skipping": st.builds(no_skipping),
        "precise": st.builds(
            precise,
            st.floats(0.05, 0.2),
            st.floats(0.3, 0.7),
            st.sampled_from([0.4, 0.6, 0.8]),
            LEAST,
            where(doses),
            st.sampled_from(["probability", "interval"]),
        ),
        "safety_boundary": st.builds(
            safety_boundary,
            RATES,
            SURE,
            LEAST,
            st.sampled_from([0.3, 1.0]),
            st.sampled_from([0.7, 1.0]),
        ),
        "stop_at": st.builds(stop_at, st.integers(1, 12)),
        "stop_at_dose": st.builds(stop_at_dose, st.integers(1, 8), where(doses)),
        "too_toxic": st.builds(too_toxic, RATES, SURE, LEAST, where(doses)),
        "trial_boundary": st.builds(trial_boundary, RATES, SURE, LEAST),
    }


@st.composite
def bare_designs(draw: st.DrawFn) -> Design:
    doses = draw(st.integers(1, 4))
    start = draw(st.integers(1, doses))
    target = draw(st.floats(0.15, 0.45))
    return replace(boin(target=target, doses=AMOUNTS[:doses], start=start), rules=())


@st.composite
def rule_sets(draw: st.DrawFn, doses: int) -> list[Rule]:
    possible = one_rule(doses)
    names = draw(st.lists(st.sampled_from(sorted(possible)), min_size=1, max_size=6, unique=True))
    return [draw(possible[name]) for name in names]


@st.composite
def any_course(draw: st.DrawFn, doses: int) -> Course:
    """Draw a course, whether a design would have produced it or not."""
    sizes = draw(st.lists(st.integers(1, 4), max_size=5))
    return tuple(
        Cohort(draw(st.integers(1, doses)), size, draw(st.integers(0, size))) for size in sizes
    )


def with_rules(design: Design, rules: list[Rule]) -> Design:
    for rule in rules:
        design |= rule
    return design


def wish(design: Design, course: Course) -> int:
    return int(design.resolve(one_state(design.state(course))).wish[0])


def test_every_rule_of_the_registry_is_drawn_here() -> None:
    assert one_rule(3).keys() | TIMED | MODEL == RULES.keys()


@FEW
@given(st.data(), bare_designs())
def test_rules_in_any_order_make_the_same_design(data: st.DataObject, bare: Design) -> None:
    rules = data.draw(rule_sets(bare.doses))
    turned = data.draw(st.permutations(rules))
    assert with_rules(bare, rules) == with_rules(bare, turned)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.builds(ewoc, RATES, SURE))
def test_order_is_nothing_to_a_rule_that_asks_the_model(data: st.DataObject, rule: Rule) -> None:
    bare = replace(crm(target=0.3, doses=AMOUNTS[:3]), rules=())
    rules = [*data.draw(rule_sets(3)), rule]
    one, other = with_rules(bare, rules), with_rules(bare, rules[::-1])
    course = data.draw(any_course(3))
    assert one == other
    assert one.decide(course) == replace(other, rules=other.rules[::-1]).decide(course)


@settings(max_examples=120, deadline=None)
@given(st.data(), bare_designs())
def test_rules_held_in_any_order_give_the_same_decision_for_the_same_reasons(
    data: st.DataObject, bare: Design
) -> None:
    design = with_rules(bare, data.draw(rule_sets(bare.doses)))
    turned = replace(design, rules=tuple(data.draw(st.permutations(design.rules))))
    course = data.draw(any_course(bare.doses))
    assert design.decide(course) == turned.decide(course)
    assert design.recommend(course).dose == turned.recommend(course).dose


@settings(max_examples=250, deadline=None)
@given(st.data(), bare_designs())
def test_every_decision_obeys_every_rule_and_no_other(data: st.DataObject, bare: Design) -> None:
    design = with_rules(bare, data.draw(rule_sets(bare.doses)))
    course = data.draw(any_course(bare.doses))
    decision = design.decide(course)
    assert (decision.next_dose or 0) == plain_next(design, course, wish(design, course))
    assert decision.stop == (decision.next_dose is None)


@settings(max_examples=200, deadline=None)
@given(st.data(), bare_designs())
def test_a_further_rule_never_raises_the_dose(data: st.DataObject, bare: Design) -> None:
    first, *rest = data.draw(rule_sets(bare.doses))
    course = data.draw(any_course(bare.doses))
    before = with_rules(bare, rest)
    after = before | first
    less, more = (resolved(design, course) for design in (after, before))
    assert less.proposed <= more.proposed
    if more.ending is Ending.GOES_ON:
        assert less.next_dose <= more.next_dose
    elif less.proposed == more.proposed or not any(rule.name in ASK_NEXT for rule in rest):
        assert less.next_dose == 0
        assert less.ending >= more.ending


def resolved(design: Design, course: Course):  # type: ignore[no-untyped-def]
    return design.resolve(design.history(course)).verdict(-1)


@settings(max_examples=150, deadline=None)
@given(st.data(), bare_designs())
def test_a_disagreement_is_settled_in_words_that_name_who_spoke(
    data: st.DataObject, bare: Design
) -> None:
    design = with_rules(bare, data.draw(rule_sets(bare.doses)))
    course = data.draw(any_course(bare.doses))
    decision = design.decide(course)
    verdict = resolved(design, course)
    settled = [reason.text for reason in decision.reasons if reason.rule == "precedence"]
    spoke = {reason.rule for reason in decision.reasons} & RULES.keys()
    assert len(settled) <= 1
    if decision.overruled:
        assert any(rule in settled[0] for rule in spoke)
    if verdict.ending is not Ending.GOES_ON:
        assert spoke  # no trial ends without a rule that says so
    asked = endings(design, course)
    if len(set(asked.values())) > 1:
        assert all(rule in settled[0] for rule in asked), (settled, asked)


def endings(design: Design, course: Course) -> dict[str, int]:
    """Return the ending that each rule that spoke asks for, where it asks for one."""
    state = design.history(course).take([-1])
    resolution = design.resolve(state)
    spoke = {reason.rule for reason in design.decide(course).reasons}
    found = {}
    for rule in design.rules:
        asked = rule.stops(design, state, resolution.wish, resolution.proposed)
        if asked is not None and asked[0] and rule.name in spoke:
            found[rule.name] = int(asked[0])
    return found


@settings(max_examples=40, deadline=None)
@given(st.data(), bare_designs(), st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_decide_agrees_with_the_graph_in_reachable_states_and_with_simulation(
    data: st.DataObject, bare: Design, sizes: list[int]
) -> None:
    rules = [rule for rule in data.draw(rule_sets(bare.doses)) if rule.name != "cohorts"]
    design = with_rules(bare, rules) | cohorts(sizes)
    graph = compile_graph(design)
    curve = [0.1, 0.3, 0.5, 0.7][: bare.doses]
    ends = simulate_directly(design, curve, trials=200, rng=np.random.default_rng(1))
    for row in range(0, len(ends), 20):
        state = ends.outcomes(row)
        found = graph.find(state)
        assert found is not None
        assert graph.decide(state) == design.explain_state(state)
        assert graph.resolution.next_dose[found] == 0
    chosen = design.select(ends, design.resolve(ends))
    exact = graph.exact(curve).selection[0]
    shares = np.bincount(chosen, minlength=bare.doses + 1) / len(ends)
    error = np.sqrt(np.clip(exact * (1 - exact), 0, 1) / len(ends))
    assert np.all(np.abs(shares - exact) <= 5 * error + 8 / len(ends))
