"""The results section's participant flow: started, completed, and why not."""

from collections import Counter
from collections.abc import Callable

from trialwright.analysis.groups import Group, by_level_assigned
from trialwright.analysis.populations import populations
from trialwright.conduct.model import Subject, TrialState
from trialwright.record.model.results_section import (
    DropWithdraw,
    FlowGroup,
    FlowMilestone,
    FlowPeriod,
    FlowStats,
    ParticipantFlowModule,
)
from trialwright.results.words import listed, plural, regimen

REASONS = {  # how a person left, in the registry's words
    "withdrawn": "Withdrawal by Subject",
    "lost_to_follow_up": "Lost to Follow-up",
    "died": "Death",
}
ONGOING = "Still in Follow-up at the Data Cut"


def participant_flow(state: TrialState) -> ParticipantFlowModule:
    """Return the flow by the level of the cohort that people entered."""
    groups = by_level_assigned(state.protocol, state.subjects.values())[:-1]
    return ParticipantFlowModule(
        pre_assignment_details=screening_words(state),
        recruitment_details=_recruitment(state),
        groups=tuple(
            FlowGroup(f"FG{k:03d}", _title(group), regimen(state.protocol, group.level or 0))
            for k, group in enumerate(groups)
        ),
        periods=(_period(state, groups),),
    )


def _title(group: Group) -> str:
    return f"Dose Level {group.level}"


def screening_words(state: TrialState) -> str:
    """Say how many were screened, and why some were not enrolled."""
    left_out = [o.why for o in populations(state).left_out if o.population == "enrolled"]
    reasons = [f"{n} {why}" for why, n in Counter(left_out).items()]
    people = plural(len(state.screened), "person was", "people were")
    out = f"; not enrolled: {listed(reasons)}" if reasons else ""
    return f"{people} screened and {len(state.subjects)} enrolled{out}."


def _recruitment(state: TrialState) -> str | None:
    days = [s.enrolled.enrolled_on for s in state.subjects.values()]
    return f"Enrolled from {min(days)} to {max(days)}." if days else None


def _period(state: TrialState, groups: tuple[Group, ...]) -> FlowPeriod:
    planned = state.protocol.infusions.count.value
    milestones: dict[str, Callable[[Subject], bool]] = {
        "STARTED": lambda s: True,
        "Received at Least One Infusion": lambda s: bool(s.given),
        f"Received All {planned} Infusions": lambda s: len(s.given) >= planned,
        "COMPLETED": completed,
        "NOT COMPLETED": lambda s: not completed(s),
    }
    if planned == 1:  # the same people as "at least one"
        del milestones[f"Received All {planned} Infusions"]
    people = [s for group in groups for s in group.subjects]
    reasons = dict.fromkeys(why for s in people if (why := why_not_completed(s)))
    return FlowPeriod(
        "Overall Study",
        tuple(
            FlowMilestone(name, achievements=_counts(groups, test))
            for name, test in milestones.items()
        ),
        tuple(DropWithdraw(why, reasons=_counts(groups, _left_for(why))) for why in reasons),
    )


def completed(subject: Subject) -> bool:
    """Say whether the person completed follow-up."""
    return subject.left is not None and subject.left.how == "completed"


def why_not_completed(subject: Subject) -> str | None:
    """Return why a person did not complete follow-up, in the registry's words."""
    if completed(subject):
        return None
    return REASONS[subject.left.how] if subject.left else ONGOING


def _left_for(why: str) -> Callable[[Subject], bool]:
    return lambda subject: why_not_completed(subject) == why


def _counts(groups: tuple[Group, ...], test: Callable[[Subject], bool]) -> tuple[FlowStats, ...]:
    return tuple(
        FlowStats(f"FG{k:03d}", num_subjects=str(sum(map(test, group.subjects))))
        for k, group in enumerate(groups)
    )
