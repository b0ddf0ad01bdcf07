"""State is a fold: every event has its meaning, and a story that cannot be is refused."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from tests.trials import START, Trial, protocol, sign

from trialwright.conduct import decide
from trialwright.conduct.events import (
    AdverseEventReported,
    AnyEvent,
    AssessmentRecorded,
    BoardDecided,
    ConsentSigned,
    DltAdjudicated,
    InfusionGiven,
    LotReleased,
    PatientEnrolled,
    PatientLeft,
    TrialEnded,
    TrialOpened,
    TrialStopped,
)
from trialwright.conduct.fold import apply, expect_trial, fold
from trialwright.conduct.journal import GENESIS, seal
from trialwright.core.errors import InputError

DAY = START.date()


def entry(event, seq=1):
    return seal(GENESIS, seq, datetime(2031, 3, 3, tzinfo=UTC), "x", "sponsor", "x", event)


def after(*events):
    """Fold events behind the opening of a trial."""
    opening = decide.open_trial(protocol(), simulated=True)
    return fold(entry(event, seq) for seq, event in enumerate((opening, *events), start=1))


def test_the_first_cohort_opens_by_the_protocol_and_the_opener_is_sponsor():
    state = after()
    assert [(c.number, c.level, c.size) for c in state.cohorts] == [(1, 1, 2)]
    assert dict(state.staff) == {"x": ("sponsor",)}
    assert state.simulated


STRAYS = [
    LotReleased("L9"),
    ConsentSigned("SC-9", "1.0", DAY),
    PatientEnrolled("A", "SC-9", 1, 1, DAY),
    PatientLeft("A", DAY, "withdrawn", ""),
    BoardDecided(7, 2, False, None, ("bea",), "x"),
    DltAdjudicated("AE-1", "A", True, "x"),
    AssessmentRecorded("A", "baseline", "lvef", "30", "%", DAY),
    InfusionGiven("A", 1, START, Decimal(1), Decimal(0), Decimal(1)),
]


@pytest.mark.parametrize("event", STRAYS, ids=lambda e: type(e).__name__)
def test_an_event_about_what_was_never_named_is_refused_by_its_number(event):
    with pytest.raises(InputError, match="journal, entry 2: "):
        after(event)


def test_a_journal_begins_with_its_opening():
    with pytest.raises(InputError, match=r"entry 1: an event of kind TrialEnded; wanted TrialOp"):
        fold([entry(TrialEnded("x"))])
    with pytest.raises(InputError, match="no entries"):
        fold([])


def test_one_journal_one_trial():
    other = protocol(trial={"nct_id": "NCT00000002", "title": "Other", "record_sha256": "1" * 64})
    with pytest.raises(InputError, match="entry 2: a second opening, of NCT00000002"):
        after(decide.open_trial(other, simulated=True))


def test_a_journal_of_another_trial_is_named():
    state = after()
    assert expect_trial(state, "NCT99999991") is state
    with pytest.raises(InputError, match=r"the journal of NCT99999991; wanted .* of NCT00000002"):
        expect_trial(state, "NCT00000002", "trial/journal.sqlite")


def test_a_protocol_that_is_not_the_one_that_was_signed_is_refused():
    opening = decide.open_trial(protocol(), simulated=True)
    changed = opening.protocol | {"version": "2.0"}
    with pytest.raises(InputError, match="not the one whose hash it names"):
        fold([entry(TrialOpened(changed, opening.protocol_sha256, True))])


def test_a_name_that_is_taken_does_not_overwrite():
    trial = Trial()
    trial.enrolled("A")
    repeated = [e.event for e in trial.journal.read()]
    for event in repeated:
        if type(event).__name__ in {"LotReceived", "PatientScreened", "PatientEnrolled"}:
            with pytest.raises(InputError, match="a second time"):
                apply(trial.state, entry(event, 99))


def test_a_later_report_of_an_event_replaces_the_earlier():
    trial = Trial()
    trial.cohort("A")
    event = AdverseEventReported(
        "AE-1", "A", "Fever", "", trial.today, None, 2, False, "possible", None, None, False,
        "not_resolved",
    )  # fmt: skip
    trial.service.act(sign("nora"), decide.report, event)
    over = msgspec.structs.replace(event, resolved=trial.today, outcome="resolved")
    trial.service.act(sign("nora"), decide.report, over)
    (held,) = trial.state.subjects["A"].adverse_events
    assert held.outcome == "resolved"
    assert held.infusion == 1


def test_the_first_stop_counts_and_says_by_whom():
    state = after(TrialStopped("three people fell ill"), TrialStopped("once more"))
    assert state.stopped
    assert (state.stop.by, state.stop.why) == (("x",), "three people fell ill")
    assert not after().stopped


def test_the_state_cannot_be_edited():
    state = after()
    with pytest.raises(TypeError):
        state.staff["y"] = ("sponsor",)
    with pytest.raises(AttributeError):
        state.ended = True


def test_folding_a_prefix_and_then_the_rest_is_folding_all():
    trial = Trial()
    trial.cohort("A", "B")
    entries = list(trial.journal.read())
    for cut in range(1, len(entries)):
        state = fold(entries[:cut])
        assert state.seq == cut
        for each in entries[cut:]:
            state = apply(state, each)
        assert state == trial.state


def test_every_event_has_its_own_kind():
    kinds = [msgspec.inspect.type_info(kind).tag for kind in get_args(AnyEvent)]
    assert len(set(kinds)) == len(kinds) == 19
