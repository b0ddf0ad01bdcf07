"""A measure, an operator, a number and its unit: what each group of amounts says of its subject."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity, is_common
from trialwright.core.ways import FACTORS_ALONE
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts.amounts import Amount
from trialwright.protocol.criteria.facts.by_sex import BySex, by_sex
from trialwright.protocol.criteria.facts.filler import Left, left_of
from trialwright.protocol.criteria.facts.groups import Group, Limit
from trialwright.protocol.criteria.facts.loosened import for_some, of_two_groups, second_limit
from trialwright.protocol.criteria.facts.named import Names
from trialwright.protocol.criteria.facts.open_measures import open_at_left, smoked, subject_at_right
from trialwright.protocol.criteria.facts.places import closed
from trialwright.protocol.criteria.facts.subjects import Subject, subject_at_left
from trialwright.protocol.criteria.measures import Measure, lexicon
from trialwright.protocol.criteria.numbers import FLIPPED, SIGN, sign
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import every, some
from trialwright.protocol.criteria.units import TIMES, fault, is_bare

_BRACKET = re.compile(
    r"\s*[(\[]\s*(?:or|i\.?\s?e\.?,?|equivalent to|approximately|about|=|~|≈)?\s*", re.I
)
_BESIDE = re.compile(r"\s*(?:/|or)\s*", re.IGNORECASE)
_CLOSES = re.compile(r"\s*[)\]]")
_INCLUSIVE = re.compile(r"\s*,?\s*(?:\((?:both\s+)?inclusive\)|(?:both\s+)?inclusive\b)", re.I)
_CLOSED = (">=", "<=")
_CODE = 1000  # a range without a unit that goes further is a number of a study or a drug
# A share of something else: `10% below the lower limit`.
_RELATIVE = re.compile(
    r"\s*(?:below|above|lower|higher|less|greater|more"
    r"|standard\s+deviations?|SDs?)\b(?! and| or)",
    re.I,
)
_GOES_ON = re.compile(  # 1.5 from the upper limit; 3, 000: the number alone is not meant
    r"\s*(?:from|of|above|over)\s+(?:the\s+)?(?:upper|normal)\s+(?:normal\s+)?limit|,\s000\b",
    re.IGNORECASE,
)
_NEAR = Decimal("0.1")  # a limit restated in another unit is rounded


def comparison(
    text: str, group: Group, found: Sequence[Amount], names: Names, least: int
) -> tuple[Piece, int] | None:
    """Return what a group compares, and the place of the last amount that it took up."""
    left = left_of(text, group.start, least, names, group.end)
    subject = subject_at_left(text, left, least, names)
    if (subject is None and left.named is not None) or _RELATIVE.match(text, group.end):
        return None
    if subject is None and _is_pressure(text, left, group):
        return _pressure(text, left, group)
    if any(limit.amount.second is not None for limit in group.limits):
        return None
    subject = subject or _otherwise(text, left, least, group, names)
    if subject is None or not _can_have(subject, group):
        return None
    group, start = _sandwiched(text, group, found, subject)
    end, last = _restated(text, group, found, subject)
    node = _node(subject, group)
    if node is None:
        return None
    if group.limits[-1].unit.kind == "none" and (more := _GOES_ON.match(text, group.end)):
        start = min(start, group.start)
        said = text[start : more.end()]
        return Piece("atom", start, more.end(), said, nodes.Residue(said)), last
    if both := of_two_groups(text, group, found, end, last):
        start, (end, last) = min(start, group.start), both
        return Piece("atom", start, end, text[start:end], nodes.Residue(text[start:end])), last
    if each := by_sex(text, group, found, end, last):
        node, end, last = _of_each(subject, group, each), each.end, each.last
    elif other := second_limit(text, group, found, end, last):
        theirs = _node(subject, group._replace(limits=(other.limit,)))
        if theirs is not None:
            node = for_some(node, theirs, group.limits[0], other)
            end, last = other.end, other.last
    start, end = min(start, group.start), max(end, subject.end or 0)
    if left.in_bracket and start < group.start and text[end : end + 1] in (")", "]"):
        end += 1
    end = closed(text, start, end)
    if "nclusive" in text[end : end + 18] and (ends := _INCLUSIVE.match(text, end)):
        end = ends.end() if all(limit.op in _CLOSED for limit in group.limits) else end
    return Piece("atom", start, end, text[start:end], node), last


def _can_have(subject: Subject, group: Group) -> bool:
    """Say whether a limit may be one of the subject: no time of a mass, no four-digit code."""
    if subject.words is not None:
        last = group.limits[-1]
        return len(group.limits) == 1 or last.unit.unit is not None or last.amount.value <= _CODE
    timed = any(limit.unit.is_time for limit in group.limits)
    return not timed or all(lexicon().measures[name].unit in TIMES for name in subject.measures)


def _otherwise(text: str, left: Left, least: int, group: Group, names: Names) -> Subject | None:
    """Look for a measure on the right, then for one that no vocabulary knows on the left."""
    if found := smoked(text, least, group):
        return found
    last = group.limits[-1]
    share = last.unit.kind in ("uln", "lln", "predicted")
    right = subject_at_right(text, group.start, group.end, names, last.unit.unit, left.said_score)
    if right and not share:
        return right._replace(start=_score_start(text, left, group)) if left.said_score else right
    return open_at_left(text, left, least, last.unit.unit, share)


def _score_start(text: str, left: Left, group: Group) -> int:
    """Return where `score of` begins in front of a limit."""
    words = text[left.at : group.start]
    return left.at + len(words) - len(words.lstrip())


# --- what a group says of a measure --------------------------------------------------------------


def _node(subject: Subject, group: Group) -> nodes.Node | None:
    join = every if group.joint == "all" else some
    if not subject.measures:
        if subject.words is None:
            return None
        return join(_open(subject, limit) for limit in group.limits)
    each = [
        join(_limit(subject, name, limit) for limit in group.limits) for name in subject.measures
    ]
    if len(each) == 1:
        return each[0]
    return some(each) if _is_any(subject, group) else every(each)


def _of_each(subject: Subject, group: Group, each: BySex) -> nodes.Node:
    """Return what the limits of the two sexes say: one or the other, with its sex."""
    return some(
        every(
            part
            for part in (
                nodes.Demographic(sex=sex),
                _node(subject, group._replace(limits=(limit,))),
            )
            if part is not None
        )
        for sex, limit in each.limits
    )


def _is_any(subject: Subject, group: Group) -> bool:
    """Say of `AST/ALT > 3 x ULN` that one is enough; on the good side, all must be.

    What is bad is an excess, except for the measures of which little is bad (`FEV1, FVC ≥ 50%`).
    """
    if subject.joint == "/":
        above = group.limits[0].op in (">", ">=")
        good_high = all(name in _GOOD_HIGH for name in subject.measures)
        return above != good_high and len(group.limits) == 1
    return subject.joint == "or"


def _open(subject: Subject, limit: Limit) -> nodes.Compare:
    share = _share(limit, limit.amount.value)
    node = share or nodes.Compare(
        None, limit.op, value=limit.amount.value * limit.unit.times, unit=_unit(limit)
    )
    return replace(node, measure=None, words=subject.words, method=subject.method)


def _unit(limit: Limit) -> str | None:
    return None if limit.unit.unit in ("{score}", "pack-years") else limit.unit.unit


def _share(limit: Limit, value: Decimal) -> nodes.Compare | None:
    """Return a multiple of normal or a share of predicted; its measure is filled in later."""
    match limit.unit.kind:
        case "uln":
            return nodes.Compare(None, limit.op, times_uln=value)
        case "lln":
            return nodes.Compare(None, limit.op, times_lln=value)
        case "predicted":
            return nodes.Compare(None, limit.op, percent_predicted=value)
        case _:
            return None


def _limit(subject: Subject, name: str, limit: Limit) -> nodes.Compare:
    measure = lexicon().measures[name]
    share = _share(limit, limit.amount.value)
    of_predicted = name in _SHARES or _is_of_predicted(subject, limit, measure)
    if share is None and limit.unit.unit == "%" and of_predicted:
        share = nodes.Compare(None, limit.op, percent_predicted=limit.amount.value)
    if share is not None:
        return replace(share, measure=name, method=subject.method)
    value, unit, wrong = _as_measured(name, limit)
    return nodes.Compare(
        name, limit.op, value=value, unit=unit, unit_fault=wrong, method=subject.method
    )


def _is_of_predicted(subject: Subject, limit: Limit, measure: Measure) -> bool:
    return measure.unit != "%" and (subject.of_predicted or limit.unit.kind == "of_normal")


# In percent these are always what is predicted for the person.
_SHARES = frozenset({"fev1", "fvc", "dlco", "tlc", "pef"})
# Measures that all the world writes in one unit, so that a bare number can mean no other.
# (An ejection fraction is no such measure: `EF` is erectile function, too.)
_ONE_UNIT = frozenset(
    {"bmi", "heart_rate", "sbp", "dbp", "hba1c", "haematocrit", "egfr", "qtc", "pf_ratio"}
)
# Measures of which little is bad, and much is what a trial demands.
_GOOD_HIGH = frozenset(
    {
        "fev1", "fvc", "dlco", "tlc", "pef", "lvef", "haemoglobin", "haematocrit", "thrombocytes",
        "neutrophils", "leucocytes", "lymphocytes", "albumin", "egfr", "creatinine_clearance",
        "oxygen_saturation",
    }
)  # fmt: skip


# Measures whose usual units lie so far apart that a number can be meant in one alone.
_COUNTS = ("10*9/L", "/uL")
_WITHOUT_UNIT = {
    "thrombocytes": _COUNTS, "leucocytes": _COUNTS, "neutrophils": _COUNTS, "lymphocytes": _COUNTS,
    "cd4": _COUNTS, "creatinine": ("mg/dL", "umol/L"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def _fault(name: str, value: Decimal, unit: str | None) -> str | None:
    """Say why a limit of a measure of the lexicon cannot be right as written, if it cannot."""
    return fault(lexicon().measures[name], value, unit)


def _only_unit(name: str, value: Decimal, units: tuple[str, ...]) -> str | None:
    """Return the one unit in which a measure can have a value; None where two or none are left."""
    fits = [unit for unit in units if _fault(name, value, unit) is None]
    return fits[0] if len(fits) == 1 else None


def _as_measured(name: str, limit: Limit) -> tuple[Decimal, str | None, str | None]:
    """Return the value that fits the measure, its unit, and what is wrong with them.

    `100.000` and `1,500` are read by the convention under which the measure can have the value.
    """
    measure = lexicon().measures[name]
    unit = _same_unit(measure, limit.unit.unit)
    if limit.unit.kind == "none" and limit.unit.times == 1 and name in _ONE_UNIT:
        unit = measure.unit
    times = limit.unit.times
    if limit.unit.kind == "none" and times == 1 and name in _WITHOUT_UNIT:
        unit = _only_unit(name, limit.amount.value, _WITHOUT_UNIT[name])
    read = [
        (value * times, unit, _fault(name, value * times, unit)) for value in limit.amount.values
    ]
    if unit == "[degF]" and measure.unit == "Cel":
        read = [_celsius(measure, value) for value in limit.amount.values]
    fits = [each for each in read if each[2] is None]
    value, unit, wrong = fits[0] if fits else read[0]
    if limit.unit.kind == "of_normal":
        wrong = f"a share of normal is no value of {measure.label}"
    if len(fits) > 1:
        wrong = f"the number may mean {fits[0][0]} or {fits[1][0]}"
    return value, unit, wrong


def _same_unit(measure: Measure, unit: str | None) -> str | None:
    """Return the unit that is meant, where it has the same size under another name.

    A milliequivalent is a millimole of an ion with a single charge; a tumour marker's units are
    arbitrary ones, however they are abbreviated.
    """
    if unit == "{score}" and is_bare(measure):
        return None
    if unit == "mEq/L" and measure.label in _SINGLE_CHARGE:
        return "mmol/L"
    if unit in ("U/L", "U/mL") and measure.unit.endswith(f"[I{unit[0]}]/{unit[2:]}"):
        return f"[IU]/{unit[2:]}"
    if unit in _ARBITRARY and measure.unit == "[arb'U]/mL":
        return measure.unit
    return measure.unit if unit == "pack-years" and measure.unit == "{pack}.a" else unit


_ARBITRARY = frozenset({"U/mL", "[IU]/mL", "k[IU]/L"})
_SINGLE_CHARGE = frozenset({"sodium", "potassium", "chloride", "bicarbonate", "lithium"})


def _celsius(measure: Measure, value: Decimal) -> tuple[Decimal, str | None, str | None]:
    """Return degrees Fahrenheit as degrees Celsius, where a tenth says it exactly."""
    degrees = (value - 32) * 5 / 9
    if degrees == degrees.quantize(Decimal("0.1")):
        return degrees.quantize(Decimal("0.1")), "Cel", fault(measure, degrees, "Cel")
    return value, "[degF]", f"{value} degrees Fahrenheit are no whole tenths of a degree Celsius"


# --- blood pressure as one word --------------------------------------------------------------

_PRESSURE = re.compile(r"(?:\bblood\s+pressures?|\bBP)(?:\s*\(BP\))?\s*\Z", re.IGNORECASE)


def _is_pressure(text: str, left: Left, group: Group) -> bool:
    paired = all(limit.amount.second is not None for limit in group.limits)
    return paired and _PRESSURE.search(text, max(0, left.at - 40), left.at) is not None


def _pressure(text: str, left: Left, group: Group) -> tuple[Piece, int] | None:
    """Read `blood pressure > 140/90 mmHg`: above where one is, below where both are."""
    found = _PRESSURE.search(text, max(0, left.at - 40), left.at)
    if found is None or len(group.limits) != 1:
        return None
    limit = group.limits[0]
    both = []
    for name, value in (("sbp", limit.amount.value), ("dbp", limit.amount.second or Decimal(0))):
        amount = limit.amount._replace(values=(value,), second=None)
        both.append(_limit(Subject((name,), 0), name, limit._replace(amount=amount)))
    node = some(both) if limit.op in (">", ">=") else every(both)
    return Piece(
        "atom", found.start(), group.end, text[found.start() : group.end], node
    ), group.last


# --- one limit, said twice -----------------------------------------------------------------------


def _sandwiched(
    text: str, group: Group, found: Sequence[Amount], subject: Subject
) -> tuple[Group, int]:
    """Take up the limit on the other side of the measure: `18 ≤ BMI ≤ 30`."""
    if len(group.limits) > 1 or group.first == 0:
        return group, subject.start
    before = found[group.first - 1]
    joint = SIGN.fullmatch(text, before.end, subject.start) if before.op is None else None
    if joint is None:
        return group, subject.start
    limit = group.limits[0]
    unit = limit.unit if before.unit.kind == "none" else before.unit
    other = Limit(FLIPPED[sign(joint)], before, unit)
    if {other.op[0], limit.op[0]} != {"<", ">"}:
        return group, subject.start
    return group._replace(limits=(other, limit), joint="all", start=before.start), before.start


def _restated(
    text: str, group: Group, found: Sequence[Amount], subject: Subject
) -> tuple[int, int]:
    """Include a bracket that says the limit again: `1.5 mg/dL (133 µmol/L)`, `154 lbs/70 kg`."""
    end, last = group.end, group.last
    if last + 1 >= len(found):
        return end, last
    if len(group.limits) == 2 and (both := _range_again(text, group, found, subject)):
        return both, last + 2
    limit, again = group.limits[-1], found[last + 1]
    gap, closes = text[end : again.start], _CLOSES.match(text, again.end)
    bracketed = _BRACKET.fullmatch(gap) is not None and closes is not None
    if not bracketed and not _BESIDE.fullmatch(gap):
        return end, last
    if again.op not in (None, limit.op) or not _is_same(limit, again, subject):
        return end, last
    return (closes.end() if bracketed and closes else again.end), last + 1


def _range_again(text: str, group: Group, found: Sequence[Amount], subject: Subject) -> int | None:
    """Return where `7.5-10% (58-86 mmol/mol)` ends."""
    amounts = found[group.last + 1 : group.last + 3]
    if len(amounts) < 2 or not _BRACKET.fullmatch(text, group.end, amounts[0].start):
        return None
    low, high = amounts[0]._replace(unit=amounts[1].unit), amounts[1]
    closes = _CLOSES.match(text, high.end)
    same = _is_same(group.limits[0], low, subject) and _is_same(group.limits[1], high, subject)
    return closes.end() if closes and same and low.op is None and high.op is None else None


def _is_same(limit: Limit, again: Amount, subject: Subject) -> bool:
    """Say whether an amount is the limit in another unit, as far as rounding goes."""
    if not (limit.unit.unit and again.unit.unit) or limit.unit.unit == again.unit.unit:
        return False
    known = [lexicon().measures[name] for name in subject.measures]
    ways = known[0].ways if len(known) == 1 else FACTORS_ALONE
    if not all(is_common(u) or ways.knows(u) for u in (limit.unit.unit, again.unit.unit)):
        return False
    second = Quantity(again.value * again.unit.times, again.unit.unit)
    try:
        found = ways.convert(second, limit.unit.unit).value
    except InputError:
        return False
    stated = limit.amount.value * limit.unit.times
    return abs(found - stated) <= (max(_NEAR, stated / 100) if ways.equations else _NEAR * stated)
