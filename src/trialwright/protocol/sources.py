"""What a draft reads from: the record's fields by place, and the published design facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from trialwright.core.errors import InputError
from trialwright.protocol.assumptions import Assumptions
from trialwright.protocol.model import Stated
from trialwright.record.model import ArmGroup, Intervention, ProtocolSection
from trialwright.record.record import DesignFact, Record

ARMS = "protocolSection.armsInterventionsModule"


@dataclass(frozen=True, slots=True)
class Sources:
    """A record, its name in messages, the assumptions, and a person's answers to questions."""

    record: Record
    name: str
    assumed: Assumptions
    answers: Mapping[str, Decimal]  # by the words of a dose that allows several readings

    @property
    def section(self) -> ProtocolSection:
        """Return the record's protocol section, empty where it has none."""
        return self.record.study.protocol_section or ProtocolSection()

    @property
    def arms(self) -> tuple[ArmGroup, ...]:
        """Return the record's arms."""
        module = self.section.arms_interventions_module
        return module.arm_groups if module else ()

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """Return the record's interventions."""
        module = self.section.arms_interventions_module
        return module.interventions if module else ()

    @property
    def enrolment(self) -> int | None:
        """Return the number of participants that the record states."""
        design = self.section.design_module
        return design.enrollment_info.count if design and design.enrollment_info else None

    def fact(self, topic: str) -> DesignFact | None:
        """Return the published design fact of a topic."""
        return next((f for f in self.record.design_facts if f.topic == topic), None)

    def place(self, field: str) -> str:
        """Return where a field stands, for messages."""
        return f"{self.name}, {field}"


def from_record(field: str) -> str:
    """Return the source of a value that the record's own field states."""
    return f"record, {field}"


def from_fact(fact: DesignFact) -> str:
    """Return the source of a published design fact."""
    return f"{fact.source}, {fact.seen_on}"


def fact_text(fact: DesignFact) -> str:
    """Return a fact's value as text."""
    if isinstance(fact.value, tuple):
        return ", ".join(map(str, fact.value))
    return str(fact.value)


def whole_fact(sources: Sources, topic: str) -> Stated[int] | None:
    """Return a design fact that is a whole number above 0; refuse one that is not."""
    fact = sources.fact(topic)
    if fact is None:
        return None
    if not isinstance(fact.value, int) or fact.value < 1:
        where = f"{sources.name}, design fact {topic}"
        raise InputError(where, repr(fact.value), "a whole number above 0")
    return Stated(value=fact.value, source=from_fact(fact))
