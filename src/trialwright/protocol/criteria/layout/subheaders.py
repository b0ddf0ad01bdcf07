"""What a line of words above a list is to that list: a label, or words that govern every item."""

import re

from trialwright.protocol.criteria.layout.model import Section

_NEUTRAL_TEXT = """
    a an the of and or in at on to as by is are be see for adequate acceptable normal abnormal
    sufficient appropriate organ organs bone marrow haematologic hematologic haematological
    hematological haematology hematology hematopoietic haematopoietic hepatic liver renal kidney
    cardiac cardiovascular heart pulmonary lung respiratory gastrointestinal neurologic
    neurological psychiatric endocrine metabolic immunologic immunological immune infectious
    coagulation genetic vascular ocular dermatologic genitourinary urologic musculoskeletal
    nervous system systems function functions parameter parameters values value status
    laboratory lab labs test tests testing results findings assessments assessment baseline
    biochemical biochemistry chemistry blood clinical imaging radiological radiology medical
    surgical general specific other additional miscellaneous demographic demographics
    characteristic characteristics criteria criterion condition conditions disease diseases
    disorder disorders abnormality abnormalities history comorbidities comorbidity concurrent
    concomitant current illness diagnosis age gender sex performance consent informed
    administrative ethical safety lifestyle reproductive fertility
    defined follows following below described listed indicated measured determined evidenced
    shown
"""
_NEUTRAL = frozenset(_NEUTRAL_TEXT.split())
# These name what a list of requirements is about; of an exclusion they may be what excludes.
_ASKED_ABOUT_TEXT = """
    therapy therapies biologic chemotherapy radiotherapy surgery endocrine previous prior
    restrictions hormone receptor life expectancy menopausal medication medications treatment
    measurable main major reserve
"""
_ASKED_ABOUT = _NEUTRAL | frozenset(_ASKED_ABOUT_TEXT.split())
_WORD = re.compile(r"[^\W\d_]+")
_ASKS = re.compile(
    r"\b(?:any|either|one|both|two|three|each|all|least|history|evidence|presence|treatment|treated"
    r"|receiv\w+|within|without|no|not|none|prior|must|should|shall|ha(?:s|ve|d)|including|such as"
    r"|except|unless|defined|documented|known|negative|positive)\b|[<>≤≥=]",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\W*(?:allowed|excluded|included|required|permitted|prohibited|recommended|per amendment)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:phase|part|cohort|arm|group|stage|sub-?study|stratum|period|visit|randomi[sz]ation"
    r"|donors?|recipients?|volunteers?|controls?|healthy|adolescents?|parents?|caregivers?|clinicians?"
    r"|workers?|siblings?|women|men|females?|males?|children)\b|\W*for\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\W*(?:[\w-]+\s+){1,3}(?:subjects|patients|participants|volunteers|individuals|controls)\s*:",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(r"clusion|\bexclu|\bfollowing\b|\bsame\b", re.IGNORECASE)
COLONS = (":", "：")
_LONGEST = 400
_SHORT = 90  # characters of a label


def opens_a_list(words: str) -> bool:
    """Say whether a line without a mark is the words above a list."""
    return len(words) <= _LONGEST and words.rstrip(" *_\\")[-1:] in COLONS


def is_label(words: str, section: Section | None = None) -> bool:
    """Say whether the words only sort the items below them (`Laboratory values:`).

    >>> is_label("Adequate organ function, as follows:"), is_label("History of:")
    (True, False)
    >>> is_label("Prior chemotherapy:", "inclusion"), is_label("Prior chemotherapy:", "exclusion")
    (True, False)
    """
    known = _ASKED_ABOUT if section == "inclusion" else _NEUTRAL
    said = [word.lower() for word in _WORD.findall(words)]
    if said[-1:] == ["related"] and len(said) <= 3:
        return True
    if not said or len(said) > 12 or not set(said) <= known:
        return False
    return said[-1] not in ("of", "to", "as", "in", "at", "for") or said[-2:] == ["defined", "as"]


def speaks_of_a_group(words: str) -> bool:
    """Say whether the words name whom the items below are for (`Cohort A:`, `For women:`)."""
    return len(words) <= _SHORT and _GROUP.search(words) is not None and not _ASKS.search(words)


def opens_a_group(words: str) -> bool:
    """Say whether words begin with a label of people, as beside another group's.

    >>> opens_a_group("Obese Subjects:"), opens_a_group("Any of the patients:")
    (True, False)
    """
    found = _PEOPLE.match(words)
    return found is not None and not _ASKS.search(found[0])


def labels_a_group(words: str) -> bool:
    """Say whether an item is only the label of a group, for the items that stand behind it.

    >>> labels_a_group("Donors:"), labels_a_group("CONTROL GROUP"), labels_a_group("Women")
    (True, True, False)
    """
    if len(words) > _SHORT or not (opens_a_list(words) or words.isupper()):
        return False
    if _SAYS_MORE.search(words):
        return False
    return speaks_of_a_group(words) or (opens_a_group(words) and opens_a_list(words))


def stands_alone(words: str, section: Section | None = None) -> bool:
    """Say whether the words above a list ask for nothing by themselves, so that they are no item.

    >>> stands_alone("Cohort A:"), stands_alone("Women must have one of the following:")
    (True, False)
    """
    if is_label(words, section) or speaks_of_a_group(words):
        return True
    return len(words) <= _SHORT and _STATUS.match(words) is not None
