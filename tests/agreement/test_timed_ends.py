"""A trial with pending patients ends only where it ends whatever they will show."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.test_rule_order import AMOUNTS, one_rule

from trialwright.design import Cohort, Course, Design, cohorts, tite_boin, tite_crm
from trialwright.design.decision.pending import completions
from trialwright.design.rules import lowest_dose, stop_at_dose, too_toxic

BARE = {
    "tite_boin": replace(tite_boin(target=0.3, doses=AMOUNTS[:3]), rules=()),
    "tite_crm": replace(tite_crm(target=0.3, doses=AMOUNTS[:3]), rules=()),
}


@st.composite
def pending_course(draw: st.DrawFn) -> Course:
    """Draw a course whose last cohorts have somebody pending, four people at most."""
    course = []
    left = 4
    for _ in range(draw(st.integers(1, 4))):
        size = draw(st.integers(1, 4))
        pending = draw(st.integers(0, min(size, left)))
        left -= pending
        dlts = draw(st.integers(0, size - pending))
        shares = tuple(draw(st.sampled_from([0.0, 0.1, 0.5, 0.9])) for _ in range(pending))
        course.append(Cohort(draw(st.integers(1, 3)), size, dlts, pending, followed=shares))
    return tuple(course)


def check(design: Design, course: Course) -> None:
    if design.decide(course).stop:
        complete = (tuple(replace(c, followed=()) for c in case) for case in completions(course))
        assert all(design.decide(case).stop for case in complete)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(sorted(BARE)), pending_course())
def test_no_rule_ends_a_trial_that_the_pending_patients_could_go_on(
    data: st.DataObject, method: str, course: Course
) -> None:
    rules = one_rule(3)
    design = BARE[method]
    for name in data.draw(st.lists(st.sampled_from(sorted(rules)), min_size=1, unique=True)):
        design |= data.draw(rules[name])
    check(design, course)


@pytest.mark.parametrize(
    ("design", "outcomes"),
    [
        (tite_crm(target=0.3, doses=3) | cohorts("3x10") | stop_at_dose(6), "1NNT 1NPP0.1"),
        (tite_boin(target=0.3, doses=3) | lowest_dose(deescalate="stop"), "1TNP0.1"),
        (tite_boin(target=0.3, doses=3) | stop_at_dose(4), "1NNNN 2TNP0.1"),
        (
            tite_boin(target=0.3, doses=3) | too_toxic(0.3, 0.7, 3, dose="next"),
            "2NTT 1P0.3NP0.3",
        ),
    ],
)
def test_ends_that_a_reader_found_to_be_premature(design: Design, outcomes: str) -> None:
    decision = design.decide(outcomes)
    assert not decision.stop
    assert decision.pending
    check(design, design.read(outcomes))
