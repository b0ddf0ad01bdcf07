"""Nothing unreadable is written: a value is exactly of its type, or one line says what is not."""

import inspect
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trials import (
    START,
    TestClock,
    Trial,
    adverse_event,
    lot,
    protocol,
    screened,
    sign,
    stated,
)

from trialwright.conduct import decide, permissions
from trialwright.conduct.events import (
    AdverseEventReported,
    AssessmentRecorded,
    LotReceived,
    PatientScreened,
    StaffAppointed,
)
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import GENESIS, entry_of, line_of, seal
from trialwright.conduct.legible import exact
from trialwright.conduct.service import TrialService, verify
from trialwright.conduct.signature import Signature
from trialwright.core.errors import InputError, Refused, TrialwrightError
from trialwright.store.memory import MemoryJournal

DAY = START.date()


@pytest.fixture(scope="module")
def dosed() -> Trial:
    """A trial in which A had the first infusion, and the second is prepared for nobody yet."""
    trial = Trial()
    trial.cohort("A")
    return trial


@contextmanager
def wrong_input(trial: Trial, line: str):
    """Expect one line of wrong input, and that the journal stays whole and as long as it was."""
    before = trial.state.seq
    with pytest.raises(InputError, match=line) as raised:
        yield
    assert "\n" not in str(raised.value)
    found = verify(trial.journal)
    assert (found.whole, found.events) == (True, before)


class TestEventsAsTheyAreProposed:
    """What a form, a program or a typing error may hand over."""

    @pytest.mark.parametrize(
        ("changes", "line"),
        [
            ({"grade": 7}, r"AdverseEventReported\.grade: 7; wanted one of 1, 2, 3, 4, 5"),
            ({"grade": "3"}, r"\.grade: '3'; wanted one of 1, 2, 3, 4, 5"),
            ({"grade": True}, r"\.grade: True; wanted one of 1, 2, 3, 4, 5"),
            ({"relatedness": "maybe"}, "'maybe'; wanted one of not_related, unlikely, possible"),
            ({"outcome": "dead"}, r"\.outcome: 'dead'; wanted one of resolved, resolving"),
            ({"onset": "2031-03-03"}, r"\.onset: '2031-03-03'; wanted a date"),
            ({"onset": START}, r"\.onset: datetime.*; wanted a date \(no text, no time\)"),
            ({"serious": "no"}, r"\.serious: 'no'; wanted true or false"),
            ({"term": None}, r"\.term: None; wanted text"),
        ],
    )
    def test_an_adverse_event(self, dosed, changes, line):
        event = adverse_event(**({"event_id": "E", "subject": "A", "onset": dosed.today} | changes))
        with wrong_input(dosed, line):
            dosed.service.act(sign("nora"), decide.report, event)

    @pytest.mark.parametrize(
        ("changes", "line"),
        [
            ({"vials": 2.5}, r"LotReceived\.vials: 2\.5; wanted a whole number"),
            ({"vials": 0}, "at least 1 vial"),
            ({"vials": -3}, "at least 1 vial"),
            ({"expires": "2032-01-01"}, r"\.expires: '2032-01-01'; wanted a date"),
            ({"concentration": 5e9}, r"\.concentration: 5000000000\.0; wanted an exact decimal"),
            ({"concentration": 5}, r"\.concentration: 5; wanted an exact decimal"),
            ({"lot": "\ud800"}, "LotReceived: cannot be written"),
            ({"concentration": Decimal("9e999999"), "concentration_unit": "{particles}/uL"},
             "receive_lot: .*; wanted numbers that can be calculated with"),
        ],
    )  # fmt: skip
    def test_a_lot(self, dosed, changes, line):
        with wrong_input(dosed, line):
            dosed.service.act(sign("paul"), decide.receive_lot, lot("L2", **changes))

    @pytest.mark.parametrize(
        ("changes", "line"),
        [
            ({"sex": "M"}, r"\.sex: 'M'; wanted one of male, female, other, unknown"),
            ({"eligible": "YES"}, r"\.eligible: 'YES'; wanted one of yes, no, undecided"),
            ({"birth_year": "1970"}, r"\.birth_year: '1970'; wanted a whole number"),
            ({"age_years": -5}, "age_years: -5; wanted an age from 0 to 130 years"),
            ({"age_years": 131, "birth_year": 1900}, "age_years: 131"),
            ({"birth_year": 1968}, "birth_year: 1968 at the age of 61; wanted 1969 or 1970"),
            ({"birth_year": 1971}, "birth_year: 1971 at the age of 61; wanted 1969 or 1970"),
            ({"verdicts": {"I1": True}}, r"\.verdicts: .*True.*; wanted text"),
            ({"verdicts": {"I1": "yes"}}, r"verdicts\.I1: 'yes'; wanted one of true, false"),
            ({"deciding": "I1"}, r"\.deciding: 'I1'; wanted a list"),
        ],
    )
    def test_a_screening(self, dosed, changes, line):
        with wrong_input(dosed, line):
            event = screened("S9", dosed.today, **changes)
            dosed.service.act(sign("nora"), decide.screen, event)

    def test_both_birth_years_that_an_age_allows_are_taken(self):
        trial = Trial()
        for number, year in (("S1", 1969), ("S2", 1970)):
            event = screened(number, trial.today, birth_year=year, age_years=61)
            trial.service.act(sign("nora"), decide.screen, event)
        assert set(trial.state.screened) == {"S1", "S2"}


class TestArgumentsAsTheyAreProposed:
    @pytest.mark.parametrize(
        ("decision", "args", "line"),
        [
            (
                decide.prepare,
                ("A", 2, "L1", 70.5, "petra"),
                "weight_kg: 70.5; wanted an exact",
            ),
            (decide.prepare, ("A", 2, "L1", 70, "petra"), "weight_kg: 70; wanted an exact decimal"),
            (decide.prepare, ("A", 2, "L1", "70,5", "petra"), "weight_kg: '70,5'"),
            (
                decide.prepare,
                ("A", "2", "L1", Decimal(70), "petra"),
                "infusion: '2'; wanted a",
            ),
            (decide.prepare, ("A", 2, None, Decimal(70), "petra"), "lot: None; wanted text"),
            (decide.prepare, (["A"], 2, "L1", Decimal(70), "petra"), "subject: .*; wanted text"),
            (decide.prepare, ("A", 2), "prepare: missing a required argument: 'lot'"),
        ],
    )
    def test_a_dose(self, dosed, decision, args, line):
        with wrong_input(dosed, line):
            dosed.service.act(sign("paul"), decision, *args)

    @pytest.mark.parametrize("volume", [14.0, "14,0", 14, None])
    def test_a_volume(self, dosed, volume):
        with wrong_input(dosed, "give, given_volume_ml: .*; wanted an exact decimal"):
            dosed.service.act(sign("nora"), decide.give, "A", 1, dosed.clock.at, volume)

    def test_a_list_of_roles(self, dosed):
        for roles, wanted in (("pharmacist", "a list"), (("boss",), "one of sponsor, invest")):
            with wrong_input(dosed, f"appoint, roles.*; wanted {wanted}"):
                dosed.service.act(sign("sven", "sponsor"), decide.appoint, "x", roles)

    def test_how_somebody_left_and_when(self, dosed):
        for on, how, line in (
            (dosed.today, "dead", "leave, how: 'dead'; wanted one of completed, withdrawn"),
            ("today", "withdrawn", "leave, on: 'today'; wanted a date"),
            (dosed.clock.at, "withdrawn", "leave, on: .*; wanted a date"),
        ):
            with wrong_input(dosed, line):
                dosed.service.act(sign("ines"), decide.leave, "A", on, how, "x")

    def test_a_decision_that_takes_no_such_argument(self, dosed):
        with wrong_input(dosed, "hold_gate: too many positional arguments; wanted .* nothing"):
            dosed.service.act(sign("dana"), decide.hold_gate, 1)
        with wrong_input(dosed, "release_lot: got an unexpected keyword argument 'name'"):
            dosed.service.act(sign("quentin"), decide.release_lot, "L1", name="L2")

    @pytest.mark.parametrize(
        ("signature", "line"),
        [
            (Signature(None, "study_nurse", "x"), r"signature\.actor: None; wanted text"),
            (Signature("nora", "nurse", "x"), r"signature\.role: 'nurse'; wanted one of sponsor"),
            (Signature("nora", "study_nurse", 3), r"signature\.reason: 3; wanted text"),
            ("nora", "signature: 'nora'; wanted"),
        ],
    )
    def test_a_signature(self, dosed, signature, line):
        with wrong_input(dosed, line):
            dosed.service.act(signature, decide.screen, screened("S9", dosed.today))


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.dates(),
    st.datetimes(), st.decimals(), st.just(START), st.lists(st.text(max_size=2), max_size=2),
    st.sampled_from(["A", "L1", "E", "paul", "petra", "bea", 1, 2, Decimal(70), DAY]),
    st.just(("bea", "ben")),
)  # fmt: skip
TAKES = {decide.receive_lot: lot(), decide.screen: screened("S1", DAY),
         decide.report: adverse_event("E", "A", DAY),
         decide.assess: AssessmentRecorded("A", "baseline", "lvef", "30", "%", DAY)}  # fmt: skip
WHO = {"investigator": "ines", "study_nurse": "nora", "pharmacist": "paul", "board_member": "bea",
       "qualified_person": "quentin", "data_manager": "dana", "sponsor": "sven"}  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_whatever_is_proposed_it_is_recorded_as_it_reads_or_refused_in_one_line(data):
    trial = Trial()
    trial.cohort("A")
    decision = data.draw(st.sampled_from(sorted(decide.RECORDS, key=lambda d: d.__name__)))
    names = list(inspect.signature(decision).parameters)[2:]
    if decision in TAKES:
        event = TAKES[decision]
        field = data.draw(st.sampled_from(event.__struct_fields__))
        args = [msgspec.structs.replace(event, **{field: data.draw(values)})]
    else:
        args = [data.draw(values) for _ in names]
    role = data.draw(st.sampled_from(sorted(permissions.PERMITTED[decide.RECORDS[decision]])))
    before = trial.state.seq
    try:
        trial.service.act(Signature(WHO[role], role, "test"), decision, *args)
    except TrialwrightError as error:
        assert "\n" not in str(error)
        assert trial.state.seq == before
    assert verify(trial.journal).whole
    assert fold(trial.journal.read()) == trial.state


class TestSealing:
    """The last guard, whoever made the event."""

    @pytest.mark.parametrize(
        ("event", "line"),
        [
            (StaffAppointed("x", ("boss",)), r"StaffAppointed\.roles\[0\]: 'boss'; wanted one of"),
            (lot(vials=1.5), r"LotReceived\.vials: 1\.5; wanted a whole number"),
            (lot(vial_volume_ml=Decimal("NaN")), "LotReceived.*NaN"),
            (lot(lot="\udfff"), "LotReceived: cannot be written"),
        ],
    )
    def test_an_event_that_could_not_be_read_back_is_not_sealed(self, event, line):
        with pytest.raises(InputError, match=line):
            seal(GENESIS, 2, START, "paul", "pharmacist", "x", event)

    def test_a_role_and_an_actor_are_checked_too(self):
        with pytest.raises(InputError, match="entry 2"):
            seal(GENESIS, 2, START, "paul", "boss", "x", lot())

    def test_an_entry_is_what_its_bytes_say(self):
        entry = seal(GENESIS, 2, START, "sven", "sponsor", "x", StaffAppointed("x", ["sponsor"]))
        assert entry_of(line_of(entry)) == entry
        assert entry.event.roles == ("sponsor",)


class TestTheClock:
    def test_a_clock_that_went_back_records_nothing(self):
        trial = Trial()
        trial.clock.forward(seconds=-1)
        with pytest.raises(Refused, match=r"clock: .*; it needs the server's clock set right"):
            trial.consented("S1")
        trial.clock.forward(seconds=1)
        trial.consented("S1")

    def test_also_where_another_service_recorded_last(self):
        trial = Trial()
        slow = TrialService(trial.journal, TestClock(START))
        trial.clock.forward(hours=1)
        trial.consented("S1")
        with pytest.raises(Refused, match=r"^clock: "):
            slow.act(sign("nora"), decide.screen, screened("S2", DAY))

    def test_a_clock_without_a_zone_is_no_clock(self):
        trial = Trial()
        trial.clock.at = trial.clock.at.replace(tzinfo=None)
        with pytest.raises(InputError, match=r"the server's clock: .* without a zone"):
            trial.consented("S1")

    def test_verify_names_the_entry_at_which_the_times_fall(self):
        trial = Trial()
        entries = list(trial.journal.read())
        last = entries[-1]
        earlier = last.at - timedelta(seconds=1)
        event = StaffAppointed("x", ("sponsor",))
        journal = MemoryJournal()
        stray = seal(last.hash, last.seq + 1, earlier, "sven", "sponsor", "x", event)
        journal.append([*entries, stray], after=0)
        found = verify(journal)
        assert not found.whole
        assert found.first_fault.seq == last.seq + 1
        assert "the times fall" in found.first_fault.what

    def test_a_start_in_another_zone_is_kept_in_utc(self):
        trial = Trial()
        trial.enrolled("A")
        trial.prepared("A")
        trial.clock.at = datetime(2031, 3, 3, 23, 30, tzinfo=UTC)
        local = datetime(2031, 3, 4, 1, 0, tzinfo=timezone(timedelta(hours=2)))
        trial.service.act(sign("nora"), decide.give, "A", 1, local, Decimal(14))
        assert trial.state.subjects["A"].given[0].started == local
        assert trial.state.subjects["A"].first_infusion == date(2031, 3, 3)
        assert fold(trial.journal.read()) == trial.state


class TestOpening:
    """A trial opens only with a protocol that can work, rehearsed or real."""

    @pytest.mark.parametrize("simulated", [True, False])
    @pytest.mark.parametrize(
        ("changes", "line"),
        [
            ({"dosing": {"unit": "bananas"}}, r"protocol, dosing\.unit: 'bananas'"),
            ({"dosing": {"unit": "mg"}}, r"protocol, dosing\.unit: 'mg'; wanted .*kilogram"),
            ({"dosing": {"weight_kg": stated([150, 40])}}, r"protocol, dosing\.weight_kg"),
            ({"escalation": {"method": stated("bion")}}, r"protocol, escalation\.method: .*bion"),
            ({"enrolment_maximum": stated(2)}, r"protocol, cohorts\[\d\]\.size"),
            ({"dose_levels": [{"level": 1, "amount": stated(2e9)},
                              {"level": 2, "amount": stated(1e9)}]},
             r"protocol, dose_levels\[1\]\.amount"),
        ],
    )  # fmt: skip
    def test_one_that_cannot_is_refused_by_its_key(self, changes, line, simulated):
        service = TrialService(MemoryJournal(), TestClock())
        with pytest.raises(InputError, match=line):
            service.open(sign("sven", "sponsor"), protocol(**changes), simulated)
        with pytest.raises(InputError, match="no entries"):
            _ = service.state

    def test_a_protocol_that_is_none(self):
        service = TrialService(MemoryJournal(), TestClock())
        for what in ({"trial": "x"}, None, msgspec.structs.replace(protocol(), version=7)):
            with pytest.raises(InputError, match="protocol"):
                service.open(sign("sven", "sponsor"), what, True)
        with pytest.raises(InputError, match="simulated: 'no'; wanted true or false"):
            service.open(sign("sven", "sponsor"), protocol(), "no")


class TestReadings:
    """A value is one that its measure can have; a class is one of its scale's."""

    @pytest.mark.parametrize(
        ("measure", "value", "unit", "line"),
        [
            ("lvef", "35", "mL", "measured in %, not mL; wanted a number from 1 to 90 %"),
            ("lvef", "35", None, "no unit is written"),
            ("lvef", "350", "%", "350 % is outside what .* can be; wanted a number from 1 to 90 %"),
            ("lvef", "-5", "%", "-5 % is outside"),
            ("lvef", "3500", "1", "outside"),
            ("lvef", "35,5", "%", "'35,5'; wanted a number from 1 to 90 %"),
            ("lvef", "1_0", "%", "'1_0'; wanted a number"),
            ("lvef", "thirty", "%", "'thirty'; wanted a number"),
            ("lvef", "NaN", "%", "'NaN'; wanted a number"),
            ("nyha", "IX", None, "'IX'; wanted one of I, II, III, IV"),
            ("nyha", "3", None, "'3'; wanted one of I, II, III, IV"),
            ("nyha", "II", "class", "unit: 'class'; wanted a class without a unit"),
        ],
    )
    def test_what_cannot_be(self, dosed, measure, value, unit, line):
        reading = AssessmentRecorded("A", "baseline", measure, value, unit, dosed.today)
        with wrong_input(dosed, f"baseline, {measure}.*{line}"):
            dosed.service.act(sign("nora"), decide.assess, reading)

    def test_a_unit_without_a_value(self, dosed):
        reading = AssessmentRecorded("A", "baseline", "lvef", None, "%", dosed.today, "not done")
        with wrong_input(dosed, "baseline, lvef, unit: %; wanted none"):
            dosed.service.act(sign("nora"), decide.assess, reading)

    @pytest.mark.parametrize(
        ("measure", "value", "unit"),
        [("lvef", "31.5", "%"), ("lvef", "0.35", "1"), ("nyha", "III", None), ("lvef", "90", "%")],
    )
    def test_what_can_be(self, measure, value, unit):
        trial = Trial()
        trial.enrolled("A")
        reading = AssessmentRecorded("A", "baseline", measure, value, unit, trial.today)
        trial.service.act(sign("nora"), decide.assess, reading)
        assert trial.state.subjects["A"].assessments == (reading,)


def test_exact_keeps_what_is_right_and_changes_nothing():
    for value in (lot(), screened("S", DAY), adverse_event("E", "A", DAY)):
        assert exact(value, type(value), "x") == value
    assert exact(["a", "b"], tuple[str, ...], "x") == ("a", "b")
    with pytest.raises(InputError, match=r"x: LotReceived\(.*; wanted a AdverseEventReported"):
        exact(lot(), AdverseEventReported, "x")
    with pytest.raises(InputError, match="x: <object"):
        exact(object(), PatientScreened, "x")
    assert isinstance(exact(lot(), LotReceived, "x").concentration, Decimal)
