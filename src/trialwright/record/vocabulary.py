"""The registry's closed vocabularies (API v2, OpenAPI 2.0.5), in the registry's own order."""

from trialwright.record import model

STATUSES = (
    "ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING",
    "RECRUITING", "SUSPENDED", "TERMINATED", "WITHDRAWN", "AVAILABLE", "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING", "WITHHELD", "UNKNOWN",
)  # fmt: skip
STUDY_TYPES = ("EXPANDED_ACCESS", "INTERVENTIONAL", "OBSERVATIONAL")
PHASES = ("NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4")
SEXES = ("FEMALE", "MALE", "ALL")
AGENCY_CLASSES = (
    "NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK", "AMBIG", "OTHER", "UNKNOWN",
)  # fmt: skip
DATE_TYPES = ("ACTUAL", "ESTIMATED")
ALLOCATIONS = ("RANDOMIZED", "NON_RANDOMIZED", "NA")
INTERVENTION_MODELS = ("SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL")
PURPOSES = (
    "TREATMENT", "PREVENTION", "DIAGNOSTIC", "ECT", "SUPPORTIVE_CARE", "SCREENING",
    "HEALTH_SERVICES_RESEARCH", "BASIC_SCIENCE", "DEVICE_FEASIBILITY", "OTHER",
)  # fmt: skip
OBSERVATIONAL_MODELS = (
    "COHORT", "CASE_CONTROL", "CASE_ONLY", "CASE_CROSSOVER", "ECOLOGIC_OR_COMMUNITY",
    "FAMILY_BASED", "DEFINED_POPULATION", "NATURAL_HISTORY", "OTHER",
)  # fmt: skip
TIME_PERSPECTIVES = ("RETROSPECTIVE", "PROSPECTIVE", "CROSS_SECTIONAL", "OTHER")
MASKINGS = ("NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")
WHO_MASKED = ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")
ARM_TYPES = (
    "EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR",
    "NO_INTERVENTION", "OTHER",
)  # fmt: skip
INTERVENTION_TYPES = (
    "BEHAVIORAL", "BIOLOGICAL", "COMBINATION_PRODUCT", "DEVICE", "DIAGNOSTIC_TEST",
    "DIETARY_SUPPLEMENT", "DRUG", "GENETIC", "PROCEDURE", "RADIATION", "OTHER",
)  # fmt: skip
OFFICIAL_ROLES = ("STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR")
CONTACT_ROLES = (*OFFICIAL_ROLES, "CONTACT")
RESPONSIBLE_PARTY_TYPES = ("SPONSOR", "PRINCIPAL_INVESTIGATOR", "SPONSOR_INVESTIGATOR")
SECONDARY_ID_TYPES = (
    "NIH", "FDA", "VA", "CDC", "AHRQ", "SAMHSA", "OTHER_GRANT", "EUDRACT_NUMBER", "CTIS",
    "REGISTRY", "OTHER",
)  # fmt: skip
REFERENCE_TYPES = ("BACKGROUND", "RESULT", "DERIVED")

# (piece of the model, its field): the words that the field may hold
FIELD_WORDS: dict[tuple[type, str], tuple[str, ...]] = {
    (model.StatusModule, "overall_status"): STATUSES,
    (model.StatusModule, "last_known_status"): STATUSES,
    (model.PartialDateStruct, "type"): DATE_TYPES,
    (model.DateStruct, "type"): DATE_TYPES,
    (model.DesignModule, "study_type"): STUDY_TYPES,
    (model.DesignModule, "phases"): PHASES,
    (model.DesignInfo, "allocation"): ALLOCATIONS,
    (model.DesignInfo, "intervention_model"): INTERVENTION_MODELS,
    (model.DesignInfo, "primary_purpose"): PURPOSES,
    (model.DesignInfo, "observational_model"): OBSERVATIONAL_MODELS,
    (model.DesignInfo, "time_perspective"): TIME_PERSPECTIVES,
    (model.MaskingBlock, "masking"): MASKINGS,
    (model.MaskingBlock, "who_masked"): WHO_MASKED,
    (model.EnrollmentInfo, "type"): DATE_TYPES,
    (model.ArmGroup, "type"): ARM_TYPES,
    (model.Intervention, "type"): INTERVENTION_TYPES,
    (model.EligibilityModule, "sex"): SEXES,
    (model.Sponsor, "class_"): AGENCY_CLASSES,
    (model.Organization, "class_"): AGENCY_CLASSES,
    (model.ResponsibleParty, "type"): RESPONSIBLE_PARTY_TYPES,
    (model.Official, "role"): OFFICIAL_ROLES,
    (model.Contact, "role"): CONTACT_ROLES,
    (model.SecondaryIdInfo, "type"): SECONDARY_ID_TYPES,
    (model.Reference, "type"): REFERENCE_TYPES,
}
