"""Which fields of a study a search looks at, and how much a word found there counts.

These are the 57 fields of the area BasicSearch and their weights as the registry publishes them
(ClinicalTrials.gov, "Search Areas", page of 2024-06-07). Eligibility text is not one of them.
Each field stays apart from the others, so that a search of one area can be added beside it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trialwright.record.model import Study


@dataclass(frozen=True, slots=True)
class SearchField:
    """A field by the registry's name for it, its weight, and where the study holds it.

    enum: its values are words of a closed list, written as `NOT_YET_RECRUITING` or `PHASE1`.
    """

    piece: str
    weight: float
    path: str
    enum: bool = False


_ID = "protocol_section.identification_module."
_SPONSOR = "protocol_section.sponsor_collaborators_module."
_PARTY = _SPONSOR + "responsible_party."
_DESIGN = "protocol_section.design_module."
_INFO = _DESIGN + "design_info."
_ARMS = "protocol_section.arms_interventions_module."
_OUTCOMES = "protocol_section.outcomes_module."
_PLACES = "protocol_section.contacts_locations_module."
_MEASURES = "results_section.outcome_measures_module.outcome_measures."
_CONDITION_MESH = "derived_section.condition_browse_module."
_INTERVENTION_MESH = "derived_section.intervention_browse_module."

BASIC_SEARCH: tuple[SearchField, ...] = (
    SearchField("NCTId", 1.0, _ID + "nct_id"),
    SearchField("Acronym", 1.0, _ID + "acronym"),
    SearchField("BriefTitle", 0.89, _ID + "brief_title"),
    SearchField("OfficialTitle", 0.85, _ID + "official_title"),
    SearchField("Condition", 0.81, "protocol_section.conditions_module.conditions"),
    SearchField("InterventionName", 0.8, _ARMS + "interventions.name"),
    SearchField("InterventionOtherName", 0.75, _ARMS + "interventions.other_names"),
    SearchField("Phase", 0.65, _DESIGN + "phases", enum=True),
    SearchField("StdAge", 0.65, "protocol_section.eligibility_module.std_ages", enum=True),
    SearchField("PrimaryOutcomeMeasure", 0.6, _OUTCOMES + "primary_outcomes.measure"),
    SearchField("Keyword", 0.6, "protocol_section.conditions_module.keywords"),
    SearchField("BriefSummary", 0.6, "protocol_section.description_module.brief_summary"),
    SearchField("ArmGroupLabel", 0.5, _ARMS + "arm_groups.label"),
    SearchField("SecondaryOutcomeMeasure", 0.5, _OUTCOMES + "secondary_outcomes.measure"),
    SearchField("InterventionDescription", 0.45, _ARMS + "interventions.description"),
    SearchField("ArmGroupDescription", 0.45, _ARMS + "arm_groups.description"),
    SearchField("PrimaryOutcomeDescription", 0.4, _OUTCOMES + "primary_outcomes.description"),
    SearchField("LeadSponsorName", 0.4, _SPONSOR + "lead_sponsor.name"),
    SearchField("OrgStudyId", 0.4, _ID + "org_study_id_info.id"),
    SearchField("SecondaryId", 0.4, _ID + "secondary_id_infos.id"),
    SearchField("NCTIdAlias", 0.4, _ID + "nct_id_aliases"),
    SearchField("InterventionType", 0.35, _ARMS + "interventions.type", enum=True),
    SearchField("ArmGroupType", 0.35, _ARMS + "arm_groups.type", enum=True),
    SearchField("SecondaryOutcomeDescription", 0.35, _OUTCOMES + "secondary_outcomes.description"),
    SearchField("LocationFacility", 0.35, _PLACES + "locations.facility"),
    SearchField("LocationState", 0.35, _PLACES + "locations.state"),
    SearchField("LocationCountry", 0.35, _PLACES + "locations.country"),
    SearchField("LocationCity", 0.35, _PLACES + "locations.city"),
    SearchField("LocationStatus", 0.35, _PLACES + "locations.status", enum=True),
    SearchField("BioSpecDescription", 0.3, _DESIGN + "bio_spec.description"),
    SearchField("ResponsiblePartyInvestigatorFullName", 0.3, _PARTY + "investigator_full_name"),
    SearchField("ResponsiblePartyInvestigatorTitle", 0.3, _PARTY + "investigator_title"),
    SearchField(
        "ResponsiblePartyInvestigatorAffiliation", 0.3, _PARTY + "investigator_affiliation"
    ),
    SearchField("ResponsiblePartyOldNameTitle", 0.3, _PARTY + "old_name_title"),
    SearchField("ResponsiblePartyOldOrganization", 0.3, _PARTY + "old_organization"),
    SearchField("OverallOfficialAffiliation", 0.3, _PLACES + "overall_officials.affiliation"),
    SearchField("OverallOfficialRole", 0.3, _PLACES + "overall_officials.role", enum=True),
    SearchField("OverallOfficialName", 0.3, _PLACES + "overall_officials.name"),
    SearchField("CentralContactName", 0.3, _PLACES + "central_contacts.name"),
    SearchField("ConditionMeshTerm", 0.3, _CONDITION_MESH + "meshes.term"),
    SearchField("InterventionMeshTerm", 0.3, _INTERVENTION_MESH + "meshes.term"),
    SearchField("DesignAllocation", 0.3, _INFO + "allocation", enum=True),
    SearchField("DesignInterventionModel", 0.3, _INFO + "intervention_model", enum=True),
    SearchField("DesignMasking", 0.3, _INFO + "masking_info.masking", enum=True),
    SearchField("DesignWhoMasked", 0.3, _INFO + "masking_info.who_masked", enum=True),
    SearchField("DesignObservationalModel", 0.3, _INFO + "observational_model", enum=True),
    SearchField("DesignPrimaryPurpose", 0.3, _INFO + "primary_purpose", enum=True),
    SearchField("DesignTimePerspective", 0.3, _INFO + "time_perspective", enum=True),
    SearchField("StudyType", 0.3, _DESIGN + "study_type", enum=True),
    SearchField("ConditionAncestorTerm", 0.25, _CONDITION_MESH + "ancestors.term"),
    SearchField("InterventionAncestorTerm", 0.25, _INTERVENTION_MESH + "ancestors.term"),
    SearchField("CollaboratorName", 0.25, _SPONSOR + "collaborators.name"),
    SearchField("OtherOutcomeMeasure", 0.15, _OUTCOMES + "other_outcomes.measure"),
    SearchField("OutcomeMeasureTitle", 0.15, _MEASURES + "title"),
    SearchField("OtherOutcomeDescription", 0.1, _OUTCOMES + "other_outcomes.description"),
    SearchField("OutcomeMeasureDescription", 0.1, _MEASURES + "description"),
    SearchField("LocationContactName", 0.1, _PLACES + "locations.contacts.name"),
)


def values(study: Any, path: str) -> tuple[str, ...]:
    """Return the texts at a dotted path, through lists, in order; none where it is absent.

    >>> from trialwright.record.model import IdentificationModule, ProtocolSection
    >>> study = Study(ProtocolSection(IdentificationModule(acronym="REX")))
    >>> values(study, "protocol_section.identification_module.acronym")
    ('REX',)
    """
    return tuple(_walk(study, path.split(".")))


def searched_texts(study: Study) -> Iterator[tuple[str, str]]:
    """Yield (field, text) for every text of the study that a search looks at."""
    for field, steps in _STEPS:
        for text in _walk(study, steps):
            yield field.piece, enum_words(text) if field.enum else text


def enum_words(value: str) -> str:
    """Return an enumeration's value with the words that people write for it.

    >>> enum_words("EARLY_PHASE1")
    'EARLY_PHASE1 early phase 1'
    """
    return f"{value} {in_words(value)}"


def in_words(value: str) -> str:
    """Return an enumeration's value as people write it.

    >>> in_words("NOT_YET_RECRUITING")
    'not yet recruiting'
    """
    return _BEFORE_DIGIT.sub(" ", value).replace("_", " ").lower()


_BEFORE_DIGIT = re.compile(r"(?<=[A-Z])(?=\d)")
_STEPS = tuple((field, field.path.split(".")) for field in BASIC_SEARCH)


def _walk(value: Any, steps: list[str]) -> Iterator[str]:
    for at, step in enumerate(steps):
        value = getattr(value, step)
        if value is None or value == ():
            return
        if isinstance(value, tuple) and at + 1 < len(steps):
            for part in value:
                yield from _walk(part, steps[at + 1 :])
            return
    yield from (value if isinstance(value, tuple) else (value,))
