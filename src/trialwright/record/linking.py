"""Arms and interventions name each other: v2 keeps the link on both sides."""

import msgspec

from trialwright.record.model import ArmGroup, ArmsInterventionsModule, Intervention


def linked(module: ArmsInterventionsModule) -> ArmsInterventionsModule:
    """Return the module with each link on both sides, an intervention's type before its name.

    An arm names an intervention as `Biological: name`, or by name alone while no type is known.
    """
    given = [_with_arms(one, module.arm_groups) for one in module.interventions]
    arms = [_with_interventions(arm, given) for arm in module.arm_groups]
    return ArmsInterventionsModule(tuple(arms), tuple(given))


def names(reference: str, intervention: Intervention) -> bool:
    """Say whether an arm's reference, with or without the type before it, means an intervention."""
    return reference in (intervention.name, titled(intervention))


def titled(intervention: Intervention) -> str:
    """Return an intervention's name as arms refer to it."""
    kind = (intervention.type or "").replace("_", " ").title()
    return f"{kind}: {intervention.name}" if kind else (intervention.name or "")


def _with_arms(intervention: Intervention, arms: tuple[ArmGroup, ...]) -> Intervention:
    named = [a.label for a in arms if any(names(n, intervention) for n in a.intervention_names)]
    labels = (*intervention.arm_group_labels, *(label for label in named if label))
    return msgspec.structs.replace(intervention, arm_group_labels=tuple(dict.fromkeys(labels)))


def _with_interventions(arm: ArmGroup, given: list[Intervention]) -> ArmGroup:
    mine = [titled(one) for one in given if arm.label in one.arm_group_labels]
    known = {one.name for one in given}
    loose = [n for n in arm.intervention_names if not {n, n.partition(": ")[2]} & known]
    return msgspec.structs.replace(arm, intervention_names=(*mine, *loose))
