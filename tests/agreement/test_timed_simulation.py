"""Trials on a calendar mean the same as the graph, and as the single decision at each moment."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.design import (
    Cohort,
    Course,
    Design,
    backfill,
    boin,
    cohorts,
    min_follow_up,
    no_skipping,
    precise,
    stagger,
    stop_at_dose,
    tite_boin,
    tite_crm,
    too_toxic,
    trial_boundary,
)
from trialwright.design.rules import Backfill, MinFollowUp
from trialwright.design.timed.calendar import GAPS, TIMES, Calendar, calendar
from trialwright.design.timed.simulate import simulate_in_time
from trialwright.design.timed.trials import Trials, draw, find, places, run

PROTECTING = (
    no_skipping(),
    trial_boundary(0.3, 0.8, 2),
    too_toxic(0.3, 0.7, dose=1, least=2),
    precise(0.1, 0.5, 0.7, least=3),
    stop_at_dose(6, where="any"),
)
SIZES = st.lists(st.integers(1, 4), min_size=1, max_size=5)


@st.composite
def calendars(draw_: st.DrawFn) -> Calendar:
    return calendar(
        draw_(st.floats(0.5, 20)),
        draw_(st.floats(5, 100)),
        draw_(st.sampled_from(GAPS)),
        draw_(st.sampled_from(TIMES)),
        draw_(st.floats(0.1, 0.9)),
    )


@st.composite
def designs(draw_: st.DrawFn, *, timed: bool) -> Design:
    make: Callable[..., Design] = tite_boin if timed else boin
    design = make(
        target=draw_(st.floats(0.15, 0.45)),
        doses=draw_(st.integers(1, 4)),
        cutoff_eli=draw_(st.sampled_from([0.8, 0.95, 1.0])),
        **({"most_pending": draw_(st.sampled_from([0.3, 0.5, 1.0]))} if timed else {}),
    ) | cohorts(draw_(SIZES))
    for rule in draw_(st.sets(st.sampled_from(PROTECTING))):
        design |= rule
    if draw_(st.booleans()):
        design |= min_follow_up(draw_(st.floats(0.05, 1)))
    return design | stagger(draw_(st.floats(0.5, 30)), 1) if draw_(st.booleans()) else design


def curve(data: st.DataObject, design: Design) -> list[float]:
    rate = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0]))
    return data.draw(st.lists(rate, min_size=design.doses, max_size=design.doses))


def course_on(trials: Trials, row: int, day: float, window: float, before: int) -> Course:
    """Return what is known of a trial on a day: a cohort per patient, of its first `before`."""
    found = []
    for place in range(before):
        pending = trials.known_on[row, place] > day
        share = (day - trials.treated_on[row, place]) / window
        found.append(
            Cohort(
                int(trials.dose[row, place]),
                1,
                int(trials.toxic[row, place] and not pending),
                int(pending),
                followed=(min(share, 1 - 1e-9),) if pending else (),
                beside=bool(trials.backfilled[row, place]),
            )
        )
    return tuple(found)


def merged(course: Course, schedule: tuple[int, ...]) -> Course:
    """Put patients of a cohort together; backfilled ones stay alone, after the cohort."""
    main = [one for one in course if not one.beside]
    found, start = [], 0
    for size in schedule:
        group = main[start : start + size]
        if group:
            found.append(
                replace(
                    group[0],
                    treated=len(group),
                    dlts=sum(one.dlts for one in group),
                    pending=sum(one.pending for one in group),
                    followed=tuple(share for one in group for share in one.followed),
                )
            )
        start += size
    return (*found, *(one for one in course if one.beside))


@settings(max_examples=15, deadline=None)
@given(st.data(), designs(timed=False), calendars(), st.integers(0, 2**32 - 1))
def test_with_complete_outcomes_behaviour_is_that_of_the_graph(
    data: st.DataObject, design: Design, on: Calendar, seed: int
) -> None:
    true, trials = curve(data, design), 4_000
    exact = design.graph().exact(true)
    rng = np.random.default_rng(seed)
    done = simulate_in_time(design, true, calendar=on, trials=trials, rng=rng)
    chance = np.clip(exact.selection, 0, 1)
    error = np.sqrt(chance * (1 - chance) / trials)
    assert np.all(np.abs(done.behaviour.selection - chance) <= 6 * error + 8 / trials)
    spread = sum(design.schedule) / np.sqrt(trials)
    assert np.all(np.abs(done.behaviour.treated - exact.treated) <= 3 * spread)
    early = np.clip(exact.stopped_early, 0, 1)
    error = np.sqrt(early * (1 - early) / trials)
    assert np.all(np.abs(done.behaviour.stopped_early - early) <= 6 * error + 8 / trials)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.booleans(), calendars(), st.integers(0, 2**32 - 1))
def test_each_simulated_cohort_is_what_decide_says_on_that_day(
    data: st.DataObject, timed: bool, on: Calendar, seed: int
) -> None:
    design = data.draw(designs(timed=timed))
    if not timed and data.draw(st.booleans()):
        design |= backfill(data.draw(st.integers(1, 8)))
    true = curve(data, design)
    draws = draw(on, 12, places(design), np.random.default_rng(seed))
    trials = run(design, np.array(true), on, draws)
    for row in range(12):
        check_trial(design, trials, row, on, draws.gap[row])


@settings(max_examples=6, deadline=None)
@given(st.data(), calendars(), st.integers(0, 2**32 - 1))
def test_each_cohort_of_tite_crm_is_what_decide_says_on_that_day(
    data: st.DataObject, on: Calendar, seed: int
) -> None:
    design = tite_crm(target=0.25, doses=4) | cohorts(data.draw(SIZES)) | no_skipping()
    draws = draw(on, 8, places(design), np.random.default_rng(seed))
    trials = run(design, np.array(curve(data, design)), on, draws)
    for row in range(8):
        check_trial(design, trials, row, on, draws.gap[row])


def check_trial(design: Design, trials: Trials, row: int, on: Calendar, gap: np.ndarray) -> None:
    entered = int((trials.dose[row] > 0).sum())
    main = [place for place in range(entered) if not trials.backfilled[row, place]]
    firsts = np.cumsum([0, *design.schedule])[:-1]
    for cohort, start in enumerate(firsts[firsts < len(main)].tolist()):
        place = main[start]
        day = trials.treated_on[row, place]
        course = merged(course_on(trials, row, day, on.window, place), design.schedule)
        decision = design.decide(course)
        assert not [r for r in decision.reasons if "planned for cohort" in r.text]
        assert comes_later(design, course) or decision.next_dose == trials.dose[row, place]
        came = trials.treated_on[row, place - 1] + gap[place - 1] if place else 0.0
        if cohort and came < day:  # somebody had come and was not treated: the answer was to wait
            course = merged(course_on(trials, row, came, on.window, place), design.schedule)
            before = design.decide(course)
            assert comes_later(design, course) or before.next_dose is None or waits(design, course)
    if len(main) < sum(design.schedule):
        assert trials.states.cohorts[row] < len(design.schedule)


def comes_later(design: Design, course: Course) -> bool:
    """Say whether `decide` eliminates a level that the trial could not yet have eliminated.

    It looks back on every cohort with the outcomes known now: an outcome that came after a further
    cohort at the level was treated closes the level there, and not in the trial.
    """
    complete = tuple(replace(one, pending=0, followed=()) for one in course)
    history = design.history(complete)
    gone = design.eliminates(history.take([-1]))[0]
    return bool((history.eliminated[-1] != gone).any())


def waits(design: Design, course: Course) -> bool:
    """A method that waits for complete outcomes does not use an answer that pending ones share."""
    return not design.method.name.startswith("tite") and any(one.pending for one in course)


@settings(max_examples=30, deadline=None)
@given(st.data(), st.integers(0, 2**32 - 1), st.sampled_from(TIMES))
def test_when_patients_come_slowly_tite_boin_is_boin_trial_by_trial(
    data: st.DataObject, seed: int, times: str
) -> None:
    slow = calendar(1, 25, "constant", times)  # 30.4 days between patients
    timed = data.draw(designs(timed=True))
    plain = replace(timed, method=boin(target=timed.method.target, doses=1).method)
    draws = draw(slow, 50, places(timed), np.random.default_rng(seed))
    true = np.array(curve(data, timed))
    one, other = run(timed, true, slow, draws), run(plain, true, slow, draws)
    np.testing.assert_array_equal(one.dose, other.dose)
    np.testing.assert_array_equal(one.states.eliminated, other.states.eliminated)
    np.testing.assert_array_equal(one.days, other.days)


@settings(max_examples=30, deadline=None)
@given(st.data(), st.booleans(), calendars(), st.integers(0, 2**32 - 1))
def test_every_trial_keeps_the_rules_of_time(
    data: st.DataObject, timed: bool, on: Calendar, seed: int
) -> None:
    design = data.draw(designs(timed=timed)) | backfill(data.draw(st.integers(1, 8)))
    draws = draw(on, 60, places(design), np.random.default_rng(seed))
    trials = run(design, np.array(curve(data, design)), on, draws)
    there = trials.dose > 0
    assert np.all(trials.backfilled <= there)
    for row in range(60):
        entered = int(there[row].sum())
        assert there[row, :entered].all()
        assert np.all(np.diff(trials.treated_on[row, :entered]) >= 0)
        keeps_backfill(design, trials, row, entered)
        keeps_follow_up(design, trials, row, entered, on)


def keeps_backfill(design: Design, trials: Trials, row: int, entered: int) -> None:
    rule = find(design, Backfill)
    assert rule is not None
    current, treated = 0, np.zeros(design.doses + 1, int)
    for place in range(entered):
        dose = int(trials.dose[row, place])
        if trials.backfilled[row, place]:
            assert dose < current
            assert 0 < treated[dose] < rule.cap
        else:
            current = dose
        treated[dose] += 1
    np.testing.assert_array_equal(treated[1:], trials.states.treated[row])


def keeps_follow_up(design: Design, trials: Trials, row: int, entered: int, on: Calendar) -> None:
    rule = find(design, MinFollowUp)
    share = 1.0 if design.method.name == "boin" else rule.share if rule else 0.0
    main = [place for place in range(entered) if not trials.backfilled[row, place]]
    ends = np.cumsum(design.schedule)
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        if end < len(main):
            next_day = trials.treated_on[row, main[end]]
            for place in main[start:end]:
                least = trials.treated_on[row, place] + share * on.window
                assert next_day >= min(least, trials.known_on[row, place]) - 1e-9
