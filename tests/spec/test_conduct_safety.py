"""What may never happen to people in a live trial, each told as a short story."""

from datetime import timedelta

import pytest
from tests.safety_trial import PLAN, clock, infused, judged, letters, started, trial_of, watched
from tests.trials import Trial, sign, stated

from trialwright.conduct import decide
from trialwright.conduct.gate import overtaken, standing
from trialwright.core.errors import Refused


@pytest.fixture(name="trial")
def a_started_trial() -> Trial:
    return started()


@pytest.fixture(name="judged")
def a_judged_trial() -> Trial:
    return judged()


class TestAdjudicationIsNotOptional:
    def test_what_reaches_grade_and_relatedness_waits_for_the_board(self, trial):
        """Three related events of grade 4 that nobody called dose-limiting are not "no DLT"."""
        for subject in "ABC":
            trial.ill(f"AE-{subject}", subject)
            for infusion in (2, 3):
                trial.missed(subject, infusion)
        for infusion in (2, 3):
            trial.clock.forward(days=21)
            trial.dosed("D", infusion)
        watched(trial)
        assert letters(trial) == "1PPPN"
        with pytest.raises(Refused, match="A: adverse event AE-A is not adjudicated yet; B: "):
            trial.gate()
        for subject in "ABC":
            trial.ruled(f"AE-{subject}", subject, True)
        trial.gate()
        held = trial.state.gates[-1]
        assert (held.outcomes, held.recommended_stop) == ("1TTTN", True)

    @pytest.mark.parametrize(
        ("changes", "waits"),
        [
            ({"grade": 3, "relatedness": "possible"}, True),
            ({"grade": 2, "relatedness": "definite", "serious": False}, False),
            ({"grade": 4, "relatedness": "unlikely"}, False),
            ({"grade": 1, "relatedness": "not_related", "meets_dlt": True}, True),
            ({"grade": 5, "relatedness": "not_related", "outcome": "fatal"}, True),
        ],
    )
    def test_the_protocols_limits_a_death_and_the_investigators_word(self, trial, changes, waits):
        trial.ill("AE-1", "A", **changes)
        assert (clock(trial, "A").status == "adjudication") is waits

    def test_the_limits_are_the_protocols_own(self):
        trial = trial_of(
            dlt=PLAN["dlt"] | {"grade_from": stated(4), "relatedness_from": stated("probable")}
        )
        trial.cohort("A", "B")
        trial.ill("AE-1", "A", grade=3)
        trial.ill("AE-2", "A", relatedness="possible")
        assert clock(trial, "A").status != "adjudication"
        trial.ill("AE-3", "B", relatedness="probable")
        assert clock(trial, "B").status == "adjudication"

    def test_a_death_in_the_window_is_never_just_left_out(self, trial):
        trial.ill("AE-1", "A", grade=5, outcome="fatal")
        trial.left("A", "died")
        trial.clock.forward(days=90)
        assert clock(trial, "A").status == "adjudication"
        assert letters(trial).startswith("1P")
        trial.ruled("AE-1", "A", True)
        assert clock(trial, "A").status == "dlt"

    def test_a_death_that_was_ruled_no_dlt_is_left_out_with_the_reasons(self, trial):
        trial.ill("AE-1", "A", grade=5, relatedness="not_related", outcome="fatal")
        trial.left("A", "died")
        trial.ruled("AE-1", "A", False, "struck by lightning")
        found = clock(trial, "A")
        assert found.status == "not_evaluable"
        assert "(died)" in found.why
        assert "received 33.3 % of the planned amount" in found.why

    def test_a_death_in_the_window_of_what_began_before_it(self):
        trial = trial_of()
        trial.enrolled("A")
        begun = trial.today
        trial.clock.forward(days=2)
        trial.dosed("A")
        trial.ill("AE-1", "A", onset=begun, relatedness="unlikely")
        assert clock(trial, "A").status == "running"
        death = {"grade": 5, "relatedness": "unlikely", "outcome": "fatal"}
        trial.ill("AE-1", "A", onset=begun, resolved=trial.today, **death)
        assert clock(trial, "A").status == "adjudication"
        trial.ruled("AE-1", "A", True)
        assert clock(trial, "A").status == "dlt"

    def test_a_ruling_was_on_what_was_known_then(self, trial):
        """An event that is told otherwise after "no DLT" waits for the board again."""
        trial.ill("AE-1", "A", grade=3)
        trial.ruled("AE-1", "A", False)
        assert clock(trial, "A").status == "running"
        onset = trial.today
        trial.clock.forward(days=3)
        trial.ill("AE-1", "A", grade=3, onset=onset, resolved=trial.today, outcome="resolved")
        assert clock(trial, "A").status == "running"  # how it ended is nothing new
        trial.ill("AE-1", "A", grade=4, onset=onset)
        assert clock(trial, "A").status == "adjudication"
        trial.ruled("AE-1", "A", False)
        assert clock(trial, "A").status == "running"

    def test_the_last_day_of_the_window_is_inside(self, judged):
        start = judged.state.subjects["D"].first_infusion
        for day, inside in ((70, True), (71, False)):
            event = f"AE-{day}"
            judged.ill(event, "D", onset=start + timedelta(days=day))
            assert (clock(judged, "D").status == "adjudication") is inside
            if inside:
                judged.ruled(event, "D", True)
                judged.ruled(event, "D", False)
            else:
                with pytest.raises(Refused, match="outside the toxicity window"):
                    judged.ruled(event, "D", True)


class TestWhoAdjudicates:
    def test_the_board_and_nobody_else(self, trial):
        trial.ill("AE-1", "A")
        for person in ("ines", "nora", "dana"):
            with pytest.raises(Refused, match="does not record DltAdjudicated; it needs a board"):
                trial.service.act(sign(person), decide.adjudicate, "AE-1", "A", False, "fine")
        trial.ruled("AE-1", "A", True)

    def test_also_after_the_end(self, trial):
        start = trial.today
        for subject in "ABCD":
            trial.left(subject)
        trial.service.act(sign("dana"), decide.end_trial, "over", "everybody left")
        trial.clock.forward(days=30)
        trial.ill("AE-1", "D", onset=start)
        trial.ruled("AE-1", "D", True)
        assert clock(trial, "D").status == "dlt"

    def test_a_ruling_behind_a_decided_gate_is_told(self, judged):
        judged.ill("AE-1", "B", onset=judged.state.subjects["B"].first_infusion)
        (changed,) = overtaken(judged.state, judged.today)
        assert str(changed) == "gate 1 was decided on 1NNNN, now it is 1NPNN"
        judged.ruled("AE-1", "B", True)
        judged.cohort(*"EFGHIJKL")
        infused(judged, *"EFGHIJKL")
        watched(judged)
        judged.gate()
        held = judged.state.gates[-1]
        assert held.outcomes == "1NTNN 2NNNNNNNN"
        said = "changed behind a gate: gate 1 was decided on 1NNNN, now it is 1NTNN"
        assert said in held.reasons


class TestStoppingWithoutAGate:
    @pytest.mark.parametrize(("person", "role"), [("bea", None), ("sven", "sponsor")])
    def test_board_or_sponsor_at_any_time(self, trial, person, role):
        trial.service.act(sign(person, role), decide.stop_trial, "three people fell ill")
        assert trial.state.stop.by == (person,)
        trial.clock.forward(days=21)
        with pytest.raises(Refused, match=r"stop: .* stopped the trial .*three people fell ill"):
            trial.prepared("A", 2)
        with pytest.raises(Refused, match="stop: "):
            trial.enrolled("E")
        with pytest.raises(Refused, match="stop: "):
            trial.gate()
        with pytest.raises(Refused, match="stop: "):
            trial.stop("again")

    def test_not_by_others(self, trial):
        for person in ("ines", "dana", "paul"):
            with pytest.raises(Refused, match="permission"):
                trial.service.act(sign(person), decide.stop_trial, "no reason")

    def test_a_prepared_dose_is_not_given(self):
        trial = trial_of()
        trial.enrolled("A")
        trial.prepared("A")
        trial.stop()
        with pytest.raises(Refused, match="stop: "):
            trial.given("A")

    def test_everything_else_goes_on_to_the_end(self, trial):
        trial.stop()
        trial.ill("AE-1", "A")
        trial.ruled("AE-1", "A", True)
        trial.missed("B", 2)
        for subject in "ABCD":
            trial.left(subject)
        with pytest.raises(Refused, match="cohort 1 was never judged at a gate"):
            trial.service.act(sign("dana"), decide.end_trial, "over")
        trial.service.act(sign("dana"), decide.end_trial, "over", "the trial was stopped")
        assert trial.state.ended
        with pytest.raises(Refused, match="end: "):
            trial.stop()

    def test_a_gate_that_was_held_opens_nothing_after_a_stop(self, trial):
        infused(trial, *"ABCD")
        watched(trial)
        gate = trial.gate()
        trial.stop()
        with pytest.raises(Refused, match="stop: the trial was stopped"):
            trial.board(gate, 2)
        trial.board(gate, None, stops=True, override="it was stopped")


class TestARunningCohortListensToTheDesign:
    def test_nobody_enters_an_eliminated_level(self):
        """3 of 3 with a DLT eliminate level 1, whatever the fourth person would show."""
        trial = trial_of()
        trial.cohort("A", "B", "C")
        for subject in "AB":
            trial.dlt(subject, f"AE-{subject}")
        trial.enrolled("D")
        trial.prepared("D")
        trial.dlt("C", "AE-C")
        with pytest.raises(Refused, match=r"elimination: level 1 is closed: .*3 of 4.* it needs"):
            trial.given("D")
        trial.missed("D", 1)
        with pytest.raises(Refused, match="elimination"):
            trial.prepared("D", 2)

    def test_enrolment_stops_and_the_gate_judges_who_is_in(self):
        trial = trial_of()
        trial.cohort("A", "B", "C")
        for subject in "ABC":
            trial.dlt(subject, f"AE-{subject}")
        trial.consented("SC-D")
        with pytest.raises(Refused, match=r"elimination: .*it needs a gate on the people who are"):
            trial.service.act(sign("ines"), decide.enrol, "D", "SC-D", trial.today)
        now = standing(trial.state, trial.today)
        assert now.ready
        assert now.halted.rule == "elimination"
        gate = trial.gate()
        held = trial.state.gates[-1]
        assert (held.outcomes, held.recommended_stop) == ("1TTT", True)
        assert any(r.startswith("closed with 3 of 4 people: level 1") for r in held.reasons)
        trial.board(gate, None, stops=True)
        assert trial.state.stopped

    def test_what_is_pending_may_still_turn_out_well(self):
        """2 of 2 with a DLT eliminate nothing: the cohort goes on."""
        trial = trial_of()
        trial.cohort("A", "B")
        for subject in "AB":
            trial.dlt(subject, f"AE-{subject}")
        trial.enrolled("C")
        trial.dosed("C")

    def test_a_late_ruling_in_cohort_1_closes_level_2_as_well(self, judged):
        judged.cohort("E")
        first = judged.state.subjects["A"].first_infusion
        for subject in "ABC":
            judged.ill(f"AE-{subject}", subject, onset=first + timedelta(days=10))
            judged.ruled(f"AE-{subject}", subject, True)
        judged.consented("SC-F")
        with pytest.raises(Refused, match="elimination: level 2 is closed"):
            judged.service.act(sign("ines"), decide.enrol, "F", "SC-F", judged.today)
        judged.clock.forward(days=21)
        with pytest.raises(Refused, match="elimination: level 2 is closed"):
            judged.prepared("E", 2)
        judged.ruled("AE-A", "A", False)
        judged.prepared("E", 2)

    def test_people_at_a_lower_level_go_on(self, judged):
        """Level 2 is eliminated by its own people; a rescue dose at level 1 is another matter."""
        judged.cohort("E", "F", "G")
        for subject in "EFG":
            judged.dlt(subject, f"AE-{subject}")
        with pytest.raises(Refused, match="elimination: level 2 is closed: dose 2 is eliminated"):
            judged.enrolled("H")
        judged.gate()
        held = judged.state.gates[-1]
        assert (held.outcomes, held.recommended_dose) == ("1NNNN 2TTT", None)

    def test_a_trial_that_ends_whatever_comes_takes_nobody_further(self):
        """De-escalation at the lowest dose means the end: 2 of 4 are certain to bring it."""
        escalation = {"lowest_dose_deescalate": stated("stop")}
        trial = trial_of(escalation=escalation)
        trial.cohort("A", "B")
        trial.dlt("A", "AE-A")
        trial.enrolled("C")  # 1 of 4 would still mean to stay
        trial.dlt("B", "AE-B")
        with pytest.raises(Refused, match="design: whatever is still to come, the design ends"):
            trial.dosed("C")

    def test_the_last_planned_cohort_is_no_end(self, judged):
        judged.cohort("E", "F")
        assert standing(judged.state, judged.today).halted is None
        judged.clock.forward(days=21)
        judged.dosed("E", 2)


class TestNoDoseAfterOnesOwnToxicity:
    def test_after_a_ruling_and_while_one_is_open(self, trial):
        trial.ill("AE-1", "A")
        trial.clock.forward(days=21)
        with pytest.raises(Refused, match=r"adjudication: .*AE-1 of A .*it needs the safety board"):
            trial.prepared("A", 2)
        trial.ruled("AE-1", "A", False)
        trial.prepared("A", 2)
        trial.ruled("AE-1", "A", True)
        with pytest.raises(Refused, match="own DLT: A had a dose-limiting toxicity"):
            trial.given("A", 2)
        trial.missed("A", 2)
        with pytest.raises(Refused, match="own DLT"):
            trial.prepared("A", 3)
        trial.dosed("B", 2)

    def test_where_the_protocol_says_otherwise(self):
        trial = trial_of(infusions=PLAN["infusions"] | {"stop_after_dlt": stated(False)})
        trial.cohort("A", "B")
        trial.dlt("A", "AE-1")
        trial.clock.forward(days=21)
        trial.dosed("A", 2)
