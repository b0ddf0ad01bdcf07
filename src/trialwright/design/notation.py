"""Outcome notation: `1NNN 2NTN 2P`, one group per cohort.

In a design that looks at responses too: `1NEN 2ENB`. Where time counts: `2NNP0.45`, a patient
followed for 45 % of the window without a DLT so far; `+1NNP`, backfilled patients, who are treated
beside the cohorts at a lower level.

    course  = [ group *( spaces group ) ]
    group   = [ "+" ] level 1*letter
    level   = a whole number from 1 to the number of doses
    letter  = "N"   no dose-limiting toxicity (and no response)
            | "T"   dose-limiting toxicity (and no response)
            | "E"   response, no dose-limiting toxicity
            | "B"   both
            | "P" [ share ]   still in the window (pending)
    share   = the part of the window followed so far, 0 to below 1, at most six digits

The notation is that of the R packages `escalation` and `trialr` (Brock 2020), with `P` added.
"""

import re

from trialwright.core.errors import InputError
from trialwright.design.model import MOST_PATIENTS, Cohort, Course
from trialwright.design.parameters import counted, items, shown

_GROUP = re.compile(r"(\+?)([1-9][0-9]?)((?:[NTEB]|P(?:0?\.[0-9]{1,6}|0)?)+)", re.ASCII)
_PENDING = re.compile(r"P([0-9.]*)")


def read_course(text: str, doses: int, responses: bool = False) -> Course:
    """Read outcomes; raise InputError that names the cohort and what was wanted.

    >>> read_course("1NNN 2NTP", doses=3)
    (Cohort(dose=1, treated=3, ...), Cohort(dose=2, treated=3, dlts=1, pending=1, ...))
    """
    groups = text.split()
    course = tuple(
        _read_group(group, number, doses, responses) for number, group in enumerate(groups, 1)
    )
    check_course(course, doses, responses)
    return course


def write_course(course: Course) -> str:
    """Write outcomes in canonical order within each cohort: N, E, T, B, P."""
    return " ".join(str(cohort) for cohort in course)


def as_course(outcomes: object, doses: int, responses: bool = False) -> Course:
    """Return outcomes, in text or as cohorts, checked; raise InputError for anything else."""
    if isinstance(outcomes, str):
        return read_course(outcomes, doses, responses)
    given = items(outcomes)
    course = tuple(cohort for cohort in given or () if isinstance(cohort, Cohort))
    if given is None or len(course) < len(given):
        raise InputError("outcomes", shown(outcomes), 'text such as "1NNN 2NTN", or cohorts')
    check_course(course, doses, responses)
    return course


def check_course(course: Course, doses: int, responses: bool = False) -> None:
    """Refuse a course that no trial can have; raise InputError."""
    for number, cohort in enumerate(course, 1):
        _check_cohort(cohort, number, doses, responses)
    if course and course[0].beside:
        raise InputError("outcomes, cohort 1", str(course[0])[:40], "a cohort before any backfill")
    patients = sum(cohort.treated for cohort in course)
    if patients > MOST_PATIENTS:
        raise InputError("outcomes", f"{patients} patients", f"at most {MOST_PATIENTS}")


def _read_group(group: str, number: int, doses: int, responses: bool) -> Cohort:
    match = _GROUP.fullmatch(group)
    wrong = match is None or int(match[2]) > doses or (not responses and re.search("[EB]", group))
    if match is None or wrong:
        raise InputError(f"outcomes, cohort {number}", repr(group[:40]), _wanted(doses, responses))
    n, e, t, b, p = (match[3].count(letter) for letter in "NETBP")
    shares = sorted(float(share or 0) for share in _PENDING.findall(match[3]))
    followed = tuple(shares) if any(shares) else ()
    return Cohort(int(match[2]), n + e + t + b + p, t + b, p, e + b, b, followed, match[1] == "+")


def _wanted(doses: int, responses: bool) -> str:
    levels = "1" if doses == 1 else f"from 1 to {doses}"
    letters, such = ("N, E, T, B or P", "1NEB") if responses else ("N, T or P", "1NNT")
    share = "(P0.45: pending, followed for 45 % of the window)"
    return f"a dose level ({levels}), then {letters} for each patient, such as {such} {share}"


def _check_cohort(cohort: Cohort, number: int, doses: int, responses: bool) -> None:
    where = f"outcomes, cohort {number}"
    if not 1 <= cohort.dose <= doses:
        raise InputError(where, f"dose level {cohort.dose}", _wanted(doses, responses))
    counts = cohort.dlts, cohort.pending, cohort.neither, cohort.both
    if cohort.treated < 1 or min(counts) < 0:
        raise InputError(
            where,
            f"{cohort.treated} treated, {cohort.dlts} DLT, {cohort.pending} pending",
            "at least 1 treated, and no more with a DLT or pending than treated",
        )
    if cohort.both > min(cohort.dlts, cohort.responses) or (cohort.responses and not responses):
        raise InputError(
            where,
            f"{counted(cohort.responses, 'response')}, {cohort.both} of them with a DLT",
            "counts that agree" if responses else "DLTs alone, for this method",
        )
    shares = cohort.followed
    if shares and (len(shares) != cohort.pending or not all(0 <= share < 1 for share in shares)):
        raise InputError(
            where,
            f"follow-up {', '.join(f'{share:g}' for share in shares)} of {cohort.pending} pending",
            "a share of the window from 0 to below 1 for each pending patient, or none",
        )
