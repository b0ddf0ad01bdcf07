"""Segments left in one piece: parted at their connectives they would say something else.

drugs to prevent or dissolve clots      one object of both verbs
either active or without remission      one description
allergies or hypersensitivity to A      neither word counts without what it is to
A (e.g. B) that would preclude          examples of A, under what is said of A
A may not be initiated                  what the trial does, and no fact of the person
"""

import re

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.nouns import is_judged
from trialwright.protocol.criteria.layout import Section

_FRONT = r"\A[^,;:]{0,60}?"  # nothing is listed before: all of the segment is this phrase
_TORN = (
    (" to ", re.compile(
        _FRONT + r"\b(?:drugs?|medications?|agents?|treatments?|therapy|therapies)\s+to"
        r"\s+\w+\s+(?:or|and)\s+\w+", re.IGNORECASE)),
    ("either ", re.compile(_FRONT + r"\beither\s+\w+(?:\s+\w+)?\s+or\s+without\b", re.IGNORECASE)),
    ("either ", re.compile(
        _FRONT + r"\b(?:defined|documented|confirmed|shown|evidenced|proven)\s+(?:either\s+by"
        r"|by\s+either)\b", re.IGNORECASE)),
    ("llerg", re.compile(
        _FRONT + r"\ballerg(?:y|ies|ic)(?:\s+reactions?)?\s*(?:or|and|and/or|/)\s*(?:\w+\s+){0,3}?"
        r"(?:hyper)?(?:sensitiv|intoleran|reaction|anaphyla)\w*\s+(?:reactions?\s+)?(?:to|against)\b",
        re.IGNORECASE)),
    ("mixed ", re.compile(r"\bmixed\s+[\w-]+\s+(?:and|or)\b", re.IGNORECASE)),
    ("different", re.compile(r"\A\W*(?:\w+\s+){1,4}different\s+(?:from|than|to)\b", re.IGNORECASE)),
    ("not ", re.compile(
        r"\bnot\s+(?:amenable|suitable|eligible|fit)\s+(?:to|for)\s+[^,;()]*\b(?:or|and)\b",
        re.IGNORECASE)),
    ("indicat", re.compile(
        _FRONT + r"\bindications?\s+(?:of|for)\s+[^,;]*\band\b", re.IGNORECASE)),
    ("confirmed by", re.compile(
        r"\bconfirmed\s+by\b[^;]*\bor\s+(?:an?\s+)?history\s+of\b", re.IGNORECASE)),
    ("either ", re.compile(r"\beither\s+(?:through|via)\b", re.IGNORECASE)),
    ("if ", re.compile(r",\s*if\s+(?:fe)?male,\s*must\b", re.IGNORECASE)),
    (" with ", re.compile(
        r"\A(?:patients|subjects|participants)\s+(?:aged\s+)?[≥>≤<]=?\s*\d+\s+(?:years?\s+)?"
        r"(?:of\s+age\s+|old\s+)?with\b", re.IGNORECASE)),
    ("no", re.compile(
        r"\A[^,;:]{0,25}?\bno\s+(?:effect|response|improvement|enlargement|benefit)\b"
        r".*\b(?:with|after|to|despite)\b"
        r"|[\"“]no[\"”]", re.IGNORECASE)),
    (" of ", re.compile(
        r"\A\W*(?:suspension|discontinuation|cessation|withdrawal|washout|interruption|stopping)"
        r"\s+of\s+[^,;]*\band\b", re.IGNORECASE)),
    ("deficien", re.compile(
        r"\b(?:vitamin|factor)s?\s+[\w-]+(?:\s*,\s*[\w-]+)*\s+(?:and|or)\s+\w+\s+deficien",
        re.IGNORECASE)),
    ("will be", re.compile(
        r"\b(?:as|since|because)\b.{3,80}\bwill\s+be\s+(?:used|given|administered|performed)\b",
        re.IGNORECASE)),
)  # fmt: skip
_HAMPERS = re.compile(
    _FRONT + r"\b(?:hamper|preclud|contraindicat|prevent|hinder|imped|limit)(?:s|es|ed|ing|e|ate"
    r"|ates|ating)?\s+(?:the\s+)?(?:safe\s+)?(?:administration|use|delivery)\b",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"\((?:e\.?g\.?|i\.?e\.?|such as|including|includes?|for example)\b[^()]*\)\s*,?\s*"
    r"(?P<behind>(?:that|which|who|in the opinion|as judged)\b.*)",
    re.IGNORECASE,
)
_SUCH_AS = re.compile(
    _FRONT
    + r"\b(?:conditions?|diseases?|illness(?:es)?|disorders?|circumstances?|problems?|factors?)"
    r"\s*,?\s+(?:such\s+as|like|including)\s+[^;.]*?(?P<behind>\b(?:that|which)\b.*)",
    re.IGNORECASE,
)
_FROM_A_PART = re.compile(
    r"\bexcluded\s+from\s+(?:participat\w+\s+in\s+|undergoing\s+)?the\s+"
    r"(?!study|trial|present|current)(?:\w+\s+){1,2}(?:stud(?:y|ies)|part|portion|scans?|substudy|analys[ei]s)\b",
    re.IGNORECASE,
)
_NEVER = re.compile(r"\b(?:may|must|should|shall)\s+not\s+be\s+\w+(?:ed|en|un)\b", re.IGNORECASE)
_FREE_OF_TWO = re.compile(  # with no other A and B: is B wanted, or not wanted?
    r"\b(?:with|have|has|having)\s+no\s+other\s+[^,;()]*\band\b", re.IGNORECASE
)
TELLS = re.compile(
    r"\A\W*(?:(?:strongly\s+)?(?:advised|recommended|required|encouraged|needed|mandatory)\s+(?:for|in|of)\b"
    r"|(?:the\s+)?(?:(?:standard|usual|routine|optimal|acceptable|effective|conservative)\s+)*(?:management|methods?|examples?)"
    r"(?:\s+of\s+\w+(?:\s+\w+)?)?\s+(?:may\s+|can\s+)?includes?\b"
    r"|(?:\w+\s+){0,3}recruitment\s+will\b)",
    re.IGNORECASE,
)


def in_one_piece(words: str, low: str, section: Section) -> nodes.Node | None:
    """Return a segment that must not be parted, as one question; None for any other."""
    joins = " or " in low or " and " in low or "and/or" in low
    if joins and any(sign in low and torn.search(words) for sign, torn in _TORN):
        return _asked(words)
    if joins and _HAMPERS.match(words):
        return _asked(words)
    if "(" in low and (found := _EXAMPLES.search(words)) and is_judged(found["behind"]):
        return nodes.Judgement(words)
    if joins and (found := _SUCH_AS.match(words)) and is_judged(found["behind"]):
        return nodes.Judgement(words)
    if "excluded from" in low and _FROM_A_PART.search(words):
        return nodes.Residue(words)
    if " not be " in low and _NEVER.search(words):
        return nodes.Residue(words)
    if section == "inclusion" and "no other" in low and joins and _FREE_OF_TWO.search(words):
        return nodes.Residue(words)
    return nodes.Residue(words) if TELLS.match(words) else None


def _asked(words: str) -> nodes.Node:
    return nodes.Judgement(words) if is_judged(words) else nodes.Residue(words)
