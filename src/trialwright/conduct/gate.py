"""The gate between cohorts: what is known of every subject, and what the design says to it.

The same design that was compared and simulated before the trial answers here; nothing is decided
in this module, and nobody is counted whose outcome is still to come.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from trialwright.conduct.clocks import DltClock, dlt_clock
from trialwright.conduct.model import OpenCohort, Subject, TrialState
from trialwright.design import METHODS, Design, from_parameters
from trialwright.design.build import parameter_names
from trialwright.design.model import Decision
from trialwright.design.parameters import known
from trialwright.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the gate stands on a day: what is known, what is missing, and the decision on it.

    `decision` is the design's answer if the gate were held now; while somebody is pending it says
    whether every possible outcome leads to the same answer.
    """

    gate: int
    cohort: OpenCohort
    enrolled: int
    outcomes: str  # "1NNNN 2NTP"
    pending: tuple[DltClock, ...]
    left_out: tuple[DltClock, ...]  # not evaluable, and why
    decision: Decision
    decided: bool  # the board has already decided on this cohort

    @property
    def free_slots(self) -> int:
        """Places of the cohort that nobody has taken."""
        return max(self.cohort.size - self.enrolled, 0)

    @property
    def ready(self) -> bool:
        """The gate may be held."""
        return not (self.decided or self.pending or self.free_slots)


@lru_cache(maxsize=16)
def _design(
    method: str,
    stated: tuple[tuple[str, object], ...],
    doses: int,
    sizes: tuple[int, ...],
    start: int,
) -> Design:
    own = parameter_names(method)
    parameters = {name: value for name, value in stated if name in own}
    return from_parameters(method, parameters, doses, sizes, start, "protocol, escalation")


def design_of(protocol: Protocol) -> Design:
    """Return the protocol's escalation rule as a design."""
    rule = protocol.escalation
    stated = (
        ("target", rule.target.value),
        ("cutoff_eli", rule.cutoff_eli.value),
        ("at_lowest_stay", rule.lowest_dose_stay.value),
        ("at_lowest_deescalate", rule.lowest_dose_deescalate.value),
    )
    start = protocol.cohorts[0].planned_level.value
    method = known("escalation.method", rule.method.value.lower(), METHODS)
    return _design(method, stated, len(protocol.dose_levels), protocol.schedule, start)


def standing(state: TrialState, on: date) -> Standing:
    """Return where the last opened cohort's gate stands on a day."""
    cohort = state.cohorts[-1]
    outcomes = outcomes_on(state, on)
    return Standing(
        gate=len(state.gates) + 1,
        cohort=cohort,
        enrolled=len(cohort_of(state, cohort.number)),
        outcomes=outcomes,
        pending=waiting(state, on),
        left_out=tuple(c for c in _clocks(state, on) if c.status == "not_evaluable"),
        decision=design_of(state.protocol).decide(outcomes),
        decided=is_decided(state, cohort.number),
    )


def waiting(state: TrialState, on: date) -> tuple[DltClock, ...]:
    """Return everybody whose outcome is still to come on a day."""
    return tuple(c for c in _clocks(state, on) if c.pending)


def cohort_of(state: TrialState, number: int) -> tuple[Subject, ...]:
    """Return a cohort's subjects in order of enrolment."""
    return tuple(s for s in state.subjects.values() if s.enrolled.cohort == number)


def is_decided(state: TrialState, cohort: int) -> bool:
    """Say whether the board has decided on a cohort."""
    judged = {gate.gate: gate.cohort for gate in state.gates}
    return any(judged[decision.gate] == cohort for decision in state.decisions)


def outcomes_on(state: TrialState, on: date) -> str:
    """Return the outcomes of all cohorts on a day: N, T, P per subject in order of enrolment.

    A subject who is not evaluable is left out: nothing is known of their tolerance.
    """
    groups = []
    for cohort in state.cohorts:
        clocks = (dlt_clock(state.protocol, s, on) for s in cohort_of(state, cohort.number))
        letters = "".join(_letter(clock) for clock in clocks)
        if letters:
            groups.append(f"{cohort.level}{letters}")
    return " ".join(groups)


def _clocks(state: TrialState, on: date) -> tuple[DltClock, ...]:
    return tuple(dlt_clock(state.protocol, s, on) for s in state.subjects.values())


def _letter(clock: DltClock) -> str:
    if clock.status == "dlt":
        return "T"
    if clock.status == "complete":
        return "N"
    return "P" if clock.pending else ""
