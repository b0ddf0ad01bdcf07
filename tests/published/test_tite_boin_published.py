"""TITE-BOIN against its printed decision table, and against BOIN where nobody is pending."""

from collections.abc import Iterator

import numpy as np
import pytest

from trialwright.design import Cohort, boin, cohorts, tite_boin

# Table 1 of PMC9260438 (Contemp Clin Trials Commun 2022), target 0.20, cohorts of 3: treated, DLTs,
# the pending from and to, the decision, and for a decision that depends on it the STFT that it
# changes at (printed with two digits). E escalate, S stay, D de-escalate, X eliminate as well,
# wait: accrual is suspended.
PRINTED = [
    (3, 0, 0, 1, "E", None),
    (3, 0, 2, 3, "wait", None),
    (3, 1, 0, 2, "D", None),
    (3, 2, 0, 1, "X", None),
    (3, 3, 0, 0, "X", None),
    (6, 0, 0, 3, "E", None),
    (6, 0, 4, 6, "wait", None),
    (6, 1, 0, 3, "S", None),
    (6, 1, 4, 5, "wait", None),
    (6, 2, 0, 4, "D", None),
    (6, 3, 0, 3, "X", None),
    (6, 4, 0, 2, "X", None),
    (9, 0, 0, 4, "E", None),
    (9, 0, 5, 9, "wait", None),
    (9, 1, 0, 2, "E", None),
    (9, 1, 3, 3, "E/S", 0.77),
    (9, 1, 4, 4, "E/S", 2.15),
    (9, 1, 5, 8, "wait", None),
    (9, 2, 0, 0, "S", None),
    (9, 2, 1, 1, "S/D", 0.52),
    (9, 2, 2, 2, "S/D", 1.59),
    (9, 2, 3, 3, "S/D", 2.66),
    (9, 2, 4, 4, "S/D", 3.73),
    (9, 2, 5, 7, "wait", None),
    (9, 3, 0, 6, "D", None),
    (9, 4, 0, 5, "X", None),
]
DESIGN = tite_boin(target=0.2, doses=3) | cohorts("3x10")


def decided(n: int, y: int, pending: int, stft: float) -> str:
    """Return the decision at dose 2 of 3, after a clean first level."""
    shares = tuple([stft / pending] * pending) if pending else ()
    course = (Cohort(1, 30), Cohort(2, n, y, pending, followed=shares))
    decision = DESIGN.decide(course)
    if decision.next_dose is None:
        assert not decision.stop
        return "wait"
    said = [r.text for r in decision.reasons if r.rule == "elimination"]
    gone = any("eliminated" in text and "known outcomes alone" not in text for text in said)
    return "X" if gone else {3: "E", 2: "S", 1: "D"}[decision.next_dose]


def printed_rows() -> Iterator[tuple[int, int, int, str, float | None]]:
    for n, y, least, most, decision, limit in PRINTED:
        for pending in range(least, most + 1):
            yield n, y, pending, decision, limit


@pytest.mark.parametrize(("n", "y", "pending", "decision", "limit"), list(printed_rows()))
def test_every_row_of_table_1_of_pmc9260438(
    n: int, y: int, pending: int, decision: str, limit: float | None
) -> None:
    if limit is None:
        follow_ups = np.linspace(0, 0.999 * pending, 7)
        assert {decided(n, y, pending, stft) for stft in follow_ups} == {decision}
        return
    longer, shorter = decision.split("/")
    assert decided(n, y, pending, min(limit + 0.005, 0.9999 * pending)) == longer
    assert decided(n, y, pending, limit - 0.005) == shorter


def test_with_nobody_pending_it_is_boin_in_every_reachable_state_yuan_2018() -> None:
    options = {"target": 0.3, "doses": 4, "extrasafe_offset": 0.05, "stay_1_of_3": True}
    timed = (tite_boin(**options) | cohorts("3x6")).graph()
    plain = (boin(**options) | cohorts("3x6")).graph()
    np.testing.assert_array_equal(timed.resolution.next_dose, plain.resolution.next_dose)
    np.testing.assert_array_equal(timed.resolution.wish, plain.resolution.wish)
    np.testing.assert_array_equal(timed.selection, plain.selection)
    np.testing.assert_array_equal(timed.states.treated, plain.states.treated)
