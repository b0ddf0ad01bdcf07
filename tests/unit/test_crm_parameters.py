"""The CRM's parameters, its start-up, its ties, and what it says."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from trialwright.core.errors import InputError
from trialwright.design import cohorts, crm, from_parameters, no_skipping, tite_crm
from trialwright.design.build import parameter_names
from trialwright.design.methods.crm import Crm, known_outcomes, nearest_level
from trialwright.design.methods.parts.skeleton import indifference_skeleton
from trialwright.design.methods.tite_crm import TiteCrm, adaptive_weights
from trialwright.design.posterior.crm import CrmEvidence, maximum_likelihood
from trialwright.design.posterior.nodes import even_nodes, half_line_weights
from trialwright.design.posterior.patterns import distinct_counts
from trialwright.design.states import COUNT, LEVEL, toxicity_states
from trialwright.design.timed.people import People


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "parameter target: not stated"),
        ({"target": 0.3, "model": "power"}, "model: 'power'; wanted empiric or logistic"),
        ({"target": 0.3, "skeleton": (0.1, 0.2)}, "skeleton: 2 stated; wanted 3 rates that rise"),
        ({"target": 0.3, "skeleton": 0.2}, "skeleton: 1 stated; wanted 3 rates"),
        ({"target": 0.3, "skeleton": "0.1;0.2;0.3"}, "skeleton: 1 stated"),
        (
            {"target": 0.3, "skeleton": (0.1, 0.1, 0.2)},
            "skeleton, level 2: 0.1; wanted a number above 0.1 and below 1",
        ),
        ({"target": 0.3, "skeleton": (0.1, 0.2, 1)}, "skeleton, level 3: 1; wanted a number"),
        (
            {"target": 0.3, "skeleton": (0.1, 0.2, 0.3), "halfwidth": 0.05},
            "halfwidth: stated with a skeleton; wanted one or the other",
        ),
        ({"target": 0.3, "halfwidth": 0.3}, "halfwidth: 0.3; wanted a number above 0 and below"),
        ({"target": 0.3, "prior_mtd": 4}, "prior_mtd: 4; wanted a whole number from 1 to 3"),
        ({"target": 0.3, "scale": 0}, "scale: 0; wanted a number above 0 and below 10"),
        (
            {"target": 0.3, "model": "logistic", "intercept": 0, "skeleton": (0.1, 0.3, 0.6)},
            "intercept: 0; wanted a number above 0.405",
        ),
        ({"target": 0.3, "model": "logistic2"}, "intercept_sd: not stated; wanted a value"),
        ({"target": 0.3, "intercept_sd": 1}, "intercept_sd: stated for empiric; wanted none"),
        ({"target": 0.3, "estimate": "map"}, "estimate: 'map'; wanted bayes or mle or mean_rate"),
        ({"target": 0.3, "estimate": "mle"}, "start_up: not stated; wanted a plan"),
        (
            {"target": 0.3, "estimate": "mle", "model": "logistic2", "intercept_sd": 1},
            "estimate: 'mle' with logistic2; wanted bayes or mean_rate",
        ),
        ({"target": 0.3, "start_up": "slow"}, "start_up: 'slow'; wanted one_up, or a level"),
        ({"target": 0.3, "start_up": ()}, "start_up: no level; wanted 1 first"),
        ({"target": 0.3, "start_up": (2, 3)}, "start_up: it begins at 2; wanted 1 first"),
        ({"target": 0.3, "start_up": (1, 2, 1)}, "start_up: (1, 2, 1); wanted levels that do not"),
        ({"target": 0.3, "start_up": (1, 4)}, "start_up, cohort 2: 4; wanted a whole number"),
        ({"target": 0.3, "select_untested": 1}, "select_untested: 1; wanted true or false"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, Any], message: str) -> None:
    for name in ("crm", "tite_crm"):
        with pytest.raises(InputError) as caught:
            from_parameters(name, parameters, 3)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


def test_the_weights_are_named() -> None:
    with pytest.raises(InputError, match="parameter weights: 'convex'; wanted linear or adaptive"):
        tite_crm(target=0.3, doses=3, weights="convex")


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.one_of(st.integers(-1, 5), st.floats(), st.text(max_size=2)), max_size=5),
    st.sampled_from(["logistic", "logistic2", "mle", "one_up", "adaptive"]),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(parameter_names("tite_crm")), VALUES), st.integers(-1, 25))
def test_any_parameters_build_a_design_or_are_refused_in_one_line(
    parameters: dict[str, Any], doses: int
) -> None:
    try:
        design = from_parameters("tite_crm", {"target": 0.3, **parameters}, doses, "3x2")
    except InputError as error:
        assert str(error).startswith("design, parameter ")
        assert "\n" not in str(error)
    else:
        assert design.decide().next_dose == 1
        assert "\n" not in " ".join(design.summary)


@settings(max_examples=100, deadline=None)
@given(
    st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.integers(1, 20), st.data(),
    st.sampled_from(["empiric", "logistic"]),
)  # fmt: skip
def test_a_skeleton_by_indifference_intervals_rises_through_the_target(
    target: float, share: float, doses: int, data: st.DataObject, model: str
) -> None:
    mtd = data.draw(st.integers(1, doses))
    halfwidth = share * min(target, 1 - target)
    try:
        found = indifference_skeleton(halfwidth, target, mtd, doses, model=model)
    except InputError as error:
        assert "parameter halfwidth" in str(error)
        return
    assert len(found) == doses
    assert np.all(np.diff([0, *found, 1]) > 0)
    assert found[mtd - 1] == pytest.approx(target, abs=1e-9)


def test_the_default_skeleton_is_an_indifference_interval_around_the_middle_level() -> None:
    found = crm(target=0.2, doses=4).method
    assert isinstance(found, Crm)
    assert found.curve.skeleton == indifference_skeleton(0.05, 0.2, 2, 4)
    assert found.curve.scale**2 == pytest.approx(1.34)


def test_the_nearest_level_and_its_ties() -> None:
    rates = np.array(
        [
            [0.1, 0.2, 0.4],
            [0.2, 0.4, 0.6],  # 0.2 and 0.4 are equally near
            [0.0, 0.0, 0.0],  # all below, equal as numbers
            [1.0, 1.0, 1.0],
            [0.1, 0.3, 0.5],
        ]
    )
    every = np.ones(rates.shape, np.bool_)
    assert nearest_level(rates, 0.3, every).tolist() == [2, 1, 3, 1, 2]
    assert nearest_level(rates, 0.3, every & np.array([1, 0, 0]).astype(bool)).tolist() == [1] * 5
    assert nearest_level(rates, 0.3, ~every).tolist() == [0] * 5


def test_levels_are_skipped_unless_a_rule_forbids_it() -> None:
    design = crm(target=0.25, doses=5, skeleton=(0.05, 0.1, 0.25, 0.4, 0.6))
    assert design.decide("1NNN").next_dose == 4
    decision = (design | no_skipping()).decide("1NNN")
    assert (decision.next_dose, decision.method_wish, decision.overruled) == (2, 4, True)


def test_one_level_up_until_the_first_dlt() -> None:
    design = crm(target=0.25, doses=3, start_up="one_up", estimate="mle") | cohorts("1x9")
    assert [design.decide(text).next_dose for text in ("1N", "1N 2N", "1N 2N 3N")] == [2, 3, 3]
    reason = design.decide("1N").reasons[0].text
    assert reason == (
        "start-up, one level up per cohort until the first DLT: no DLT so far, cohort 2 at dose 2"
    )
    with_dlt = design.decide("1N 2N 3T")
    assert with_dlt.next_dose == 2
    assert with_dlt.reasons[0].text.startswith("b ")


def test_a_stated_start_up_gives_way_to_the_model() -> None:
    design = crm(target=0.25, doses=4, start_up=(1, 1, 2)) | cohorts("2x9")
    assert [design.decide(text).next_dose for text in ("1NN", "1NN 1NN")] == [1, 2]
    plain = crm(target=0.25, doses=4)
    for text in ("1NN 1NN 2NN", "1TN"):
        assert design.decide(text).next_dose == plain.decide(text).next_dose


def test_a_likelihood_start_up_holds_its_last_level() -> None:
    design = crm(target=0.25, doses=4, start_up=(1, 2), estimate="mle") | cohorts("2x9")
    assert design.decide("1NN 2NN 2NN 2NN").next_dose == 2
    assert "levels 1, 2, .. by cohort" in design.summary[0]


def test_without_a_maximum_of_the_likelihood_the_limit_decides() -> None:
    design = crm(target=0.25, doses=4, start_up="one_up", estimate="mle")
    toxic = design.decide("1T 2TT")
    assert toxic.next_dose == 1
    assert "b -10 (the likelihood has no maximum)" in toxic.reasons[0].text
    states = design.history(design.read("1T 2TT"))
    assert design.method.exceedance(states, 0.3)[-1].tolist() == [1, 1, 1, 1]
    clean = design.history(design.read("1NN 4N"))
    assert design.method.exceedance(clean, 0.3)[-1].tolist() == [0, 0, 0, 0]
    assert design.recommend("1NN 4N").dose == 4
    assert isinstance(design.method, Crm)
    for history, limit in ((states, -10.0), (clean, 10.0)):
        evidence = known_outcomes(history.take([-1]))
        assert maximum_likelihood(design.method.curve, evidence).tolist() == [limit]


def test_an_untested_level_is_recommended_only_where_a_parameter_says_so() -> None:
    skeleton = (0.05, 0.1, 0.25, 0.4, 0.6)
    assert crm(target=0.25, doses=5, skeleton=skeleton).recommend("1NNN").dose == 1
    free = crm(target=0.25, doses=5, skeleton=skeleton, select_untested=True)
    assert free.recommend("1NNN").dose == 4
    text = free.recommend("1NNN").reasons[0].text
    assert text.startswith("plug-in DLT rates dose 1 0.007 (0 of 3), dose 2 0.022 (0 of 0)")


def test_eliminated_levels_are_never_recommended() -> None:
    method = crm(target=0.25, doses=3, select_untested=True).method
    states = toxicity_states(
        np.array([[3, 0, 0]] * 2, COUNT), np.zeros((2, 3), COUNT), np.ones(2, LEVEL),
        np.array([[False, False, True], [True] * 3]), np.ones(2, COUNT),
    )  # fmt: skip
    assert method.select(states).tolist() == [2, 0]
    assert method.explain_selection(states.outcomes(1)) == "no dose was treated and not eliminated"
    assert method.select(states.take([])).tolist() == []


def test_the_reason_gives_estimate_rates_and_target() -> None:
    design = crm(target=0.25, doses=3, skeleton=(0.1, 0.25, 0.4), model="logistic")
    text = design.decide("1NNN 2NTN").reasons[0].text
    assert text.startswith("b 0.0")
    assert "plug-in DLT rates 0." in text
    assert text.endswith("dose 2 is nearest to the target 0.25")
    assert (
        "logistic model with intercept 3, b ~ N(0, 1.158^2), skeleton 0.1, 0.25, 0.4"
        in (design.summary[0])
    )


def test_adaptive_weights_count_by_the_times_of_dlts() -> None:
    followed = np.array([[0.1, 0.3, 0.9], [0.1, 0.3, 0.9]])
    onset = np.array([[0.2, 0.6], [np.nan, np.nan]])
    dlt = np.array([[True, True], [False, False]])
    found = adaptive_weights(followed, onset, dlt)
    assert found[0] == pytest.approx([0.5 / 3, 1.25 / 3, 2.75 / 3])
    assert found[1] == pytest.approx([0.1, 0.3, 0.9])


def test_adaptive_weights_need_the_times() -> None:
    method = tite_crm(target=0.3, doses=2, weights="adaptive").method
    assert isinstance(method, TiteCrm)
    states = toxicity_states(
        np.array([[1, 0]], COUNT), np.array([[1, 0]], COUNT), np.ones(1, LEVEL),
        np.zeros((1, 2), np.bool_), np.ones(1, COUNT),
    )  # fmt: skip
    people = People(np.array([[1, 1]], LEVEL), np.array([[True, False]]), np.array([[1.0, 0.5]]))
    with pytest.raises(InputError, match="DLTs without their times"):
        method.wish_in_time(states, people)


def test_pending_patients_are_named_with_their_weight() -> None:
    method = tite_crm(target=0.3, doses=2).method
    assert isinstance(method, TiteCrm)
    states = toxicity_states(
        np.array([[1, 0]], COUNT), np.array([[0, 0]], COUNT), np.ones(1, LEVEL),
        np.zeros((1, 2), np.bool_), np.ones(1, COUNT),
    )  # fmt: skip
    people = People(np.array([[1, 2]], LEVEL), np.zeros((1, 2), bool), np.array([[1.0, 0.25]]))
    text = method.explain_in_time(states.outcomes(0), people)
    assert text.startswith("pending patients count 0.250 at dose 2; b ")
    assert not method.waits(states, people).any()


def test_distinct_counts() -> None:
    treated = np.array([[3, 0], [3, 3], [3, 0], [3, 3]], COUNT)
    dlts = np.array([[1, 0], [0, 1], [1, 0], [0, 2]], COUNT)
    none = np.zeros(treated.shape, np.bool_)
    states = toxicity_states(treated, dlts, np.array([1, 2, 2, 2], LEVEL), none, np.ones(4, COUNT))
    keep, pattern = distinct_counts(states)
    assert len(keep) == 3
    assert pattern[0] == pattern[2]
    assert len({pattern[0], pattern[1], pattern[3]}) == 3
    wide = np.tile(treated, (1, 20))
    twenty = toxicity_states(
        wide, np.tile(dlts, (1, 20)), states.current, np.zeros(wide.shape, np.bool_), states.cohorts
    )
    assert len(distinct_counts(twenty)[0]) == 3


def test_nodes() -> None:
    nodes, weights = even_nodes(-8, 8, 0.75)
    assert np.exp(-(nodes**2) / 2) @ weights == pytest.approx((2 * np.pi) ** 0.5, abs=1e-12)
    fine, weights = even_nodes(-8, 8, 0.4)
    step = weights[0]
    for edge in (-9.0, -1.3, 0.0, 0.2, 8.5):
        share = half_line_weights((fine - edge) / step)
        above = np.exp(-(fine**2) / 2) @ (weights * share) / (2 * np.pi) ** 0.5
        assert above == pytest.approx(ndtr(-edge), abs=1e-12)


def test_evidence_counts_everyone_once() -> None:
    level = np.array([[2, 0, 1]], LEVEL)
    seen = CrmEvidence(np.array([[1, 0]]), np.array([[2, 3]]), level, np.array([[0.5, 0.0, 0.1]]))
    assert seen.patients.tolist() == [8]
