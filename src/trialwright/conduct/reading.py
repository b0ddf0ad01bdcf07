"""What was read off at a visit, held against the lexicon of measures and scales.

A number has a unit that converts to the measure's and is one that the measure can be; a class is
one of its scale's and has no unit.
"""

import re
from decimal import Decimal

from trialwright.conduct.events import AssessmentRecorded
from trialwright.conduct.rules import named
from trialwright.core.errors import InputError
from trialwright.protocol.criteria.measures import Measure, Scale, lexicon
from trialwright.protocol.criteria.units import fault

# Plain digits with a decimal point: 31,5 is 31.5 for one reader and two numbers for another.
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)


def check_reading(assessment: AssessmentRecorded) -> None:
    """InputError for a value that the measure cannot have, and for neither a value nor a reason."""
    where = f"{assessment.visit}, {assessment.measure}"
    if assessment.value is None:
        named(assessment.missing_why or "", f"{where}, missing_why")
        if assessment.unit is not None:
            raise InputError(f"{where}, unit", assessment.unit, "none: there is no value")
        return
    named(assessment.value, f"{where}, value")
    if assessment.missing_why is not None:
        raise InputError(where, "a value and a reason why it is missing", "one of them")
    _known(assessment.measure, assessment.value, assessment.unit, where)


def _known(name: str, value: str, unit: str | None, where: str) -> None:
    scale, measure = lexicon().scales.get(name), lexicon().measures.get(name)
    if scale is not None:
        _class(scale, value, unit, where)
    elif measure is not None:
        _measured(measure, value, unit, where)
    elif unit is not None and not _NUMBER.fullmatch(value):
        raise InputError(where, repr(value), f"a number of {unit}")


def _class(scale: Scale, value: str, unit: str | None, where: str) -> None:
    classes = ", ".join(scale.classes)
    if value not in scale.classes:
        raise InputError(where, repr(value), f"one of {classes}")
    if unit is not None:
        raise InputError(f"{where}, unit", repr(unit), "a class without a unit")


def _measured(measure: Measure, value: str, unit: str | None, where: str) -> None:
    low, high = (f"{limit.normalize():f}" for limit in measure.plausible)
    wanted = f"a number from {low} to {high} {measure.unit}, or one that converts to it"
    if not _NUMBER.fullmatch(value):
        raise InputError(where, repr(value), wanted)
    wrong = fault(measure, Decimal(value), unit)
    if wrong is not None:
        raise InputError(where, wrong, wanted)
