"""A screening's answer follows from its criteria's verdicts, and its numbers fit each other."""

from trialwright.conduct.events import PatientScreened
from trialwright.conduct.rules import require
from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.protocol.model import Protocol
from trialwright.screening.screen import ALIVE

_OLDEST = 130  # years
_TRUTHS = tuple(truth.value for truth in Truth)


def check_verdict(protocol: Protocol, screened: PatientScreened) -> None:
    """InputError for numbers or criteria that cannot be; Refused where the answer is another one.

    A protocol without criteria has no verdicts to follow from: there the answer stands by itself.
    """
    _age(screened)
    _criteria(protocol, screened)
    if protocol.criteria or screened.verdicts:
        _answer(screened)


def _age(screened: PatientScreened) -> None:
    where, age = f"screening of {screened.screening_no}", screened.age_years
    if not 0 <= age <= _OLDEST:
        raise InputError(f"{where}, age_years", str(age), f"an age from 0 to {_OLDEST} years")
    latest = screened.screened_on.year - age
    if screened.birth_year not in {latest - 1, latest}:
        raise InputError(
            f"{where}, birth_year", f"{screened.birth_year} at the age of {age}",
            f"{latest - 1} or {latest}, for that age on {screened.screened_on}",
        )  # fmt: skip


def _criteria(protocol: Protocol, screened: PatientScreened) -> None:
    where = f"screening of {screened.screening_no}"
    for name, verdict in screened.verdicts.items():
        if verdict not in _TRUTHS:
            wanted = "one of " + ", ".join(_TRUTHS)
            raise InputError(f"{where}, verdicts.{name}", repr(verdict), wanted)
    wanted_ids = {entry.id for entry in protocol.criteria}
    found = set(screened.verdicts) - {ALIVE}  # the one criterion that no protocol writes down
    if wanted_ids and found != wanted_ids:
        missing, strange = sorted(wanted_ids - found), sorted(found - wanted_ids)
        what = [f"no verdict on {name}" for name in missing[:3]]
        what += [f"a verdict on {name}" for name in strange[:3]]
        wanted = f"one verdict on each of the protocol's {len(wanted_ids)} criteria"
        raise InputError(f"{where}, verdicts", ", ".join(what), wanted)
    stray = [name for name in screened.deciding if name not in screened.verdicts]
    if stray and wanted_ids:
        wanted = "criteria that have a verdict"
        raise InputError(f"{where}, deciding", ", ".join(stray), wanted)


def _answer(screened: PatientScreened) -> None:
    false = [name for name, verdict in screened.verdicts.items() if verdict == "false"]
    unknown = [name for name, verdict in screened.verdicts.items() if verdict == "unknown"]
    follows = "no" if false else "undecided" if unknown else "yes"
    on = ", ".join((false or unknown)[:3])
    because = f" ({on})" if on else ""
    require(
        screened.eligible == follows, "eligibility",
        f"{screened.screening_no} is said to be eligible: {screened.eligible}; "
        f"its verdicts say {follows}{because}",
        "the answer that follows from the verdicts",
    )  # fmt: skip
