"""Age and sex as a note states them: `A 45-year-old man`, `48 M`, `71yo F`, `4 month old girl`."""

import re
from dataclasses import dataclass
from typing import Literal

from trialwright.core.dates import Duration

_UNIT = r"(?P<unit>years?|yrs?|y\.?/?o\.?|y|months?|mo|weeks?|wks?|days?)"
_OLD = rf"(?P<n>\d{{1,3}})[\s-]*{_UNIT}(?:[\s-]*(?:old|of[\s-]age|o))?(?![a-z])"
_MALE = r"man|male|gentleman|boy|father of|M(?![a-zA-Z'])"
_FEMALE = r"woman|female|lady|girl|mother of|F(?![a-zA-Z'])"
_OLDER = re.compile(rf"\b{_OLD}", re.IGNORECASE)
_AGED = re.compile(r"\bage[ds]?:?\s*(?:is\s+|of\s+)?(?P<n>\d{1,3})\b", re.IGNORECASE)
_SHORT = re.compile(r"\b(?P<n>\d{1,3})\s?-?(?P<sex>M|F)(?:\b|(?=/))")  # 48 M, 71F
_SEX = re.compile(rf"\b(?:(?P<female>{_FEMALE})|(?P<male>{_MALE}))\b", re.IGNORECASE)
_LETTER = re.compile(r"(?:^|[\s,(/-])(?P<sex>[MF])(?=[\s,.)/]|$)")
_PRONOUN = re.compile(r"\b(?:(?P<female>she|her|hers)|(?P<male>he|his|him))\b", re.IGNORECASE)
_REACH = 60  # characters behind an age in which the sex stands
_OLDEST = 120


@dataclass(frozen=True, slots=True)
class Stated:
    """What the note states of the person; words are those that the age was read from."""

    age: Duration | None
    sex: Literal["male", "female", "unknown"]
    words: str = ""


def stated_person(text: str) -> Stated:
    """Return age and sex; the first age stated is the patient's.

    >>> stated_person("A 36-year-old woman presents with pain.")
    Stated(age=Duration(months=432, days=0), sex='female', words='36-year-old')
    >>> stated_person("48 M with hypertension").sex
    'male'
    """
    short, long, aged = _SHORT.search(text), _OLDER.search(text), _AGED.search(text)
    found = min((m for m in (short, long, aged) if m), key=lambda m: m.start(), default=None)
    if found is None:
        return Stated(None, _sex(text, 0))
    if found is short:
        sex: Literal["male", "female"] = "male" if short["sex"] == "M" else "female"
        return Stated(_age(short["n"], "y"), sex, short[0].strip())
    unit = found["unit"] if found is long else "y"
    return Stated(_age(found["n"], unit), _sex(text, found.end()), found[0].strip())


def _age(digits: str, unit: str) -> Duration | None:
    n, kind = int(digits), unit.lower()
    if kind.startswith("mo"):
        return Duration(months=n)
    if kind.startswith("w"):
        return Duration(days=7 * n)
    if kind.startswith("d"):
        return Duration(days=n)
    return Duration(months=12 * n) if n <= _OLDEST else None


def _sex(text: str, at: int) -> Literal["male", "female", "unknown"]:
    """Read the sex beside the age, else from a pronoun where only one kind stands in the note."""
    beside = text[at : at + _REACH]
    if letter := _LETTER.match(beside):
        return "male" if letter["sex"] == "M" else "female"
    if named := _SEX.search(beside):
        return "male" if named["male"] else "female"
    kinds = {"male" if found["male"] else "female" for found in _PRONOUN.finditer(text)}
    if len(kinds) != 1:
        return "unknown"
    return "male" if "male" in kinds else "female"
