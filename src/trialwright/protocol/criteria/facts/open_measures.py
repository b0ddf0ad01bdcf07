"""Measures that no vocabulary knows, named by the words of the text.

    left  := noun phrase filler limit       "commuting distance > 10 km", "STOP-BANG score ≥ 3"
    right := limit filler name              "≥ 3 STOP-BANG", "5 or more on the PHQ-9", "< 5% blasts"

Such a measure needs evidence that it is one: a word such as score, distance or level; a short form
in capitals; a proper name; or a unit that only measurements have. Doses, visits, grades and counts
of people are none.
"""

import re
from collections.abc import Sequence

from trialwright.protocol.criteria.facts.filler import Left
from trialwright.protocol.criteria.facts.groups import Group
from trialwright.protocol.criteria.facts.named import Names, matcher
from trialwright.protocol.criteria.facts.phrase import phrase_start
from trialwright.protocol.criteria.facts.places import opening, rstrip, word_start
from trialwright.protocol.criteria.facts.subjects import Subject, is_changed
from trialwright.protocol.criteria.facts.words import (
    HEADS,
    KINDS,
    NOT_MEASURED,
    TIME_HEADS,
    VAGUE,
    VISIT,
)

_ACRONYM = re.compile(r"(?=(?:.*[A-Z]){2})[A-Za-z0-9][\w/&.:-]*\Z")
_ON_THE_RIGHT = re.compile(r"\s*(?:(?:on|in|of|for)\s+)?(?:the\s+|a\s+|an\s+)?", re.IGNORECASE)
_SCORE_ON = re.compile(
    r"\s*(?:points?\s+)?(?:on|in|of|at|using)\s+(?:the\s+)?(?P<name>[A-Z][\w'-]*(?:[ -]["
    r"\w'-]+){0,6}?)"
    r"(?=\s*(?:[.,;()]|\Z|\b(?:at|and|or|who|with|during|prior|before|in|for)\b))"
)
_SHORT_NAME = re.compile(
    r"\s*(?P<name>[A-Z][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)*)(?:\s+score)?(?=\s*(?:[.,;)]|\Z))"
)
_GESTATION = re.compile(
    r"'?\s*(?:of\s+)?(?P<name>gestation(?:al\s+age)?|pregnan(?:t|cy))\b", re.IGNORECASE
)
_PERCENT_OF = re.compile(
    r"\s+(?P<name>(?!of\b)[a-z][a-z-]+(?:\s+(?:cells?|blasts?|count))?)", re.IGNORECASE
)

_SMOKED = {"pack-years": "pack_years", "{cigarettes}/d": "cigarettes_per_day"}
# Around what was smoked these say nothing else. (A history of smoking is another time.)
_SMOKES = re.compile(
    r"\b(?:(?:(?:cigarette|tobacco)\s+)?smok(?:es?|ing)(?P<ever>\s+history)?|(?P<past>history\s+of"
    r"\s+(?:cigarette\s+|tobacco\s+)?smoking))(?:\s+(?:an?|of|is|average|mean|approximately))*\s*\Z",
    re.IGNORECASE,
)
_SMOKING = re.compile(
    r"\s+(?:of\s+)?(?:cigarette\s+|tobacco\s+)?smoking\s+history\b", re.IGNORECASE
)
_REACH = 60  # characters in front of what was smoked
_TIME = frozenset({"a", "mo", "wk", "d", "h", "min", "half-lives"})
_SHARED_BY_MORE = frozenset({"scores", "levels", "values", "counts", "diameters"})
_AND = re.compile(r"(?:\band|\bor|&)\s*\Z", re.IGNORECASE)
_TRANSAMINASES = frozenset({"transaminases", "transaminase", "aminotransferases"})
_DONE = re.compile(r"(?:ectomy|otomy|plasty)\Z")  # after which something is measured
_MASSES = frozenset({"kg", "[lb_av]"})
_WEIGHS = frozenset({"weight", "weigh", "weighs", "weighing"})
_DOSES = frozenset(
    {"mg", "ug", "g", "mg/d", "ug/d", "g/d", "mg/kg", "mg/m2", "mL", "{cells}/kg", "L"}
)

_SHARED = frozenset(
    {
        "blasts",
        "blast",
        "lymphoblasts",
        "myeloblasts",
        "cells",
        "stenosis",
        "cellularity",
        "plasma cells",
    }
)
# By what these say, a finding is stated: `renal failure, defined by creatinine > 1.3 mg/dL`.
_SHOWN = re.compile(
    r"\b(?:defined|demonstrated|evidenced|indicated|shown|documented|characteri[sz]ed|manifested"
    r"|confirmed|diagnosed|supported|proven|reflected)\Z",
    re.IGNORECASE,
)
_IS_DOSE = re.compile(r"\s*units?\b", re.IGNORECASE)
_THEN_COMPARED = re.compile(
    r"\s*(?:\([^()]{1,20}\)\s*)?(?:of\s+|is\s+|level\s+|count\s+)?(?:[<>≥≤=\d]|at least|less|more"
    r"|greater)"
)


def open_at_left(
    text: str, left: Left, least: int, unit: str | None, is_share: bool
) -> Subject | None:
    """Return the noun phrase that ends where filler begins, where it names a measure."""
    start = phrase_start(text, left.at, least)
    if start is None or is_changed(text, start, least) or _is_how(text, start, least):
        return None
    words = text[start : left.at].split()
    if unit in _MASSES and len(words) == 1 and words[0].lower() in _WEIGHS:
        return Subject(("weight",), start)
    if known := _spelt_otherwise(words, unit, is_share):
        return Subject(known, start, joint="/", method=left.method)
    if left.in_bracket and not left.said_score and words[-1].lower() not in HEADS | TIME_HEADS:
        return None
    said = text[start : max(left.at, left.noun_end)].strip()
    if left.said_score or said.lower().endswith(" index"):
        words = [*words, "score"]
    if not _is_measure(words, unit, is_share) or ": " in said:
        return None
    if said.split()[-1].lower() in _SHARED_BY_MORE and _AND.search(text, least, start):
        return None  # `motor arm and motor leg scores`: of the first nothing is read
    if scale := _scale_in_bracket(text, start, least):
        return _of_scale(scale[0], f"{scale[1]} {said}", left.method)
    return Subject((), start, words=said, method=left.method)


def _scale_in_bracket(text: str, start: int, least: int) -> tuple[int, str] | None:
    """Return the short form in front of a part of a scale: `... Scale (UPDRS) motor score`."""
    end = rstrip(text, start, least)
    opened = opening(text, end, least) if end > least and text[end - 1] == ")" else None
    if opened is None or not _ACRONYM.match(text[opened + 1 : end - 1]):
        return None
    begins = phrase_start(text, rstrip(text, opened, least), least)
    return (opened if begins is None else begins), text[opened + 1 : end - 1]


def _of_scale(start: int, words: str, method: str | None) -> Subject:
    known = matcher().whole(words)
    return Subject((known,) if known else (), start, words=None if known else words, method=method)


def _spelt_otherwise(words: Sequence[str], unit: str | None, is_share: bool) -> tuple[str, ...]:
    """Return the measures of a name that means them only beside such a limit."""
    if words == ["PT"] and (is_share or unit == "s"):
        return ("prothrombin_time",)
    bare = [word.lower() for word in words if word.lower() not in KINDS]
    of_liver = len(bare) == 2 and bare[0] in ("hepatic", "liver")
    if bare[-1:] and bare[-1] in _TRANSAMINASES and (len(bare) == 1 or of_liver):
        return ("alt", "ast") if is_share or unit == "U/L" else ()
    return ()


def _is_how(text: str, start: int, least: int) -> bool:
    """Say whether a phrase is when or how something is measured: `at entry`, `by angiography`."""
    end = rstrip(text, start, least)
    at = word_start(text, end, least)
    word = text[at:end].lower()
    if word != "by":
        return word in ("at", "via", "using")
    end = rstrip(text, at, least)
    return not _SHOWN.search(text, max(least, end - 20), end)


def _is_measure(words: Sequence[str], unit: str | None, is_share: bool) -> bool:
    lower = [word.lower().strip(".:") for word in words]
    if not lower or lower[-1] in NOT_MEASURED:
        return False
    if lower[-1].endswith("ed") and lower[-1] not in HEADS:  # ridges to be augmented
        return False
    if _DONE.search(lower[-1]) or "#" in words[-1] or (len(lower) == 1 and lower[0] in VAGUE):
        return False
    if unit in _TIME:
        return any(word in TIME_HEADS for word in lower)
    headed = any(word in HEADS for word in lower)
    if headed or is_share:
        return True
    if unit in _DOSES:
        return False
    if unit and unit != "{score}":
        return True
    named = len(words) > 1 and all(word[:1].isupper() for word in words[-2:])
    return named or _ACRONYM.match(words[-1]) is not None


def smoked(text: str, least: int, group: Group) -> Subject | None:
    """Return what is smoked, where the unit says it: `smokes ≥ 10 cigarettes per day`."""
    unit = group.limits[-1].unit.unit
    if unit not in _SMOKED:
        return None
    before = _SMOKES.search(text, max(least, group.start - _REACH), group.start)
    ever = unit == "pack-years"
    if before and (before["ever"] or before["past"]) and not ever:
        before = None
    behind = _SMOKING.match(text, group.end) if ever and not before else None
    start = before.start() if before else group.start
    return Subject((_SMOKED[unit],), start, behind.end() if behind else None)


def subject_at_right(
    text: str, starts: int, at: int, names: Names, unit: str | None, score: bool
) -> Subject | None:
    """Return what is named behind a limit: `≥ 3 STOP-BANG`, `5 or more on the PHQ-9`."""
    if unit == "wk" and (found := _GESTATION.match(text, at)):
        known = matcher().whole("gestational age")
        measures = (known,) if known else ()
        return Subject(
            measures, found.start("name"), found.end(), words=None if known else found["name"]
        )
    if is_changed(text, starts, 0):  # a drop of 20 mmHg in systolic pressure
        return None
    gap = _ON_THE_RIGHT.match(text, at)
    begin = gap.end() if gap else at
    named = names.by_start.get(begin)
    if named and _IS_DOSE.match(text, named.end):  # 1,000 lipase units/kg/meal
        return None
    if named and not _is_compared(text, named.end) and not text.startswith(" domain", named.end):
        return Subject((named.value,), named.start, named.end)
    if unit == "%" and (found := _PERCENT_OF.match(text, at)):
        words = found["name"].lower().split()
        if words[-1] in _SHARED and not _is_compared(text, found.end()):
            return Subject((), found.start("name"), found.end(), words=found["name"])
        return None
    if unit not in (None, "{score}"):
        return None
    if score and (found := _SCORE_ON.match(text, at)) and not VISIT.match(found["name"]):
        return Subject((), found.start("name"), found.end(), words=found["name"])
    if (
        (found := _SHORT_NAME.match(text, at))
        and _ACRONYM.match(found["name"])
        and len(found["name"]) > 2
    ):
        return Subject((), found.start("name"), found.end(), words=found["name"])
    return None


def _is_compared(text: str, at: int) -> bool:
    """Say whether what is named here has a limit of its own behind it."""
    return _THEN_COMPARED.match(text, at) is not None
