"""Speed of trials on a calendar: TITE-BOIN, TITE-CRM, BOIN and backfill, 30 patients. One core.

The reference figure is that of the R package dfcrm: 28 TITE-CRM trials/s, cohorts of 1, measured on
another machine. Rates are per second of processor time, so that other work on the machine does not
count; memory is the peak of the whole run.
"""

from time import process_time

import numpy as np

from measure import peak_memory
from trialwright.design import Design, backfill, boin, cohorts, no_skipping, tite_boin
from trialwright.design.methods.tite_crm import tite_crm
from trialwright.design.timed.calendar import calendar
from trialwright.design.timed.simulate import TimedSimulation, simulate_in_time

CURVE = [0.05, 0.10, 0.20, 0.30, 0.45]
SKELETON = (0.05, 0.12, 0.25, 0.40, 0.55)
CALENDAR = calendar(3, 60, times="weibull")
DFCRM = 28


def measured(design: Design, trials: int) -> tuple[float, TimedSimulation]:
    """Return trials per second, and what they did."""
    rng = np.random.default_rng(1)
    simulate_in_time(design, CURVE, calendar=CALENDAR, trials=trials // 10, rng=rng)
    start = process_time()
    done = simulate_in_time(design, CURVE, calendar=CALENDAR, trials=trials, rng=rng)
    return trials / (process_time() - start), done


def row(what: str, design: Design, trials: int, wanted: int | None = None) -> None:
    rate, done = measured(design, trials)
    goal = "" if wanted is None else f"> {wanted:,}"
    print(
        f"{what:<34}{rate:>10,.0f}{goal:>10}{rate / DFCRM:>10,.0f} x"
        f"{done.days[0]:>12.0f}{done.waited[0]:>10.0f}{100 * done.behaviour.selection[0, 4]:>11.1f}"
    )


def main() -> None:
    print(f"{CALENDAR.summary}; 5 doses, 30 patients, true rates {CURVE}")
    print(
        f"{'design':<34}{'trials/s':>10}{'wanted':>10}{'to dfcrm':>12}"
        f"{'mean days':>12}{'waited':>10}{'MTD, %':>11}"
    )
    timed = tite_boin(target=0.3, doses=5)
    model = tite_crm(target=0.3, doses=5, skeleton=SKELETON) | no_skipping()
    plain = boin(target=0.3, doses=5)
    for schedule in ("3x10", "2x15", "1x30"):
        row(f"TITE-BOIN, cohorts {schedule}", timed | cohorts(schedule), 60_000, 20_000)
    for schedule in ("3x10", "2x15", "1x30"):
        row(f"TITE-CRM, cohorts {schedule}", model | cohorts(schedule), 12_000, 2_000)
    row("BOIN, complete outcomes, 3x10", plain | cohorts("3x10"), 100_000)
    row("BOIN, backfill to 12, 3x10", plain | cohorts("3x10") | backfill(12), 20_000)
    print(f"peak memory {peak_memory()} (wanted < 1,024)")


if __name__ == "__main__":
    main()
