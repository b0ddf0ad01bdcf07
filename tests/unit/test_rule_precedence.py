"""Rules that meet: one stated twice, two that disagree, and which one won."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from scipy.stats import beta
from tests.unit.ruled_design import ORDER, design, said

from trialwright.core.errors import InputError
from trialwright.design import (
    Design,
    blrm,
    boin,
    cohorts,
    elimination,
    from_parameters,
    lowest_dose,
    max_increment,
    no_reescalation,
    no_skipping,
    safety_boundary,
    stop_at,
    stop_at_dose,
    too_toxic,
)
from trialwright.design.model import Outcomes
from trialwright.design.rules import Rule
from trialwright.design.states import Bools, States

# one statement of each rule


def test_a_rule_stated_twice_is_refused_unless_it_says_the_same() -> None:
    loose, strict = safety_boundary(0.3, 0.9, 3), safety_boundary(0.3, 0.8, 3)
    for first, second in ((loose, strict), (strict, loose)):
        with pytest.raises(InputError) as error:
            design() | first | second
        assert str(error.value) == ("rule safety_boundary: stated twice; wanted one statement")
    assert design() | strict | strict == design() | strict
    assert (design() | loose).replacing(strict) == design() | strict


def test_a_stated_rule_replaces_the_methods_own_whatever_the_order() -> None:
    own, other = lowest_dose(), lowest_dose(deescalate="stop")
    bare = boin(target=0.3, doses=3)
    assert own in bare.rules
    assert next(
        line for line in (bare | other).summary if "de-escalate means stop" in line
    ).endswith("(instead of the method's own)")
    assert not any("instead" in line for line in (bare | own).summary)
    for first, second in ((own, other), (other, own)):
        with pytest.raises(InputError, match="rule lowest_dose: stated twice"):
            bare | first | second


def test_a_method_s_own_protection_is_replaced_only_on_purpose() -> None:
    bare = boin(target=0.3, doses=3)
    assert bare | elimination(0.3, 0.95) == bare
    with pytest.raises(InputError, match="rule elimination: stated, and the method has its own"):
        bare | elimination(0.3, 1.0)
    assert any(
        "no dose level is ever eliminated" in line
        for line in bare.replacing(elimination(0.3, 1.0)).summary
    )


@pytest.mark.parametrize(
    ("parameters", "rules", "schedule", "message"),
    [
        ({"at_lowest_stay": "stop"}, [("lowest_dose", {})], None, "parameter at_lowest_stay too"),
        ({"no_skipping": True}, [("no_skipping", {})], None, "parameter no_skipping too"),
        (
            {"cutoff_eli": 0.9},
            [("elimination", {"target": 0.3})],
            None,
            "parameter cutoff_eli too",
        ),
        (
            {},
            [("cohorts", {"sizes": "3x2"})],
            "3x10",
            "rule cohorts: stated twice, as the schedule",
        ),
        ({}, [("stop_at", {"patients": 3}), ("stop_at", {"patients": 6})], None, "rule stop_at: s"),
        ({}, [("no_skipping", {})] * 20_000, None, "20000 rules; wanted at most 100"),
    ],
)
def test_what_a_parameter_and_a_rule_state_alike_is_stated_once(
    parameters: dict[str, object],
    rules: list[tuple[str, dict[str, object]]],
    schedule: str | None,
    message: str,
) -> None:
    with pytest.raises(InputError, match=message):
        from_parameters("boin", {"target": 0.3, **parameters}, 3, schedule, rules=rules)


def test_a_prior_moves_the_boundary() -> None:
    flat = safety_boundary(0.3, 0.9, 3).boundary.points(6)
    wary = safety_boundary(0.3, 0.9, 3, prior_a=0.3, prior_b=0.7).boundary.points(6)
    assert flat == ((3, 2), (4, 3), (5, 3), (6, 4))
    fewest = [
        next(y for y in range(n + 1) if beta.sf(0.3, 0.3 + y, 0.7 + n - y) > 0.9)
        for n in range(3, 7)
    ]
    assert [y for _, y in wary] == fewest


def test_who_speaks_for_a_level_that_was_eliminated_before() -> None:
    both = design().replacing(elimination(0.3, 0.95)) | safety_boundary(0.2, 0.99, 3)
    later = both.decide("1NNN 2TTT 2NNNNNN 1NNN")
    assert said(later, "elimination") == (
        "doses 2 to 5 are eliminated: eliminated at an earlier decision, and not entered again"
    )
    assert said(later, "safety_boundary") is None
    now = both.decide("1NNN 2TTT")
    assert "3 of 3 at dose 2" in (said(now, "elimination") or "")
    assert "3 of 3 at dose 2" in (said(now, "safety_boundary") or "")


# who won


def test_the_graver_of_two_endings_wins_and_both_are_named() -> None:
    full = (design() | cohorts("3x2") | stop_at_dose(6)).decide("1NNN 1NTT")
    assert (full.stop, full.overruled) == (True, True)
    assert said(full, "precedence") == (
        "the method wished dose 1; stop_at_dose ends the trial early, "
        f"over cohorts (ends the trial as complete) and lowest_dose (lets it go on) {ORDER}"
    )
    last = (design() | cohorts("3x1") | too_toxic(0.3, 0.8, 3)).decide("1NTT")
    assert said(last, "precedence") == (
        "the method wished to go below dose 1; too_toxic ends the trial without a dose, "
        f"over cohorts (ends the trial as complete) and lowest_dose (lets it go on) {ORDER}"
    )


def test_an_end_that_the_method_wishes_too_overrules_nothing() -> None:
    stops = design() | lowest_dose(deescalate="stop")
    agreed = stops.decide("1NTT")
    assert (agreed.stop, agreed.method_wish, agreed.overruled) == (True, None, False)
    assert said(agreed, "precedence") is None


def test_a_method_that_finds_no_dose_acceptable_is_not_said_to_go_lower() -> None:
    prior = (-0.7, -0.4, 1.2, 0.9, 0)
    modelled = blrm(doses="10,20,40 mg", reference_dose=20, prior=prior) | cohorts("3x1")
    assert (said(modelled.decide("1TTT"), "precedence") or "").startswith(
        "the method finds no acceptable dose; ewoc ends the trial without a dose, over cohorts"
    )


@dataclass(frozen=True)
class Closed(Rule):
    """Bars every dose and says so, without an ending of its own."""

    name: ClassVar[str] = "closed"
    summary: ClassVar[str] = "every dose is barred"

    def bars(self, design: Design, states: States) -> Bools:
        return np.ones(states.treated.shape, np.bool_)

    def explain(self, design: Design, state: Outcomes, verdict: Any) -> str:
        return "closed"


def test_a_rule_that_bars_every_dose_is_named() -> None:
    one = (design() | Closed()).decide("1NNN")
    assert "; closed bars every dose up to it, and the" in (said(one, "precedence") or "")
    assert one.overruled


def test_the_stricter_of_two_bars_wins_and_both_are_named() -> None:
    course = "1NNN 3NNT 2NNN"  # 5 mg was left for 2 mg, and is wished again
    both = design() | max_increment("0:1.5", "last")
    assert said((both | no_reescalation()).decide(course), "precedence") == (
        "the method wished dose 3; dose 2 is the highest admissible that is not above it: "
        f"max_increment and no_reescalation allow no higher one {ORDER}"
    )


def test_of_two_unequal_bars_the_looser_is_named_as_overruled() -> None:
    both = design().replacing(elimination(0.3, 0.9)) | max_increment(1.5, "last")
    decision = both.decide("1NNN 2NTT 2NNNNNN")  # 2 of 9 in all, but dose 2 was eliminated before
    assert said(decision, "precedence") == (
        "the method wished dose 3; dose 1 is the highest admissible that is not above it: "
        f"elimination allows no higher one, over max_increment (allows dose 2) {ORDER}"
    )


def test_a_rule_that_keeps_the_trial_going_is_overruled_by_name() -> None:
    decision = (design() | safety_boundary(0.3, 0.8, 3) | lowest_dose()).decide("1NTT")
    assert said(decision, "precedence") == (
        "the method wished to go below dose 1; safety_boundary ends the trial without a dose, "
        f"over lowest_dose (lets it go on) {ORDER}"
    )


def test_nobody_is_named_where_nobody_disagrees() -> None:
    agreed = design() | cohorts("3x4") | no_skipping() | max_increment(3) | stop_at(12)
    for outcomes in ("", "1NNN", "1NNN 2NNT", "1NNN 2NTT", "1NNN 2NNN 3NNN 4NNN"):
        decision = agreed.decide(outcomes)
        assert said(decision, "precedence") is None
        assert not decision.overruled
