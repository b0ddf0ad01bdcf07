"""3+3 against printed decisions and probabilities."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialwright.design import mtpi, three_plus_three

# Wheeler's AplusB, exact by its own account, printed to two digits: probability that no dose,
# dose 1, .. is recommended. They hold where 0 of 3 at the highest dose ends the trial. One entry
# for 8 doses (dose 2, .3247) is printed as .33: tolerance 0.0055 and not 0.005.
FIVE = [0.1, 0.2, 0.3, 0.4, 0.5]
EIGHT = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
PRINTED_FIVE = [0.10, 0.28, 0.33, 0.20, 0.06, 0.02]
PRINTED_EIGHT = [0.09, 0.26, 0.33, 0.22, 0.08, 0.02, 0, 0, 0]

# Enumerated patient by patient, to four digits.
EXACT_FIVE = [0.1004, 0.2846, 0.3335, 0.2033, 0.0613, 0.0169]
EXACT_EIGHT = [0.0939, 0.2640, 0.3247, 0.2192, 0.0813, 0.0155, 0.0013]


def selection(curve: list[float], deescalate: bool) -> Any:
    design = three_plus_three(doses=len(curve), deescalate=deescalate)
    return design.graph().exact(curve).selection[0]


def test_selection_with_deescalation_wheeler_aplusb() -> None:
    got = selection(FIVE, deescalate=True)
    np.testing.assert_allclose(got, PRINTED_FIVE, atol=0.005)
    np.testing.assert_allclose(got, EXACT_FIVE, atol=5e-5)


def test_selection_without_deescalation_wheeler_aplusb() -> None:
    got = selection(EIGHT, deescalate=False)
    np.testing.assert_allclose(got, PRINTED_EIGHT, atol=0.0055)
    np.testing.assert_allclose(got[:7], EXACT_EIGHT, atol=5e-5)


def test_aplusb_block_of_published_anchors(shared: Path) -> None:
    block = json.loads((shared / "dose" / "published_anchors.json").read_text())
    printed = block["three_plus_three_AplusB"]
    assert printed["with_deescalation"] == {"p": FIVE, "none_then_doses": PRINTED_FIVE}
    assert printed["no_deescalation"] == {"p": EIGHT, "none_then_doses": PRINTED_EIGHT}


def test_printed_selection_needs_0_of_3_at_the_highest_dose_to_end() -> None:
    design = three_plus_three(doses=5, deescalate=True, zero_of_3_at_top_ends=False)
    got = design.graph().exact(FIVE).selection[0]
    assert got[5] == pytest.approx(0.0107, abs=5e-5)  # printed: .02


# Blume et al. 2014, Clin Trials 12:24, tables 2 and 3 (PMC4344878): 3+3 and two mTPI designs.
PRINTED_BLUME = [
    ("0(3)", "E", "E", "E"),
    ("0(3)+0(3)", "E", "E", "E"),
    ("1(3)+0(3)", "E", "S", "S"),
    ("2(3)", "D", "D", "D"),
    ("3(3)", "D", "D", "D"),
    ("1(3)+1(3)", "D", "S", "D"),
    ("1(3)+2(3)", "D", "D", "D"),
    ("1(3)+3(3)", "D", "D", "D"),
]
MOVES = {3: "E", 2: "S", 1: "D"}


@pytest.mark.parametrize(("counts", "three", "wide", "narrow"), PRINTED_BLUME)
def test_decisions_at_one_dose_blume_2014(counts: str, three: str, wide: str, narrow: str) -> None:
    dlts = [int(part[0]) for part in counts.split("+")]
    course = " ".join(["1NNN", *(f"2{'T' * y}{'N' * (3 - y)}" for y in dlts)])
    designs = [
        three_plus_three(doses=3, deescalate=True),
        mtpi(target=0.175, doses=3, epsilon1=0.125, epsilon2=0.125),
        mtpi(target=0.1, doses=3, epsilon1=0.05, epsilon2=0.05),
    ]
    wishes = [design.decide(course).method_wish for design in designs]
    assert [MOVES[wish or 0] for wish in wishes] == [three, wide, narrow]


def test_blume_block_of_published_worked_examples(shared: Path) -> None:
    block = json.loads((shared / "dose" / "published_worked_examples.json").read_text())
    rows = block["three_plus_three_vs_mtpi_blume_PMC4344878"]["rows"]["data"]
    assert [tuple(row) for row in rows] == PRINTED_BLUME
