"""The gate: nobody pending, the design's own answer, and a signed decision that opens a cohort."""

from datetime import timedelta

import pytest
from tests.trials import Trial, adverse_event, protocol, sign

from trialwright.conduct import decide
from trialwright.conduct.clocks import dlt_clock
from trialwright.conduct.escalation import design_of
from trialwright.conduct.gate import standing
from trialwright.conduct.halt import halted
from trialwright.core.errors import InputError, Refused
from trialwright.design import Cohort, boin, cohorts, safety_boundary


@pytest.fixture
def trial() -> Trial:
    """One infusion each, and a window of 28 days."""
    return Trial(protocol=protocol(days=(0,)))


@pytest.fixture
def ready(trial) -> Trial:
    """A first cohort whose windows are complete."""
    trial.cohort("A", "B")
    trial.clock.forward(days=29)
    return trial


def test_the_design_is_the_protocols():
    expected = boin(target=0.25, doses=2) | cohorts((2, 3))
    for outcomes in ("", "1NN", "1NT", "1TT", "1NN 2NNT"):
        ours = design_of(protocol()).decide(outcomes)
        assert (ours.next_dose, ours.stop, ours.admissible) == (
            expected.decide(outcomes).next_dose,
            expected.decide(outcomes).stop,
            expected.decide(outcomes).admissible,
        )


def test_an_unknown_method_names_those_that_are_known():
    other = protocol().escalation
    changed = {"method": {"value": "boinn", "source": "x"}}
    bad = protocol(
        escalation={
            name: {"value": getattr(other, name).value, "source": "x"}
            for name in other.__struct_fields__
            if name not in ("parameters", "rules")
        }
        | changed
    )
    with pytest.raises(InputError, match=r"escalation\.method: 'boinn'.*'boin'"):
        design_of(bad)


def test_the_clock_of_one_subject(trial):
    def status():
        return dlt_clock(trial.protocol, trial.state.subjects["A"], trial.today).status

    trial.enrolled("A")
    assert status() == "not_started"
    trial.dosed("A")
    assert status() == "running"
    trial.clock.forward(days=28)
    assert status() == "running"  # the last day counts
    trial.clock.forward(days=1)
    assert status() == "complete"


def test_an_unjudged_dlt_is_pending_however_long_ago(ready):
    """Unknown is not no: what the investigator called dose-limiting waits for a ruling."""
    event = adverse_event(
        "AE-1", "B", ready.today - timedelta(days=7), grade=3, serious=True, meets_dlt=True
    )
    ready.service.act(sign("ines"), decide.report, event)
    assert standing(ready.state, ready.today).outcomes == "1NP"
    with pytest.raises(Refused, match="B: adverse event AE-1 is not adjudicated yet"):
        ready.gate()
    ready.ruled("AE-1", "B", False)
    ready.gate()
    assert ready.state.gates[-1].outcomes == "1NN"


def test_who_left_early_is_left_out_and_named(trial):
    trial.cohort("A", "B")
    trial.left("B")
    trial.clock.forward(days=29)
    trial.gate()
    held = trial.state.gates[-1]
    assert held.outcomes == "1N"
    assert any("not evaluable: B left on" in reason for reason in held.reasons)


def test_no_gate_before_the_cohort_is_full_and_known(trial):
    trial.cohort("A")
    with pytest.raises(Refused, match="cohort 1 has 1 of 2 people; it needs 1 more"):
        trial.gate()
    trial.enrolled("B")
    trial.dosed("B")
    trial.clock.forward(days=28)
    with pytest.raises(Refused) as caught:
        trial.gate()
    assert "B: the toxicity window runs until 2031-04-07" in str(caught.value)
    assert "A:" not in str(caught.value)
    now = standing(trial.state, trial.today)
    assert (now.outcomes, [c.subject for c in now.pending]) == ("1NP", ["B"])
    assert now.decision.pending == 1


def test_the_gate_keeps_its_cut_and_the_designs_reasons(ready):
    before = ready.state
    ready.gate()
    held = ready.state.gates[-1]
    assert (held.cut_seq, held.cut_sha256) == (before.seq, before.head)
    assert (held.outcomes, held.recommended_dose, held.recommended_stop) == ("1NN", 2, False)
    assert any(reason.startswith("boin: 0 of 2") for reason in held.reasons)
    assert held.pending == ()


def test_a_decision_opens_the_next_cohort_at_its_size(ready):
    with pytest.raises(Refused, match="cohort 1 is full"):
        ready.enrolled("C")
    gate = ready.gate()
    with pytest.raises(Refused, match="cohort 1 is full"):
        ready.service.act(sign("ines"), decide.enrol, "C", "SC-C", ready.today)
    ready.board(gate, 2)
    assert [(c.number, c.level, c.size) for c in ready.state.cohorts] == [(1, 1, 2), (2, 2, 3)]
    ready.service.act(sign("ines"), decide.enrol, "C", "SC-C", ready.today)
    enrolled = ready.state.subjects["C"].enrolled
    assert (enrolled.cohort, enrolled.level) == (2, 2)
    ready.prepared("C")
    assert ready.state.subjects["C"].infusions[0].prepared.dose_per_kg == 2_000_000_000


def test_the_board_never_goes_up():
    """Level 2 is admissible after 2 DLTs of 4, but not recommended: no reason opens it."""
    trial = Trial(protocol=protocol(sizes=(4, 8), days=(0,)))
    trial.cohort("A", "B", "C", "D")
    trial.dlt("A", "AE-1")
    trial.dlt("B", "AE-2")
    trial.clock.forward(days=29)
    gate = trial.gate()
    held = trial.state.gates[-1]
    assert (held.outcomes, held.recommended_dose) == ("1TTNN", 1)
    assert 2 in design_of(trial.protocol).decide("1TTNN").admissible
    for level in (2, 3):
        with pytest.raises(Refused, match=rf"level {level} is above the recommendation .*level 1"):
            trial.board(gate, level, override="the board is confident")
    assert trial.state.decisions == ()
    trial.board(gate, 1)
    assert trial.state.cohorts[-1].level == 1


def test_where_the_design_stops_no_level_opens():
    trial = Trial(protocol=protocol(sizes=(3, 3), days=(0,)))
    trial.cohort("A", "B", "C")
    for subject in "ABC":
        trial.dlt(subject, f"AE-{subject}")
    gate = trial.gate()
    assert trial.state.gates[-1].recommended_stop
    for level in (1, 2):
        with pytest.raises(Refused, match="it needs no further cohort, or a stop"):
            trial.board(gate, level, override="the board is confident")
    trial.board(gate, None, override="nobody else is enrolled; the trial goes on as follow-up")


def test_a_departure_needs_its_reason_and_is_kept_apart(ready):
    gate = ready.gate()
    for level, stops in ((1, False), (None, False), (None, True)):
        with pytest.raises(Refused, match=r"departs from the recommendation \(level 2\)"):
            ready.board(gate, level, stops, override=" ")
    ready.board(gate, 1, override="two more weeks of safety data at level 1 are wanted")
    assert ready.state.gates[-1].recommended_dose == 2
    assert ready.state.decisions[-1].opens_level == 1
    assert ready.state.cohorts[-1].level == 1


@pytest.mark.parametrize(
    ("signers", "error", "match"),
    [
        (("bea",), Refused, "1 of 2 signatures; it needs 1 more"),
        (("bea", "nora"), Refused, "nora is not on the safety board"),
        (("ben", "bo"), Refused, "bea records the decision without signing"),
        (("bea", "bea"), InputError, "each member once"),
    ],
)
def test_a_decision_carries_the_quorum(ready, signers, error, match):
    gate = ready.gate()
    with pytest.raises(error, match=match):
        ready.service.act(sign("bea"), decide.decide_gate, gate, 2, False, None, signers, "I agree")


def test_what_changed_after_the_cut_needs_a_new_gate(ready):
    gate = ready.gate()
    event = adverse_event(
        "AE-1", "A", ready.today - timedelta(days=20), grade=4, serious=True, meets_dlt=True
    )
    ready.service.act(sign("ines"), decide.report, event)
    with pytest.raises(Refused, match="were 1NN at the cut and are 1PN now; it needs a new gate"):
        ready.board(gate, 2)
    ready.ruled("AE-1", "A", True)
    again = ready.gate()
    assert again == gate + 1
    with pytest.raises(Refused, match=f"gate {gate} is not the one to decide"):
        ready.board(gate, 2)
    assert ready.state.gates[-1].outcomes == "1TN"


def test_a_gate_is_decided_once(ready):
    gate = ready.gate()
    ready.board(gate, 2)
    with pytest.raises(Refused, match="already decided"):
        ready.board(gate, 2)


def test_a_stopped_trial_doses_nobody(ready):
    gate = ready.gate()
    ready.board(gate, None, stops=True, override="an event outside this trial")
    assert ready.state.stopped
    with pytest.raises(Refused, match=r"stop: bea, ben stopped the trial on .*outside this trial"):
        ready.prepared("A")
    with pytest.raises(Refused, match="stop: "):
        ready.enrolled("C")


def test_a_trial_whose_cohorts_are_all_treated_is_complete_not_stopped(ready):
    ready.board(ready.gate(), 2)
    ready.cohort("C", "D", "E")
    ready.clock.forward(days=29)
    gate = ready.gate()
    held = ready.state.gates[-1]
    assert (held.outcomes, held.recommended_dose, held.recommended_stop) == (
        "1NN 2NNN",
        None,
        False,
    )
    with pytest.raises(Refused, match="every planned cohort was opened"):
        ready.board(gate, 2, override="more")
    ready.board(gate, None)
    with pytest.raises(Refused, match="no cohort is open"):
        ready.enrolled("F")


def test_a_cohort_without_a_single_outcome_is_not_judged():
    trial = Trial(protocol=protocol(sizes=(1, 1), days=(0,)))
    trial.cohort("A")
    trial.clock.forward(days=29)
    trial.board(trial.gate(), 2)
    trial.enrolled("B")
    trial.left("B")
    with pytest.raises(Refused, match="0 of 1 people of cohort 2 are evaluable, 1 are wanted"):
        trial.gate()


def test_a_closed_level_names_the_rule_that_closed_it():
    design = boin(target=0.3, doses=2, cutoff_eli=1) | safety_boundary(0.3, 0.8, 3)
    known = (Cohort(1, 3), Cohort(2, 4, dlts=3, pending=1, followed=(0.4,)))
    closed = halted(design, known, known, 2)
    assert closed is not None
    assert closed.rule == "safety_boundary"
    assert closed.text.startswith("level 2 is closed: dose 2 is eliminated: 3 of 4 at dose 2")
    assert halted(design, known, known, 1) is None
