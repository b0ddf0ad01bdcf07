"""What a page's capture lost: what a registered trial's page says and this one's text does not."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from trialwright.record.criteria_text import (
    CRITERIA,
    HEADINGS,
    criterion_place,
    heading_like,
    missing_numbers,
    numbered_items,
    unheaded,
)
from trialwright.record.fields import get, parse_path
from trialwright.record.formats.notes import Notes
from trialwright.record.formats.page_lists import note_lists
from trialwright.record.model import Study

_PROTOCOL = "protocolSection."
_STUDY_TYPE = f"{_PROTOCOL}designModule.studyType"


def _always(_study: Study) -> bool:
    return True


def _of_type(study_type: str) -> Callable[[Study], bool]:
    """Return a test for a study type; a page that lost the type is read as a trial's."""
    return lambda study: (_value(study, _STUDY_TYPE) or "INTERVENTIONAL") == study_type


class Expected(NamedTuple):
    """A field that a page fills, what to say where it is empty, and on which pages it stands."""

    field: str
    text: str
    on: Callable[[Study], bool] = _always


_TRIAL, _OBSERVATIONAL = _of_type("INTERVENTIONAL"), _of_type("OBSERVATIONAL")
EXPECTED = (
    Expected("identificationModule.officialTitle", "no official title"),
    Expected("identificationModule.orgStudyIdInfo.id", "no number of the organisation's own"),
    Expected("statusModule.overallStatus", "no recruitment status"),
    Expected("statusModule.startDateStruct", "no start date"),
    Expected("statusModule.completionDateStruct", "no completion date"),
    Expected("statusModule.lastUpdatePostDateStruct", "no date of the last update"),
    Expected("designModule.studyType", "no study type"),
    Expected("designModule.phases", "no phase", _TRIAL),
    Expected("designModule.enrollmentInfo.count", "no enrolment"),
    Expected("designModule.designInfo.allocation", "no allocation", _TRIAL),
    Expected("designModule.designInfo.interventionModel", "no intervention model", _TRIAL),
    Expected("designModule.designInfo.primaryPurpose", "no primary purpose", _TRIAL),
    Expected("designModule.designInfo.maskingInfo.masking", "no masking", _TRIAL),
    Expected(
        "designModule.designInfo.observationalModel", "no observational model", _OBSERVATIONAL
    ),
    Expected("designModule.designInfo.timePerspective", "no time perspective", _OBSERVATIONAL),
    Expected("descriptionModule.briefSummary", "no brief summary"),
    Expected("descriptionModule.detailedDescription", "no detailed description"),
    Expected("eligibilityModule.sex", "no sex"),
    Expected(
        "eligibilityModule.healthyVolunteers", "not said whether healthy volunteers are accepted"
    ),
    Expected("sponsorCollaboratorsModule.leadSponsor", "no sponsor"),
    Expected("conditionsModule.conditions", "no condition"),
    Expected("outcomesModule.primaryOutcomes", "no outcome measure"),
    Expected(
        "designModule.enrollmentInfo.type", "not said whether enrolment is actual or estimated"
    ),
    Expected(
        "statusModule.startDateStruct.type", "not said whether the start is actual or estimated"
    ),
    Expected(
        "statusModule.completionDateStruct.type", "not said whether the end is actual or estimated"
    ),
    Expected("sponsorCollaboratorsModule.responsibleParty", "no responsible party"),
    Expected("contactsLocationsModule.overallOfficials", "no investigator"),
    Expected("contactsLocationsModule.centralContacts", "no central contact"),
    Expected("referencesModule.references", "no reference"),
)
# Sections whose lines fill no field of their own, by their key: heading, what to say.
_EXPECTED_LINES = {
    "related": ("Related Clinical Trials", "no related trial is named"),
    "countries": ("Countries", "no country is listed"),
    "facility_contacts": ("Facility Contacts", "no facility contact"),
    "more_related": ("More Related Trials", "no further related trial is named"),
}
_TEXTS = {"briefSummary": "the summary", "detailedDescription": "the description"}
_LONGEST_LABEL = 150
_AGE = re.compile(r"(\d{1,3}) (Year|Month|Week|Day|Hour|Minute)s?")
_HOURS = {"Year": 8766, "Month": 730.5, "Week": 168, "Day": 24, "Hour": 1, "Minute": 1 / 60}


def note_missing(study: Study, lines: Mapping[str, Sequence[str]], notes: Notes) -> None:
    """Note by name each thing that the page should say and does not."""
    for field, text, on in EXPECTED:
        if _is_empty(_value(study, _PROTOCOL + field)) and on(study):
            notes.add("lost", _PROTOCOL + field, text)
    for key, (heading, text) in _EXPECTED_LINES.items():
        if not any(line.strip() for line in lines.get(key, ())):
            notes.add("lost", heading, text)
    _note_texts(study, notes)
    _note_arms(study, notes)
    _note_criteria(study, notes)
    _note_ages(study, notes)
    _note_sites(study, notes)
    _note_officials(study, notes)


def _value(study: Study, field: str) -> Any:
    return get(study, parse_path(field, "page"), "page")


def _is_empty(value: Any) -> bool:
    """Say whether nothing stands there; a number 0 and a No are something."""
    return value is None or value in ("", ())


def _note_texts(study: Study, notes: Notes) -> None:
    for name, label in (
        ("briefSummary", "the summary"),
        ("detailedDescription", "the description"),
    ):
        field = f"{_PROTOCOL}descriptionModule.{name}"
        if text := _value(study, field):
            note_lists(text, field, label, notes)


def _note_arms(study: Study, notes: Notes) -> None:
    module = study.protocol_section and study.protocol_section.arms_interventions_module
    base = _PROTOCOL + "armsInterventionsModule"
    if not module or not module.arm_groups:
        notes.add("lost", f"{base}.armGroups", "no study group")
    if not module or not module.interventions:
        notes.add("lost", f"{base}.interventions", "no intervention")
    for at, arm in enumerate(module.arm_groups if module else ()):
        place, label = f"{base}.armGroups[{at}]", arm.label or ""
        if label.endswith(":") or len(label) > _LONGEST_LABEL:
            notes.add(
                "lost", f"{place}.label", f"no name of group {at + 1}; its text is read as it"
            )
        if not arm.type:
            notes.add("lost", f"{place}.type", f"no group type for '{label}'")
        if not arm.intervention_names:
            notes.add("lost", f"{place}.interventionNames", f"no intervention named for '{label}'")
        note_lists(arm.description or "", f"{place}.description", f"the text of '{label}'", notes)
    for at, intervention in enumerate(module.interventions if module else ()):
        if not intervention.type:
            text = f"no intervention type for '{intervention.name}'"
            notes.add("lost", f"{base}.interventions[{at}].type", text)


def _note_criteria(study: Study, notes: Notes) -> None:
    criteria = _value(study, CRITERIA)
    if not criteria:
        notes.add("lost", CRITERIA, "no eligibility criteria")
        return
    _note_headings(criteria, notes)
    for section in HEADINGS:
        for number in missing_numbers(criteria, section):
            text = f"{section} criterion {number} is missing from the list"
            if number == 1:
                first = _first_after(missing_numbers(criteria, section))
                text = f"the {section} list starts at {first}: {text}"
            notes.add("lost", criterion_place(section, number), text)
        last = [item for item in numbered_items(criteria) if item.section == section][-1:]
        if last and last[0].text.endswith((";", ",")):
            text = (
                f"the {section} list ends in {last[0].text[-1]!r}: a criterion after it may be lost"
            )
            notes.add("lost", CRITERIA, text)


def _note_headings(criteria: str, notes: Notes) -> None:
    """Note a list heading that is not there, with the line that shows where it was."""
    there = {heading_like(line) for line in criteria.split("\n")}
    loose = list(unheaded(criteria))
    for section in HEADINGS:
        if section not in there:
            wanted_after = section == "exclusion"
            shown = next((one for one in loose if (one.after is not None) == wanted_after), None)
            why = f": {shown.why}" if shown else ""
            notes.add("lost", CRITERIA, f"no heading '{section.title()} Criteria'{why}")
            loose = [one for one in loose if one is not shown]
    for one in loose:
        notes.add("lost", CRITERIA, f"no heading: {one.why}")


def _first_after(missing: tuple[int, ...]) -> int:
    """Return the number that a list starts at, which is the first one not missing."""
    return next(n for n in range(1, len(missing) + 2) if n not in missing)


def _note_ages(study: Study, notes: Notes) -> None:
    field = f"{_PROTOCOL}eligibilityModule.minimumAge"
    least = _value(study, field)
    most = _value(study, f"{_PROTOCOL}eligibilityModule.maximumAge")
    low, high = _hours(least), _hours(most)
    if low is not None and high is not None and low > high:
        notes.add("mismatch", field, f"the minimum age {least} is above the maximum age {most}")


def _hours(age: str | None) -> float | None:
    found = _AGE.fullmatch(age or "")
    return int(found[1]) * _HOURS[found[2]] if found else None


def _note_sites(study: Study, notes: Notes) -> None:
    module = study.protocol_section and study.protocol_section.contacts_locations_module
    base = _PROTOCOL + "contactsLocationsModule"
    if not module or not module.locations:
        notes.add("lost", f"{base}.locations", "no location")
    for at, location in enumerate(module.locations if module else ()):
        if not location.status:
            text = f"not said whether '{location.facility}' recruits"
            notes.add("lost", f"{base}.locations[{at}].status", text)


def _note_officials(study: Study, notes: Notes) -> None:
    module = study.protocol_section and study.protocol_section.contacts_locations_module
    for at, official in enumerate(module.overall_officials if module else ()):
        if not official.affiliation:
            place = f"{_PROTOCOL}contactsLocationsModule.overallOfficials[{at}].affiliation"
            notes.add("lost", place, f"no affiliation of {official.name}")
