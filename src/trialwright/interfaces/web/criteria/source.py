"""Where a study's criteria come from: its running trial, its criteria file, or its record."""

from dataclasses import dataclass
from typing import get_args

from trialwright.app import CriteriaInHand
from trialwright.interfaces.web.criteria.right import Editing
from trialwright.interfaces.web.criteria.view import ORIGINS, Origin
from trialwright.interfaces.web.desk import Desk
from trialwright.protocol.criteria_file.model import CriteriaFile
from trialwright.protocol.criteria_file.service import criteria_file, require_sound
from trialwright.protocol.draft import reading_of
from trialwright.protocol.model import CriterionEntry
from trialwright.record.record import Record


@dataclass(frozen=True, slots=True)
class CriteriaSource:
    """A study's criteria, where they are from, and where else there are some."""

    origin: Origin
    title: str
    entries: tuple[CriterionEntry, ...]
    others: tuple[tuple[Origin, str], ...]
    held: CriteriaInHand | None = None  # the file
    filed: CriteriaFile | None = None  # the reading of the record, for a first file
    leftover: tuple[tuple[str, str], ...] = ()
    simulated: bool = False


def criteria_source(
    desk: Desk, editing: Editing, nct_id: str, asked: str = ""
) -> CriteriaSource | None:
    """Return the criteria of a study: of the origin that is asked for, else the most binding.

    None where there are none of this origin. InputError where a file or trial cannot be read.
    """
    found = _sources(desk, editing, nct_id)
    origin = asked or next(iter(found), "")
    if origin not in found:
        return None
    chosen = found[origin]
    others = tuple((name, ORIGINS[name][0]) for name in get_args(Origin)
                   if name in found and name != origin)  # fmt: skip
    return CriteriaSource(
        chosen.origin, chosen.title, chosen.entries, others, chosen.held, chosen.filed,
        chosen.leftover, chosen.simulated,
    )  # fmt: skip


def _sources(desk: Desk, editing: Editing, nct_id: str) -> dict[str, CriteriaSource]:
    """Return every origin that has criteria of this study, the most binding first."""
    trial = desk.trial(nct_id)
    held = editing.shelf.find(nct_id) if editing.shelf else None
    record = desk.catalogue.get(nct_id) or (trial.record if trial else None)
    title = _title(record) or (trial.state.protocol.trial.title if trial else nct_id)
    found: dict[str, CriteriaSource] = {}
    if trial:
        entries = trial.state.protocol.criteria
        found["trial"] = CriteriaSource(
            "trial", title, entries, (), simulated=trial.state.simulated
        )
    if held:
        require_sound(held.document)
        filed = held.document.filed
        left = filed.leftover if isinstance(filed, CriteriaFile) else ()
        found["file"] = CriteriaSource(
            "file", title, held.document.criteria, (), held,
            leftover=tuple((piece.kind, piece.text.strip()) for piece in left),
        )  # fmt: skip
    if record:
        made = _of_record(record, nct_id)
        found["record"] = CriteriaSource(
            "record", title, made.criteria, (), filed=made,
            leftover=tuple((piece.kind, piece.text.strip()) for piece in made.leftover),
        )  # fmt: skip
    return found


def _of_record(record: Record, nct_id: str) -> CriteriaFile:
    section = record.study.protocol_section
    module = section.eligibility_module if section else None
    text = (module.eligibility_criteria if module else None) or ""
    return criteria_file(reading_of(record), text, nct_id, nct_id)


def _title(record: Record | None) -> str:
    section = record.study.protocol_section if record else None
    names = section.identification_module if section else None
    return (names.brief_title or names.official_title or "") if names else ""
