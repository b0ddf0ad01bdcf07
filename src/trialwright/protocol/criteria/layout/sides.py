"""Which side the words of a criterion name themselves, where no heading stands above them.

    demand    := ["all"] people "must" ... | "no" X | "not" state | "able to" ... | age range
               | "at least" age | people "with" X "are eligible"   once in a text, and first in it
    exclusion := X ("is" | "are" | "will be") ("excluded" | "not eligible" | ...) [from the study]
               | "exclusion" ":" X | X "is an exclusion"

What has no such words (`diabetes`) may stand on either side: nobody can tell. Nor can they where
the text speaks of several groups of people, since what is asked of one is not asked of another.
"""

import re

from trialwright.protocol.criteria.layout.model import Section
from trialwright.protocol.criteria.layout.remarks import rescues

_PEOPLE = (
    r"(?:(?:all|the|each|every|an?|eligible|potential|study|individual)\s+)*"
    r"(?:patients?|subjects?|participants?|individuals?|candidates?|persons?|people)"
)
_MODAL = (
    r"(?:must|should|shall|(?:is|are|will be) required to|will need to|needs? to|ha(?:s|ve) to)"
)
_LACKED_TEXT = r"""
    informed consent abilit(?:y|ies) able willing\w* availab\w+ access insurance adequate\w*
    respon\w+ complian\w+ effective reliable contracep\w+ suitable sufficient capab\w+ competen\w+
    possib\w+ fluen\w+ legal guardian caregiver intention improve\w+ desire interest telephone
    measurable evaluable age limits? restrictions? exclusion\w* specific
"""
_LACKED = "|".join(_LACKED_TEXT.split())  # who lacks these is kept out: it may be an exclusion
_YEARS = r"(?:\s*[-]?\s*(?:years?|yrs?\.?)(?:\s+(?:of age|olds?|inclusive|in age))*)"
_ADULTS = (
    r"(?:(?:(?:fe)?males?|men|women|adults|boys|girls|patients|subjects|participants|individuals|sex)"
    r"(?:\s+(?:and|or)\s+)?){1,3}"
)
_RANGE = rf"(?:between\s+|from\s+)?\d{{1,2}}{_YEARS}?\s*(?:-|–|to|and|through)\s*\d{{1,3}}{_YEARS}?"
_FLOOR = (
    r"(?:at least|≥|>=?|over|older than|greater than(?: or equal to)?|equal to or (?:older|greater)"
    rf"\s+than)\s*(?:1\d|2[01])\b{_YEARS}?|(?:1\d|2[01]){_YEARS}?\s*(?:and|or)\s+(?:older|over|above)"
)
_DEMAND = re.compile(
    rf"(?:{_PEOPLE}\s+)?{_MODAL}\s+\w"
    r"|(?:women|females?|female patients)\s+(?:must|should) not be (?:pregnant|lactating|nursing)"
    rf"|{_PEOPLE}\s+with\s+(?:(?!who\b|that\b|which\b|if\b|whose\b)[\w/-]+\s+){{1,8}}{_MODAL}\s+\w"
    rf"|no\s+(?!(?:\w+\s+)?(?:{_LACKED})\b)\w"
    r"|not\s+(?:be(?:ing)?\s+|currently\s+|have\s+|had\s+)?(?:pregnant|lactating|nursing"
    r"|breast-?\s?feeding|receiving|taking|a\s|known)"
    r"|absence of\s+(?:any\s+|an?\s+)?(?:active|known|severe|significant|clinical\w*|other|prior"
    r"|history|evidence|metast\w+)\b"
    r"|(?:able|willing|ability|willingness|capable|competent)\s+(?:and\s+\w+\s+)?(?:to|of)\s"
    r"|(?:able|willing)(?:/|\s+and/or\s+|\s+or\s+)(?:able|willing)\s"
    r"|(?:(?:signed|written|provision of|voluntary|valid)\s+)+(?:informed\s+)?consent\b"
    r"|adequate\s\w",
    re.IGNORECASE,
)
_AGE = re.compile(
    rf"(?:{_ADULTS}[\s,]*)?(?:(?:who are\s+)?(?:age[ds]?|ages)\b"
    rf"(?:\s+(?:range|limits?))?(?:\s+(?:is|are|of))?[\s:,-]*)?(?:{_RANGE}|{_FLOOR})\s*",
    re.IGNORECASE,
)
_OUT = (
    r"(?:(?:is|are|were|will be|would be|shall be)\s+(?:also\s+|automatically\s+)?"
    r"(?:excluded|ineligible|not eligible|not be eligible|exclusionary)"
    r"|(?:will|would|shall|should|must|can|may)\s?not be\s+"
    r"(?:eligible|included|enrolled|accepted|admitted|considered|entered|studied))"
    r"(?:\s+(?:from|for|in|into|to)\s+(?:enter\s+|participat\w+ in\s+|be (?:in|part of)\s+)?"
    r"(?:(?:the|this|our|study|trial|protocol|participation|participating|enroll?ment|entry"
    r"|inclusion|in|participate)\s*)+)?"
)
_EXCLUDED = re.compile(rf"(?P<what>\w.{{3,}}?)\s+{_OUT}\W*", re.IGNORECASE | re.DOTALL)
_NAMED_OUT = re.compile(
    r"exclusions?\s*(?::|criteri(?:a|on)\s+(?:are|were|was|is|include[sd]?)\s)\s*(?P<what>\w.{3,})"
    r"|exclude(?:d are)?\s*:?\s+(?P<whom>(?:patients|subjects|individuals|those|persons)\s.{3,})"
    r"|(?P<which>\w.{3,}?)\s+(?:is|are)\s+(?:an?\s+)?exclusions?(?:\s+criteri(?:on|a))?\W*",
    re.IGNORECASE | re.DOTALL,
)
_NOT_OUT = re.compile(
    r"^(?:no\b|not\b|none\b|nobody\b|neither\b|only\b|other|others\b|otherwise|all other|any other"
    r"|these\b|those\b|they\b|this\b|it\b|such\b|if\b|although|but\b|in\b|since\b|because\b)"
    r"|\b(?:eligible|must|should|shall|excluded?|included|allowed|may|can|however|exceptions?)\b"
    r"|\bclusion\b|[.;:?]\s",
    re.IGNORECASE,
)
_ELIGIBLE = re.compile(
    rf"(?P<who>(?:{_PEOPLE}|{_ADULTS})\b.{{10,}}?)\s+(?:is|are|were|will be)\s+eligible"
    r"(?:\s+(?:for|to)\s+(?:(?:the|this|study|trial|protocol|participation|participate|enter|entry"
    r"|enroll?ment|inclusion|in|into)\s*)+)?\W*",
    re.IGNORECASE | re.DOTALL,
)
_PEOPLE_FIRST = re.compile(
    rf"(?:(?:adult|male|female|healthy|pregnant|postmenopausal|hospitali[sz]ed)\s+)*(?:{_PEOPLE}"
    rf"|{_ADULTS}|infants|children)\s*(?:,|with\b|aged?\b|ages\b|between\b|under\b|over\b|\d)",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:not|nor?|un(?:able|willing)|without|exclu\w+|ineligible|eligible|other than|except\w*"
    r"|contraindicat\w+|unless|may|can|cannot|will|invited|either)\b",
    re.IGNORECASE,
)
_SAYS_ELIGIBLE = re.compile(r"\beligible\b", re.IGNORECASE)
_SENTENCE = re.compile(
    rf"\W*{_PEOPLE}\s+{_MODAL}\s+\w|\W*{_PEOPLE}\s[^.;:]{{3,300}}?\s{_OUT}\W*$", re.IGNORECASE
)
_UNSURE = re.compile(  # a condition, or a word that goes back to something said before
    r"^(?:if|when|where|unless|however|but|or|and|except|these|those|this|such|they|he|she|it|also"
    r"|in addition|otherwise|for)\b|^no\b.*\bmust\b"
    r"|\b(?:either|one) of the following\b|\bexcluded? (?:if|unless)\b"
    r"|\b(?:individual basis|case[- ]by[- ]case|however|eligible if|eligible unless|optional"
    r"|encouraged|preferred|preferably)\b",
    re.IGNORECASE,
)
_GROUPS = re.compile(
    r"\b(?:group|cohort|arm|part|phase|stratum|study|protocol|sub-?study|component|population)s?\s+"
    r"(?:[A-H]|[IVX]{1,3}|[1-9])\b"
    r"|\b(?:(?:normal|healthy)\s+(?:volunteer|control|subject|participant|individual|adult|donor"
    r"|child|people|men|women)\w*|volunteers?|controls"
    r"|control (?:group|subject|patient|participant)s?|donors?|recipients?|siblings?|probands?"
    r"|relatives|relative of|parents are|spouses?|caregivers?|twins?|family members"
    r"|(?:two|three|four|both|all) (?:of the )?(?:groups|cohorts|arms|populations))\b",
    re.IGNORECASE,
)
_LONGEST = 2000  # characters of a sentence


def names_groups(words: str) -> bool:
    """Say whether words speak of one group of people beside others.

    >>> names_groups("Normal volunteers must be 18"), names_groups("Blood pressure under control")
    (True, False)
    """
    return _GROUPS.search(words) is not None


def is_sentence(words: str) -> bool:
    """Say whether words are a whole sentence about everybody, and no member of a list.

    >>> is_sentence("Patients must not be pregnant."), is_sentence("No stroke")
    (True, False)
    """
    return _SENTENCE.match(words) is not None


def says_eligible(words: str) -> int:
    """Return how often words say that somebody is eligible."""
    return len(_SAYS_ELIGIBLE.findall(words))


def side(words: str, *, alone: bool = False, only: bool = False) -> Section | None:
    """Return the side that a sentence names.

    `alone`: nothing else in the text is said to be eligible. `only`: the text has no other item, so
    that people it names first are those who are wanted.

    >>> side("Patients must be 18 or older."), side("Patients with stroke will be excluded.")
    ('inclusion', 'exclusion')
    >>> side("Diabetes"), side("No informed consent"), side("Patients with asthma are eligible")
    (None, None, None)
    >>> side("Men and women with asthma.", only=True), side("Patients without consent", only=True)
    ('inclusion', None)
    """
    said = words.strip(" *_-\t")
    if not said or len(said) > _LONGEST or _UNSURE.search(said):
        return None
    if _excludes(said):
        return "exclusion"
    if only and _PEOPLE_FIRST.match(said) and not _LIMITS.search(said):
        return "inclusion"
    if "exclu" in said.lower() or "eligible" in said.lower():
        return "inclusion" if alone and _lets_in_all(said) else None
    if rescues(said):
        return None
    demands = _DEMAND.match(said) or _AGE.fullmatch(said.rstrip(" .;"))
    return "inclusion" if demands else None


def who_is_out(words: str) -> str:
    """Return whom a sentence of the side exclusion keeps out.

    >>> who_is_out("Exclusion criteria include glaucoma."), who_is_out("Exclude patients with HIV")
    ('glaucoma.', 'patients with HIV')
    """
    named = _NAMED_OUT.fullmatch(words.strip(" *_-\t"))
    return (named["what"] or named["whom"] or named["which"]) if named else words


def without_refusal(words: str) -> str:
    """Return the words above a list without the refusal that ends them: its section says it.

    >>> without_refusal("Patients with the following conditions are excluded:")
    'Patients with the following conditions:'
    """
    if len(words) > _LONGEST or ("clud" not in words and "ligible" not in words):
        return words
    found = _EXCLUDED.fullmatch(words)
    return f"{found['what']}:" if found and not _NOT_OUT.search(found["what"]) else words


def _excludes(said: str) -> bool:
    found = _EXCLUDED.fullmatch(said)
    if found:
        return not _NOT_OUT.search(found["what"])
    what = who_is_out(said)
    return what != said and not _NOT_OUT.search(what.rstrip(" .;:"))


def _lets_in_all(said: str) -> bool:
    found = _ELIGIBLE.fullmatch(said)
    return found is not None and not _NOT_OUT.search(found["who"])
