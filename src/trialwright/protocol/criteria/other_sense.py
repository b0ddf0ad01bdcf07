"""Names that stand for something else where they stand: `transplant centre`, `insulin level`.

A name with a word hung on it is another word: `insulin-naive`, `TIA-like`, `cancer-free`; so is one
that only says what another thing is for or comes from: `pain score`, `chemotherapy induced`. A drug
beside `serum` or `level` is measured, and not taken. A procedure is still to come after `before`,
and only spoken of after `candidate for` or `refusal of`.
"""

import re

from trialwright.protocol.criteria.nodes import Domain

_HUNG = re.compile(r"-(?!(?:positive|infected|confirmed|proven|requiring)\b)[a-z]", re.IGNORECASE)
_NEXT = re.compile(r"\s([a-z]+)", re.IGNORECASE)
_RELATION = re.compile(r"\s(?:to|with|by)\b", re.IGNORECASE)  # `induced by` says what it comes from
_BEFORE = re.compile(r"[^\W\d_]+(?=\s+$)")
_AHEAD = re.compile(
    r"\b(?:(?:before|prior\s+to|preceding)(?:\s+undergoing)?|at\s+(?:the\s+)?time\s+of"
    r"|(?:site|side|refusal|technique)\s+of|(?:candidates?|indications?)\s+for|consents?\s+to"
    r"|(?:willing|agrees?|refuses?|consents?)\s+to\s+undergo)\s+(?:the\s+|any\s+|an?\s+)?$",
    re.IGNORECASE,
)
_LEAD = ("before", "to", "undergoing", "preceding", "of", "for", "undergo", "the", "any", "a", "an")
_FAR = 32  # characters in front of a name


def _with_plurals(words: str) -> frozenset[str]:
    return frozenset(form for word in words.split() for form in (word, f"{word}s"))


_COMES_FROM = frozenset(("related", "induced", "associated"))
_THINGS = _with_plurals(
    "center centre clinic hospital ward team physician surgeon specialist nurse registry list"
    " waiting site scanner conditional compatible trial study studies guideline questionnaire scale"
    " score inventory screening volume relief"
)
_OF_A_PROCEDURE = _with_plurals(
    "candidate technique machine access equipment room suite schedule finding specimen"
    " sample slide image unit instruction consent tissue material"
)
_TREATMENT = _with_plurals("medication medicine drug")
_MEASURES = _with_plurals(
    "level concentration assay value deficient deficiency deficiencies titer titre"
)
_MEASURED_IN = frozenset((
    "serum", "plasma", "urine", "urinary", "elevated", "raised", "increased", "decreased",
    "reduced", "abnormal", "basal", "fasting", "circulating", "free", "study",
))  # fmt: skip


def stands_for_other(text: str, start: int, end: int, domain: Domain) -> bool:
    """Say whether a name of a domain stands for something else at its place in a text."""
    behind = text[end : end + 1]
    if behind == "-" and _HUNG.match(text, end):
        return True
    if behind == " " and (after := _NEXT.match(text, end)) and _is_another(text, after, domain):
        return True
    if domain == "procedure":
        front = text[max(0, start - _FAR) : start]
        return front.rstrip().lower().endswith(_LEAD) and _AHEAD.search(front) is not None
    if domain == "drug" and start:
        before = _BEFORE.search(text, max(0, start - _FAR), start)
        return before is not None and before[0].lower() in _MEASURED_IN
    return False


def _is_another(text: str, after: re.Match[str], domain: Domain) -> bool:
    """Say whether the word behind a name makes another thing of it."""
    word = after[1].lower()
    if word in _COMES_FROM:
        return _RELATION.match(text, after.end()) is None
    if domain == "procedure" and word in _OF_A_PROCEDURE:
        return True
    if domain == "condition" and word in _TREATMENT:
        return True
    if domain == "drug" and word in _MEASURES:
        return True
    return word in _THINGS and (word != "waiting" or text[after.end() :].startswith(" list"))
