"""Designs that look at time: pending patients, the calendar, stagger, follow-up, backfill."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.design import (
    Cohort,
    Decision,
    backfill,
    boin,
    cohorts,
    elimination,
    from_parameters,
    min_follow_up,
    stagger,
    tite_boin,
)
from trialwright.design.methods.tite_boin import TiteBoin
from trialwright.design.model import Reason
from trialwright.design.notation import read_course, write_course
from trialwright.design.timed.calendar import MONTH, Calendar, calendar
from trialwright.design.timed.decide import _hold
from trialwright.design.timed.judge import _same_draw
from trialwright.design.timed.simulate import QUANTILES, simulate_in_time
from trialwright.design.timed.trials import draw, places, run
from trialwright.interfaces.cli.design.timed import (
    TimeOptions,
    calendar_from_options,
    duration_document,
    print_duration,
)

TITE = tite_boin(target=0.3, doses=3) | cohorts("3x10")
BOIN = boin(target=0.3, doses=3) | cohorts("3x10")


def reasons(decision: Decision, rule: str) -> str:
    return " / ".join(reason.text for reason in decision.reasons if reason.rule == rule)


# --- notation


def test_the_share_followed_is_read_and_written_in_one_order() -> None:
    course = read_course("1NNN 2PNP0.45P.1", 3)
    assert course[1] == Cohort(2, 4, pending=3, followed=(0.0, 0.1, 0.45))
    assert write_course(course) == "1NNN 2NPP0.1P0.45"
    assert read_course("2NPP0", 3) == (Cohort(2, 3, pending=2),)


def test_backfilled_patients_are_in_no_cohort() -> None:
    course = read_course("1NNN 2NNN +1NT", 3)
    assert course[2] == Cohort(1, 2, dlts=1, beside=True)
    assert write_course(course) == "1NNN 2NNN +1NT"
    state = BOIN.state(course)
    assert (state.treated, state.dlts) == ((5, 3, 0), (1, 0, 0))
    assert (state.current, state.cohorts) == (2, 2)


@pytest.mark.parametrize(
    "text", ["2NNP1", "2NNP1.0", "2P-0.1", "2P0.1234567", "2N0.5", "++1N", "1N+", "2P0.5.5"]
)
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"outcomes, cohort 2.*wanted a dose level"):
        read_course(f"1NNN {text}", 3)


def test_backfill_needs_a_cohort_before_it() -> None:
    with pytest.raises(InputError, match="a cohort before any backfill"):
        read_course("+1N 1NNN", 3)


@pytest.mark.parametrize("followed", [(0.5,), (0.5, 1.0), (-0.1, 0.5), (float("nan"), 0.1)])
def test_follow_up_that_fits_no_pending_patient_is_refused(followed: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="a share of the window"):
        TITE.decide((Cohort(1, 3, pending=2, followed=followed),))


@settings(max_examples=200, deadline=None)
@given(st.text("+123NTP0.59 ", max_size=40))
def test_any_text_is_read_or_refused_in_one_line_and_written_alike(text: str) -> None:
    try:
        course = read_course(text, 3)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert read_course(write_course(course), 3) == course


# --- one decision


def test_a_method_that_looks_at_time_counts_the_follow_up() -> None:
    assert TITE.decide("1NNN 2NTP0.95").next_dose == 2
    assert TITE.decide("1NNN 2NTP0.2").next_dose == 1
    said = reasons(TITE.decide("1NNN 2NTP0.2"), "tite_boin")
    # p/(1 - p) with p = (1 + 0.15)/(2 + 1); (1 + 0.6216 * 0.8)/3
    assert "1 of 3 at dose 2 had a DLT, 1 pending, followed for 0.20 windows" in said
    assert "0.499, at least the de-escalation boundary 0.359" in said


def test_it_waits_while_more_than_half_is_pending() -> None:
    decision = TITE.decide("1NNN 2NP0.9P0.8")
    assert (decision.next_dose, decision.stop, decision.pending) == (None, False, 2)
    assert decision.next_size is None
    assert "2 pending" in reasons(decision, "tite_boin")
    assert (tite_boin(target=0.3, doses=3, most_pending=1.0)).decide(
        "1NNN 2NP0.9P0.8"
    ).next_dose == 3


def test_any_other_method_says_that_follow_up_is_not_used() -> None:
    decision = BOIN.decide("1NNN 2NNP0.9")
    assert decision.next_dose is None
    assert "follow-up so far is not used" in reasons(decision, "pending")


def test_a_level_is_closed_for_now_by_the_known_outcomes_and_for_good_when_certain() -> None:
    now = TITE.decide("1NNN 2TTTPPP")  # 3 of 3 known, and 3 of 6 may be what comes of it
    assert now.admissible == (1,)
    assert reasons(now, "elimination").startswith("by the known outcomes alone")
    assert TITE.decide("1NNN 2TTTNNN").admissible == (1, 2, 3)
    sure = TITE.decide("1NNN 2TTTP")  # 3 of 4 at best
    assert sure.admissible == (1,)
    assert not reasons(sure, "elimination").startswith("by the known outcomes alone")


def test_a_trial_ends_only_when_that_is_certain_and_waits_until_then() -> None:
    doubt = TITE.decide("1TTTPPP")
    assert (doubt.next_dose, doubt.stop) == (None, False)
    assert "may still prevent it" in reasons(doubt, "pending")
    assert TITE.decide("1TTTNNN").next_dose == 1
    assert TITE.decide("1TTTP").stop


def test_an_end_that_pending_patients_cannot_prevent_is_not_put_off() -> None:
    assert TITE.decide("1NPP").next_dose is None
    assert not TITE.decide("1NPP").stop
    assert (TITE.replacing(cohorts("3"))).decide("1NPP").stop


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.text("NTP", min_size=1, max_size=4)), min_size=1),
    st.data(),
)
def test_a_pending_patient_never_counts_as_free_of_toxicity(
    groups: list[tuple[int, str]], data: st.DataObject
) -> None:
    groups = groups[:5]
    share = data.draw(st.sampled_from(["", "0.3", "0.9"]))
    pending = TITE.decide(" ".join(f"{d}{g.replace('P', f'P{share}')}" for d, g in groups))
    clean = TITE.decide(" ".join(f"{d}{g.replace('P', 'N')}" for d, g in groups))
    if pending.next_dose is not None:
        assert pending.next_dose <= (clean.next_dose or 0)
    if pending.stop:
        assert clean.stop


def test_the_last_cohort_is_followed_for_the_least_share() -> None:
    design = TITE | min_follow_up(0.5)
    held = design.decide("1NNN 2NNP0.3")
    assert (held.next_dose, held.stop) == (None, False)
    assert "1 of the last cohort followed for less than 0.5" in reasons(held, "min_follow_up")
    assert design.decide("1NNN 2NNP0.5").next_dose == 3
    assert design.decide("1NNP0.3 2NNN").next_dose == 3
    assert (BOIN | min_follow_up(0.5)).decide("1TTTP").stop


def test_backfilled_patients_are_not_waited_for_and_may_bar_what_is_above() -> None:
    design = BOIN | backfill(9)
    assert design.decide("1NNN 2NNN +1NPP").next_dose == 3
    assert "2 backfilled pending, not waited for" in reasons(
        design.decide("1NNN 2NNN +1NPP"), "boin"
    )
    toxic = design.decide("1NNN 2NNN +1TTT")
    assert (toxic.next_dose, toxic.method_wish, toxic.overruled) == (1, 3, True)
    assert "3 of 6 at dose 1" in reasons(toxic, "backfill")
    assert "no rule of the design provides for" in reasons(
        BOIN.decide("1NNN 2NNN +1N"), "deviation"
    )
    assert BOIN.decide("1NNN 2NNP +1N").next_dose is None


def test_a_backfilled_patient_goes_where_somebody_was_and_no_level_is_eliminated() -> None:
    rule = backfill(9)
    for design, course, level in (
        (BOIN, "1NNN 2NNN 3NNN", 2),
        (BOIN, "1NNN 3NNN", 1),  # nobody was at dose 2
        (BOIN, "1NNN 2NNN 2NNN 2NNN 3NNN", 1),  # dose 2 is full
        (BOIN, "1NNN 2NNN", 1),
        # By a rule of its own dose 2 is gone at 1 of 6, where BOIN would escalate.
        (BOIN.replacing(elimination(0.1, 0.8, 1)), "1NNN 2NNN 2NNT 3NNN", 1),
    ):
        states = design.history(design.read(course)).take([-1])
        known = replace(states, eliminated=np.zeros_like(states.eliminated))
        assert rule.open_level(design, known, known).tolist() == [level], course


def test_follow_up_is_asked_for_only_where_the_trial_would_go_on() -> None:
    waits = (TITE | min_follow_up(0.5)).decide("1NNN 2NP0.1P0.1")  # more than half is pending
    assert (waits.next_dose, waits.stop) == (None, False)
    assert reasons(waits, "min_follow_up") == ""


def test_staying_on_1_of_3_is_for_complete_outcomes() -> None:
    stays = tite_boin(target=0.2, doses=3, stay_1_of_3=True)
    assert stays.decide("1NNN 2NNT").next_dose == 2
    assert stays.decide("1NNN 2NTP0.2").next_dose == 1
    assert tite_boin(target=0.2, doses=3).decide("1NNN 2NNT").next_dose == 1


def test_an_expected_rate_above_1_is_called_an_approximation() -> None:
    said = reasons(TITE.decide("1NNN 2TTTPPP"), "tite_boin")
    assert "expected rate above 1, by the approximation, at least the de-escalation" in said


# --- parameters


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: min_follow_up(0), "parameter share: 0; wanted a probability above 0, at most 1"),
        (lambda: min_follow_up(1.5), "parameter share: 1.5"),
        (lambda: stagger(0), "parameter days: 0"),
        (lambda: stagger(3, -1), "parameter between: -1"),
        (lambda: backfill(0), "parameter cap: 0; wanted a whole number from 1"),
        (lambda: backfill(2.5), "parameter cap: 2.5"),  # type: ignore[arg-type]
        (lambda: calendar(0, 28), "parameter accrual: 0"),
        (lambda: calendar(2, -1), "parameter window: -1"),
        (lambda: calendar(1e-310, 28), "parameter accrual: 1e-310; wanted a number above 0.001"),
        (lambda: calendar(2, 1e-300), "parameter window: 1e-300; wanted a number above 0.001"),
        (lambda: calendar(2, float("inf")), "parameter window: inf"),
        (lambda: calendar(2, 28, gaps="normal"), "parameter gaps: 'normal'; wanted exponential"),
        (lambda: calendar(2, 28, times="late"), "parameter times: 'late'; wanted uniform or"),
        (lambda: calendar(2, 28, times="weibull", late=1.0), "parameter late: 1.0"),
        (lambda: tite_boin(target=0.3, doses=3, most_pending=0.0), "parameter most_pending: 0.0"),
        (lambda: tite_boin(target=1.3, doses=3), "parameter target: 1.3"),
        (lambda: from_parameters("TITE-BOIN", {"target": 0.3, "most": 1}, 3), "parameter: 'most'"),
        (
            lambda: from_parameters("boin", {"target": 0.3}, 3, rules=[("backfill", {"cap": 0})]),
            "parameter cap: 0",
        ),
        (lambda: calendar_from_options(TimeOptions(window=28.0)), "--accrual: not stated"),
        (lambda: calendar_from_options(TimeOptions(accrual=2.0)), "--window: not stated"),
        (lambda: calendar_from_options(TimeOptions(2.0, 28.0, late=0.6)), "--late: 0.6"),
    ],
)
def test_a_wrong_parameter_is_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert message in str(caught.value)


def test_plain_parameters_build_what_the_grammar_builds() -> None:
    rules = [("stagger", {"days": 7}), ("min_follow_up", {"share": 0.5}), ("backfill", {"cap": 9})]
    built = from_parameters("tite_boin", {"target": 0.3}, 3, "3x10", rules=rules)
    assert built == TITE | stagger(7) | min_follow_up(0.5) | backfill(9)
    assert isinstance(built.method, TiteBoin)
    assert calendar_from_options(TimeOptions()) is None
    assert calendar_from_options(TimeOptions(2.0, 28.0)) == calendar(2, 28)


def test_the_duration_is_printed_and_has_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    on = calendar(3, 60)
    done = simulate_in_time(
        TITE, [0.1, 0.3, 0.5], calendar=on, trials=40, rng=np.random.default_rng(1)
    )
    document = duration_document(done, 0)
    assert document["mean"] == done.days[0]
    assert list(document["quantiles"]) == ["0.05", "0.25", "0.5", "0.75", "0.95"]
    print_duration(done, on)
    printed = capsys.readouterr().out
    assert "3 patients a month" in printed
    assert f"{done.days[0]:.0f}" in printed


# --- the calendar


@pytest.mark.parametrize("late", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("rate", [0.05, 0.3, 0.95])
def test_the_stated_share_of_dlts_shows_in_the_second_half(late: float, rate: float) -> None:
    on = calendar(2, 40, times="weibull", late=late)
    tolerance = np.array([1e-9, rate * (1 - late), rate * (1 - 1e-12)])
    days = on.days_to_dlt(tolerance, np.full(3, rate))
    np.testing.assert_allclose(days[1:], [20, 40], rtol=1e-6)
    assert 0 <= days[0] < 20


def test_uniform_times_are_uniform_in_the_window_and_sure_toxicity_has_a_time() -> None:
    days = calendar(2, 40).days_to_dlt(np.array([0.03, 0.15]), np.array([0.3, 0.3]))
    np.testing.assert_allclose(days, [4, 20])
    sure = calendar(2, 40, times="weibull").days_to_dlt(np.array([0.0, 0.999999]), np.ones(2))
    assert np.all((sure >= 0) & (sure <= 40))


@pytest.mark.parametrize("gaps", ["exponential", "uniform", "constant"])
def test_the_mean_gap_is_that_of_the_accrual(gaps: str) -> None:
    uniform = (np.arange(200_000) + 0.5) / 200_000
    days = calendar(3, 40, gaps).days_between(uniform)
    assert days.mean() == pytest.approx(MONTH / 3, rel=1e-3)
    assert days.min() >= 0


def test_the_duration_of_a_trial_without_toxicity_is_what_arithmetic_says() -> None:
    on, gap = calendar(6, 28, "constant"), MONTH / 6
    done = simulate_in_time(
        BOIN, [0.0, 0.0, 0.0], calendar=on, trials=20, rng=np.random.default_rng(1)
    )
    # 10 cohorts of two gaps; 9 waits of a window after the last patient; the last window
    assert done.days[0] == pytest.approx(10 * 2 * gap + 9 * 28 + 28)
    assert done.waited[0] == pytest.approx(9 * (28 - gap))
    np.testing.assert_allclose(done.quantiles, done.days[0])
    assert done.quantiles.shape == (1, len(QUANTILES))
    assert done.days_error[0] == pytest.approx(0, abs=1e-9)


def test_stagger_and_least_follow_up_take_the_days_that_they_say() -> None:
    never_waits = tite_boin(target=0.3, doses=3, most_pending=1.0)
    design = never_waits | cohorts("3x2") | stagger(10, 2) | min_follow_up(0.5)
    on = calendar(3000, 28, "constant")  # 0.01 days apart
    draws = draw(on, 3, places(design), np.random.default_rng(1))
    treated_on = run(design, np.zeros(3), on, draws).treated_on
    np.testing.assert_allclose(treated_on[0, :4], [0, 10, 12, 26], atol=1e-9)


def test_the_trial_waits_for_outcomes_where_more_than_half_is_pending() -> None:
    design, on = TITE.replacing(cohorts("3x2")), calendar(3000, 28, "constant")
    draws = draw(on, 3, places(design), np.random.default_rng(1))
    treated_on = run(design, np.zeros(3), on, draws).treated_on
    # one pending of three is few enough: the second outcome is known on day 28.01
    np.testing.assert_allclose(treated_on[0, 3], 28 + MONTH / 3000, atol=1e-9)


def test_backfill_treats_who_comes_while_escalation_waits() -> None:
    design, on = BOIN.replacing(cohorts("3x4")) | backfill(5), calendar(15, 28, "constant")
    done = simulate_in_time(
        design, [0.0, 0.0, 0.0], calendar=on, trials=10, rng=np.random.default_rng(1)
    )
    np.testing.assert_allclose(done.behaviour.treated, [[5, 5, 6]])
    assert done.backfilled[0] == pytest.approx(4)
    assert done.behaviour.patients[0] == pytest.approx(16)


def test_a_faster_design_is_shorter_and_a_seed_gives_the_same_trials() -> None:
    on, true = calendar(3, 60, times="weibull"), [0.1, 0.3, 0.5]
    runs = [
        simulate_in_time(d, true, calendar=on, trials=300, rng=np.random.default_rng(7))
        for d in (TITE, TITE, BOIN)
    ]
    assert runs[0].days[0] == runs[1].days[0] < runs[2].days[0]
    np.testing.assert_array_equal(runs[0].behaviour.treated, runs[1].behaviour.treated)
    assert runs[0].standard_error.shape == (1, 4)


def test_blocks_of_trials_make_up_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialwright.design.timed.simulate._CELLS", 30 * 7)
    done = simulate_in_time(
        TITE,
        [[0.1, 0.3, 0.5], [0.0, 0.0, 1.0]],
        calendar=calendar(3, 60),
        trials=50,
        rng=np.random.default_rng(7),
    )
    np.testing.assert_allclose(done.behaviour.selection.sum(axis=1), 1)
    assert done.days.shape == (2,)
    assert np.all(done.behaviour.patients <= 30)


def test_what_has_no_calendar_is_refused_in_one_line() -> None:
    on, rng = calendar(3, 60), np.random.default_rng(1)
    with pytest.raises(InputError, match="no cohort schedule"):
        simulate_in_time(tite_boin(target=0.3, doses=2), [0.1, 0.2], calendar=on, trials=5, rng=rng)
    with pytest.raises(InputError, match="parameter trials: 0"):
        simulate_in_time(TITE, [0.1, 0.2, 0.3], calendar=on, trials=0, rng=rng)
    with pytest.raises(InputError, match="2 rates; wanted one for each of 3 doses"):
        simulate_in_time(TITE, [0.1, 0.2], calendar=on, trials=5, rng=rng)


@pytest.mark.parametrize("on", [calendar(1.1e-3, 36_599), calendar(9_999, 1.1e-3)])
def test_a_calendar_at_its_limits_has_durations(on: Calendar) -> None:
    done = simulate_in_time(
        TITE, [0.0, 0.3, 1.0], calendar=on, trials=50, rng=np.random.default_rng(1)
    )
    assert np.isfinite(done.days).all()
    assert np.isfinite(done.quantiles).all()


def test_a_draw_is_held_back_as_a_dose_is() -> None:
    design = BOIN | min_follow_up(0.5)
    drawn = Decision(None, False, (1, 2), 2, (Reason("boin", "why"),), 1, allocation=(0.4, 0.6))
    held = _hold(design, read_course("1NNP0.2", 3), drawn)
    assert held.allocation == ()
    assert "followed for less than 0.5 of the window: wait" in reasons(held, "min_follow_up")
    assert _hold(design, read_course("1NNP0.7", 3), drawn) == drawn


def test_a_method_that_draws_is_not_run_on_a_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TiteBoin, "randomises", True)
    with pytest.raises(InputError, match="tite_boin draws doses"):
        simulate_in_time(
            TITE, [0.1] * 3, calendar=calendar(2, 28), trials=5, rng=np.random.default_rng(1)
        )


def test_another_draw_is_another_answer() -> None:
    one, other = np.array([[0.4, 0.6]]), np.array([[0.6, 0.4]])
    assert _same_draw(None, None)
    assert _same_draw(one, one.copy())
    assert not _same_draw(one, other)
    assert not _same_draw(one, None)
