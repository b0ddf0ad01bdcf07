"""The arithmetic that a record's text claims; a claim that fails is refused by its line."""

from collections.abc import Sequence

from trialwright.core.errors import InputError
from trialwright.protocol.arms import ArmReading, CohortText
from trialwright.protocol.numerals import readable


def check_cohort(reading: ArmReading, cohort: CohortText, where: str) -> None:
    """Refuse a cohort whose infusions times dose are not its stated cumulative dose."""
    infusions = cohort.infusions or reading.infusions
    dose, total = cohort.dose, cohort.cumulative
    if not (dose and total and infusions and dose.value and total.value):
        return
    product = dose.value * infusions.value
    if product != total.value:
        raise InputError(
            _line(reading, total.start, where),
            f"{infusions.value} x {readable(dose.value)} = {readable(product)}, but the text states"
            f" a cumulative dose of {readable(total.value)}",
            "a cumulative dose that is the number of infusions times the dose",
        )


def check_people(
    reading: ArmReading, sizes: Sequence[int], enrolment: int | None, where: str
) -> None:
    """Refuse cohorts that do not add up to the stated maximum and to the enrolment."""
    most = reading.maximum
    total = sum(sizes)
    if most and total != most.value:
        raise InputError(
            _line(reading, most.start, where),
            f"cohorts of {' + '.join(map(str, sizes))} = {total}, but the text states {most.value}",
            "cohorts that add up to the stated maximum",
        )
    if enrolment is not None and total != enrolment:
        at = most.start if most else 0
        raise InputError(
            _line(reading, at, where),
            f"cohorts of {' + '.join(map(str, sizes))} = {total}, but the record's enrolment"
            f" is {enrolment}",
            "cohorts that add up to the enrolment",
        )


def check_infusions(reading: ArmReading, stated: int, count: int, source: str, where: str) -> None:
    """Refuse two places of the record that state different numbers of infusions."""
    if stated != count:
        at = reading.infusions.start if reading.infusions else 0
        raise InputError(
            _line(reading, at, where),
            f"{count} infusions, but {source} states {stated}",
            "one number of infusions",
        )


def _line(reading: ArmReading, at: int, where: str) -> str:
    return f"{where}, line {reading.line_of(at)}"
