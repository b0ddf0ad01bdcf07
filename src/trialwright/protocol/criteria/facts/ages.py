"""Limits of age, in completed years, months, weeks or days.

    age := ("age" | "aged" | people) limits | limits time-unit ("of age" | "old")
         | limits "or older"

A lower limit that is strict keeps its doubt: over 18 may begin on the birthday or on the day after.
So does an upper limit in months that is a whole number of years, because a limit of two years
includes the whole third one, and a limit in hours, because records have days.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts.amounts import Amount, whole
from trialwright.protocol.criteria.facts.groups import Group, Limit
from trialwright.protocol.criteria.facts.places import closed
from trialwright.protocol.criteria.facts.words import OF_A_PERSON, OTHER_AGES, PEOPLE, SAID_OF_AGES
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import either_way, every, some

_AGE_BEFORE = re.compile(
    r"(?P<kind>[\w-]+\s+)?\b(?P<age>age[ds]?)\b(?:\s*\((?:in\s+)?(?:years?|yrs?)\))?(?:\s+(?:range"
    r"|limits?|groups?))?"
    r"(?:\s*(?:is|are|was|were|must\s+be|should\s+be|must|be|being|of|at|:|-|=|,|\[|\(|range"
    r"|years?|in\s+years|in|must\s+be\s+at)\s*)*\s*\Z",
    re.IGNORECASE,
)
_OF_AGE = re.compile(
    r"(?:[\s-]*(?:\(?inclusive\)?,?\s*)?(?:years?\s+)?(?:of\s+age|olds?\b|in\s+age"
    r"|age\b(?!\s+(?:of|at|group)))"
    r"(?:,?\s*\(?(?:both\s+)?inclusive(?:ly)?\)?)?)",
    re.IGNORECASE,
)
_INCLUSIVE = re.compile(r"\s*[,(]?\s*(?:both\s+)?inclu(?:sive(?:ly)?|ded)\b\s*\)?", re.IGNORECASE)
_AFTER_OLD = re.compile(
    r"\s*(?:,\s*)?(?:or|and)\s+(?P<more>older|above|over|more|up|greater)\b|\s*(?:,\s*)?(?:or"
    r"|and)\s+(?P<less>younger|below|less|under)\b",
    re.IGNORECASE,
)
_AT_CONSENT = re.compile(
    r",?\s+(?:at|on)\s+(?:the\s+)?(?:(?:time|date|day)\s+of\s+)?(?:(?:signing|giving|providing"
    r"|obtaining|signature\s+of)\s+(?:of\s+)?(?:the\s+)?)?"
    r"(?:written\s+)?(?:informed\s+consent(?:\s+form)?|consent|screening(?:\s+visit)?|enrol+ment"
    r"|study\s+entry|inclusion|randomi[sz]ation|entry|baseline)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\s*(?:at|when|on)\s+(?:the\s+)?(?:time\s+of\s+)?(?:first\s+|initial\s+)?(?:diagnosis|onset"
    r"|transplant\w*|menopause|surgery|menarche|death|birth|delivery)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[\s.,;:*•)\]-]*")
_GOES_ON = re.compile(
    r"\s*(?:[.,;)\]]|\(\s*incl|\Z|(?:and|or|with|who|at|male|female)\b)", re.IGNORECASE
)
_LESS = re.compile(r"\s*(?:old|of\s+age)?\s*(<\s*=|<|≤|≦|⩽|=\s*<)\s*")
# The first half of an age in two units is read by nobody: `five years 3 months of age`.
_GOES_BEFORE = re.compile(r"\b(?:years?|yrs?|months?)\s+(?:and\s+)?\Z", re.IGNORECASE)
_SEXES = frozenset(["men", "women", "males", "females", "male", "female", "boys", "girls"])
_YOUNGEST, _OLDEST = 12, 120


def age(
    text: str, group: Group, found: Sequence[Amount], least: int, aged: int = -1
) -> Piece | None:
    """Return the limits of age that a group of the found amounts states; None for another thing.

    `aged` is where an age in front ended: `13 to 17 years or 18 to 20` is about ages twice.
    """
    stated = _span(text, group, least)
    if stated is None and aged >= 0 and _goes_on_from(text, aged, group):
        stated = (group.start, group.end)
    if stated is None or _GOES_BEFORE.search(text, max(0, group.start - 12), group.start):
        return None
    start, end = stated
    lower = _sandwiched(group, found, text, start)
    if lower is not None:
        start, group = lower.amount.start, group._replace(limits=(lower, *group.limits))
    after = _AFTER_OLD.match(text, end) if len(group.limits) == 1 else None
    if after and (after["more"] is not None) == (group.limits[0].op in (">", ">=")):
        end = after.end()
    if _ELSEWHERE.match(text, end):
        return None
    parts = [_limit(limit, text[start:end]) for limit in group.limits]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if consent := _AT_CONSENT.match(text, end):
        end = consent.end()
    end = closed(text, start, end)
    return Piece("atom", start, end, text[start:end], _joined(known, group))


def _sandwiched(group: Group, found: Sequence[Amount], text: str, start: int) -> Limit | None:
    """Return the limit on the other side of the word: `18 years old ≤ age ≤ 75`."""
    limit = group.limits[0]
    if len(group.limits) > 1 or group.first == 0 or limit.op not in ("<", "<="):
        return None
    before = found[group.first - 1]
    joint = _LESS.fullmatch(text, before.end, start) if before.op is None else None
    if joint is None:
        return None
    unit = limit.unit if before.unit.kind == "none" else before.unit
    return Limit(">" if joint[1] == "<" else ">=", before, unit)


def _joined(parts: "list[nodes.Node]", group: Group) -> nodes.Node:
    if group.joint == "any":
        return some(parts)
    match parts:
        case [nodes.Demographic(low, None, None), nodes.Demographic(None, high, None)]:
            return nodes.Demographic(low, high)
        case [nodes.Demographic(None, high, None), nodes.Demographic(low, None, None)]:
            return nodes.Demographic(low, high)
        case _:
            return every(parts)


def _span(text: str, group: Group, least: int) -> tuple[int, int] | None:
    """Return where the words of an age begin and end."""
    units = {limit.unit.unit for limit in group.limits}
    timed = all(limit.unit.is_time for limit in group.limits)
    if not timed and units != {None}:
        return None
    start, end = group.start, group.end
    before = None
    if "age" in text[max(least, start - 60) : start].lower():
        before = _AGE_BEFORE.search(text, max(least, start - 60), start)
    if before:
        kind = (before["kind"] or "").strip().lower()
        if kind in OTHER_AGES or kind == "of":
            before = None if kind != "of" or not timed else before
        if before is None:
            return None
        start = before.start("age")
    behind = _OF_AGE.match(text, end)
    if behind and not (timed or "age" in behind[0].lower() or "old" in behind[0].lower()):
        behind = None
    if behind and not before and "old" in behind[0].lower() and _is_of_things(text, group, least):
        return None
    if behind:
        end = behind.end()
    if inclusive := _INCLUSIVE.match(text, end):
        end = inclusive.end()
    older = group.about_age and not _is_of_a_finding(text, group, units, least)
    if before or behind or older or _is_of_people(text, group, least, end):
        return start, end
    return None


def _goes_on_from(text: str, aged: int, group: Group) -> bool:
    units = {limit.unit.unit for limit in group.limits}
    return units <= {"a", None} and _OR.fullmatch(text, aged, group.start) is not None


def _is_of_things(text: str, group: Group, least: int) -> bool:
    """Say whether what is so many years old is no person: `transplants less than a year old`."""
    words = text[max(least, group.start - 30) : group.start].split()
    if not words or not words[-1].isalpha():
        return False
    return words[-1].lower() not in OF_A_PERSON


_OR = re.compile(r"\s*,?\s*(?:or|and)?\s*", re.IGNORECASE)


def _is_of_a_finding(text: str, group: Group, units: set[str | None], least: int) -> bool:
    """Say whether what is older than so many weeks is no person: `ulcer older than 6 weeks`."""
    if not units & {"wk", "d", "h"}:
        return False
    words = text[max(least, group.start - 40) : group.start].replace(",", " ").split()
    return bool(words) and words[-1].lower() not in PEOPLE | SAID_OF_AGES


def _is_all_that_is_said(text: str, group: Group) -> bool:
    """Say whether a text is `18 and over` or `over 18`, and nothing else."""
    amount = group.limits[0].amount
    alone = _ALONE.fullmatch(text, 0, group.start) and _ALONE.fullmatch(text, group.end)
    older = _AFTER_OLD.search(text, amount.at, amount.end) is not None
    older = older or text[amount.start : amount.start + 5].lower().split()[0] in ("over", "under")
    return bool(alone) and older and _YOUNGEST <= amount.value <= _OLDEST


def _is_of_a_sex(text: str, group: Group, least: int) -> bool:
    """Say whether a range is that of `males 25-65`, and nothing goes on from it."""
    words = text[max(least, group.start - 20) : group.start].rstrip(" ,(:").split()
    ages = all(1 <= limit.amount.value <= _OLDEST for limit in group.limits)
    told = len(group.limits) == 2 and bool(words) and words[-1].lower() in _SEXES
    ages = ages and group.limits[-1].amount.value >= _YOUNGEST
    return told and ages and _GOES_ON.match(text, group.end) is not None


def _is_of_people(text: str, group: Group, least: int, end: int) -> bool:
    """Say whether `> 18 years` is all that is said, or is said of people."""
    units = {limit.unit.unit for limit in group.limits}
    if units == {None}:
        return _is_all_that_is_said(text, group) or _is_of_a_sex(text, group, least)
    if units != {"a"} or not (group.joint == "any" or _GOES_ON.match(text, end)):
        return False
    in_front = text[max(least, group.start - 40) : group.start]
    words = in_front.replace("(", " ").replace(",", " ").split()
    if not words or not in_front.strip(" -*•.:()0123456789"):
        return group.end - group.start > 0 and (
            _ALONE.fullmatch(text, end) is not None
            or _ALONE.fullmatch(text, 0, group.start) is not None
        )
    while words and words[-1].lower() in SAID_OF_AGES:
        if words.pop().lower() in ("older", "younger", "aged") and not words:
            return True
    return bool(words) and words[-1].lower() in PEOPLE


def _limit(limit: Limit, said: str) -> nodes.Node | None:
    n, unit = limit.amount.value, limit.unit.unit or "a"
    if limit.op == "=" or n < 0:
        return None
    if unit in ("h", "min"):
        return _in_hours(limit, n if unit == "h" else n / 60, said)
    count = whole(n)
    if count is None or (unit == "a" and count > _OLDEST):
        return None
    match limit.op:
        case ">=":
            return nodes.Demographic(age_min=_age(count, unit))
        case ">":  # over 18 years: from the birthday, or a year later?
            doubt = f"{said.strip()}: whether {count} itself is in"
            surely = nodes.Demographic(age_min=_age(count + 1, unit))
            return either_way(surely, nodes.Demographic(age_min=_age(count, unit)), doubt)
        case "<":  # under 18 in completed years is 17 at most
            return _below(count, unit, said) if count else None
        case _:
            return _at_most(count, unit, said)


def _age(n: int, unit: str) -> Duration:
    match unit:
        case "a":
            return Duration(months=12 * n)
        case "mo":
            return Duration(months=n)
        case "wk":
            return Duration(days=7 * n)
        case _:
            return Duration(days=n)


def _below(n: int, unit: str, said: str) -> nodes.Node:
    """Return the greatest age below a limit: a day less, a month less, or a year less."""
    match unit:
        case "wk":
            return nodes.Demographic(age_max=Duration(days=7 * n - 1))
        case "mo" if n % 12 == 1:  # 12 months at most would mean the whole second year
            nearly = nodes.Demographic(age_max=Duration(months=n - 1, days=31))
            return nodes.All((nearly, nodes.Residue(f"{said.strip()}: the last days of the month")))
        case _:
            return nodes.Demographic(age_max=_age(n - 1, unit))


def _at_most(n: int, unit: str, said: str) -> nodes.Node:
    limit = nodes.Demographic(age_max=_age(n, unit))
    if unit == "mo" and n % 12 == 0 and n:
        return nodes.All((limit, nodes.Residue(f"{said.strip()}: whether days beyond are in")))
    return limit


def _in_hours(limit: Limit, hours: Decimal, said: str) -> nodes.Node | None:
    days = int(hours // 24) + (1 if hours % 24 and limit.op in ("<", "<=") else 0)
    doubt = nodes.Residue(f"{said.strip()}: hours, which a date of birth does not tell")
    if limit.op in ("<", "<="):
        return nodes.All((nodes.Demographic(age_max=Duration(days=days)), doubt))
    return nodes.All((nodes.Demographic(age_min=Duration(days=days)), doubt))
