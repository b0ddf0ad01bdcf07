"""BOIN against printed numbers and against the R packages of its authors and of `escalation`."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from trialwright.design import Design, boin, cohorts
from trialwright.design.decision.table import Move
from trialwright.design.methods.boin import Boin
from trialwright.design.rules import Elimination
from trialwright.design.states import COUNT, LEVEL, toxicity_states

# Liu and Yuan 2015, JRSS C 64:507, table 1; more digits for 0.30: Yan et al. 2020.
PRINTED_LAMBDAS = [
    (0.15, 0.118, 0.179, 5e-4),
    (0.20, 0.157, 0.238, 5e-4),
    (0.25, 0.197, 0.298, 5e-4),
    (0.30, 0.2364907, 0.3585195, 5e-8),
    (0.35, 0.276, 0.419, 5e-4),
    (0.40, 0.316, 0.480, 5e-4),
]

# Target 0.30, Yan et al. 2020, J Stat Softw 94(13), `get.boundary(0.3, 10, 3)`:
# treated, escalate if DLTs <=, de-escalate if >=, eliminate if >=
PRINTED_BOUNDARIES_030 = [
    (3, 0, 2, 3),
    (6, 1, 3, 4),
    (9, 2, 4, 5),
    (12, 2, 5, 7),
    (15, 3, 6, 8),
    (18, 4, 7, 9),
    (21, 4, 8, 10),
    (24, 5, 9, 11),
    (27, 6, 10, 12),
    (30, 7, 11, 14),
]

# Yan et al. 2020, the conduct example of the tutorial (target 0.30, 5 doses).
PRINTED_CONDUCT = [
    ("1NNN", 2),
    ("1NNN 2NNN", 3),
    ("1NNN 2NNN 3NTT", 2),
    ("1NNN 2NNN 3NTT 2NTN", 3),
    ("1NNN 2NNN 3NTT 2NTN 3NNN", 3),
    ("1NNN 2NNN 3NTT 2NTN 3NNN 3NNN", 4),
    ("1NNN 2NNN 3NTT 2NTN 3NNN 3NNN 4TTT", 3),
    ("1NNN 2NNN 3NTT 2NTN 3NNN 3NNN 4TTT 3NTN", 3),
    ("1NNN 2NNN 3NTT 2NTN 3NNN 3NNN 4TTT 3NTN 3NNT", 3),
    ("1NNN 2NNN 3NTT 2NTN 3NNN 3NNN 4TTT 3NTN 3NNT 3TNN", 3),
]

# Yan et al. 2020, page 15: treated and DLTs at the end (target 0.30, selected dose 3).
PRINTED_FINAL = (3, 3, 15, 9, 0), (0, 0, 4, 4, 0)


def method(target: float) -> Boin:
    found = boin(target=target, doses=2).method
    assert isinstance(found, Boin)
    return found


def expected_move(dlts: int, escalate: int, deescalate: int, eliminate: int | None) -> Move:
    if eliminate is not None and dlts >= eliminate:
        return Move.ELIMINATE
    if dlts >= deescalate:
        return Move.DE_ESCALATE
    return Move.ESCALATE if dlts <= escalate else Move.STAY


def decisions(target: float, most: int) -> dict[tuple[int, int], Move]:
    design = boin(target=target, doses=2)
    return {(row.n, row.dlts): row.decision for row in design.table(most)}


@pytest.mark.parametrize(("target", "low", "high", "tolerance"), PRINTED_LAMBDAS)
def test_lambdas_liu_yuan_2015_table_1_and_yan_2020(
    target: float, low: float, high: float, tolerance: float
) -> None:
    assert method(target).lambda_e == pytest.approx(low, abs=tolerance)
    assert method(target).lambda_d == pytest.approx(high, abs=tolerance)


def test_boundaries_target_030_yan_2020() -> None:
    got = decisions(0.3, 30)
    for n, *limits in PRINTED_BOUNDARIES_030:
        for dlts in range(n + 1):
            assert got[n, dlts] == expected_move(dlts, *limits), (n, dlts)


def test_four_treated_at_target_025_liu_yuan_2015() -> None:
    got = decisions(0.25, 4)
    assert [got[4, dlts].letter for dlts in range(5)] == ["E", "S", "D", "X", "X"]


@pytest.mark.parametrize(("outcomes", "dose"), PRINTED_CONDUCT)
def test_conduct_example_yan_2020(outcomes: str, dose: int) -> None:
    assert boin(target=0.3, doses=5).decide(outcomes).next_dose == dose


def test_selected_mtd_yan_2020_page_15() -> None:
    assert selected(*PRINTED_FINAL, 0.3) == 3


def test_every_row_of_boin_lambda_r_package_boin_2_7_2(shared: Path) -> None:
    rows = read_rows(shared / "dose" / "boin_lambda.csv")
    assert len(rows) == 8
    for row in rows:
        found = method(float(row["target"]))
        assert found.p_saf == pytest.approx(float(row["p_saf"]), abs=1e-12)
        assert found.p_tox == pytest.approx(float(row["p_tox"]), abs=1e-12)
        assert found.lambda_e == pytest.approx(float(row["lambda_e"]), abs=1e-12)
        assert found.lambda_d == pytest.approx(float(row["lambda_d"]), abs=1e-12)


def test_every_row_of_boin_boundaries_r_package_boin_2_7_2(shared: Path) -> None:
    rows = read_rows(shared / "dose" / "boin_boundaries.csv")
    assert len(rows) == 240
    tables = {target: decisions(float(target), 30) for target in {row["target"] for row in rows}}
    for row in rows:
        n, eliminate = int(row["n"]), row["eliminate_if_dlt_ge"]
        limits = int(row["escalate_if_dlt_le"]), int(row["deescalate_if_dlt_ge"])
        gone = None if eliminate == "NA" else int(eliminate)
        for dlts in range(n + 1):
            assert tables[row["target"]][n, dlts] == expected_move(dlts, *limits, gone), row


def test_boin_rows_of_published_anchors(shared: Path) -> None:
    anchors = json.loads((shared / "dose" / "published_anchors.json").read_text())
    steps = anchors["boin_conduct_yan2020_p25"]["steps"]
    assert [tuple(step) for step in steps] == PRINTED_CONDUCT
    mtd = anchors["boin_select_mtd_yan2020_p15"]
    counts = tuple(mtd["n"]), tuple(mtd["y"])
    assert (*counts, mtd["target"]) == (*PRINTED_FINAL, 0.3)
    assert selected(*counts, mtd["target"]) == mtd["mtd"]


def test_boundaries_of_published_anchors_to_seven_digits(shared: Path) -> None:
    anchors = json.loads((shared / "dose" / "published_anchors.json").read_text())
    table = anchors["boin_lambda_t0.30"]
    found = method(0.30)
    assert found.lambda_e == pytest.approx(table["lambda_e"], abs=5e-8)
    assert found.lambda_d == pytest.approx(table["lambda_d"], abs=5e-8)
    columns = (table[k] for k in ("n", "escalate_le", "deescalate_ge", "eliminate_ge"))
    assert list(zip(*columns, strict=True)) == PRINTED_BOUNDARIES_030


def test_boin_rows_of_published_worked_examples(shared: Path) -> None:
    examples = json.loads((shared / "dose" / "published_worked_examples.json").read_text())
    rows = examples["boin_lambda_computed"]["target_lambda_e_lambda_d"]
    assert len(rows) == 6
    for target, low, high in rows:
        assert method(target).lambda_e == pytest.approx(low, abs=5e-4)
        assert method(target).lambda_d == pytest.approx(high, abs=5e-4)


# The rows of decisions.tsv that are get_boin without further modifiers: how the model is written
# there, and the same design here. Without its stopping rule nothing is eliminated.
ESCALATION_MODELS = {
    "get_boin(num_doses = num_doses, target = target)": {},
    "get_boin(num_doses = num_doses, target = target, use_stopping_rule = TRUE)": {},
    "get_boin(num_doses = num_doses, target = target, use_stopping_rule = FALSE)": {
        "cutoff_eli": 1
    },
}


def test_every_plain_boin_row_of_decisions_r_package_escalation_0_2_3(shared: Path) -> None:
    with (shared / "dose" / "decisions.tsv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["model"] in ESCALATION_MODELS]
    assert len(rows) == 17
    for row in rows:
        assert "num_doses=5; target=0.3" in row["vars"]
        design = boin(target=0.3, doses=5, **ESCALATION_MODELS[row["model"]])
        assert_row(design, row)


def test_both_select_boin_mtd_rows_of_decisions_r_package_escalation_0_2_3(shared: Path) -> None:
    """Each row of the file stands for two fits: no outcomes yet, and a data frame of outcomes."""
    with (shared / "dose" / "decisions.tsv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if "select_boin_mtd" in r["model"]]
    rows = [row for row in rows if row["model"].startswith("get_boin(") and not row["outcomes"]]
    design = boin(target=0.3, doses=5)
    assert len(rows) == 2
    for row in rows:
        assert_row(design, row)
        assert_row(design, row | {"outcomes": "1NNN 2NTT"})
        assert design.recommend("1NNN 2NTT").dose == int(row["rec"])


def assert_row(design: Design, row: dict[str, str]) -> None:
    decision = design.decide(row["outcomes"])
    assert decision.next_dose == (None if row["rec"] == "NA" else int(row["rec"])), row
    assert decision.stop == (row["cont"] == "FALSE"), row
    if row["adm"]:
        everything = "TRUE" in row["adm"]
        assert decision.admissible == ((1, 2, 3, 4, 5) if everything else ()), row


def test_a_further_modifier_is_another_design() -> None:
    assert (boin(target=0.3, doses=5) | cohorts("3x10")) != boin(target=0.3, doses=5)


def selected(treated: tuple[int, ...], dlts: tuple[int, ...], target: float) -> int:
    """Select from final counts, with the elimination that they imply."""
    n, y = np.array([treated], COUNT), np.array([dlts], COUNT)
    current = np.ones(1, LEVEL)
    before = toxicity_states(n, y, current, np.zeros(n.shape, np.bool_), np.ones(1, COUNT))
    gone = Elimination(target, 0.95, 3).eliminates(boin(target=target, doses=len(n[0])), before)
    return int(method(target).select(toxicity_states(n, y, current, gone, before.cohorts))[0])


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened))
