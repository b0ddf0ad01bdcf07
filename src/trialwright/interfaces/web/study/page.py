"""The study page: every section of the portal's page in its order, then where the record is from.

`BUILDERS` names the view of every section of `record.formats.sections.SECTIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from trialwright.interfaces.web.blocks import Absent, Badge, Block, Fact, Facts, Section
from trialwright.interfaces.web.study import arms, overview, people, sources
from trialwright.interfaces.web.study import eligibility as criteria
from trialwright.interfaces.web.study import related as alike
from trialwright.interfaces.web.study.about import About
from trialwright.interfaces.web.study.results import results
from trialwright.record.formats.sections import SECTIONS
from trialwright.record.model import (
    DesignModule,
    IdentificationModule,
    SponsorCollaboratorsModule,
    StatusModule,
)

BUILDERS: dict[str, Callable[[About], tuple[Block, ...]]] = {
    "results": results,
    "basic": overview.basic,
    "summary": overview.summary,
    "related": alike.related,
    "description": overview.description,
    "conditions": overview.conditions,
    "keywords": overview.keywords,
    "design": overview.design,
    "groups": arms.groups,
    "interventions": arms.interventions,
    "outcomes": arms.outcomes,
    "eligibility": criteria.eligibility,
    "sponsors": people.sponsors,
    "responsible": people.responsible,
    "officials": people.officials,
    "locations": people.locations,
    "countries": people.countries,
    "central_contacts": people.central_contacts,
    "facility_contacts": people.facility_contacts,
    "references": sources.references,
    "identifiers": sources.identifiers,
    "more_related": alike.more_related,
}


@dataclass(frozen=True, slots=True)
class StudyPage:
    """What the study page shows."""

    nct_id: str
    title: str
    official_title: str
    title_added: str
    badges: tuple[Badge, ...]
    glance: Facts
    sections: tuple[Section, ...]
    lost: int  # findings that no other source settled
    added: int  # fields that were added from elsewhere
    simulated: bool


def study_page(about: About) -> StudyPage:
    """Return the page of one record."""
    names = about.protocol.identification_module or IdentificationModule()
    path = "protocolSection.identificationModule.officialTitle"
    return StudyPage(
        nct_id=names.nct_id or "",
        title=names.brief_title or names.official_title or "Study without a title",
        official_title=_different(names.official_title, names.brief_title),
        title_added=about.added(path),
        badges=_badges(about),
        glance=_glance(about),
        sections=(*_sections(about), _origin(about)),
        lost=sum(not finding.answered_by for finding in about.record.findings),
        added=len(about.record.provenance),
        simulated=about.record.simulated,
    )


def _sections(about: About) -> tuple[Section, ...]:
    """Return every section that is required, or that has something to say."""
    built = ((section, BUILDERS[section.key](about)) for section in SECTIONS)
    own = alike.EXPLANATIONS
    return tuple(
        Section(
            section.key,
            section.heading,
            own.get(section.key, section.explanation),
            blocks or (Absent(),),
        )
        for section, blocks in built
        if blocks or section.required
    )


def _origin(about: About) -> Section:
    explanation = "How it was read, what its source lost, and what was added from where."
    blocks = sources.origin_of_record(about.record)
    return Section("origin", "About This Record", explanation, blocks or (Absent(),))


def _badges(about: About) -> tuple[Badge, ...]:
    status = about.protocol.status_module or StatusModule()
    status_mark = overview.status_badge(status.overall_status)
    if about.record.simulated:
        return (status_mark, Badge("Simulated results", "stop"))
    return (status_mark, Badge("Has results", "good")) if about.results else (status_mark,)


def _glance(about: About) -> Facts:
    status = about.protocol.status_module or StatusModule()
    design = about.protocol.design_module or DesignModule()
    sponsors = about.protocol.sponsor_collaborators_module or SponsorCollaboratorsModule()
    updated = status.last_update_post_date_struct
    last_update = (updated.date if updated else None) or status.last_update_submit_date
    pairs = (
        ("Phase", overview.phase_words(design.phases)),
        ("Enrolment", overview.people(design.enrollment_info)),
        ("Start", status.start_date_struct.date if status.start_date_struct else ""),
        ("Sponsor", sponsors.lead_sponsor.name if sponsors.lead_sponsor else ""),
        ("Last updated", last_update),
    )
    return Facts(tuple(Fact(label, (value or "not published",)) for label, value in pairs))


def _different(text: str | None, other: str | None) -> str:
    return text if text and text != other else ""
