"""What a page's capture lost: fields that a registered trial has and the page's text has not."""

from trialwright.record.criteria_text import CRITERIA, criterion_place, missing_numbers
from trialwright.record.fields import get, parse_path
from trialwright.record.formats.notes import Notes
from trialwright.record.model import Study

_PROTOCOL = "protocolSection."
# field: what to say where it is empty
_EXPECTED = (
    ("identificationModule.officialTitle", "no official title"),
    ("statusModule.overallStatus", "no recruitment status"),
    ("statusModule.startDateStruct", "no start date"),
    ("statusModule.completionDateStruct", "no completion date"),
    ("statusModule.lastUpdatePostDateStruct", "no date of the last update"),
    ("designModule.studyType", "no study type"),
    ("designModule.enrollmentInfo.count", "no enrolment"),
    ("sponsorCollaboratorsModule.leadSponsor", "no sponsor"),
    ("conditionsModule.conditions", "no condition"),
    ("outcomesModule.primaryOutcomes", "no outcome measure"),
    ("designModule.enrollmentInfo.type", "not said whether enrolment is actual or estimated"),
    ("statusModule.startDateStruct.type", "not said whether the start is actual or estimated"),
    (
        "statusModule.completionDateStruct.type",
        "not said whether the end is actual or estimated",
    ),
    ("sponsorCollaboratorsModule.responsibleParty", "no responsible party"),
    ("contactsLocationsModule.centralContacts", "no central contact"),
)


def note_missing(study: Study, notes: Notes) -> None:
    """Note by name each thing that the page should say and does not."""
    for field, text in _EXPECTED:
        path = parse_path(_PROTOCOL + field, "page")
        if not get(study, path, "page"):
            notes.add("lost", _PROTOCOL + field, text)
    _note_summary(study, notes)
    _note_arms(study, notes)
    _note_criteria(study, notes)
    _note_sites(study, notes)


def _note_summary(study: Study, notes: Notes) -> None:
    field = _PROTOCOL + "descriptionModule.briefSummary"
    summary = get(study, parse_path(field, "page"), "page")
    if not summary:
        notes.add("lost", field, "no brief summary")
    elif summary.startswith(("*", "-", "•")):
        notes.add("lost", field, "the summary begins with a list; what introduces it is missing")


def _note_arms(study: Study, notes: Notes) -> None:
    module = study.protocol_section and study.protocol_section.arms_interventions_module
    base = _PROTOCOL + "armsInterventionsModule"
    if not module or not module.arm_groups:
        notes.add("lost", f"{base}.armGroups", "no study group")
    if not module or not module.interventions:
        notes.add("lost", f"{base}.interventions", "no intervention")
    for at, arm in enumerate(module.arm_groups if module else ()):
        if not arm.type:
            notes.add("lost", f"{base}.armGroups[{at}].type", f"no group type for '{arm.label}'")
    for at, intervention in enumerate(module.interventions if module else ()):
        if not intervention.type:
            text = f"no intervention type for '{intervention.name}'"
            notes.add("lost", f"{base}.interventions[{at}].type", text)


def _note_criteria(study: Study, notes: Notes) -> None:
    criteria = get(study, parse_path(CRITERIA, "page"), "page")
    if not criteria:
        notes.add("lost", CRITERIA, "no eligibility criteria")
        return
    for section in ("inclusion", "exclusion"):
        for number in missing_numbers(criteria, section):
            text = f"{section} criterion {number} is missing from the list"
            if number == 1:
                first = _first_after(missing_numbers(criteria, section))
                text = f"the {section} list starts at {first}: {text}"
            notes.add("lost", criterion_place(section, number), text)


def _first_after(missing: tuple[int, ...]) -> int:
    """Return the number that a list starts at, which is the first one not missing."""
    return next(n for n in range(1, len(missing) + 2) if n not in missing)


def _note_sites(study: Study, notes: Notes) -> None:
    module = study.protocol_section and study.protocol_section.contacts_locations_module
    base = _PROTOCOL + "contactsLocationsModule"
    if not module or not module.locations:
        notes.add("lost", f"{base}.locations", "no location")
    for at, location in enumerate(module.locations if module else ()):
        if not location.status:
            text = f"not said whether '{location.facility}' recruits"
            notes.add("lost", f"{base}.locations[{at}].status", text)
