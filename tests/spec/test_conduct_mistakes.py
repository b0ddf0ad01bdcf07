"""Mistakes of a busy day, and what the trial says to them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.trials import Trial, adverse_event, lot, protocol, screened, sign

from trialwright.conduct import decide
from trialwright.conduct.events import AssessmentRecorded
from trialwright.conduct.gate import final_recommendation, standing
from trialwright.conduct.lifetime import died_on
from trialwright.conduct.rulings import unruled
from trialwright.core.errors import InputError, Refused


@pytest.fixture
def trial() -> Trial:
    return Trial()


def refused(line: str):
    return pytest.raises(Refused, match=line)


def report(trial: Trial, event_id: str = "AE-1", who: str = "ines", **changes):
    """Report an event of subject A that began today, unless told otherwise."""
    values = {"subject": "A", "onset": trial.today} | changes
    event = adverse_event(event_id, **values)
    return trial.service.act(sign(who), decide.report, event)


def fatal(trial: Trial, event_id: str = "AE-1", **changes):
    values = {"grade": 5, "serious": True, "outcome": "fatal", "relatedness": "definite"}
    return report(trial, event_id, **(values | changes))


def reading(trial: Trial, on: date, visit: str = "baseline"):
    event = AssessmentRecorded("A", visit, "lvef", "31", "%", on)
    return trial.service.act(sign("nora"), decide.assess, event)


def give(trial: Trial, started, subject: str = "A", infusion: int = 1):
    return trial.service.act(sign("nora"), decide.give, subject, infusion, started, Decimal(14))


class TestTheDead:
    def test_are_not_dosed(self, trial):
        trial.cohort("A")
        fatal(trial)
        trial.clock.forward(days=7)
        with refused("death: A died on 2031-03-10; it needs the infusion recorded as missed"):
            trial.prepared("A", 2)
        trial.missed("A", 2)

    def test_are_not_given_a_dose_that_stands_ready(self, trial):
        trial.cohort("A")
        trial.clock.forward(days=7)
        trial.prepared("A", 2)
        fatal(trial)
        trial.clock.forward(days=1)
        with refused("death: A died on 2031-03-17"):
            give(trial, trial.clock.at, infusion=2)

    def test_have_no_visit_after_their_last_day(self, trial):
        trial.cohort("A")
        died = trial.today
        fatal(trial)
        trial.clock.forward(days=3)
        reading(trial, died)
        with refused(r"death: A had died by 2031-03-13; it needs a day up to 2031-03-10"):
            reading(trial, trial.today)

    def test_have_no_adverse_event_after_it(self, trial):
        trial.cohort("A")
        fatal(trial)
        trial.clock.forward(days=2)
        report(trial, "AE-2", onset=trial.today - timedelta(days=2))
        with refused("death: Fever on 2031-03-12 is after the death of A on 2031-03-10"):
            report(trial, "AE-3")
        with refused("is after the death of A"):
            day = trial.today
            report(trial, "AE-2", onset=day - timedelta(days=4), resolved=day, outcome="resolved")

    def test_did_not_die_before_what_happened_to_them(self, trial):
        trial.cohort("A")
        onset = trial.today
        report(trial, onset=onset)
        trial.clock.forward(days=7)
        trial.dosed("A", 2)
        with refused("A would have died on 2031-03-10, before infusion 2 on 2031-03-17; it needs "):
            fatal(trial, onset=onset)
        fatal(trial, onset=onset, resolved=trial.today)
        assert died_on(trial.state.subjects["A"]) == trial.today

    def test_the_day_of_death_is_the_end_of_study_where_the_event_does_not_say(self, trial):
        trial.cohort("A")
        fatal(trial)
        trial.clock.forward(days=2)
        trial.left("A", "died")
        assert died_on(trial.state.subjects["A"]) == trial.today

    def test_are_not_brought_back_once_they_left_as_dead(self, trial):
        trial.cohort("A")
        fatal(trial)
        trial.left("A", "died")
        with refused("death: A left the trial as dead on 2031-03-10, of AE-1"):
            report(trial, grade=4, serious=True, relatedness="definite")


class TestANewReport:
    """Graver is anybody's to report; lighter is the investigator's, and the board looks again."""

    GRAVE = {"grade": 4, "serious": True, "relatedness": "definite", "meets_dlt": True}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("changes", "taken_back"),
        [
            ({"grade": 3}, "grade 4"),
            ({"serious": False}, "serious: yes"),
            ({"meets_dlt": False}, "dose-limiting: yes"),
            ({"relatedness": "unlikely"}, "relatedness definite"),
            ({"term": "Headache"}, "the term Fever"),
        ],
    )
    def test_a_nurse_takes_nothing_back(self, trial, changes, taken_back):
        trial.cohort("A")
        report(trial, who="nora", **self.GRAVE)
        with refused(f"correction: AE-1 was reported with {taken_back}; it needs the investigator"):
            report(trial, who="nora", **(self.GRAVE | changes))
        (held,) = trial.state.subjects["A"].adverse_events
        assert (held.grade, held.term, held.meets_dlt) == (4, "Fever", True)

    def test_a_nurse_does_not_undo_a_death(self, trial):
        trial.cohort("A")
        fatal(trial)
        with refused("correction: AE-1 was reported with grade 5, .*a fatal outcome"):
            report(trial, who="nora", grade=1, resolved=trial.today, outcome="resolved")

    def test_graver_and_over_are_a_nurses_to_report(self, trial):
        trial.cohort("A")
        report(trial, who="nora", grade=2)
        report(trial, who="nora", grade=3, relatedness="probable")
        day = trial.today
        report(trial, who="nora", grade=3, relatedness="probable", resolved=day, outcome="resolved")
        assert trial.state.subjects["A"].adverse_events[0].outcome == "resolved"

    def test_the_investigators_correction_does_not_answer_for_the_board(self, trial):
        trial.cohort("A")
        report(trial, **self.GRAVE)
        report(trial, grade=1, term="Headache", relatedness="unlikely")
        subject = trial.state.subjects["A"]
        assert [event.event_id for event in unruled(trial.protocol, subject)] == ["AE-1"]
        with refused("adjudication: adverse event AE-1 of A is not adjudicated yet"):
            trial.clock.forward(days=7)
            trial.prepared("A", 2)
        trial.ruled("AE-1", "A", False, "a slip of the pen")
        trial.prepared("A", 2)

    def test_a_ruling_counts_for_the_report_that_it_was_made_on(self, trial):
        trial.cohort("A")
        report(trial, grade=2, meets_dlt=True)
        trial.ruled("AE-1", "A", False, "grade 2 only")
        assert unruled(trial.protocol, trial.state.subjects["A"]) == ()
        report(trial, **self.GRAVE)
        assert len(unruled(trial.protocol, trial.state.subjects["A"])) == 1

    def test_what_never_concerned_the_board_does_not_once_it_changes_a_little(self, trial):
        trial.cohort("A")
        report(trial, grade=1, relatedness="unlikely")
        report(trial, grade=2, relatedness="unlikely")
        assert unruled(trial.protocol, trial.state.subjects["A"]) == ()

    def test_an_id_is_one_persons(self, trial):
        trial.cohort("A", "B")
        report(trial)
        with refused("AE-1 is an event of A; it needs an event id of its own"):
            report(trial, subject="B")


class TestDates:
    def test_nothing_is_dated_before_the_trial(self, trial):
        before = date(2001, 1, 1)
        with refused("date: the screening of S1 on 2001-01-01 is before the trial"):
            event = screened("S1", before, birth_year=1940)
            trial.service.act(sign("nora"), decide.screen, event)
        trial.service.act(sign("nora"), decide.screen, screened("S1", trial.today))
        with refused("date: the consent of S1 on 2001-01-01 is before the trial"):
            trial.service.act(sign("ines"), decide.consent, "S1", "1.0", before)

    def test_yesterday_is_still_the_day_of_the_opening_somewhere(self, trial):
        """At eight in the morning UTC it is yesterday evening on the other side of the earth."""
        yesterday = trial.today - timedelta(days=1)
        trial.service.act(sign("nora"), decide.screen, screened("S1", yesterday))
        with refused("is before the trial"):
            event = screened("S2", yesterday - timedelta(days=1))
            trial.service.act(sign("nora"), decide.screen, event)

    def test_nobody_enters_a_cohort_before_it_opened(self):
        trial = Trial(protocol=protocol(days=(0,)))
        trial.cohort("A", "B")
        trial.clock.forward(days=10)
        early = trial.today
        trial.consented("S3")
        trial.clock.forward(days=20)
        trial.board(trial.gate(), 2)
        with refused("cohort: cohort 2 was not open on 2031-03-20; it needs a day from 2031-04-08"):
            trial.service.act(sign("ines"), decide.enrol, "C", "S3", early)
        trial.service.act(sign("ines"), decide.enrol, "C", "S3", trial.today)

    def test_an_infusion_is_not_missed_before_the_enrolment(self, trial):
        trial.enrolled("A")
        with refused("date: infusion 1 on 1999-01-01 is before the enrolment of A"):
            day = date(1999, 1, 1)
            trial.service.act(sign("nora"), decide.miss, "A", 1, day, "x")

    def test_an_expired_lot_is_expired_whatever_day_is_told(self, trial):
        short = lot("L2", expires=trial.today + timedelta(days=2))
        trial.service.act(sign("paul"), decide.receive_lot, short)
        trial.service.act(sign("quentin"), decide.release_lot, "L2")
        trial.enrolled("A")
        trial.prepared("A", lot="L2")
        told = trial.clock.at
        trial.clock.forward(days=3)
        for started in (told, trial.clock.at):
            with refused("expiry: lot L2 expires on 2031-03-05"):
                give(trial, started)


class TestConsent:
    def test_a_new_version_shuts_nothing_out_that_came_before_it(self, trial):
        trial.cohort("A")
        day = trial.today
        trial.clock.forward(days=10)
        trial.service.act(sign("ines"), decide.consent, "SC-A", "2.0", trial.today)
        report(trial, who="nora", onset=day)
        reading(trial, day)
        assert [c.version for c in trial.state.consents["SC-A"]] == ["1.0", "2.0"]

    def test_the_first_still_counts(self, trial):
        trial.enrolled("A")
        before = trial.today - timedelta(days=1)
        with refused("adverse event: Fever on 2031-03-02 is before the consent of A on 2031-03-03"):
            report(trial, onset=before)
        with refused("visit: baseline on 2031-03-02 is before the consent of A on 2031-03-03"):
            reading(trial, before)


CRITERIA = [
    {"id": name, "section": section, "text": name, "span": [0, 1], "status": "auto",
     "expr": {"judgement": name}}
    for name, section in (("I1", "inclusion"), ("I2", "inclusion"), ("E1", "exclusion"))
]  # fmt: skip


class TestScreening:
    """The answer is the one that follows from the criteria's verdicts."""

    @pytest.fixture
    def selective(self) -> Trial:
        return Trial(protocol=protocol(criteria=CRITERIA))

    def screen(self, trial, eligible, *verdicts, number="S1", **changes):
        found = dict(zip(("I1", "I2", "E1"), verdicts, strict=False))
        event = screened(number, trial.today, eligible=eligible, verdicts=found, **changes)
        return trial.service.act(sign("nora"), decide.screen, event)

    @pytest.mark.parametrize(
        ("verdicts", "follows"),
        [
            (("true", "true", "true"), "yes"),
            (("true", "unknown", "true"), "undecided"),
            (("true", "unknown", "false"), "no"),
            (("false", "false", "false"), "no"),
        ],
    )
    def test_any_other_answer_is_refused(self, selective, verdicts, follows):
        for eligible in {"yes", "no", "undecided"} - {follows}:
            with refused(f"eligibility: S1 is said .* {eligible}; its verdicts say {follows}"):
                self.screen(selective, eligible, *verdicts)
        self.screen(selective, follows, *verdicts)

    def test_every_criterion_has_its_verdict(self, selective):
        with pytest.raises(InputError, match="no verdict on E1; wanted one verdict on each of the"):
            self.screen(selective, "yes", "true", "true")
        with pytest.raises(InputError, match="no verdict on E1, no verdict on I1, no verdict"):
            self.screen(selective, "yes")
        found = {"I1": "true", "I2": "true", "E1": "true", "I9": "true"}
        event = screened("S1", selective.today, verdicts=found)
        with pytest.raises(InputError, match="a verdict on I9"):
            selective.service.act(sign("nora"), decide.screen, event)
        with pytest.raises(InputError, match="deciding: I9; wanted criteria that have a verdict"):
            self.screen(selective, "no", "true", "false", "true", deciding=("I9",))

    def test_a_record_of_a_death_is_a_verdict_of_its_own(self, selective):
        """Screening adds it for whoever is known to have died; no protocol writes it down."""
        found = {"alive": "false", "I1": "true", "I2": "true", "E1": "true"}
        event = screened("S1", selective.today, eligible="no", verdicts=found, deciding=("alive",))
        selective.service.act(sign("nora"), decide.screen, event)
        assert selective.state.screened["S1"].eligible == "no"

    def test_whoever_was_undecided_is_screened_again(self, selective):
        self.screen(selective, "undecided", "true", "unknown", "true")
        selective.clock.forward(days=3)
        self.screen(selective, "yes", "true", "true", "true")
        selective.service.act(sign("ines"), decide.consent, "S1", "1.0", selective.today)
        selective.service.act(sign("ines"), decide.enrol, "A", "S1", selective.today)
        assert selective.state.subjects["A"].screened.eligible == "yes"
        with refused("screening: S1 was already screened; it needs a new screening number"):
            self.screen(selective, "no", "true", "true", "false")

    def test_a_settled_answer_stands(self, selective):
        self.screen(selective, "no", "false", "true", "true")
        with refused("S1 was already screened"):
            self.screen(selective, "yes", "true", "true", "true")

    def test_the_later_screening_is_not_the_earlier_one(self, selective):
        selective.clock.forward(days=5)
        self.screen(selective, "undecided", "true", "unknown", "true")
        with refused("screening: S1 was screened on 2031-03-08, later than 2031-03-07"):
            found = {"I1": "true", "I2": "true", "E1": "true"}
            event = screened("S1", selective.today - timedelta(days=1), verdicts=found)
            selective.service.act(sign("nora"), decide.screen, event)


class TestRecordedLate:
    """What did happen can be recorded; a deviation says that it was recorded late."""

    def deviations(self, trial):
        return [d.what for d in trial.state.subjects["A"].deviations]

    def test_after_the_person_left(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        started = trial.clock.at
        trial.clock.forward(days=1)
        trial.left("A")
        give(trial, started)
        assert trial.state.subjects["A"].first_infusion == started.date()
        (what,) = self.deviations(trial)
        assert what == (
            "infusion 1: given on 2031-03-03, recorded late on 2031-03-04: "
            "A left the trial on 2031-03-04"
        )

    def test_after_the_trial_was_stopped(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        started = trial.clock.at
        trial.clock.forward(hours=1)
        trial.stop()
        with refused("^stop: "):
            give(trial, trial.clock.at)
        give(trial, started)
        (what,) = self.deviations(trial)
        assert "recorded late" in what
        assert "the trial was stopped on 2031-03-03" in what

    def test_after_a_death_that_was_reported_first(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        started = trial.clock.at
        trial.clock.forward(days=2)
        fatal(trial)
        give(trial, started)
        assert "A died on 2031-03-05" in self.deviations(trial)[0]

    def test_what_would_have_happened_after_they_left_did_not(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        trial.clock.forward(days=1)
        trial.left("A")
        trial.clock.forward(days=1)
        with refused("subject: A left the trial on 2031-03-04"):
            give(trial, trial.clock.at)

    def test_a_stop_in_between_excuses_no_dose_after_they_left(self, trial):
        trial.enrolled("A")
        trial.prepared("A")
        trial.left("A")
        trial.clock.forward(days=1)
        started = trial.clock.at
        trial.clock.forward(hours=1)
        trial.stop()
        with refused("^stop: "):
            give(trial, started)

    def test_a_dose_in_time_opens_no_deviation(self, trial):
        trial.enrolled("A")
        trial.dosed("A")
        assert self.deviations(trial) == []


class TestWhatARefusalSays:
    def test_the_stagger_names_the_day(self, trial):
        trial.enrolled("A")
        with refused("stagger: A .*; it needs the first infusion of A, and P7D after it"):
            trial.enrolled("B")
        trial.dosed("A")
        with refused("a day from 2031-03-10 for the next to be enrolled and dosed"):
            trial.service.act(sign("ines"), decide.enrol, "B", "SC-B", trial.today)

    def test_who_may_not_is_told_who_may_before_anything_else(self, trial):
        """Everything else is wrong as well: nobody is enrolled, and no lot is named so."""
        for who, decision, args, roles in (
            ("nora", decide.prepare, ("Z", 9, "no lot", Decimal(1), "x"), "a pharmacist"),
            ("paul", decide.give, ("Z", 1, trial.clock.at, Decimal(1)),
             "an? investigator or study_nurse"),
            ("nora", decide.enrol, ("Z", "Z", trial.today), "an? investigator"),
            ("ines", decide.adjudicate, ("E", "Z", True, "x"), "a board_member"),
            ("ines", decide.hold_gate, (), "a data_manager or sponsor"),
            ("paul", decide.release_lot, ("no lot",), "a qualified_person"),
            ("nora", decide.prepare, ("Z", "1"), "a pharmacist"),
        ):  # fmt: skip
            with refused(f"^permission: .*; it needs {roles}$"):
                trial.service.act(sign(who), decision, *args)

    def test_every_decision_is_in_the_table_of_what_it_records(self):
        others = {"RECORDS", "may_dose", "may_enrol", "open_trial"}
        named = {decision.__name__ for decision in decide.RECORDS}
        assert named == set(decide.__all__) - others


def test_the_gate_and_the_recommendation_wait_for_a_correction_too(trial):
    trial.cohort("A", "B")
    report(trial, **TestANewReport.GRAVE)
    report(trial, grade=1, relatedness="unlikely")
    for subject in ("A", "B"):
        trial.missed(subject, 2)
    trial.clock.forward(days=60)
    assert [c.subject for c in standing(trial.state, trial.today).pending] == ["A"]
    assert final_recommendation(trial.state, trial.today).dose is None
    with refused("gate: outcomes are still to come .*AE-1 is not adjudicated yet"):
        trial.gate()
