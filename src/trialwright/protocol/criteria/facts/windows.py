"""Windows of time before an anchor: `within the last 3 months`, `5 half-lives before screening`.

    window := ("within" | "in" | "during" | "over") ["the" ("last" | "past")] time [before]
            | ("<" | "less than") time (before | "ago")
            | ("≥" | "at least" | "more than") time (before | "ago")        a gap: it ended by then
            | "between" time "and" time before                           from the one to the other
            | "the" ("last" | "past" | ...) time-unit                       `in the past year`
    time   := amount ["or" number "half-lives" ["whichever is longer"]] ["(" restated ")"]
    before := ("before" | "prior to" | "preceding" | "of") anchor

Hours are no window, because records have days and neither rounding would be true. `Whichever is
shorter` is none that a criterion can hold. A time without an anchor is none, except `within 3
months` where a thing of the past is counted: see `lone_times`.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from trialwright.core.dates import Duration
from trialwright.protocol.criteria.facts.amounts import Amount, named, whole
from trialwright.protocol.criteria.facts.lone_times import counts_from_enrolment
from trialwright.protocol.criteria.facts.places import lowered
from trialwright.protocol.criteria.facts.words import BEFORE_A_TIME, NO_ANCHOR
from trialwright.protocol.criteria.numbers import NUMBER_WORD
from trialwright.protocol.criteria.pieces import Piece

# In lower case, what may stand in front of a time.
_BEFORE_TIME = r"(?:(?:the|a|at least|less than|a period of|about)\s+)*"
_PAST = r"(?P<past{}>last|past|previous|preceding|prior|most recent|immediately preceding)\s+"
_OF = r"(?:the\s+)?(?:(?:a\s+)?(?:period|time)\s+of\s+)?\Z"
_WITHIN = re.compile(
    r"(?P<reach>within|in|during|over|throughout|for|at any time (?:with)?in|anytime in)\s+"
    rf"{_BEFORE_TIME}(?:{_PAST.format(1)})?{_OF}|(?:(?:the|a)\s+)?{_PAST.format(2)}{_OF}"
)
# From the word that says it is past; in front of it must stand what opens a window.
_UNIT_ALONE = re.compile(
    r"(?:last|past|previous|preceding|prior)\s+(?:calendar\s+)?(?P<unit>year|month|week|day)\b"
)
_PAST_WORDS = ("last", "past", "previous", "preceding", "prior")
_OPENS_ALONE = re.compile(r"\b(?:(?:with)?in|during|over)\s+(?:the\s+)?\Z")
_LIVES = re.compile(
    rf"\s*(?:\([^()]{{1,24}}\)\s*)?,?\s*or,?\s+(?:within\s+"
    rf"|at\s+least\s+)?(?P<n>\d{{1,2}}(?:\.\d)?|{NUMBER_WORD})\s*"
    r"(?:\(\d{1,2}\)\s*)?(?:x\s*|times\s+(?:the\s+)?)?(?:elimination\s+|plasma\s+|terminal\s+"
    r"|drug\s+|known\s+)*half[\s-]?li(?:fe|ves)\b"
    r"(?:\s+of\s+(?:the\s+)?[^,;.()]{1,40}?(?=\s*[,;.()]|\s+(?:prior|before|whichever"
    r"|preceding)\b))?",
    re.IGNORECASE,
)
_WHICHEVER = re.compile(
    r"\s*[,(;]*\s*which\s?ever\s+(?:is|was|one\s+is|of\s+(?:the\s+)?(?:two|these)\s+is|period\s+is"
    r"|comes\s+(?:out\s+)?)?\s*(?:the\s+)?"
    r"(?:(?P<longer>long(?:er|est)|greater|more|later)|(?P<shorter>short(?:er|est)|less(?:er)?"
    r"|first|earlier))\s*\)?,?",
    re.IGNORECASE,
)
_RESTATED = re.compile(
    rf"\s*[(\[]\s*(?:~|±|i\.?e\.?,?\s*)?(?:\d{{1,4}}|{NUMBER_WORD})[\s-]*(?:calendar\s+)?(?:days?"
    rf"|weeks?|months?|years?|hours?|hrs?)\s*[)\]]",
    re.IGNORECASE,
)
# `Over the 3 months before` is all of them, and not more than three.
_OVER_THE = re.compile(r"over\s+the\b", re.IGNORECASE)
_AGO = re.compile(r"\s*(?:ago|earlier|previously|prior(?=\s*(?:[.,;)]|\Z)))\b", re.IGNORECASE)
_PERIOD = re.compile(r"\s*(?:periods?|time|duration|window|interval)(?=\s)", re.IGNORECASE)
_BEFORE = re.compile(
    r"\s*,?\s*(?:immediately\s+|directly\s+)?(?P<relation>prior\s+to(?:\s+or\s+(?:on|at))?|before"
    r"|preceding|previous\s+to|in\s+advance\s+of|leading\s+up\s+to|of|from)\s+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:(?:the|a|an|their|his|its|this)\s+)?(?:(?:participant|patient"
    r"|subject)(?:'?s)?\s+)?(?:(?:date|day|time|start|beginning|initiation|commencement"
    r"|moment)\s+(?:of\s+|at\s+which\s+)?)?(?:(?:the|a|an|their|this)\s+)?",
    re.IGNORECASE,
)
_GIVEN = (
    r"(?:dose|dosing|administration|infusion|injection|treatment|application|drug intake|intake)"
)
_STUDY_DRUG = (
    r"(?:\s+(?:of|with)\s+(?:the\s+)?(?:study|trial|investigational|protocol|assigned|test"
    r"|experimental|any)?\s*(?:study\s+)?"
    r"(?:drugs?|treatments?|medications?|products?|interventions?|therapy|vaccines?|agents?"
    r"|medicinal\s+products?|IP|IMP|dosing))?"
)
# canonical name: what the text calls it, tried in this order
_ANCHORS: tuple[tuple[str, str], ...] = (
    (
        "screening",
        r"(?:the\s+)?(?:initial\s+)?screening(?:\s+(?:visit(?:\s+\d)?|period|phase|date|assessment"
        r"|procedures?))?|V1\b(?=\s*\(screening)",
    ),
    (
        "first_infusion",
        rf"(?:the\s+)?(?:first|1st|initial)\s+(?:planned\s+|scheduled\s+)?(?:(?:study|trial"
        rf"|investigational)\s+)?(?:drug\s+|product\s+|medication\s+|treatment\s+"
        rf"|IP\s+)?{_GIVEN}{_STUDY_DRUG}"
        rf"|(?:first|initial)\s+study\s+(?:drug|treatment|medication)|(?:receiving|receipt\s+of"
        rf"|starting|taking|start\s+of|initiation\s+of|initiating|beginning"
        rf"|administration\s+of)\s+(?:the\s+)?(?:first\s+)?(?:dose\s+of\s+)?(?:the\s+)?(?:study"
        rf"|trial|investigational|protocol)\s+(?:study\s+)?(?:drugs?|treatments?|medications?"
        rf"|products?|interventions?|therapy|dosing)"
        r"|(?:study|trial|protocol|investigational)\s+(?:drug|treatment|therapy|medication|product"
        r"|dosing|intervention)(?:\s+(?:administration|initiation|start|dosing))?"
        r"|(?:cycle\s+1,?\s+day\s+1|C1D1|day\s+1\s+of\s+cycle\s+1|(?:study\s+)?day\s+(?:1|0"
        r"|one)(?!\d)(?:\s+of\s+(?:treatment|dosing|study(?:\s+(?:treatment|drug))?))?)"
        r"|first\s+infusion|infusion|dosing|treatment(?:\s+(?:start|initiation))?"
        r"|start\s+of\s+(?:treatment|therapy)|starting\s+treatment",
    ),
    (
        "consent",
        r"(?:the\s+)?(?:signing|giving|providing|obtaining|signature"
        r"|provision)?\s*(?:of\s+)?(?:the\s+)?(?:written\s+)?(?:informed\s+consent(?:\s+form)?"
        r"|consent(?:\s+form)?|ICF)(?:\s+signature)?",
    ),
    ("randomisation", r"randomi[sz]ation|being\s+randomi[sz]ed|randomi[sz]ing"),
    ("baseline", r"baseline(?:\s+visit)?"),
    (
        "enrolment",
        r"(?:study\s+|trial\s+|protocol\s+)?(?:inclusion|enrol+ment|entry|registration|participation"
        r"|recruitment)(?:\s+(?:in|into|to|on)\s+(?:the\s+|this\s+)?(?:study|trial))?(?:\s+visit"
        r"|\s+date)?"
        r"|entering\s+(?:the\s+|this\s+)?(?:study|trial)|enrol+ing(?:\s+in\s+(?:the\s+"
        r"|this\s+)?(?:study|trial))?|being\s+enrolled"
        r"|(?:study|trial)\s+(?:start|initiation|begin\w*|commencement)|(?:start|beginning"
        r"|initiation)\s+of\s+(?:the\s+|this\s+)?(?:study|trial)|(?:study|trial)(?!\s+\w)",
    ),
)
_ANCHOR = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _ANCHORS).replace(r"\s+", r"\s+"),
    re.IGNORECASE,
)
_OWN = re.compile(
    r"[^\W\d_][\w'-]*(?:\s+(?!(?:and|or|that|which|who|with|unless|except|if|is|are|was|were|may"
    r"|must|will|as|for|in|to|but|by|on)\b)[\w'-]+){0,5}"
)
_VISIT = re.compile(r"visit\s+\d\b", re.IGNORECASE)
_MOST_MONTHS = 2400
_ALONE_FRONT = 16  # characters in front of `past year`
_FRONT = 48  # characters in front of a time in which `within the last` may begin
_BARE = frozenset({"treatment", "infusion", "dosing", "study", "trial"})


class Time(NamedTuple):
    """A length of time in a text: amounts and half-lives, and where they end."""

    amount: Amount | None
    half_lives: Decimal | None
    end: int


def windows(text: str, found: Sequence[Amount], used: set[int]) -> Iterator[Piece]:
    """Yield the windows of a text; amounts that another fact has used are left alone."""
    last = -1
    for i, amount in enumerate(found):
        if i in used or amount.at < last:
            continue
        piece = None
        if amount.unit.is_time or amount.unit.unit == "half-lives":
            piece = _between(text, found, i) or _window(text, amount)
        elif amount.op in (None, "between") and i + 1 < len(found) and i + 1 not in used:
            piece = _between(text, found, i)
        if piece:
            last = piece.end
            yield piece
    yield from _without_number(text)


_ONE = {"year": Duration(12), "month": Duration(1), "week": Duration(0, 7), "day": Duration(0, 1)}


def _without_number(text: str) -> Iterator[Piece]:
    """Read `in the past year`, `during the preceding month`."""
    lower = lowered(text)
    if not any(map(lower.__contains__, _PAST_WORDS)):
        return
    for alone in _UNIT_ALONE.finditer(lower):
        opens = _OPENS_ALONE.search(lower, max(0, alone.start() - _ALONE_FRONT), alone.start())
        if opens:
            anchor, end = _anchor(text, alone.end()) or ("enrolment", alone.end())
            start, last = opens.start(), _ONE[alone["unit"]]
            yield Piece("window", start, end, text[start:end], last=last, anchor=anchor)


def _between(text: str, found: Sequence[Amount], at: int) -> Piece | None:
    """Read `between 2 and 6 months before enrolment`, `2-6 months prior to screening`."""
    if at + 1 >= len(found):
        return None
    near, far = found[at], found[at + 1]
    joint = text[near.end : far.start].strip().lower()
    opened = near.op in ("between", "from")
    if joint not in ("-", "–", "to", "and") or (joint == "and" and not opened):
        return None
    if near.op not in (None, "between", "from") or far.op is not None or not far.unit.is_time:
        return None
    if _opening(text, near).at is not None:  # within 2-4 weeks: which of the two?
        return None
    anchored = _anchor(text, far.end)
    unit = near.unit.unit if near.unit.is_time else far.unit.unit
    if anchored is None or near.unit.kind not in ("none", "unit") or anchored[1] == far.end:
        return None
    gap, last = _length(near.value, unit), _length(far.value, far.unit.unit)
    if gap is None or last is None:
        return None
    start, end = near.start, anchored[1]
    return Piece("window", start, end, text[start:end], last=last, anchor=anchored[0], gap=gap)


def _window(text: str, amount: Amount) -> Piece | None:
    time = _time(text, amount)
    opening = _opening(text, amount)
    anchored = _reached(text, time, opening) if time else None
    if time is None or anchored is None:
        return None
    if amount.op in (None, "<", "<=") and (amount.op or opening.opens):
        start = amount.start if opening.at is None else opening.at
        return None if opening.lasting else _reaching_back(text, start, time, anchored)
    if amount.op == ">" and _OVER_THE.match(text, amount.start):
        return _reaching_back(text, amount.start, time, anchored)
    if amount.op in (">", ">=") and not opening.opens:
        return _ended_before(text, amount.start, time, anchored)
    return None


class _Opening(NamedTuple):
    """What stands in front of a time: `within the last`, `over`, `for`."""

    at: int | None = None  # where it begins
    within: bool = False
    past: bool = False
    opens: bool = False
    lasting: bool = False


_NO_OPENING = _Opening()


def _opening(text: str, amount: Amount) -> _Opening:
    begin = max(0, amount.start - _FRONT)
    front = lowered(text[begin : amount.start])
    words = front.rsplit(None, 1)
    if not words or words[-1].lstrip("([") not in BEFORE_A_TIME:
        return _NO_OPENING
    found = _WITHIN.search(front)
    if found is None:
        return _NO_OPENING
    reach = found["reach"] or ""
    past = (found["past1"] or found["past2"]) is not None
    return _Opening(begin + found.start(), reach.endswith("within"), past, True, reach == "for")


def _reached(text: str, time: Time, opening: _Opening) -> tuple[str, int] | None:
    """Return the anchor of a time and where its words end."""
    if anchored := _anchor(text, _behind(text, time.end), within=opening.within):
        return anchored
    if ago := _AGO.match(text, time.end):
        return "enrolment", ago.end()
    lone = opening.at is not None and opening.within
    if opening.past or (lone and counts_from_enrolment(text, opening.at or 0, time.end)):
        return "enrolment", time.end
    return None


def _reaching_back(text: str, start: int, time: Time, anchored: tuple[str, int]) -> Piece | None:
    anchor, end = anchored
    last = _stated(time)
    if last is None and (time.amount or time.half_lives is None):
        return None
    return Piece(
        "window", start, end, text[start:end], last=last, anchor=anchor,
        half_lives=time.half_lives,
    )  # fmt: skip


def _ended_before(text: str, start: int, time: Time, anchored: tuple[str, int]) -> Piece | None:
    anchor, end = anchored
    gap = _stated(time)
    if gap is None or time.half_lives is not None:
        return None
    return Piece("window", start, end, text[start:end], anchor=anchor, gap=gap)


def _stated(time: Time) -> Duration | None:
    return _length(time.amount.value, time.amount.unit.unit) if time.amount else None


def _time(text: str, amount: Amount) -> Time | None:
    """Read an amount of time with the half-lives beside it; None where the shorter one counts."""
    lives, end, stated = _half_lives(text, amount)
    if lives is not None and lives <= 0:
        return None
    if lives is None and "half" in text[end : end + 40].lower():
        return None  # half-lives in words that were not read
    which = _WHICHEVER.match(text, end)
    if which and which["shorter"]:
        return None
    end = which.end() if which else end
    if again := _RESTATED.match(text, end):
        end = again.end()
    return Time(stated, lives, end)


def _half_lives(text: str, amount: Amount) -> tuple[Decimal | None, int, Amount | None]:
    """Return the half-lives, where they end, and the time that stands beside them."""
    if amount.unit.unit == "half-lives":
        return amount.value, amount.end, None
    found = _LIVES.match(text, amount.end)
    return (named(found["n"]), found.end(), amount) if found else (None, amount.end, amount)


def _behind(text: str, at: int) -> int:
    found = _PERIOD.match(text, at)
    return found.end() if found else at


def _length(value: Decimal, unit: str | None) -> Duration | None:
    """Return a time in months and days; None for hours, which no date can tell."""
    if unit not in ("a", "mo", "wk", "d"):
        return None
    if unit in ("a", "mo"):
        months = whole(value * 12 if unit == "a" else value)
        return Duration(months=months) if months is not None and months < _MOST_MONTHS else None
    days_of = whole(value * 7 if unit == "wk" else value)
    return Duration(days=days_of) if days_of is not None and days_of < 30 * _MOST_MONTHS else None


def _anchor(text: str, at: int, *, within: bool = False) -> tuple[str, int] | None:
    """Return the anchor that follows and its end; one of no list is named by its own words."""
    relation = _BEFORE.match(text, at)
    if not relation:
        return None
    begin = relation.end()
    behind = relation["relation"].lower() in ("of", "from")  # before it, or after it?
    if behind and not within:
        return None
    lead = _LEAD.match(text, begin)
    for start in dict.fromkeys((begin, lead.end() if lead else begin)):
        known = _ANCHOR.match(text, start)
        if known and not text[known.end() : known.end() + 1].isalnum():
            if behind and known[0].lower() in _BARE:
                return None
            return known.lastgroup or "enrolment", known.end()
    if behind:
        visit = _VISIT.match(text, begin)
        return (visit[0].lower(), visit.end()) if visit else None
    own = _OWN.match(text, lead.end() if lead else begin)
    if own is None or own[0].split()[0].lower() in NO_ANCHOR:
        return None
    return " ".join(own[0].lower().split()), own.end()
