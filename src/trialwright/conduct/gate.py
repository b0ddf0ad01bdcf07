"""The gate between cohorts: what is known of every subject, and what the design says to it.

The same design that was compared and simulated before the trial answers here; nothing is decided
in this module, and nobody is counted whose outcome is still to come.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from trialwright.conduct.clocks import DltClock, dlt_clock
from trialwright.conduct.escalation import design_of
from trialwright.conduct.halt import halted, with_free_places
from trialwright.conduct.model import OpenCohort, Subject, TrialState
from trialwright.design.model import Decision, Reason, Recommendation


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A decided gate whose outcomes are told otherwise now, for instance by a later ruling."""

    gate: int
    decided_on: str
    now: str

    def __str__(self) -> str:
        now = self.now or "nobody evaluable"
        return f"gate {self.gate} was decided on {self.decided_on}, now it is {now}"


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
    evaluable: int  # people of this cohort
    wanted: int  # evaluable people that the gate needs
    halted: Reason | None  # why the design takes nobody further into this cohort
    overtaken: tuple[Overtaken, ...]
    stopped: bool

    @property
    def free_slots(self) -> int:
        """Places of the cohort that nobody has taken."""
        return max(self.cohort.size - self.enrolled, 0)

    @property
    def full(self) -> bool:
        """Nobody else enters the cohort: every place is taken, or the design closed it."""
        return self.free_slots == 0 or self.halted is not None

    @property
    def enough(self) -> bool:
        """Enough people are evaluable; a cohort that the design closed asks for no more."""
        return self.evaluable >= self.wanted or self.halted is not None

    @property
    def ready(self) -> bool:
        """The gate may be held."""
        return self.full and self.enough and not (self.decided or self.pending or self.stopped)


def standing(state: TrialState, on: date) -> Standing:
    """Return where the last opened cohort's gate stands on a day."""
    cohort = state.cohorts[-1]
    outcomes = outcomes_on(state, on)
    members = cohort_of(state, cohort.number)
    return Standing(
        gate=len(state.gates) + 1,
        cohort=cohort,
        enrolled=len(members),
        outcomes=outcomes,
        pending=waiting(state, on),
        left_out=tuple(c for c in _clocks(state, on) if c.status == "not_evaluable"),
        decision=design_of(state.protocol).decide(outcomes),
        decided=is_decided(state, cohort.number),
        evaluable=sum(dlt_clock(state.protocol, s, on).evaluable for s in members),
        wanted=min(state.protocol.gate.minimum_evaluable.value, cohort.size),
        halted=halt_at(state, cohort.level, on),
        overtaken=overtaken(state, on),
        stopped=state.stopped,
    )


def halt_at(state: TrialState, level: int, on: date) -> Reason | None:
    """Return why the design treats nobody at a level on a day, whatever is still to come."""
    design, cohort = design_of(state.protocol), state.cohorts[-1]
    course = design.read(outcomes_on(state, on))
    members = cohort_of(state, cohort.number)
    # Who is not evaluable stands for no outcome: a cohort of such people is not in the course.
    started = any(_letter(dlt_clock(state.protocol, s, on)) for s in members)
    free = 0 if is_decided(state, cohort.number) else max(cohort.size - len(members), 0)
    planned = with_free_places(course, cohort.level, started, free)
    return halted(design, course, planned, level)


def overtaken(state: TrialState, on: date) -> tuple[Overtaken, ...]:
    """Return the decided gates whose outcomes are not what they were when the board decided."""
    decided = {decision.gate for decision in state.decisions}
    return tuple(
        Overtaken(held.gate, held.outcomes, now)
        for held in state.gates
        if held.gate in decided
        and (now := outcomes_on(state, on, up_to=held.cohort)) != held.outcomes
    )


def final_recommendation(state: TrialState, on: date) -> Recommendation:
    """Return the dose that the trial recommends if it ends with what is known on a day.

    "Not yet" while anybody is pending, and where nobody is evaluable. The reasons say where the
    trial was stopped, and which cohorts no gate judged.
    """
    pending = waiting(state, on)
    if pending:
        who = "; ".join(f"{clock.subject}: {clock.why}" for clock in pending)
        return Recommendation(None, (Reason("pending", f"not yet: {who}"),), len(pending))
    outcomes = outcomes_on(state, on)
    if not outcomes:
        return Recommendation(None, (Reason("pending", "not yet: nobody is evaluable"),))
    found = design_of(state.protocol).recommend(outcomes)
    return replace(found, reasons=(*found.reasons, *_caveats(state)))


def _caveats(state: TrialState) -> Iterator[Reason]:
    if state.stop is not None:
        yield Reason("stop", f"the trial was stopped: {state.stop.why}")
    unjudged = [str(c.number) for c in state.cohorts if not is_decided(state, c.number)]
    if unjudged:
        yield Reason("gate", f"cohort {', '.join(unjudged)} was never judged at a gate")


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


def outcomes_on(state: TrialState, on: date, up_to: int | None = None) -> str:
    """Return the outcomes of all cohorts on a day: N, T, P per subject in order of enrolment.

    `up_to` leaves out the cohorts after that number.

    A subject who is not evaluable is left out: nothing is known of their tolerance.
    """
    groups = []
    for cohort in state.cohorts[:up_to]:
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
