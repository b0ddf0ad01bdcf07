"""Holding a gate: the data cut, its hash, and the design's decision on it with reasons."""

from collections.abc import Iterator

from trialwright.conduct.events import GateHeld
from trialwright.conduct.gate import Standing, cohort_of, standing
from trialwright.conduct.model import TrialState
from trialwright.conduct.rules import not_ended, require
from trialwright.conduct.signature import Signed


def hold_gate(state: TrialState, signed: Signed) -> tuple[GateHeld]:
    """Cut the data and record what the design says; Refused while an outcome is still to come.

    The hash of the cut is the hash of the journal's last entry, which seals all entries before it.
    """
    not_ended(state)
    now = standing(state, signed.at.date())
    _complete(now)
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
        now.free_slots == 0, "gate",
        f"cohort {now.cohort.number} has {now.enrolled} of {now.cohort.size} people",
        f"{now.free_slots} more",
    )  # fmt: skip
    waiting = "; ".join(f"{c.subject}: {c.why}" for c in now.pending)
    ends = [c.ends for c in now.pending if c.ends]
    until = f"the end of every window ({max(ends)})" if ends else "every outcome"
    require(not now.pending, "gate", f"outcomes are still to come ({waiting})", until)


def _reasons(state: TrialState, now: Standing) -> Iterator[str]:
    for reason in now.decision.reasons:
        yield f"{reason.rule}: {reason.text}"
    if now.decision.next_dose is not None and not more_planned(state):
        yield f"schedule: all {len(state.protocol.schedule)} planned cohorts were opened"
    for clock in now.left_out:
        yield f"not evaluable: {clock.subject} {clock.why}"
    for subject in cohort_of(state, now.cohort.number):
        for deviation in subject.deviations:
            if deviation.affects_evaluability:
                yield f"deviation of {subject.number}: {deviation.what}"
