"""Doses and cohorts in an arm's free text, each value with its place in the text.

    dose     := numeral [words] entity ["/" | "per"] "kg"   particles, cells, vesicles
              | numeral mass [("/" | "per") "kg"]           µg, mg, g
    cohort   := ("cohort" | "dose level" | "group") label statement
    claims   := "cumulative dose of" dose | n "infusions" | "(Xn)" | n "patients"

Nothing is guessed: a number that allows two readings or that is only a piece of one, a range, a
dose whose unit names nothing, or a number beside what is counted that could not be read becomes a
question; a sign or a rate (`/kg/day`) is a fault.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trialwright.protocol.criteria.numbers import COUNT, count
from trialwright.protocol.denominators import per
from trialwright.protocol.numerals import Numeral, numerals, readable
from trialwright.protocol.standing import joined_before

_SCALED = (  # a word that multiplies a number, and never belongs to what is counted
    r"x|exp|power|hundreds?|thousands?|millions?|billions?|trillions?|milliards?|dozens?|lakhs?"
    r"|crores?|mln|mio|mrd|bn|mm|[kgm]"
)
_WORD = (  # a word that may stand between a number and what it counts
    r"(?!(?:of|at|per|to|in|or|and|infusions?|injections?|doses?|levels?|patients?|subjects?"
    rf"|hours?|days?|weeks?|months?|years?|before|after|with|from|for|{_SCALED})\b)(?!\d|[x×]\s?\d|e\d)[\w+-]+"
)
_ENTITIES = (
    (r"particles?", "{particles}"),
    (r"(?:extracellular\s+)?vesicles?|EVs?|exosomes?", "{vesicles}"),
    (rf"(?:[\w+/-]*-)?[\w+]*?MSCs?|(?:{_WORD}\s){{0,4}}?cells?", "{cells}"),
)
_COUNTED = re.compile(
    r"(?:\s?\(±[^()]{{1,12}}\))?\s?(?:total\s+)?(?:(?P<e0>{})|(?P<e1>{})|(?P<e2>{}))(?![\w-])".format(
        *(pattern for pattern, _ in _ENTITIES)
    ),
    re.IGNORECASE,
)
_UNNAMED_PER_KG = re.compile(r"(?=\s?(?:/|per)\s*k(?:g|ilo))", re.IGNORECASE)
_MASS = re.compile(r"\s?(?P<mass>µg|μg|mcg|ug|mg|(?-i:g))(?![\w%])", re.IGNORECASE)
_THING = re.compile(
    r"(?<![a-z])(?:particles?|(?:extracellular\s+)?vesicles?|EVs?|exosomes?|[\w-]*?MSCs?|cells?"
    r"|(?:(?:[µμmu]|mc)?g\s?)?(?:/|per)\s?kg)\b",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(r"\d\s?(?:-|–|to)\s?$")
_DIVIDED = re.compile(
    r"\s*(?:,\s*|\(\s*)?(?:in\s+total|total\b|cumulative|overall|divided|split|spread)\b",
    re.IGNORECASE,
)
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
    """A dose that the text states; `unit` is UCUM, `readings` has one value where it is clear.

    doubt: why a person has to say what the amount is. fault: what makes it no dose that can be
    used, whatever a person says of its amount.
    """

    readings: tuple[Decimal, ...]
    unit: str
    start: int
    end: int
    text: str
    doubt: str | None = None
    fault: str | None = None

    @property
    def value(self) -> Decimal | None:
        """Return the amount; None where it is in doubt."""
        clear = len(self.readings) == 1 and not self.doubt and not self.fault
        return self.readings[0] if clear else None

    @property
    def words(self) -> str:
        """Return the dose's text on one line, as a person's answer names it."""
        return " ".join(self.text.split())

    @property
    def counted(self) -> str:
        """Return the unit of the amount alone; `1` where the text does not name it."""
        return self.unit.removesuffix("/kg")


@dataclass(frozen=True, slots=True)
class CohortText:
    """What the text says of one cohort."""

    label: str
    start: int
    dose: Dose | None
    cumulative: Dose | None
    infusions: Found | None
    size: Found | None
    labelled: bool = True  # False where the whole text is one cohort, without a label
    others: tuple[Dose, ...] = ()  # further doses per kilogram, of another amount


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to settle: the words, where they stand, and what they may mean."""

    text: str
    start: int
    why: str
    readings: tuple[str, ...]
    dose: Dose


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
    counted = {"1", *(dose.counted for dose in used)}
    asked = (dose for dose in found if dose.counted in counted)
    questions = tuple(filter(None, map(_question, asked)))
    maximum = _MAXIMUM.search(text)
    most = Found(count(maximum["n"]), *maximum.span()) if maximum else None
    return ArmReading(text, cohorts, most, given, questions)


def doses(text: str) -> Iterator[Dose]:
    """Yield every dose of a text in its order, those that could not be read among them."""
    read = [dose for numeral in numerals(text) if (dose := _dose(text, numeral))]
    yield from sorted((*read, *_unread(text, read)), key=lambda dose: dose.start)


def _dose(text: str, numeral: Numeral) -> Dose | None:
    unit, end, fault = _unit(text, numeral.end)
    if unit is None:
        return None
    joined = joined_before(text, numeral.start)
    if joined and joined.name and numeral.text.isdigit() and not unit.endswith("/kg"):
        return None  # CAR-7 cells
    if low := _range_start(text, numeral):
        start, least = low
        readings = (least * numeral.factor, *numeral.readings)
        return _stated(text, (start, end), unit, readings, None, fault)
    if joined is None:
        doubt = numeral.doubt or _doubt_of_amount(numeral, unit)
        if not doubt and _DIVIDED.match(text, end):
            doubt = "one administration's dose, or the sum of several"
        return _stated(text, (numeral.start, end), unit, numeral.readings, doubt, fault)
    if joined.sign:
        fault = fault or "a dose with a sign"
    why = f"{numeral.text!r} is not the whole number: {joined.why}"
    return _stated(text, (joined.start, end), unit, (), why, fault)


_FEWEST = 1000  # counted per kilogram: below, the power of ten is likelier lost than meant


def _doubt_of_amount(numeral: Numeral, unit: str) -> str | None:
    """Doubt what nobody would count: a fraction of a cell, or a few of them for a kilogram."""
    value = numeral.value
    if value is None or not (unit.startswith("{") and unit.endswith("/kg")):
        return None
    if 0 < value < _FEWEST or value != value.to_integral_value():
        return "too few for a count per kilogram; its power of ten may be lost"
    return None


def _stated(
    text: str, span: tuple[int, int], unit: str, readings: tuple[Decimal, ...],
    doubt: str | None, fault: str | None,
) -> Dose:  # fmt: skip
    return Dose(readings, unit, *span, text[slice(*span)].strip(), doubt, fault)


def _unit(text: str, at: int) -> tuple[str | None, int, str | None]:
    """Return the unit that begins at a place, where it ends, and what is wrong with it."""
    if found := _MASS.match(text, at):
        unit = found["mass"].lower().replace("µ", "u").replace("μ", "u").replace("mcg", "ug")
    elif found := _COUNTED.match(text, at):
        unit = next(name for i, (_, name) in enumerate(_ENTITIES) if found[f"e{i}"])
    elif found := _UNNAMED_PER_KG.match(text, at):
        unit = "1"
    else:
        return None, at, None
    after = per(text, found.end())
    fault = f"{unit.strip('{}')} {after.fault}" if after.fault else None
    return (f"{unit}/kg" if after.kilogram else unit), after.end, fault


def _range_start(text: str, numeral: Numeral) -> tuple[int, Decimal] | None:
    """Return where a range that a number ends begins, and its lower end."""
    first = max(0, numeral.start - 16)
    before = text[first : numeral.start]
    dash = _RANGE_BEFORE.search(before)
    low = tuple(numerals(before))[-1:] if dash else ()
    if not dash or not low or low[0].end != dash.start() + 1:
        return None
    return first + low[0].start, low[0].readings[0]


def _unread(text: str, read: Sequence[Dose]) -> Iterator[Dose]:
    """Yield what stands where a dose stands, next to what is counted, and could not be read."""
    starts = [dose.start for dose in read]
    for thing in _THING.finditer(text):
        place = _number_before(text, thing.start())
        if place is None or _is_read(place, starts, read):
            continue
        unit, end, fault = _unit(text, thing.start())
        span = (place[0], max(end, thing.end()))
        yield _stated(text, span, unit or "1", (), "a number that could not be read", fault)


def _is_read(place: tuple[int, int], starts: Sequence[int], read: Sequence[Dose]) -> bool:
    """Say whether a dose that was read reaches into a place."""
    last = bisect_left(starts, place[1]) - 1
    return last >= 0 and read[last].end > place[0]


def _number_before(text: str, at: int) -> tuple[int, int] | None:
    """Return the place of the number that stands within three words before what is counted."""
    words = list(re.finditer(r"\S+", text[max(0, at - 60) : at]))[-3:]
    shift = max(0, at - 60)
    for word in reversed(words):
        if re.match(r"[^a-z]*[\d⁰¹²³⁴-⁹]|[xe]\W?\d", word[0], re.IGNORECASE):
            return word.start() + shift, word.end() + shift
        if word[0][-1] in ",;:.)]!?" or word[0][0] in "([" or word[0].lower() in _NOT_COUNTED:
            return None
    return None


_NOT_COUNTED = frozenset(
    {"of", "and", "or", "with", "the", "a", "by", "on", "in", "to", "at", "from", "patients",
     "infusions", "infusion", "injections", "injection", "doses", "dose", "days", "day", "weeks",
     "week", "months", "month", "years", "receive", "mg", "ml", "%"}
)  # fmt: skip


def _question(dose: Dose) -> Question | None:
    unit = dose.unit.replace("{", "").replace("}", "")
    readings = tuple(f"{readable(value)} {unit}" for value in dose.readings)
    why = dose.fault or dose.doubt
    if dose.fault:
        readings = ()
    elif not why and len(dose.readings) > 1:
        why = "the number can be read in several ways"
    elif not why and dose.counted == "1":
        why, readings = "the unit does not say what is counted", _COUNTED_PER_KG
    return Question(dose.words, dose.start, why, readings, dose) if why else None


_COUNTED_PER_KG = ("cells/kg", "particles/kg", "vesicles/kg")


def _cohorts(text: str, found: Sequence[Dose]) -> Iterator[CohortText]:
    marks = _marks(text)
    bounds = [mark.start() for mark in marks] + [len(text)]
    if not marks:
        yield replace(_cohort("1", text, 0, len(text), found), labelled=False)
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
        others=tuple(_others(single)),
    )


def _others(single: Sequence[Dose]) -> Iterator[Dose]:
    """Yield the doses per kilogram that are not the first one's amount."""
    per_kg = [dose for dose in single if dose.unit.endswith("/kg")]
    alike = (dose for dose in per_kg[1:] if dose.unit == per_kg[0].unit)
    yield from (dose for dose in alike if dose.readings != per_kg[0].readings)


def _is_cumulative(text: str, start: int, dose: Dose) -> bool:
    return _CUMULATIVE.search(text, max(start, dose.start - 60), dose.start) is not None


def _people(text: str, start: int, end: int) -> Iterator[Found]:
    for found in _PEOPLE.finditer(text, start, end):
        yield Found(count(found["n"] or found["equals"]), *found.span())


def _times_given(text: str, start: int = 0, end: int | None = None) -> Iterator[Found]:
    for found in _TIMES_GIVEN.finditer(text, start, len(text) if end is None else end):
        yield Found(count(found["n"] or found["times"]), *found.span())
