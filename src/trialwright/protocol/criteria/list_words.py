"""The words that make lists: quantities, places of a list in a sentence, and what stands around it.

See `lists` for the grammar that these patterns are the words of.
"""

import re
from collections.abc import Callable
from typing import Literal

from trialwright.protocol.criteria.layout.headings import only_admits
from trialwright.protocol.criteria.layout.remarks import may_let_in, rescues
from trialwright.protocol.criteria.numbers import count

Quantity = Literal["all", "any"] | int | None  # None where the words do not say

OF_A_GROUP = re.compile(
    r"\W*(?P<whom>(?:cohorts?|parts?|phases?|arms?|groups?|strat(?:um|a)|steps?)"
    r"\s+[\w ,/&-]{1,30}):\s+",
    re.IGNORECASE,
)
LONGEST_GROUP = 50
SECOND_MARK = re.compile(r"\s*\(?(?:[ivx]{1,4}|[a-h]|\d{1,2})[.)]\s+")
LONGEST = 4000  # characters of one criterion that are read
_NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
_QUANTITY = (
    rf"(?P<quantity>(?:at least|(?:a )?minimum(?: of)?|≥|>=|any)?\s*\b{_NUMBER}\b(?:\s*\(\d+\))?"
    r"(?:\s+or\s+(?:more|greater))?|any(?:\s+one)?(?:\s+or\s+more)?|all|both|each|every|either)"
    r"(?:\s+out)?(?:\s+of)?(?:\s+(?:the|these|those|all))*"
)
_NOUN = (
    r"(?:conditions?|criteria|criterion|diseases?|disorders?|medications?|drugs?|agents?|therap(?:y|ies)"
    r"|treatments?|features?|findings?|symptoms?|signs?|events?|parameters?|values?|requirements?"
    r"|procedures?|factors?|characteristics|categories|diagnos[ei]s|cardiac|cardiovascular|medical"
    r"|clinical|laboratory|inclusion|exclusion|types?|options?|items?|circumstances|situations)"
)
_SLOT = re.compile(
    rf"(?:\b{_QUANTITY}\s+)?(?:\bthe\s+)?\b(?:following|below)(?:\s+{_NUMBER})?"
    rf"(?:\s+(?:(?:prior|previous|current|concurrent|co-?existing)\s+)?{_NOUN}"
    rf"(?:\s+(?:or|and)\s+{_NOUN}\b)?)*",
    re.IGNORECASE,
)
_SLOT_AT_END = re.compile(
    rf"(?:^|(?<=[\s,])){_QUANTITY}(?:\s+{_NUMBER})?(?:\s+{_NOUN})*\s*$", re.IGNORECASE
)
BARE_NUMBER = re.compile(_NUMBER, re.IGNORECASE)
LIMITED = re.compile(
    r"\b(?:only|exactly|(?:no|not) more than|fewer than|less than|up to|maximum(?: of)?|most)\s*$",
    re.I,
)
EXCEPT = re.compile(
    r"(?P<base>.+?)[\s,;(]+(?P<word>except(?:ing|ions?)?(?: for| of| if| when)?"
    r"|with the exceptions?(?: of)?|other than|unless|excluding)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LEAD_OF_EXCEPT = re.compile(
    r"(?:they|the (?:patient|subject|participant)s?)?\s*(?:meets?|has|have|with)?\s*", re.IGNORECASE
)
_PEOPLE_ONLY = re.compile(
    r"(?:\W*\b(?:patients?|subjects?|participants?|individuals?|persons?|people|adults?|who|that|must"
    r"|should|shall|will|have|has|had|having|meets?|meeting|met|fulfil+s?|fulfil+ing|satisfy|satisf"
    r"|satisfies|with|the|an?|at|be|is|are|presents?|to|if|they|he|she|eligible|for|study|entry"
    r"|inclusion|exhibit|exhibits|demonstrate|show|shows)\b)*\W*",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"\b(?:patients?|subjects?|participants?|individuals?|persons?|people|adults?|must|should|shall"
    r"|will|have|has|had|having|with)\b",
    re.IGNORECASE,
)
ALL_MUST = re.compile(
    r"\b(?:must|should|shall|meets?|fulfil\w*|satisf\w*|required?)\b", re.IGNORECASE
)
ADEQUATE = re.compile(r"\b(?:adequate|acceptable|normal|sufficient)\b", re.IGNORECASE)
NEGATION = re.compile(
    r"\b(?:no|not|none|never|neither|without|absence|absent|free|lack|negative|den(?:y|ies)"
    r"|cannot|non)\b|\bexclu\w+|\bineligible",
    re.IGNORECASE,
)
WINDOW_FIRST = re.compile(
    r"\W*(?:ha(?:s|ve|d)\s+)?(?P<window>(?:within|during|over|in)\b[^,;:]*"
    r"\b(?:hours?|days?|weeks?|months?|years?)\b[^,;:]*?)[\s,]*(?:ha(?:s|ve|d))?\s*",
    re.IGNORECASE,
)
LEADS = re.compile(
    r"\b(?:of|with|by|for|to|from|have|has|had|having|receiving|received|receive|taking|using|used"
    r"|undergone|undergoing|on|against|requiring|requires?|known)\W*$",
    re.IGNORECASE,
)
DISTRIBUTES_WITH = re.compile(
    r"\b(?:treat\w*|therapy|therapies|infect\w*|diagnos\w*|intervention|contact|allerg\w*|medication|patients?"
    r"|subjects?|participants?|individuals?|women|men|females?|males?|persons?|people|those)\s+with\W*$",
    re.IGNORECASE,
)
ALSO = re.compile(
    r"(?P<what>.+?)[\s,]+(?:with|and|plus|meeting"
    r"|(?:(?:needs?|ha(?:s|ve)) to |must |should )?meets?"
    r"|(?:who|that|which)\s+(?:meets?|have|has|had)"
    r"|fulfilling|satisfying"
    r"|exhibiting|showing|accompanied by|in combination with)\W*",
    re.IGNORECASE | re.DOTALL,
)
DEFINED = re.compile(
    r"(?P<what>.+?)[\s,(]+(?:as\s+|is\s+|are\s+|which is\s+|that is\s+)*"
    r"(?:defined|described|evidenced|shown|demonstrated|documented|indicated|confirmed|determined"
    r"|assessed|characteri[sz]ed|manifested|measured|follows|below)"
    r"(?:\s+(?:as|by|on|in|follows|below|having|meeting|presence of))*\W*",
    re.IGNORECASE | re.DOTALL,
)
OPEN = re.compile(
    r"(?P<what>.+?)[\s,(]+(?:including|includes?|such as|e\.?g\.?|for example|but not limited to)"
    r"(?:,?\s*but\s+(?:is |are )?not\s+(?:be\s+)?limited\s+to)?(?:\s+the\s+following)?\W*",
    re.IGNORECASE | re.DOTALL,
)
FOR = re.compile(
    r"\W*(?:for|in)\s+(?P<whom>(?:\w+\s+){0,2}?(?:patients|subjects|participants|individuals|women|men"
    r"|females?|males?|those|children|adults|adolescents|cohort|part|phase|arm|group|stratum)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
GROUP = re.compile(  # Part 1 and Part 2 (Cohorts A to C)
    r"\W*(?:parts?|phases?|cohorts?|groups?|arms?)\s+[\w(][^:.;]{0,60}", re.IGNORECASE
)
IF = re.compile(r"\W*(?:if|in case of|in the case of)\s+(?P<when>.+)", re.IGNORECASE | re.DOTALL)
TAIL_LIMIT = 90  # characters behind `the following` that may go with every item
PLACES = re.compile(
    r"\d|\b(?:at|within|prior|before|during|in|of|on|for|since|after|from|to|by|with|over|under)\b",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"\b(?:who|that|which|and|or|unless|except|but|if|defined)\b", re.IGNORECASE)
BINDING = re.compile(
    r"\b(?:must|should|shall|not?|allow\w*|eligib\w*|exclu\w*|inclu\w*|requir\w*|permit\w*|only|unless"
    r"|except\w*|may|can|accept\w*|need\w*|if|or|any)\b|[<>≤≥=]|\d",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[^\W_A-Z.])[.;]\)?\s+(?=[A-Z])|(?<=\w\))\.\s+(?=[A-Z])")


def quantity_of(words: str | None) -> Quantity:
    """Return the quantity that words name.

    >>> [quantity_of(words) for words in ("at least two", "One or more", "both", None)]
    [2, 'any', 'all', None]
    """
    low = (words or "").lower()
    if not low:
        return None
    number = re.search(rf"\b{_NUMBER}\b", low)
    if number and count(number[0]) >= 1:
        return count(number[0]) if count(number[0]) > 1 else "any"
    return "all" if low.startswith(("all", "both", "each", "every")) else "any"


def only_a_slot(words: str) -> str | None:
    """Return the quantity (maybe none, an empty word) of words that are only `the following`."""
    rest = words.strip(" ,:;()")
    rest = rest[lead.end() :] if (lead := _LEAD_OF_EXCEPT.match(rest)) else rest
    if not rest:
        return ""
    found = _SLOT.fullmatch(rest) or _SLOT_AT_END.fullmatch(rest)
    return (found["quantity"] or "") if found else None


def split_rescue(words: str, lets_in: Callable[[str], bool] = rescues) -> tuple[str, str]:
    """Return a criterion's sentences up to the first that lets people in, and the rest."""
    if len(words) > LONGEST:
        return words, ""
    sentences = ". " in words or "; " in words or ".) " in words
    if not sentences or not may_let_in(words.lower()):
        return words, ""
    for end in SENTENCE.finditer(words):
        following = words[end.end() :]
        if lets_in(SENTENCE.split(following, maxsplit=1)[0]):
            return words[: end.start() + 1], following
    return words, ""


def only_people(words: str) -> bool:
    """Say whether words only name who is meant: patients who have, an individual must meet."""
    if _PEOPLE_ONLY.fullmatch(words):
        return True
    return only_admits(words) and not NEGATION.search(words)


def without_slot(head: str) -> str:
    found = slot(head)
    default = found is not None and not found["quantity"]
    return head[: found.start()] + head[found.end() :] if found and default else head


def slot(head: str) -> "re.Match[str] | None":
    """Return the place in the first words where the list stands: `any of the following`."""
    return _last(_SLOT, head) or _SLOT_AT_END.search(head)


def _last(pattern: "re.Pattern[str]", text: str) -> "re.Match[str] | None":
    found = None
    for each in pattern.finditer(text):
        found = each
    return found


def joined(*words: str) -> str:
    """Return words with one space between; empty ones are left out."""
    return " ".join(word.strip() for word in words if word and word.strip())
