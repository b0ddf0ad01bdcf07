"""Units as criteria write them, read as UCUM; what does not fit a measure is said, not guessed."""

import re
from dataclasses import dataclass
from decimal import Decimal

from trialwright.core.errors import InputError
from trialwright.core.quantity import conversion
from trialwright.protocol.criteria.measures import Measure

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_END = r"(?![\w/%²³])"

# 10^9/L in every spelling, lost superscripts included: x 109/L can only mean 10^9 per litre.
_POWER = re.compile(
    r"\s*(?:[x×*·•]\s*)?10\s*(?:\^|\*\*|\*|[eE])?\s*\(?\+?(?P<power>\d{1,2}|[⁰¹²³⁴-⁹]+)\)?\s*"
    r"(?:cells?\s*)?(?:/|per\s+)\s*(?P<volume>L|l|liter|litre|[uµμ]L|[uµμ]l|mcL|mm3|mm\^3|mm³|mL)"
    + _END
)
_VOLUMES = {"ul": "/uL", "mcl": "/uL", "mm3": "/uL", "mm^3": "/uL", "mm³": "/uL", "ml": "/mL"}
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"p[gG]/m[lL]", "pg/mL"), (r"n[gG]/[lL]", "ng/L"), (r"n[gG]/m[lL]", "ng/mL"),
    (r"n[gG]/d[lL]", "ng/dL"), (r"pmol/[lL]", "pmol/L"), (r"nmol/[lL]", "nmol/L"),
    (r"[uµμ]mol/[lL]|mcmol/[lL]|micromol/[lL]", "umol/L"), (r"mmol/mol", "mmol/mol"),
    (r"mmol/[lL]", "mmol/L"), (r"mEq/[lL]", "mEq/L"), (r"mg/d[lL]|mg%", "mg/dL"),
    (r"mg/[lL]", "mg/L"), (r"g/d[lL]|g%", "g/dL"), (r"[uµμ]g/[lL]", "ug/L"), (r"g/[lL]", "g/L"),
    (r"[lL]/[lL]", "L/L"), (r"(?:K|k)/[uµμ][lL]|(?:K|k)/mm3", "10*3/uL"),
    (r"(?:cells?\s*)?(?:/|per\s+)\s*(?:[uµμ]|mc)[lL]", "/uL"),
    (r"(?:cells?\s*)?(?:/|per\s+)\s*(?:cubic millimet(?:er|re)|mm3|mm\^3|mm³|cmm)", "/uL"),
    (r"m[IU]{2}/[lL]|mU/[lL]", "m[IU]/L"), (r"[IU]{1,2}/[lL]|units?/[lL]", "U/L"),
    (r"m[lL]/min(?:ute)?\s*(?:/|per)\s*1[.,•·]73\s*m(?:2|\^2|²)", "mL/min/{1.73_m2}"),
    (r"m[lL]/kg/min", "mL/kg/min"), (r"m[lL]/min(?:ute)?", "mL/min"), (r"[lL]/min", "L/min"),
    (r"mm ?Hg|mm\[Hg\]", "mm[Hg]"), (r"kg/m(?:2|\^2|²)|kg/sqm", "kg/m2"),
    (r"bpm|beats?(?: per |/) ?min(?:ute)?", "/min"), (r"%|percent", "%"),
    (r"millisec(?:onds?)?|msec|ms", "ms"), (r"m(?:et(?:er|re)s?)?", "m"), (r"kg", "kg"),
    (r"m[lL]", "mL"), (r"lit(?:er|re)s?|[lL]", "L"), (r"°\s?C", "Cel"),
)  # fmt: skip
_UNIT = re.compile(
    r"\s*(?:"
    + "|".join(f"(?P<u{i}>{_})" for i, (_, __) in enumerate(_SPELLINGS)).replace("/", r"\s?/\s?")
    + ")"
    + _END
)
_OF_NORMAL = re.compile(
    r"\s*(?:[x×*]|times)?\s*(?:the\s+)?(?:(?:institutional\s+)?ULN"
    r"|upper limits?(?: of (?:the )?normal(?: range)?)?)\b",
    re.IGNORECASE,
)
_PREDICTED = re.compile(
    r"\s*(?:%|percent)\s*(?:of\s+)?(?:the\s+)?predicted(?: normal)?(?: values?)?\b", re.IGNORECASE
)
_UNREAD = re.compile(r"\s*([a-zµμ%°][^\s,;.()]*)", re.IGNORECASE)
# words that follow a number without being its unit
_NO_UNIT = re.compile(
    r"\s*(?:and|or|at|on|by|as|in|with|within|for|to|who|which|that|during|after|before|despite|if"
    r"|unless|is|are|of|points?|score|prior|using|from|measured|assessed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class UnitFound:
    """What stands behind a number: a unit, a multiple of normal, a share of predicted, or none."""

    kind: str  # "unit", "uln", "predicted", "unread", "none"
    end: int
    unit: str | None = None
    times: Decimal = Decimal(1)  # a power of ten that has no UCUM unit of its own


def unit_at(text: str, at: int) -> UnitFound:
    """Read the unit that starts at a place (after a number)."""
    if found := _OF_NORMAL.match(text, at):
        return UnitFound("uln", found.end())
    if found := _PREDICTED.match(text, at):
        return UnitFound("predicted", found.end())
    if found := _POWER.match(text, at):
        return _power(found)
    if found := _UNIT.match(text, at):
        name = next(unit for i, (_, unit) in enumerate(_SPELLINGS) if found[f"u{i}"])
        return UnitFound("unit", found.end(), name)
    if _NO_UNIT.match(text, at):
        return UnitFound("none", at)
    if found := _UNREAD.match(text, at):
        return UnitFound("unread", found.end(), found[1])
    return UnitFound("none", at)


def _power(found: "re.Match[str]") -> UnitFound:
    power = int(found["power"].translate(_SUPERSCRIPTS))
    volume = _VOLUMES.get(found["volume"].lower().replace("µ", "u").replace("μ", "u"), "/L")
    if f"10*{power}{volume}" in ("10*9/L", "10*12/L", "10*3/uL", "10*6/uL"):
        return UnitFound("unit", found.end(), f"10*{power}{volume}")
    return UnitFound("unit", found.end(), volume, Decimal(10) ** power)


def fault(measure: Measure, value: Decimal, unit: str | None) -> str | None:
    """Say why a limit cannot be right as written; None where it can."""
    if unit is None:
        if measure.unit in ("1", "{score}"):
            return _implausible(measure, value)
        return f"no unit is written; {measure.label} is measured in {measure.unit}"
    try:
        factor = conversion(unit, measure.unit, measure.molar_mass)
    except InputError:
        return f"{measure.label} is measured in {measure.unit}, not {unit}"
    return _implausible(measure, value * factor)


def _implausible(measure: Measure, value: Decimal) -> str | None:
    low, high = measure.plausible
    if low <= value <= high:
        return None
    return f"{value.normalize():f} {measure.unit} is outside what {measure.label} can be"
