"""Which lines are the heading of a list, and of which side.

    heading  := [kind]* ("inclusion" | "exclusion" | "non-inclusion") ["criteria"] [of whom] [":"]
    sentence := people and the words of admission only: "Patients who meet any of the following
                criteria will be excluded from the study:"

A sentence is a heading only where every word of it is a word of admission: "patients with diabetes
are excluded if:" says more, and is read with the items below it.
"""

import re
from dataclasses import dataclass
from typing import Literal

from trialwright.protocol.criteria.layout.model import Section

# named: by the words inclusion or exclusion. sentence: by who is admitted. eligibility: by a name
# for what must hold, which does not tell the sides apart.
Source = Literal["named", "sentence", "eligibility"]


@dataclass(frozen=True, slots=True)
class Heading:
    """The side that a heading names; `group` is its words where it speaks of some people only."""

    section: Section
    source: Source = "named"
    group: str | None = None

    @property
    def named(self) -> bool:
        """Whether the words inclusion or exclusion name the side."""
        return self.source == "named"


_LONGEST = 260  # characters of a heading
_KIND = (  # only these may stand before the word: anything else may be a criterion
    r"(?:key|main|major|general|specific|disease[- ]specific|additional|other|primary|study"
    r"|sub-?study|patients?|subjects?|participants?|donors?|recipients?|volunteers?|controls?"
    r"|healthy|tooth|stage|the|for|following|common|important|selected|summary of|detailed"
    r"|(?:pre|intra|post)-?operative|clinic(?:al)?|screening|eligibility|list of|criteria for"
    r"|phase|part|cohort|arm|group|\d+|[A-Z]|[IVX]+)"
)
_WHICH = r"(?P<which>non[- ]?inclusion|inclusion|exclusion(?:ary)?)"
_NAMED = re.compile(
    rf"\W{{0,6}}(?:{_KIND}\W{{1,3}}){{0,4}}?{_WHICH}s?"
    r"(?P<criteria>\s+criteri(?:a|on|ums?|as))?"
    r"(?P<tail>\s*\([^)]{1,60}\)|\s+(?:include[sd]?|are|were|is)(?:\s+as follows|\s+the following)?"
    r"|\s+as follows|\s*(?:/|and|&)\s*(?:the\s+)?(?:rationales?|reasons?)"
    r"|\s*[-–]\s+[^:.;]{1,60}|\s+(?:for|of|at|in)\s+[^:.;]{1,70})?\s*(?:\W{0,6}$|:)",
    re.IGNORECASE,
)
_NOT_A_HEADING = re.compile(
    r"\b(?:no|not|any(?! of the following\W*$)|(?<!for )(?<!of )(?<!\()all|meets?|met|fulfil\w*"
    r"|does|do)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:donors?|recipients?|volunteers?|controls?|healthy|sub-?study|phase|part|cohort|arm|group"
    r"|stage|for|biomarkers?|caregivers?|parents?|siblings?)\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    rf"\W{{0,6}}(?:[^\W_][^.;:,]{{0,50}}?\s)?{_WHICH}\s+criteri(?:a|on|ums?|as)\b"
    r"[^.;,]{0,60}?\s*[:*_\W]{0,6}",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(
    r"\b(?:meeting|who|which|that|according|defined|per|see|violat\w*|satisf\w*|outlined"
    r"|described|based|fail\w*|listed|having|has|have|had|with|both|unless|except|if|must"
    r"|should|and|or|of the|from the|in the)\b",
    re.IGNORECASE,
)
_ASKS_ALL = re.compile(r"\b(?:must|should|shall)\W*$", re.IGNORECASE)
_FOR_ALL = re.compile(
    r"\b(?:brief|summari[sz]ed|summary|common"
    r"|(?:rationale|reason)s?\W*$"
    r"|all (?:the )?(?:cohorts|groups|parts|arms|phases|patients|subjects|participants))\b"
    r"|\b(?:for|of) (?:the |this |all |study )*"
    r"(?:stud(?:y|ies)|trial|patients?|subjects?|participants?|participation|enrol?lment|entry)"
    r"(?: (?:in|into|of) (?:the |this )?(?:stud(?:y|ies)|trial))?\W*$",
    re.IGNORECASE,
)
# A heading of what must hold that does not say "inclusion"; the last ones are the fixed headings
# of the National Cancer Institute's abstracts, whose entries all say what must hold.
_ELIGIBILITY = re.compile(
    r"\W*(?:(?:key|main|major|general|protocol|patient|study|summary of)\s+){0,2}"
    r"(?:(?:eligibility|enrol?lment|entry|admission|participation)\s+(?:criteria|requirements)"
    r"|conditions for (?:patient )?eligibility"
    r"|(?:disease|patient|prior concurrent therapy) ?characteristics|prior concurrent therapy)\W*$",
    re.IGNORECASE,
)
_INELIGIBILITY = re.compile(r"\W*conditions for (?:patient )?ineligibility\W*$", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\W*(?:to be eligible|in order to|for inclusion"
    r"|(?:any|all|the|an?|eligible|potential|each)\s+)*"
    r".{0,70}?\b(?:patients?|subjects?|participants?|individuals?|candidates?|volunteers?|persons?"
    r"|people|infants?|child|children|you)\b",
    re.IGNORECASE,
)
_GROUP_PEOPLE = re.compile(r"\b(?:infants?|child|children|volunteers?)\b", re.IGNORECASE)
_ADMISSION_TEXT = """
    patient patients subject subjects participant participants individual individuals candidate
    candidates volunteer volunteers person persons people who that meet meets met fulfil fulfill
    fulfils fulfills fulfilling satisfy satisfies meeting with any one more of the following
    criteria criterion criterions will would be are is to excluded exclude from study trial this
    clinical research participation participating participate entry entering enrolment
    enrollment enrolling if they he she have has had having display displays present presents
    not eligible ineligible eligibility in into for inclusion exclusion must all each both
    should may can cannot enter enrolled enroll included include considered apply applies true
    below above as listed these conditions condition order on at least either an a and able
    requirements required need needs only when potential potentially admitted taking part our
    following: described stated case characteristics infant infants child children you your it
    were trial's
"""
_ADMISSION = frozenset(_ADMISSION_TEXT.split())
_WORD = re.compile(r"[^\W_]+")
_OUT = re.compile(r"\bexclu\w+|\bineligible\b|\bnot\b|\bcannot\b", re.IGNORECASE)
_IN = re.compile(r"\b(?:inclusion|included?|eligible|must|meet|fulfil\w*)\b", re.IGNORECASE)
_NEGATED_OUT = re.compile(
    r"\bnot\b.{0,20}\bexclu|\binclusion\b.*\bexclu|\bexclu.*\binclusion", re.IGNORECASE
)
_SOME = re.compile(r"\b(?:any|one|either|least|only|more)\b", re.IGNORECASE)
_TOGETHER = re.compile(r"\b(?:all|both|each|least|only|more)\b", re.IGNORECASE)


def find_heading(words: str) -> Heading | None:
    """Return the heading that a line's words are."""
    if not words or len(words) > _LONGEST:
        return None
    low = words.lower()
    if "clusion" in low and (found := _named(words) or _of_a_group(words)):
        return found
    if len(words) < 60 and (
        "criteria" in low
        or "characteristics" in low
        or "ligibility" in low
        or "require" in low
        or "concurrent" in low
    ):
        if _ELIGIBILITY.match(words):
            return Heading("inclusion", "eligibility")
        if _INELIGIBILITY.match(words):
            return Heading("exclusion")
    return _sentence(words) if words.rstrip(" *_\\").endswith(":") else None


def _named(words: str) -> Heading | None:
    if len(words) > 140 or _NOT_A_HEADING.search(words):
        return None
    found = _NAMED.match(words)
    if not found or words[found.end() :].strip(" *_:.-\\"):
        return None
    if (found["tail"] or words[found.end() - 1] == ".") and not found["criteria"]:
        return None
    section: Section = "inclusion" if found["which"].lower() == "inclusion" else "exclusion"
    tail = (found["tail"] or "").strip()
    aside = tail.startswith(("(", "-", "–")) and not _ASKS_ALL.search(tail)
    of_some = (_GROUP.search(words) or aside) and not _FOR_ALL.search(words)
    return Heading(section, group=words if of_some else None)


def _of_a_group(words: str) -> Heading | None:
    """Read `COVID-19 patients inclusion criteria`: a heading with words that are not known."""
    found = _LOOSE.fullmatch(words)
    if not found or _NOT_A_HEADING.search(words) or _SAYS_MORE.search(words):
        return None
    out = found["which"].lower() != "inclusion"
    group = None if _FOR_ALL.search(words) else words
    return Heading("exclusion" if out else "inclusion", group=group)


def only_admits(words: str) -> bool:
    """Say whether words speak of admission to the study and of nothing else."""
    return all(word.lower() in _ADMISSION for word in _WORD.findall(words))


def _sentence(words: str) -> Heading | None:
    """Read a sentence of admission; None where it says more, or asks for some of many."""
    if not only_admits(words) or not _PEOPLE.match(words) or _NEGATED_OUT.search(words):
        return None
    out = _OUT.search(words) is not None
    if not out and not _IN.search(words):
        return None
    if (_TOGETHER if out else _SOME).search(words):
        return None
    group = words if _GROUP_PEOPLE.search(words) else None
    return Heading("exclusion" if out else "inclusion", "sentence", group)


# --- headings inside a line ---------------------------------------------------------------------

_AT_START = re.compile(
    rf"\W{{0,6}}(?:{_KIND}\W{{1,3}}){{0,4}}?{_WHICH}(?:s|\s+criteri(?:a|on))?"
    r"(?:\s+(?:include[sd]?|are)(?:\s+(?:the following|as follows))?)?\s*:[ \t*_]*(?=\S)",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"\s*(?P<heading>[*_]{0,3}(?:(?:KEY|MAIN|MAJOR|Key|Main|Major)\s+)?"
    r"(?:(?:Non|NON)-?\s?)?(?:Inclusion|Exclusion|INCLUSION|EXCLUSION|inclusion(?= CRITERIA))"
    r"\s+(?:Criteria|CRITERIA|criteria)\s*:[ \t*_]*)"
)
_ENDED = re.compile(r"(?:[.;:)]|\s)\s$")
_REFERS = re.compile(
    r"\b(?:the|of|any|all|each|meets?|met|with|per|to|in|by|from|and|or|\w+ing)\s$", re.IGNORECASE
)
_LIST_BEFORE = 40  # characters before a heading that only a space sets apart


def cuts(line: str) -> tuple[int, ...]:
    """Return where a line must be cut so that each heading inside it stands alone."""
    if "clusion" not in line and "CLUSION" not in line:
        return ()
    at: list[int] = []
    found = _AT_START.match(line)
    if found and not _NOT_A_HEADING.search(found[0]):
        at.append(found.end())
    for inside in _INSIDE.finditer(line, at[-1] if at else 1):
        start = inside.start("heading")
        before = line[max(0, start - 20) : start]
        if _ENDED.search(before) or (start >= _LIST_BEFORE and not _REFERS.search(before)):
            at += (start, inside.end("heading"))
    return tuple(sorted({cut for cut in at if 0 < cut < len(line.rstrip())}))
