"""FHIR's values as this program's: dates, exact quantities, codes. Every fault names its place."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity, conversion
from trialwright.screening.model import Coded, Measured
from trialwright.screening.patients import fhir_types as fhir
from trialwright.screening.patients.code_systems import known

# JSON's number with a bounded size: exact decimals of a clinic, never a flood of digits.
_NUMBER = re.compile(rb"-?\d{1,18}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?")
_UCUM = "http://unitsofmeasure.org"
_COMPARATORS: dict[str, Literal["<", "<=", ">", ">="]] = {
    "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip


class Place(msgspec.Struct, frozen=True):
    """Where in which file: `bundle.json, entry[12] Observation/abc valueQuantity.unit`."""

    file: str
    path: str = ""
    until: date = date.max  # the last day that a recorded date may name
    # Code systems that are not known here, each with the first place that names it.
    strangers: dict[str, str] = msgspec.field(default_factory=dict)
    # Places whose date cannot be told, each with the reason.
    undated: dict[str, str] = msgspec.field(default_factory=dict)

    def at(self, step: str) -> "Place":
        """Return the place one step further in: entry, resource and field stand apart."""
        joint = "." if self.path.count(" ") > 1 else " " if self.path else ""
        path = f"{self.path}{joint}{step}"
        return Place(self.file, path, self.until, self.strangers, self.undated)

    def fault(self, what: str, wanted: str) -> InputError:
        """Return the error that names this place."""
        return InputError(str(self), what, wanted)

    def __str__(self) -> str:
        return f"{self.file}, {self.path}" if self.path else self.file


def day(text: str | None, place: Place) -> PartialDate | None:
    """Read a date or the date of a date and time; raise InputError for one in the future."""
    if text is None:
        return None
    try:
        read, first = _calendar(text.partition("T")[0])
    except InputError as error:
        raise place.fault(error.what, error.wanted) from None
    # One day of grace: a record written east of here may already carry tomorrow's date.
    if first > _next(place.until):
        raise place.fault(repr(text), f"a date up to {place.until}, not one in the future")
    return read


@lru_cache(maxsize=2**14)
def _calendar(text: str) -> tuple[PartialDate, date]:
    """Return a date as written, and the first day that it may mean."""
    read = PartialDate.parse(text)
    return read, read.earliest()


def check_order(start: PartialDate | None, end: PartialDate | None, place: Place) -> None:
    """Raise InputError for an end before the start: read as written, it would end too early."""
    # One day of grace: the two may be written in two time zones.
    if start is not None and end is not None and _next(end.latest()) < start.earliest():
        raise place.fault(str(end), f"an end on {start} or later, its start")


def check_plain(part: fhir.Modifiable, place: Place) -> None:
    """Raise InputError for what may change the meaning: FHIR forbids to read past it.

    Source: http://hl7.org/fhir/R4/extensibility.html#modifierExtension.
    """
    if part.modifier_extension:
        url = part.modifier_extension[0].url or "without an address"
        wanted = "none: it may change what the resource means"
        raise place.at("modifierExtension").fault(repr(url[:80]), wanted)
    if isinstance(part, fhir.Head) and part.implicit_rules:
        wanted = "none: they may change what the resource means"
        raise place.at("implicitRules").fault(repr(part.implicit_rules[:80]), wanted)


def instant(text: str | None, place: Place) -> datetime | None:
    """Read the instant of a date and time with its offset; a bare date has none."""
    if text is None or "T" not in text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise place.fault(repr(text), "a date and time as yyyy-mm-ddThh:mm:ss+zz:zz") from None
    return read if read.tzinfo else None


def measured(quantity: fhir.Quantity, place: Place, *, bare: bool = False) -> Measured | None:
    """Read a number with its unit; None where no number is given.

    A missing unit is an error, unless `bare` numbers are expected here: then the unit stays "",
    which converts to nothing. So does a unit whose text and code contradict each other.
    """
    raw = bytes(quantity.value).strip()
    if not raw:
        return None
    if not _NUMBER.fullmatch(raw):
        raise place.at("value").fault(_shown(raw), "a JSON number of at most 18 + 20 digits")
    unit, code = (text.strip() if text else "" for text in (quantity.unit, quantity.code))
    if not unit and not code and not bare:
        wanted = "a unit (UCUM, such as pg/mL) beside the value"
        raise place.at("unit").fault("missing", wanted)
    if quantity.comparator is not None and quantity.comparator not in _COMPARATORS:
        raise place.at("comparator").fault(repr(quantity.comparator), "<, <=, > or >=")
    bound = _COMPARATORS.get(quantity.comparator or "")
    number = raw.decode()
    as_code = code if quantity.system == _UCUM and code else unit or code
    shown = unit or code
    if unit and as_code != unit and _differ(unit, code):
        # Nobody can say which one is right: the value stays, in a unit that converts to nothing.
        shown = as_code = f"{unit} (coded {code})"
    recorded = " ".join(part for part in (bound, number, shown) if part)
    return Measured(Quantity(Decimal(number), as_code), recorded, bound)


# What laboratories measure in: a text that converts to none of these is no unit that is known here.
_KNOWN = ("g/L", "mol/L", "/L", "%", "U/L", "g", "mol", "L", "m", "s", "mm[Hg]", "kg/m2", "L/min")


@lru_cache(maxsize=1024)
def _differ(unit: str, code: str) -> bool:
    """Say whether a unit's text and its code are both known and do not mean the same unit."""
    if not all(any(_factor(text, known) for known in _KNOWN) for text in (unit, code)):
        return False
    factor = _factor(unit, code)
    if factor is None:
        return True
    return factor != 1 and unit.casefold() != code.casefold()  # Mg/dL is a slip of the keyboard


def _factor(unit: str, other: str) -> Decimal | None:
    try:
        return conversion(unit, other)
    except InputError:
        return None


def concept(value: fhir.CodeableConcept, place: Place | None = None) -> Coded:
    """Read codes of known systems, and the words; other systems leave their words only.

    Where none of several systems is known, the place remembers the first of them.
    """
    read = _coded(value)
    if not read.codes and place is not None:
        for coding in value.coding:
            if coding.system is not None and coding.system not in place.strangers:
                place.strangers[coding.system] = str(place)
    return read


@lru_cache(maxsize=2**14)  # what is recorded once is recorded often
def _coded(value: fhir.CodeableConcept) -> Coded:
    codes = tuple(code for coding in value.coding if (code := known(coding.system, coding.code)))
    names = (coding.display or coding.code for coding in value.coding)
    words = value.text or next((name for name in names if name), "")
    displays = dict.fromkeys(coding.display for coding in value.coding if coding.display)
    others = tuple(display for display in displays if display != words)
    return Coded(tuple(dict.fromkeys(codes)), words, others)


def codes_of(value: fhir.CodeableConcept | None) -> tuple[str, ...]:
    """Return the bare codes of a status."""
    return tuple(coding.code for coding in value.coding if coding.code) if value else ()


def _next(until: date) -> date:
    return until if until == date.max else until + timedelta(days=1)


def _shown(raw: bytes) -> str:
    text = raw[:40].decode(errors="replace")
    return text + ("..." if len(raw) > 40 else "")
