"""Units as criteria write them, read as UCUM; what does not fit a measure is said, not guessed.

unit   := power volume | spelling | multiple | share
power  := ["x"] 10^9 in every broken spelling (109, 10 9, 10e9, 10*9, 10⁹, 10(9)) | "K" | "G"
volume := "/L" | "/uL" | "/mm3" | "per cubic millimetre" | ...
multiple := ["x" | "times" | "-fold"] (the upper or lower limit of normal)
share  := "%" "of predicted"
"""

import re
from decimal import Decimal
from typing import Literal, NamedTuple

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity, is_common
from trialwright.protocol.criteria.measures import Measure

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_END = r"(?![\w%²³]|/(?!\s?\d))"

# --- counts per volume -------------------------------------------------------------------------

_MICRO = (
    r"(?:[uµμ]|mc|micro)\s?[lL](?:iters?|itres?)?|(?:cu(?:bic)?\s?\.?\s?|c)mm|mm\s?\^?\s?\(?[3³]\)?"
)
_CUBIC = r"cubic\s+milli-?met(?:er|re)s?"
_VOLUME = (
    rf"(?P<micro>{_MICRO}|{_CUBIC})|(?P<milli>m[lL]|cc)|(?P<nano>n[lL])|(?P<litre>[lL](?:it(?:er"
    rf"|re)s?)?)"
)
_THINGS = r"(?:(?:cells?|cel|platelets?|neutrophils?|lymphocytes?|leu[ck]ocytes?|copies)\s*)?"
_COUNT = re.compile(
    r"\s*(?:(?:[x×✕*•·X]\s*)?10\s*(?:\^|\*\*|\*|[eE])?\s*\(?\+?(?P<power>\d{1,2}|[⁰¹²³⁴-⁹]+)\)?"
    r"|(?P<kilo>[Kk]|[x×X]\s*1,?000|thousands?)|(?P<giga>G(?:I|iga|pt)?)|(?P<mega>millions?)"
    r"|(?P<tera>T))?"
    rf"\s*{_THINGS}(?:/|per\s+)\s*(?:{_VOLUME})" + _END
)
# A power of ten alone, without a volume behind it.
_BARE_POWER = re.compile(
    r"\s*[x×✕*•·X]\s*10\s*(?:\^|\*\*|\*|[eE])\s*\(?(?P<power>\d{1,2})\)?(?![\w/])"
    r"|\s*[x×✕*•·X]\s*10(?P<super>[⁰¹²³⁴-⁹]+)(?![\w/])"
)
_COUNTED = {
    (9, "/L"): "10*9/L",
    (12, "/L"): "10*12/L",
    (3, "/uL"): "10*3/uL",
    (6, "/uL"): "10*6/uL",
}

# --- other units -------------------------------------------------------------------------------

_M = r"[uµμ]|mc|micro"
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"m[gG]/[dD][lL]|m[gG]\\[dD][lL]|mg%|mg/100\s?m[lL]", "mg/dL"),
    (r"m[gG]/[lL]", "mg/L"),
    (r"mg/m[lL]", "mg/mL"), (r"mg/mmol", "mg/mmol"), (r"mg/g", "mg/g"),
    (r"mg/(?:24\s?h(?:ou)?r?s?|d(?:ay)?)|mg\s+(?:per|a)\s+day|mg\s+daily", "mg/d"),
    (r"g/(?:24\s?h(?:ou)?r?s?|d(?:ay)?)|g(?:rams?)?\s+(?:per|a)\s+day", "g/d"),
    (rf"(?:{_M})g/(?:24\s?h(?:ou)?r?s?|d(?:ay)?)|(?:{_M})g\s+(?:per|a)\s+day", "ug/d"),
    (r"mg/kg(?:/d(?:ay)?)?", "mg/kg"), (r"mg/m(?:2|²|\^2)", "mg/m2"),
    (r"p[gG]/m[lL]", "pg/mL"), (r"n[gG]/[lL]", "ng/L"), (r"n[gG]/m[lL]", "ng/mL"),
    (r"n[gG]/[dD][lL]", "ng/dL"), (rf"(?:{_M})[gG]/[dD][lL]", "ug/dL"),
    (rf"(?:{_M})[gG]/m[lL]", "ug/mL"),
    (rf"(?:{_M})[gG]/[lL]", "ug/L"), (rf"(?:{_M})g/(?:mg|g)", "ug/g"),
    (r"p[mM]ol/[lL]", "pmol/L"), (r"n[mM]ol/[lL]", "nmol/L"),
    (rf"(?:{_M})[mM]ol/[lL]|[uµμ]M", "umol/L"), (r"mmol/mol", "mmol/mol"),
    (r"mmols?/[lL](?:it(?:er|re))?|mM", "mmol/L"), (r"m[Ee][qQ]/[lL]", "mEq/L"),
    (r"mOsm(?:ol)?/kg", "mosm/kg"), (r"(?:g|gms?|grams?)/[dD][lL]|g%|g/100\s?m[lL]", "g/dL"),
    (r"(?:g|gms?|grams?)/[lL]", "g/L"), (r"[lL]/[lL]", "L/L"),
    (r"m(?:IU|U)/[lL]", "m[IU]/L"), (r"m(?:IU|U)/m[lL]", "m[IU]/mL"),
    (rf"(?:{_M})(?:IU|U)/m[lL]", "u[IU]/mL"), (r"IU/m[lL]", "[IU]/mL"),
    (r"k(?:IU|U)/[lL]", "k[IU]/L"), (r"IU(?!/)", "[IU]"),
    (r"cig(?:arette)?s?\s*(?:/|per|a|each)\s*d(?:ay)?(?:\s*\(CPD\))?|cigarettes\s+daily|CPD",
     "{cigarettes}/d"),
    (r"I?U/[lL]|u/[lL]|units?/[lL]", "U/L"), (r"U/m[lL]|units?/m[lL]", "U/mL"),
    (r"(?:m[lL]|cc|millilit(?:er|re)s?)/min(?:ute)?\s*(?:/|per)\s*1[.,•·]7[23]2?\s*"
     r"(?:met(?:er|re)s?\s+squared|m(?:2|\s?\^\s?2|²)?)?",
     "mL/min/{1.73_m2}"),
    (r"m[lL]/kg/min(?:ute)?|m[lL]/min/kg", "mL/kg/min"),
    (r"(?:m[lL]|cc)/(?:min(?:ute)?|mn)", "mL/min"),
    (r"m[lL]\s+per\s+min(?:ute)?", "mL/min"), (r"m[lL]/s(?:ec)?", "mL/s"),
    (r"[lL]/min/m(?:2|²|\^2)", "L/min/m2"), (r"[lL]/min(?:ute)?", "L/min"),
    (r"m[lL]/m(?:2|²|\^2)", "mL/m2"), (r"m[lL]/kg", "mL/kg"), (r"g/m(?:2|²|\^2)", "g/m2"),
    (r"mm\s?[Hh][Gg]|mm\[Hg\]|torr|millimet(?:er|re)s?\s+of\s+mercury|mm\s+of\s+(?:Hg|mercury)",
     "mm[Hg]"),
    (r"cm\s?H2O|cmH₂O", "cm[H2O]"), (r"[Ww]ood\s+[Uu]nits?|WU", "[wood'U]"),
    (r"[kK][gG]\s*/\s*(?:m|M|sqm|sq\s?m)\s?(?:2|\^\s?2|²|\*\*2)?|kg/(?:square\s+met(?:er|re)|sqm"
     r"|sq\.?\s?m)s?"
     r"|kg\s+per\s+(?:square\s+met(?:er|re)|m2|m²)|kilograms?\s+per\s+(?:square\s+met(?:er|re)"
     r"|met(?:er|re)\s+squared)s?"
     r"|kg\s?[.·]?\s?m\s?[-−]2", "kg/m2"),
    (r"[kK][gG]s?|[kK]ilo(?:gram(?:me)?)?s?", "kg"), (r"lbs?\.?|pounds?", "[lb_av]"),
    (r"bpm|times/min(?:ute)?|[Bb]eats?\s*(?:/|per|a)?\s*min(?:ute)?|b/min", "/min"),
    (r"[Bb]reaths?\s*(?:/|per|a)\s*min(?:ute)?|/min(?:ute)?|per\s+minute", "/min"),
    (r"cells?/kg", "{cells}/kg"), (r"copies/m[lL]", "{copies}/mL"),
    (r"copies/(?:[uµμ]|mc)[lL]", "{copies}/uL"),
    (r"%|[Pp]er\s?cent", "%"), (r"milli-?sec(?:onds?)?|m[sS]ec\.?s?|m[sS]", "ms"),
    (r"cm/s(?:ec)?(?:ond)?", "cm/s"), (r"m/s(?:ec)?(?:ond)?", "m/s"), (r"mm/h(?:ou)?r?", "mm/h"),
    (r"[cC][mM]\s?(?:2|²|\^2)", "cm2"), (r"[cC][mM]\s?(?:3|³|\^3)", "cm3"),
    (r"mm\s?(?:2|²|\^2)", "mm2"),
    (r"[cC][mM]|[cC]enti-?met(?:er|re)s?", "cm"), (r"mm|[mM]illi-?met(?:er|re)s?", "mm"),
    (r"(?:[uµμ]m|microns?|micromet(?:er|re)s?)", "um"), (r"[kK]m|[kK]ilomet(?:er|re)s?", "km"),
    (r"inch(?:es)?", "[in_i]"), (r"feet|ft", "[ft_i]"), (r"miles?", "[mi_i]"),
    (r"dB(?:\s?HL)?|decibels?", "dB"), (r"[dD]iopters?|dioptres?|D", "[diop]"), (r"kPa", "kPa"),
    (r"ppb", "[ppb]"), (r"ppm", "[ppm]"), (r"fL", "fL"), (r"Hz", "Hz"),
    (r"pack[\s-]?years?(?:\s+history)?|PY", "pack-years"),
    (r"half[\s-]?li(?:fe|ves)", "half-lives"),
    (r"(?:°|º|˚|o|⁰)\s?C(?:elsius)?|[dD]eg(?:rees?|\.)?\s*C(?:elsius|entigrade)?|℃|Celsius", "Cel"),
    (r"(?:°|º|˚|⁰)\s?F(?:ahrenheit)?|[dD]eg(?:rees?|\.)?\s*F(?:ahrenheit)?|℉", "[degF]"),
    (r"[dD]egrees?|°|º|˚", "deg"),
    (r"[yY]ears?|y/o|[yY]rs?\.?|[yY]\.?o\.?|y", "a"), (r"[mM]onths?|[mM]os?\.?|mths?", "mo"),
    (r"[wW]eeks?|[wW]ks?\.?", "wk"), (r"[dD]ays?|d", "d"), (r"[hH]ours?|[hH]rs?\.?|h", "h"),
    (r"[mM]inutes?|mins?", "min"), (r"[sS]ec(?:ond)?s?|s", "s"),
    (r"m(?:et(?:er|re)s?)?", "m"), (r"m[lL]s?|cc|milliliters?", "mL"),
    (r"[lL]it(?:er|re)s?|[lL]", "L"), (r"mg", "mg"), (rf"(?:{_M})g", "ug"),
    (r"g(?:m|ms|rams?|r\.?)?", "g"), (r"points?|pts?", "{score}"), (r"[mM][Ee][tT][sS]?", "[MET]"),
)  # fmt: skip
TIMES = frozenset({"a", "mo", "wk", "d", "h", "min"})
_SPACED = tuple((pattern.replace("/", r"\s?/\s?"), unit) for pattern, unit in _SPELLINGS)
# `milligrams per decilitre`: each word stands for its symbol.
_WORDS = {
    "milligram": "mg", "microgram": "ug", "nanogram": "ng", "picogram": "pg", "gram": "g",
    "millimole": "mmol", "micromole": "umol", "nanomole": "nmol", "picomole": "pmol",
    "deciliter": "dL", "decilitre": "dL", "milliliter": "mL", "millilitre": "mL", "liter": "L",
    "litre": "L",
}  # fmt: skip
_IN_WORDS = re.compile(
    rf"\s*(?P<over>{'|'.join(list(_WORDS)[:9])})s?\s*(?:/|per)\s*"
    rf"(?P<under>{'|'.join([*list(_WORDS)[9:], 'gram'])})\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[\s-]*(?:"
    + "|".join(f"(?P<u{i}>{pattern})" for i, (pattern, _) in enumerate(_SPACED))
    + ")"
    + _END
)

# --- multiples of normal, shares of predicted --------------------------------------------------

_WHOSE = (
    r"(?:(?:of|the|above|over|(?:higher|greater|more)\s+than|exceeding|institution(?:al|'s)?|laborator(?:y|y's|ies)|lab|local"
    r"|age[\s-]?adjusted|respective|reference)\s+)*"
)
_RANGE = (
    r"(?:\s+(?:of\s+)?(?:the\s+)?(?:(?:institutional|laboratory|local|reference"
    r"|lab)\s+)*(?:normal(?:\s+(?:range|value|limit|reference\s+range)s?)?|reference\s+(?:range"
    r"|value)s?|range))?"
)
_SHORT = r"(?:\s*[(\[]\s*(?:I?ULN|UNL|LLN)\s*[)\]])?"
_UPPER = (
    rf"I?ULN|UNL|(?:upper|high(?:er|est)?)\s+(?:normal\s+)?(?:limits?|level|end"
    rf"|bound(?:ary)?){_RANGE}|normal(?:ity)?\s+upper\s+limits?|upper\s+limits?\s+of\s+normality|(?:upper|top)\s+normal(?:\s+(?:limits?|values?"
    rf"|range|level))?|(?:maximum|max)\s+normal"
)
_LOWER = (
    rf"I?LLN|(?:lower|low(?:est)?)\s+(?:normal\s+)?(?:limits?|level|end){_RANGE}"
    rf"|normal\s+lower\s+limits?|lower\s+normal(?:\s+(?:limits?|values?|range))?"
)
_TIMES = r"[\s-]*(?:(?:[x×✕*X]|times|-?\s?folds?)[\s-]*)?"
OF_NORMAL = re.compile(
    rf"{_TIMES}{_WHOSE}(?:(?P<upper>{_UPPER})|(?P<lower>{_LOWER}))(?!\w){_SHORT}", re.IGNORECASE
)
LIMIT_OF_NORMAL = re.compile(
    rf"\b(?:(?P<upper>{_UPPER})|(?P<lower>{_LOWER}))(?!\w){_SHORT}", re.IGNORECASE
)
# Where a limit of normal may begin: (I)ULN, UNL, (I)LLN, upper, lower, normal, high, max or top.
LIMIT_BEGINS = re.compile(r"[UuLlNnHhMmTtIi](?<!\w.)(?i:LN|NL|PPER|OW|ULN|LLN|ORM|IGH|AX|OP)")
WHOSE = frozenset(
    [
        "the",
        "institutional",
        "institution's",
        "laboratory",
        "lab",
        "local",
        "respective",
        "reference",
        "age-adjusted",
    ]
)
_TIMES_NORMAL = re.compile(
    r"[\s-]*(?:[x×✕*X]|times|-?\s?folds?)[\s-]*(?:of\s+)?(?:the\s+)?normal(?:\s+(?:values?|limits?"
    r"|range))?\b(?!\s+\w+\s+limit)",
    re.IGNORECASE,
)
_PREDICTED = re.compile(
    r"\s*(?:%|per\s?cent)\s*(?:of\s+)?(?:the\s+|their\s+)?(?:predicted|pred\b|expected)"
    r"(?:\s+normal)?(?:\s+values?)?\b",
    re.IGNORECASE,
)
_OF_NORMAL_SHARE = re.compile(
    r"\s*(?:%|per\s?cent)\s*(?:of\s+)?(?:the\s+)?normal(?:\s+values?)?\b", re.IGNORECASE
)
# A token that can only be a unit, though no table knows it.
_UNREAD = re.compile(
    r"\s*(?!and/or)([a-zµμ%°][a-zµμ%°\d^.*]*(?:/(?![\d.]+\s)[a-zµμ%°\d^.*²³]+)+(?<!\.))",
    re.IGNORECASE,
)

# Units of time are most of all units; these words mean nothing else whatever follows.
_WORD = re.compile(r"[\s-]*([A-Za-z]+)")
_AT_ONCE = {
    written: unit
    for word, unit in (("year", "a"), ("month", "mo"), ("week", "wk"), ("day", "d"), ("hour", "h"))
    for written in (word, f"{word}s")
}
# A number with one of these, or one of these marks, behind it has no unit.
_NO_UNIT = frozenset(["or", "and", "to", "in", "with", "who", "for", "but", "prior", "before"])
_GOES_ON = frozenset("_%/")  # behind a percent sign, there is more of the unit
_NO_UNIT_MARKS = frozenset(",.;)(:]<>≥≤=")

_ANNOTATION = re.compile(r"\{[^{}]*\}(?:/h)?")
_AHEAD = 60  # characters in which the signs of a longer form must show

Kind = Literal["unit", "uln", "lln", "predicted", "of_normal", "unread", "none"]


class UnitFound(NamedTuple):
    """What stands behind a number: a unit, a multiple of normal, a share of predicted, or none."""

    kind: Kind
    end: int
    unit: str | None = None
    times: Decimal = Decimal(1)  # a power of ten that has no UCUM unit of its own

    @property
    def is_time(self) -> bool:
        """Say whether the unit is one of years to minutes."""
        return self.unit in TIMES


def unit_at(text: str, at: int) -> UnitFound:
    """Read the unit that starts at a place (after a number)."""
    first = text[at : at + 1]
    if not first or first in _NO_UNIT_MARKS:
        return UnitFound("none", at)
    if (word := _WORD.match(text, at)) and (known := _at_once(text, at, word)):
        return known
    ahead = text[at : at + _AHEAD].lower()
    if "ln" in ahead or "normal" in ahead or "unl" in ahead or "upper" in ahead or "lower" in ahead:
        if found := OF_NORMAL.match(text, at):
            return UnitFound("uln" if found["upper"] else "lln", found.end())
        if found := _TIMES_NORMAL.match(text, at):
            return UnitFound("uln", found.end())
    if ("/" in ahead or "per" in ahead) and (found := _COUNT.match(text, at)):
        return _counted(found)
    if "%" in ahead or "per" in ahead:
        if found := _PREDICTED.match(text, at):
            return UnitFound("predicted", found.end())
        if found := _OF_NORMAL_SHARE.match(text, at):
            return UnitFound("of_normal", found.end(), "%")
        behind = text[at + 1 : at + 2]
        if first == "%" and not behind.isalnum() and behind not in _GOES_ON:
            return UnitFound("unit", at + 1, "%")
    if ("gram" in ahead or "mole" in ahead) and (found := _IN_WORDS.match(text, at)):
        over, under = (_WORDS[found[part].lower()] for part in ("over", "under"))
        return UnitFound("unit", found.end(), f"{over}/{under}")
    if found := _UNIT.match(text, at):
        return UnitFound("unit", found.end(), _SPELLINGS[int((found.lastgroup or "")[1:])][1])
    if found := _BARE_POWER.match(text, at):
        power = (found["power"] or found["super"]).translate(_SUPERSCRIPTS)
        return UnitFound("none", found.end(), None, Decimal(10) ** int(power))
    if found := _UNREAD.match(text, at):
        return UnitFound("unread", found.end(), found[1])
    return UnitFound("none", at)


def _at_once(text: str, at: int, word: "re.Match[str]") -> UnitFound | None:
    """Return the unit of time that a word is, or none for a word that is no unit."""
    following = text[word.end() : word.end() + 1]
    if word[1] in _NO_UNIT and following.isspace():
        return UnitFound("none", at)
    unit = _AT_ONCE.get(word[1])
    ends = not following.isalnum() and following not in ("_", "%", "/")
    return UnitFound("unit", word.end(), unit) if unit and ends else None


def _counted(found: "re.Match[str]") -> UnitFound:
    volume = next(v for v, name in _VOLUMES if found[name])
    power = 0
    if found["power"]:
        power = int(found["power"].translate(_SUPERSCRIPTS))
    else:
        power = next((p for p, name in _PREFIXES if found[name]), 0)
    if "copies" in found[0].lower():  # of a virus: no cells
        return UnitFound("unit", found.end(), f"{{copies}}{volume}", Decimal(10) ** power)
    if power and (unit := _COUNTED.get((power, volume))):
        return UnitFound("unit", found.end(), unit)
    return UnitFound("unit", found.end(), volume, Decimal(10) ** power)


_VOLUMES = (("/uL", "micro"), ("/mL", "milli"), ("/nL", "nano"), ("/L", "litre"))
_PREFIXES = ((3, "kilo"), (9, "giga"), (6, "mega"), (12, "tera"))


def is_bare(measure: Measure) -> bool:
    """Say whether values of a measure are written without a unit: scores, ratios, pH."""
    return measure.unit in ("1", "[pH]") or _ANNOTATION.fullmatch(measure.unit) is not None


def fault(measure: Measure, value: Decimal, unit: str | None) -> str | None:
    """Say why a limit cannot be right as written; None where it can."""
    if unit is None:
        if is_bare(measure):
            return _implausible(measure, value)
        return f"no unit is written; {measure.label} is measured in {measure.unit}"
    usual = unit == measure.unit or is_common(unit) or measure.ways.knows(unit)
    if not usual:  # as nobody writes it, or no unit at all
        return f"{measure.label} is measured in {measure.unit}, not {unit}"
    try:
        reached = measure.ways.convert(Quantity(value, unit), measure.unit).value
    except InputError:
        return f"{measure.label} is measured in {measure.unit}, not {unit}"
    return _implausible(measure, reached)


def _implausible(measure: Measure, value: Decimal) -> str | None:
    low, high = measure.plausible
    if low <= value <= high:
        return None
    return f"{value.normalize():f} {measure.unit} is outside what {measure.label} can be"
