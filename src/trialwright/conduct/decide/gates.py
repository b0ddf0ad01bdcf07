"""Holding a gate: the data cut, its hash, and the design's decision on it with reasons."""

from collections.abc import Iterator

from trialwright.conduct.events import GateHeld
from trialwright.conduct.gate import Standing, cohort_of, standing
from trialwright.conduct.model import TrialState
from trialwright.conduct.rules import not_stopped, require
from trialwright.conduct.signature import Signed


def hold_gate(state: TrialState, signed: Signed) -> tuple[GateHeld]:
    """Cut the data and record what the design says; Refused while an outcome is still to come,
    and where too few people of the cohort are evaluable.

    The hash of the cut is the hash of the journal's last entry, which seals all entries before it.
    """
    not_stopped(state)
    now = standing(state, signed.at.date())
    _complete(now)
    _enough(state, now)
    decision, more = now.decision, more_planned(state)
    return (
        GateHeld(
            gate=now.gate,
            cohort=now.cohort.number,
            cut_seq=state.seq,
            cut_sha256=state.head,
            outcomes=now.outcomes,
            # A trial whose planned cohorts were all opened is complete: it does not go on, also
            # after a cohort without a single outcome, and it is not stopped either.
            recommended_dose=decision.next_dose if more else None,
            recommended_stop=decision.stop and more,
            reasons=tuple(_reasons(state, now)),
            pending=(),
        ),
    )


def more_planned(state: TrialState) -> bool:
    """Say whether the protocol plans a cohort that was not opened yet."""
    return len(state.cohorts) < len(state.protocol.schedule)


def _complete(now: Standing) -> None:
    require(
        not now.decided, "gate",
        f"the board has already decided on cohort {now.cohort.number}", "a new cohort",
    )  # fmt: skip
    require(
        now.full, "gate",
        f"cohort {now.cohort.number} has {now.enrolled} of {now.cohort.size} people",
        f"{now.free_slots} more",
    )  # fmt: skip
    waiting = "; ".join(f"{c.subject}: {c.why}" for c in now.pending)
    ends = [c.ends for c in now.pending if c.ends]
    until = "every infusion given or recorded as missed, every ruling made"
    if ends:
        until += f", and the end of every window ({max(ends)})"
    require(not now.pending, "gate", f"outcomes are still to come ({waiting})", until)


def _enough(state: TrialState, now: Standing) -> None:
    """Too few outcomes are no basis for a decision, least of all for a higher dose."""
    members = {s.number for s in cohort_of(state, now.cohort.number)}
    out = "; ".join(f"{c.subject}: {c.why}" for c in now.left_out if c.subject in members)
    more = len(state.subjects) < state.protocol.enrolment_maximum.value
    replacing = " (replacing who is not evaluable is not covered yet)" if more else ""
    require(
        now.enough, "evaluable",
        f"{now.evaluable} of {now.enrolled} people of cohort {now.cohort.number} are evaluable, "
        f"{now.wanted} are wanted (not evaluable: {out})",
        f"a stop by the safety board, or an amendment{replacing}",
    )  # fmt: skip


def _reasons(state: TrialState, now: Standing) -> Iterator[str]:
    for reason in now.decision.reasons:
        yield f"{reason.rule}: {reason.text}"
    if now.decision.next_dose is not None and not more_planned(state):
        yield f"schedule: all {len(state.protocol.schedule)} planned cohorts were opened"
    if now.halted is not None and now.free_slots:
        yield f"closed with {now.enrolled} of {now.cohort.size} people: {now.halted.text}"
    for changed in now.overtaken:
        yield f"changed behind a gate: {changed}"
    for clock in now.left_out:
        yield f"not evaluable: {clock.subject} {clock.why}"
    for subject in cohort_of(state, now.cohort.number):
        for deviation in subject.deviations:
            if deviation.affects_evaluability:
                yield f"deviation of {subject.number}: {deviation.what}"
