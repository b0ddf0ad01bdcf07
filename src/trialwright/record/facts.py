"""Facts that other public sources add to a record, and the record completed with them.

A fact names the field that it fills, its value and its source. What it adds is in the completed
record's provenance, and the finding that it answers says so. A fact never overwrites: one that
contradicts what the record holds is refused, unless it says what it replaces.
"""

from dataclasses import dataclass
from typing import Any, assert_never

import msgspec

from trialwright.core.errors import InputError
from trialwright.record.criteria_text import (
    CRITERIA,
    criterion_place,
    insert_item,
    replace_item,
)
from trialwright.record.fields import get, parse_path, path_text, put
from trialwright.record.formats.sections import BASIC_SLOTS, DESIGN_SLOTS, ELIGIBILITY_SLOTS
from trialwright.record.linking import linked
from trialwright.record.model import Study
from trialwright.record.record import DesignFact, Finding, Provenance, Record

Value = str | int | float | bool | tuple[Any, ...] | dict[str, Any]
_SLOTS = {
    "Basic Information": BASIC_SLOTS,
    "Study Design": DESIGN_SLOTS,
    "Eligibility Criteria": ELIGIBILITY_SLOTS,
}


@dataclass(frozen=True, slots=True)
class Source:
    """What says it, where it was seen, and where the facts file states it (for messages)."""

    source: str
    seen_on: str
    where: str


@dataclass(frozen=True, slots=True)
class FieldFact:
    """A value for a v2 field, such as `protocolSection.conditionsModule.conditions`."""

    field: str
    value: Value
    source: Source
    replaces: Value | None = None


@dataclass(frozen=True, slots=True)
class CriterionFact:
    """A numbered item of the inclusion or the exclusion list."""

    section: str
    number: int
    value: str
    source: Source
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class LabelsFact:
    """The labels of a section's bare values, as a page that still has them shows them."""

    section: str
    labels: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class TopicFact:
    """A fact of the design that v2 has no field for."""

    topic: str
    value: str | int | float | tuple[str | int | float, ...]
    source: Source


Fact = FieldFact | CriterionFact | LabelsFact | TopicFact


def complete(record: Record, facts: tuple[Fact, ...]) -> Record:
    """Return the record with each fact merged in; raise InputError for one that contradicts it."""
    for fact in facts:
        match fact:
            case FieldFact():
                record = _with_field(record, fact)
            case CriterionFact():
                record = _with_criterion(record, fact)
            case LabelsFact():
                record = _with_labels(record, fact)
            case TopicFact():
                record = _with_topic(record, fact)
            case _:
                assert_never(fact)
    return record


def _with_field(record: Record, fact: FieldFact) -> Record:
    where = fact.source.where
    path = parse_path(fact.field, where)
    present = msgspec.to_builtins(get(record.study, path, where))
    study = put(record.study, path, fact.value, where)
    value = msgspec.to_builtins(get(study, path, where))
    if present == value:
        return record
    _check_free(fact.field, present, fact.replaces, where)
    completed = _added(record, study, path_text(path), _shown(value), fact.source, present)
    return _relinked(completed, path_text(path))


def _check_free(field: str, present: Any, replaces: Value | None, where: str) -> None:
    """Refuse to overwrite a value, unless the fact names that very value as the one it replaces."""
    empty = present is None or present in ((), [], {})
    if empty and replaces is not None:
        raise InputError(where, f"{field} is empty", f"the value {_shown(replaces)} to replace")
    if not empty and _shown(present) != _shown(replaces):
        wanted = f"no contradiction, or replaces: {_shown(present)}"
        raise InputError(where, f"{field} is already {_shown(present)}", wanted)


def _with_criterion(record: Record, fact: CriterionFact) -> Record:
    where = fact.source.where
    path = parse_path(CRITERIA, where)
    text = get(record.study, path, where)
    if not text:
        raise InputError(where, "the record has no criteria", "a record with numbered criteria")
    if fact.replaces is None:
        changed = insert_item(text, fact.section, fact.number, fact.value, where)
    else:
        changed = replace_item(text, fact.section, fact.number, fact.replaces, fact.value, where)
    if changed == text:
        return record
    study = put(record.study, path, changed, where)
    place = criterion_place(fact.section, fact.number)
    return _added(record, study, place, fact.value, fact.source, fact.replaces)


def _with_labels(record: Record, fact: LabelsFact) -> Record:
    """Check that the labels are those that the reader gave the bare values."""
    slots = _SLOTS.get(fact.section)
    if slots is None:
        wanted = "one of " + ", ".join(_SLOTS)
        raise InputError(fact.source.where, f"labels of {fact.section!r}", wanted)
    finding = next((f for f in record.findings if _is_unlabelled(f, fact.section)), None)
    if finding is None:
        return record
    read_as = finding.text.partition(": ")[2].split(", ")
    if [label.casefold() for label in fact.labels] != read_as:
        raise InputError(fact.source.where, ", ".join(fact.labels), "labels " + ", ".join(read_as))
    return _answered(record, fact.section, fact.source)


def _is_unlabelled(finding: Finding, section: str) -> bool:
    return finding.kind == "unlabelled" and finding.where == section


def _with_topic(record: Record, fact: TopicFact) -> Record:
    source = fact.source
    present = next((f for f in record.design_facts if f.topic == fact.topic), None)
    if present and present.value == fact.value:
        return record
    if present:
        raise InputError(
            source.where, f"{fact.topic} is already {present.value!r}", "the same value"
        )
    added = DesignFact(fact.topic, fact.value, source.source, source.seen_on)
    return msgspec.structs.replace(record, design_facts=(*record.design_facts, added))


def _added(
    record: Record, study: Study, field: str, value: str, source: Source, replaced: Any
) -> Record:
    old = None if replaced in (None, (), [], {}) else _shown(replaced)
    row = Provenance(field, value, source.source, source.seen_on, old)
    completed = msgspec.structs.replace(record, study=study, provenance=(*record.provenance, row))
    return _answered(completed, field, source)


def _answered(record: Record, where: str, source: Source) -> Record:
    """Mark the findings about a place as answered by a source."""
    findings = tuple(
        msgspec.structs.replace(f, answered_by=f"{source.source} ({source.seen_on})")
        if f.where == where and f.answered_by is None
        else f
        for f in record.findings
    )
    return msgspec.structs.replace(record, findings=findings)


def _relinked(record: Record, after: str) -> Record:
    """Let arms name interventions by their type once it is known, and say that this changed.

    No source says so: it follows from the names being equal, which the provenance states.
    """
    protocol = record.study.protocol_section
    module = protocol.arms_interventions_module if protocol else None
    if protocol is None or module is None or linked(module) == module:
        return record
    again = linked(module)
    rows = tuple(
        Provenance(
            f"protocolSection.armsInterventionsModule.armGroups[{at}].interventionNames",
            _shown(new.intervention_names),
            f"derived: the intervention of the same name, by {after}",
            "this record",
            _shown(old.intervention_names),
        )
        for at, (old, new) in enumerate(zip(module.arm_groups, again.arm_groups, strict=True))
        if old != new
    )
    changed = msgspec.structs.replace(protocol, arms_interventions_module=again)
    study = msgspec.structs.replace(record.study, protocol_section=changed)
    return msgspec.structs.replace(record, study=study, provenance=(*record.provenance, *rows))


def _shown(value: Any) -> str:
    """Write a value on one line."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
