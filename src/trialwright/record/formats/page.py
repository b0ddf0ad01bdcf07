"""Reader of the portal's page text: every section lands in its v2 field, nothing is dropped."""

import re
from collections.abc import Mapping, Sequence

from trialwright.core.errors import InputError
from trialwright.record.formats import page_people, page_protocol
from trialwright.record.formats.notes import Notes
from trialwright.record.formats.page_groups import read_groups
from trialwright.record.formats.page_identifiers import read_identifiers
from trialwright.record.formats.page_missing import note_missing
from trialwright.record.formats.page_split import split
from trialwright.record.formats.page_values import labelled
from trialwright.record.formats.sections import RESULTS_UNKNOWN, SECTIONS
from trialwright.record.model import (
    ConditionsModule,
    DateStruct,
    DescriptionModule,
    IdentificationModule,
    ProtocolSection,
    StatusModule,
    Study,
)
from trialwright.record.record import Record, RelatedTrial

NCT = re.compile(r"NCT[0-9]{8}")
_NOT_PUBLISHED = re.compile(r"\b(not|no)\b.*\b(published|results|posted)\b", re.IGNORECASE)
_PUBLISHED = re.compile(r"\bhas published\b", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:[*•-]\s|\d{1,3}[.)]\s)")
_LONGEST_EXPLANATION = 200
_WANTED = "a page of the portal: a title, 'NCT ID: NCT........', and its sections"


def read(text: str, name: str) -> Record:
    """Read a page; raise InputError where it is none, or was cut short."""
    header, found = split(text, name)
    notes = Notes()
    said = found["results"]  # the first section's first line is its statement
    lines = {key: _explained(key, part, notes) for key, part in found.items()} | {"results": []}
    study = Study(
        protocol_section=_protocol(header, lines, notes, name),
        has_results=_has_results(said, notes),
    )
    related = (
        *_related(lines["related"], False, notes),
        *_related(lines["more_related"], True, notes),
    )
    note_missing(study, lines, notes)
    return Record(study=study, source_format="page", findings=notes.all(), related=related)


def _explained(key: str, part: list[str], notes: Notes) -> list[str]:
    """Return a section's lines without its explanation, its first line.

    An explanation is a short sentence. A list's item or a long line is the section's own text,
    above which the explanation was lost.
    """
    if not part or not (_LISTED.match(part[0]) or len(part[0]) > _LONGEST_EXPLANATION):
        return part[1:]
    heading = next(section.heading for section in SECTIONS if section.key == key)
    text = "no explanation under the heading; its first line is read as the section's text"
    notes.add("lost", heading, text)
    return part


def _protocol(
    header: Sequence[str], lines: Mapping[str, list[str]], notes: Notes, name: str
) -> ProtocolSection:
    status, design = page_protocol.status_and_design(lines["basic"], lines["design"], notes)
    return ProtocolSection(
        identification_module=_identification(header, lines["identifiers"], notes, name),
        status_module=_with_update(status, header, notes, name),
        sponsor_collaborators_module=page_people.sponsors(
            lines["sponsors"], lines["responsible"], notes
        ),
        description_module=page_protocol.some(
            DescriptionModule(_text(lines["summary"]), _text(lines["description"]))
        ),
        conditions_module=page_protocol.some(
            ConditionsModule(_values(lines["conditions"]), _values(lines.get("keywords", [])))
        ),
        design_module=design,
        arms_interventions_module=read_groups(lines["groups"], lines["interventions"], notes),
        outcomes_module=page_protocol.outcomes(lines.get("outcomes", []), notes),
        eligibility_module=page_protocol.eligibility(lines["eligibility"], notes),
        contacts_locations_module=page_people.contacts_locations(lines, notes),
        references_module=page_protocol.references(lines["references"], notes),
    )


def _identification(
    header: Sequence[str], identifiers: Sequence[str], notes: Notes, name: str
) -> IdentificationModule:
    lines = [line for line in header if line.strip()]
    nct_id = _header(lines, "NCT ID")
    if not lines or not nct_id or not NCT.fullmatch(nct_id) or labelled(lines[0], "NCT ID"):
        raise InputError(f"{name}, line 1", "no title and NCT ID", _WANTED)
    for line in lines[1:]:
        if line.partition(":")[0] not in _HEADER:
            notes.unplaced("header", line)
    own, others = read_identifiers(_values(identifiers), notes)
    return IdentificationModule(
        nct_id=nct_id,
        org_study_id_info=own,
        secondary_id_infos=others,
        brief_title=lines[0].strip(),
        official_title=_header(lines, "Official Title"),
        acronym=_header(lines, "Acronym"),
    )


_HEADER = ("NCT ID", "Last Updated", "Official Title", "Acronym")


def _header(lines: Sequence[str], label: str) -> str | None:
    return next((value for line in lines if (value := labelled(line, label))), None)


def _with_update(
    status: StatusModule, header: Sequence[str], notes: Notes, name: str
) -> StatusModule:
    updated = _header(header, "Last Updated")
    if updated is None:
        return status
    where = "protocolSection.statusModule.lastUpdatePostDateStruct"
    if not page_protocol.is_real_date(updated):
        raise InputError(f"{name}, Last Updated", repr(updated), "a date as yyyy-mm-dd")
    notes.add("assumed", where, f"'Last Updated: {updated}' is read as the day of posting")
    return page_protocol.replaced(status, last_update_post_date_struct=DateStruct(updated))


def _related(lines: Sequence[str], more: bool, notes: Notes) -> list[RelatedTrial]:
    where = "More Related Trials" if more else "Related Clinical Trials"
    related: list[RelatedTrial] = []
    title: str | None = None
    for line in _values(lines):
        if NCT.fullmatch(line):
            if title is None:
                notes.add("lost", where, f"no title of {line}")
            related.append(RelatedTrial(line, title or "", more))
            title = None
        else:
            if title is not None:
                notes.unplaced(where, title)
            title = line
    if title is not None:
        notes.unplaced(where, title)
    return related


def _has_results(said: Sequence[str], notes: Notes) -> bool | None:
    statement = " ".join(line for line in said if line)
    if statement == RESULTS_UNKNOWN:
        return None
    if _PUBLISHED.search(said[0] if said else ""):
        for line in said[1:]:
            notes.unplaced("Study Results", line)
        return True
    if _NOT_PUBLISHED.search(statement):
        notes.add("lost", "resultsSection", "no results: the page says that none are published")
        return False
    for line in said:
        notes.unplaced("Study Results", line)
    return None


def _text(lines: Sequence[str]) -> str | None:
    return "\n".join(lines).strip() or None


def _values(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
