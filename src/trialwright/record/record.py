"""One record: the study, and what is known about where its parts came from and what is missing."""

from trialwright.record.model import Study
from trialwright.record.model.base import Piece


class Finding(Piece, frozen=True):
    """What a capture lost, or what a reader could not place.

    kind: `lost` (the source has no such value), `unlabelled` (a value stands without its label),
    `assumed` (a value was read in one of several senses), `unplaced` (text that has no field),
    `mismatch` (two parts of the source disagree). where: the record field, or the section of the
    source. answered_by: the source of the fact that settled it, once one did.
    """

    kind: str
    where: str
    text: str
    answered_by: str | None = None


class Provenance(Piece, frozen=True):
    """Where a field's value came from, for a field that the record itself did not hold.

    field: path of the v2 field. value: what was added. source: the document that says it.
    seen_on: where, and if known when, that document was seen.
    """

    field: str
    value: str
    source: str
    seen_on: str
    replaced: str | None = None


class RelatedTrial(Piece, frozen=True):
    """A trial that the portal's page names as related; `more` where its second list names it."""

    nct_id: str
    title: str
    more: bool = False


class DesignFact(Piece, frozen=True):
    """A published fact of the trial's design that the v2 record has no field for."""

    topic: str
    value: str | int | float | tuple[str | int | float, ...]
    source: str
    seen_on: str


class Unmodelled(Piece, frozen=True):
    """A value of the source JSON that the study model has no field for; `json` is its text."""

    path: tuple[str | int, ...]
    json: str


class Record(Piece, frozen=True):
    """A study's registry record, with what its reader found and what was added to it.

    source_format: `v2`, `page` or `legacy_xml`. simulated: some of it was made by a rehearsal.
    """

    study: Study
    source_format: str = "v2"
    findings: tuple[Finding, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    related: tuple[RelatedTrial, ...] = ()
    design_facts: tuple[DesignFact, ...] = ()
    simulated: bool = False
    unmodelled: tuple[Unmodelled, ...] = ()

    @property
    def nct_id(self) -> str | None:
        """Return the registry's number, where the record has one."""
        protocol = self.study.protocol_section
        identification = protocol.identification_module if protocol else None
        return identification.nct_id if identification else None
