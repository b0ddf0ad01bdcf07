"""A rehearsal: simulated people and staff run a whole trial through the real trial's services."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import msgspec
import numpy as np
import pytest
from tests.trials import protocol, stated

from trialwright.conduct import decide, permissions
from trialwright.conduct.escalation import design_of
from trialwright.conduct.events import (
    DeviationOpened,
    DltAdjudicated,
    InfusionPrepared,
    PatientScreened,
    TrialEnded,
)
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import to_ndjson
from trialwright.conduct.service import verify
from trialwright.conduct.signature import Signed
from trialwright.conduct.window import dlt_window
from trialwright.core.errors import Refused
from trialwright.rehearsal.person import draw_person, measured
from trialwright.rehearsal.population import Population, load_population
from trialwright.rehearsal.rehearse import rehearse
from trialwright.rehearsal.scenario import Scenario, default_scenario
from trialwright.store.journal import SqlJournal
from trialwright.store.memory import MemoryJournal

START = date(2031, 1, 6)
VISITS = (
    ("baseline", -1, ("lvef", "nyha", "nt_probnp")),
    ("month 3", 90, ("lvef", "nyha", "nt_probnp", "six_minute_walk")),
    ("month 6", 180, ("lvef", "nyha", "peak_vo2")),
)
CRITERIA = [
    {"id": "I1", "section": "inclusion",
     "expr": {"demographic": {"age": {"min": "P18Y", "max": "P80Y"}}}},
    {"id": "I2", "section": "inclusion",
     "expr": {"compare": {"measure": "lvef", "op": "<=", "value": 40, "unit": "%"}}},
    {"id": "I3", "section": "inclusion", "expr": {"ordinal": {"scale": "nyha", "in": ["III"]}}},
    {"id": "I4", "section": "inclusion", "expr": {"attest": "signed consent"}},
    {"id": "E1", "section": "exclusion",
     "expr": {"within": {"last": "P3M", "anchor": "enrolment",
              "of": {"has": {"domain": "condition", "concept": "stroke", "words": "stroke"}}}}},
    {"id": "E2", "section": "exclusion", "expr": {"judgement": "unable to follow the protocol"}},
    # The population has no numbers for calcium: the rehearsal has to meet it all the same.
    {"id": "E3", "section": "exclusion",
     "expr": {"compare": {"measure": "calcium", "op": ">", "value": 8, "unit": "mg/dL"}}},
]  # fmt: skip


def promised(**changes):
    criteria = [c | {"text": c["id"], "span": [0, 1], "status": "auto"} for c in CRITERIA]
    values = {
        "sizes": (4, 8), "days": (0, 21, 42), "visits": VISITS, "criteria": criteria,
        "gate": {"minimum_evaluable": stated(3)},
    }  # fmt: skip
    return protocol(**(values | changes))


def scenario(**changes) -> Scenario:
    default = default_scenario()
    assumptions = msgspec.structs.replace(default.assumptions, **changes)
    return Scenario(default.population, assumptions)


def played(seed=1, on=None, with_protocol=None, **changes):
    journal = MemoryJournal() if on is None else on
    plan = with_protocol or promised()
    rehearse(plan, scenario(**changes), np.random.default_rng(seed), journal, START)
    return journal


@pytest.fixture(scope="module")
def journal():
    return played()


@pytest.fixture(scope="module")
def state(journal):
    return fold(journal.read())


def test_the_whole_trial_is_played_and_says_that_it_is_simulated(journal, state):
    assert verify(journal).whole
    assert state.simulated
    assert state.ended
    assert len(state.subjects) == 12
    assert all(subject.left for subject in state.subjects.values())
    assert [gate.cohort for gate in state.gates] == [1, 2]
    assert [decision.gate for decision in state.decisions] == [1, 2]


def test_some_people_do_not_fit_and_are_on_the_log(state):
    verdicts = Counter(screened.eligible for screened in state.screened.values())
    assert verdicts["yes"] >= 12
    assert verdicts["no"] > 0
    failed = [s for s in state.screened.values() if s.eligible == "no"]
    assert all(s.deciding and s.verdicts[s.deciding[0]] == "false" for s in failed)
    enrolled = {s.enrolled.screening_no for s in state.subjects.values()}
    assert not enrolled & {s.screening_no for s in failed}


def test_entries_are_in_time_order_and_signed_by_who_may(journal, state):
    entries = list(journal.read())
    assert [e.at for e in entries] == sorted(e.at for e in entries)
    for entry in entries[1:]:
        if entry.role != "system":
            signed = Signed(entry.actor, entry.role, entry.reason, entry.at)
            permissions.check(state, signed, entry.event)
    assert all(entry.actor.startswith("simulated ") or entry.role == "system" for entry in entries)


def test_a_dose_is_its_weight_and_lot(journal, state):
    doses = [e.event for e in journal.read() if isinstance(e.event, InfusionPrepared)]
    assert len({dose.lot for dose in doses}) > 1
    for dose in doses:
        level = state.subjects[dose.subject].enrolled.level
        assert dose.planned_amount == state.protocol.amount(level) * dose.weight_kg
        concentration = state.lots[dose.lot].received.concentration
        assert abs(dose.planned_volume_ml - dose.planned_amount / concentration) < Decimal("0.001")


def test_visits_have_values_and_gaps_with_a_reason(state):
    taken = [a for s in state.subjects.values() for a in s.assessments]
    assert {a.measure for a in taken if a.value} == {
        "lvef", "nyha", "nt_probnp", "six_minute_walk",
    }  # fmt: skip
    assert {a.unit for a in taken if a.measure == "lvef" and a.value} == {"%"}
    assert {a.unit for a in taken if a.measure == "nyha"} == {None}
    unknown = [a for a in taken if a.measure == "peak_vo2"]
    assert unknown
    assert all(a.value is None and a.missing_why for a in unknown)


def test_the_same_seed_gives_the_same_bytes(tmp_path, journal):
    for name in ("a.sqlite", "b.sqlite"):
        with SqlJournal.create(tmp_path / name, durable=False) as file:
            played(on=file)
    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()
    with SqlJournal.open(tmp_path / "a.sqlite") as file:
        assert list(to_ndjson(file.read())) == list(to_ndjson(journal.read()))


def test_another_seed_gives_another_trial(journal):
    assert list(played(seed=2).lines()) != list(journal.lines())


def test_where_everybody_reacts_the_board_stops_the_trial():
    state = fold(played(dlt_rates=(1.0,)).read())
    assert state.gates[0].outcomes in {"1TTT", "1TTTT"}  # three close the level
    assert state.gates[0].recommended_stop
    assert state.stopped
    assert state.ended
    assert len(state.subjects) in {3, 4}
    for subject in state.subjects.values():
        after = [i for i in subject.infusions if i.missed]
        assert len(subject.given) + len(after) == 3


def test_the_board_adjudicates_and_nobody_is_dosed_after_a_toxicity():
    journal = played(dlt_rates=(0.6,))
    ruled: dict[str, date] = {}
    for entry in journal.read():
        if isinstance(entry.event, DltAdjudicated):
            assert entry.role == "board_member"
            if entry.event.is_dlt:
                ruled[entry.event.subject] = entry.at.date()
        if isinstance(entry.event, InfusionPrepared):
            assert entry.event.subject not in ruled
    assert ruled


def test_a_death_in_the_window_is_ruled_on():
    journal = played(adverse_events=deadly())
    state = fold(journal.read())
    dead = [s for s in state.subjects.values() if s.left and s.left.how == "died"]
    assert dead
    assert state.ended
    for subject in dead:
        window = dlt_window(state.protocol, subject)
        fatal = next(e for e in subject.adverse_events if e.grade == 5)
        ruled = {a.event_id for a in subject.adjudications}
        assert (fatal.event_id in ruled) is (window is not None and window.holds(fatal.onset))


def deadly():
    """Everybody dies of something within a year or so."""
    default = default_scenario().assumptions.adverse_events
    doomed = tuple(
        msgspec.structs.replace(m, per_100_years=300.0) if m.grades == (5,) else m
        for m in default.background
    )
    return msgspec.structs.replace(default, background=doomed)


def test_too_few_evaluable_people_end_in_a_stop_not_in_a_loop():
    journal = played(missed_infusion=1.0, dlt_rates=(0.0,))
    state = fold(journal.read())
    assert state.gates == ()
    assert re.fullmatch("[012] of 4 people of cohort 1 are evaluable, 3 are wanted", state.stop.why)
    assert state.stop.by == ("simulated board member 1",)
    last = list(journal.read())[-1].event
    assert state.ended
    assert last.no_gate == f"the trial was stopped: {state.stop.why}"
    assert verify(journal).whole


def test_a_level_that_is_eliminated_half_way_takes_nobody_further():
    """Level 2 is always toxic: the cohort of 8 is closed early, and the gate judges it."""
    state = fold(played(dlt_rates=(0.0, 1.0)).read())
    assert state.ended
    second = state.gates[-1]
    assert second.cohort == 2
    assert second.outcomes.split()[1].strip("2") in {"TTT", "TTTT", "TTTTT", "TTTTTT"}
    assert any(reason.startswith("closed with ") for reason in second.reasons)


def test_where_nobody_reacts_the_next_level_opens():
    state = fold(played(dlt_rates=(0.0,)).read())
    assert [cohort.level for cohort in state.cohorts] == [1, 2]
    assert state.gates[1].outcomes in {"1NNNN 2NNNNNNNN"} or state.gates[1].reasons


@pytest.mark.parametrize(
    ("sizes", "levels", "days"),
    [((1,), 1, (0,)), ((3, 3, 3, 3), 3, (0, 7)), ((2, 2), 2, (0, 10, 20, 30, 40))],
)
def test_any_protocol_can_be_rehearsed(sizes, levels, days):
    plan = promised(sizes=sizes, levels=levels, days=days)
    for seed in range(3):
        journal = played(seed=seed, with_protocol=plan)
        state = fold(journal.read())
        assert verify(journal).whole
        assert state.ended
        assert len(state.cohorts) <= len(sizes)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("crm", {"rules": {"no_skipping": stated({})}}),
        ("tite_boin", {}),
        (
            "blrm",
            {"parameters": {"reference_dose": stated(2e9), "prior": stated("-0.7,-0.4,1.2,0.9,0")}},
        ),
    ],
)
def test_the_gate_asks_the_method_that_the_protocol_states(method, more):
    rule = {
        "method": stated(method), "target": stated(0.25), "cutoff_eli": stated(0.95),
        "lowest_dose_stay": stated("continue"), "lowest_dose_deescalate": stated("continue"),
    }  # fmt: skip
    plan = promised(escalation=rule | more)
    state = fold(played(with_protocol=plan).read())
    assert state.gates
    for gate in state.gates:
        decision = design_of(plan).decide(gate.outcomes)
        assert gate.recommended_dose == decision.next_dose
        assert any(decision.reasons[0].text in reason for reason in gate.reasons)


def test_doses_in_another_unit_and_a_flat_follow_up():
    plan = promised(
        sizes=(2,),
        dosing={
            "unit": "mg/kg", "weight_kg": stated([40, 150]), "tolerance_percent": stated(10),
        },
        visits=(("baseline", 0, ("lvef",)),),
    )  # fmt: skip
    state = fold(played(with_protocol=plan).read())
    assert state.ended
    assert {lot.received.concentration_unit for lot in state.lots.values()} == {"mg/mL"}


def test_faults_show_as_deviations():
    journal = played(underdosed_infusion=1.0)
    opened = [e.event for e in journal.read() if isinstance(e.event, DeviationOpened)]
    assert any("from the planned amount" in deviation.what for deviation in opened)


def test_criteria_that_nobody_meets_end_in_one_line_not_in_a_loop():
    impossible = [{
        "id": "I1", "section": "inclusion", "text": "x", "span": [0, 1], "status": "auto",
        "expr": {"compare": {"measure": "lvef", "op": ">", "value": 80, "unit": "%"}},
    }]  # fmt: skip
    with pytest.raises(Refused, match=r"cohort 1 was not filled from 24 people .*I1"):
        played(with_protocol=promised(criteria=impossible), most_screened_per_place=2)


def test_progress_ends_at_its_total():
    calls = []
    plan = promised(sizes=(2,))
    rehearse(
        plan, scenario(), np.random.default_rng(1), MemoryJournal(), START,
        lambda done, total, what: calls.append((done, total, what)),
    )  # fmt: skip
    assert calls[-1] == (4, 4, "data locked")
    assert [done for done, _, _ in calls] == sorted(done for done, _, _ in calls)


def test_a_real_trial_is_never_opened_by_a_rehearsal(journal):
    opening = next(iter(journal.read())).event
    assert opening.simulated
    assert isinstance(list(journal.read())[-1].event, TrialEnded)
    assert not decide.open_trial(protocol(), simulated=False).simulated


class TestPopulation:
    """The numbers come from the data file and look like the data file says."""

    def test_every_number_names_a_source(self):
        population = load_population()
        assert isinstance(population, Population)
        for law in (*population.measures.values(), *population.scales.values()):
            assert law.source
            assert set(getattr(law, "shares", {"x": 1})) != set()

    def test_repeats_differ_by_the_stated_noise(self):
        person = draw_person(scenario(), (40, 150), START, np.random.default_rng(5))
        values = [float(measured(person, scenario(), "lvef", -1)) for _ in range(400)]
        assert np.std(values) == pytest.approx(1.7, abs=0.25)

    def test_people_differ_by_the_stated_spread(self):
        rng = np.random.default_rng(6)
        people = [draw_person(scenario(), (40, 150), START, rng) for _ in range(1500)]
        lvef = np.array([p.true["lvef"] for p in people])
        assert np.mean(lvef) == pytest.approx(28, abs=1.5)
        peptide = np.log([p.true["nt_probnp"] for p in people])
        assert np.exp(np.median(peptide)) == pytest.approx(2000, rel=0.12)
        change = np.array([[p.change["lvef"], p.change["nt_probnp"]] for p in people])
        assert np.corrcoef(change.T)[0, 1] == pytest.approx(-0.38, abs=0.08)
        assert np.mean([p.sex == "male" for p in people]) == pytest.approx(0.73, abs=0.05)

    def test_ages_on_the_log_fit_the_birth_year(self, journal):
        for entry in journal.read():
            if isinstance(entry.event, PatientScreened):
                event = entry.event
                assert event.screened_on.year - event.birth_year - event.age_years in {0, 1}
