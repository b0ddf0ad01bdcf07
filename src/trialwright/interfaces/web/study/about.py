"""What a study page is made from: the record, its related trials, and the criteria as read."""

import re
from dataclasses import dataclass

from trialwright.interfaces.web.blocks import Criterion
from trialwright.record.model import ProtocolSection, ResultsSection
from trialwright.record.record import DesignFact, Provenance, Record


@dataclass(frozen=True, slots=True)
class RelatedLine:
    """A trial that the program finds related, with its reasons in words."""

    nct_id: str
    title: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CriteriaRead:
    """The criteria of both sections, and the text that belongs to none of them."""

    inclusion: tuple[Criterion, ...] = ()
    exclusion: tuple[Criterion, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """Everything a study page may say. `known`: numbers of the records that have a page here."""

    record: Record
    known: frozenset[str] = frozenset()
    by_characteristics: tuple[RelatedLine, ...] = ()
    by_text: tuple[RelatedLine, ...] = ()
    criteria: CriteriaRead = CriteriaRead()

    @property
    def protocol(self) -> ProtocolSection:
        """The record's protocol section; an empty one where it has none."""
        return self.record.study.protocol_section or ProtocolSection()

    @property
    def results(self) -> ResultsSection | None:
        """The record's results section."""
        return self.record.study.results_section

    def added(self, path: str) -> str:
        """Say where the value at a field path was added from; nothing if the record had it."""
        for entry in self.record.provenance:
            if _inside(entry.field, path) or _inside(path, entry.field):
                return origin(entry)
        return ""


def _inside(field: str, path: str) -> bool:
    """Say whether a field is what a path leads to, or a part of it."""
    return field == path or field.startswith((f"{path}[", f"{path}.", f"{path}/"))


def origin(entry: Provenance | DesignFact) -> str:
    """Say in one line where a value that the record does not hold comes from."""
    return f"{entry.source} ({entry.seen_on})" if entry.seen_on else entry.source


def place(path: str) -> str:
    """Return a field's path in words; a path that is none (a section's heading) as it is.

    >>> place("protocolSection.armsInterventionsModule.interventions[0].type")
    'Arms interventions: interventions 1, type'
    """
    module, *steps = re.sub(r"^(protocol|results|derived)Section\.", "", path).split(".")
    inner = ", ".join(_words(step) for step in steps)
    first = _words(module.removesuffix("Module")) if "." in path else module
    return f"{first[:1].upper()}{first[1:]}" + (f": {inner}" if inner else "")


def _words(step: str) -> str:
    counted = re.sub(r"\[(\d+)\]", lambda found: f" {int(found[1]) + 1}", step)
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", counted.removesuffix("Struct"))
    return re.sub(r"/(\w+)/(\d+)", r", \1 \2", apart).lower()
