"""What may happen in a trial: each refusal says which rule, and what would lift it."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from tests.trials import (
    STAFF,
    TestClock,
    Trial,
    adverse_event,
    assumed,
    lot,
    protocol,
    screened,
    sign,
)

from trialwright.conduct import decide, permissions
from trialwright.conduct.events import AnyEvent, AssessmentRecorded, Role
from trialwright.conduct.service import TrialService
from trialwright.conduct.signature import SYSTEM, Signature
from trialwright.core.errors import InputError, Refused
from trialwright.store.memory import MemoryJournal


@pytest.fixture
def trial() -> Trial:
    return Trial()


def refused(rule: str):
    return pytest.raises(Refused, match=f"^{rule}: .*; it needs ")


class TestPermissions:
    def test_the_table_names_every_event_and_only_roles_that_exist(self):
        assert set(permissions.PERMITTED) == set(get_args(AnyEvent))
        roles = set(get_args(Role))
        assert all(allowed and allowed <= roles for allowed in permissions.PERMITTED.values())
        assert roles - {"system"} == {role for roles in STAFF.values() for role in roles} | {
            "sponsor"
        }

    def test_a_role_that_was_never_given_is_refused(self, trial):
        with refused("permission"):
            trial.service.act(sign("nora", "pharmacist"), decide.receive_lot, lot("L2"))
        with refused("permission"):
            trial.service.act(sign("stranger", "pharmacist"), decide.receive_lot, lot("L2"))

    def test_a_role_that_does_not_do_this_is_refused(self, trial):
        with refused("permission"):
            trial.service.act(sign("nora"), decide.receive_lot, lot("L2"))

    def test_nobody_acts_as_the_rules(self, trial):
        with refused("permission"):
            trial.service.act(Signature(SYSTEM, "system", "x"), decide.end_trial, "x")
        with refused("staff"):
            trial.service.act(sign("sven", "sponsor"), decide.appoint, "eve", ("system",))
        with refused("staff"):
            trial.service.act(sign("sven", "sponsor"), decide.appoint, SYSTEM, ("sponsor",))

    def test_a_role_taken_away_is_gone(self, trial):
        trial.service.act(sign("sven", "sponsor"), decide.appoint, "nora", ("pharmacist",))
        with refused("permission"):
            trial.consented("S1")

    @pytest.mark.parametrize("signature", [Signature("nora", "study_nurse", " ")])
    def test_nothing_happens_without_a_reason(self, trial, signature):
        before = trial.state.seq
        with pytest.raises(InputError, match="an empty reason"):
            trial.service.act(signature, decide.screen, screened("S1", trial.today))
        assert trial.state.seq == before


class TestOpening:
    def test_a_real_trial_does_not_open_on_assumptions(self):
        open_protocol = protocol(follow_up=assumed("P1Y"), product=assumed("x"))
        service = TrialService(MemoryJournal(), TestClock())
        with pytest.raises(Refused, match="2 assumptions are open: follow_up, product"):
            service.open(sign("sven", "sponsor"), open_protocol, simulated=False)
        assert service.open(sign("sven", "sponsor"), open_protocol, simulated=True).seq == 1
        assert service.state.simulated

    def test_assumptions_are_found_inside_lists(self):
        levels = [{"level": 1, "amount": assumed(1e9)}, {"level": 2, "amount": assumed(2e9)}]
        with pytest.raises(Refused, match=r"dose_levels\[0\]\.amount"):
            decide.open_trial(protocol(dose_levels=levels), simulated=False)

    def test_a_confirmed_assumption_is_none(self):
        confirmed = assumed("P1Y") | {"confirmed": "sponsor, 2031-01-01"}
        assert not decide.open_trial(protocol(follow_up=confirmed), simulated=False).simulated

    def test_only_once_and_only_by_a_sponsor(self, trial):
        with refused("journal"):
            trial.service.open(sign("sven", "sponsor"), protocol(), simulated=True)
        with refused("permission"):
            TrialService(MemoryJournal(), TestClock()).open(sign("ines"), protocol(), True)

    def test_nothing_is_recorded_before(self):
        with pytest.raises(InputError, match="no entries"):
            TrialService(MemoryJournal(), TestClock()).act(sign("ines"), decide.end_trial, "x")

    @pytest.mark.parametrize("days", [(0,), (0, 0), (14, 0)])
    def test_infusion_days_that_cannot_be_followed(self, days):
        impossible = msgspec.structs.replace(
            protocol().infusions,
            days=msgspec.structs.replace(protocol().infusions.days, value=days),
        )
        with pytest.raises(InputError, match=r"protocol, infusions\.days: .*day"):
            decide.open_trial(msgspec.structs.replace(protocol(), infusions=impossible), True)


class TestEnrolment:
    def test_unknown_is_not_yes(self, trial):
        for number, eligible in (("S1", "no"), ("S2", "undecided")):
            event = screened(number, trial.today, eligible=eligible)
            trial.service.act(sign("nora"), decide.screen, event)
            trial.service.act(sign("ines"), decide.consent, number, "1.0", trial.today)
            with refused("eligibility"):
                trial.service.act(sign("ines"), decide.enrol, "A", number, trial.today)

    def test_consent_comes_first(self, trial):
        trial.service.act(sign("nora"), decide.screen, screened("S1", trial.today))
        with refused("consent"):
            trial.service.act(sign("ines"), decide.enrol, "A", "S1", trial.today)
        trial.service.act(sign("ines"), decide.consent, "S1", "1.0", trial.today)
        with refused("consent"):
            yesterday = trial.today - timedelta(days=1)
            trial.service.act(sign("ines"), decide.enrol, "A", "S1", yesterday)
        trial.service.act(sign("ines"), decide.enrol, "A", "S1", trial.today)

    def test_a_person_and_a_number_only_once(self, trial):
        trial.cohort("A")
        with refused("enrolment"):
            trial.service.act(sign("ines"), decide.enrol, "B", "SC-A", trial.today)
        trial.consented("S2")
        with refused("enrolment"):
            trial.service.act(sign("ines"), decide.enrol, "A", "S2", trial.today)

    def test_the_first_of_a_cohort_is_watched_alone(self, trial):
        trial.enrolled("A")
        with pytest.raises(Refused, match=r"stagger: A .*; it needs the first infusion of A"):
            trial.enrolled("B")
        trial.dosed("A")
        trial.clock.forward(days=6)
        with pytest.raises(Refused, match="a day from 2031-03-10"):
            trial.service.act(sign("ines"), decide.enrol, "B", "SC-B", trial.today)
        trial.clock.forward(days=1)
        trial.service.act(sign("ines"), decide.enrol, "B", "SC-B", trial.today)

    def test_a_full_cohort_waits_for_its_gate(self, trial):
        trial.cohort("A", "B")
        with pytest.raises(Refused, match="cohort 1 is full"):
            trial.enrolled("C")

    def test_the_enrolment_maximum_holds(self):
        trial = Trial()
        trial.cohort("A")
        # No protocol opens that plans more people than it may enrol; an amendment could lower it.
        fewer = protocol(enrolment_maximum={"value": 1, "source": "x"})
        with pytest.raises(Refused, match="1 people are enrolled"):
            decide.may_enrol(replace(trial.state, protocol=fewer), trial.today)

    def test_the_verdict_is_pinned_to_the_version_in_force(self, trial):
        event = screened("S1", trial.today, protocol_version="0.9")
        with pytest.raises(Refused, match=r"against version 0\.9"):
            trial.service.act(sign("nora"), decide.screen, event)

    def test_a_day_to_come_has_not_happened(self, trial):
        with refused("date"):
            day = trial.today + timedelta(days=2)
            trial.service.act(sign("nora"), decide.screen, screened("S1", day))


class TestInfusions:
    def test_the_lot_is_released_unexpired_and_has_the_vials(self, trial):
        trial.enrolled("A")
        with pytest.raises(Refused, match="lot L2 was never received"):
            trial.prepared("A", lot="L2")
        small = lot("L2", vials=1, expires=trial.today + timedelta(days=1))
        trial.service.act(sign("paul"), decide.receive_lot, small)
        with pytest.raises(Refused, match="lot L2 is not released"):
            trial.prepared("A", lot="L2")
        trial.service.act(sign("quentin"), decide.release_lot, "L2")
        with pytest.raises(Refused, match="takes 2 vials, lot L2 has 1"):
            trial.prepared("A", lot="L2")
        trial.clock.forward(days=1)
        with pytest.raises(Refused, match="lot L2 expires on 2031-03-04"):
            trial.prepared("A", lot="L2")

    def test_a_dose_that_waited_past_the_expiry_is_not_given(self, trial):
        short = lot("L2", expires=trial.today + timedelta(days=1))
        trial.service.act(sign("paul"), decide.receive_lot, short)
        trial.service.act(sign("quentin"), decide.release_lot, "L2")
        trial.enrolled("A")
        trial.prepared("A", lot="L2")
        trial.clock.forward(days=1)
        with refused("expiry"):
            trial.given("A")

    def test_vials_are_used_up(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        assert trial.state.lots["L1"].used_vials == 2
        assert trial.state.subjects["A"].infusions[0].prepared.planned_volume_ml == 14

    def test_a_second_person_verifies(self, trial):
        trial.enrolled("A")
        for person in ("paul", "dana", "nobody"):
            with refused("verification"):
                trial.service.act(sign("paul"), decide.prepare, "A", 1, "L1", Decimal(70), person)

    def test_given_and_residual_are_what_was_prepared(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        (entry,) = trial.given("A", volume="13.5")
        event = entry.event
        assert event.given_volume_ml + event.residual_ml == 14
        assert event.given_amount == Decimal("6.75e10")

    def test_more_than_was_prepared_cannot_be_given(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        with pytest.raises(Refused, match=r"14\.001 mL given of 14\.000 mL prepared"):
            trial.given("A", volume="14.001")

    @pytest.mark.parametrize("volume", ["0", "-1", "NaN", "Infinity"])
    def test_a_volume_that_is_none(self, trial, volume):
        trial.enrolled("A")
        trial.prepared("A")
        with pytest.raises(InputError, match="given_volume_ml"):
            trial.given("A", volume=volume)

    @pytest.mark.parametrize(("volume", "opens"), [("12.6", False), ("12.5", True)])
    def test_outside_the_tolerance_a_deviation_opens_by_itself(self, trial, volume, opens):
        trial.enrolled("A")
        trial.prepared("A")
        entries = trial.given("A", volume=volume)
        deviations = trial.state.subjects["A"].deviations
        assert bool(deviations) is opens
        if opens:
            assert "10.71 % from the planned amount (tolerance 10" in deviations[0].what
            assert not deviations[0].affects_evaluability  # the second infusion makes up for it
            assert (entries[1].actor, entries[1].role) == (SYSTEM, "system")

    def test_infusions_go_in_order_and_once(self, trial):
        trial.enrolled("A")
        with pytest.raises(Refused, match="infusion 2 of A is out of order; it needs infusion 1"):
            trial.prepared("A", 2)
        trial.prepared("A")
        with pytest.raises(Refused, match="already prepared"):
            trial.prepared("A")
        trial.given("A")
        with refused("infusion"):
            trial.given("A")
        with pytest.raises(InputError, match="a number from 1 to 2"):
            trial.prepared("A", 3)

    def test_the_second_is_not_prepared_before_its_window(self, trial):
        trial.cohort("A")
        with pytest.raises(Refused, match="not due on 2031-03-10; it needs a day from 2031-03-15"):
            trial.prepared("A", 2)
        trial.clock.forward(days=5)
        trial.dosed("A", 2)
        assert trial.state.subjects["A"].deviations == ()

    def test_a_late_infusion_is_given_and_opens_a_deviation(self, trial):
        trial.cohort("A")
        trial.clock.forward(days=10)
        trial.dosed("A", 2)
        (deviation,) = trial.state.subjects["A"].deviations
        assert "late, given on 2031-03-20; its window was 2031-03-15 to 2031-03-19" in (
            deviation.what
        )

    def test_a_missed_infusion_is_recorded_and_cannot_be_given(self, trial):
        trial.cohort("A")
        trial.service.act(sign("nora"), decide.miss, "A", 2, trial.today, "ill")
        assert "not given" in trial.state.subjects["A"].deviations[0].what
        with refused("infusion"):
            trial.prepared("A", 2)

    def test_who_left_is_not_dosed(self, trial):
        trial.enrolled("A")
        trial.service.act(sign("ines"), decide.leave, "A", trial.today, "withdrawn", "moved")
        with refused("subject"):
            trial.prepared("A")

    def test_a_start_before_now_in_utc_only(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        later = trial.clock.at + timedelta(minutes=1)
        with refused("date"):
            trial.service.act(sign("nora"), decide.give, "A", 1, later, Decimal(14))
        naive = trial.clock.at.replace(tzinfo=None)
        with pytest.raises(InputError, match="without a zone"):
            trial.service.act(sign("nora"), decide.give, "A", 1, naive, Decimal(14))


class TestSafety:
    def report(self, trial, **changes):
        event = adverse_event(
            **({"event_id": "AE-1", "subject": "A", "onset": trial.today} | changes)
        )
        return trial.service.act(sign("nora"), decide.report, event)

    @pytest.mark.parametrize(
        "changes",
        [
            {"grade": 5, "serious": True, "outcome": "not_resolved"},
            {"grade": 2, "outcome": "fatal"},
            {"grade": 5, "serious": False, "outcome": "fatal"},
            {"outcome": "resolved"},
            {"resolved": date(2031, 3, 1), "outcome": "resolved"},
            {"resolved": date(2031, 3, 10), "outcome": "not_resolved"},
            {"onset": date(2031, 2, 1)},
            {"onset": date(2031, 6, 1)},
        ],
    )
    def test_what_contradicts_itself_is_refused(self, trial, changes):
        trial.cohort("A")
        with pytest.raises(Refused):
            self.report(trial, **changes)
        assert trial.state.subjects["A"].adverse_events == ()

    def test_an_id_belongs_to_one_person(self, trial):
        trial.cohort("A", "B")
        self.report(trial)
        with pytest.raises(Refused, match="AE-1 is an event of A"):
            self.report(trial, subject="B")

    def test_only_a_reported_event_inside_the_window_is_dose_limiting(self, trial):
        trial.cohort("A")
        with refused("adjudication"):
            trial.ruled("AE-1", "A", True)
        trial.missed("A", 2)
        trial.clock.forward(days=22)  # day 29: the window is over
        self.report(trial)
        with pytest.raises(Refused, match="outside the toxicity window"):
            trial.ruled("AE-1", "A", True)
        trial.ruled("AE-1", "A", False)
        assert not trial.state.subjects["A"].has_dlt

    def test_an_event_is_never_locked_out(self, trial):
        trial.cohort("A")
        trial.service.act(sign("ines"), decide.leave, "A", trial.today, "withdrawn", "moved")
        trial.service.act(sign("dana"), decide.end_trial, "all left", "nobody else came")
        assert trial.state.ended
        self.report(trial, grade=3)
        assert len(trial.state.subjects["A"].adverse_events) == 1
        trial.ruled("AE-1", "A", True)
        assert trial.state.subjects["A"].has_dlt


class TestVisitsAndEnd:
    def assess(self, trial, **changes):
        values = {
            "subject": "A", "visit": "month 2", "measure": "lvef", "value": "31.5", "unit": "%",
            "measured_on": trial.today,
        }  # fmt: skip
        return trial.service.act(
            sign("nora"), decide.assess, AssessmentRecorded(**(values | changes))
        )

    @pytest.mark.parametrize(
        "changes",
        [
            {"visit": "month 7"},
            {"measure": "blood pressure"},
            {"value": "thirty"},
            {"value": "NaN"},
            {"value": None},
            {"missing_why": "why at all"},
        ],
    )
    def test_what_is_no_assessment_names_what_was_wanted(self, trial, changes):
        trial.cohort("A")
        with pytest.raises(InputError):
            self.assess(trial, **changes)

    def test_outside_the_visit_window_a_deviation_opens(self, trial):
        trial.cohort("A")
        trial.clock.forward(days=53)
        assert len(self.assess(trial)) == 1
        trial.clock.forward(days=6)
        entries = self.assess(trial, measure="nyha", value="II", unit=None)
        assert "its window was 2031-04-27 to 2031-05-07" in entries[1].event.what

    def test_a_second_record_is_a_correction(self, trial):
        trial.cohort("A")
        self.assess(trial, visit="baseline", value="30")
        self.assess(trial, visit="baseline", value="31")
        (held,) = trial.state.subjects["A"].assessments
        assert held.value == "31"

    def test_completed_means_followed_up(self, trial):
        trial.cohort("A")
        with pytest.raises(Refused, match="the visit month 2 of A is still to come"):
            trial.service.act(sign("ines"), decide.leave, "A", trial.today, "completed", "")
        trial.clock.forward(days=50)
        trial.service.act(sign("ines"), decide.leave, "A", trial.today, "completed", "")
        with refused("visit"):
            trial.clock.forward(days=2)
            self.assess(trial)

    def test_a_death_has_its_event(self, trial):
        trial.cohort("A")
        with refused("death"):
            trial.service.act(sign("ines"), decide.leave, "A", trial.today, "died", "")
        fatal = adverse_event("AE-1", "A", trial.today, grade=5, serious=True, outcome="fatal")
        trial.service.act(sign("ines"), decide.report, fatal)
        with refused("death"):
            trial.service.act(sign("ines"), decide.leave, "A", trial.today, "withdrawn", "")
        trial.service.act(sign("ines"), decide.leave, "A", trial.today, "died", "")

    def test_the_trial_ends_when_everybody_has_left(self, trial):
        trial.enrolled("A")
        with pytest.raises(Refused, match="A did not leave"):
            trial.service.act(sign("dana"), decide.end_trial, "over")
        trial.service.act(sign("ines"), decide.leave, "A", trial.today, "withdrawn", "moved")
        for no_gate in (None, " "):
            with pytest.raises(Refused, match="cohort 1 was never judged at a gate"):
                trial.service.act(sign("dana"), decide.end_trial, "over", no_gate)
        trial.service.act(sign("dana"), decide.end_trial, "over", "nobody else was referred")
        assert list(trial.journal.read())[-1].event.no_gate == "nobody else was referred"
        with refused("end"):
            trial.consented("S2")


def test_lots_make_sense(trial):
    for changes in (
        {"concentration": Decimal(0)},
        {"concentration": Decimal("NaN")},
        {"vial_volume_ml": Decimal(-1)},
        {"vials": 0},
    ):
        with pytest.raises(InputError, match="lot L2"):
            trial.service.act(sign("paul"), decide.receive_lot, lot("L2", **changes))
    with refused("units"):
        trial.service.act(sign("paul"), decide.receive_lot, lot("L2", concentration_unit="mg/mL"))
    with refused("expiry"):
        trial.service.act(sign("paul"), decide.receive_lot, lot("L2", expires=trial.today))
    with refused("lot"):
        trial.service.act(sign("paul"), decide.receive_lot, lot("L1"))
    with refused("release"):
        trial.service.act(sign("quentin"), decide.release_lot, "L1")


def test_times_are_utc_in_the_journal(trial):
    assert all(entry.at.tzinfo == UTC for entry in trial.journal.read())
