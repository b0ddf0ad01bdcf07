"""What a limit is about: the measures of the lexicon that stand in front of it.

    subject := measure (("," | "and" | "or" | "/") measure)* ["(" short form ")"] filler

The word in front may make another measure of it (`urine creatinine`), which stays open, and
`change in LVEF` is none.
"""

import re
from typing import Literal, NamedTuple

from trialwright.protocol.criteria.facts.filler import Left
from trialwright.protocol.criteria.facts.named import Names
from trialwright.protocol.criteria.facts.phrase import phrase_start
from trialwright.protocol.criteria.facts.places import opening, rstrip, word_start
from trialwright.protocol.criteria.facts.words import (
    CHANGED,
    CHANGING,
    DIFFERENT,
    KINDS,
    OF_CHANGED,
    TOWARDS,
)
from trialwright.protocol.criteria.matcher import Mention

Joint = Literal["and", "or", "/"]
_REACH = 60  # characters in front of a measure
_JOINT = re.compile(r"\s*(?P<joint>,?\s*(?:and\s*/\s*or|and|or|&)|,|/)\s*\Z", re.IGNORECASE)

_JOINT_ENDS = frozenset(",/&dDrR")  # of `and`, `or`


class Subject(NamedTuple):
    """The measures that a limit is about; `words` for one that no vocabulary knows."""

    measures: tuple[str, ...]
    start: int
    end: int | None = None  # where a subject on the right ends
    joint: Joint = "and"
    words: str | None = None
    method: str | None = None
    of_predicted: bool = False


def subject_at_left(text: str, left: Left, least: int, names: Names) -> Subject | None:
    """Return the measures of the lexicon that end where filler begins."""
    named = left.named
    if named is None:
        return _by_abbreviation(text, left, least)
    if is_changed(text, named.start, least):
        return None
    if _is_another(text, named, least):
        start = word_start(text, rstrip(text, named.start, least), least)
        return Subject((), start, words=text[start : named.end], method=left.method)
    if left.short and left.short.value != named.value:  # haemoglobin (HbA1c): the bracket decides
        start = _with_kind(text, named.start, least)
        return Subject((left.short.value,), start, method=left.method)
    listed, start, joint = _list(text, named, least, names)
    return Subject(listed, start, None, joint, None, left.method, left.of_predicted)


def _by_abbreviation(text: str, left: Left, least: int) -> Subject | None:
    """Read `serum glutamic pyruvic transaminase (ALT)`: the bracket names the measure."""
    if left.aside is None or left.short is None or is_changed(text, left.at, least):
        return None
    start = phrase_start(text, left.at, least)
    if start is None or not _initials_agree(text[start : left.at], left.short, text):
        start = left.aside  # the words in front say something else: the formula, the method
    return Subject((left.short.value,), start, None, "and", None, left.method, left.of_predicted)


def _initials_agree(phrase: str, short: Mention[str], text: str) -> bool:
    """Say whether a phrase may be what a short form stands for: it begins with its letter."""
    return bool(phrase) and any(
        word[:1].lower() == text[short.start].lower() for word in re.split(r"[\s-]+", phrase)
    )


def is_changed(text: str, at: int, least: int) -> bool:
    """`change in LVEF > 5%` is no limit of LVEF."""
    words = text[max(least, at - _REACH) : at].lower().split()
    for _ in range(2):
        if words and words[-1] in OF_CHANGED:
            words.pop()
    if words and words[-1] in TOWARDS:
        words.pop()
    return bool(words) and (words[-1] in CHANGED or words[-1].startswith(CHANGING))


def _is_another(text: str, named: Mention[str], least: int) -> bool:
    """Say whether the word in front makes it another measure: `urine creatinine`."""
    end = rstrip(text, named.start, least)
    return text[word_start(text, end, least) : end].lower() in DIFFERENT


def _list(
    text: str, last: Mention[str], least: int, names: Names
) -> tuple[tuple[str, ...], int, Joint]:
    """Read the measures that share a limit: `AST, ALT and ALP`, `AST/ALT`."""
    listed, start = [last.value], _with_kind(text, last.start, least)
    joint: Joint = "and"
    for n in range(6):
        front = text[max(least, start - 10) : start].rstrip()
        if front[-1:] not in _JOINT_ENDS:
            break
        found = _JOINT.search(text, max(least, start - 10), start)
        if not found:
            break
        p = found.start()
        if text[p - 1 : p] == ")" and (opened := opening(text, p, least)) is not None:
            p = rstrip(text, opened, least)
        elif text[p - 1 : p] == ")":
            break
        p = _without_filler(text, p, least)
        before = names.by_end.get(p)
        if before is None or before.start < least or before.value in listed:
            break
        if _is_another(text, before, least) or is_changed(text, before.start, least):
            break
        if n == 0:
            word = found["joint"].lower()
            joint = "/" if word == "/" else "or" if "or" in word else "and"
            joint = "/" if word == "," else joint
        listed.append(before.value)
        start = _with_kind(text, before.start, least)
    return tuple(reversed(listed)), start, joint


def _without_filler(text: str, p: int, least: int) -> int:
    word_at = word_start(text, p, least)
    return (
        rstrip(text, word_at, least)
        if text[word_at:p].lower() in ("levels", "level", "count", "counts")
        else p
    )


def _with_kind(text: str, at: int, least: int) -> int:
    """Include `serum`, `plasma level of` in front of a measure."""
    for _ in range(4):
        end = rstrip(text, at, least)
        word_at = word_start(text, end, least)
        word = text[word_at:end].lower()
        if word == "of":
            end = rstrip(text, word_at, least)
            word_at = word_start(text, end, least)
            word = text[word_at:end].lower()
        if word not in KINDS:
            return at
        at = word_at
    return at
