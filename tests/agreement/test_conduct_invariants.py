"""Random days at a random trial: what may never happen never does, whatever is tried.

A walk tries steps of every kind, most of them sensible and many of them wrong; the services refuse
what they must. The story that the journal tells is then held against the rules, computed here in
another way than in the product.
"""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from tests.trials import Trial, adverse_event, lot, protocol, sign

from trialwright.conduct import decide
from trialwright.conduct.clocks import infusion_due
from trialwright.conduct.events import (
    AdverseEventReported,
    BoardDecided,
    DltAdjudicated,
    GateHeld,
    InfusionGiven,
    InfusionPrepared,
    LotReceived,
    LotReleased,
    PatientEnrolled,
    TrialStopped,
)
from trialwright.conduct.fold import apply, fold
from trialwright.conduct.service import verify
from trialwright.core.errors import TrialwrightError
from trialwright.design import boin, cohorts

STEPS = 90


class Walk:
    """One random trial; `done` counts the steps that were allowed and those that were refused."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        sizes = tuple(self.chance.randint(1, 3) for _ in range(self.chance.randint(2, 3)))
        days = self.chance.choice([(0,), (0, 14)])
        self.trial = Trial(protocol=protocol(sizes=sizes, levels=2, days=days))
        self.lots = 1
        self.done = Counter()

    def run(self) -> None:
        steps = [
            (self.deliver, 4), (self.release, 4), (self.enrol, 8), (self.dose, 14), (self.miss, 1),
            (self.fall_ill, 2), (self.rule, 4), (self.withdraw, 1), (self.hold, 6), (self.board, 8),
            (self.wait, 1), (self.stop, 0.3),
        ]  # fmt: skip
        names, weights = zip(*steps, strict=True)
        for _ in range(STEPS):
            self.chance.choices(names, weights)[0]()

    def attempt(self, step, *args) -> bool:
        """Try a step; a refusal is one line, and it leaves the journal as it was."""
        before, name = self.trial.state.seq, getattr(args[1], "__name__", "") if args[1:] else ""
        try:
            step(*args)
        except TrialwrightError as error:
            assert "\n" not in str(error)
            assert step != self.trial.service.act or self.trial.state.seq == before
            self.done[f"{name or step.__name__} refused"] += 1
            return False
        assert self.trial.state.seq > before
        self.done[name or step.__name__] += 1
        return True

    def act(self, person, decision, *args) -> bool:
        return self.attempt(self.trial.service.act, sign(person), decision, *args)

    def mostly(self, usual, *others):
        """Return the usual choice four times out of five."""
        return usual if self.chance.random() < 0.8 else self.chance.choice(others)

    def somebody(self) -> str:
        state = self.trial.state
        inside = [s.number for s in state.subjects.values() if s.left is None]
        return self.mostly(self.chance.choice(inside or ["nobody"]), *state.subjects, "nobody")

    def any_lot(self) -> str:
        """Return the newest released lot, or any other."""
        lots = self.trial.state.lots
        usual = [name for name, held in lots.items() if held.released][-1]
        return self.mostly(usual, *lots, "no lot")

    def next_infusion(self, subject: str) -> int:
        held = self.trial.state.subjects.get(subject)
        done = [i for i in held.infusions if i.given or i.missed] if held else []
        return self.mostly(len(done) + 1, len(done), len(done) + 2)

    def wait(self) -> None:
        self.trial.clock.forward(days=self.chance.choice([1, 3, 7, 14]))

    def deliver(self) -> None:
        self.lots += 1
        expires = self.trial.today + timedelta(days=self.chance.choice([0, 20, 60, 200]))
        vials = self.chance.randint(1, 8)
        new = lot(f"L{self.lots}", vials=vials, expires=expires)
        self.act("paul", decide.receive_lot, new)

    def release(self) -> None:
        lots = self.trial.state.lots
        closed = [name for name, held in lots.items() if not held.released]
        self.act("quentin", decide.release_lot, self.mostly((closed or ["L1"])[-1], *lots))

    def enrol(self) -> None:
        state = self.trial.state
        number = f"S{len(state.screened) + 1}"
        self.attempt(self.trial.consented, number)
        self.trial.clock.forward(days=self.mostly(7, 0, 1))
        subject = f"P{len(state.subjects) + 1}"
        self.act("ines", decide.enrol, subject, number, self.trial.today)

    def dose(self) -> None:
        subject = self.somebody()
        infusion = self.next_infusion(subject)
        self.go_to_the_day(subject, infusion)
        weight = str(self.mostly(70, 35, 40, 150, 160))
        verifier = self.mostly("petra", "paul", "dana")
        self.act(
            "paul", decide.prepare, subject, infusion, self.any_lot(), Decimal(weight), verifier
        )
        self.trial.clock.forward(days=self.mostly(0, 1, 40))
        self.give(subject, infusion)

    def go_to_the_day(self, subject: str, infusion: int) -> None:
        held = self.trial.state.subjects.get(subject)
        if held and infusion in range(1, self.trial.protocol.infusions.count.value + 1):
            due = infusion_due(self.trial.protocol, held, infusion)
            if due and due.day > self.trial.today and self.chance.random() < 0.7:
                self.trial.clock.forward(days=(due.day - self.trial.today).days)

    def give(self, subject: str, infusion: int) -> None:
        held = self.trial.state.subjects.get(subject)
        for each in held.infusions if held else ():
            if each.prepared and each.number == infusion:
                share = Decimal(self.mostly("1", "0.8", "1.01", "0"))
                volume = (each.prepared.planned_volume_ml * share).quantize(Decimal("0.001"))
                self.act("nora", decide.give, subject, infusion, self.trial.clock.at, volume)

    def miss(self) -> None:
        subject = self.somebody()
        infusion = self.next_infusion(subject)
        self.act("nora", decide.miss, subject, infusion, self.trial.today, "ill")

    def fall_ill(self) -> None:
        event_id, subject = f"AE-{self.trial.state.seq}", self.somebody()
        event = adverse_event(
            event_id,
            subject,
            self.trial.today,
            grade=self.chance.choice([1, 2, 3, 4]),
            relatedness=self.chance.choice(["unlikely", "possible", "definite"]),
            meets_dlt=self.chance.random() < 0.4,
        )
        self.act("nora", decide.report, event)

    def rule(self) -> None:
        for subject in self.trial.state.subjects.values():
            for event in subject.adverse_events:
                is_dlt = self.chance.random() < 0.5
                who = self.mostly("bea", "ines")
                args = (event.event_id, subject.number, is_dlt, "ruled")
                self.act(who, decide.adjudicate, *args)

    def stop(self) -> None:
        self.act(self.chance.choice(["bea", "ines", "nora"]), decide.stop_trial, "a signal")

    def withdraw(self) -> None:
        self.act("ines", decide.leave, self.somebody(), self.trial.today, "withdrawn", "moved")

    def hold(self) -> None:
        self.trial.clock.forward(days=self.mostly(28, 0, 7))
        self.act("dana", decide.hold_gate)

    def board(self) -> None:
        self.act("dana", decide.hold_gate)
        gates = self.trial.state.gates
        number = gates[-1].gate if gates else 1
        level = gates[-1].recommended_dose if gates else 1
        stops = bool(gates) and gates[-1].recommended_stop
        why = self.mostly("our reason", None)
        signers = self.mostly(("bea", "ben"), ("bea",), ("bea", "nora"))
        self.act(
            "bea", decide.decide_gate, number, self.mostly(level, None, 1, 2, 3),
            self.mostly(stops, True), why, signers, "I agree",
        )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_tried_the_rules_hold(seed):
    walk = Walk(seed)
    walk.run()
    entries = list(walk.trial.journal.read())
    assert verify(walk.trial.journal).whole
    check_story(entries, walk.trial.protocol)
    cut = Random(seed).randint(1, len(entries))
    state = fold(entries[:cut])
    for entry in entries[cut:]:
        state = apply(state, entry)
    assert state == fold(entries) == walk.trial.state


@pytest.fixture(scope="module")
def many_walks() -> Counter:
    done = Counter()
    for seed in range(60):
        walk = Walk(seed)
        walk.run()
        done += walk.done
    return done


def test_the_walks_go_everywhere(many_walks):
    """Every step succeeds and is refused: walks that are refused all day would prove nothing."""
    steps = {name.removesuffix(" refused") for name in many_walks} - {"consented"}
    assert len(steps) == 12
    for step in steps:
        assert many_walks[step] >= (3 if step == "stop_trial" else 10), step
        assert many_walks[f"{step} refused"] >= 5, step


def check_story(entries, promised):
    """Walk the journal once with nothing but sets and counts."""
    open_cohort, open_level, size = 1, 1, promised.schedule[0]
    opened, stopped, gates = [1], False, []
    members: dict[int, int] = {}
    levels, released, received, used = {}, set(), {}, {}
    prepared, prepared_at, last_given = {}, {}, {}
    toxic: dict[str, bool] = {}  # by adverse event: the last ruling
    event_of: dict[str, str] = {}  # by adverse event: the subject
    for entry in entries:
        with_dlt = {event_of[event] for event, is_dlt in toxic.items() if is_dlt}
        match entry.event:
            case LotReceived() as event:
                received[event.lot] = event
            case LotReleased() as event:
                released.add(event.lot)
            case PatientEnrolled() as event:
                assert (event.cohort, event.level) == (open_cohort, open_level)
                assert not stopped
                members[event.cohort] = members.get(event.cohort, 0) + 1
                assert members[event.cohort] <= size
                assert not eliminated(levels, with_dlt, event.level, promised)
                levels[event.subject] = event.level
            case InfusionPrepared() as event:
                assert event.dose_per_kg == promised.amount(levels[event.subject])
                assert levels[event.subject] <= max(opened)
                assert not stopped
                assert event.subject not in with_dlt
                assert not eliminated(levels, with_dlt, levels[event.subject], promised)
                assert event.lot in released
                assert entry.at.date() < received[event.lot].expires
                used[event.lot] = used.get(event.lot, 0) + event.vials
                assert used[event.lot] <= received[event.lot].vials
                assert event.verified_by != entry.actor
                prepared[event.subject, event.infusion] = event
                prepared_at[event.subject, event.infusion] = entry.at
            case InfusionGiven() as event:
                ready = prepared.pop((event.subject, event.infusion))  # once each
                assert event.started.date() < received[ready.lot].expires
                assert prepared_at[event.subject, event.infusion] <= event.started <= entry.at
                assert not stopped
                assert event.subject not in with_dlt
                assert not eliminated(levels, with_dlt, levels[event.subject], promised)
                least = timedelta(days=promised.infusions.minimum_interval_days.value)
                before = last_given.get(event.subject)
                assert before is None or event.started.date() - before >= least
                last_given[event.subject] = event.started.date()
                assert 0 < event.given_volume_ml <= ready.planned_volume_ml
            case GateHeld() as event:
                closed = eliminated(levels, with_dlt, open_level, promised)
                assert members[event.cohort] == size or closed
                assert "P" not in event.outcomes
                assert not stopped
                gates.append(event)
            case BoardDecided() as event:
                assert event.gate == gates[-1].gate == len(gates)
                assert gates[-1].cohort == open_cohort  # one decision per cohort
                assert len(event.signed_by) >= promised.gate.board_quorum.value
                opens = event.opens_level
                assert opens is None or (not stopped and opens <= gates[-1].recommended_dose)
                stopped = stopped or event.stops_trial
                if event.opens_level is not None:
                    design = boin(target=0.25, doses=2) | cohorts(promised.schedule)
                    assert event.opens_level in design.decide(gates[-1].outcomes).admissible
                    open_cohort, open_level = open_cohort + 1, event.opens_level
                    opened.append(open_level)
                    size = promised.schedule[open_cohort - 1]
            case TrialStopped():
                assert entry.role == "board_member"
                stopped = True
            case AdverseEventReported() as event:
                event_of[event.event_id] = event.subject
            case DltAdjudicated() as event:
                assert entry.role == "board_member"
                toxic[event.event_id] = event.is_dlt
            case _:
                pass


def eliminated(levels, with_dlt, level, promised) -> bool:
    """Say whether a level, or one below, has too many DLTs even if nobody else there has one.

    The elimination rule of BOIN (Liu and Yuan 2015), from 3 treated on, by SciPy's beta law.
    """
    for lower in range(1, level + 1):
        here = [subject for subject, given in levels.items() if given == lower]
        toxic = sum(subject in with_dlt for subject in here)
        tail = beta.sf(promised.escalation.target.value, 1 + toxic, 1 + len(here) - toxic)
        if toxic >= 3 and tail > promised.escalation.cutoff_eli.value:
            return True
    return False
