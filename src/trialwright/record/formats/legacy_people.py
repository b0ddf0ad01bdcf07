"""The legacy XML's sponsors, people, places, references, documents and derived terms."""

from lxml import etree

from trialwright.record.formats import legacy_words as words
from trialwright.record.formats.legacy_elements import Document
from trialwright.record.formats.legacy_protocol import some
from trialwright.record.model import (
    AnnotationModule,
    AnnotationSection,
    AvailIpd,
    BrowseModule,
    Contact,
    ContactsLocationsModule,
    DerivedSection,
    DocumentSection,
    IpdSharingStatementModule,
    LargeDoc,
    LargeDocumentModule,
    Location,
    Mesh,
    MiscInfoModule,
    Official,
    Reference,
    ReferencesModule,
    ResponsibleParty,
    SeeAlsoLink,
    Sponsor,
    SponsorCollaboratorsModule,
    UnpostedAnnotation,
    UnpostedEvent,
)

Element = etree._Element


def sponsors(doc: Document) -> SponsorCollaboratorsModule | None:
    """Read sponsors and the responsible party."""
    lead = doc.one(doc.root, "sponsors/lead_sponsor")
    return some(
        SponsorCollaboratorsModule(
            responsible_party=some(_responsible_party(doc)),
            lead_sponsor=None if lead is None else some(_sponsor(doc, lead)),
            collaborators=tuple(
                _sponsor(doc, e) for e in doc.all(doc.root, "sponsors/collaborator")
            ),
        )
    )


def _sponsor(doc: Document, element: Element) -> Sponsor:
    return Sponsor(
        doc.text(element, "agency"), doc.word(element, "agency_class", words.AGENCY_CLASS)
    )


def _responsible_party(doc: Document) -> ResponsibleParty:
    party = doc.one(doc.root, "responsible_party")
    return ResponsibleParty(
        type=doc.word(party, "responsible_party_type", words.PARTY),
        investigator_full_name=doc.text(party, "investigator_full_name"),
        investigator_title=doc.text(party, "investigator_title"),
        investigator_affiliation=doc.text(party, "investigator_affiliation"),
        old_name_title=doc.text(party, "name_title"),
        old_organization=doc.text(party, "organization"),
    )


def contacts_locations(doc: Document) -> ContactsLocationsModule | None:
    """Read central contacts, officials and locations."""
    tags = ("overall_contact", "overall_contact_backup")
    locations = tuple(_location(doc, e) for e in doc.all(doc.root, "location"))
    for country in doc.texts(doc.root, "location_countries/country"):
        if country not in {location.country for location in locations}:
            doc.notes.add("unplaced", "location_countries", f"{country}: no location is in it")
    return some(
        ContactsLocationsModule(
            central_contacts=tuple(
                _contact(doc, e, "CONTACT") for tag in tags for e in doc.all(doc.root, tag)
            ),
            overall_officials=tuple(
                _official(doc, e) for e in doc.all(doc.root, "overall_official")
            ),
            locations=locations,
        )
    )


def _name(doc: Document, element: Element) -> str | None:
    parts = [doc.text(element, tag) for tag in ("first_name", "middle_name", "last_name")]
    name = " ".join(part for part in parts if part)
    return ", ".join(filter(None, (name, doc.text(element, "degrees")))) or None


def _contact(doc: Document, element: Element, role: str | None) -> Contact:
    return Contact(
        name=_name(doc, element),
        role=role,
        phone=doc.text(element, "phone"),
        phone_ext=doc.text(element, "phone_ext"),
        email=doc.text(element, "email"),
    )


def _official(doc: Document, element: Element) -> Official:
    return Official(
        name=_name(doc, element),
        affiliation=doc.text(element, "affiliation"),
        role=doc.word(element, "role", words.ROLE),
    )


def _location(doc: Document, element: Element) -> Location:
    address = doc.one(element, "facility/address")
    contacts = [
        _contact(doc, e, "CONTACT")
        for tag in ("contact", "contact_backup")
        for e in doc.all(element, tag)
    ]
    contacts += [
        _contact(doc, e, doc.word(e, "role", words.ROLE)) for e in doc.all(element, "investigator")
    ]
    return Location(
        facility=doc.text(element, "facility/name"),
        status=doc.word(element, "status", words.STATUS),
        city=doc.text(address, "city"),
        state=doc.text(address, "state"),
        zip=doc.text(address, "zip"),
        country=doc.text(address, "country"),
        contacts=tuple(contacts),
    )


def references(doc: Document) -> ReferencesModule | None:
    """Read references, links and available data; references of results are a list of their own."""
    root = doc.root
    return some(
        ReferencesModule(
            references=(
                *(_reference(doc, e, "BACKGROUND") for e in doc.all(root, "reference")),
                *(_reference(doc, e, "RESULT") for e in doc.all(root, "results_reference")),
            ),
            see_also_links=tuple(
                SeeAlsoLink(doc.text(e, "description"), doc.text(e, "url"))
                for e in doc.all(root, "link")
            ),
            avail_ipds=tuple(
                AvailIpd(
                    id=doc.text(e, "doc_id"),
                    type=doc.text(e, "doc_type"),
                    url=doc.text(e, "doc_url"),
                    comment=doc.paragraphs(e, "doc_comment"),
                )
                for e in doc.all(root, "study_docs/study_doc")
            ),
        )
    )


def _reference(doc: Document, element: Element, kind: str) -> Reference:
    return Reference(doc.text(element, "PMID"), kind, doc.text(element, "citation"))


def data_sharing(doc: Document) -> IpdSharingStatementModule | None:
    """Read what is said about sharing each participant's data."""
    data = doc.one(doc.root, "patient_data")
    kinds = [
        doc.translate(text, words.IPD_INFO, "ipd_info_type")
        for text in doc.texts(data, "ipd_info_type")
    ]
    return some(
        IpdSharingStatementModule(
            ipd_sharing=doc.word(data, "sharing_ipd", words.IPD_SHARING),
            description=doc.paragraphs(data, "ipd_description"),
            info_types=tuple(kind for kind in kinds if kind),
            time_frame=doc.paragraphs(data, "ipd_time_frame"),
            access_criteria=doc.paragraphs(data, "ipd_access_criteria"),
            url=doc.text(data, "ipd_url"),
        )
    )


def documents(doc: Document) -> DocumentSection | None:
    """Read the documents that were posted with the record."""
    found = tuple(
        _large_doc(doc, e) for e in doc.all(doc.root, "provided_document_section/provided_document")
    )
    return DocumentSection(LargeDocumentModule(large_docs=found)) if found else None


def _large_doc(doc: Document, element: Element) -> LargeDoc:
    filename = (doc.text(element, "document_url") or "").rpartition("/")[2] or None
    return LargeDoc(
        # Prot_SAP_000.pdf: the registry names the file by what the document is
        type_abbrev=filename.rpartition("_")[0] or None if filename else None,
        has_protocol=doc.word(element, "document_has_protocol", words.YES_NO),
        has_sap=doc.word(element, "document_has_sap", words.YES_NO),
        has_icf=doc.word(element, "document_has_icf", words.YES_NO),
        label=doc.text(element, "document_type"),
        date=doc.date(element, "document_date"),
        filename=filename,
    )


def annotations(doc: Document) -> AnnotationSection | None:
    """Read what happened to results that were submitted and are not posted."""
    events = tuple(_unposted(doc, e) for e in doc.all(doc.root, "pending_results/*"))
    if not events:
        return None
    annotation = UnpostedAnnotation(unposted_events=events)
    return AnnotationSection(AnnotationModule(unposted_annotation=annotation))


def _unposted(doc: Document, element: Element) -> UnpostedEvent:
    kind = doc.translate(str(element.tag), words.UNPOSTED_EVENT, "pending_results")
    if " ".join((element.text or "").split()) == "Unknown":
        return UnpostedEvent(kind, date_unknown=True)
    return UnpostedEvent(kind, doc.date(element, "."))


def derived(doc: Document) -> DerivedSection | None:
    """Read the registry's own terms, and countries that sites have left."""

    def terms(tag: str) -> BrowseModule | None:
        found = doc.texts(doc.root, f"{tag}/mesh_term")
        return some(BrowseModule(meshes=tuple(Mesh(term=term) for term in found)))

    removed = doc.texts(doc.root, "removed_countries/country")
    return some(
        DerivedSection(
            misc_info_module=some(MiscInfoModule(removed_countries=removed)),
            condition_browse_module=terms("condition_browse"),
            intervention_browse_module=terms("intervention_browse"),
        )
    )
