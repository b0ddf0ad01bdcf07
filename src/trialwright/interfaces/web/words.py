"""The registry's enumerations in plain words; the code itself stays beside them as a tooltip.

A code that the registry adds later is shown as it is written, in lower case, never dropped.
"""

from collections.abc import Mapping

from trialwright.interfaces.web.blocks import Word

STATUS = {
    "ACTIVE_NOT_RECRUITING": "Active, no longer recruiting",
    "COMPLETED": "Completed",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "RECRUITING": "Recruiting",
    "SUSPENDED": "Suspended",
    "TERMINATED": "Stopped early",
    "WITHDRAWN": "Withdrawn before the first participant",
    "AVAILABLE": "Expanded access available",
    "NO_LONGER_AVAILABLE": "Expanded access no longer available",
    "TEMPORARILY_NOT_AVAILABLE": "Expanded access paused",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
    "WITHHELD": "Withheld",
    "UNKNOWN": "Status unknown",
}
STUDY_TYPE = {
    "INTERVENTIONAL": "Interventional study",
    "OBSERVATIONAL": "Observational study",
    "EXPANDED_ACCESS": "Expanded access",
}
PHASE = {
    "NA": "No phase applies",
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
}
SEX = {"ALL": "All", "FEMALE": "Female", "MALE": "Male"}
AGE_GROUP = {"CHILD": "Children", "ADULT": "Adults", "OLDER_ADULT": "Older adults"}
SAMPLING = {"PROBABILITY_SAMPLE": "Probability sample", "NON_PROBABILITY_SAMPLE": "Other sample"}
AGENCY = {
    "NIH": "US National Institutes of Health",
    "FED": "US federal agency",
    "OTHER_GOV": "Government body",
    "INDIV": "Individual",
    "INDUSTRY": "Industry",
    "NETWORK": "Research network",
    "AMBIG": "Ambiguous",
    "OTHER": "University, hospital or other organisation",
    "UNKNOWN": "Kind unknown",
}
DATE_TYPE = {"ACTUAL": "actual", "ESTIMATED": "estimated"}
RESPONSIBLE = {
    "SPONSOR": "The sponsor",
    "PRINCIPAL_INVESTIGATOR": "The principal investigator",
    "SPONSOR_INVESTIGATOR": "An investigator who is also the sponsor",
}
ALLOCATION = {
    "RANDOMIZED": "Randomised",
    "NON_RANDOMIZED": "Not randomised",
    "NA": "Does not apply: a single group",
}
MODEL = {
    "SINGLE_GROUP": "Single group",
    "PARALLEL": "Parallel groups",
    "CROSSOVER": "Crossover",
    "FACTORIAL": "Factorial",
    "SEQUENTIAL": "Sequential groups",
}
PURPOSE = {
    "TREATMENT": "Treatment",
    "PREVENTION": "Prevention",
    "DIAGNOSTIC": "Diagnosis",
    "ECT": "Educational, counselling or training",
    "SUPPORTIVE_CARE": "Supportive care",
    "SCREENING": "Screening",
    "HEALTH_SERVICES_RESEARCH": "Health services research",
    "BASIC_SCIENCE": "Basic science",
    "DEVICE_FEASIBILITY": "Device feasibility",
    "OTHER": "Other purpose",
}
OBSERVATIONAL_MODEL = {
    "COHORT": "Cohort",
    "CASE_CONTROL": "Case-control",
    "CASE_ONLY": "Cases only",
    "CASE_CROSSOVER": "Case-crossover",
    "ECOLOGIC_OR_COMMUNITY": "Ecologic or community",
    "FAMILY_BASED": "Family-based",
    "DEFINED_POPULATION": "Defined population",
    "NATURAL_HISTORY": "Natural history",
    "OTHER": "Other model",
}
TIME_PERSPECTIVE = {
    "RETROSPECTIVE": "Looking back",
    "PROSPECTIVE": "Looking forward",
    "CROSS_SECTIONAL": "At one point in time",
    "OTHER": "Other",
}
MASKING = {
    "NONE": "None (open label)",
    "SINGLE": "Single",
    "DOUBLE": "Double",
    "TRIPLE": "Triple",
    "QUADRUPLE": "Quadruple",
}
WHO_MASKED = {
    "PARTICIPANT": "participant",
    "CARE_PROVIDER": "care provider",
    "INVESTIGATOR": "investigator",
    "OUTCOMES_ASSESSOR": "outcomes assessor",
}
ARM = {
    "EXPERIMENTAL": "Experimental",
    "ACTIVE_COMPARATOR": "Active comparator",
    "PLACEBO_COMPARATOR": "Placebo comparator",
    "SHAM_COMPARATOR": "Sham comparator",
    "NO_INTERVENTION": "No intervention",
    "OTHER": "Other group",
}
INTERVENTION = {
    "BEHAVIORAL": "Behavioural",
    "BIOLOGICAL": "Biological",
    "COMBINATION_PRODUCT": "Combination product",
    "DEVICE": "Device",
    "DIAGNOSTIC_TEST": "Diagnostic test",
    "DIETARY_SUPPLEMENT": "Dietary supplement",
    "DRUG": "Drug",
    "GENETIC": "Genetic",
    "PROCEDURE": "Procedure",
    "RADIATION": "Radiation",
    "OTHER": "Other kind",
}
ROLE = {
    "STUDY_CHAIR": "Study chair",
    "STUDY_DIRECTOR": "Study director",
    "PRINCIPAL_INVESTIGATOR": "Principal investigator",
    "SUB_INVESTIGATOR": "Sub-investigator",
    "CONTACT": "Contact",
}
REFERENCE = {"BACKGROUND": "Background", "RESULT": "Results", "DERIVED": "Linked by the registry"}
IDENTIFIER = {
    "NIH": "US National Institutes of Health",
    "FDA": "US Food and Drug Administration",
    "VA": "US Department of Veterans Affairs",
    "CDC": "US Centers for Disease Control",
    "AHRQ": "US Agency for Healthcare Research and Quality",
    "SAMHSA": "US Substance Abuse and Mental Health Services",
    "OTHER_GRANT": "Grant or funding number",
    "EUDRACT_NUMBER": "EudraCT number",
    "CTIS": "EU clinical trials number",
    "REGISTRY": "Other registry",
    "OTHER": "Other identifier",
}
PARAM = {
    "GEOMETRIC_MEAN": "Geometric mean",
    "GEOMETRIC_LEAST_SQUARES_MEAN": "Geometric least-squares mean",
    "LEAST_SQUARES_MEAN": "Least-squares mean",
    "LOG_MEAN": "Log mean",
    "MEAN": "Mean",
    "MEDIAN": "Median",
    "NUMBER": "Number",
    "COUNT_OF_PARTICIPANTS": "Count of participants",
    "COUNT_OF_UNITS": "Count of units",
}
DISPERSION = {
    "NA": "",
    "STANDARD_DEVIATION": "standard deviation",
    "STANDARD_ERROR": "standard error",
    "INTER_QUARTILE_RANGE": "interquartile range",
    "FULL_RANGE": "full range",
    "CONFIDENCE_80": "80 % confidence interval",
    "CONFIDENCE_90": "90 % confidence interval",
    "CONFIDENCE_95": "95 % confidence interval",
    "CONFIDENCE_975": "97.5 % confidence interval",
    "CONFIDENCE_99": "99 % confidence interval",
    "CONFIDENCE_OTHER": "confidence interval",
    "GEOMETRIC_COEFFICIENT": "geometric coefficient of variation",
}
OUTCOME = {
    "PRIMARY": "Primary outcome",
    "SECONDARY": "Secondary outcome",
    "OTHER_PRE_SPECIFIED": "Other planned outcome",
    "POST_HOC": "Post hoc outcome",
}
REPORTING = {"NOT_POSTED": "not posted", "POSTED": "posted"}
MILESTONE = {
    "STARTED": "Started",
    "COMPLETED": "Completed",
    "NOT COMPLETED": "Did not complete",
}
ASSESSMENT = {
    "NON_SYSTEMATIC_ASSESSMENT": "as reported",
    "SYSTEMATIC_ASSESSMENT": "asked for systematically",
}


def word(table: Mapping[str, str], code: str | None) -> Word | None:
    """Return the plain words of a code, with the code itself; None where there is no code.

    >>> word(PHASE, "PHASE1")
    Word(text='Phase 1', code='PHASE1')
    >>> word(PHASE, "PHASE9").text
    'phase9'
    """
    if not code:
        return None
    return Word(table.get(code, code.replace("_", " ").lower()), code)


def words(table: Mapping[str, str], codes: tuple[str, ...]) -> tuple[Word, ...]:
    """Return the plain words of several codes, in their order."""
    return tuple(found for code in codes if (found := word(table, code)))
