"""The trial of the safety stories.

Cohorts of 4 and 8, three infusions three weeks apart, a toxicity window of 70 days (and 28 days
after the last infusion), at least 3 evaluable people for a gate.
"""

from typing import Any

from tests.trials import Trial, protocol, stated

from trialwright.conduct.clocks import DltClock, dlt_clock
from trialwright.conduct.gate import standing

PLAN: dict[str, Any] = {
    "sizes": (4, 8),
    "days": (0, 21, 42),
    "infusions": {"minimum_interval_days": stated(14)},
    "dlt": {"window": stated("P70D"), "days_after_last_infusion": stated(28)},
    "gate": {"minimum_evaluable": stated(3)},
}


def trial_of(**changes: Any) -> Trial:
    """Return the trial before its first person; `changes` as for `protocol`."""
    return Trial(protocol=protocol(**(PLAN | changes)))


def started() -> Trial:
    """Four people at level 1, each infused once; the first of them a week before the others."""
    trial = trial_of()
    trial.cohort("A", "B", "C", "D")
    return trial


def infused(trial: Trial, *subjects: str) -> None:
    """Give the second and the third infusion to each, three weeks after the one before."""
    for infusion in (2, 3):
        trial.clock.forward(days=21)
        for subject in subjects:
            trial.dosed(subject, infusion)


def watched(trial: Trial) -> None:
    """Let every window pass: 28 days after the last infusion."""
    trial.clock.forward(days=29)


def judged() -> Trial:
    """A first cohort without a toxicity, judged; the board opened level 2."""
    trial = started()
    infused(trial, *"ABCD")
    watched(trial)
    trial.board(trial.gate(), 2)
    return trial


def clock(trial: Trial, subject: str) -> DltClock:
    return dlt_clock(trial.protocol, trial.state.subjects[subject], trial.today)


def letters(trial: Trial) -> str:
    return standing(trial.state, trial.today).outcomes
