"""The legacy XML's wordings (public.xsd, 2018 and 2019) and the v2 words they became."""

import re

from trialwright.record import vocabulary as words


def _as_written(vocabulary: tuple[str, ...]) -> dict[str, str]:
    """Map `Active Comparator` and the like to ACTIVE_COMPARATOR."""
    return {word.replace("_", " ").casefold(): word for word in vocabulary}


STATUS = _as_written(words.STATUSES) | {
    "active, not recruiting": "ACTIVE_NOT_RECRUITING",
    "unknown status": "UNKNOWN",
    # wordings of older records
    "no longer recruiting": "ACTIVE_NOT_RECRUITING",
    "not yet open": "NOT_YET_RECRUITING",
}
PHASE = {
    "n/a": ("NA",),
    "phase 0": ("EARLY_PHASE1",),
    "early phase 1": ("EARLY_PHASE1",),
    "phase 1": ("PHASE1",),
    "phase 1/phase 2": ("PHASE1", "PHASE2"),
    "phase 2": ("PHASE2",),
    "phase 2/phase 3": ("PHASE2", "PHASE3"),
    "phase 3": ("PHASE3",),
    "phase 4": ("PHASE4",),
}
STUDY_TYPE = _as_written(words.STUDY_TYPES) | {"observational [patient registry]": "OBSERVATIONAL"}
DATE_TYPE = {"actual": "ACTUAL", "anticipated": "ESTIMATED", "estimate": "ESTIMATED"}
ALLOCATION = {"randomized": "RANDOMIZED", "non-randomized": "NON_RANDOMIZED", "n/a": "NA"}
MODEL = {
    "single group assignment": "SINGLE_GROUP",
    "parallel assignment": "PARALLEL",
    "crossover assignment": "CROSSOVER",
    "cross-over assignment": "CROSSOVER",
    "factorial assignment": "FACTORIAL",
    "sequential assignment": "SEQUENTIAL",
}
# v2 has no word for teaching trials; the registry files them under OTHER.
PURPOSE = _as_written(words.PURPOSES) | {"educational/counseling/training": "OTHER"}
OBSERVATIONAL_MODEL = _as_written(words.OBSERVATIONAL_MODELS) | {
    "case-control": "CASE_CONTROL",
    "case-only": "CASE_ONLY",
    "case-crossover": "CASE_CROSSOVER",
    "family-based": "FAMILY_BASED",
}
PERSPECTIVE = _as_written(words.TIME_PERSPECTIVES) | {"cross-sectional": "CROSS_SECTIONAL"}
MASKING = _as_written(words.MASKINGS) | {
    "none (open label)": "NONE",
    "open label": "NONE",
    "no masking": "NONE",
    "single blind": "SINGLE",
    "double blind": "DOUBLE",
    "double-blind": "DOUBLE",
}
WHO_MASKED = _as_written(words.WHO_MASKED) | {
    "subject": "PARTICIPANT",
    "caregiver": "CARE_PROVIDER",
}
ARM_TYPE = _as_written(words.ARM_TYPES)
INTERVENTION_TYPE = _as_written(words.INTERVENTION_TYPES)
AGENCY_CLASS = {"nih": "NIH", "u.s. fed": "FED", "industry": "INDUSTRY", "other": "OTHER"}
SEX = _as_written(words.SEXES) | {"both": "ALL"}
HEALTHY = {"accepts healthy volunteers": True, "yes": True, "no": False}
YES_NO = {"yes": True, "no": False}
SAMPLING = {
    "probability sample": "PROBABILITY_SAMPLE",
    "non-probability sample": "NON_PROBABILITY_SAMPLE",
}
RETENTION = {
    "none retained": "NONE_RETAINED",
    "samples with dna": "SAMPLES_WITH_DNA",
    "samples without dna": "SAMPLES_WITHOUT_DNA",
}
ROLE = _as_written(words.OFFICIAL_ROLES) | {"sub-investigator": "SUB_INVESTIGATOR"}
PARTY = _as_written(words.RESPONSIBLE_PARTY_TYPES) | {
    "sponsor-investigator": "SPONSOR_INVESTIGATOR"
}
IPD_SHARING = {"yes": "YES", "no": "NO", "undecided": "UNDECIDED"}
IPD_INFO = {
    "study protocol": "STUDY_PROTOCOL",
    "statistical analysis plan": "SAP",
    "statistical analysis plan (sap)": "SAP",
    "informed consent form": "ICF",
    "informed consent form (icf)": "ICF",
    "clinical study report": "CSR",
    "clinical study report (csr)": "CSR",
    "analytic code": "ANALYTIC_CODE",
}
OUTCOME_TYPE = {
    "primary": "PRIMARY",
    "secondary": "SECONDARY",
    "other pre-specified": "OTHER_PRE_SPECIFIED",
    "post-hoc": "POST_HOC",
}
PARAM = {
    "geometric mean": "GEOMETRIC_MEAN",
    "geometric least squares mean": "GEOMETRIC_LEAST_SQUARES_MEAN",
    "least squares mean": "LEAST_SQUARES_MEAN",
    "log mean": "LOG_MEAN",
    "mean": "MEAN",
    "median": "MEDIAN",
    "number": "NUMBER",
    "count of participants": "COUNT_OF_PARTICIPANTS",
    "count of units": "COUNT_OF_UNITS",
}
# Baseline measures carry the code; outcome measures keep the words ("Standard Deviation") in v2.
DISPERSION = {
    "standard deviation": "STANDARD_DEVIATION",
    "standard error": "STANDARD_ERROR",
    "inter-quartile range": "INTER_QUARTILE_RANGE",
    "full range": "FULL_RANGE",
    "80% confidence interval": "CONFIDENCE_80",
    "90% confidence interval": "CONFIDENCE_90",
    "95% confidence interval": "CONFIDENCE_95",
    "97.5% confidence interval": "CONFIDENCE_975",
    "99% confidence interval": "CONFIDENCE_99",
    "geometric coefficient of variation": "GEOMETRIC_COEFFICIENT",
}
ANALYSIS_DISPERSION = {
    "standard deviation": "STANDARD_DEVIATION",
    "standard error of the mean": "STANDARD_ERROR_OF_MEAN",
}
NON_INFERIORITY = {
    "superiority": "SUPERIORITY",
    "non-inferiority": "NON_INFERIORITY",
    "equivalence": "EQUIVALENCE",
    "other": "OTHER",
    "non-inferiority or equivalence": "NON_INFERIORITY_OR_EQUIVALENCE",
    "superiority or other": "SUPERIORITY_OR_OTHER",
    "non-inferiority or equivalence (legacy)": "NON_INFERIORITY_OR_EQUIVALENCE_LEGACY",
    "superiority or other (legacy)": "SUPERIORITY_OR_OTHER_LEGACY",
}
SIDES = {"1-sided": "ONE_SIDED", "2-sided": "TWO_SIDED"}
ASSESSMENT = {
    "systematic assessment": "SYSTEMATIC_ASSESSMENT",
    "non-systematic assessment": "NON_SYSTEMATIC_ASSESSMENT",
}
EMPLOYEE = {
    "all principal investigators are employed by the organization sponsoring the study.": True,
    "principal investigators are not employed by the organization sponsoring the study.": False,
}
UNPOSTED_EVENT = {"submitted": "RELEASE", "returned": "RESET", "submission_canceled": "UNRELEASE"}
# legacy group letter: v2 prefix (P1 is FG000, B2 is BG001)
GROUP_PREFIX = {"P": "FG", "B": "BG", "O": "OG", "E": "EG"}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DATE = re.compile(r"([A-Za-z]+) (?:(\d{1,2}), )?(\d{4})")


def iso_date(wording: str) -> str | None:
    """Return `May 2007` as `2007-05` and `May 3, 2007` as `2007-05-03`; None for no such date."""
    match = _DATE.fullmatch(" ".join(wording.split()))
    if not match or match[1].casefold() not in _MONTHS:
        return None
    month = _MONTHS.index(match[1].casefold()) + 1
    day = f"-{int(match[2]):02d}" if match[2] else ""
    return f"{match[3]}-{month:02d}{day}"
