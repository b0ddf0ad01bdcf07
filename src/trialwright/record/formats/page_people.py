"""The page's sponsors, responsible party, investigators, locations and contacts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from trialwright.record import vocabulary as words
from trialwright.record.formats.notes import Notes
from trialwright.record.formats.page_protocol import replaced, some
from trialwright.record.formats.page_values import has_label, labelled
from trialwright.record.formats.sections import MISSING
from trialwright.record.model import (
    Contact,
    ContactsLocationsModule,
    Location,
    Official,
    ResponsibleParty,
    Sponsor,
    SponsorCollaboratorsModule,
)

Lines = Sequence[str]
PARTY_LABELS = {
    "Type": "type",
    "Investigator": "investigator_full_name",
    "Title": "investigator_title",
    "Affiliation": "investigator_affiliation",
    "Name and title": "old_name_title",
    "Organization": "old_organization",
}
# Countries that the registry writes with a comma: "Korea, Republic of".
_INVERTED = re.compile(r", (?:[\w' ]+ )?(?:Republic|States) of(?: the)?$|, Occupied$")
CONTACT_LABELS = {"Role": "role", "Phone": "phone", "Extension": "phone_ext", "Email": "email"}


def sponsors(lines: Lines, responsible: Lines, notes: Notes) -> SponsorCollaboratorsModule | None:
    """Read sponsors (the first leads) and the responsible party."""
    found: list[Sponsor] = []
    for line in _values(lines):
        if line in words.AGENCY_CLASSES:
            if not found or found[-1].class_ is not None:
                notes.add("lost", "Sponsors", f"no name of sponsor {len(found) + 1} ({line})")
                found.append(Sponsor())
            found[-1] = replaced(found[-1], class_=line)
        else:
            found.append(Sponsor(None if line == MISSING else line))
    for sponsor in found:
        if sponsor.class_ is None:
            notes.add("lost", "Sponsors", f"no class for {sponsor.name}")
    party = _responsible(_values(responsible), notes)
    lead = found[0] if found else None
    return some(SponsorCollaboratorsModule(party, lead, tuple(found[1:])))


def _responsible(lines: Lines, notes: Notes) -> ResponsibleParty | None:
    fields: dict[str, Any] = {}
    for line in lines:
        label = next((label for label in PARTY_LABELS if has_label(line, label)), None)
        if label:
            fields[PARTY_LABELS[label]] = labelled(line, label)
        elif line in words.RESPONSIBLE_PARTY_TYPES and "type" not in fields:
            fields["type"] = line
        else:
            notes.unplaced("Responsible Party", line)
    return some(ResponsibleParty(**fields))


def contacts_locations(
    lines: Mapping[str, list[str]], notes: Notes
) -> ContactsLocationsModule | None:
    """Read investigators, locations with their contacts, and central contacts."""
    locations = _locations(_values(lines["locations"]), notes)
    _note_other_countries(_values(lines["countries"]), locations, notes)
    return some(
        ContactsLocationsModule(
            central_contacts=_contacts(
                _values(lines["central_contacts"]), "Central Contacts", notes
            ),
            overall_officials=_officials(_values(lines["officials"]), notes),
            locations=_with_contacts(locations, _values(lines["facility_contacts"]), notes),
        )
    )


def _officials(lines: Lines, notes: Notes) -> tuple[Official, ...]:
    """Read name, `Role: ...`, affiliation: a name is the line before a role."""
    starts = [at - 1 for at in range(1, len(lines)) if has_label(lines[at], "Role")]
    for line in lines[: starts[0] if starts else len(lines)]:
        notes.unplaced("Principal Investigators", line)
    found: list[Official] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        affiliation = [line for line in lines[start + 2 : end] if line != MISSING]
        for line in affiliation[1:]:
            notes.unplaced("Principal Investigators", line)
        role = labelled(lines[start + 1], "Role")
        found.append(Official(lines[start], next(iter(affiliation), None), role))
    return tuple(found)


def _locations(lines: Lines, notes: Notes) -> tuple[Location, ...]:
    """Read facility, `city, state, country`, and where it stands a status."""
    found: list[Location] = []
    facility: str | None = None
    for line in lines:
        if found and facility is None and line in words.STATUSES:
            found[-1] = replaced(found[-1], status=line)
        elif found and facility is None and has_label(line, "Postal code"):
            found[-1] = replaced(found[-1], zip=labelled(line, "Postal code"))
        elif facility is None:
            facility = line
        elif (address := _address(line)) is not None:
            name = None if facility == MISSING else facility
            found.append(replaced(address, facility=name))
            facility = None
        else:
            notes.unplaced("Locations", facility)
            facility = line
    if facility is not None:
        notes.unplaced("Locations", facility)
    return tuple(found)


def _address(line: str) -> Location | None:
    """Read `Paris, , France`: city, state (may be empty), country."""
    inverted = _INVERTED.search(line)
    end = inverted.start() if inverted else len(line)
    parts = [part.strip() for part in line[:end].rsplit(",", 2)]
    if len(parts) != 3 or not parts[2]:
        return None
    city, state, country = (*parts[:2], parts[2] + line[end:])
    return Location(city=city or None, state=state or None, country=country)


def _note_other_countries(lines: Lines, locations: Sequence[Location], notes: Notes) -> None:
    for country in lines:
        if country not in {location.country for location in locations}:
            notes.add("unplaced", "Countries", f"{country}: no location is in it")


def _contacts(lines: Lines, where: str, notes: Notes) -> tuple[Contact, ...]:
    found: list[Contact] = []
    for line in lines:
        label = next((label for label in CONTACT_LABELS if has_label(line, label)), None)
        if label and found:
            found[-1] = replaced(found[-1], **{CONTACT_LABELS[label]: labelled(line, label)})
        elif label:
            notes.unplaced(where, line)
        else:
            found.append(Contact(name=None if line == MISSING else line))
    return tuple(found)


def _with_contacts(
    locations: tuple[Location, ...], lines: Lines, notes: Notes
) -> tuple[Location, ...]:
    """Give each facility's contacts, which stand under `Facility: name`, to its location."""
    groups: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in lines:
        if facility := labelled(line, "Facility"):
            groups.append((facility, []))
        else:
            groups[-1][1].append(line)
    placed = list(locations)
    for facility, part in groups:
        at = _next_site(placed, facility)
        if at is None:
            for line in part:
                notes.unplaced("Facility Contacts", line)
        else:
            contacts = _contacts(part, "Facility Contacts", notes)
            placed[at] = replaced(placed[at], contacts=contacts)
    return tuple(placed)


def _next_site(locations: Sequence[Location], facility: str | None) -> int | None:
    """Return the first location of that name that has no contacts yet."""
    for at, location in enumerate(locations):
        if facility and location.facility == facility and not location.contacts:
            return at
    return None


def _values(lines: Lines) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
