"""The sections that say who and where: sponsors, responsible party, investigators, sites."""

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import Badge, Block, Entries, Entry, Inline, facts
from trialwright.interfaces.web.study.about import About
from trialwright.interfaces.web.study.overview import status_badge
from trialwright.record.model import (
    Contact,
    ContactsLocationsModule,
    Location,
    Official,
    ResponsibleParty,
    Sponsor,
    SponsorCollaboratorsModule,
)


def sponsors(about: About) -> tuple[Block, ...]:
    """Return the lead sponsor, then the collaborators."""
    module = about.protocol.sponsor_collaborators_module or SponsorCollaboratorsModule()
    lead = (_sponsor(module.lead_sponsor, "Lead sponsor"),) if module.lead_sponsor else ()
    others = tuple(_sponsor(item, "Collaborator") for item in module.collaborators)
    return (Entries((*lead, *others), compact=True),) if lead or others else ()


def responsible(about: About) -> tuple[Block, ...]:
    """Return who answers for the registered information."""
    module = about.protocol.sponsor_collaborators_module or SponsorCollaboratorsModule()
    party = module.responsible_party or ResponsibleParty()
    return facts(
        ("Who", words.word(words.RESPONSIBLE, party.type)),
        ("Name", party.investigator_full_name or party.old_name_title),
        ("Title", party.investigator_title),
        ("Organisation", party.investigator_affiliation or party.old_organization),
    )


def officials(about: About) -> tuple[Block, ...]:
    """Return the lead investigators with role and affiliation."""
    return _entries(tuple(_official(item) for item in _module(about).overall_officials))


def locations(about: About) -> tuple[Block, ...]:
    """Return the sites."""
    return _entries(tuple(_location(item) for item in _module(about).locations))


def countries(about: About) -> tuple[Block, ...]:
    """Return the countries that have a site, each once."""
    names = dict.fromkeys(item.country for item in _module(about).locations if item.country)
    return _entries(tuple(Entry(name) for name in names))


def central_contacts(about: About) -> tuple[Block, ...]:
    """Return whom to ask about the study as a whole."""
    return _entries(tuple(_contact(item, "") for item in _module(about).central_contacts))


def facility_contacts(about: About) -> tuple[Block, ...]:
    """Return whom to ask at each site."""
    return _entries(
        tuple(
            _contact(contact, site.facility or site.city or "Site")
            for site in _module(about).locations
            for contact in site.contacts
        )
    )


def _module(about: About) -> ContactsLocationsModule:
    return about.protocol.contacts_locations_module or ContactsLocationsModule()


def _entries(entries: tuple[Entry, ...]) -> tuple[Block, ...]:
    return (Entries(entries, compact=True),) if entries else ()


def _sponsor(sponsor: Sponsor, part: str) -> Entry:
    kind = words.word(words.AGENCY, sponsor.class_)
    return Entry(
        sponsor.name or "Name not published", (Badge(part),), lines=(kind,) if kind else ()
    )


def _official(official: Official) -> Entry:
    role = words.word(words.ROLE, official.role)
    lines: tuple[Inline, ...] = (official.affiliation,) if official.affiliation else ()
    badges = (Badge(role.text, code=role.code),) if role else ()
    return Entry(official.name or "Name not published", badges, lines)


def _location(site: Location) -> Entry:
    place = ", ".join(part for part in (site.city, site.state, site.zip, site.country) if part)
    badges = (status_badge(site.status),) if site.status else ()
    return Entry(site.facility or "Site without a name", badges, (place,) if place else ())


def _contact(contact: Contact, site: str) -> Entry:
    role = words.word(words.ROLE, contact.role)
    phone = " ext. ".join(part for part in (contact.phone, contact.phone_ext) if part)
    lines = tuple(line for line in (site, phone, contact.email) if line)
    badges = (Badge(role.text, code=role.code),) if role else ()
    return Entry(contact.name or "Name not published", badges, lines)
