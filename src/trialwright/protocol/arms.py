"""Doses and cohorts in an arm's free text, each value with its place in the text.

    dose     := numeral [words] entity ["/" | "per"] "kg"   particles, cells, vesicles
              | numeral mass [("/" | "per") "kg"]           µg, mg, g
    cohort   := ("cohort" | "dose level" | "group") label statement
    claims   := "cumulative dose of" dose | n "infusions" | "(Xn)" | n "patients"

Nothing is guessed: a number that allows two readings, a range, or a dose whose unit names nothing
becomes a question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialwright.protocol.criteria.numbers import COUNT, count
from trialwright.protocol.numerals import Numeral, numerals

_WORD = (  # a word that may stand between a number and what it counts
    r"(?!(?:of|at|per|to|in|or|and|infusions?|injections?|doses?|levels?|patients?|subjects?)\b)"
    r"(?!\d|[x×]\s?\d)[\w+-]+"
)
_ENTITIES = (
    (r"particles?", "{particles}"),
    (r"(?:extracellular\s+)?vesicles?|EVs?|exosomes?", "{vesicles}"),
    (rf"(?:[\w+/-]*-)?[\w+]*?MSCs?|(?:{_WORD}\s){{0,4}}?cells?", "{cells}"),
)
_PER_KG = r"\s*(?:(?:[a-z]+\s){0,2}?(?:/|per)\s*(?P<kg>kg|kilogram)\b)?"
_COUNTED = re.compile(
    r"(?:\s?\(±[^()]{{1,12}}\))?\s?(?:total\s+)?(?:(?P<e0>{})|(?P<e1>{})|(?P<e2>{}))(?![\w-]){}".format(
        *(pattern for pattern, _ in _ENTITIES), _PER_KG
    ),
    re.IGNORECASE,
)
_UNNAMED_PER_KG = re.compile(r"\s?(?:/|per)\s*(?:kg|kilogram)\b", re.IGNORECASE)
_MASS = re.compile(rf"\s?(?P<mass>µg|μg|mcg|ug|mg|(?-i:g))(?![\w%]){_PER_KG}", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"\d\s?(?:-|–|to)\s?$")
_CUMULATIVE = re.compile(
    r"\b(?:cumulative|total)\s+(?:dose|amount)\s+(?:of|is|:)?\s*(?:approximately\s+)?$",
    re.IGNORECASE,
)
_COHORT = re.compile(
    r"\b(?:cohort|dose[\s-]level|dose[\s-]group|level)\s*(?:#|n°|no\.?\s*)?(?P<label>\d{1,2}|[A-H]\b|I{1,3}\b)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    rf"\b(?P<n>{COUNT})\s+(?:\w+\s+){{0,2}}?(?:patients?|participants?|subjects?|children|adults|individuals)\b"
    r"|\(\s*n\s*=\s*(?P<equals>\d{1,4})\s*\)",
    re.IGNORECASE,
)
_MAXIMUM = re.compile(
    rf"\b(?:a\s+)?(?:maximum|total|up to)(?:\s+of)?\s+(?P<n>{COUNT})\s+(?:\w+\s+){{0,2}}?"
    r"(?:patients?|participants?|subjects?)\b",
    re.IGNORECASE,
)
_TIMES_GIVEN = re.compile(
    rf"\b(?P<n>{COUNT})\s+(?:\w+\s+){{0,2}}?(?:infusions?|injections?|administrations?|doses)\b"
    r"|\(\s*[x×]\s*(?P<times>\d{1,2})\s*\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A whole number that the text states, and where."""

    value: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose that the text states; `unit` is UCUM, `readings` has one value where it is clear."""

    readings: tuple[Decimal, ...]
    unit: str
    start: int
    end: int
    text: str

    @property
    def value(self) -> Decimal | None:
        """Return the amount; None where the spelling allows several."""
        return self.readings[0] if len(self.readings) == 1 else None


@dataclass(frozen=True, slots=True)
class CohortText:
    """What the text says of one cohort."""

    label: str
    start: int
    dose: Dose | None
    cumulative: Dose | None
    infusions: Found | None
    size: Found | None


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to settle: the words, where they stand, and what they may mean."""

    text: str
    start: int
    why: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArmReading:
    """All that an arm's text says of doses and cohorts."""

    text: str
    cohorts: tuple[CohortText, ...]
    maximum: Found | None
    infusions: Found | None
    questions: tuple[Question, ...]

    def line_of(self, at: int) -> int:
        """Return the number of the line that holds a place, counted from 1."""
        return self.text.count("\n", 0, at) + 1


def read_arm(text: str) -> ArmReading:
    """Read an arm's description."""
    found = tuple(doses(text))
    cohorts = tuple(_cohorts(text, found))
    given = next(_times_given(text), None)
    used = [dose for c in cohorts for dose in (c.dose, c.cumulative) if dose]
    questions = tuple(filter(None, map(_question, used)))
    maximum = _MAXIMUM.search(text)
    most = Found(count(maximum["n"]), *maximum.span()) if maximum else None
    return ArmReading(text, cohorts, most, given, questions)


def doses(text: str) -> Iterator[Dose]:
    """Yield every dose of a text in its order."""
    for numeral in numerals(text):
        if dose := _dose(text, numeral):
            yield dose


def _dose(text: str, numeral: Numeral) -> Dose | None:
    start, end = numeral.start, numeral.end
    if found := _MASS.match(text, end):
        mass = found["mass"].lower().replace("µ", "u").replace("μ", "u").replace("mcg", "ug")
        unit = f"{mass}/kg" if found["kg"] else mass
    elif found := _COUNTED.match(text, end):
        entity = next(name for i, (_, name) in enumerate(_ENTITIES) if found[f"e{i}"])
        unit = f"{entity}/kg" if found["kg"] else entity
    elif (found := _UNNAMED_PER_KG.match(text, end)) is not None:
        unit = "1/kg"
    else:
        return None
    readings = numeral.readings
    before = text[max(0, start - 16) : start]
    low = tuple(numerals(before)) if _RANGE_BEFORE.search(before) else ()
    if low:
        readings = (low[-1].readings[0] * numeral.factor, *readings)
    return Dose(readings, unit, start, found.end(), text[start : found.end()].strip())


def _question(dose: Dose) -> Question | None:
    if dose.value is None:
        readings = tuple(f"{value.normalize():.4G} {dose.unit}" for value in dose.readings)
        return Question(dose.text, dose.start, "the number can be read in several ways", readings)
    if dose.unit == "1/kg":
        names = ("cells/kg", "particles/kg", "vesicles/kg")
        return Question(dose.text, dose.start, "the unit does not say what is counted", names)
    return None


def _cohorts(text: str, found: Sequence[Dose]) -> Iterator[CohortText]:
    marks = _marks(text)
    bounds = [mark.start() for mark in marks] + [len(text)]
    if not marks:
        yield _cohort("1", text, 0, len(text), found)
    for mark, start, end in zip(marks, bounds, bounds[1:], strict=False):
        statement = _cohort(mark["label"], text, start, end, found)
        if statement.dose or statement.size:
            yield statement


def _marks(text: str) -> "list[re.Match[str]]":
    """Return where each cohort's statement begins: the first mention of its label."""
    marks: dict[str, re.Match[str]] = {}
    for mark in _COHORT.finditer(text):
        marks.setdefault(mark["label"].lower(), mark)
    return list(marks.values())


def _cohort(label: str, text: str, start: int, end: int, found: Sequence[Dose]) -> CohortText:
    inside = [dose for dose in found if start <= dose.start < end]
    sums = [_is_cumulative(text, start, dose) for dose in inside]
    total = [dose for dose, is_sum in zip(inside, sums, strict=True) if is_sum]
    single = [dose for dose, is_sum in zip(inside, sums, strict=True) if not is_sum]
    most = _MAXIMUM.search(text, start, end)
    people = (p for p in _people(text, start, end) if most is None or p.start > most.end())
    return CohortText(
        label,
        start,
        single[0] if single else None,
        total[0] if total else None,
        next(_times_given(text, start, end), None),
        next(people, None),
    )


def _is_cumulative(text: str, start: int, dose: Dose) -> bool:
    return _CUMULATIVE.search(text, max(start, dose.start - 60), dose.start) is not None


def _people(text: str, start: int, end: int) -> Iterator[Found]:
    for found in _PEOPLE.finditer(text, start, end):
        yield Found(count(found["n"] or found["equals"]), *found.span())


def _times_given(text: str, start: int = 0, end: int | None = None) -> Iterator[Found]:
    for found in _TIMES_GIVEN.finditer(text, start, len(text) if end is None else end):
        yield Found(count(found["n"] or found["times"]), *found.span())
