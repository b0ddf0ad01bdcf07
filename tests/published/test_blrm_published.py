"""BLRM against printed numbers: crmPack and SAS, OncoBayes2, bcrm, and the authors' figure."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from trialwright.design import Design, blrm, crm
from trialwright.design.methods.blrm import Blrm
from trialwright.design.methods.crm import Crm
from trialwright.design.states import COUNT, LEVEL, Floats, States, toxicity_states

# Neuenschwander, Branson and Gsponer 2008, Stat Med 27:2420, the trial of section 1: doses in mg,
# patients and DLTs by dose.
AMOUNTS = (1, 2.5, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250)
TREATED = (3, 4, 5, 4, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)
DLTS = (0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)

# crmPack's test against SAS: amounts, patients and DLTs by dose, SAS's recommended amount. Prior
# N((-0.708, -0.389), sd (1.2, 0.9)), reference dose 90.
GRID = (10, 20, 35, 50, 65, 80, 90, 100)
SITUATIONS = [
    ((3,), (0,), 35),
    ((3, 3), (0, 1), 20),
    ((3, 3, 3, 3), (0, 0, 0, 0), 65),
    ((3, 3, 3, 3), (0, 0, 0, 1), 50),
]

# OncoBayes2 reference manual, `summary.blrmfit` on `example_model("single_agent")`: prior
# N((0, 0), sd (2, 1)), reference dose 50; mean, P(<= .16), P(.16 to .33), P(> .33) of 4,000 draws.
ONCOBAYES2 = [
    (0.00701927, 0.99875, 0.00125, 0.0),
    (0.01704235, 0.99300, 0.00675, 0.00025),
    (0.04028952, 0.96525, 0.03425, 0.0005),
    (0.11463776, 0.73875, 0.22800, 0.03325),
    (0.44625514, 0.08475, 0.24600, 0.66925),
]

# Posterior means of the DLT rates by bcrm (JAGS, 2,000 draws), as printed in trialr's tests: prior
# N((2.15, 0.52), sd (0.84, 0.80), covariance 0.134), reference dose 250.
BCRM = (
    *(0.01272546, 0.03191676, 0.06520755, 0.13256280, 0.19729063, 0.25756595, 0.31282832),
    *(0.36307054, 0.44959181, 0.52003487, 0.64499703, 0.72359061, 0.81275763, 0.86026158),
    0.88919066,
)
# The same, read off figure 1 of the paper by trialr's author.
FIGURE_1 = (
    *(0.01, 0.02, 0.05, 0.13, 0.19, 0.25, 0.30, 0.35, 0.47, 0.53, 0.68, 0.74, 0.85, 0.89, 0.92),
)


def state(treated: Sequence[int], dlts: Sequence[int], doses: int) -> States:
    rest = [0] * (doses - len(treated))
    n, y = np.array([[*treated, *rest]], COUNT), np.array([[*dlts, *rest]], COUNT)
    none = np.zeros(n.shape, np.bool_)
    return toxicity_states(n, y, np.ones(1, LEVEL), none, np.ones(1, COUNT))


def method(design: Design) -> Blrm:
    assert isinstance(design.method, Blrm)
    return design.method


def least_loss(treated: Sequence[int], dlts: Sequence[int]) -> int:
    """Return the amount that crmPack's NextBestNCRMLoss recommends with losses 1, 0, 2, 3."""
    design = blrm(doses=GRID, reference_dose=90, prior="-0.708,-0.389,1.2,0.9,0")
    states = state(treated, dlts, len(GRID))
    target, overdose, unacceptable = (
        design.method.exceedance(states, rate)[0] for rate in (0.2, 0.35, 0.6)
    )
    loss: Floats = (1 - target) + 2 * (overdose - unacceptable) + 3 * unacceptable
    return GRID[int(np.argmin(loss))]


@pytest.mark.parametrize(("treated", "dlts", "amount"), SITUATIONS)
def test_dose_of_least_loss_crmpack_against_sas(
    treated: tuple[int, ...], dlts: tuple[int, ...], amount: int
) -> None:
    assert least_loss(treated, dlts) == amount


def test_every_row_of_crmpack_vs_sas_blrm_in_published_worked_examples(shared: Path) -> None:
    examples = json.loads((shared / "dose" / "published_worked_examples.json").read_text())
    rows = examples["crmpack_vs_sas_blrm"]
    assert [int(row["sas_recommended_dose"]) for row in rows] == [row[2] for row in SITUATIONS]
    for row in rows:
        assert row["dose_grid"] == ", ".join(map(str, GRID))
        assert (row["mean"], row["cov"]) == ("-0.708, -0.389", "1.2^2, 0, 0, 0.9^2")
        assert row["ref_dose"] == "90"


def test_means_and_intervals_of_the_single_agent_example_oncobayes2() -> None:
    # 4,000 draws: the standard error of a share is at most 0.008, of a mean 0.0033.
    design = blrm(doses=(1, 2.5, 5, 10, 25), reference_dose=50, prior=(0, 0, 2, 1, 0))
    found = method(design).posterior(state((3, 4, 5, 4, 2), (0, 0, 0, 0, 2), 5))
    low, high = found.above[0, :, 0], found.above[0, :, 1]
    printed = np.array(ONCOBAYES2)
    np.testing.assert_allclose(found.mean[0], printed[:, 0], atol=0.005)
    np.testing.assert_allclose(1 - low, printed[:, 1], atol=0.012)
    np.testing.assert_allclose(low - high, printed[:, 2], atol=0.012)
    np.testing.assert_allclose(high, printed[:, 3], atol=0.012)


def neuenschwander() -> Floats:
    correlation = 0.134 / (0.84 * 0.80)
    prior = (2.15, 0.52, 0.84, 0.80, correlation)
    design = blrm(doses=AMOUNTS, reference_dose=250, prior=prior, target=(0.2, 0.35))
    return method(design).posterior(state(TREATED, DLTS, 15)).mean[0]


def test_posterior_means_bcrm_and_trialr() -> None:
    # Sampled from 2,000 correlated draws; trialr's own test allows 0.04.
    np.testing.assert_allclose(neuenschwander(), BCRM, atol=0.006)


def test_posterior_means_figure_1_neuenschwander_2008() -> None:
    # bcrm and trialr differ from the figure as much, and in the same direction at the same doses.
    np.testing.assert_allclose(neuenschwander(), FIGURE_1, atol=0.035)


@pytest.mark.parametrize("panel", ["A", "B"])
def test_table_1_is_the_power_crm_not_the_blrm_neuenschwander_2008(
    shared: Path, panel: str
) -> None:
    # Columns of the table's dose: patients, DLTs, then for the original skeleton (A) and for the
    # equidistant one (B) its value, posterior mean and standard deviation. The printed means are
    # those of prior variance 1.34; crmPack's test takes a deviation of 1.34, and allows 0.01.
    examples = json.loads((shared / "dose" / "published_worked_examples.json").read_text())
    columns = examples["neuenschwander_2008_table_I"]["table"]["columns"]
    skeleton, mean, _ = list(zip(*columns.values(), strict=True))[3 if panel == "A" else 7 :][:3]
    method = crm(
        target=0.3, doses=10, skeleton=skeleton, scale=1.34**0.5, estimate="mean_rate"
    ).method
    assert isinstance(method, Crm)
    found = method.fit(state(TREATED[:10], DLTS[:10], 10)).rates[0]
    np.testing.assert_allclose(found, mean, atol=0.001)


@pytest.mark.parametrize("bound", [0.25, 1])
def test_every_row_of_trialr_nbg_in_decisions_r_package_escalation_0_2_3(
    shared: Path, bound: float
) -> None:
    # The file names no doses; these and d* are those of the manual's example of get_trialr_nbg.
    with (shared / "dose" / "decisions.tsv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if "get_trialr_nbg" in r["model"]]
    assert len(rows) == 2
    design = blrm(
        doses=(5, 10, 25, 40, 60),
        reference_dose=60,
        prior=(2.15, 0.52, 0.84, 0.8, 0),
        target=0.25,
        ewoc=bound,
    )
    for row in rows:
        assert "alpha_mean = 2.15, alpha_sd = 0.84, beta_mean = 0.52, beta_sd = 0.8" in row["model"]
        decision = design.decide(row["outcomes"])
        assert (decision.next_dose, decision.stop) == (int(row["rec"]), row["cont"] == "FALSE")
