"""A trial of 4 and then 8 people at two dose levels, target 0.25: what a safety board may ask.

With 4 treated, 0 DLTs escalate, 1 stays, 2 de-escalate, 3 or more eliminate.
"""

import numpy as np
import pytest

from trialwright.core.errors import InputError, Refused
from trialwright.design import Decision, Design, boin, cohorts, lowest_dose, no_skipping
from trialwright.design.behaviour.paths import paths

TRIAL = boin(target=0.25, doses=2) | cohorts("4,8")


def texts(decision: Decision, rule: str) -> list[str]:
    return [reason.text for reason in decision.reasons if reason.rule == rule]


def test_the_first_cohort_is_treated_at_the_starting_dose() -> None:
    decision = TRIAL.decide()
    assert (decision.next_dose, decision.next_size, decision.stop) == (1, 4, False)
    assert texts(decision, "start") == ["the trial starts at dose 1"]


def test_no_toxicity_in_four_escalates_and_the_next_cohort_has_eight() -> None:
    decision = TRIAL.decide("1NNNN")
    assert (decision.next_dose, decision.next_size, decision.method_wish) == (2, 8, 2)
    assert decision.admissible == (1, 2)
    assert not decision.overruled
    assert texts(decision, "boin") == [
        "0 of 4 at dose 1 had a DLT: 0.000, at most the escalation boundary 0.197: escalate"
    ]


def test_stay_at_the_lowest_dose_means_eight_more_there_or_the_end_as_stated() -> None:
    stated = "(stated: stay means continue, de-escalate means continue)"
    decision = TRIAL.decide("1NNNT")
    assert (decision.next_dose, decision.next_size) == (1, 8)
    assert texts(decision, "lowest_dose") == [
        f"to stay at the lowest dose means: treat there further {stated}"
    ]
    ended = (TRIAL | lowest_dose(stay="stop")).decide("1NNNT")
    assert ended.stop
    assert ended.overruled
    assert "end the trial (stated: stay means stop" in texts(ended, "lowest_dose")[0]


def test_ending_on_stay_leaves_the_data_to_the_recommendation() -> None:
    assert (TRIAL | lowest_dose(stay="stop")).recommend("1NNNT").dose == 1


def test_deescalate_at_the_lowest_dose_means_staying_or_an_end_without_a_dose() -> None:
    assert TRIAL.decide("1NNTT").next_dose == 1
    assert TRIAL.decide("1NNTT").method_wish is None
    strict = TRIAL | lowest_dose(deescalate="stop")
    assert strict.decide("1NNTT").stop
    assert strict.recommend("1NNTT").dose is None
    assert TRIAL.recommend("1NNTT").dose == 1


def test_three_of_four_eliminate_the_lowest_dose_and_end_the_trial_without_a_dose() -> None:
    decision = TRIAL.decide("1NTTT")
    assert decision.stop
    assert decision.admissible == ()
    assert decision.next_size is None
    assert "P(rate > 0.25) = 0.984 > 0.95" in texts(decision, "elimination")[0]
    assert "but another rule ends the trial" in texts(decision, "lowest_dose")[0]
    assert TRIAL.recommend("1NTTT").dose is None


def test_the_trial_is_complete_after_its_schedule() -> None:
    decision = TRIAL.decide("1NNNN 2NNNNNNTT")
    assert decision.stop
    assert not decision.overruled
    assert texts(decision, "cohorts") == [
        "all 2 planned cohorts were treated: the trial is complete"
    ]


@pytest.mark.parametrize(
    ("outcomes", "dose"),
    [
        ("1NNNN 2NNNNNNTT", 2),
        ("1NNNN 2NNNNNTTT", 2),  # 0.376 is nearer to 0.25 than 0.012
        ("1NNNN 2NNNNTTTT", 1),  # 4 of 8 eliminates dose 2
        ("1NNNT 1NNNNNNNN", 1),  # dose 2 was never tried: it is not recommended
        ("1NNNT 1NNNTTTTT", None),
        ("", None),
    ],
)
def test_the_recommendation_is_a_question_of_its_own(outcomes: str, dose: int | None) -> None:
    assert TRIAL.recommend(outcomes).dose == dose


def test_equal_estimates_below_the_target_recommend_the_higher_dose_above_it_the_lower() -> None:
    low = boin(target=0.3, doses=2).recommend("1NNNN 2NNNN")
    high = boin(target=0.3, doses=2, cutoff_eli=1).recommend("1NTT 2NTT")
    assert (low.dose, high.dose) == (2, 1)


def test_what_is_pending_is_not_taken_for_no_toxicity() -> None:
    decision = TRIAL.decide("1NNNP")
    assert (decision.next_dose, decision.stop, decision.pending) == (None, False, 1)
    assert texts(decision, "pending") == [
        "1 pending: wait; dose 2 with 0 more DLT, dose 1 with 1 more DLT"
    ]
    assert decision.admissible == (1, 2)


def test_an_answer_that_pending_patients_cannot_change_is_given() -> None:
    decision = TRIAL.decide("1TTTP")
    assert decision.stop
    assert decision.pending == 1
    assert texts(decision, "pending") == ["1 pending: whatever their outcomes, the trial ends"]
    assert TRIAL.recommend("1TTTP").dose is None
    # up to 3 of 8 select dose 2, 4 of 8 eliminate it
    assert TRIAL.recommend("1NNNN 2NNNNNNTP").dose == 2
    assert TRIAL.recommend("1NNNN 2NNNNTTTP").dose is None


def test_very_many_pending_combinations_wait_without_being_listed() -> None:
    many = " ".join(["1PPPP"] * 8)
    decision = boin(target=0.25, doses=2).decide(many)
    assert (decision.next_dose, decision.stop, decision.pending) == (None, False, 32)
    assert decision.admissible == ()
    assert boin(target=0.25, doses=2).recommend(many).dose is None


def test_a_course_that_the_design_would_not_have_produced_is_answered_with_its_cohort() -> None:
    decision = TRIAL.decide("2NNNN 2NNN")
    assert texts(decision, "deviation") == [
        "cohort 1 was treated at dose 2 where the design said dose 1",
        "cohort 2 has 3 patients; 8 were planned",
    ]
    late = TRIAL.decide("1NTTT 1NNNNNNNN 2N")
    assert texts(late, "deviation") == [
        "cohort 2 was treated at dose 1 after the design had ended the trial",
        "cohort 3 was treated at dose 2 after the design had ended the trial",
    ]


def test_an_eliminated_dose_is_not_entered_again_and_the_decision_says_who_won() -> None:
    design = boin(target=0.3, doses=3)
    decision = design.decide("1NNN 2TTT 1NNN")
    assert (decision.next_dose, decision.method_wish, decision.overruled) == (1, 2, True)
    assert decision.admissible == (1,)
    assert texts(decision, "elimination")[0].startswith("doses 2 to 3 are eliminated: 3 of 3")
    assert texts(decision, "precedence")[0].startswith(
        "the method wished dose 2; dose 1 is the highest admissible that is not above it"
    )


def test_elimination_stays_even_where_later_data_at_the_dose_are_better() -> None:
    design = boin(target=0.3, doses=2)
    decision = design.decide("1NNN 2TTT 2NNNNNN 1NNN")
    assert decision.next_dose == 1
    assert "eliminated at an earlier decision" in texts(decision, "elimination")[0]


def test_no_untried_dose_is_skipped() -> None:
    design = boin(target=0.3, doses=5, start=2)
    jumped = "2NNN 1NNN 2NNN"
    assert design.decide(jumped).admissible == (1, 2, 3, 4, 5)
    assert (design | no_skipping()).decide(jumped).admissible == (1, 2, 3)
    assert (design | no_skipping()).decide().admissible == (1, 2, 3, 4, 5)


def test_escalating_at_the_highest_dose_means_staying_there() -> None:
    decision = boin(target=0.25, doses=2).decide("2NNNN")
    assert (decision.next_dose, decision.method_wish, decision.overruled) == (2, 2, False)
    assert "dose 2 is the highest, so it means staying there" in decision.reasons[0].text


def test_every_course_is_listed_with_its_probability() -> None:
    found = paths(TRIAL.graph(), [[0.1, 0.25], [0.25, 0.4]])
    assert [path.outcomes for path in found][:2] == ["1NNNN 2NNNNNNNN", "1NNNN 2NNNNNNNT"]
    assert [path.outcomes for path in found][-2:] == ["1NTTT", "1TTTT"]
    assert len(found) == 29
    assert found[0].probability[0] == pytest.approx(0.9**4 * 0.75**8)
    assert np.sum([path.probability for path in found], axis=0) == pytest.approx([1, 1])


def test_the_courses_of_the_first_cohort_show_the_decision_after_it() -> None:
    found = paths(TRIAL.graph(), depth=1)
    assert [(path.outcomes, path.next_dose, path.complete) for path in found] == [
        ("1NNNN", 2, False),
        ("1NNNT", 1, False),
        ("1NNTT", 1, False),
        ("1NTTT", None, True),
        ("1TTTT", None, True),
    ]
    assert {path.final for path in found} == {None}


def test_too_many_courses_are_refused_and_a_depth_helps() -> None:
    graph = (boin(target=0.3, doses=5) | cohorts("3x10")).graph()
    with pytest.raises(Refused, match=r"the trial has [\d,]+ courses; it needs fewer cohorts"):
        paths(graph)
    assert sum(p.probability[0] for p in paths(graph, [0.1] * 5, depth=4)) == pytest.approx(1)
    with pytest.raises(InputError, match="parameter depth"):
        paths(graph, depth=11)


def test_exact_behaviour_of_the_trial_by_hand() -> None:
    """Under rates 0 and 1: cohort 1 escalates, cohort 2 eliminates dose 2, dose 1 is chosen."""
    exact = TRIAL.graph().exact([0.0, 1.0])
    assert exact.selection.tolist() == [[0, 1, 0]]
    assert exact.treated.tolist() == [[4, 8]]
    assert exact.dlts.tolist() == [[0, 8]]
    assert (exact.stopped_early[0], exact.patients[0]) == (0, 12)
    toxic = TRIAL.graph().exact([1.0, 1.0])
    assert toxic.selection.tolist() == [[1, 0, 0]]
    assert (toxic.stopped_early[0], toxic.patients[0]) == (1, 4)


def test_early_stops_at_the_lowest_dose_count_as_early() -> None:
    """P(end after cohort 1) = P(at least 1 of 4) when both meanings are `stop`."""
    design: Design = TRIAL | lowest_dose(stay="stop", deescalate="stop")
    exact = design.graph().exact([0.2, 0.3])
    assert exact.stopped_early[0] == pytest.approx(1 - 0.8**4)


def test_a_graph_needs_a_schedule() -> None:
    with pytest.raises(InputError, match="no cohort schedule"):
        boin(target=0.3, doses=2).graph()


def test_the_graph_answers_a_state_that_it_cannot_reach_as_the_design_does() -> None:
    graph = TRIAL.graph()
    state = TRIAL.state("2NNNN 1NNNN 1NNN")
    assert graph.find(state) is None
    assert graph.decide(state) == TRIAL.explain_state(state)
    with pytest.raises(InputError, match="1 pending"):
        graph.decide(TRIAL.state("1NNNP"))
    with pytest.raises(InputError, match="3 dose levels"):
        graph.decide(boin(target=0.3, doses=3).state("1N"))
