"""The page's study groups and interventions, which name each other."""

from collections.abc import Sequence
from typing import NamedTuple

from trialwright.record.formats.notes import Notes
from trialwright.record.formats.page_values import has_label, labelled
from trialwright.record.formats.sections import GROUP_TYPE, INTERVENTION_TYPE, Slot
from trialwright.record.linking import linked
from trialwright.record.model import ArmGroup, ArmsInterventionsModule, Intervention


class Block(NamedTuple):
    """One intervention's or group's lines: its name, its type, the rest."""

    name: str
    type: str | None
    rest: tuple[str, ...]


def read_groups(
    groups: Sequence[str], interventions: Sequence[str], notes: Notes
) -> ArmsInterventionsModule | None:
    """Return arms and interventions, linked both ways; None where the page has neither."""
    given = _interventions([line for line in interventions if line.strip()], notes)
    arms = _arms([line for line in groups if line.strip()], given)
    if not given and not arms:
        return None
    return linked(ArmsInterventionsModule(arms, tuple(_intervention(block) for block in given)))


def _intervention(block: Block) -> Intervention:
    other = [labelled(line, "Other name") for line in block.rest]
    text = [line for line in block.rest if not has_label(line, "Other name")]
    return Intervention(
        type=block.type,
        name=block.name,
        description="\n".join(text) or None,
        other_names=tuple(name for name in other if name),
    )


def _interventions(lines: Sequence[str], notes: Notes) -> list[Block]:
    """Cut the section into interventions: a name is the line before a type.

    Without types nothing marks where one ends, and the section is read as one intervention.
    """
    starts = [at - 1 for at in range(1, len(lines)) if _type(lines[at], INTERVENTION_TYPE)]
    if lines and 0 not in starts:
        starts.insert(0, 0)
    if len(lines) > 2 and len(starts) == 1 and not _type(lines[1], INTERVENTION_TYPE):
        text = f"{len(lines)} lines without a type are read as one intervention"
        notes.add("assumed", "Interventions", text)
    ends = [*starts[1:], len(lines)]
    return [
        _block(lines[start:end], INTERVENTION_TYPE)
        for start, end in zip(starts, ends, strict=False)
    ]


def _arms(lines: Sequence[str], given: Sequence[Block]) -> tuple[ArmGroup, ...]:
    arms: list[ArmGroup] = []
    at = 0
    while at < len(lines):
        end = _description_end(lines, at + 1, given)
        block = _block(lines[at:end], GROUP_TYPE)
        names, at = _receives(lines, end, given)
        text = "\n".join(block.rest) or None
        arms.append(ArmGroup(block.name, block.type, text, names))
    return tuple(arms)


def _description_end(lines: Sequence[str], at: int, given: Sequence[Block]) -> int:
    names = {block.name for block in given}
    while at < len(lines) and lines[at] not in names and not _starts_arm(lines, at, given):
        at += 1
    return at


def _starts_arm(lines: Sequence[str], at: int, given: Sequence[Block]) -> bool:
    """Say whether a group begins here: its type, not an intervention's, is on the line below."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    own = any(block.name == lines[at] and block.type == below for block in given)
    return _type(below, GROUP_TYPE) is not None and not own


def _receives(lines: Sequence[str], at: int, given: Sequence[Block]) -> tuple[tuple[str, ...], int]:
    """Return the names of the interventions listed from `at` on, and where they end."""
    by_name = {block.name: block for block in given}
    names: list[str] = []
    while at < len(lines) and lines[at] in by_name and not _starts_arm(lines, at, given):
        block = by_name[lines[at]]
        names.append(block.name)
        at += 1
        while at < len(lines) and (lines[at] in block.rest or _type(lines[at], INTERVENTION_TYPE)):
            at += 1
    return tuple(names), at


def _block(lines: Sequence[str], kind: Slot) -> Block:
    kind_word = _type(lines[1], kind) if len(lines) > 1 else None
    return Block(lines[0], kind_word, tuple(lines[2 if kind_word else 1 :]))


def _type(line: str, kind: Slot) -> str | None:
    if has_label(line, kind.label):
        return labelled(line, kind.label)
    return line if kind.fits(line) else None
