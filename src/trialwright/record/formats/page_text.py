"""Writer of the portal page's text: the same sections in the same order, which `page` reads again.

Values that the page shows bare are written bare, or with their labels on request; a value that
could not be told apart bare always has its label.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from trialwright.record.criteria_text import section_heading
from trialwright.record.formats.page_people import CONTACT_LABELS, PARTY_LABELS
from trialwright.record.formats.page_protocol import OUTCOME_KINDS
from trialwright.record.formats.page_split import escape
from trialwright.record.formats.sections import (
    ALIKE,
    BASIC_SLOTS,
    DESIGN_SLOTS,
    ELIGIBILITY_SLOTS,
    GROUP_TYPE,
    INTERVENTION_TYPE,
    MISSING,
    NO_RESULTS,
    RESULTS,
    RESULTS_SIMULATED,
    RESULTS_UNKNOWN,
    SECTIONS,
    Slot,
)
from trialwright.record.linking import titled
from trialwright.record.model import (
    ArmsInterventionsModule,
    Contact,
    ContactsLocationsModule,
    DescriptionModule,
    DesignInfo,
    DesignModule,
    EligibilityModule,
    IdentificationModule,
    Intervention,
    Location,
    MaskingBlock,
    OutcomesModule,
    PartialDateStruct,
    ProtocolSection,
    SponsorCollaboratorsModule,
    StatusModule,
)
from trialwright.record.record import Record

Lines = Iterator[str]
Values = Sequence[tuple[str, str | None]]  # label and text


def write(record: Record, *, labels: bool = False) -> str:
    """Return the record as page text; `labels` names every value."""
    lines = list(_header(record))
    for section in SECTIONS:
        body = [part for line in _body(section.key, record, labels) for part in line.split("\n")]
        if not body and not section.required:
            continue
        first = _statement(record) if section.key == "results" else section.explanation
        lines += [section.heading, first, *body]
    return "\n".join(escape(line) for line in lines) + "\n"


def _header(record: Record) -> Lines:
    identification = _protocol(record).identification_module or IdentificationModule()
    updated = (_protocol(record).status_module or StatusModule()).last_update_post_date_struct
    yield identification.brief_title or "(no title)"
    yield f"NCT ID: {identification.nct_id or MISSING}"
    yield f"Last Updated: {(updated and updated.date) or MISSING}"
    if identification.official_title:
        yield f"Official Title: {identification.official_title}"
    if identification.acronym:
        yield f"Acronym: {identification.acronym}"


def _statement(record: Record) -> str:
    if record.simulated:
        return RESULTS_SIMULATED
    statements = {True: RESULTS, False: NO_RESULTS, None: RESULTS_UNKNOWN}
    return statements[record.study.has_results]


def _body(key: str, record: Record, labels: bool) -> Lines:
    return _BODIES[key](record, labels)


def _results(record: Record, _labels: bool) -> Lines:
    results = record.study.results_section
    if record.simulated:
        yield "SIMULATED: part of this record was made by a rehearsal"
    if results and (flow := results.participant_flow_module):
        yield f"Participant flow: {len(flow.groups)} groups, {len(flow.periods)} periods"
    if results and (baseline := results.baseline_characteristics_module):
        yield f"Baseline characteristics: {len(baseline.measures)} measures"
    if results and (measured := results.outcome_measures_module):
        yield f"Outcome measures: {len(measured.outcome_measures)}"
    if results and (events := results.adverse_events_module):
        serious, other = len(events.serious_events), len(events.other_events)
        yield f"Adverse events: {serious} serious, {other} other"


def _basic(record: Record, labels: bool) -> Lines:
    status = _protocol(record).status_module or StatusModule()
    design = _protocol(record).design_module or DesignModule()
    size = design.enrollment_info and design.enrollment_info.count
    values = [
        ("Recruitment status", status.overall_status),
        ("Last known status", status.last_known_status),
        ("Why stopped", status.why_stopped and " ".join(status.why_stopped.split())),
        *(("Clinical phase", phase) for phase in design.phases),
        ("Total enrollment", None if size is None else f"{size} participants"),
        ("Study classification", design.study_type),
        ("Start date", _day(status.start_date_struct)),
        ("Primary completion date", _day(status.primary_completion_date_struct)),
        ("Completion date", _day(status.completion_date_struct)),
    ]
    return _values(values, BASIC_SLOTS, labels)


def _day(struct: PartialDateStruct | None) -> str | None:
    return struct.date if struct else None


def _design(record: Record, labels: bool) -> Lines:
    module = _protocol(record).design_module or DesignModule()
    info = module.design_info or DesignInfo()
    masking = info.masking_info or MaskingBlock()
    values = [
        ("Allocation", info.allocation),
        ("Intervention model", info.intervention_model),
        ("Observational model", info.observational_model),
        ("Time perspective", info.time_perspective),
        ("Primary purpose", info.primary_purpose),
        ("Masking", masking.masking),
        *(("Who is masked", who) for who in masking.who_masked),
    ]
    return _values(values, DESIGN_SLOTS, labels)


def _eligibility(record: Record, labels: bool) -> Lines:
    module = _protocol(record).eligibility_module or EligibilityModule()
    yield from _criteria(module.eligibility_criteria or "")
    healthy = {True: "Yes", False: "No", None: None}[module.healthy_volunteers]
    values = [
        ("Minimum age", module.minimum_age),
        ("Maximum age", module.maximum_age),
        ("Sex", module.sex),
        ("Healthy volunteers", healthy),
        ("Study population", module.study_population and " ".join(module.study_population.split())),
        ("Sampling method", module.sampling_method),
    ]
    yield from _values(values, ELIGIBILITY_SLOTS, labels)


def _criteria(text: str) -> Lines:
    """Write the text without the colon of its headings and the blank lines around them."""
    lines = text.split("\n") if text else []
    for at, line in enumerate(lines):
        around = [*lines[max(0, at - 1) : at], *lines[at + 1 : at + 2]]
        if section := section_heading(line):
            yield f"{section.title()} Criteria"
        elif line.strip() or not any(section_heading(other) for other in around):
            yield line


def _values(values: Values, slots: Sequence[Slot], labels: bool) -> Lines:
    """Write values bare, each with its label where that is asked for or needed."""
    present = {label for label, text in values if text}
    lonely = {label for pair in ALIKE for label in pair if len(present & set(pair)) == 1}
    fits = {slot.label: slot.fits for slot in slots}
    for label, text in values:
        if text:
            bare = label in fits and fits[label](text) and label not in lonely
            yield text if bare and not labels else f"{label}: {text}"


def _text(field: str) -> Callable[[Record, bool], Lines]:
    def lines(record: Record, _labels: bool) -> Lines:
        text = getattr(_protocol(record).description_module or DescriptionModule(), field)
        return iter((text,) if text else ())

    return lines


def _conditions(record: Record, _labels: bool) -> Lines:
    module = _protocol(record).conditions_module
    return iter(module.conditions if module else ())


def _keywords(record: Record, _labels: bool) -> Lines:
    module = _protocol(record).conditions_module
    return iter(module.keywords if module else ())


def _related(*, more: bool) -> Callable[[Record, bool], Lines]:
    def lines(record: Record, _labels: bool) -> Lines:
        for trial in record.related:
            if trial.more == more:
                yield from filter(None, (trial.title, trial.nct_id))

    return lines


def _groups(record: Record, labels: bool) -> Lines:
    module = _protocol(record).arms_interventions_module or ArmsInterventionsModule()
    for arm in module.arm_groups:
        yield arm.label or MISSING
        yield from _typed(GROUP_TYPE, arm.type, labels)
        yield from _some(arm.description)
        for given in module.interventions:
            if arm.label in given.arm_group_labels or titled(given) in arm.intervention_names:
                yield from _intervention(given, labels)


def _interventions(record: Record, labels: bool) -> Lines:
    module = _protocol(record).arms_interventions_module or ArmsInterventionsModule()
    for given in module.interventions:
        yield from _intervention(given, labels)


def _intervention(given: Intervention, labels: bool) -> Lines:
    yield given.name or MISSING
    yield from _typed(INTERVENTION_TYPE, given.type, labels)
    yield from _some(given.description)
    yield from (f"Other name: {name}" for name in given.other_names)


def _typed(slot: Slot, text: str | None, labels: bool) -> Lines:
    if text:
        yield text if slot.fits(text) and not labels else f"{slot.label}: {text}"


def _outcomes(record: Record, _labels: bool) -> Lines:
    module = _protocol(record).outcomes_module or OutcomesModule()
    for kind, field in OUTCOME_KINDS.items():
        for outcome in getattr(module, field):
            yield f"{kind}: {outcome.measure or MISSING}"
            yield from _labelled("Time frame", outcome.time_frame)
            yield from _some(outcome.description)


def _sponsors(record: Record, _labels: bool) -> Lines:
    module = _protocol(record).sponsor_collaborators_module or SponsorCollaboratorsModule()
    for sponsor in filter(None, (module.lead_sponsor, *module.collaborators)):
        yield sponsor.name or MISSING
        yield from _some(sponsor.class_)


def _responsible(record: Record, _labels: bool) -> Lines:
    module = _protocol(record).sponsor_collaborators_module or SponsorCollaboratorsModule()
    for label, field in PARTY_LABELS.items():
        yield from _labelled(label, getattr(module.responsible_party, field, None))


def _officials(record: Record, _labels: bool) -> Lines:
    for official in _contacts_locations(record).overall_officials:
        yield official.name or MISSING
        yield f"Role: {official.role or MISSING}"
        yield official.affiliation or MISSING


def _locations(record: Record, _labels: bool) -> Lines:
    for site in _contacts_locations(record).locations:
        yield site.facility or MISSING
        yield f"{site.city or ''}, {site.state or ''}, {site.country or MISSING}"
        yield from _some(site.status)
        yield from _labelled("Postal code", site.zip)


def _countries(record: Record, _labels: bool) -> Lines:
    """The record has no list of countries of its own: they are those of its locations.

    A page that lists none is written so again.
    """
    if any((f.kind, f.where) == ("lost", "Countries") for f in record.findings):
        return iter(())
    named = (site.country for site in _contacts_locations(record).locations)
    return iter(dict.fromkeys(country for country in named if country))


def _central_contacts(record: Record, _labels: bool) -> Lines:
    for contact in _contacts_locations(record).central_contacts:
        yield from _contact(contact)


def _facility_contacts(record: Record, _labels: bool) -> Lines:
    for site in _contacts_locations(record).locations:
        if site.contacts:
            yield f"Facility: {_site_name(site)}"
        for contact in site.contacts:
            yield from _contact(contact)


def _site_name(site: Location) -> str:
    return site.facility or site.city or MISSING


def _contact(contact: Contact) -> Lines:
    yield contact.name or MISSING
    for label, field in CONTACT_LABELS.items():
        yield from _labelled(label, getattr(contact, field))


def _references(record: Record, _labels: bool) -> Lines:
    module = _protocol(record).references_module
    for reference in module.references if module else ():
        yield " ".join((reference.citation or MISSING).split())
        yield from _labelled("PMID", reference.pmid)
        yield from _labelled("Reference type", reference.type)


def _identifiers(record: Record, _labels: bool) -> Lines:
    module = _protocol(record).identification_module or IdentificationModule()
    for other in module.secondary_id_infos:
        yield from _identifier(other.id, other.type, "secondary_id")
        yield from _labelled("Identifier Domain", other.domain)
        yield from _labelled("Identifier Link", other.link)
    if own := module.org_study_id_info:
        yield from _identifier(own.id, own.type, "org_study_id")
        yield from _labelled("Identifier Link", own.link)


def _identifier(number: str | None, kind: str | None, source: str) -> Lines:
    yield number or MISSING
    yield f"Identifier Type: {kind or MISSING}"
    yield f"Identifier Source: {source}"


def _labelled(label: str, text: str | None) -> Lines:
    if text:
        yield f"{label}: {' '.join(text.split())}"


def _some(text: str | None) -> Iterable[str]:
    return (text,) if text else ()


def _protocol(record: Record) -> ProtocolSection:
    return record.study.protocol_section or ProtocolSection()


def _contacts_locations(record: Record) -> ContactsLocationsModule:
    return _protocol(record).contacts_locations_module or ContactsLocationsModule()


_BODIES: dict[str, Callable[[Record, bool], Lines]] = {
    "results": _results,
    "basic": _basic,
    "summary": _text("brief_summary"),
    "related": _related(more=False),
    "description": _text("detailed_description"),
    "conditions": _conditions,
    "keywords": _keywords,
    "design": _design,
    "groups": _groups,
    "interventions": _interventions,
    "outcomes": _outcomes,
    "eligibility": _eligibility,
    "sponsors": _sponsors,
    "responsible": _responsible,
    "officials": _officials,
    "locations": _locations,
    "countries": _countries,
    "central_contacts": _central_contacts,
    "facility_contacts": _facility_contacts,
    "references": _references,
    "identifiers": _identifiers,
    "more_related": _related(more=True),
}
