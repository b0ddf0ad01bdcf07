"""Outcome notation: `1NNN 2NTN 2P`, one group per cohort.

    course  = [ group *( spaces group ) ]
    group   = level 1*letter
    level   = a whole number from 1 to the number of doses
    letter  = "N"   no dose-limiting toxicity
            | "T"   dose-limiting toxicity
            | "P"   still in the window (pending)

The notation is that of the R package `escalation` (Brock 2020), with `P` added.
"""

import re

from trialwright.core.errors import InputError
from trialwright.design.model import MOST_PATIENTS, Cohort, Course

_GROUP = re.compile(r"([1-9][0-9]?)([NTP]+)")


def read_course(text: str, doses: int) -> Course:
    """Read outcomes; raise InputError that names the cohort and what was wanted.

    >>> read_course("1NNN 2NTP", doses=3)
    (Cohort(dose=1, treated=3, dlts=0, pending=0), Cohort(dose=2, treated=3, dlts=1, pending=1))
    """
    groups = text.split()
    course = tuple(_read_group(group, number, doses) for number, group in enumerate(groups, 1))
    check_course(course, doses)
    return course


def write_course(course: Course) -> str:
    """Write outcomes in canonical order: N, then T, then P, within each cohort."""
    return " ".join(str(cohort) for cohort in course)


def check_course(course: Course, doses: int) -> None:
    """Refuse a course that no trial can have; raise InputError."""
    for number, cohort in enumerate(course, 1):
        _check_cohort(cohort, number, doses)
    patients = sum(cohort.treated for cohort in course)
    if patients > MOST_PATIENTS:
        raise InputError("outcomes", f"{patients} patients", f"at most {MOST_PATIENTS}")


def _read_group(group: str, number: int, doses: int) -> Cohort:
    match = _GROUP.fullmatch(group)
    if not match or int(match[1]) > doses:
        raise InputError(f"outcomes, cohort {number}", repr(group[:40]), _wanted(doses))
    letters = match[2]
    return Cohort(int(match[1]), len(letters), letters.count("T"), letters.count("P"))


def _wanted(doses: int) -> str:
    levels = "1" if doses == 1 else f"from 1 to {doses}"
    return f"a dose level ({levels}), then N, T or P for each patient, such as 1NNT"


def _check_cohort(cohort: Cohort, number: int, doses: int) -> None:
    if not 1 <= cohort.dose <= doses:
        raise InputError(f"outcomes, cohort {number}", f"dose level {cohort.dose}", _wanted(doses))
    known = cohort.treated - cohort.dlts - cohort.pending
    if cohort.treated < 1 or min(cohort.dlts, cohort.pending, known) < 0:
        raise InputError(
            f"outcomes, cohort {number}",
            f"{cohort.treated} treated, {cohort.dlts} DLT, {cohort.pending} pending",
            "at least 1 treated, and no more with a DLT or pending than treated",
        )
