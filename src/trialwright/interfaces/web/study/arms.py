"""The sections that say what is done and measured: groups, interventions, planned outcomes."""

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import (
    Badge,
    Block,
    Entries,
    Entry,
    Fact,
    Facts,
    Paragraph,
    Part,
)
from trialwright.interfaces.web.study.about import About
from trialwright.interfaces.web.text import rich, unshield
from trialwright.record.model import (
    ArmGroup,
    ArmsInterventionsModule,
    Intervention,
    Outcome,
    OutcomesModule,
)


def groups(about: About) -> tuple[Block, ...]:
    """Return each arm with its text and what it receives."""
    module = about.protocol.arms_interventions_module or ArmsInterventionsModule()
    if not module.arm_groups:
        return ()
    return (Entries(tuple(_group(arm, module.interventions) for arm in module.arm_groups)),)


def interventions(about: About) -> tuple[Block, ...]:
    """Return each intervention with its text."""
    module = about.protocol.arms_interventions_module or ArmsInterventionsModule()
    if not module.interventions:
        return ()
    listed = enumerate(module.interventions)
    return (Entries(tuple(_intervention(about, at, item) for at, item in listed)),)


def outcomes(about: About) -> tuple[Block, ...]:
    """Return the planned outcome measures, primary first."""
    module = about.protocol.outcomes_module or OutcomesModule()
    parts = (
        ("Primary", module.primary_outcomes),
        ("Secondary", module.secondary_outcomes),
        ("Other", module.other_outcomes),
    )
    return tuple(
        Part(name, (Entries(tuple(_outcome(outcome) for outcome in listed)),))
        for name, listed in parts
        if listed
    )


def _group(arm: ArmGroup, known: tuple[Intervention, ...]) -> Entry:
    kind = words.word(words.ARM, arm.type)
    received = tuple(
        Paragraph(f"Receives: {_received(name, known)}") for name in arm.intervention_names
    )
    return Entry(
        arm.label or "Group without a label",
        badges=(Badge(kind.text, code=kind.code),) if kind else (),
        body=(*rich(arm.description), *received),
    )


def _received(name: str, known: tuple[Intervention, ...]) -> str:
    """Return an intervention's name without the registry's kind before it (`Drug: ..`)."""
    for item in known:
        if item.name and (name == item.name or name.endswith(f": {item.name}")):
            return item.name
    return name


def _intervention(about: About, at: int, item: Intervention) -> Entry:
    added = about.added(f"protocolSection.armsInterventionsModule.interventions[{at}].type")
    kind = words.word(words.INTERVENTION, item.type)
    facts = tuple(
        Fact(label, values)
        for label, values in (
            ("Given to", item.arm_group_labels),
            ("Other names", item.other_names),
        )
        if values
    )
    return Entry(
        item.name or "Intervention without a name",
        badges=(Badge(kind.text, code=kind.code),) if kind else (),
        lines=(f"Kind added: {added}",) if added else (),
        body=(*rich(item.description), *((Facts(facts),) if facts else ())),
    )


def _outcome(outcome: Outcome) -> Entry:
    return Entry(
        unshield(outcome.measure or "Outcome without a title"),
        lines=(f"When: {unshield(outcome.time_frame)}",) if outcome.time_frame else (),
        body=rich(outcome.description),
    )
