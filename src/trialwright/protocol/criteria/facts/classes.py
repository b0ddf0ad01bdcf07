"""Classes on a scale: `NYHA III`, `ECOG 0-1`, `Child-Pugh score ≤ 6`, `stage 3b or higher CKD`.

    classes := scale filler (list | operator one | one "or more")
             | ("class" | "stage" | "grade") list scale
    list    := one (("," | "or" | "and" | "/" | "-" | "to") one)*

Arabic and Roman numbers name the same class. A Karnofsky status is a class as well, in steps of
ten, with or without a percent sign. Points of the Child-Pugh score are read where their limit is
that of a class (A is 5 and 6, B is 7 to 9); elsewhere they stay an open measure.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from ahocorasick_rs import AhoCorasick

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts.amounts import operator_before
from trialwright.protocol.criteria.matcher import Matcher, Mention, is_short_form
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.numbers import AFTER, IN_WORDS, SIGN, after, limiting, sign
from trialwright.protocol.criteria.pieces import Piece

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_FILLER = re.compile(
    r"(?:[\s:]+|,(?=\s*(?:class|stage|grade))|\((?:[A-Z][A-Za-z -]{1,14}"
    r"|[^()]{0,48}(?:[Aa]ssociation|[Gg]roup|[Ss]tatus|[Ss]cale|[Ss]ociety|[Cc]lass\w*"
    r"|[Ss]core))\)|-(?=\s*(?:PS|class|score|stage)\b)"
    r"|\b(?:functional|performance|physical|status|behaviou?r|ps|scale|scores?|class(?:es|ification)?|grades?"
    r"|stages?"
    r"|categor(?:y|ies)|levels?|index|of|is|are|was|must|be|should|has|have|(?-i:a)|an|the|in"
    r"|range|ranging|from|between|symptoms"
    r"|risk|scoring|system|criteria|value|angina|skin|phototypes?|types?"
    r"|at(?!\s+(?:least|most|or|the\s+(?:least|most)|a\s+minimum|minimum)\b)|screening|baseline"
    r"|disease|heart|failure|cirrhosis|liver|chronic|kidney|peripheral|arterial|[45]-point"
    r"|number|standard|(?-i:WHO|CALGB|ECOG|SWOG|GOG|Zubrod|ZUBROD))\b)*",
    re.IGNORECASE,
)
_ONE = r"(?:IV|VI|V|III|II|I|\d{1,3}[ab]?|[A-E])"
# What any class is written with, so that most texts need no search for a scale.
_A_CLASS = re.compile(r"\d|\b(?:[IV]{1,3}|[A-E])\b")
_JOINT = r"(?:\s*(?:,\s*(?:or|and)?|\bor\b|\band\b|/|-|–|—|~|\bto\b|\bthrough\b)\s*)"
# A Karnofsky status is said with a percent sign, or the word.
_PERCENT = r"(?:%|\s?per\s?cent\b)?"
_SKIP = r"(?:(?:NYHA|ECOG|class|stage|grade|score|status|PS|of)\s+)?"
_LIST = re.compile(
    rf"(?P<list>{_ONE}{_PERCENT}(?:{_JOINT}{_SKIP}{_ONE}{_PERCENT})*)(?![\w/]|\.\d|\s?(?:mg|weeks?|months?|years?"
    rf"|days?|hours?|patients))"
)
_PART = re.compile(rf"(?P<joint>{_JOINT})?{_SKIP}(?P<one>{_ONE}){_PERCENT}")
_SAID = sorted((words for words, op in IN_WORDS.items() if limiting(op)), key=len, reverse=True)
_WORD_OPERATOR = re.compile(
    rf"(?:{'|'.join(map(re.escape, _SAID))})\b"
    r"\s*(?:(?:a|an|the|of|class|grade|stage|score)\s+)*",
    re.IGNORECASE,
)
_IN_FRONT = re.compile(
    rf"\b(?:class(?:es)?|stages?|grades?)\s*(?P<list>{_ONE}(?:{_JOINT}{_ONE})*)(?P<after>\s+or\s+"
    rf"(?:higher|greater|above|more|worse|lower|less|better))?"
    r"\s*,?\s*(?:[(\[]\s*)?(?:(?:on|by|of|per|according\s+to|in|using"
    r"|as\s+defined\s+by)\s+(?:the\s+)?)?\Z",
)
_POINTS = {"child_pugh": {"A": (5, 6), "B": (7, 9), "C": (10, 15)}}
_LETTERS = re.compile("[a-z]+")
_SECOND = re.compile(rf"{_PERCENT}\s*(?:and|to|-)?\s*")
_BETTER = re.compile(r"\s+or\s+(?:better|worse)\b", re.IGNORECASE)


@cache
def _matcher() -> Matcher[str]:
    entries = lexicon().scales.items()
    return Matcher(
        (name, entry) for entry, scale in entries for name in (*scale.names, *scale.short)
    )


@cache
def _signs() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what shows in any case where a scale may be named, and what shows as written."""
    listed = [name for each in lexicon().scales.values() for name in (*each.names, *each.short)]
    long = {max(_LETTERS.findall(n.lower()), key=len)[:5] for n in listed if not is_short_form(n)}
    return tuple(sorted(long)), tuple(sorted(filter(is_short_form, listed)))


@cache
def _any_sign() -> AhoCorasick:
    """Return all signs in small letters, looked for in one pass."""
    return AhoCorasick([sign.lower() for signs in _signs() for sign in signs])


def may_hold_classes(text: str) -> bool:
    """Say whether a text may hold classes: it shows a sign of a scale, and what may be a class."""
    lower = text.lower()
    found = _any_sign().find_matches_as_indexes(lower)
    if not found or _A_CLASS.search(text) is None:
        return False
    in_any_case, as_written = _signs()
    if found[0][0] < len(in_any_case):
        return True
    return any(map(lower.__contains__, in_any_case)) or any(map(text.__contains__, as_written))


def classes(text: str) -> Iterator[Piece]:
    """Find classes on the scales of the lexicon in a text that may hold some."""
    end = 0
    for mention in _matcher().find(text):
        if mention.start < end:
            continue
        piece = _behind(text, mention) or _in_front(text, mention, end)
        if piece:
            end = piece.end
            yield piece


def _behind(text: str, mention: Mention[str]) -> Piece | None:
    scale = mention.value
    filler = _FILLER.match(text, mention.end)
    at = filler.end() if filler else mention.end
    if at == mention.end and text[at : at + 1].isalnum():
        return None
    operator, begin = _operator(text, at)
    said, opens, _ = operator_before(text, 0, mention.start)
    in_front = limiting(said)
    if (said and not in_front) or (operator and in_front):
        return None
    found = _LIST.match(text, begin)
    if not found:
        return None
    if in_front and not _single(found["list"]):  # `Age: 12 and over Performance status: 0-2`
        in_front = None
    operator = operator or in_front
    end = found.end()
    if operator:
        one = _PART.match(found["list"])
        node = _limited(scale, operator, one["one"]) if one else None
        end = begin + one.end() if one else end
        if one and (more := _second_limit(text, end, scale, operator)):
            node, end = _both(node, more[0]), more[1]
    elif (behind := AFTER.match(text, end)) and _single(found["list"]):
        node, end = _limited(scale, after(behind), _alone(found["list"])), behind.end()
    elif _BETTER.match(text, end):
        return None  # which way is better differs from scale to scale
    else:
        node = _listed(scale, found["list"])
    if node is None:
        return None
    if isinstance(node, nodes.Compare):
        node = replace(node, words=f"{text[mention.start : mention.end]} score")
    start = opens if in_front else mention.start
    return Piece("atom", start, end, text[start:end], node)


def _operator(text: str, at: int) -> tuple[nodes.Operator | None, int]:
    if found := SIGN.match(text, at):
        return sign(found), found.end()
    if found := _WORD_OPERATOR.match(text, at):
        words = " ".join(found[0].lower().split())
        for n in range(len(words.split()), 0, -1):
            op = IN_WORDS.get(" ".join(words.split()[:n]))
            if limit := limiting(op):
                return limit, found.end()
    return None, at


def _second_limit(
    text: str, at: int, scale: str, first: nodes.Operator
) -> tuple[nodes.Node, int] | None:
    """Read the other limit of `≥ 1 and ≤ 3`."""
    joint = _SECOND.match(text, at)
    operator, begin = _operator(text, joint.end() if joint else at)
    one = _PART.match(text, begin) if operator else None
    if not operator or not one or one["joint"] or {operator[0], first[0]} != {"<", ">"}:
        return None
    node = _limited(scale, operator, one["one"])
    return (node, one.end()) if node else None


def _both(one: nodes.Node | None, other: nodes.Node) -> nodes.Node | None:
    if isinstance(one, nodes.Ordinal) and isinstance(other, nodes.Ordinal):
        chosen = tuple(name for name in one.classes if name in other.classes)
        return nodes.Ordinal(one.scale, chosen) if chosen else None
    return None


def _in_front(text: str, mention: Mention[str], least: int) -> Piece | None:
    """Read `class III or IV of the New York Heart Association`, `stage 3b or higher CKD`."""
    found = _IN_FRONT.search(text, max(least, mention.start - 60), mention.start)
    if not found:
        return None
    if found["after"]:
        word = found["after"].split()[-1].lower()
        if word in ("worse", "better"):
            return None
        up = word in ("higher", "greater", "above", "more")
        node = _limited(mention.value, ">=" if up else "<=", found["list"])
    else:
        node = _listed(mention.value, found["list"])
    if node is None:
        return None
    start, end = found.start(), mention.end
    return Piece("atom", start, end, text[start:end], node)


def _single(listed: str) -> bool:
    return re.fullmatch(rf"{_ONE}{_PERCENT}", listed) is not None


def _alone(listed: str) -> str:
    """Return a single class without its percent sign."""
    one = _PART.match(listed)
    return one["one"] if one else listed


# --- which classes are meant -----------------------------------------------------------------


def _listed(scale: str, listed: str) -> nodes.Node | None:
    parts = [(part["joint"], part["one"]) for part in _PART.finditer(listed)]
    if scale in _POINTS and all(one.isdigit() for _, one in parts) and int(parts[0][1]) > 4:
        return _by_points(scale, parts)
    known = lexicon().scales[scale].classes
    places: list[int] = []
    for joint, one in parts:
        at = _place(known, one)
        if at is None:
            return None
        ranged = joint is not None and joint.strip().lower() in (
            "-",
            "–",
            "—",
            "~",
            "to",
            "through",
        )
        if ranged and places:
            if at <= places[-1]:
                return _descending(scale, known, places, at)
            places += range(places[-1] + 1, at)
        places.append(at)
    chosen = tuple(known[place] for place in sorted(set(places)))
    return nodes.Ordinal(scale, chosen) if chosen else None


def _descending(
    scale: str, known: tuple[str, ...], places: list[int], at: int
) -> nodes.Node | None:
    """Read `100-70`: a Karnofsky range is often written from the top."""
    if len(places) != 1 or at == places[0]:
        return None
    return nodes.Ordinal(scale, known[at : places[0] + 1])


def _by_points(scale: str, parts: list[tuple[str | None, str]]) -> nodes.Node | None:
    numbers = [int(one) for _, one in parts]
    if len(numbers) == 2 and (parts[1][0] or "").strip() in ("-", "–", "to", "~"):
        numbers = list(range(numbers[0], numbers[1] + 1))
    return _whole_classes(scale, set(numbers))


def _whole_classes(scale: str, points: set[int]) -> nodes.Node | None:
    """Return the classes that points make up; None where they cut one."""
    chosen = []
    for name, (low, high) in _POINTS[scale].items():
        inside = set(range(low, high + 1)) & points
        if inside and len(inside) < high - low + 1:
            return None
        if inside:
            chosen.append(name)
    return nodes.Ordinal(scale, tuple(chosen)) if chosen else None


def _limited(scale: str, op: nodes.Operator, one: str) -> nodes.Node | None:
    """Return the classes of `≥ II`, `2 or less`, `Karnofsky > 65`."""
    if scale in _POINTS and one.isdigit() and int(one) > 4:
        return _points_limit(scale, op, int(one))
    known = lexicon().scales[scale].classes
    at = _place(known, one)
    if at is None:
        return _between_steps(scale, known, op, one)
    ends = {">=": (at, None), ">": (at + 1, None), "<=": (0, at + 1), "<": (0, at)}
    low, high = ends.get(op, (at, at + 1))
    chosen = known[low:high]
    return nodes.Ordinal(scale, chosen) if chosen else None


def _between_steps(
    scale: str, known: tuple[str, ...], op: nodes.Operator, one: str
) -> nodes.Node | None:
    """Choose the classes of a scale in steps of ten that a number between two of them parts."""
    if len(known) < 8 or not one.isdigit() or not all(name.isdigit() for name in known):
        return None
    above = op in (">", ">=")
    chosen = tuple(name for name in known if (int(name) > int(one)) == above)
    return nodes.Ordinal(scale, chosen) if chosen and op != "=" and int(one) <= 100 else None


def _points_limit(scale: str, op: nodes.Operator, n: int) -> nodes.Node | None:
    least, most = 5, 15
    met = {
        ">=": range(n, most + 1), ">": range(n + 1, most + 1), "<=": range(least, n + 1),
        "<": range(least, n), "=": range(n, n + 1),
    }[op]  # fmt: skip
    whole = _whole_classes(scale, set(met)) if n <= most else None
    return whole or nodes.Compare(None, op, value=Decimal(n), words=f"{scale} score")


def _place(known: tuple[str, ...], written: str) -> int | None:
    """Return where a class stands on its scale, whether its number is Arabic or Roman."""
    if written in known:
        return known.index(written)
    for i, name in enumerate(known):
        if str(_ROMAN.get(name, "")) == written or str(_ROMAN.get(written, "")) == name:
            return i
    return None
