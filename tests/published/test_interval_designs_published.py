"""mTPI, mTPI-2, Keyboard and TPI against printed numbers and against the authors' R packages."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialwright.design import (
    Design,
    boin,
    cohorts,
    i3_plus_3,
    keyboard,
    mtpi,
    mtpi2,
    stop_at,
    tpi,
)
from trialwright.design.decision.table import Move

FACTORIES: dict[str, Callable[..., Design]] = {"mtpi": mtpi, "mtpi2": mtpi2, "tpi": tpi}
LETTERS = {"E": Move.ESCALATE, "S": Move.STAY, "D": Move.DE_ESCALATE, "DU": Move.ELIMINATE}

# Guo et al. 2017, Contemp Clin Trials 58:23, figure 3: target 0.3, epsilon 0.05.
PRINTED_MTPI2 = {
    3: ["E", "S", "D", "DU"],
    6: ["E", "E", "S", "D", "DU", "DU", "DU"],
}
# Blume et al. 2014, Clin Trials 12:24, tables 2 and 3: target, epsilon, decision by (n, y).
PRINTED_MTPI = [
    (0.175, 0.125, {3: "E?DD", 6: "ESSDD"}),
    (0.1, 0.05, {3: "E?DD", 6: "ESDDD"}),
]

# The curve of scenario 1 of Ji 2007, table 2, and of Ji 2010, table 1.
SCENARIO_1 = [0.05, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]


def moves(design: Design, most: int) -> dict[tuple[int, int], Move]:
    return {(row.n, row.dlts): row.decision for row in design.table(most)}


def read_rows(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened, delimiter=delimiter))


def anchors(shared: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "dose" / "published_anchors.json").read_text())
    block: dict[str, Any] = found[name]
    return block


def test_every_row_of_interval_decisions_r_package_escalation_0_2_3(shared: Path) -> None:
    rows = read_rows(shared / "dose" / "interval_decisions_escalation.csv")
    assert len(rows) == 405
    tables = {name: moves(make(target=0.3, doses=5), 15) for name, make in FACTORIES.items()}
    for row in rows:
        assert row["target"] == "0.3"
        got = tables[row["design"]][int(row["n"]), int(row["dlt"])]
        assert got is LETTERS[row["decision"]], row


def test_every_row_of_keyboard_boundaries_r_package_keyboard_0_1_3(shared: Path) -> None:
    rows = read_rows(shared / "dose" / "keyboard_boundaries.csv")
    assert len(rows) == 90
    tables = {
        text: moves(keyboard(target=float(text), doses=2), 30)
        for text in {row["target"] for row in rows}
    }
    for row in rows:
        n, limit = int(row["n"]), row["eliminate_if_dlt_ge"]
        eliminate = n + 1 if limit == "NA" else int(limit)
        for y in range(n + 1):
            if y >= eliminate:
                wanted = Move.ELIMINATE
            elif y >= int(row["deescalate_if_dlt_ge"]):
                wanted = Move.DE_ESCALATE
            else:
                escalates = y <= int(row["escalate_if_dlt_le"])
                wanted = Move.ESCALATE if escalates else Move.STAY
            assert tables[row["target"]][n, y] is wanted, (row, y)


# What the file's R code of a row says, and what it is here.
MODEL = re.compile(
    r"get_(?P<method>mtpi2|mtpi|tpi)\((?P<arguments>[^)]*)\)"
    r"(?: %>% stick_on_num_tox\((?P<stick>[^)]*)\))?"
    r"(?: %>% stop_at_n\(n = (?P<stop>\d+)\))?"
    r"(?: %>% select_\w+_mtd\(when = '(?P<when>\w+)', exclusion_certainty = 0.95\))?"
)
NAMES = {
    "epsilon1": "epsilon1",
    "epsilon2": "epsilon2",
    "k1": "k1",
    "k2": "k2",
    "exclusion_certainty": "cutoff_eli",
}
# The outcomes of these rows stand in the R file as a data frame, which is this course.
AS_DATA_FRAME = "1NNN 2NTT"


def row_design(row: dict[str, str]) -> tuple[Design, str | None]:
    found = MODEL.fullmatch(row["model"])
    assert found is not None, row["model"]
    stated = dict(text.split(" = ") for text in found["arguments"].split(", "))
    target = re.search(r"target=([0-9.]+)", row["vars"])
    assert target is not None
    parameters: dict[str, Any] = {
        NAMES[name]: float(value) for name, value in stated.items() if name in NAMES
    }
    if found["stick"]:
        assert found["stick"] == "num_tox = 1, num_patients = 3"
        parameters["stay_1_of_3"] = True
    design = FACTORIES[found["method"]](target=float(target[1]), doses=5, **parameters)
    if found["stop"]:
        design |= stop_at(patients=int(found["stop"]))
    return design, found["when"]


def test_every_interval_row_of_decisions_r_package_escalation_0_2_3(shared: Path) -> None:
    rows = [
        row
        for row in read_rows(shared / "dose" / "decisions.tsv", "\t")
        if row["model"].startswith(("get_mtpi(", "get_mtpi2(", "get_tpi("))
    ]
    assert len(rows) == 277
    for row in rows:
        design, when = row_design(row)
        outcomes = row["outcomes"] or AS_DATA_FRAME
        decision = design.decide(outcomes)
        dose = None if row["rec"] == "NA" else int(row["rec"])
        assert decision.stop == (row["cont"] == "FALSE"), row
        if when == "always" or (decision.stop and dose):
            assert design.recommend(outcomes).dose == dose, row
        else:
            assert decision.next_dose == dose, row
        if row["adm"]:
            assert decision.admissible == admissible(row["adm"]), row


def admissible(text: str) -> tuple[int, ...]:
    if text.startswith("rep"):
        return (1, 2, 3, 4, 5) if "TRUE" in text else ()
    return tuple(i for i, word in enumerate(re.findall("TRUE|FALSE", text), 1) if word == "TRUE")


def test_mtpi2_target_030_guo_2017_figure_3() -> None:
    got = moves(mtpi2(target=0.3, doses=2), 9)
    for n, wanted in PRINTED_MTPI2.items():
        assert [got[n, y] for y in range(n + 1)] == [LETTERS[letter] for letter in wanted]
    assert got[9, 0] is Move.ESCALATE


@pytest.mark.parametrize(("target", "epsilon", "printed"), PRINTED_MTPI)
def test_mtpi_small_tables_blume_2014(
    target: float, epsilon: float, printed: dict[int, str]
) -> None:
    design = mtpi(target=target, doses=2, epsilon1=epsilon, epsilon2=epsilon, cutoff_eli=1)
    got = moves(design, 6)
    for n, letters in printed.items():
        for y, letter in enumerate(letters):
            assert letter == "?" or got[n, y] is LETTERS[letter], (n, y)


def test_interval_blocks_of_published_anchors(shared: Path) -> None:
    tables = [anchors(shared, "mtpi_rules_small")[name] for name in ("B", "C")]
    assert [(t["pT"], t["eps"]) for t in tables] == [printed[:2] for printed in PRINTED_MTPI]
    for table in tables:
        eps = table["eps"]
        design = mtpi(target=table["pT"], doses=2, epsilon1=eps, epsilon2=eps, cutoff_eli=1)
        assert_rules(moves(design, 6), table["rules"])
    rules = anchors(shared, "mtpi2_guo2017_fig3")["rules"]
    assert_rules(moves(mtpi2(target=0.3, doses=2), 9), rules)


def assert_rules(got: dict[tuple[int, int], Move], rules: dict[str, str]) -> None:
    for text, letter in rules.items():
        y, n = (int(part) for part in text.split("/"))
        assert got[n, y] is LETTERS[letter], text


def test_mtpi_operating_characteristics_ji_2010_table_1_scenario_1(shared: Path) -> None:
    # Printed from simulated trials, to two digits: selection within 0.01, patients within 0.3.
    printed = anchors(shared, "mtpi_ji2010_table1_sc1")
    eps = printed["eps"]
    assert eps == 0.05  # a little more or less changes no decision
    made = mtpi(target=printed["target"], doses=8, epsilon1=eps, epsilon2=eps)
    assert printed["p"] == SCENARIO_1
    exact = (made | cohorts(f"3x{printed['n'] // 3}")).graph().exact(printed["p"])
    np.testing.assert_allclose(exact.selection[0], printed["none_then_select"], atol=0.01)
    np.testing.assert_allclose(exact.treated[0], printed["mean_n"], atol=0.3)
    assert exact.dlts.sum() / exact.patients[0] == pytest.approx(printed["tox_rate"], abs=0.01)
    assert exact.patients[0] == pytest.approx(printed["mean_total"], abs=0.01)
    assert printed["mean_total"] == printed["n"]  # no trial of so safe a first dose ends early


def test_tpi_operating_characteristics_ji_2007_table_2_scenario_1(shared: Path) -> None:
    # Printed from simulated trials, to two digits: selection within 0.01. The printed allocation
    # (16.1 patients at dose 2) is not that of the stated k1 and k2 (exactly 17.8): not compared.
    printed = anchors(shared, "tpi_ji2007_table2_sc1")
    made = tpi(target=printed["target"], doses=8, k1=printed["k1"], k2=printed["k2"])
    assert printed["p"] == SCENARIO_1
    exact = (made | cohorts(f"3x{printed['n'] // 3}")).graph().exact(printed["p"])
    np.testing.assert_allclose(exact.selection[0], printed["none_then_select"], atol=0.01)
    assert exact.dlts.sum() / exact.patients[0] == pytest.approx(printed["tox_rate"], abs=0.01)
    assert exact.patients[0] == pytest.approx(printed["mean_total"], abs=0.01)
    assert printed["mean_total"] == printed["n"]  # no trial of so safe a first dose ends early


def test_selected_mtd_r_packages_boin_and_keyboard() -> None:
    # The example of `select.mtd` and of `select.mtd.kb`: 0/3, 0/3, 4/15, 4/9, untested.
    course = "1NNN 2NNN 3NNNNNNNNNNNTTTT 4NNNNNTTTT"
    for make in (boin, keyboard, mtpi2, i3_plus_3):
        assert make(target=0.3, doses=5).recommend(course).dose == 3


# The selection's prior, Beta(.05, .05) in BOIN's package and Beta(.005, .005) in the papers of TPI
# and mTPI, weighs in where levels are pooled and where nobody had a DLT. At target 0.2, 1/4 and
# 1/6 pool to .2015 under the former, above the target, so that the lower level is nearer, and to
# .1961 under the latter, below it, so that the higher is. Under either, 0/3 and 2/6 are .016 or
# less and .336 or less, the higher nearer; under Beta(1, 1) they are .2 and .375.
FIVE_HUNDREDTHS = (boin, keyboard, mtpi2, i3_plus_3)
FIVE_THOUSANDTHS = (mtpi, tpi)


@pytest.mark.parametrize("make", FIVE_HUNDREDTHS)
def test_selection_weighs_by_beta_005_r_packages_boin_and_keyboard(
    make: Callable[..., Design],
) -> None:
    design = make(target=0.2, doses=2)
    assert design.recommend("1NNNT 2NNNNNT").dose == 1  # 2 under Beta(.005, .005)
    assert design.recommend("1NNN 2NNNNTT").dose == 2  # 1 under Beta(1, 1)


@pytest.mark.parametrize("make", FIVE_THOUSANDTHS)
def test_selection_weighs_by_beta_0005_ji_2007_and_ji_2010(make: Callable[..., Design]) -> None:
    design = make(target=0.2, doses=2)
    assert design.recommend("1NNNT 2NNNNNT").dose == 2  # 1 under Beta(.05, .05) and Beta(1, 1)
    assert design.recommend("1NNN 2NNNNTT").dose == 2  # 1 under Beta(1, 1)


@pytest.mark.parametrize("make", FIVE_HUNDREDTHS + FIVE_THOUSANDTHS)
def test_of_equal_estimates_the_higher_below_the_target_r_package_boin(
    make: Callable[..., Design],
) -> None:
    design = make(target=0.3, doses=2, cutoff_eli=1)
    assert design.recommend("1NNNNNT 2NNNNNT").dose == 2  # 1/6 twice
    assert design.recommend("1NNTT 2NNTT").dose == 1  # 2/4 twice


# Liu, Wang and Ji 2020, J Biopharm Stat 30:294: the rule, worked by hand. 1 of 3 lies above the
# interval 0.2 to 0.3, but 0 of 3 below it: stay. 2 of 6 lies above it, and 1 of 6 below it: stay.
# 3 of 6 lies above it, and 2 of 6 does too: de-escalate.
def test_i3_plus_3_target_025_liu_2020_by_hand() -> None:
    got = moves(i3_plus_3(target=0.25, doses=2), 6)
    assert [got[3, y].letter for y in range(4)] == ["E", "S", "D", "X"]
    assert [got[6, y].letter for y in range(7)] == ["E", "E", "S", "D", "X", "X", "X"]
    assert [got[5, y].letter for y in range(3)] == ["E", "S", "D"]
