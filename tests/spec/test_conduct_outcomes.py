"""Whose outcome counts, when it is known, and what a gate needs, each told as a short story."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.safety_trial import clock, infused, judged, letters, started, trial_of, watched
from tests.trials import Trial, sign

from trialwright.conduct import decide
from trialwright.conduct.gate import final_recommendation, standing
from trialwright.core.errors import Refused


@pytest.fixture(name="trial")
def a_started_trial() -> Trial:
    return started()


@pytest.fixture(name="judged")
def a_judged_trial() -> Trial:
    return judged()


class TestTheWindowIsReallyWatched:
    def test_an_infusion_that_is_neither_given_nor_missed_keeps_the_outcome_open(self, trial):
        trial.clock.forward(days=90)
        assert letters(trial) == "1PPPP"
        with pytest.raises(Refused, match=r"A: .*infusions 2, 3 are neither given nor missed"):
            trial.gate()
        trial.missed("A", 2)
        assert "infusion 3 is neither given nor missed" in clock(trial, "A").why

    def test_the_watch_follows_a_late_infusion(self, trial):
        """The third infusion on day 62: the watch ends 28 days later, not on day 70."""
        trial.clock.forward(days=41)
        for subject in "ABCD":
            trial.dosed(subject, 2)
        trial.clock.forward(days=14)
        for subject in "ABCD":
            trial.dosed(subject, 3)
        last = trial.today + timedelta(days=28)
        trial.clock.forward(days=28)
        assert letters(trial) == "1PPPP"
        assert clock(trial, "D").ends == last == trial.today
        trial.clock.forward(days=1)
        assert letters(trial) == "1NNNN"

    def test_while_an_infusion_is_awaited_the_window_is_open(self, trial):
        """Day 80, the third infusion still to come: what happens now may well be inside."""
        trial.clock.forward(days=21)
        trial.dosed("D", 2)
        trial.clock.forward(days=60)
        trial.ill("AE-1", "D")
        assert clock(trial, "D").status == "adjudication"
        trial.missed("D", 3)
        assert clock(trial, "D").status == "not_evaluable"  # outside now
        trial.ill("AE-2", "D", onset=clock(trial, "D").ends)
        assert clock(trial, "D").status == "adjudication"

    def test_infusions_keep_their_distance(self, trial):
        trial.clock.forward(days=40)
        trial.dosed("A", 2)
        trial.clock.forward(days=13)
        with pytest.raises(
            Refused, match=r"interval: .*less than 14 days after the last; it needs"
        ):
            trial.prepared("A", 3)
        trial.clock.forward(days=1)
        trial.dosed("A", 3)

    def test_a_dose_is_not_given_before_it_was_prepared(self):
        """A start 71 days ago would end the watch on the day of the first infusion."""
        trial = trial_of()
        trial.enrolled("A")
        long_ago = trial.clock.at
        trial.clock.forward(days=71)
        trial.prepared("A")
        volume = trial.state.subjects["A"].infusions[0].prepared.planned_volume_ml
        for early in (long_ago, trial.clock.at - timedelta(seconds=1)):
            with pytest.raises(Refused, match="before its dose was prepared; it needs a time from"):
                trial.service.act(sign("nora"), decide.give, "A", 1, early, volume)
        trial.given("A")


class TestEvaluableByExposure:
    def test_who_missed_an_infusion_is_not_evaluable_without_a_dlt(self, trial):
        infused(trial, "A", "B", "C")
        trial.missed("D", 2)
        trial.missed("D", 3)
        watched(trial)
        trial.clock.forward(days=30)
        found = clock(trial, "D")
        assert found.status == "not_evaluable"
        assert found.why == "received 33.3 % of the planned amount, 80 % are wanted"
        trial.gate()
        held = trial.state.gates[-1]
        assert held.outcomes == "1NNN"
        assert f"not evaluable: D {found.why}" in held.reasons

    def test_a_dlt_always_counts(self, trial):
        trial.dlt("D", "AE-1")
        trial.missed("D", 2)
        trial.missed("D", 3)
        assert clock(trial, "D").status == "dlt"

    def test_two_halves_and_a_whole_are_too_little(self, trial):
        for infusion, volume in ((2, "7"), (3, "7")):  # of 14 mL
            trial.clock.forward(days=21)
            trial.prepared("A", infusion)
            trial.given("A", infusion, volume)
        watched(trial)
        assert clock(trial, "A").why.startswith("received 66.7 % of the planned amount")

    def test_one_half_is_enough(self, trial):
        trial.clock.forward(days=21)
        trial.prepared("A", 2)
        trial.given("A", 2, "7")
        trial.clock.forward(days=21)
        trial.dosed("A", 3)
        watched(trial)
        assert clock(trial, "A").status == "complete"

    def test_a_deviation_says_whether_the_rest_can_make_up_for_it(self, trial):
        trial.clock.forward(days=21)
        trial.prepared("A", 2)
        trial.given("A", 2, "7")
        trial.missed("B", 2)
        half, none = (trial.state.subjects[s].deviations[0] for s in "AB")
        assert "50.00 % from the planned amount" in half.what
        assert not half.affects_evaluability  # 83.3 % can still be reached
        assert none.affects_evaluability  # 66.7 % at most

    def test_a_late_infusion_takes_nothing_away(self, trial):
        trial.clock.forward(days=30)
        trial.dosed("A", 2)
        (late,) = trial.state.subjects["A"].deviations
        assert "late" in late.what
        assert not late.affects_evaluability


class TestTooFewEvaluablePeople:
    def test_one_outcome_of_four_opens_nothing(self, trial):
        for subject in "ABC":
            trial.left(subject)
        infused(trial, "D")
        watched(trial)
        with pytest.raises(Refused) as caught:
            trial.gate()
        said = str(caught.value)
        assert (
            "1 of 4 people of cohort 1 are evaluable, 3 are wanted (not evaluable: A: left" in said
        )
        assert "a stop by the safety board, or an amendment" in said
        assert "replacing who is not evaluable is not covered yet" in said
        assert not standing(trial.state, trial.today).ready
        trial.stop("too few evaluable people")

    def test_a_smaller_cohort_needs_all_of_its_people(self):
        trial = trial_of(sizes=(2, 3))
        trial.cohort("A", "B")
        infused(trial, "A", "B")
        watched(trial)
        trial.gate()


class TestLeavingAndTheEnd:
    def test_nobody_left_before_what_happened_to_them(self, trial):
        enrolled = trial.state.subjects["B"].enrolled.enrolled_on
        trial.clock.forward(days=21)
        trial.dosed("B", 2)
        for day in (enrolled, trial.today - timedelta(days=1)):
            with pytest.raises(Refused, match=r"is before infusion 2 of B on .*; it needs a day"):
                trial.left("B", on=day)
        trial.ill("AE-1", "B", grade=1, relatedness="unlikely", serious=False)
        trial.clock.forward(days=2)
        trial.left("B", on=trial.today - timedelta(days=2))

    def test_what_did_not_happen_is_no_trace_of_a_person(self, trial):
        gone = trial.today + timedelta(days=10)
        trial.clock.forward(days=21)
        trial.missed("B", 2)
        trial.left("B", on=gone)


class TestTheFinalRecommendation:
    def test_not_yet_while_somebody_is_pending(self, trial):
        found = final_recommendation(trial.state, trial.today)
        assert (found.dose, found.pending) == (None, 4)
        assert found.reasons[0].text.startswith("not yet: A: the toxicity window runs until")

    def test_not_yet_where_nobody_was_dosed(self):
        trial = trial_of()
        found = final_recommendation(trial.state, trial.today)
        assert (found.dose, found.reasons[0].text) == (None, "not yet: nobody is evaluable")

    def test_the_designs_answer_on_all_cohorts(self, judged):
        found = final_recommendation(judged.state, judged.today)
        assert found.dose == 1  # the only level that was tried
        judged.cohort(*"EFGHIJKL")
        for subject in "EFGHI":
            judged.dlt(subject, f"AE-{subject}")
        for subject in "JKL":
            judged.left(subject)
        found = final_recommendation(judged.state, judged.today)
        assert letters(judged) == "1NNNN 2TTTTT"
        assert found.dose == 1

    def test_no_dose_where_the_lowest_is_eliminated(self):
        trial = trial_of()
        trial.cohort("A", "B", "C")
        for subject in "ABC":
            trial.dlt(subject, f"AE-{subject}")
        found = final_recommendation(trial.state, trial.today)
        assert (found.dose, found.pending) == (None, 0)
        assert any(reason.rule == "elimination" for reason in found.reasons)

    def test_a_stop_and_a_cohort_that_was_never_judged_are_told(self, trial):
        infused(trial, "D")
        for subject in "ABC":
            trial.left(subject)
        watched(trial)
        trial.stop("too few evaluable people")
        said = {r.rule: r.text for r in final_recommendation(trial.state, trial.today).reasons}
        assert said["stop"] == "the trial was stopped: too few evaluable people"
        assert said["gate"] == "cohort 1 was never judged at a gate"


def test_a_share_of_what_was_planned_is_measured_by_amount():
    """The same volume is another share for another weight: 10 of 14 mL at 70 kg."""
    trial = trial_of(days=(0,))
    trial.enrolled("A")
    trial.prepared("A")
    trial.given("A", volume="10")
    trial.clock.forward(days=71)
    assert clock(trial, "A").why == "received 71.4 % of the planned amount, 80 % are wanted"
    held = trial.state.subjects["A"].infusions[0]
    assert held.given.given_amount / held.prepared.planned_amount == Decimal(10) / 14
