"""Age in completed years, months or days, both ends included, and sex."""

from datetime import date, timedelta

from trialwright.core.dates import Duration, PartialDate, age_range
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Demographic
from trialwright.screening.model import Evidence, Sex, Verdict
from trialwright.screening.setting import Setting, unknown


def demographic(node: Demographic, at: Setting) -> tuple[Verdict, ...]:
    """Evaluate age and sex, one verdict for each that the criterion names."""
    parts = []
    if node.age_min is not None or node.age_max is not None:
        parts.append(_age(node, at))
    if node.sex is not None:
        parts.append(_sex(node.sex, at))
    return tuple(parts)


def reached(age: Duration, birth: date, on: date) -> bool:
    """Say whether a person born on `birth` has completed the age on a day."""
    if age.days >= on.toordinal():
        return False
    day = on - timedelta(days=age.days)
    months = (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)
    return months >= age.months


def _age(node: Demographic, at: Setting) -> Verdict:
    birth = at.patient.birth
    if birth is None:
        return unknown("no_data", "age", "no birth date on record")
    truth = _old_enough(node.age_min, birth, at.on) & _young_enough(node.age_max, birth, at.on)
    rule = f"{_range(node)}: {_SAYS[truth]}"
    years = " or ".join(str(age) for age in sorted(set(age_range(birth, at.on))))
    steps = f"{years} years on {at.on}"
    evidence = Evidence(_record(at), "age", f"born {birth}", steps, str(birth), rule, truth)
    return Verdict(truth, "no_data" if truth is Truth.UNKNOWN else None, (evidence,))


_SAYS = {
    Truth.TRUE: "holds",
    Truth.FALSE: "does not hold",
    Truth.UNKNOWN: "open, the birth date is not complete",
}


def _old_enough(least: Duration | None, birth: PartialDate, on: date) -> Truth:
    if least is None or reached(least, birth.latest(), on):
        return Truth.TRUE
    return Truth.UNKNOWN if reached(least, birth.earliest(), on) else Truth.FALSE


def _young_enough(most: Duration | None, birth: PartialDate, on: date) -> Truth:
    if most is None or not reached(next_age(most), birth.earliest(), on):
        return Truth.TRUE
    return Truth.FALSE if reached(next_age(most), birth.latest(), on) else Truth.UNKNOWN


def next_age(most: Duration) -> Duration:
    """Return the first age beyond: a limit of 80 years includes the whole eighty-first year."""
    if most.days:
        return Duration(most.months, most.days + 1)
    return Duration(most.months + (1 if most.months % 12 else 12))


def _range(node: Demographic) -> str:
    match node.age_min, node.age_max:
        case Duration() as least, Duration() as most:
            return f"age {_words(least)} to {_words(most)}"
        case Duration() as least, None:
            return f"age {_words(least)} or more"
        case None, Duration() as most:
            return f"age {_words(most)} or less"
        case _:
            return "any age"


def _words(age: Duration) -> str:
    years, months = divmod(age.months, 12)
    parts = ((years, "years"), (months, "months"), (age.days, "days"))
    return " ".join(f"{number} {name}" for number, name in parts if number) or "0 days"


def _sex(wanted: Sex, at: Setting) -> Verdict:
    sex = at.patient.sex
    if sex in ("other", "unknown"):
        return unknown("no_data", "sex", f"recorded as {sex}; asked {wanted}")
    truth = Truth.of(sex == wanted)
    rule = f"asked {wanted}: {_SAYS[truth]}"
    return Verdict(truth, None, (Evidence(_record(at), "sex", sex, None, None, rule, truth),))


def _record(at: Setting) -> str:
    return f"Patient/{at.patient.id}"
