"""A small trial: every situation, its decision, its probability, and what the counts say."""

import numpy as np
import pytest

from trialwright.core.errors import InputError, Refused
from trialwright.design import boin, cohorts, lowest_dose
from trialwright.design.behaviour.paths import paths
from trialwright.design.behaviour.small_trial import chance_of_any, small_trial

TRIAL = boin(target=0.25, doses=2) | cohorts("4,8")
CURVES = [[0.05, 0.1], [0.1, 0.25], [0.0, 1.0]]
FOUND = small_trial(TRIAL, CURVES)


def test_every_situation_is_listed_with_the_decision_of_the_design() -> None:
    assert len(FOUND.situations) == 5 + 3 * 9
    for one in FOUND.situations:
        assert one.decision == TRIAL.decide(one.outcomes)
        if one.decision.stop:
            assert one.recommended == TRIAL.recommend(one.outcomes).dose
        else:
            assert one.recommended is None


def test_the_probabilities_of_a_cohort_s_situations_are_those_of_coming_so_far() -> None:
    """The first cohort is certain; the second comes unless the first ended the trial."""
    first = [one for one in FOUND.situations if len(one.course) == 1]
    second = [one for one in FOUND.situations if len(one.course) == 2]
    goes_on = [one for one in first if not one.decision.stop]
    assert np.sum([one.probability for one in first], axis=0) == pytest.approx([1, 1, 1])
    assert np.sum([one.probability for one in second], axis=0) == pytest.approx(
        np.sum([one.probability for one in goes_on], axis=0)
    )
    assert goes_on[0].probability == pytest.approx((0.95**4, 0.9**4, 1.0))


def test_complete_situations_are_the_paths() -> None:
    ended = {one.outcomes: (one.recommended, one.probability) for one in FOUND.situations
             if one.decision.stop}  # fmt: skip
    listed = paths(TRIAL.graph(), CURVES)
    assert ended == {path.outcomes: (path.final, path.probability) for path in listed}


def test_only_counts_that_the_trial_can_show_are_listed() -> None:
    """0 of 12 at dose 1 is none: 0 of the first 4 escalates."""
    counts = {(one.n, one.dlts): one.levels for one in FOUND.evidence}
    assert {n for n, _ in counts} == {4, 8, 12}
    assert (12, 0) not in counts
    assert (12, 11) not in counts
    assert counts[12, 1] == (1,)
    assert counts[8, 0] == (2,)
    assert [one.above for one in FOUND.evidence if (one.n, one.dlts) == (4, 3)] == [
        pytest.approx((0.984375,))
    ]


def test_what_seeing_no_event_means() -> None:
    rows = {one.n: one for one in small_trial(TRIAL, event_rates=(0.1, 0.5)).detection}
    assert set(rows) == {4, 8, 12}
    assert rows[4].at_least_one == pytest.approx((1 - 0.9**4, 1 - 0.5**4))
    assert rows[12].none_seen == pytest.approx(1 - 0.05 ** (1 / 12))
    assert [(rows[n].levels, rows[n].whole) for n in (4, 8, 12)] == [
        ((1,), True),  # a trial that stops after its first cohort
        ((2,), False),
        ((1,), True),
    ]


def test_without_curves_there_are_no_probabilities() -> None:
    found = small_trial(TRIAL)
    assert found.true is None
    assert {one.probability for one in found.situations} == {()}


def test_the_meaning_of_stay_changes_the_courses() -> None:
    found = small_trial(TRIAL | lowest_dose(stay="stop", deescalate="stop"))
    assert len(found.situations) == 5 + 9


def test_thresholds_are_the_target_unless_stated() -> None:
    assert FOUND.thresholds == (0.25,)
    found = small_trial(TRIAL, thresholds=(0.2, 0.3))
    assert found.evidence[0].above == pytest.approx((0.8**5, 0.7**5))


@pytest.mark.parametrize(
    ("stated", "where"),
    [
        ({"thresholds": [1.0]}, "parameter thresholds"),
        ({"event_rates": [0.0]}, "parameter event_rates"),
        ({"true": [0.1]}, "true rates"),
    ],
)
def test_rates_that_are_none_are_named(stated: dict[str, list[float]], where: str) -> None:
    with pytest.raises(InputError, match=where):
        small_trial(TRIAL, **stated)


def test_a_trial_that_is_not_small_is_refused() -> None:
    with pytest.raises(Refused, match="situations; it needs fewer cohorts"):
        small_trial(boin(target=0.3, doses=5) | cohorts("3x6"))
    with pytest.raises(Refused, match="states"):
        small_trial(boin(target=0.3, doses=8) | cohorts("3x12"))


def test_the_chance_of_a_rare_event_keeps_its_digits() -> None:
    assert chance_of_any(1e-12, 3) == pytest.approx(3e-12, rel=1e-9)
